"""“When I first open Bosun on Monday”: what waits for somebody is told at his first request of that day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from bosun.kernel import bulk
from bosun.platform.reminders import engine, grid
from bosun.platform.reminders.models import Occurrence

AGAIN = timedelta(minutes=1)
_looked: dict[int, datetime] = {}
"""When it was last looked for somebody, in this process: pages ask at each request, the database once a minute."""


def opened(person: int, now: datetime) -> int:
    """Somebody is here: tell what waited for that; how many."""
    last = _looked.get(person)
    if last is not None and timedelta(0) <= now - last < AGAIN:
        return 0
    _looked[person] = now
    waiting = Occurrence.objects.filter(owner_id=person, waits=True, state="open", deleted_at__isnull=True)
    if not waiting.filter(due_at__lte=now).exists():
        return 0
    with transaction.atomic():
        rows = list(engine.taken(waiting.filter(due_at__lte=now).select_related("reminder"), "reminder"))
        for row in rows:
            row.waits = False
            row.next_nag_at = grid.after(now, row.reminder.nag_minutes, now)
        if rows:
            bulk.update_objects(rows, ["waits", "next_nag_at"])
        engine.tell(rows, {row.reminder_id: row.reminder for row in rows}, now, {row.pk: now for row in rows})
    return len(rows)


def forget() -> None:
    """Look anew at the next request."""
    _looked.clear()
