"""What waits and what did not arrive, by channel, for administrators; one is sent again, or all of a channel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel.errors import NotFound
from bosun.platform.deliveries import services
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.org.models import Person
from bosun.web import settings_pages
from bosun.web.verbs import done
from bosun.web.visit import Visit, page

PAGE = "deliveries"
SHOWN = 50


@page("GET")
def deliveries(visit: Visit) -> HttpResponseBase:
    """Every channel: how it is doing, and what it gave up."""
    settings_pages.require(visit, PAGE)
    context = {
        "lead": _("What goes out to people, and what did not arrive."),
        "channels": [_channel(each) for each in services.health()],
    }
    return settings_pages.draw(visit, PAGE, "deliveries", context)


def _channel(held: services.Health) -> dict[str, Any]:
    rows = list(services.failed(held.key).select_related("notice")[:SHOWN]) if held.failed else []
    queue = list(services.waiting(held.key).select_related("notice")[:SHOWN]) if held.waiting else []
    people = {row.person_id for row in (*rows, *queue)}
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    return {
        "label": held.label,
        "on": held.on,
        "since": held.since if held.on else None,
        "errors": [{"at": datetime.fromisoformat(each["at"]), "said": each["said"]} for each in held.errors],
        "waiting": held.waiting,
        "failed": held.failed,
        "again_all": f"/settings/deliveries/{held.key}/again" if held.on and held.failed else "",
        "rows": [
            {
                "text": row.notice.text, "person": names.get(row.person_id, ""), "address": row.address,
                "said": row.said, "at": row.failed_at,
                "again": f"/settings/deliveries/{row.pk}/again" if held.on else "",
            }
            for row in rows
        ],
        "queue": [
            {
                "text": row.notice.text, "person": names.get(row.person_id, ""), "address": row.address,
                "said": row.said, "at": row.next_at,
            }
            for row in queue
        ],
        "left": max(0, held.waiting - len(queue)),
    }  # fmt: skip


@page("POST")
def again(visit: Visit, pk: int) -> HttpResponseBase:
    """One of them once more."""
    settings_pages.require(visit, PAGE)
    services.resend(pk, visit.actor)
    return done(visit, _("It is on its way again."))


@page("POST")
def again_all(visit: Visit, channel: str) -> HttpResponseBase:
    """All of a channel once more."""
    settings_pages.require(visit, PAGE)
    if channel not in CHANNELS:
        raise NotFound()
    count = services.resend_failed(channel, visit.actor)
    text = ngettext("%(n)d is on its way again.", "%(n)d are on their way again.", count)
    return done(visit, text % {"n": count})
