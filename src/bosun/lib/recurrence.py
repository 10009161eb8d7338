"""Recurrence rules (RFC 5545) on the wall clock of a zone: the hour that people see stays, summer and winter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from bosun.lib import dates

LONGEST = 500
HORIZON = timedelta(days=366 * 20)
FREQUENCIES = frozenset(("DAILY", "WEEKLY", "MONTHLY", "YEARLY"))


class RecurrenceError(ValueError):
    """A rule that cannot be used; `code` is "form", "frequency" or "never"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def normalise(rule: str) -> str:
    """The rule in capitals without its prefix, checked; no more often than daily, so that it can never run away."""
    text = rule.strip().upper().removeprefix("RRULE:")
    parts = dict(part.partition("=")[::2] for part in text.split(";") if part)
    if not text or len(text) > LONGEST or not all(parts.values()):
        raise RecurrenceError("form")
    if parts.get("FREQ") not in FREQUENCIES or {"BYSECOND", "BYMINUTE", "BYHOUR", "DTSTART"} & set(parts):
        raise RecurrenceError("frequency")
    try:
        _rule(text, datetime(2026, 1, 1))  # noqa: DTZ001 - wall clock
    except (ValueError, TypeError, KeyError):
        raise RecurrenceError("form") from None
    return text


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
