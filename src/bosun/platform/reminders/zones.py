"""Countries change their clocks: the next time of a series is what the wall shows, by the rules as they are now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bosun.kernel import bulk
from bosun.lib import dates
from bosun.platform.reminders import series
from bosun.platform.reminders.models import Reminder

CHUNK = 500
NEAR = timedelta(minutes=1)


def follow(now: datetime) -> int:
    """Work out anew the times of series that are still to come; how many have moved. What has been told stays."""
    moved = []
    rows = Reminder.objects.filter(
        deleted_at__isnull=True, state="open", next_at__gt=now + NEAR, rule__isnull=False, wall__isnull=False
    )
    for row in rows.iterator(CHUNK):
        try:
            begin = datetime.fromisoformat(row.wall)
            if row.next_at == row.due_at and series.on_the_wall(row.due_at, row.timezone) == begin:
                continue  # The clock may show its first time twice, of which the rule means the first.
            start = dates.localise(begin.date(), begin.time(), row.timezone).astimezone(UTC)
            following = next(series.coming(row, max(now, start - series.A_SECOND)), None)
        except (dates.DateError, ValueError, KeyError, OverflowError):
            continue
        if following is not None and (following != row.next_at or (start > now and start != row.due_at)):
            row.next_at = following
            row.due_at = start if start > now else row.due_at
            moved.append(row)
    for at in range(0, len(moved), CHUNK):
        bulk.update_objects(moved[at : at + CHUNK], ["next_at", "due_at"])
    return len(moved)
