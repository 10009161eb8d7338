"""Who has a reminder: what stands open goes along when its owner, or those it reminds, change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet

from bosun.kernel import bulk
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice, Occurrence

A_TICK = timedelta(microseconds=1)


def follow(draft: Draft, env: Env) -> None:
    """Whoever is reminded no more has nothing of it left; whoever is from now on is told at once what stands open."""
    row = draft.record
    if not {"owner", "people"} & set(draft.diff) or row.state != "open":
        return
    named = draft.diff["people"][0] if "people" in draft.diff else row.people
    owner = draft.diff["owner"][0] if "owner" in draft.diff else row.owner_id
    before, after = engine.people_among(named, owner), engine.people_of(row)
    there = Occurrence.objects.filter(reminder_id=row.pk, deleted_at__isnull=True)
    current = there.filter(state="open").aggregate(last=Max("due_at"))["last"]
    if current is None:
        return
    if not named and not row.people:
        _hand_over(there, owner, row.owner_id, env.now)
    cancel(there.filter(state="open", owner__in=set(before) - set(after)).values_list("pk", flat=True), env.now)
    give(row, current, [person for person in after if person not in before], env.now)


def cancel(ids: Iterable[int], now: datetime) -> None:
    """These occurrences are for nobody any more, nor are their cards."""
    gone = list(ids)
    Occurrence.objects.filter(pk__in=gone).update(state="cancelled", next_nag_at=None, waits=False)
    Notice.objects.filter(occurrence__in=gone, closed_at__isnull=True).update(closed_at=now)


def _hand_over(there: QuerySet[Any], before: int | None, after: int | None, now: datetime) -> None:
    """What one had open, snoozed as it is, another has now; he has not been told yet."""
    taken = Occurrence.objects.filter(reminder__in=there.values("reminder"), owner_id=after).values("due_at")
    theirs = list(there.filter(state="open", owner_id=before).exclude(due_at__in=taken).values_list("pk", flat=True))
    rows = Occurrence.objects.filter(pk__in=theirs)
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now)
    # Each at a moment of its own, the latest last: what is told of a reminder at one moment is told once.
    for place, pk in enumerate(rows.filter(awake, waits=False).order_by("-due_at", "-pk").values_list("pk", flat=True)):
        rows.filter(pk=pk).update(next_nag_at=now - place * A_TICK)
    rows.update(owner_id=after)
    Notice.objects.filter(occurrence__in=theirs, closed_at__isnull=True).update(closed_at=now)


def give(row: Any, moment: datetime, people: Sequence[int], now: datetime) -> None:
    """An occurrence of this time for each who has none; one that was taken from him is opened again. One that lies in
    the bin stays there.
    """
    there = Occurrence.objects.filter(reminder_id=row.pk)
    held = {each.owner_id: each for each in there.filter(due_at=moment, owner__in=people)}
    for person in people:
        each = held.get(person) or engine.occurrence(row, moment, person, now, latest=True)
        if each.pk is not None and (each.state != "cancelled" or each.deleted_at is not None):
            continue
        engine.opened(each, row, now)
        each.next_nag_at = None if each.waits else now
        if each.pk is None:
            bulk.insert_objects([each])
        else:
            bulk.update_objects([each], ["state", "done_at", "snoozed_until", "next_nag_at", "waits"])
