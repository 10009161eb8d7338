"""“When I first open Bosun on Monday”: what waits for somebody is told at his first request of that day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from bosun.kernel import bulk
from bosun.platform.reminders import ends, engine, grid
from bosun.platform.reminders.models import Occurrence

AGAIN = timedelta(minutes=1)
also: list[Callable[[int, datetime], Sequence[int]]] = []
"""For whom else somebody is here: for those in whose place he stands."""
_looked: dict[int, datetime] = {}
"""When it was last looked for somebody, in this process: pages ask at each request, the database once a minute."""


def opened(person: int, now: datetime) -> int:
    """Somebody is here: tell what waited for that; how many."""
    last = _looked.get(person)
    if last is not None and timedelta(0) <= now - last < AGAIN:
        return 0
    _looked[person] = now
    people = [person, *(each for ask in also for each in ask(person, now))]
    waiting = Occurrence.objects.filter(owner_id__in=people, waits=True, state="open", deleted_at__isnull=True)
    due = waiting.filter(due_at__lte=now)
    if not due.exists():
        return 0
    ends.sweep(ends.lasting().filter(pk__in=due.values("reminder_id")))
    with transaction.atomic():
        rows = list(engine.taken(due.select_related("reminder"), "reminder"))
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
