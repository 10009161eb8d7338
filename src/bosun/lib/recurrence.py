"""Recurrence rules (RFC 5545) on the wall clock of a zone: the hour that people see stays, summer and winter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from bosun.lib import dates

LONGEST = 500
HORIZON = timedelta(days=366 * 20)
FREQUENCIES = frozenset(("DAILY", "WEEKLY", "MONTHLY", "YEARLY"))
KNOWN = frozenset(("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"))
SHORTEST_MONTH = 28
MOST_IN_MONTH = 5
"""No month has more than five Mondays."""
LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class RecurrenceError(ValueError):
    """A rule that cannot be used; `code` is "form", "frequency" or "never"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parts_of(rule: str) -> dict[str, str]:
    """The parts of a rule by name, in their order."""
    found = [part.partition("=") for part in rule.split(";") if part]
    return {name: value for name, _sign, value in found}


def normalise(rule: str) -> str:
    """The rule in capitals without its prefix, checked; no more often than daily, so that it can never run away."""
    text = rule.strip().upper().removeprefix("RRULE:").rstrip(";")
    parts = parts_of(text)
    if not text or len(text) > LONGEST or not all(parts.values()):
        raise RecurrenceError("form")
    if parts.get("FREQ") not in FREQUENCIES or not KNOWN.issuperset(parts):
        raise RecurrenceError("frequency")
    try:
        _rule(text, datetime(2026, 1, 1))  # noqa: DTZ001 - wall clock
        if not _can_happen(parts):
            raise RecurrenceError("never")
    except RecurrenceError:
        raise
    except (ValueError, TypeError, KeyError):
        raise RecurrenceError("form") from None
    return text


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


def _can_happen(parts: Mapping[str, str]) -> bool:
    """False for what would be looked for until the end of the calendar."""
    often = parts["FREQ"] in ("DAILY", "WEEKLY")
    interval = int(parts.get("INTERVAL", "1"))
    months = _numbers(parts.get("BYMONTH", "")) or list(range(1, 13))
    days = _numbers(parts.get("BYMONTHDAY", "")) or [1]
    if not 1 <= interval <= 1000 or (often and "BYSETPOS" in parts):
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
    last = max(_numbers(parts["BYMONTHDAY"]))
    return parts_of(from_day("FREQ=MONTHLY", last)) == {
        "FREQ": parts["FREQ"], "BYMONTHDAY": parts["BYMONTHDAY"], "BYSETPOS": parts.get("BYSETPOS", ""),
    }  # fmt: skip


def _rule(text: str, start: datetime) -> rrule:
    # UNTIL must be naive where the start is; it is read as a wall-clock moment.
    plain = ";".join(part.rstrip("Z") if part.startswith("UNTIL=") else part for part in text.split(";"))
    found = rrulestr(plain, dtstart=start)
    if not isinstance(found, rrule):
        raise TypeError("only one rule")
    return found


def following(rule: str, start: datetime, after: datetime, zone: str) -> datetime | None:
    """The first occurrence after a moment, in UTC; None when the series has ended.

    `start` is the first occurrence; its time of day on the wall clock of `zone` is kept. A time that a spring gap
    swallows moves behind it; one that an autumn fold repeats comes once.
    """
    wall = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    edge = after.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - timedelta(days=1)
    for found in _rule(rule, wall).xafter(max(edge, wall), inc=True):
        if found - wall > HORIZON and found - edge > HORIZON:
            return None
        moment = dates.localise(found.date(), found.time(), zone).astimezone(UTC)
        if moment > after:
            return moment
    return None
