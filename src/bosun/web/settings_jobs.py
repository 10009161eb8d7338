"""Jobs: one's own, and for administrators everybody's, with what is done by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bosun.platform.jobs import queue, schedule
from bosun.platform.jobs.models import CANCELLED, DONE, PARKED, RUNNING, WAITING, Job
from bosun.platform.org.models import Person
from bosun.web import settings_pages
from bosun.web.verbs import done
from bosun.web.visit import Visit, page

STATES = {
    WAITING: (gettext_lazy("Waiting"), "none"),
    RUNNING: (gettext_lazy("Running"), "soon"),
    DONE: (gettext_lazy("Done"), "good"),
    PARKED: (gettext_lazy("Given up"), "overdue"),
    CANCELLED: (gettext_lazy("Cancelled"), "none"),
}
PART = "web/parts/settings/jobs.html"
DAY = 24 * 60


@page("GET")
def mine(visit: Visit) -> HttpResponseBase:
    """What works in the background for oneself."""
    return _draw(visit, "me-jobs", queue.of_owner(visit.actor, 50), {})


@page("GET")
def everybodys(visit: Visit) -> HttpResponseBase:
    """The whole queue, and when periodic work runs next."""
    settings_pages.require(visit, "jobs")
    plan = [
        {"key": key, "often": often(minutes), "due": due, "late": due is not None and due < visit.env.now}
        for key, minutes, due in schedule.plan()
    ]
    return _draw(visit, "jobs", queue.latest(visit.actor), {"plan": plan})


def _draw(visit: Visit, key: str, rows: Sequence[Job], more: dict[str, Any]) -> HttpResponseBase:
    people = {row.owner_id for row in rows if row.owner_id}
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name")) if key == "jobs" else {}
    context = {
        "jobs": [line(row, names.get(row.owner_id or 0, "")) for row in rows],
        "moving": any(row.open for row in rows),
        "url": visit.request.path,
        "part": PART,
        **more,
    }
    if visit.fragment:
        return visit.draw(PART, context)
    return settings_pages.draw(visit, key, "jobs", context)


def line(row: Job, owner: str) -> dict[str, Any]:
    """A job as the page draws it."""
    word, tone = STATES[row.state]
    return {
        "id": row.pk,
        "label": row.text or row.kind,
        "kind": row.kind,
        "owner": owner,
        "state": str(word),
        "tone": tone,
        "running": row.state == RUNNING,
        "percent": row.percent,
        "counted": f"{row.done} / {row.total}" if row.total else "",
        "error": row.error.strip().splitlines()[-1] if row.error.strip() else "",
        "tries": row.attempts,
        "at": row.finished_at or row.started_at or row.created_at,
        "cancel": f"/jobs/{row.pk}/cancel" if row.open and not row.cancel_requested else "",
        "retry": f"/jobs/{row.pk}/retry" if row.state in (PARKED, CANCELLED) else "",
    }


def often(minutes: int) -> str:
    """How often periodic work is done."""
    if minutes % DAY == 0:
        return _("every %(n)s d") % {"n": minutes // DAY}
    return _("every %(n)s h") % {"n": minutes // 60} if minutes % 60 == 0 else _("every %(n)s min") % {"n": minutes}


@page("POST")
def cancel(visit: Visit, pk: int) -> HttpResponseBase:
    """Stop a job of one's own; administrators any."""
    queue.cancel(pk, visit.actor)
    return done(visit, _("It stops."))


@page("POST")
def retry(visit: Visit, pk: int) -> HttpResponseBase:
    """Put a job back into the queue."""
    queue.retry(pk, visit.actor)
    return done(visit, _("It is in the queue again."))
