"""A recurrence rule as a calendar file has it: from a first time of its own, with what is left of a count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from bosun.lib import dates, recurrence


@dataclass(frozen=True)
class Series:
    """What is still to come of a series: its first time, and the rule that counts from there."""

    first: datetime
    rule: str


def rest(rule: str, start: datetime, at: datetime, zone: str) -> Series | None:
    """The series from `at` on, `start` being its very first time; None where nothing more comes.

    A time that is none of the series, as a first Wednesday of what then comes on Mondays, is not in it.
    """
    meets = recurrence.following(rule, start, at - timedelta(seconds=1), zone) == at
    first = at if meets else recurrence.following(rule, start, at, zone)
    return since(rule, start, first, zone) if first is not None else None


def since(rule: str, start: datetime, first: datetime, zone: str) -> Series | None:
    """The series from one of its times on; None where nothing is left of it."""
    parts = recurrence.placed(recurrence.parts_of(rule), _wall(start, zone))
    if "COUNT" in parts:
        left = int(parts["COUNT"]) - sum(1 for _each in takewhile(lambda at: at < first, _times(rule, start, zone)))
        if left < 1:
            return None
        parts["COUNT"] = str(left)
    if "UNTIL" in parts:
        parts["UNTIL"] = _until(parts["UNTIL"], zone, whole_day(first, zone, rule) is not None)
    return Series(first, recurrence.text_of(parts))


def ending(rule: str, last: date, start: datetime, zone: str) -> str:
    """A rule with its last day, where it does not end by itself before that; a calendar takes one end alone."""
    parts = recurrence.parts_of(rule)
    if "UNTIL" in parts and recurrence.end_of(parts["UNTIL"], zone).date() <= last:
        return rule
    if parts.pop("COUNT", None) and all(_wall(at, zone).date() <= last for at in _times(rule, start, zone)):
        return rule
    return recurrence.text_of({**parts, "UNTIL": f"{last:%Y%m%d}T235959"})


def _wall(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _times(rule: str, start: datetime, zone: str) -> Iterator[datetime]:
    """All times of a series."""
    return recurrence.times(rule, _wall(start, zone), start - timedelta(days=1), zone)


def _until(text: str, zone: str, whole: bool) -> str:
    """The end of a series, as it is read here, as calendars want it."""
    wall = recurrence.end_of(text, zone)
    if whole:
        return f"{wall:%Y%m%d}"
    return f"{dates.localise(wall.date(), wall.time(), zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def whole_day(at: date | datetime, zone: str, rule: str = "") -> date | None:
    """The day of what has no hour: a date, or midnight on the wall clock, unless its rule names times of day."""
    if not isinstance(at, datetime):
        return at
    wall = _wall(at, zone)
    timed = bool(rule) and recurrence.is_within_day(recurrence.parts_of(rule))
    return wall.date() if wall.time() == time(0) and not timed else None


def clock_of(rule: str, zone: str) -> str:
    """The zone on whose clock a series is written: one that is evenly spaced knows no summer."""
    return "UTC" if recurrence.is_spaced(recurrence.parts_of(rule)) else zone
