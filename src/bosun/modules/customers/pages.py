"""Pages of customers that no declaration can draw: grades, and how often each wants to hear from us."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bosun.kernel import ports, records
from bosun.kernel.actor import Act, new_batch
from bosun.kernel.errors import Conflict, DoorError, Invalid
from bosun.modules.customers import rules
from bosun.web import settings_pages
from bosun.web.settings_forms import kept
from bosun.web.visit import Visit

KEY = "grades"
ADDRESS = f"/settings/{KEY}"


@dataclass
class Grade:
    """One grade in the form, or one grade with one maturity: its days as they stand and as they were typed."""

    key: str
    label: str
    count: int
    cycle: Any = None
    days: str = ""
    remind: str = ""
    maturity: str = ""
    maturity_label: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What its inputs are called: the grade, and the maturity behind a dot."""
        return f"{self.key}.{self.maturity}" if self.maturity else self.key

    @property
    def title(self) -> str:
        """What its cycle is called."""
        return f"{self.label} · {self.maturity_label}" if self.maturity else self.label


def grades_page() -> settings_pages.SettingsPage:
    """The page, as the settings list it."""
    needs = settings_pages.writing("contact_cycles")
    return settings_pages.SettingsPage(KEY, gettext_lazy("Grades"), "refresh", "data", needs, view=grades)


def grades(visit: Visit) -> HttpResponseBase:
    """Each grade, its interval, how many customers have it, and what differs by maturity."""
    rows, status, said = listed(visit), 200, ""
    if visit.request.method == "POST":
        for row in rows:
            row.days = visit.request.POST.get(f"days_{row.name}", "").strip()
            row.remind = visit.request.POST.get(f"remind_{row.name}", "").strip()
        try:
            batch = save(visit, rows)
        except DoorError as error:
            status, said = error.status, error.title
        else:
            kept(visit, _("Saved. The next contacts follow the new intervals."), batch)
            return HttpResponseRedirect(ADDRESS)
    context = {
        "rows": [row for row in rows if not row.maturity],
        "maturities": [
            {"label": row.label, "cells": [cell for cell in rows if cell.key == row.key and cell.maturity]}
            for row in rows
            if not row.maturity
        ],
        "action": ADDRESS,
        "said": said,
        "default": rules.DEFAULT_INTERVAL,
        "options_url": "/settings/options/grade" if settings_pages.may(visit.actor, "options", "change") else "",
        "lead": _(
            "How many days may pass between two contacts. Saving computes the next contact of every customer anew."
        ),
    }
    return settings_pages.draw_as(visit, KEY, "customers/grades.html", context, status)


def listed(visit: Visit) -> list[Grade]:
    """The grades that are offered or have an interval, each with its count."""
    held = (row for part in records.query("contact_cycles", visit.actor, visit.env).walk() for row in part)
    cycles = {(row.grade, row.maturity or ""): row for row in held}
    counts = {}
    if settings_pages.may(visit.actor, "customers", "read"):
        counts = {
            key: count for key, count, _sums in records.query("customers", visit.actor, visit.env).groups("grade")
        }
    found = []
    language = visit.env.language
    maturities = [("", ""), *((key, info.text(language)) for key, info in ports.options("maturity").items())]
    for key, info in ports.options("grade").items():
        for maturity, label in maturities:
            cycle = cycles.get((key, maturity))
            if info.active or cycle is not None:
                made = Grade(key, info.text(language), counts.get(key, 0), cycle)
                made.maturity, made.maturity_label = maturity, label
                made.days = str(cycle.interval_days) if cycle else ""
                made.remind = str(cycle.remind_before) if cycle and cycle.remind_before is not None else ""
                found.append(made)
    return found


def save(visit: Visit, rows: list[Grade]) -> str:
    """Write all intervals, or none. The batch, for undo."""
    batch = new_batch()
    act = visit.act("form", batch)
    with transaction.atomic():
        for row in rows:
            try:
                write(visit, act, row)
            except Invalid as error:
                row.errors = [part.message for part in error.errors]
            except Conflict as error:
                row.errors = [
                    _("%(who)s changed this meanwhile. Load the page again.") % {"who": error.by or _("Somebody")}
                ]
            except DoorError as error:
                row.errors = [error.title]
        if any(row.errors for row in rows):
            transaction.set_rollback(True)
    if any(row.errors for row in rows):
        raise Invalid(_("Nothing was saved yet. Look at the marked rows."))
    return batch


def write(visit: Visit, act: Act, row: Grade) -> None:
    """Write one interval; an empty one is taken away."""
    if not row.days:
        if row.cycle is not None:
            records.remove_one("contact_cycles", row.cycle.pk, act)
        return
    if row.cycle is None:
        raw = {"grade": row.key, "maturity": row.maturity, "name": row.title, "interval_days": row.days}
        records.create("contact_cycles", {**raw, "remind_before": row.remind}, act, visit.env)
        return
    seen = visit.request.POST.get(f"version_{row.name}", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    values = {"interval_days": row.days, "remind_before": row.remind}
    records.change("contact_cycles", row.cycle.pk, values, act, version, visit.env)
