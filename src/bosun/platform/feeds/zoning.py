"""Zones of calendar files, by the names that they have here: one of a file's own by one whose clock goes alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component

from bosun.lib import clock, dates

WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)
WEEKS = 106
"""How long clocks are compared, from this year on: two years, in each of which they may change twice."""
MOST_A_YEAR = 31
"""Times that the rule of a change may name: a Sunday is also written as each day of a week of a month."""


def named(at: datetime, *guesses: str) -> str:
    """The zone of a time of a file; one that is guessed, or a fixed one, where that goes alike; nothing without one."""
    key, offset = str(getattr(at.tzinfo, "key", "")), at.utcoffset()
    if key in dates.zones():
        return key
    if at.tzinfo is None or offset is None:
        return ""
    year = clock.now().year
    for name in (*guesses, "UTC", f"Etc/GMT{-(offset // HOUR):+d}"):
        if name not in dates.zones() or at.replace(tzinfo=ZoneInfo(name)).utcoffset() != offset:
            continue
        if _alike(at.tzinfo, name, year):
            return name
    return ""


def of_tzid(name: str) -> str:
    """The zone of a name for which a file has no clock, however it is written; nothing for an unknown one."""
    return _folded().get(name.casefold(), "")


@lru_cache(maxsize=1)
def _folded() -> dict[str, str]:
    return {name.casefold(): name for name in dates.zones()}


@lru_cache(maxsize=16)
def _alike(zone: tzinfo, name: str, year: int) -> bool:
    other, begin = ZoneInfo(name), datetime(year, 1, 1)  # noqa: DTZ001 - a wall clock
    walls = (begin + number * WEEK for number in range(WEEKS))
    return all(each.replace(tzinfo=zone).utcoffset() == each.replace(tzinfo=other).utcoffset() for each in walls)


def each_of(part: Component, name: str) -> list[Any]:
    """Every value of a property, which may stand there never, once or often."""
    found = part.get(name, [])
    return found if isinstance(found, list) else [found]


def sound(calendar: Component) -> bool:
    """Whether its clocks change by the year, as all do: by the minute they would be counted for ever."""
    parts = [part for zone in calendar.walk("VTIMEZONE") for part in zone.subcomponents]
    return all(_yearly(rule) for part in parts for rule in each_of(part, "rrule"))


def _yearly(rule: Mapping[str, Sequence[Any]]) -> bool:
    times = prod(len(values) for values in rule.values())
    return rule["FREQ"] == ["YEARLY"] and 0 not in rule.get("INTERVAL", ()) and times <= MOST_A_YEAR
