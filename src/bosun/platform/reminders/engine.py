"""The tick: a reminder whose time has come makes its occurrences and moves to its next time, in one transaction; an
occurrence that is due makes one notice and moves to its next nag, likewise.

Killed at any point, either both happened or neither did; the key of the notice makes a second copy impossible, whatever
clocks do. What was missed while nothing ran is told once, not once for each nag.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from bosun.kernel import bulk
from bosun.lib import clock
from bosun.platform.reminders import ends, grid, notices, series
from bosun.platform.reminders.models import Notice, Occurrence, Reminder

BATCH = 400
PATIENCE = 2.0
"""Seconds after which the worker looks at its other duties before it goes on."""
BREATH = 0.15
"""Seconds between two batches, for whoever waits for a page: with all due at nine the worker would fill the machine."""
Key = tuple[int, datetime, int]


def tick(now: datetime | None = None) -> int:
    """Tell what is due, for so long; answers how many reminders and occurrences were moved on."""
    moment = now or present()
    # A look costs nothing; a transaction on SQLite costs the one lock there is.
    looks = _beginning(moment).order_by().values("pk").union(_nagging(moment).order_by().values("pk"), all=True)
    if not looks.exists():
        return 0
    due = Q(next_at__lte=moment) | Q(pk__in=_nagging(moment).order_by().values("reminder_id"))
    return ends.sweep(ends.lasting().filter(due)) + _all(_begin_batch, moment) + _all(_nag_batch, moment)


def _all(step: Callable[[datetime], int], moment: datetime) -> int:
    moved, until = 0, time.monotonic() + PATIENCE
    while True:
        batch = step(moment)
        moved += batch
        if batch < BATCH or time.monotonic() > until:
            return moved
        time.sleep(BREATH)


def present() -> datetime:
    """The time by the clock of the database where it has one, so that machines need not agree among themselves."""
    if connection.vendor != "postgresql" or not clock.is_real():
        return clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def _beginning(now: datetime) -> QuerySet[Reminder]:
    return Reminder.objects.filter(deleted_at__isnull=True, state="open", next_at__lte=now)


def _nagging(now: datetime) -> QuerySet[Occurrence]:
    return Occurrence.objects.filter(deleted_at__isnull=True, state="open", next_nag_at__lte=now)


def taken(due: QuerySet[Any], *of: str) -> QuerySet[Any]:
    """Rows that nobody else holds. Whoever waits for a row must not hold another meanwhile."""
    if connection.features.has_select_for_update_skip_locked:
        return due.select_for_update(skip_locked=True, of=("self", *of))
    return due


# a time has come -------------------------------------------------------------------------------------------------


def _begin_batch(now: datetime) -> int:
    with transaction.atomic():
        rows: list[Any] = list(taken(_beginning(now)).order_by("next_at", "id")[:BATCH])
        if rows:
            _begin(rows, now)
    return len(rows)


def _begin(rows: Sequence[Any], now: datetime) -> None:
    told = {row.pk: series.due_times(row, now) for row in rows}
    held = _held(rows, min(times[0] for times, _next in told.values()))
    _miss({row.pk: told[row.pk][0][-1] for row in rows if row.rule}, now)
    made, again = [], []
    for row in rows:
        times, row.next_at = told[row.pk]
        for moment in times:
            for person in people_of(row):
                there = held.get((row.pk, moment, person))
                if there is None:
                    made.append(occurrence(row, moment, person, now, latest=moment == times[-1]))
                elif moment == times[-1] and (there.state == "cancelled" or (there.state == "missed" and not row.rule)):
                    again.append(opened(there, row, now))
    if made:
        bulk.insert_objects(made)
    if again:
        bulk.update_objects(again, ["state", "done_at", "snoozed_until", "next_nag_at", "waits"])
    bulk.update_objects(list(rows), ["next_at"])
    _untick([row for row in rows if row.rule and any(line["done"] for line in row.checklist or ())])
    by_id = {row.pk: row for row in rows}
    tell([each for each in (*made, *again) if not each.waits], by_id, now)
    # Those that were told before, and closed as their time was changed.
    keys = [_key(each.reminder_id, each.due_at, each.owner_id) for each in again if not each.waits]
    shut = Notice.objects.filter(key__in=keys, closed_at__isnull=False) if keys else Notice.objects.none()
    notices.show(list(shut.values_list("pk", flat=True)), now)


def _untick(rows: Sequence[Any]) -> None:
    """What is to be prepared is to be prepared anew each time."""
    for row in rows:
        row.checklist = [{**line, "done": False} for line in row.checklist]
    if rows:
        bulk.update_objects(rows, ["checklist"])


def people_of(row: Any) -> list[int]:
    """Who is told of a reminder."""
    return people_among(row.people, row.owner_id)


def people_among(named: Sequence[int] | None, owner: int | None) -> list[int]:
    """Those who are named, each once; the owner where nobody is."""
    return list(dict.fromkeys(named)) if named else [owner] if owner else []


def _held(rows: Sequence[Any], since: datetime) -> dict[Key, Any]:
    """Occurrences that are there already: those of a time that was set back to what it had been."""
    found = Occurrence.objects.filter(reminder__in=[row.pk for row in rows], due_at__gte=since)
    return {(row.reminder_id, row.due_at, row.owner_id): row for row in found}


def _miss(times: Mapping[int, datetime], now: datetime) -> None:
    """The next time of a series takes the place of those before it that nobody has done; a time that was told already,
    by a clock that was set back since, stands.
    """
    held = Occurrence.objects.filter(reminder__in=list(times), state="open").only("reminder_id", "due_at")
    earlier = [each.pk for each in held if each.due_at < times[each.reminder_id]]
    if earlier:
        Occurrence.objects.filter(pk__in=earlier).update(state="missed", next_nag_at=None, waits=False, updated_at=now)
        Notice.objects.filter(occurrence__in=earlier, closed_at__isnull=True).update(closed_at=now)


def occurrence(row: Any, moment: datetime, person: int, now: datetime, *, latest: bool) -> Any:
    """One time of a reminder for one person, not stored yet: open, or missed where a later one stands for it."""
    made: Any = Occurrence(
        text=row.text, text_sort=row.text_sort, reminder=row, owner_id=person, department_id=row.department_id,
        due_at=moment, state="missed", created_at=now, updated_at=now,
    )  # fmt: skip
    return opened(made, row, now) if latest else made


def opened(each: Any, row: Any, now: datetime) -> Any:
    """The same as it stands when its time has come and it is told, or waits to be."""
    each.state, each.done_at, each.snoozed_until, each.waits = "open", None, None, bool(row.on_opening)
    each.next_nag_at = None if each.waits else grid.after(each.due_at, row.nag_minutes, now)
    return each


# telling ---------------------------------------------------------------------------------------------------------


def _nag_batch(now: datetime) -> int:
    with transaction.atomic():
        # The reminder too: a notice that points at it would wait for whoever holds it.
        due = taken(_nagging(now).select_related("reminder"), "reminder")
        # The next time of a series that is to begin stands for a nag at the same moment.
        due = due.filter(Q(reminder__next_at__isnull=True) | Q(reminder__next_at__gt=F("next_nag_at")))
        rows: list[Any] = list(due.order_by("next_nag_at", "id")[:BATCH])
        tell(rows, {row.reminder_id: row.reminder for row in rows}, now, {row.pk: row.next_nag_at for row in rows})
        for row in rows:
            row.next_nag_at = grid.after(row.next_nag_at, row.reminder.nag_minutes, now)
        if rows:
            bulk.update_objects(rows, ["next_nag_at"])
    return len(rows)


def tell(
    rows: Sequence[Any], reminders: Mapping[int, Any], now: datetime, times: Mapping[int, datetime] | None = None
) -> None:
    """One notice for each occurrence, of its own time or the one given; one card for each reminder and person: the
    latest stands for those before it.
    """
    made = [_notice(row, reminders[row.reminder_id], (times or {}).get(row.pk, row.due_at), now) for row in rows]
    # A time that was told before is not told again, though a clock went back or somebody reopened the reminder.
    before = set(Notice.objects.filter(key__in=[row.key for row in made]).values_list("key", flat=True))
    new = [row for row in made if row.key not in before]
    told = {(row.reminder_id, row.person_id) for row in new if row.closed_at is None}
    earlier = Notice.objects.filter(reminder__in={reminder for reminder, _owner in told}, closed_at__isnull=True)
    # Also where somebody else has it meanwhile, who stands in.
    whose = earlier.values_list("pk", "reminder_id", "person_id", "occurrence__owner_id")
    over = [pk for pk, reminder, *people in whose if any((reminder, person) in told for person in people)]
    if over:
        Notice.objects.filter(pk__in=over).update(closed_at=now)
    notices.enter(new)


def _key(reminder: int, moment: datetime, person: int) -> str:
    return f"r{reminder}:{int(moment.timestamp() * 1_000_000)}:{person}"


def _notice(row: Any, reminder: Any, moment: datetime, now: datetime) -> Notice:
    return Notice(
        key=_key(reminder.pk, moment, row.owner_id),
        person_id=row.owner_id,
        reminder=reminder,
        occurrence=row,
        text=row.text,
        entity=reminder.about_entity or "",
        record_id=reminder.about_id,
        due_at=moment,
        made_at=now,
        closed_at=None if row.state == "open" else now,
    )
