"""A recurrence rule as a calendar file has it: from a first time of its own, with what is left of a count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from bosun.lib import dates, recurrence

COMPACT = {8: "%Y%m%d", 15: "%Y%m%dT%H%M%S"}


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
    if first is None:
        return None
    parts = recurrence.parts_of(rule)
    if "COUNT" in parts:
        left = int(parts["COUNT"]) - _passed(parts, _wall(start, zone), _wall(first, zone))
        if left < 1:
            return None
        parts["COUNT"] = str(left)
    if "UNTIL" in parts:
        parts["UNTIL"] = _until(parts["UNTIL"], zone, whole_day(first, zone) is not None)
    return Series(first, ";".join(f"{name}={value}" for name, value in parts.items()))


def ending(rule: str, last: date) -> str:
    """A rule with its last day, where it does not say by itself how often it comes or an earlier end."""
    parts = recurrence.parts_of(rule)
    if "COUNT" in parts or parts.get("UNTIL", "9")[:8] <= f"{last:%Y%m%d}":
        return rule
    return ";".join(f"{name}={value}" for name, value in {**parts, "UNTIL": f"{last:%Y%m%d}T235959"}.items())


def _wall(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _passed(parts: dict[str, str], start: datetime, first: datetime) -> int:
    """How many times of a counted series lie before one of them."""
    bare = ";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL")
    # A time that a gap swallowed stands later on the wall than the rule says, never a whole day.
    edge = first - timedelta(hours=3)
    return sum(1 for _each in takewhile(lambda found: found < edge, rrulestr(bare, dtstart=start)))


def _until(text: str, zone: str, whole: bool) -> str:
    """The end of a series, which is read on the wall clock of its zone, as calendars want it."""
    plain = text.rstrip("Z")
    wall = datetime.strptime(plain, COMPACT[len(plain)])  # noqa: DTZ007 - a wall clock
    if whole:
        return f"{wall:%Y%m%d}"
    return f"{dates.localise(wall.date(), wall.time(), zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def whole_day(at: date | datetime, zone: str) -> date | None:
    """The day of what has no hour: a date, or midnight on the wall clock."""
    if not isinstance(at, datetime):
        return at
    wall = _wall(at, zone)
    return wall.date() if wall.time() == time(0) else None
