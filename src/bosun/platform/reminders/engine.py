"""The tick: every due reminder makes one notice and moves to its next nag, in one transaction.

Killed at any point, either both happened or neither did; the key of the notice makes a second copy impossible. What was
missed while nothing ran is told once, not once for each nag.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from bosun.lib import clock
from bosun.platform.reminders.models import Notice, Reminder

BATCH = 200


def tick(now: datetime | None = None) -> int:
    """Tell all that is due; answers how many notices were made."""
    moment = now or clock.now()
    made = 0
    while True:
        batch = _tick_batch(moment)
        made += batch
        if batch < BATCH:
            return made


def _tick_batch(now: datetime) -> int:
    with transaction.atomic():
        due = Reminder.objects.filter(deleted_at__isnull=True, state="open", next_nag_at__lte=now)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        rows = list(due.order_by("next_nag_at", "id")[:BATCH])
        Notice.objects.bulk_create([_notice(row) for row in rows if row.owner_id])
        for row in rows:
            row.nags += 1
            row.next_nag_at = next_nag(row.next_nag_at, row.nag_minutes, now)
        Reminder.objects.bulk_update(rows, ["nags", "next_nag_at"])
    return len(rows)


def next_nag(told: datetime, minutes: int, now: datetime) -> datetime | None:
    """The next slot after now on the grid that the first one began; None when it is told once."""
    if not minutes:
        return None
    step = timedelta(minutes=minutes)
    missed = max(0, (now - told) // step)
    return told + step * (missed + 1)


def _notice(row: Any) -> Notice:
    return Notice(
        key=f"reminder:{row.pk}:{row.next_nag_at.isoformat()}",
        person_id=row.owner_id,
        reminder=row,
        text=row.text,
        entity=row.about_entity or "",
        record_id=row.about_id,
        due_at=row.next_nag_at,
    )
