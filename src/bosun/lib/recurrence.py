"""Recurrence rules (RFC 5545) on the wall clock of a zone: the hour that people see stays, summer and winter.

Where clocks go forward over a time, it is as much later as they jump, as RFC 5545 says; where they go back, it comes
once, the first of the two. Rules of hours or minutes without further parts are evenly spaced in real time instead.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from bosun.lib import dates

LONGEST = 500
MOST_TIMES = 10_000
HORIZON = timedelta(days=366 * 20)
FAR = 100
"""Years."""
FREQUENCIES = frozenset(("DAILY", "WEEKLY", "MONTHLY", "YEARLY"))
STEPS = {
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
}
OFTEN = frozenset(("MINUTELY", "HOURLY"))
KNOWN = frozenset(("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"))
FURTHER = KNOWN | {"BYYEARDAY", "BYWEEKNO", "BYHOUR", "BYMINUTE"}
PLACED = ("BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYYEARDAY", "BYWEEKNO", "BYHOUR", "BYMINUTE")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PLAIN = re.compile(r"[A-Z0-9=;,.+-]+")
AN_END = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?")
SHORTEST_MONTH = 28
MOST_IN_MONTH, MOST_IN_YEAR = 5, 53
"""No month has more than five Mondays, and no year more than 53."""
MOST_A_DAY = 96
"""Each quarter of an hour; what comes more often says so by its frequency."""
OF_DAYS = frozenset(("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"))
LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
ONE_DAY = timedelta(days=1)
FIRST, LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
"""Ends beyond are none: on some walls they would lie outside the calendar."""
LONGEST_JUMP = timedelta(hours=3)
"""Of clocks on a day that has other times too; a country that goes over the date line leaves out whole days."""
LAST_CYCLE = range(9932, 9960)
"""Twenty-eight years in which the calendar runs as in ours, shortly before it ends: a search there is a short one."""


class RecurrenceError(ValueError):
    """A rule that cannot be used; `code` is "form", "frequency", "part", "count", "times" or "never"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parts_of(rule: str) -> dict[str, str]:
    """The parts of a rule by name, in their order."""
    found = [part.partition("=") for part in rule.split(";") if part]
    return {name: value for name, _sign, value in found}


def text_of(parts: Mapping[str, str]) -> str:
    """A rule of these parts, in their order."""
    return ";".join(f"{name}={value}" for name, value in parts.items())


def normalise(rule: str, *, often: bool = False) -> str:
    """The rule in capitals without its prefix, checked; no more often than daily, or with `often` than each minute."""
    text = rule.strip().upper().removeprefix("RRULE:").rstrip(";")
    parts = parts_of(text)
    if not PLAIN.fullmatch(text) or len(text) > LONGEST or not all(parts.values()) or len(parts) != text.count(";") + 1:
        raise RecurrenceError("form")
    if parts.get("FREQ") not in (FREQUENCIES | OFTEN if often else FREQUENCIES):
        raise RecurrenceError("frequency")
    # A series has one end (RFC 5545); calendars differ in which of two they heed.
    if {"COUNT", "UNTIL"} <= set(parts):
        raise RecurrenceError("part")
    # Of a week that has begun, the library would count the places from the beginning of the series on.
    if not (FURTHER if often else KNOWN).issuperset(parts) or (
        often and parts["FREQ"] == "WEEKLY" and "BYSETPOS" in parts
    ):
        raise RecurrenceError("part")
    try:
        _check_numbers(parts)
        _check_places(parts)
        # Whether it comes at all may hang on where it begins, which `occurs` is asked; this looks for what never can.
        anywhere = {name: value for name, value in parts.items() if name != "INTERVAL"} if often else parts
        _rule(text_of(anywhere), datetime(2026, 1, 1), "UTC")  # noqa: DTZ001
        if not often and not _can_happen(parts):
            raise RecurrenceError("never")
    except RecurrenceError:
        raise
    except (ValueError, TypeError, KeyError):
        raise RecurrenceError("form") from None
    return text


def _check_numbers(parts: Mapping[str, str]) -> None:
    if int(parts.get("INTERVAL", "1")) < 1:
        raise RecurrenceError("never")
    if int(parts.get("INTERVAL", "1")) > 1000 and parts["FREQ"] not in OFTEN:
        raise RecurrenceError("never")
    if int(parts.get("INTERVAL", "1")) > 1_000_000:
        raise RecurrenceError("form")
    if not 1 <= int(parts.get("COUNT", "1")) <= MOST_TIMES:
        raise RecurrenceError("count")
    if "UNTIL" in parts and not AN_END.fullmatch(parts["UNTIL"]):
        raise RecurrenceError("form")


def _check_places(parts: Mapping[str, str]) -> None:
    """Places that there are, and no more times a day than are looked through in a moment."""
    lists = {name: _numbers(parts[name]) for name in PLACED if name in parts}
    if any(month not in range(1, 13) for month in lists.get("BYMONTH", ())):
        raise RecurrenceError("form")
    if any(not each or 0 in each for name, each in lists.items() if name not in ("BYHOUR", "BYMINUTE")):
        raise RecurrenceError("form")
    counted = [abs(int(part[:-2])) for part in parts.get("BYDAY", "").split(",") if part[:-2]]
    most = MOST_IN_YEAR if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts else MOST_IN_MONTH
    if counted and parts["FREQ"] not in ("MONTHLY", "YEARLY"):
        raise RecurrenceError("part")
    if any(not 0 < each <= most for each in counted):
        raise RecurrenceError("never")
    if parts["FREQ"] == "MINUTELY" and "BYSETPOS" in parts:
        raise RecurrenceError("part")
    minutes = len(set(lists.get("BYMINUTE", (0,))))
    if parts["FREQ"] == "HOURLY" and any(abs(place) > minutes for place in lists.get("BYSETPOS", ())):
        raise RecurrenceError("never")
    if parts["FREQ"] in FREQUENCIES and minutes * len(set(lists.get("BYHOUR", (0,)))) > MOST_A_DAY:
        raise RecurrenceError("times")


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


def _can_happen(parts: Mapping[str, str]) -> bool:
    """False for what would be looked for until the end of the calendar, wherever it begins."""
    often = parts["FREQ"] in ("DAILY", "WEEKLY")
    interval = int(parts.get("INTERVAL", "1"))
    months = _numbers(parts.get("BYMONTH", "")) or list(range(1, 13))
    days = _numbers(parts.get("BYMONTHDAY", "")) or [1]
    if often and "BYSETPOS" in parts:
        return False
    if parts["FREQ"] == "WEEKLY" and "BYMONTHDAY" in parts:
        return False
    if parts["FREQ"] == "DAILY" and "BYDAY" in parts and interval % 7 == 0:
        return False
    if any(abs(each) > len(days) for each in _numbers(parts.get("BYSETPOS", "")) if "BYMONTHDAY" in parts):
        return False
    counted = [int(part[:-2]) for part in parts.get("BYDAY", "").split(",") if part[:-2]]
    if any(abs(each) > MOST_IN_MONTH for each in (*counted, *_numbers(parts.get("BYSETPOS", "")))):
        return False
    return any(0 < abs(day) <= LENGTHS[month - 1] for month in months for day in days)


def occurs(rule: str, wall: datetime) -> bool:
    """Whether a rule that begins at this time on the wall comes within the next forty years at all.

    A rule that never comes is looked for until the year 9999. So the search begins in a year near that end whose
    calendar, and that of the years after it, runs as the one asked for.
    """
    year = wall.year
    for alike in LAST_CYCLE:
        if alike % 4 == year % 4 and date(alike, 1, 1).weekday() == date(year, 1, 1).weekday():
            year = alike
            break
    parts = {name: value for name, value in parts_of(rule).items() if name not in ("COUNT", "UNTIL")}
    plain = text_of(parts)
    try:
        return next(iter(_rule(plain, wall.replace(year=year), "UTC")), None) is not None
    except ValueError:
        return False


def from_day(rule: str, day: int) -> str:
    """A plain monthly rule that begins on the 29th to the 31st, so that short months have it on their last day."""
    parts = parts_of(rule)
    if day <= SHORTEST_MONTH or parts.get("FREQ") != "MONTHLY" or any(name.startswith("BY") for name in parts):
        return rule
    return f"{rule};BYMONTHDAY={','.join(str(each) for each in range(SHORTEST_MONTH, day + 1))};BYSETPOS=-1"


def is_month_end(parts: Mapping[str, str]) -> bool:
    """True for what `from_day` made of a plain monthly rule."""
    plain = {name: value for name, value in parts.items() if name not in ("BYMONTHDAY", "BYSETPOS")}
    if "BYMONTHDAY" not in parts or set(plain) - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}:
        return False
    try:
        last = max(_numbers(parts["BYMONTHDAY"]))
    except ValueError:
        return False
    return parts_of(from_day("FREQ=MONTHLY", last)) == {
        "FREQ": parts["FREQ"], "BYMONTHDAY": parts["BYMONTHDAY"], "BYSETPOS": parts.get("BYSETPOS", ""),
    }  # fmt: skip


def _rule(text: str, wall: datetime, zone: str) -> rrule:
    told = placed(_by_days(parts_of(text), wall), wall)
    parts = [_on_the_wall(f"{name}={value}", zone) for name, value in told.items()]
    found = rrulestr(";".join(parts), dtstart=wall)
    if not isinstance(found, rrule):
        raise TypeError("only one rule")
    return found


def placed(parts: dict[str, str], wall: datetime) -> dict[str, str]:
    """A rule of weeks by their number that names no day, with the weekday on which it begins: libraries take all."""
    if "BYWEEKNO" not in parts or {"BYDAY", "BYMONTHDAY", "BYYEARDAY"} & set(parts):
        return parts
    return {**parts, "BYDAY": DAYS[wall.weekday()]}


def is_spaced(parts: Mapping[str, str]) -> bool:
    """Whether it comes evenly in real time, whatever the clocks do."""
    return parts["FREQ"] in OFTEN and not any(name.startswith("BY") for name in parts)


def is_within_day(parts: Mapping[str, str]) -> bool:
    """Whether it says its times of day by itself."""
    return parts["FREQ"] in OFTEN or "BYHOUR" in parts or "BYMINUTE" in parts


def _by_days(parts: dict[str, str], wall: datetime) -> dict[str, str]:
    """A rule within the day as one of days, where it is one: the library would go through each minute of many years."""
    every = {"HOURLY": 24, "MINUTELY": 60}.get(parts["FREQ"], 0)
    step = int(parts.get("INTERVAL", "1"))
    if not every or every % step or "BYSETPOS" in parts or not any(name.startswith("BY") for name in parts):
        return parts
    fine, at = ("BYHOUR", wall.hour) if every == 24 else ("BYMINUTE", wall.minute)
    wanted = set(_numbers(parts[fine])) if fine in parts else set(range(every))
    held = sorted(wanted & set(range(at % step, every, step)))
    if not held:
        raise ValueError("no such time")
    hours = {} if every == 24 or "BYHOUR" in parts else {"BYHOUR": ",".join(map(str, range(24)))}
    rest = {name: value for name, value in parts.items() if name not in ("FREQ", "INTERVAL", fine)}
    return {"FREQ": "DAILY", **rest, **hours, fine: ",".join(map(str, held))}


def _on_the_wall(part: str, zone: str) -> str:
    name, _sign, value = part.partition("=")
    if name != "UNTIL":
        return part
    # Not by %Y, which leaves out the zeros of early years.
    return "UNTIL=" + end_of(value, zone).isoformat().replace("-", "").replace(":", "")


def end_of(until: str, zone: str) -> datetime:
    """The latest time that an UNTIL allows, on the wall clock of the zone; one that is a day means the whole day."""
    text = until.rstrip("Z") if "T" in until else f"{until}T235959"
    end = min(max(datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC), FIRST), LAST)
    return (end.astimezone(ZoneInfo(zone)) if until.endswith("Z") else end).replace(tzinfo=None)


def ending_later(rule: str, by: timedelta, first: datetime, zone: str) -> str:
    """A rule with an UNTIL, which is as much later, and no earlier than `first`."""
    parts = parts_of(rule)
    wall = end_of(parts["UNTIL"], zone)
    end = min(dates.localise(wall.date(), wall.time(), zone).astimezone(UTC), LAST - max(by, timedelta()))
    end = max(end, first - by) + by
    return text_of({**parts, "UNTIL": f"{end:%Y%m%dT%H%M%SZ}"})


def endless(rule: str) -> str:
    """The same rule without its end."""
    return text_of({name: value for name, value in parts_of(rule).items() if name not in ("COUNT", "UNTIL")})


def following(rule: str, start: datetime, after: datetime, zone: str) -> datetime | None:
    """The first occurrence after a moment, in UTC; None when the series has ended.

    `start` is the first occurrence; its time of day on the wall clock of `zone` is kept.
    """
    return next(times(rule, start.astimezone(ZoneInfo(zone)).replace(tzinfo=None), after, zone), None)


def times(rule: str, wall: datetime, after: datetime, zone: str) -> Iterator[datetime]:
    """The occurrences after a moment, in UTC, of a series that begins at this time on the wall clock of `zone`."""
    parts = parts_of(rule)
    if is_spaced(parts):
        yield from _spaced(parts, dates.localise(wall.date(), wall.time(), zone).astimezone(UTC), after, zone)
        return
    edge = after.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - ONE_DAY
    # A later beginning has another weekday.
    parts = placed(parts, wall)
    begin = _nearer(parts, wall, edge)
    since = max(begin, edge)
    found = _rule(text_of(parts), begin, zone)
    if not {"COUNT", "UNTIL"} & set(parts) and since.year + FAR < LAST.year:
        # One that never comes again would be looked for until the end of the calendar.
        found = found.replace(until=since + FAR * timedelta(days=366))
    walls = _within(found.xafter(since, inc=True), since)
    told = after
    for moment in _moments(walls, zone, is_within_day(parts)):
        if moment > told:
            told = moment
            yield moment


def _spaced(parts: Mapping[str, str], start: datetime, after: datetime, zone: str) -> Iterator[datetime]:
    """Evenly in real time, whatever the clocks do."""
    step = STEPS[parts["FREQ"]] * int(parts.get("INTERVAL", "1"))
    count = int(parts["COUNT"]) if "COUNT" in parts else None
    end = parts.get("UNTIL")
    last = None
    if end:
        wall = end_of(end, zone)
        last = dates.localise(wall.date(), wall.time(), zone)
    number = max(0, (after - start) // step + 1)
    while (count is None or number < count) and (last is None or start + step * number <= last):
        yield start + step * number
        number += 1


def _nearer(parts: Mapping[str, str], wall: datetime, edge: datetime) -> datetime:
    """A later beginning from which the same times follow, so that an old series costs no more than a young one."""
    if "COUNT" in parts or edge <= wall:
        return wall
    if parts["FREQ"] not in STEPS:
        return _nearer_month(parts, wall, edge)
    step = STEPS[parts["FREQ"]] * int(parts.get("INTERVAL", "1"))
    # One step less: the week or day in which the edge lies may hold times before it.
    return wall + step * max(0, (edge - wall) // step - 1)


def _nearer_month(parts: Mapping[str, str], wall: datetime, edge: datetime) -> datetime:
    """The same of rules of months and years: the day of the beginning counts only where the rule names none."""
    if wall.day > SHORTEST_MONTH and not OF_DAYS & set(parts):
        return wall
    step = int(parts.get("INTERVAL", "1")) * (12 if parts["FREQ"] == "YEARLY" else 1)
    gone = (edge.year - wall.year) * 12 + edge.month - wall.month
    months = wall.year * 12 + wall.month - 1 + step * max(0, gone // step - 1)
    near = wall.replace(year=months // 12, month=months % 12 + 1, day=min(wall.day, SHORTEST_MONTH))
    return max(near, wall)


def _within(walls: Iterable[datetime], since: datetime) -> Iterator[datetime]:
    for wall in walls:
        if wall - since > HORIZON:
            return
        since = wall
        yield wall


def _moments(walls: Iterable[datetime], zone: str, several: bool) -> Iterator[datetime]:
    """Times on the wall as moments, in order: one that a spring gap swallows may move behind its followers."""
    held: list[datetime] = []
    for wall in walls:
        moment = dates.localise(wall.date(), wall.time(), zone).astimezone(UTC)
        if not several:
            yield moment
            continue
        heapq.heappush(held, moment)
        while held and moment - held[0] > LONGEST_JUMP:
            yield heapq.heappop(held)
    while held:
        yield heapq.heappop(held)
