"""What a change of a reminder or an occurrence means for what is to come: it moves with the indexes, not with the
effects, so that an undo and the bulk entry move it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.platform.reminders import engine, grid, notices, series, sharing
from bosun.platform.reminders.models import Notice, Occurrence, Reminder

TIMES = {"due_at", "rule", "timezone", "wall"}
AGAIN = {"snoozed_until", "state"}
MOVING = {*TIMES, *AGAIN, "until"}


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
        sharing.follow(draft, env)
        if draft.verb == "removed" or AGAIN & changed:
            Notice.objects.filter(reminder_id=row.pk, closed_at__isnull=True).update(closed_at=env.now)
        if draft.verb == "restored" or AGAIN & changed:
            _show_again(Occurrence.objects.filter(reminder_id=row.pk), env.now)
    if draft.verb in ("created", "restored", "removed") or MOVING & changed:
        row.next_at = _next(draft, env)
        Reminder.objects.filter(pk=row.pk).update(next_at=row.next_at)


def _next(draft: Draft, env: Env) -> datetime | None:
    row = draft.record
    if row.state != "open" or row.deleted_at is not None:
        return None
    if row.rule and row.wall:
        return _next_of_series(draft, env)
    held = Occurrence.objects.filter(reminder_id=row.pk)
    if draft.verb != "restored":  # Its times leave the bin after it.
        held = held.filter(deleted_at__isnull=True)
    if draft.verb != "created" and held.filter(state="open").exists():
        return None
    start: datetime = row.snoozed_until or row.due_at
    if draft.verb == "created" or TIMES & set(draft.diff):
        return start
    told = held.filter(due_at=row.due_at).exclude(state="cancelled") if draft.verb == "restored" else held
    return start if start > env.now or not told.exists() else None


def _next_of_series(draft: Draft, env: Env, but: Sequence[int] = ()) -> datetime | None:
    row, moved = draft.record, bool(TIMES & set(draft.diff))
    new = draft.verb == "created"
    if not new and (moved or draft.verb == "restored" or "state" in draft.diff):
        # Ended, or put into the bin, before any of it was told; or of the times that it has now none was.
        new = not _told(row, row.due_at if moved else None, but)
    return series.first(row, env.now, new=new, owed=row.next_at)


def _told(row: Any, since: datetime | None, but: Sequence[int]) -> bool:
    """Whether anything of it was told, from a time on and but for some occurrences."""
    held = Occurrence.objects.filter(reminder_id=row.pk).exclude(state="cancelled").exclude(pk__in=but)
    return (held.filter(due_at__gte=since) if since else held).exists()


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
        unfit = [each.pk for each in there.filter(state="open") if not _fits(each, row)]
        # What stands open stays, where nothing comes in its place.
        if not row.rule or _next_of_series(draft, env, unfit) is not None:
            sharing.cancel(unfit, env.now)
    if {"snoozed_until", "nag_minutes"} & changed:
        before = draft.diff["snoozed_until"][0] if "snoozed_until" in changed else None
        for each in there.filter(state="open"):
            along = "snoozed_until" in changed and _sleeps_along(each, before, row.snoozed_until)
            _move(each, row, row.snoozed_until if along else each.snoozed_until, env)
    if "text" in changed:
        there.filter(state="open").update(text=row.text, text_sort=row.text_sort)


def _sleeps_along(each: Any, before: datetime | None, until: datetime | None) -> bool:
    """Whether it is put off, or woken, with its reminder; what somebody put off further by himself is not."""
    own: datetime | None = each.snoozed_until
    return own is None or own == before or (until is not None and own < until)


def _fits(each: Any, row: Any) -> bool:
    """Whether what stands open is a time of the reminder still."""
    if not row.rule:
        return bool(each.due_at == row.due_at)
    return bool(next(series.coming(row, each.due_at - series.A_SECOND), None) == each.due_at)


def _reopen(row: Any, since: datetime | None, env: Env) -> None:
    """What ended with it goes on; where each had ended by itself before, the last of them."""
    there = Occurrence.objects.filter(reminder_id=row.pk, deleted_at__isnull=True)
    if there.filter(state="open").exists():
        return  # It goes on because that one does.
    ended = there.filter(state__in=("done", "cancelled"), done_at__isnull=False)
    found = list(ended.filter(done_at=since)) if since else []
    if not found and not (row.rule and next(series.coming(row, env.now), None)):
        found = list(ended.filter(done_at=ended.aggregate(last=Max("done_at"))["last"]))
    people = engine.people_of(row)
    for each in found:
        if each.owner_id in people:
            each.state, each.done_at = "open", None
            Occurrence.objects.filter(pk=each.pk).update(state="open", done_at=None)
            _move(each, row, each.snoozed_until, env)
    if found:
        # Those whom it reminds since then.
        sharing.give(row, max(each.due_at for each in found), people, env.now)


def _move(each: Any, row: Any, until: datetime | None, env: Env) -> None:
    each.snoozed_until = until
    at = next_nag(each, row, env.now)
    Occurrence.objects.filter(pk=each.pk).update(
        snoozed_until=until, next_nag_at=at, waits=each.waits and until is None
    )


def _show_again(rows: QuerySet[Any], now: datetime) -> None:
    """What is to be done after all has its card back."""
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now)
    for row in rows.filter(awake, state="open", waits=False, deleted_at__isnull=True):
        told = Notice.objects.filter(occurrence_id=row.pk, person_id=row.owner_id).order_by("-id").first()
        if told is not None:
            notices.show([told.pk], now)


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
    if row.state == "open" and row.owner_id not in engine.people_of(reminder):
        # Opened again by one whom it reminds no more: it is for those whom it does.
        sharing.cancel([row.pk], env.now)
        sharing.give(reminder, row.due_at, engine.people_of(reminder), env.now)
        return
    waits = row.waits and row.state == "open" and row.snoozed_until is None
    at = next_nag(row, reminder, env.now)
    Occurrence.objects.filter(pk=row.pk).update(next_nag_at=at, waits=waits)
    Notice.objects.filter(occurrence_id=row.pk, closed_at__isnull=True).update(closed_at=env.now)
    _show_again(Occurrence.objects.filter(pk=row.pk), env.now)
    if "snoozed_until" in changed and not reminder.rule and not reminder.people:
        Reminder.objects.filter(pk=reminder.pk).update(snoozed_until=row.snoozed_until)


def end_with_the_last(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect: a reminder that does not come again is done with its last occurrence, and goes on with it."""
    _end_or_go_on([draft.record.reminder_id for draft in drafts if "state" in draft.diff], act)


def end_without_rest(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect: a reminder is done where nothing of it is left, as those who have not done it are reminded no more, or
    its last time is over.
    """
    named = {*TIMES, "until", "people"}
    changed = [each for each in drafts if each.verb != "created"]
    _end_or_go_on([each.id for each in changed if each.verb == "restored" or named & set(each.diff)], act)


def _end_or_go_on(ids: Sequence[int], act: Act) -> None:
    if not ids:
        return
    held = Occurrence.objects.filter(reminder__in=ids, state="open")
    # Those of a reminder leave the bin after it: what lies there holds it open, and opens none.
    left, open_ = (set(rows.values_list("reminder_id", flat=True)) for rows in (held, held.filter(deleted_at=None)))
    for row in Reminder.objects.filter(pk__in=ids, deleted_at__isnull=True, next_at__isnull=True):
        if row.state == "open" and row.pk not in left:
            records.run_verb("reminders", [row.pk], "end", {}, act.by_system("all is done"))
        elif row.state != "open" and row.pk in open_:
            records.run_verb("reminders", [row.pk], "reopen", {}, act.by_system("not done after all"))


def go_along(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """A reaction to every write: reminders of whoever had a record go to whoever it is handed over to."""
    moved = {each.id: each.diff["owner"] for each in drafts if "owner" in each.diff and each.verb != "created"}
    if not moved or drafts[0].entity.model in (Reminder, Occurrence):
        return
    # Those that ended with it would go on with it.
    states = ["open", "done"] if "remind" in drafts[0].entity.extras else ["open"]
    rows = Reminder.objects.filter(
        deleted_at__isnull=True, state__in=states, follows_owner=True, about_entity=drafts[0].entity.key,
        about_id__in=list(moved),
    )  # fmt: skip
    for row in rows:
        before, after = moved[row.about_id]
        if row.owner_id == before and after is not None:
            records.change("reminders", row.pk, {"owner": after}, act.by_system("handed over"))
