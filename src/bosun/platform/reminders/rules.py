"""What a change of a reminder means for its next nag."""

from __future__ import annotations

from collections.abc import Sequence

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.platform.reminders.models import Notice, Reminder

MOVING = {"due", "nag_minutes", "snoozed_until", "state"}


def set_next_nag(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect: a new time begins a new series; done, cancelled or removed ends it and closes its notices."""
    for draft in drafts:
        row = draft.record
        if draft.verb in ("created", "restored") or MOVING & set(draft.diff):
            start = row.snoozed_until or row.due
            row.next_nag_at = start if row.state == "open" else None
            Reminder.objects.filter(pk=row.pk).update(next_nag_at=row.next_nag_at)
        if draft.verb == "removed" or row.state != "open" or "snoozed_until" in draft.diff:
            Notice.objects.filter(reminder_id=row.pk, closed_at__isnull=True).update(closed_at=env.now)
