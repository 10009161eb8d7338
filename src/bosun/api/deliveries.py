"""The ledger over the API: one's own deliveries, and for administrators all; read-only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _

from bosun.api import bodies
from bosun.api.dispatch import Call, answer, number_of, takes
from bosun.api.operations import ID, Json, items_of, operation, reply
from bosun.api.reading import limit_of
from bosun.api.webhooks import marker_of
from bosun.kernel.errors import FieldError, Invalid
from bosun.platform.deliveries import services
from bosun.platform.deliveries.models import STATES

MOST = 200
NUMBERS = ("reminder", "occurrence", "notice", "person")


@takes("filter", "limit", "cursor", *services.FILTERS)
def page(call: Call) -> HttpResponse:
    """The latest first, narrowed by state, channel, reminder, notice or person."""
    limit, before = limit_of(call), marker_of(call)
    wanted = Q()
    for name in services.FILTERS:
        if call.params.get(name):
            wanted &= _leaf(name, [call.params[name]])
    if call.params.get("filter"):
        wanted &= _tree(bodies.loads(call.params["filter"]))
    rows = services.visible(call.actor).filter(wanted)
    part = list((rows.filter(pk__lt=before) if before else rows)[: limit + 1])
    following = str(part[limit - 1].pk) if len(part) > limit else None
    return answer({"items": services.as_json(part[:limit]), "next": following})


def one(call: Call, pk: str) -> HttpResponse:
    """One delivery."""
    return answer(services.as_json([services.get(number_of(pk), call.actor)])[0])


def _tree(given: Any) -> Q:
    parts = given.get("all") if isinstance(given, Mapping) and set(given) == {"all"} else [given]
    if not isinstance(parts, list) or len(parts) > len(services.FILTERS):
        raise _unknown()
    wanted = Q()
    for part in parts:
        if not isinstance(part, Mapping) or part.get("op") not in ("is", "in"):
            raise _unknown()
        value = part.get("value")
        wanted &= _leaf(str(part.get("field"))[:80], value if isinstance(value, list) else [value])
    return wanted


def _leaf(name: str, values: list[Any]) -> Q:
    if name not in services.FILTERS or len(values) > MOST:
        raise _unknown()
    if name in NUMBERS:
        texts = [str(value) for value in values]
        if not all(text.isascii() and text.isdigit() and len(text) < 19 for text in texts):
            raise Invalid([FieldError(name, _("Give the id of one."))])
        return Q(**{f"{services.FILTERS[name]}__in": [int(text) for text in texts]})
    if name == "state" and not all(value in STATES for value in map(str, values)):
        raise Invalid([FieldError(name, _("Choose from: %(known)s.") % {"known": ", ".join(STATES)})])
    return Q(**{f"{name}__in": [str(value)[:80] for value in values]})


def _unknown() -> Invalid:
    return Invalid(
        [FieldError("filter", _("Deliveries are narrowed by %(known)s.") % {"known": ", ".join(services.FILTERS)})]
    )


def described() -> Json:
    """For the OpenAPI document."""
    anything, found = reply({"type": "object"}), reply(items_of({"type": "object"}))
    narrowing = [
        {"name": name, "in": "query", "schema": {"type": "integer" if name in NUMBERS else "string"}}
        for name in services.FILTERS
    ]
    listed = operation("listLedger", _("What became of notices"), ["filter", "limit", "cursor"], found)
    return {
        "/deliveries": {"get": {**listed, "parameters": [*listed["parameters"], *narrowing]}},
        "/deliveries/{id}": {
            "parameters": [ID],
            "get": operation("getLedgerEntry", _("What became of one notice"), [], anything),
        },
    }
