"""Quiet hours and the daily digest, on the wall clock of a person."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bosun.kernel import stamps
from bosun.lib import dates
from bosun.platform.deliveries.models import Preference
from bosun.platform.org import actors

STAMP = "quiet_hours"


def ends(held: Preference | None, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours end that this moment falls into; None where it falls into none."""
    if held is None or held.quiet_from is None or held.quiet_until is None or held.quiet_from == held.quiet_until:
        return None
    local = now.astimezone(ZoneInfo(zone))
    begin, end, at = held.quiet_from, held.quiet_until, local.time()
    inside = begin <= at < end if begin < end else at >= begin or at < end
    if not inside:
        return None
    first = dates.localise(local.date(), end, zone)
    # Where the clock shows that time twice, the hours end with the second of them.
    second = first.replace(fold=1)
    return second if first <= now < second.astimezone(UTC) else next_at(end, zone, now)


def next_at(wall: time, zone: str, now: datetime) -> datetime:
    """The next time that the clock shows this."""
    today = now.astimezone(ZoneInfo(zone)).date()
    found = dates.localise(today, wall, zone)
    return found if found > now else dates.localise(today + timedelta(days=1), wall, zone)


def rings(person: int, now: datetime) -> bool:
    """False within somebody's quiet hours."""
    reader = actors.load(person)
    held: Preference | None = stamps.cached(STAMP, str(person), lambda: Preference.objects.filter(pk=person).first())
    return reader is None or ends(held, reader.zone, now) is None
