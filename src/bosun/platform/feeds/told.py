"""What a guest was last told: the events of the calendar that left, and how long they go on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from bosun.lib import dates, recurrence
from bosun.platform.feeds import series

A_SECOND = timedelta(seconds=1)
EVERYWHERE = timedelta(hours=36)
"""So long after its first moment in UTC a day is over everywhere."""


def events(text: str) -> list[Event]:
    """The events of a calendar that was told."""
    return [each for each in Calendar.from_ical(text).walk() if isinstance(each, Event)] if text else []


def rule_of(event: Event) -> str:
    """How it comes again; empty where it comes once."""
    held = event.get("rrule")
    return held.to_ical().decode() if held else ""


def moment(at: date | datetime) -> datetime:
    """A time as a moment; of a day its beginning in UTC."""
    return at if isinstance(at, datetime) else datetime.combine(at, time(0), tzinfo=UTC)


def goes_on(event: Event, after: datetime) -> bool:
    """Whether one of its times lies behind a moment."""
    return following(event, after) is not None


def following(event: Event, after: datetime) -> datetime | None:
    """The first of its times behind a moment; a day is one until it is over everywhere."""
    start, rule = moment(event.start), rule_of(event)
    after = after if isinstance(event.start, datetime) else after - EVERYWHERE
    if start > after:
        return start
    return recurrence.following(rule, start, after, _zone(event)) if rule else None


def time_of(event: Event, named: date | datetime) -> date | datetime | None:
    """The time of a series that somebody names, on whatever clock; None where it has no such time."""
    rule, whole = rule_of(event), not isinstance(event.start, datetime)
    if not rule or whole == isinstance(named, datetime) or not dates.is_kept(moment(named).date()):
        return None
    at = moment(named)
    if at.tzinfo is None:
        at = dates.localise(at.date(), at.time(), _zone(event))
    at = at.astimezone(UTC)
    if recurrence.following(rule, moment(event.start), at - A_SECOND, _zone(event)) != at:
        return None
    return named if whole else at


def same(held: Iterable[Event], now: Iterable[Event]) -> bool:
    """Whether what was told is what now holds: the same events, at the same times from the present first one on."""
    before, after = ({str(each["uid"]): each for each in found} for found in (held, now))
    return before.keys() == after.keys() and all(_alike(before[uid], after[uid]) for uid in after)


def _alike(held: Event, now: Event) -> bool:
    if not rule_of(held) or not rule_of(now):
        return bool(held.start == now.start and rule_of(held) == rule_of(now))
    kinds = isinstance(held.start, datetime) == isinstance(now.start, datetime)
    if not kinds or _zone(held) != _zone(now):
        return False
    return _onward(held, moment(now.start)) == recurrence.parts_of(rule_of(now))


def _onward(event: Event, first: datetime) -> dict[str, str] | None:
    """The rule of a series, counted from one of its later times; None where that is none of them."""
    start, zone = moment(event.start), _zone(event)
    if recurrence.following(rule_of(event), start, first - A_SECOND, zone) != first:
        return None
    parts = recurrence.parts_of(rule_of(event))
    if "COUNT" not in parts:
        return parts
    left = series.since(rule_of(event), start, first, zone)
    return recurrence.parts_of(left.rule) if left is not None else None


def _zone(event: Event) -> str:
    return str(getattr(getattr(event.start, "tzinfo", None), "key", "UTC"))
