"""The time of a rule in its form: a date of the record and a distance, or again and again."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from bosun.kernel import access
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Date, Moment
from bosun.platform.automation import happenings
from bosun.platform.automation.timing import LATE, SKIP, series

Json = dict[str, Any]
SERIES = "every"
MOST = 3660


def is_timed(event: str) -> bool:
    """Whether an event is one of time."""
    return event.endswith(f".{happenings.TIME}")


def read(post: QueryDict, held: Json | None) -> Json:
    """The trigger that was posted; a series that is not offered stays as it was."""
    hour = _number(post.get("time_hour", ""), 23)
    base: Json = {"hour": 9 if hour is None else hour, "missed": SKIP if post.get("time_skip") else LATE}
    at = post.get("time_at", "")
    if at == SERIES:
        rule = post.get("time_every", "") or next(iter(series()))
        since = {"from": held["from"]} if held and held.get("from") else {}
        return {**base, "every": rule, **since}
    distance = _number(post.get("time_offset", ""), MOST) or 0
    sign = -1 if post.get("time_side") == "before" else 1
    return {**base, "at": at, "offset": sign * distance, "unit": post.get("time_unit") or "days"}


def context(trigger: Json | None, entity: Entity, env: Env) -> Json:
    """What the inputs show."""
    held = trigger or {}
    offset = held.get("days", held.get("offset", 0))
    offset = offset if isinstance(offset, int) else 0
    known = {
        name: str(spec.label)
        for name, spec in access.specs(entity, env.actor).items()
        if isinstance(spec.kind, Date | Moment)
    }
    offered = series()
    every = str(held.get("every", ""))
    if every and every not in offered:
        offered[every] = every
    return {
        "timed": True,
        "dates": [*known.items(), (SERIES, _("by the calendar"))],
        "at": SERIES if every else held.get("at") or held.get("idle") or next(iter(known), SERIES),
        "offset": abs(offset),
        "side": "before" if offset < 0 else "after",
        "unit": held.get("unit", "days"),
        "units": [("days", _("days")), ("workdays", _("working days")), ("hours", _("hours"))],
        "sides": [("before", _("before")), ("after", _("after"))],
        "series": list(offered.items()),
        "every": every,
        "hour": held.get("hour", 9),
        "skip": held.get("missed") == SKIP,
    }


def _number(text: str, most: int) -> int | None:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 6 else None
