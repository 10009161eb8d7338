"""The feed itself: no log-in, but a token in the address."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from bosun.kernel import records
from bosun.kernel.errors import NotFound
from bosun.platform.accounts.requests import speak
from bosun.platform.feeds import agenda, keys, writing

logger = logging.getLogger(__name__)
PLAIN = "text/plain; charset=utf-8"


def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """One person's dates as a calendar file."""
    try:
        answer = _answered(request, token)
    except NotFound:
        answer = HttpResponse("There is no such calendar.\n", status=404, content_type=PLAIN)
    except (OperationalError, InterfaceError):
        logger.warning("the database refused", exc_info=True)
        answer = HttpResponse("Please try again later.\n", 503, {"Retry-After": "60"}, content_type=PLAIN)
    # Not kept by anybody in between, and asked anew each time by whoever reads.
    answer["Cache-Control"] = "private, no-cache"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    # Django would write the address of a refusal into the log, and with it the token.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _answered(request: HttpRequest, token: str) -> HttpResponseBase:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    actor = keys.reader(token)
    speak(actor)
    env = records.environment(actor)
    items, base = agenda.of_person(env), base_of(request)
    keys.note_use(actor, request.headers.get("User-Agent", ""))
    etag = quote_etag(writing.mark(items, env, base))
    # Most readers have it already; to write the calendar is what costs.
    made = get_conditional_response(request, etag)
    if made is None:
        made = HttpResponse(writing.calendar(items, env, base), content_type="text/calendar; charset=utf-8")
        made["Content-Disposition"] = 'inline; filename="bosun.ics"'
    made["ETag"] = etag
    return made


def base_of(request: HttpRequest) -> str:
    """The public address of this Bosun."""
    return str(settings.BOSUN_URL or request.build_absolute_uri("/").rstrip("/"))
