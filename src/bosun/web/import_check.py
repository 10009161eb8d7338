"""The check of an import: what will happen, row by row, before anything is written."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.cache import cache
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bosun.platform.imports import services
from bosun.platform.imports.asking import Asked
from bosun.platform.imports.mapping import read
from bosun.platform.imports.models import Import
from bosun.platform.imports.services import Check, PreviewRow
from bosun.web.imports import draft_of
from bosun.web.selection import spell
from bosun.web.visit import Visit, page

KEPT_CHECK = 600
SHOWN_COLUMNS = 8
OUTCOMES = {
    "create": (gettext_lazy("Create"), "good"),
    "update": (gettext_lazy("Update"), "soon"),
    "same": (gettext_lazy("No change"), ""),
    "skip": (gettext_lazy("Leave out"), ""),
    "error": (gettext_lazy("Refuse"), "overdue"),
}


def figure(count: int, visit: Visit) -> str:
    """A number as the reader writes it."""
    return spell(count, visit.env)


@page("GET", "POST")
def check(visit: Visit, pk: int) -> HttpResponseBase:
    """Step 3: what will happen; the figures load after the page. POST starts the import."""
    made, entity = draft_of(visit, pk)
    if visit.request.method == "POST":
        services.start(made, visit.actor)
        return HttpResponseRedirect(f"/imports/{pk}")
    read(made.map, made.headers, visit.actor)
    context = {
        "title": _("Check"),
        "page_title": _("Import: %(entity)s") % {"entity": entity.plural},
        "step": 3,
        "part": "web/parts/import/checking.html",
        "preview_url": f"/imports/{pk}/preview?{visit.request.GET.urlencode()}",
        "back_url": f"/imports/{pk}/columns",
    }
    return visit.draw("web/base_import.html", context)


@page("GET")
def preview(visit: Visit, pk: int) -> HttpResponseBase:
    """The figures and rows of the check."""
    made, _entity = draft_of(visit, pk)
    found = checked(made, visit)
    wanted = visit.request.GET.get("show", "")
    rows = [row for row in found.rows if not wanted or row.outcome == wanted]
    places, labels = shown_columns(made, visit)
    good = sum(found.counts.get(name, 0) for name in ("create", "update"))
    context = {
        "action": f"/imports/{pk}/check",
        "back_url": f"/imports/{pk}/columns",
        "counts": check_counts(found, visit, pk, wanted),
        "columns": [made.headers[place] for place in places],
        "rows": [preview_row(row, places, labels) for row in rows],
        "more": more(found, rows, visit),
        "partial_words": looked_words(found, visit),
        "warnings": found.warnings,
        "asked": [asked(word, each) for word, each in found.asked.items()],
        "answer_url": f"/imports/{pk}/answer",
        "ignored": found.ignored,
        "nothing": not good,
        "run_label": run_label(found, good, visit),
    }
    return visit.draw("web/parts/import/check.html", context)


def asked(word: str, each: Asked) -> dict[str, Any]:
    """What a guard asks, and of how many rows."""
    rows = ngettext("%(n)s row", "%(n)s rows", each.count) % {"n": each.count}
    return {"confirm": word, "reason": each.reason, "text": each.text, "rows": rows}


@page("POST")
def answer(visit: Visit, pk: int) -> HttpResponseBase:
    """The answer to what guards ask, for all rows; then the check once more."""
    made, _entity = draft_of(visit, pk)
    services.answer(made, visit.act("import").confirm)
    return HttpResponseRedirect(f"/imports/{pk}/check")


def run_label(found: Check, good: int, visit: Visit) -> str:
    """What the button says: how many rows come in."""
    if found.checked < found.total:
        return _("Import %(n)s rows") % {"n": figure(found.total, visit)}
    text = ngettext("Import %(n)s row", "Import %(n)s rows", good)
    return text % {"n": figure(good, visit)}


def checked(made: Import, visit: Visit) -> Check:
    """The check of an import, kept for a while: it is the whole import, done and taken back."""
    mark = hashlib.sha256(json.dumps([made.map, made.reading, made.digest], sort_keys=True).encode()).hexdigest()[:24]
    key = f"import-check:{made.pk}:{visit.actor.id}:{visit.env.language}:{mark}"
    held = cache.get(key)
    if isinstance(held, Check):
        return held
    found = services.check(made, visit.actor)
    cache.set(key, found, KEPT_CHECK)
    return found


def check_counts(found: Check, visit: Visit, pk: int, wanted: str) -> list[dict[str, Any]]:
    """How many rows go how; each leads to its rows."""
    shown = []
    for name, (label, tone) in OUTCOMES.items():
        count = found.counts.get(name, 0)
        if count or name in ("create", "update", "error"):
            address = f"/imports/{pk}/preview" if wanted == name else f"/imports/{pk}/preview?show={name}"
            shown.append(
                {
                    "key": name,
                    "label": str(label),
                    "text": figure(count, visit),
                    "tone": tone if count else "",
                    "url": address if count else "",
                    "current": wanted == name,
                }
            )
    return shown


def shown_columns(made: Import, visit: Visit) -> tuple[list[int], dict[int, set[str]]]:
    """The columns that go somewhere, as far as there is room, and the fields that each fills."""
    labels: dict[int, set[str]] = {}
    for step in read(made.map, made.headers, visit.actor).steps:
        for target in step.targets:
            labels.setdefault(target.place, set()).add(str(target.spec.label))
    return sorted(labels)[:SHOWN_COLUMNS], labels


def preview_row(row: PreviewRow, places: list[int], labels: dict[int, set[str]]) -> dict[str, Any]:
    """One row of the preview; the cells that are at fault are marked."""
    label, tone = OUTCOMES[row.outcome]
    wrong = {name for name, _message in row.problems} if row.outcome == "error" else set()
    said = [f"{name}: {message}" if name and name not in message else message for name, message in row.problems]
    changed = (
        [f"{name}: {old or '–'} → {new or '–'}" for name, old, new in row.changes] if row.outcome == "update" else []
    )
    return {
        "number": row.line,
        "does": {"key": row.outcome, "label": str(label), "tone": tone},
        "cells": [
            {"text": row.cells[place] if place < len(row.cells) else "", "wrong": bool(labels[place] & wrong)}
            for place in places
        ],
        "says": " ".join(said),
        "changes": changed,
    }


def more(found: Check, rows: list[PreviewRow], visit: Visit) -> str:
    """How many rows are not shown."""
    left = sum(found.counts.get(name, 0) for name in OUTCOMES) - len(found.rows)
    if left <= 0 or not rows:
        return ""
    return ngettext("and %(n)s more row", "and %(n)s more rows", left) % {"n": figure(left, visit)}


def looked_words(found: Check, visit: Visit) -> str:
    """Said where a large file was only looked at in part."""
    if found.checked >= found.total:
        return ""
    values = {"n": figure(found.checked, visit), "of": figure(found.total, visit)}
    return (
        _("The first %(n)s of %(of)s rows were tried. Rows with errors further down go into the error file.") % values
    )
