"""What a change of a reminder means for its next nag."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.platform.reminders import grid
from bosun.platform.reminders.models import Notice, Reminder

MOVING = {"due", "nag_minutes", "snoozed_until", "state"}
CLOSING = {"due", "snoozed_until", "state", "owner"}


def new_time_ends_snooze(draft: Draft, env: Env) -> None:
    """Whoever sets another time does not mean the old snooze."""
    if not draft.new and "due" in draft.values and "snoozed_until" not in draft.values:
        draft.put("snoozed_until", None)


def follow(drafts: Sequence[Draft], env: Env) -> None:
    """A projection: a new time begins a new series; done, cancelled or removed ends it and closes its cards.

    It stands with the indexes, not with the effects, so that an undo and the bulk entry move the series too.
    """
    if not drafts or drafts[0].entity.model is not Reminder:
        return
    for draft in drafts:
        row = draft.record
        if draft.verb in ("created", "restored", "removed") or MOVING & set(draft.diff):
            row.next_nag_at = _start(row, env.now) if row.state == "open" and row.deleted_at is None else None
            Reminder.objects.filter(pk=row.pk).update(next_nag_at=row.next_nag_at)
        if draft.verb != "created" and (draft.verb == "removed" or CLOSING & set(draft.diff)):
            Notice.objects.filter(reminder_id=row.pk, closed_at__isnull=True).update(closed_at=env.now)


def _start(row: Any, now: datetime) -> datetime | None:
    """The first time of the series; where that was told, the next one to come: what fell into a silence is not owed."""
    start: datetime = row.snoozed_until or row.due
    if row.nags == 0:
        return start
    last = Notice.objects.filter(reminder_id=row.pk).aggregate(last=Max("due_at"))["last"]
    return start if last is None or last < start else grid.after(start, row.nag_minutes, max(last, now))
