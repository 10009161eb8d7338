"""Nobody gives, or lays hands on, more rights than he has: no ladder to the administrator's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel.actor import Actor, FieldRight, Scope
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.platform.org.models import Person, Role
from bosun.platform.org.rights import adjust, unite

RIGHTS_OF_PEOPLE = ("roles", "extra_grants", "withdrawn_grants")
RIGHTS_OF_ROLES = ("administrator", "grants", "field_rights")
GUARDED = (*RIGHTS_OF_PEOPLE, "username", "active")


def covers(actor: Actor, scopes: Mapping[tuple[str, str], Scope], rights: Mapping[tuple[str, str], FieldRight]) -> bool:
    """True when the actor holds all of this himself."""
    if actor.is_admin:
        return True
    if any(scope > actor.scope(entity, action) for (entity, action), scope in scopes.items()):
        return False
    readable = {entity for (entity, _action), scope in scopes.items() if scope > Scope.NONE}
    hidden = {key: right for key, right in actor.field_rights.items() if key[0] in readable}
    return all(rights.get(key, FieldRight.WRITE) <= right for key, right in hidden.items())


def covers_roles(actor: Actor, roles: Iterable[int], extra: Any = None, withdrawn: Any = None) -> bool:
    """True when roles with extra and withdrawn rights come to no more than what the actor holds."""
    if actor.is_admin:
        return True
    held = list(Role.objects.filter(pk__in=list(roles), deleted_at__isnull=True))
    if any(role.administrator for role in held):
        return False
    scopes, rights = unite({"grants": role.grants, "field_rights": role.field_rights} for role in held)
    adjust(scopes, extra, withdrawn)
    return covers(actor, scopes, rights)


def covers_person(actor: Actor, person: Person) -> bool:
    """True when a person holds no more than the actor: only then may the actor change how that person signs in."""
    return covers_roles(actor, person.roles or (), person.extra_grants, person.withdrawn_grants)


def people_within(draft: Draft, env: Env) -> None:
    """A rule of people: neither before nor after may they hold more than whoever changes them."""
    touched = [name for name in GUARDED if name in draft.values]
    if env.actor.is_admin:
        return
    if "department" in draft.values and not draft.new and draft.pk == env.actor.id:
        draft.refuse("department", _("Your own department is changed by somebody else."))
    if not touched:
        return
    if not draft.new and not covers_person(env.actor, draft.record):
        draft.refuse(touched[0], _("This person has rights that you do not have. Ask an administrator."))
        return
    after = [draft.value(name) for name in RIGHTS_OF_PEOPLE]
    if not covers_roles(env.actor, after[0] or (), after[1], after[2]):
        name = next((name for name in RIGHTS_OF_PEOPLE if name in touched), touched[0])
        draft.refuse(name, _("You can give only rights that you have yourself."))


def roles_within(draft: Draft, env: Env) -> None:
    """A rule of roles: neither before nor after may they hold more than whoever changes them."""
    touched = [name for name in RIGHTS_OF_ROLES if name in draft.values]
    if not touched or env.actor.is_admin:
        return
    before = True if draft.new else covers_roles(env.actor, [draft.id])
    after = {"grants": draft.value("grants"), "field_rights": draft.value("field_rights")}
    if not before or draft.value("administrator") or not covers(env.actor, *unite([after])):
        draft.refuse(touched[0], _("You can give only rights that you have yourself."))
