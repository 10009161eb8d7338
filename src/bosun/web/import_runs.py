"""The import wizard from the start on: what happens, what happened, its undo, and the list of all."""

from __future__ import annotations

import io
from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bosun.kernel import access, records, registry
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.lib import clock
from bosun.platform.imports import services, wizard
from bosun.platform.imports.mapping import read
from bosun.platform.imports.models import CANCELLED, DONE, DRAFT, FAILED, RUNNING, UNDONE, WAITING, Import
from bosun.web.import_check import figure
from bosun.web.present import list_url, record_url
from bosun.web.verbs import DIALOG, done
from bosun.web.visit import Visit, page

UNDO_AT_ONCE = 500
WORDS = {
    "create": gettext_lazy("New"),
    "update": gettext_lazy("Updated"),
    "same": gettext_lazy("Already as in the file"),
    "skip": gettext_lazy("Left out"),
    "error": gettext_lazy("Refused"),
}


# running and what came of it -------------------------------------------------------------------------------------


@page("GET")
def show(visit: Visit, pk: int) -> HttpResponseBase:
    """An import as it stands."""
    made = services.get(pk, visit.actor)
    if made.state == DRAFT:
        return HttpResponseRedirect(f"/imports/{pk}/columns" if made.entity else "/imports/new")
    title = _("Import: %(file)s") % {"file": made.file_name}
    context = {"title": title, "page_title": title, "step": 4, **standing(visit, made)}
    return visit.draw("web/base_import.html", context)


@page("GET")
def progress(visit: Visit, pk: int) -> HttpResponseBase:
    """The part that asks again every second; when all is over it answers with the result."""
    made = services.get(pk, visit.actor)
    if made.state == DRAFT:
        raise NotFound()
    context = standing(visit, made)
    return visit.draw(context["part"], context)


def standing(visit: Visit, made: Import) -> dict[str, Any]:
    """The part and its context: still at it, or over."""
    if wizard.undoing(made) is not None:
        words = {"words": _("Taking it back"), "title": _("Undo"), "poll_url": f"/imports/{made.pk}/progress"}
        return {"part": "web/parts/import/run.html", "run": {**words, "done": 0, "of": 0}}
    state = services.state(made)
    if state in (WAITING, RUNNING):
        return {"part": "web/parts/import/run.html", "run": run_context(visit, made)}
    return {"part": "web/parts/import/result.html", "result": result_context(visit, made, state)}


def run_context(visit: Visit, made: Import) -> dict[str, Any]:
    """How far it is."""
    job = wizard.job_of(made)
    done_, total = (job.done, job.total) if job else (0, 0)
    total = total or made.total
    values = {"n": figure(done_, visit), "of": figure(total, visit)}
    stopping = bool(job and job.cancel_requested)
    return {
        "title": _("Stopping") if stopping else _("Importing"),
        "done": done_,
        "of": total,
        "percent": min(100, done_ * 100 // total) if total else 0,
        "words": _("%(n)s of %(of)s") % values if total else _("Waiting for its turn"),
        "left": left_words(made, done_, total),
        "cancel_url": "" if stopping else f"/imports/{made.pk}/cancel",
        "poll_url": f"/imports/{made.pk}/progress",
    }


def left_words(made: Import, done_: int, total: int) -> str:
    """How long it will take, as soon as that can be told."""
    if not made.started_at or not done_ or done_ >= total:
        return ""
    passed = (clock.now() - made.started_at).total_seconds()
    left = round(passed * (total - done_) / done_)
    if left < 60:
        return ngettext("about %(n)d second left", "about %(n)d seconds left", max(1, left)) % {"n": max(1, left)}
    minutes = round(left / 60)
    return ngettext("about %(n)d minute left", "about %(n)d minutes left", minutes) % {"n": minutes}


ENDS = {
    DONE: (gettext_lazy("Imported"), "good"),
    CANCELLED: (gettext_lazy("Stopped"), "soon"),
    FAILED: (gettext_lazy("The import broke off"), "overdue"),
    UNDONE: (gettext_lazy("Undone"), ""),
}


def result_context(visit: Visit, made: Import, state: str) -> dict[str, Any]:
    """What came of it."""
    counts = services.totals(made.counts)
    entity = registry.find(made.entity)
    title, tone = ENDS[state]
    shown = [
        {
            "label": str(WORDS[name]),
            "text": figure(counts[name], visit),
            "tone": "overdue" if name == "error" and counts[name] else "",
        }
        for name in WORDS
        if counts[name] or name in ("create", "update")
    ]
    context: dict[str, Any] = {
        "title": str(title),
        "tone": tone,
        "words": words_of(made, state),
        "counts": shown,
        "error_file_url": f"/imports/{made.pk}/errors" if counts["error"] or counts["unlinked"] else "",
        "notes": notes(made, visit),
        "list_url": f"{list_url(entity)}?sort=-updated_at"
        if entity and access.may(visit.actor, entity, "read")
        else "",
        "list_label": _("Open %(entity)s") % {"entity": entity.plural} if entity else "",
        "undo_dialog": f"/imports/{made.pk}/undo" if state != UNDONE and records.extent(made.batch) else "",
        "again_url": f"{list_url(entity)}/import" if entity and access.may(visit.actor, entity, "import") else "",
    }
    if state == UNDONE:
        context["undone"] = undone(made)
    return context


def words_of(made: Import, state: str) -> str:
    """One line under the title."""
    if state == FAILED:
        return made.error or _("The work was given up; what is in can be undone. An administrator sees why.")
    if state == UNDONE:
        held = made.undone or {}
        return _("%(removed)d records were removed, %(back)d put back.") % {
            "removed": held.get("removed", 0),
            "back": held.get("put_back", 0),
        }
    return str(made.file_name)


def notes(made: Import, visit: Visit) -> list[dict[str, Any]]:
    """The first rows that were refused, left out or need a look, with the column and the reason."""
    columns = columns_of(made, visit)
    return [
        {
            "line": row.line,
            "outcome": row.outcome,
            "says": " ".join(in_column(columns.get((row.step, name), ""), message) for name, message in row.problems),
        }
        for row in services.problems(made, 20)
    ]


def columns_of(made: Import, visit: Visit) -> dict[tuple[int, str], str]:
    """The column of the file that fills a field, by step and field; none where the map cannot be read any more."""
    try:
        plan = read(made.map, made.headers, visit.actor)
    except (Invalid, Denied):
        return {}
    steps = enumerate(plan.steps)
    return {(at, target.spec.name): made.headers[target.place] for at, step in steps for target in step.targets}


def in_column(column: str, message: str) -> str:
    """What is wrong, and in which column of the file."""
    return _("column “%(column)s”: %(message)s") % {"column": column, "message": message} if column else message


def undone(made: Import) -> dict[str, Any]:
    """What an undo left alone, because somebody has changed it since."""
    left = (made.undone or {}).get("left_alone", [])
    kept = []
    for each in left[:200]:
        entity = registry.find(each["entity"])
        kept.append(
            {
                "name": each["title"],
                "url": record_url(entity, each["id"]) if entity else "",
                "why": entity.label if entity else "",
            }
        )
    count = len(left)
    words = ngettext(
        "%(n)d record was changed by somebody since, and stays.",
        "%(n)d records were changed by somebody since, and stay.",
        count,
    )
    return {
        "kept": kept,
        "words": words % {"n": count} if count else _("Nothing was changed since; all of it is gone."),
    }


@page("POST")
def cancel(visit: Visit, pk: int) -> HttpResponseBase:
    """Stop after the batch at hand."""
    made = services.get(pk, visit.actor)
    services.cancel(made, visit.actor)
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


@page("GET")
def errors(visit: Visit, pk: int) -> HttpResponseBase:
    """The rows that were refused, as a file that can be put right and imported again."""
    made = services.get(pk, visit.actor)
    entity = registry.find(made.entity)
    if entity is None or not access.may(visit.actor, entity, "import"):
        raise Denied()
    how = "xlsx" if visit.request.GET.get("as") == "xlsx" else "csv"
    out = io.BytesIO()
    services.error_file(made, out, how)
    kinds = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    answer = HttpResponse(out.getvalue(), content_type=kinds[how])
    answer["Content-Disposition"] = f'attachment; filename="import-{made.pk}-errors.{how}"'
    return answer


# undo and the list -----------------------------------------------------------------------------------------------


@page("GET", "POST")
def undo(visit: Visit, pk: int) -> HttpResponseBase:
    """Take the whole import back, after saying what that means."""
    made = services.get(pk, visit.actor)
    extent = records.extent(made.batch)
    if made.state in (DRAFT, WAITING, RUNNING, UNDONE) and services.state(made) != FAILED:
        raise NotFound()
    context = {
        "title": _("Undo this import"),
        "lead": extent_words(extent),
        "action": f"/imports/{pk}/undo",
        "danger": True,
        "save_label": _("Undo it all"),
    }
    if visit.request.method == "GET":
        return visit.draw(DIALOG, context)
    try:
        if sum(new + old for new, old in extent.values()) > UNDO_AT_ONCE:
            services.start_undo(made, visit.actor)
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        services.undo(made, visit.actor)
    except Invalid as error:
        return visit.draw(DIALOG, {**context, "form_errors": [error.title]}, 422)
    return done(visit, _("The import is undone."))


def extent_words(extent: dict[str, tuple[int, int]]) -> str:
    """What goes and what is put back, by kind of record."""
    gone = [named(key, new) for key, (new, _old) in extent.items() if new]
    back = [named(key, old) for key, (_new, old) in extent.items() if old]
    said = []
    if gone:
        said.append(_("Removed for good: %(records)s.") % {"records": ", ".join(gone)})
    if back:
        said.append(_("Put back as before: %(records)s.") % {"records": ", ".join(back)})
    said.append(_("What somebody has changed since stays and is listed."))
    return " ".join(said)


def named(key: str, count: int) -> str:
    """“85 Customers”."""
    entity = registry.find(key)
    label = (entity.label if count == 1 else entity.plural) if entity else key
    return f"{count} {label}"


@page("GET")
def past(visit: Visit) -> HttpResponseBase:
    """The imports that ran: one's own, all of them for administrators."""
    rows = services.latest(visit.actor)
    if not rows and not services.entities(visit.actor):
        raise Denied()
    context = {
        "title": _("Imports"),
        "page_title": _("Imports"),
        "imports": [line(visit, made) for made in rows],
        "new_url": "/imports/new" if services.entities(visit.actor) else "",
    }
    return visit.draw("web/pages/imports/past.html", context)


def line(visit: Visit, made: Import) -> dict[str, Any]:
    """One import in the list."""
    counts = services.totals(made.counts)
    state = services.state(made)
    entity = registry.find(made.entity)
    labels = {WAITING: (_("Waiting"), ""), RUNNING: (_("Running"), ""), **ENDS}
    word, tone = labels[state]
    return {
        "url": f"/imports/{made.pk}",
        "file": made.file_name,
        "entity": entity.plural if entity else made.entity,
        "icon": entity.icon if entity else "file-import",
        "by": {"name": made.person_name},
        "at": made.created_at,
        "state": {"label": str(word), "tone": tone},
        "counts": [{"key": name, "text": figure(counts[name], visit)} for name in ("create", "update", "error")],
    }
