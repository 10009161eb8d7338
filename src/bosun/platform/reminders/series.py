"""The times of a reminder that comes again: on the wall clock of its zone, up to its last day."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bosun.kernel import ports
from bosun.lib import dates, recurrence
from bosun.platform.org import actors

log = logging.getLogger(__name__)
MOST_MISSED = 31
A_SECOND = timedelta(seconds=1)
A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATE = timedelta(hours=1)
"""A series that begins longer ago than this begins with its next time instead, if there is one."""
Times = tuple[list[datetime], datetime | None]


def zone_of(person: int | None) -> str:
    """The zone on whose wall clock a person lives."""
    found = actors.load(person) if person else None
    return found.zone if found else ports.company().zone


def on_the_wall(moment: datetime, zone: str) -> datetime:
    """What the wall clock of a zone shows."""
    return dates.seen_in(moment, zone).replace(tzinfo=None)


def soonest(rule: str, now: datetime, zone: str) -> datetime:
    """Where a series begins that says its times by itself: with the next full minute, or hour where it names hours."""
    parts = recurrence.parts_of(rule)
    step = AN_HOUR if "BYHOUR" in parts and "BYMINUTE" not in parts else A_MINUTE
    wall = on_the_wall(now, zone)
    wall += step - (wall - wall.replace(minute=0, second=0, microsecond=0)) % step
    return dates.localise(wall.date(), wall.time(), zone).astimezone(UTC)


def coming(row: Any, after: datetime) -> Iterator[datetime]:
    """The times of a series after a moment."""
    wall = datetime.fromisoformat(row.wall)
    for moment in recurrence.times(row.rule, wall, after, row.timezone):
        if row.until is not None and on_the_wall(moment, row.timezone).date() > row.until:
            return
        yield moment


def first(row: Any, now: datetime, *, new: bool, owed: datetime | None = None) -> datetime | None:
    """The next time of a series that begins, or goes on after a silence: what fell into the silence is not owed.

    `new` is one of which nothing was told yet. `owed` is the next time before it was changed: one that has come, and
    was only not told yet, stays.
    """
    if owed is not None and owed <= now and next(coming(row, owed - A_SECOND), None) == owed:
        return owed
    if not new:
        return next(coming(row, now), None)
    begins: datetime = row.due_at
    if begins > now - (A_DAY if row.on_opening else LATE):
        # The clock may show its time twice, of which the rule means the first.
        shown = on_the_wall(begins, row.timezone).isoformat() == row.wall
        return begins if shown else next(coming(row, begins - A_SECOND), None)
    # One that is over by now is told all the same, late, as is what comes once.
    return next(coming(row, now), begins)


def due_times(row: Any, now: datetime) -> Times:
    """The times of a reminder that have come, the latest of them last, and the next one.

    Of a series that comes within a day one stands for all that were missed, as with a nag.
    """
    if not row.rule:
        return [row.next_at], None
    try:
        if recurrence.parts_of(row.rule)["FREQ"] in recurrence.OFTEN:
            return [row.next_at], next(coming(row, max(now, row.next_at)), None)
        found = [row.next_at]
        for moment in coming(row, row.next_at):
            if moment > now:
                return found[-MOST_MISSED:], moment
            found.append(moment)
    except (dates.DateError, ValueError, LookupError, OverflowError):
        # One that cannot be read any more must not keep all others from being told.
        log.exception("reminder %s cannot go on", row.pk)
        return [row.next_at], None
    return found[-MOST_MISSED:], None
