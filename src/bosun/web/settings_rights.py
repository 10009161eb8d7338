"""What a person may see and do, and why: which role, which extra or withdrawn right it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel.numbers import format_decimal
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bosun.kernel import access, records
from bosun.kernel.actor import FIELD_RIGHT_KEYS, SCOPE_KEYS, Actor, FieldRight, Scope, new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.errors import DoorError
from bosun.lib import locales
from bosun.platform.accounts import profile
from bosun.platform.org import actors
from bosun.platform.org.rights import unite
from bosun.web import settings_matrix, settings_pages
from bosun.web.settings_forms import kept, version
from bosun.web.visit import Visit, page


@page("GET")
def my_rights(visit: Visit) -> HttpResponseBase:
    """What I may see, and why."""
    person = profile.own(visit.actor)
    context = explained(person, visit.actor, visit.actor)
    context |= {"title": _("What I may see"), "lead": _("An administrator can change it.")}
    return settings_pages.draw(visit, "me-rights", "rights", context)


@page("GET", "POST")
def rights(visit: Visit, pk: int) -> HttpResponseBase:
    """What one person may see, and why; and the rights that this person has besides the roles, or has not."""
    settings_pages.require(visit, "people")
    person = records.get("users", pk, visit.actor, "change")
    error = ""
    if visit.request.method == "POST":
        try:
            return save(visit, person)
        except DoorError as refused:
            error = refused.title
    actor = actors.load(pk)
    context: dict[str, Any] = explained(person, actor, visit.actor) if actor else {"off": True}
    by_roles, _fields = unite(
        {"grants": r.grants, "field_rights": r.field_rights} for r in actors.roles(person.roles or ())
    )
    extra, withdrawn = person.extra_grants, person.withdrawn_grants
    if error:
        extra, withdrawn = settings_matrix.read_person(visit.request.POST)
    context |= {
        "title": _("Rights of %(name)s") % {"name": person.name},
        "crumbs": [*settings_pages.crumb("people"), {"label": person.name, "url": f"/settings/people/{pk}"}],
        "actions": settings_matrix.heads(),
        "entities": settings_matrix.person_rows(extra, withdrawn, by_roles),
        "person": {"action": visit.request.path, "version": person.version, "cancel_url": f"/settings/people/{pk}"},
        "said": error,
        "own_page": True,
    }
    return settings_pages.draw(visit, "people", "rights", context, 422 if error else 200)


def save(visit: Visit, person: Any) -> HttpResponseBase:
    """Write extra and withdrawn rights."""
    extra, withdrawn = settings_matrix.read_person(visit.request.POST)
    batch = new_batch()
    raw = {"extra_grants": extra, "withdrawn_grants": withdrawn}
    records.change("users", person.pk, raw, visit.act("form", batch), version(visit.request.POST), visit.env)
    kept(visit, _("Saved. It holds from everybody's next click on."), batch)
    return HttpResponseRedirect(visit.request.path)


def explained(person: Any, actor: Actor, reader: Actor) -> dict[str, Any]:
    """For each entity what is open, how far, through what, and which fields are not, of those that the reader knows."""
    roles = actors.roles(person.roles or ())
    return {
        "administrator": next((role.name for role in roles if role.administrator), ""),
        "roles": [role.name for role in roles],
        "departments": actors.department_names(actor.departments),
        "below": len(actor.below - actor.departments),
        "opened": [
            line for entity in settings_matrix.entities() if (line := entity_line(entity, person, roles, actor, reader))
        ],
    }


def entity_line(entity: Entity, person: Any, roles: list[Any], actor: Actor, reader: Actor) -> dict[str, Any] | None:
    """One entity: its actions with scope and reason; None where nothing is open or withdrawn."""
    actions = []
    for action, label in settings_matrix.actions_of(entity).items():
        scope = actor.scope(entity.key, action)
        why = reasons(entity.key, action, scope, person, roles)
        if entity.open_to_all and action == "read" and scope == Scope.NONE:
            actions.append({"label": str(label), "scope": _("All"), "why": [_("open to everybody")]})
        elif scope > Scope.NONE or action in (person.withdrawn_grants or {}).get(entity.key, {}):
            actions.append({"label": str(label), "scope": settings_matrix.word_of_scope(scope), "why": why})
    if not actions:
        return None
    return {
        "label": entity.plural,
        "icon": entity.icon,
        "count": spelled(entity, actor),
        "from": str(entity.native_specs()[entity.rights_from].label) if entity.rights_from else "",
        "actions": actions,
        "fields": field_lines(entity, roles, actor, reader),
    }


def spelled(entity: Entity, actor: Actor) -> str:
    """How many records are open."""
    count, exact = records.query(entity, actor).count()
    said = str(format_decimal(count, locale=locales.find(get_language() or "en")))
    return said if exact else f"{said}+"


def reasons(key: str, action: str, scope: Scope, person: Any, roles: Iterable[Any]) -> list[str]:
    """Where a scope comes from."""
    if action in (person.withdrawn_grants or {}).get(key, {}):
        return [_("withdrawn from this person")]
    found = [role.name for role in roles if role.administrator]
    for role in roles:
        word = (role.grants or {}).get(key, {}).get(action)
        if word and SCOPE_KEYS[word] == scope and not role.administrator:
            found.append(role.name)
    word = (person.extra_grants or {}).get(key, {}).get(action)
    if word and SCOPE_KEYS[word] == scope:
        found.append(_("extra right of this person"))
    return found


def field_lines(entity: Entity, roles: Iterable[Any], actor: Actor, reader: Actor) -> list[dict[str, Any]]:
    """The fields that are hidden or can only be read, and which roles say so; only such as exist for the reader."""
    found = []
    for name, spec in access.specs(entity, reader).items():
        right = actor.field_right(entity.key, name)
        if right == FieldRight.WRITE or not access.may(actor, entity, "read"):
            continue
        said = [
            r.name
            for r in roles
            if FIELD_RIGHT_KEYS.get((r.field_rights or {}).get(entity.key, {}).get(name, "")) == right
        ]
        found.append({"label": str(spec.label), "level": settings_matrix.word_of_level(right), "why": said})
    return found
