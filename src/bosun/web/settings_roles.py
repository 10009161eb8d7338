"""Roles: a name, and rights by entity, action and scope, down to the single field."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Conflict, DoorError, Invalid
from bosun.web import settings_matrix, settings_pages
from bosun.web.inline import conflict_of
from bosun.web.settings_forms import kept, removal, version
from bosun.web.visit import Visit, page


@page("GET")
def roles(visit: Visit) -> HttpResponseBase:
    """Every role, and how many people hold it."""
    settings_pages.require(visit, "roles")
    rows = [row for part in records.query("roles", visit.actor, visit.env).sort(["name"]).walk() for row in part]
    people = records.query("users", visit.actor, visit.env).filter({"field": "active", "op": "is", "value": True})
    context: dict[str, Any] = {
        "roles": [
            {
                "name": row.name,
                "url": f"/settings/roles/{row.pk}",
                "count": people.filter({"field": "roles", "op": "is", "value": {"id": row.pk}}).count()[0],
                "about": about(row),
            }
            for row in rows
        ]
    }
    if settings_pages.may(visit.actor, "roles", "create"):
        context["title_verbs"] = [
            settings_pages.button("new", _("Role"), icon="plus", url="/settings/roles/new", primary=True)
        ]
    return settings_pages.draw(visit, "roles", "roles", context)


def about(role: Any) -> str:
    """What a role opens, in one line."""
    if role.administrator:
        return _("May do everything.")
    named = [entity.plural for entity in settings_matrix.entities() if (role.grants or {}).get(entity.key)]
    return ", ".join(named) or _("Opens nothing yet.")


@page("GET", "POST")
def new(visit: Visit) -> HttpResponseBase:
    """Another role; `like` begins with the rights of one that is there."""
    settings_pages.require(visit, "roles")
    visit.entity("roles", "create")
    like = visit.request.GET.get("like", "")
    model = (
        records.get("roles", int(like), visit.actor) if like.isascii() and like.isdigit() and len(like) < 19 else None
    )
    start = {"grants": model.grants, "field_rights": model.field_rights} if model else {}
    return edit(visit, None, start)


@page("GET", "POST")
def role(visit: Visit, pk: int) -> HttpResponseBase:
    """One role."""
    settings_pages.require(visit, "roles")
    record = records.get("roles", pk, visit.actor, "change")
    return edit(visit, record, {"grants": record.grants, "field_rights": record.field_rights})


def edit(visit: Visit, record: Any, rights: dict[str, Any]) -> HttpResponseBase:
    """The form with its table."""
    name = record.name if record else ""
    administrator = bool(record.administrator) if record else False
    context: dict[str, Any] = {}
    status = 200
    if visit.request.method == "POST":
        name = visit.request.POST.get("name", "")
        administrator = "administrator" in visit.request.POST
        try:
            return save(visit, record)
        except Conflict as error:
            context["conflict"], status = conflict_of(visit, records.entity_of("roles"), error), 409
        except Invalid as error:
            context["said"], status = error.by_field(), 422
        except DoorError as error:
            context["said"], status = {"": [error.title]}, error.status
        grants, field_rights = settings_matrix.read_role(visit.request.POST)
        rights = {"grants": grants, "field_rights": field_rights}
    base = f"/settings/roles/{record.pk}" if record else "/settings/roles/new"
    context |= {
        "title": record.name if record else _("New role"),
        "crumbs": settings_pages.crumb("roles"),
        "role": {"action": base, "cancel_url": "/settings/roles", "name": name, "administrator": administrator},
        "version": record.version if record and "conflict" not in context else None,
        "actions": settings_matrix.heads(),
        "entities": settings_matrix.role_rows(rights.get("grants"), rights.get("field_rights")),
        "field_levels": settings_matrix.levels(),
        "title_verbs": more(visit, record),
    }
    return settings_pages.draw(visit, "roles", "role", context, status)


def more(visit: Visit, record: Any) -> list[dict[str, Any]]:
    """What can be done with a role besides editing."""
    if record is None:
        return []
    found = []
    if settings_pages.may(visit.actor, "roles", "create"):
        like = f"/settings/roles/new?like={record.pk}"
        found.append(settings_pages.button("copy", _("Copy"), icon="copy", url=like))
    if settings_pages.may(visit.actor, "roles", "remove"):
        dialog = f"/settings/roles/{record.pk}/remove"
        found.append(settings_pages.button("remove", _("Remove"), icon="trash", dialog=dialog, danger=True))
    return found


def save(visit: Visit, record: Any) -> HttpResponseBase:
    """Write what was posted."""
    post = visit.request.POST
    grants, field_rights = settings_matrix.read_role(post)
    raw: dict[str, Any] = {"name": post.get("name", ""), "grants": grants, "field_rights": field_rights}
    raw = {key: value for key, value in raw.items() if post.get(f"keep_{key}") != "theirs"}
    if visit.actor.is_admin:
        raw["administrator"] = "administrator" in post
    batch = new_batch()
    act = visit.act("form", batch)
    if record is None:
        made = records.create("roles", raw, act, visit.env)
        kept(visit, _("%(name)s is saved.") % {"name": made.name}, batch)
        return HttpResponseRedirect(f"/settings/roles/{made.pk}")
    records.change("roles", record.pk, raw, act, version(post), visit.env)
    kept(visit, _("Saved. It holds from everybody's next click on."), batch)
    return HttpResponseRedirect(f"/settings/roles/{record.pk}")


@page("GET", "POST")
def remove(visit: Visit, pk: int) -> HttpResponseBase:
    """A role that nobody holds any more."""
    settings_pages.require(visit, "roles")
    return removal(visit, visit.entity("roles", "remove"), pk)
