"""Refusals and failures in our hand: what happened, what is safe, what to do next. Never a traceback."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext as _

from bosun.kernel.errors import DoorError
from bosun.lib import openfiles


def drawn(request: HttpRequest, status: int, error: dict[str, Any], framed: bool = True) -> HttpResponse:
    """An error as a page; in the frame for those who are signed in. Scripts get the sentence as a toast."""
    error.setdefault("code", status)
    if "HX-Request" in request.headers:
        return toast_only(status, str(error["title"]))
    inside = framed and getattr(request, "actor", None) is not None
    template = "web/base_error_app.html" if inside else "web/base_error.html"
    context = {"error": error, "page_title": error["title"]}
    return HttpResponse(render_to_string(template, context, request), status=status)


def toast_only(status: int, text: str) -> HttpResponse:
    """A refusal for a script: the sentence in a header that it shows."""
    said = json.dumps({"toast": {"text": text, "tone": "overdue"}})
    return HttpResponse(f"<p>{escape(text)}</p>", status=status, headers={"HX-Trigger": said})


def refused(request: HttpRequest, error: DoorError) -> HttpResponse:
    """The answer to a refusal of the door."""
    texts = {
        403: (_("This is not open to you"), "lock"),
        404: (_("There is nothing here"), "map-2"),
        422: (_("This list cannot be drawn as asked"), "filter"),
        409: (_("This could not be done"), "alert-triangle"),
    }
    title, icon = texts.get(error.status, (_("That could not be read"), "help"))
    if "HX-Request" in request.headers:
        return toast_only(error.status, error.title)
    back = request.path if error.status == 422 and request.GET else ""
    return drawn(request, error.status, {"title": title, "text": error.title, "icon": icon, "back_url": back})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: an address that leads nowhere."""
    text = _("The address may be mistyped, or what was here is gone or not open to you.")
    return drawn(request, 404, {"title": _("There is nothing here"), "text": text, "icon": "map-2"})


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not open to this person."""
    text = _("You do not have the right to do this. Ask an administrator.")
    return drawn(request, 403, {"title": _("This is not open to you"), "text": text, "icon": "lock"})


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request that cannot be understood."""
    text = _("Nothing was changed. Go back and try again.")
    return drawn(request, 400, {"title": _("That could not be read"), "text": text, "icon": "help"}, framed=False)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than is taken at once."""
    text = _("Nothing was changed. Send a smaller file, or fewer at once.")
    error = {"title": _("This is larger than is accepted at once."), "text": text, "icon": "upload"}
    return drawn(request, 413, error, framed=False)


def failed(request: HttpRequest) -> HttpResponse:
    """500: our mistake; or 503, where no file could be opened, or the database was away before a view began."""
    fault = sys.exc_info()[1]
    if isinstance(fault, OperationalError) and not request.path.startswith("/api/"):
        return away(request)
    if isinstance(fault, OperationalError) or openfiles.ran_out(fault):
        status, headers, body = openfiles.busy(request.path)
        return HttpResponse(body, status=status, headers=dict(headers))
    error = {
        "title": _("Something went wrong on our side"),
        "text": _("It has been noted. Try again in a moment."),
        "safe": [_("What was saved before is safe."), _("What you typed is kept in this tab.")],
        "retry": request.method == "GET",
    }
    return drawn(request, 500, error, framed=False)


def away(request: HttpRequest) -> HttpResponse:
    """503: the database does not answer, or has no room to write."""
    error = {
        "title": _("Bosun cannot reach its data right now"),
        "text": _("This usually passes within a minute. If it stays, tell your administrator."),
        "safe": [_("What was saved before is safe."), _("What you typed is kept in this tab.")],
        "retry": True,
        "icon": "database",
    }
    answer = drawn(request, 503, error, framed=False)
    answer.headers["Retry-After"] = "10"
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the page was open for too long, or came from elsewhere."""
    error = {
        "title": _("This page was open for too long"),
        "text": _("Go back, load the page again, and save once more."),
        "safe": [_("Nothing was changed."), _("What you typed is kept in this tab.")],
        "back_url": request.path,
        "icon": "clock",
    }
    return drawn(request, 403, error, framed=False)
