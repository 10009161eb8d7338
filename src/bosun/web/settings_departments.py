"""Departments as a tree: added, renamed, moved, given a head."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel import access, records
from bosun.web import settings_pages
from bosun.web.settings_forms import RecordForm, dialog, removal
from bosun.web.visit import Visit, page

NAMES = ("name", "parent", "head")


@page("GET")
def departments(visit: Visit) -> HttpResponseBase:
    """The whole tree."""
    settings_pages.require(visit, "departments")
    rows = [row for part in records.query("departments", visit.actor, visit.env).sort(["name"]).walk() for row in part]
    entity = records.entity_of("departments")
    records.preload(entity, rows, visit.env, ["head"])
    people = records.query("users", visit.actor, visit.env).filter({"field": "active", "op": "is", "value": True})
    counts = {value: count for value, count, _sums in people.groups("department")} if rows else {}
    may_add = settings_pages.may(visit.actor, "departments", "create")
    context: dict[str, Any] = {"tree": branches(rows, counts, visit, may_add)}
    if may_add:
        new = "/settings/departments/new"
        context["title_verbs"] = [settings_pages.button("new", _("Department"), icon="plus", dialog=new, primary=True)]
    return settings_pages.draw(visit, "departments", "departments", context)


def branches(rows: list[Any], counts: dict[Any, int], visit: Visit, may_add: bool) -> list[dict[str, Any]]:
    """The departments as nested nodes."""
    head = access.specs(records.entity_of("departments"), visit.actor).get("head")
    nodes: dict[int, dict[str, Any]] = {}
    for row in rows:
        card = visit.env.refs.card(head.kind.model, row.head_id) if head and row.head_id else None  # type: ignore[attr-defined]
        nodes[row.pk] = {
            "name": row.name,
            "dialog": f"/settings/departments/{row.pk}",
            "remove_dialog": f"/settings/departments/{row.pk}/remove",
            "add_dialog": f"/settings/departments/new?parent={row.pk}" if may_add else "",
            "head": card,
            "count": counts.get(row.pk, 0),
            "children": [],
        }
    roots: list[dict[str, Any]] = []
    for row in rows:
        above = nodes.get(row.parent_id or 0)
        (above["children"] if above else roots).append(nodes[row.pk])
    return roots


@page("GET", "POST")
def new(visit: Visit) -> HttpResponseBase:
    """Another department, under the one that the address names."""
    settings_pages.require(visit, "departments")
    entity = visit.entity("departments", "create")
    form = RecordForm(visit, entity, NAMES, given=given_parent(visit))
    return dialog(form, _("New department"))


def given_parent(visit: Visit) -> dict[str, Any]:
    """The parent that the address names, when the visitor may see it."""
    wanted = visit.request.GET.get("parent", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        return {}
    return {"parent": records.get("departments", int(wanted), visit.actor).pk}


@page("GET", "POST")
def department(visit: Visit, pk: int) -> HttpResponseBase:
    """One department: its name, its place in the tree, its head."""
    settings_pages.require(visit, "departments")
    entity = visit.entity("departments", "change")
    record = records.get(entity, pk, visit.actor, "change")
    return dialog(RecordForm(visit, entity, NAMES, record), record.name)


@page("GET", "POST")
def remove(visit: Visit, pk: int) -> HttpResponseBase:
    """A department that nobody works in any more."""
    settings_pages.require(visit, "departments")
    return removal(visit, visit.entity("departments", "remove"), pk)
