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
    """One grade in the form: its days as they stand and as they were typed."""

    key: str
    label: str
    count: int
    cycle: Any = None
    days: str = ""
    errors: list[str] = field(default_factory=list)


def grades_page() -> settings_pages.SettingsPage:
    """The page, as the settings list it."""
    needs = settings_pages.writing("contact_cycles")
    return settings_pages.SettingsPage(KEY, gettext_lazy("Grades"), "refresh", "data", needs, view=grades)


def grades(visit: Visit) -> HttpResponseBase:
    """Each grade, its interval, and how many customers have it."""
    rows, status, said = listed(visit), 200, ""
    if visit.request.method == "POST":
        for row in rows:
            row.days = visit.request.POST.get(f"days_{row.key}", "").strip()
        try:
            batch = save(visit, rows)
        except DoorError as error:
            status, said = error.status, error.title
        else:
            kept(visit, _("Saved. The next contacts follow the new intervals."), batch)
            return HttpResponseRedirect(ADDRESS)
    context = {
        "rows": rows,
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
    cycles = {row.grade: row for part in records.query("contact_cycles", visit.actor, visit.env).walk() for row in part}
    counts = {}
    if settings_pages.may(visit.actor, "customers", "read"):
        counts = {
            key: count for key, count, _sums in records.query("customers", visit.actor, visit.env).groups("grade")
        }
    found = []
    for key, info in ports.options("grade").items():
        cycle = cycles.get(key)
        if info.active or cycle is not None:
            days = str(cycle.interval_days) if cycle else ""
            found.append(Grade(key, info.text(visit.env.language), counts.get(key, 0), cycle, days))
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
        raw = {"grade": row.key, "name": row.label, "interval_days": row.days}
        records.create("contact_cycles", raw, act, visit.env)
        return
    seen = visit.request.POST.get(f"version_{row.key}", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    records.change("contact_cycles", row.cycle.pk, {"interval_days": row.days}, act, version, visit.env)
