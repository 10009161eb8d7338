"""Whether everything runs, and what the queue is doing."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from bosun.platform.deliveries import services
from bosun.platform.health import services as health
from bosun.platform.jobs import queue
from bosun.platform.preview import lateness, misleading
from bosun.platform.preview.lateness import Lateness
from bosun.web import lists, settings_pages
from bosun.web.verbs import done
from bosun.web.visit import Visit, page


@page("GET")
def system(visit: Visit) -> HttpResponseBase:
    """Database, worker, scheduler, channels, and the jobs of the last days."""
    settings_pages.require(visit, "system")
    state = health.state()
    parts = [
        (_("Database"), state.database, _("Holds everything")),
        (_("Worker"), state.worker, _("Does what takes longer: imports, exports, notices")),
        (_("Scheduler"), state.scheduler, _("Starts what is due by the clock")),
        *((services.label(key), word, _("Takes what people are told")) for key, word in state.channels.items()),
    ]
    context = {
        "late": [_late(each) for each in lateness.of_last_day()],
        "doubts": _doubts(visit),
        "parts": [{"label": label, "up": word == health.UP, "about": about} for label, word, about in parts],
        "well": all(word == health.UP for _label, word, _about in parts),
        "version": state.version,
        "parked": [
            {
                "kind": job.kind,
                "at": job.finished_at or job.created_at,
                "error": job.error.strip().splitlines()[-1:],
                "tries": job.attempts,
                "retry": f"/settings/system/{job.pk}/retry",
            }
            for job in queue.parked()
        ],
    }
    return settings_pages.draw(visit, "system", "system", context)


def _late(each: Lateness) -> dict[str, Any]:
    labels = {"reminder": _("Reminders"), "subscription": _("Subscriptions")}
    about = labels.get(each.kind) or _("%(channel)s, from told to sent") % {"channel": services.label(each.kind)}
    spans = (each.p50, each.p95, each.most)
    return {"label": about, "count": each.count, "spans": [lateness.words(span) for span in spans]}


def _doubts(visit: Visit) -> list[dict[str, Any]]:
    """What would mislead, each with the list of it."""
    return [
        {
            "label": doubt.label,
            "why": doubt.why,
            "count": lists.spell(count, visit.env, exact),
            "url": f"/{doubt.entity}?{urlencode({'filter': json.dumps(doubt.filter)})}",
        }
        for doubt, count, exact in misleading.found(visit.env)
        if count
    ]


@page("POST")
def retry(visit: Visit, pk: int) -> HttpResponseBase:
    """Put a job that was given up back into the queue."""
    settings_pages.require(visit, "system")
    queue.retry(pk, visit.actor)
    return done(visit, _("It is in the queue again."))
