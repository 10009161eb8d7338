"""Taking records out: a small file at once, a large one in the background, kept for its maker alone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from bosun.kernel.entity import Entity
from bosun.platform.exports import services, version
from bosun.platform.exports.tables import FORMATS, Wish
from bosun.web.liststate import ListState, from_params
from bosun.web.selection import Selection, chosen
from bosun.web.visit import Visit, page


def wish_of(visit: Visit, state: ListState, selection: Selection | None) -> Wish:
    """What the form asks for: the columns of the list or all fields, of all records or of the ticked ones."""
    how = visit.request.POST.get("how", "xlsx")
    if visit.request.POST.get("which") == "all":
        columns = [*(name for name, spec in state.specs.items() if not spec.internal), version.NAME]
    else:
        title = state.entity.title_spec
        first = [title.name] if title and title.name in state.specs else []
        columns = [*first, *(spec.name for spec in state.shown_columns)]
    if selection is not None:
        return Wish(sort=state.order, columns=columns, how=how, ids=list(selection.ids))
    return Wish(state.tree or None, state.words, state.order, columns, how)


def ticked(visit: Visit, entity: Entity) -> Selection | None:
    """The ticked rows, where the address speaks of some."""
    return chosen(visit, entity) if {"ids", "all"} & set(visit.request.GET) else None


@page("GET", "POST")
def export(visit: Visit, key: str) -> HttpResponseBase:
    """GET: choose what and how. POST: the file, or a place in the queue."""
    entity = visit.entity(key, "export")
    selection = ticked(visit, entity)
    state = from_params(entity, visit.env, {} if selection else visit.request.GET)
    if visit.request.method == "GET":
        count, exact = (len(selection), True) if selection else state.query("export").count()
        return visit.draw("web/pages/export_dialog.html", dialog(visit, count, exact))
    if selection is None:
        state.query("export")
    wish = wish_of(visit, state, selection)
    if services.is_large(entity, visit.actor, wish):
        services.start(entity, visit.actor, wish)
        messages.success(visit.request, _("The file is being made. It will wait for you here."))
        return HttpResponseRedirect("/exports")
    name, content = services.file_of(entity, visit.actor, wish)
    return FileResponse(content, as_attachment=True, filename=name, content_type=FORMATS[wish.how])


def dialog(visit: Visit, count: int, exact: bool) -> dict[str, Any]:
    """The form that asks what and how."""
    return {
        "action": visit.request.get_full_path(),
        "count": count,
        "exact": exact,
        "formats": [
            {"key": "xlsx", "label": _("Excel (.xlsx)")},
            {"key": "csv", "label": _("Text (.csv)")},
        ],
        "columns": [
            {"key": "shown", "label": _("The columns of this list")},
            {"key": "all", "label": _("All fields")},
        ],
    }


@page("GET")
def exports_page(visit: Visit) -> HttpResponseBase:
    """The files that one had made."""
    items = []
    for made, job in services.latest(visit.actor):
        state = "done" if made.stored else "waiting" if job is not None and job.open else "failed"
        items.append(
            {
                "id": made.pk,
                "name": made.file_name,
                "rows": made.rows,
                "at": made.created_at,
                "state": state,
                "percent": job.percent if job else 0,
            }
        )
    may = [each for each in items if each["state"] == "waiting"]
    context = {"title": _("Exports"), "page_title": _("Exports"), "items": items, "waiting": bool(may)}
    template = "web/pages/exports_rows.html" if visit.fragment else "web/pages/exports.html"
    return visit.draw(template, context)


@page("GET")
def download(visit: Visit, pk: int) -> HttpResponseBase:
    """A file of one's own."""
    made = services.get(pk, visit.actor)
    kind = FORMATS[str(made.wish.get("how", "csv"))]
    return FileResponse(
        services.open_file(made, visit.actor), as_attachment=True, filename=made.file_name, content_type=kind
    )
