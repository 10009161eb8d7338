"""Notices in this browser while Bosun is closed: the worker that shows them, and the switch on one's own page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bosun.kernel.errors import NotFound, Unreadable
from bosun.platform.accounts import sessions
from bosun.platform.deliveries import addresses, configured
from bosun.platform.deliveries.channels.webpush import WebPush
from bosun.platform.push import browsers, keys
from bosun.web.verbs import done
from bosun.web.visit import Visit, page

WORKER = Path(__file__).parent / "static" / "bosun" / "js" / "worker.js"


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that a browser keeps. It stands at the root, since it serves what lies below where it stands."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8", headers=headers)


def context(visit: Visit) -> dict[str, Any]:
    """What the part of one's own page shows."""
    on = WebPush.key in configured.enabled()
    held = browsers.of(visit.actor.id or 0)
    return {
        "push_key": keys.public_key() if on else "",
        "browsers": [
            {"label": each.label, "since": each.made_at, "remove": f"/me/browsers/{each.pk}/remove"} for each in held
        ],
    }


@page("POST")
def take(visit: Visit) -> HttpResponseBase:
    """Tell this browser."""
    try:
        offered = json.loads(visit.request.POST.get("subscription", ""))
    except (ValueError, RecursionError):
        raise Unreadable() from None
    person = visit.actor.id or 0
    browsers.take(person, offered, sessions.device(visit.request.headers.get("User-Agent", "")))
    addresses.revive(person, WebPush.key)
    return done(visit, _("This browser is told from now on."))


@page("POST")
def forget(visit: Visit) -> HttpResponseBase:
    """Tell this browser no more."""
    browsers.forget(visit.actor.id or 0, endpoint=visit.request.POST.get("endpoint", ""))
    return done(visit, _("This browser is told no more."))


@page("POST")
def remove(visit: Visit, pk: int) -> HttpResponseBase:
    """Tell another browser of one's own no more."""
    if not browsers.forget(visit.actor.id or 0, pk=pk):
        raise NotFound()
    return done(visit, _("This browser is told no more."))
