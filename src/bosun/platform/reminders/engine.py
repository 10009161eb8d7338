"""The tick: every due reminder makes one notice and moves to its next nag, in one transaction.

Killed at any point, either both happened or neither did; the key of the notice makes a second copy impossible, whatever
clocks do. What was missed while nothing ran is told once, not once for each nag.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from bosun.lib import clock
from bosun.platform.reminders import grid
from bosun.platform.reminders.models import Notice, Reminder

BATCH = 200


def tick(now: datetime | None = None) -> int:
    """Tell all that is due; answers how many reminders were moved on."""
    moment = now or present()
    # A look costs nothing; a transaction on SQLite costs the one lock there is.
    if not _due(moment).exists():
        return 0
    moved = 0
    while True:
        batch = _tick_batch(moment)
        moved += batch
        if batch < BATCH:
            return moved


def present() -> datetime:
    """The time by the clock of the database where it has one, so that machines need not agree among themselves."""
    if connection.vendor != "postgresql" or not clock.is_real():
        return clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def _due(now: datetime) -> QuerySet[Reminder]:
    return Reminder.objects.filter(deleted_at__isnull=True, state="open", next_nag_at__lte=now)


def _tick_batch(now: datetime) -> int:
    with transaction.atomic():
        due = _due(now)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        rows: list[Any] = list(due.order_by("next_nag_at", "id")[:BATCH])
        told = [row for row in rows if row.owner_id]
        # One card for each reminder: the latest stands for those before it.
        earlier = Notice.objects.filter(reminder__in=[row.pk for row in told], closed_at__isnull=True)
        earlier.update(closed_at=now)
        # A time that was told before is not told again, though a clock went back or somebody reopened the reminder.
        Notice.objects.bulk_create([_notice(row, now) for row in told], ignore_conflicts=True)
        for row in rows:
            row.nags += 1
            row.next_nag_at = grid.after(row.next_nag_at, row.nag_minutes, now)
        Reminder.objects.bulk_update(rows, ["nags", "next_nag_at"])
    return len(rows)


def _notice(row: Any, now: datetime) -> Notice:
    return Notice(
        key=f"r{row.pk}:{int(row.next_nag_at.timestamp() * 1_000_000)}:{row.owner_id}",
        person_id=row.owner_id,
        reminder=row,
        text=row.text,
        entity=row.about_entity or "",
        record_id=row.about_id,
        due_at=row.next_nag_at,
        made_at=now,
    )
