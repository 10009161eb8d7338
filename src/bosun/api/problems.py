"""Refusals as problem details (RFC 9457): a status, a code for programs, and a sentence in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from bosun.api import bodies
from bosun.kernel.env import Env
from bosun.kernel.errors import Conflict, DoorError, Invalid, NotFound, Objected, Objection
from bosun.kernel.specs import FieldSpec

CONTENT_TYPE = "application/problem+json"
CODES = {
    400: "unreadable", 401: "unauthorized", 403: "denied", 404: "not_found", 405: "method", 409: "conflict",
    413: "too_large", 415: "media_type", 422: "invalid", 429: "too_many", 500: "error", 503: "unavailable",
}  # fmt: skip


class Refusal(Exception):
    """A refusal of HTTP itself, before any record is asked about."""

    def __init__(self, status: int, title: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(title)
        self.status, self.title, self.headers = status, title, dict(headers or {})


def problem(status: int, title: str, headers: Mapping[str, str] | None = None, **more: Any) -> HttpResponse:
    """One problem as an answer."""
    body = {"type": "about:blank", "title": title, "status": status, "code": CODES[status], **more}
    return HttpResponse(bodies.dumps(body), status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def of_door(error: DoorError, env: Env, specs: Mapping[str, FieldSpec]) -> HttpResponse:
    """What the door said; `specs` are the fields that the caller may see, for the values of a conflict."""
    details = details_of(error, env, specs)
    return problem(details.pop("status"), details.pop("title"), **details)


def details_of(error: DoorError, env: Env, specs: Mapping[str, FieldSpec]) -> dict[str, Any]:
    """What the door said, without the frame: also one line of a bulk answer."""
    found: dict[str, Any] = {"title": error.title, "status": error.status}
    if isinstance(error, Invalid):
        found["errors"] = [{"field": part.field, "message": part.message} for part in error.errors]
    elif isinstance(error, Conflict):
        found |= {"code": "conflict", "version": error.version, "by": error.by}
        found["conflicts"] = _clashes(error, env, specs)
    elif isinstance(error, Objected):
        found["code"] = "guard"
        found["guards"] = [_guard(each) for each in error.objections]
    return found


def _guard(objection: Objection) -> dict[str, Any]:
    """What a guard says; with `text` going on takes one, behind the word of the answer."""
    found = {"rule": objection.rule, "reason": objection.reason, "confirm": objection.confirm or None}
    return {**found, "text": True} if objection.details.get("text") else found


def _clashes(error: Conflict, env: Env, specs: Mapping[str, FieldSpec]) -> list[dict[str, Any]]:
    clashes = [clash for clash in error.clashes if clash.field in specs]
    for clash in clashes:
        for value in (clash.theirs, clash.yours):
            for model, pk in specs[clash.field].kind.refers(value):
                env.refs.load(model, [pk])
    return [
        {
            "field": clash.field,
            "label": str(specs[clash.field].label),
            "theirs": specs[clash.field].kind.to_json(clash.theirs, env),
            "yours": specs[clash.field].kind.to_json(clash.yours, env),
        }
        for clash in clashes
    ]


def not_found() -> HttpResponse:
    """The one answer for what is hidden and for what does not exist."""
    return problem(404, NotFound().title)


def unavailable() -> HttpResponse:
    """The database is away or full."""
    title = _("Bosun cannot save or read right now. Try again in a minute.")
    return problem(503, title, {"Retry-After": "30"})


def unexpected() -> HttpResponse:
    """A fault of ours."""
    return problem(500, _("Something went wrong on our side. It has been noted."))
