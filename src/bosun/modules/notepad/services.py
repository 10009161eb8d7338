"""What follows a memo, and what a note is turned into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.platform.reminders import services as reminders

SUBJECT = 200


def follow_memos(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect of every change of memos: their reminders move and end with them."""
    for draft in drafts:
        if draft.verb in ("removed", "restored"):
            reminders.settle(draft.entity.key, draft.id)
            continue
        was, done = draft.diff.get("done_at", (None, None))
        if done is not None:
            reminders.finish(draft.entity.key, draft.id, act.by_system("memo done"))
        elif was is not None:
            reminders.reopen(draft.entity.key, draft.id, was, act.by_system("memo reopened"))
        before, after = draft.diff.get("due", (None, None))
        if not draft.new and isinstance(before, datetime) and isinstance(after, datetime):
            reminders.move(draft.entity.key, draft.id, before, after, act.by_system("memo moved"))


@transaction.atomic
def into_task(note: Any, act: Act, env: Env) -> Any:
    """A task that says what the note says; the note goes to the bin."""
    subject = (note.title or _("Note"))[:SUBJECT]
    more = (note.body or "").strip()
    made = records.create("tasks", {"subject": subject, "note": more if more != subject else None}, act, env)
    records.remove_one("notepad_notes", note.pk, act)
    return made


@transaction.atomic
def into_follow_up(note: Any, about: Any, act: Act, env: Env) -> Any:
    """A follow-up on a record that says what the note says; the note goes to the bin."""
    made = records.create("follow_ups", {"about": about, "type": "note", "note": note.body}, act, env)
    records.remove_one("notepad_notes", note.pk, act)
    return made
