"""What a change of a reminder or an occurrence means for what is to come: it moves with the indexes, not with the
effects, so that an undo and the bulk entry move it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.platform.reminders import grid, series
from bosun.platform.reminders.models import Notice, Occurrence, Reminder

TIMES = {"due_at", "rule", "timezone", "wall"}
MOVING = {*TIMES, "until", "snoozed_until", "state"}
CLOSING = {*TIMES, "snoozed_until", "state", "owner"}


def project(drafts: Sequence[Draft], env: Env) -> None:
    """A projection over all entities."""
    if drafts and drafts[0].entity.model is Reminder:
        for draft in drafts:
            _follow_reminder(draft, env)
    elif drafts and drafts[0].entity.model is Occurrence:
        for draft in drafts:
            _follow_occurrence(draft, env)


# reminders -------------------------------------------------------------------------------------------------------


def _follow_reminder(draft: Draft, env: Env) -> None:
    row, changed = draft.record, set(draft.diff)
    if draft.verb != "created":
        # Reminder, occurrence, notice: all who write more than one lock them in this order.
        _follow_times(draft, changed, env)
        if draft.verb == "removed" or CLOSING & changed:
            Notice.objects.filter(reminder_id=row.pk, closed_at__isnull=True).update(closed_at=env.now)
    if draft.verb in ("created", "restored", "removed") or MOVING & changed:
        row.next_at = _next(draft, env)
        Reminder.objects.filter(pk=row.pk).update(next_at=row.next_at)


def _next(draft: Draft, env: Env) -> datetime | None:
    row = draft.record
    if row.state != "open" or row.deleted_at is not None:
        return None
    if row.rule and row.wall:
        return series.first(row, env.now, new=draft.verb == "created" or bool(TIMES & set(draft.diff)))
    held = Occurrence.objects.filter(reminder_id=row.pk, deleted_at__isnull=True)
    if draft.verb != "created" and held.filter(state="open").exists():
        return None
    start: datetime = row.snoozed_until or row.due_at
    if draft.verb == "created" or TIMES & set(draft.diff) or not held.exists():
        return start
    return start if start > env.now else None


def _follow_times(draft: Draft, changed: set[str], env: Env) -> None:
    """Its occurrences that are open end, wait or go along with it."""
    row = draft.record
    there = Occurrence.objects.filter(reminder_id=row.pk, deleted_at__isnull=True)
    if "state" in changed:
        if row.state == "open":
            _reopen(row, draft.diff["done_at"][0] if "done_at" in changed else None, env)
        else:
            at = row.done_at or env.now
            there.filter(state="open").update(state=row.state, done_at=at, next_nag_at=None, waits=False)
    elif TIMES & changed:
        there.filter(state="open").update(state="cancelled", next_nag_at=None, waits=False)
    elif "snoozed_until" in changed or "nag_minutes" in changed:
        for each in there.filter(state="open"):
            until = row.snoozed_until if "snoozed_until" in changed else each.snoozed_until
            _move(each, row, until, env)
    if "owner" in changed and not row.people:
        before, after = draft.diff["owner"]
        taken = there.filter(owner_id=after).values("due_at")
        there.filter(state="open", owner_id=before).exclude(due_at__in=list(taken)).update(owner_id=after)
    if "text" in changed:
        there.filter(state="open").update(text=row.text, text_sort=row.text_sort)


def _reopen(row: Any, since: datetime | None, env: Env) -> None:
    """What ended with it goes on: of one that comes once its occurrences, of a series those of the same moment."""
    ended = Occurrence.objects.filter(reminder_id=row.pk, deleted_at__isnull=True, state__in=("done", "cancelled"))
    if row.rule:
        ended = ended.filter(done_at__gte=since) if since else ended.none()
    else:
        ended = ended.filter(due_at=ended.aggregate(last=Max("due_at"))["last"])
    for each in ended:
        each.state, each.done_at = "open", None
        Occurrence.objects.filter(pk=each.pk).update(state="open", done_at=None)
        _move(each, row, each.snoozed_until, env)


def _move(each: Any, row: Any, until: datetime | None, env: Env) -> None:
    each.snoozed_until = until
    at = next_nag(each, row, env.now)
    Occurrence.objects.filter(pk=each.pk).update(
        snoozed_until=until, next_nag_at=at, waits=each.waits and until is None
    )


def next_nag(each: Any, row: Any, now: datetime) -> datetime | None:
    """The first time of the grid; where that was told, the next one to come: what fell into a silence is not owed."""
    if each.state != "open" or each.deleted_at is not None:
        return None
    start: datetime = each.snoozed_until or each.due_at
    told = Notice.objects.filter(reminder_id=row.pk, person_id=each.owner_id, due_at__gte=each.due_at)
    last = told.aggregate(last=Max("due_at"))["last"]
    if last is None or last < start:
        return None if each.waits and not each.snoozed_until else start
    return grid.after(start, row.nag_minutes, max(last, now))


# occurrences -----------------------------------------------------------------------------------------------------


def _follow_occurrence(draft: Draft, env: Env) -> None:
    row, changed = draft.record, set(draft.diff)
    if draft.verb == "created" or not (draft.verb in ("restored", "removed") or {"state", "snoozed_until"} & changed):
        return
    reminder = Reminder.objects.filter(pk=row.reminder_id).first()
    if reminder is None:
        return
    waits = row.waits and row.state == "open" and row.snoozed_until is None
    at = next_nag(row, reminder, env.now)
    Occurrence.objects.filter(pk=row.pk).update(next_nag_at=at, waits=waits)
    Notice.objects.filter(occurrence_id=row.pk, closed_at__isnull=True).update(closed_at=env.now)
    if "snoozed_until" in changed and not reminder.rule and not reminder.people:
        Reminder.objects.filter(pk=reminder.pk).update(snoozed_until=row.snoozed_until)


def end_with_the_last(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect: a reminder that does not come again is done with its last occurrence, and goes on with it."""
    changed = {draft.record.reminder_id: draft for draft in drafts if "state" in draft.diff}
    rows = Reminder.objects.filter(pk__in=list(changed), deleted_at__isnull=True, next_at__isnull=True)
    open_ = set(
        Occurrence.objects.filter(reminder__in=list(changed), state="open").values_list("reminder_id", flat=True)
    )
    for row in rows:
        if row.state == "open" and row.pk not in open_:
            records.run_verb("reminders", [row.pk], "end", {}, act.by_system("all is done"))
        elif row.state != "open" and row.pk in open_:
            records.run_verb("reminders", [row.pk], "reopen", {}, act.by_system("not done after all"))


def go_along(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """A reaction to every write: reminders of whoever had a record go to whoever it is handed over to."""
    moved = {each.id: each.diff["owner"] for each in drafts if "owner" in each.diff and each.verb != "created"}
    if not moved or drafts[0].entity.model in (Reminder, Occurrence):
        return
    rows = Reminder.objects.filter(
        deleted_at__isnull=True, state="open", follows_owner=True, about_entity=drafts[0].entity.key,
        about_id__in=list(moved),
    )  # fmt: skip
    for row in rows:
        before, after = moved[row.about_id]
        if row.owner_id == before and after is not None:
            records.change("reminders", row.pk, {"owner": after}, act.by_system("handed over"))
