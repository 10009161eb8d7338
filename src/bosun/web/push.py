"""Notices in this browser while Bosun is closed: the worker that shows them, and the switch on one's own page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
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
    held = browsers.of(visit.actor.id or 0)
    here = sessions.mark_of(visit.request)
    return {
        "push_key": _key(),
        "push_here": any(each.session == here for each in held),
        "browsers": [
            {"label": each.label, "since": each.made_at, "remove": f"/me/browsers/{each.pk}/remove"} for each in held
        ],
    }


@page("POST")
def take(visit: Visit) -> HttpResponseBase:
    """Tell this browser."""
    person = visit.actor.id or 0
    browsers.take(person, _offered(visit), *_place(visit))
    addresses.revive(person, WebPush.key)
    return done(visit, _("This browser is told from now on."))


@page("GET", "POST")
def again(visit: Visit) -> HttpResponseBase:
    """After signing in: the key for a browser that was told before, and whether it is told again."""
    if visit.request.method == "GET":
        return JsonResponse({"key": _key()})
    person, wanted = visit.actor.id or 0, visit.request.POST.get("wanted") == "1"
    on = browsers.meet(person, _offered(visit), *_place(visit), wanted)
    if on:
        addresses.revive(person, WebPush.key)
    return JsonResponse({"on": on})


def _key() -> str:
    """What a browser is asked to take messages by; empty where the company does not use it."""
    return keys.public_key() if WebPush.key in configured.enabled() else ""


def _offered(visit: Visit) -> Any:
    try:
        return json.loads(visit.request.POST.get("subscription", ""))
    except (ValueError, RecursionError):
        raise Unreadable() from None


def _place(visit: Visit) -> tuple[str, str]:
    """What this browser is called, and the mark of the sign-in."""
    return sessions.device(visit.request.headers.get("User-Agent", "")), sessions.mark_of(visit.request)


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
