"""Reminders of a record, for the modules above: they end, come back, move and repeat with what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.lib import dates, recurrence
from bosun.platform.reminders import notices, series
from bosun.platform.reminders.models import Notice, Reminder

TEXT = 200


def about(entity: str, pk: int, **only: Any) -> list[Any]:
    """The live reminders of a record, in the order in which they were made."""
    rows = Reminder.objects.filter(deleted_at__isnull=True, about_entity=entity, about_id=pk, **only)
    return list(rows.order_by("pk"))


def _ids(rows: Iterable[Any]) -> list[int]:
    return [row.pk for row in rows]


def finish(entity: str, pk: int, act: Act) -> None:
    """What they are about is done: nothing is told any more."""
    ids = _ids(about(entity, pk, state="open"))
    if ids:
        records.run_verb("reminders", ids, "end", {}, act)
    settle(entity, pk)


def settle(entity: str, pk: int) -> None:
    """It needs nobody any more: the cards that speak of it are put away."""
    notices.settle(entity, pk)


def reopen(entity: str, pk: int, since: datetime, act: Act) -> None:
    """It was not done after all: those that ended with it go on."""
    ids = _ids(about(entity, pk, state="done", done_at__gte=since))
    if ids:
        records.run_verb("reminders", ids, "reopen", {}, act)


def move(entity: str, pk: int, before: datetime, after: datetime, act: Act) -> None:
    """The time of what they are about has changed: they keep their distance."""
    for row in about(entity, pk, state="open"):
        by = _along(row, before, after)
        raw = {"due_at": row.due_at + by, "rule": _rule(row, by)}
        if row.until:
            raw["until"] = _last_day(row, by)
        records.change("reminders", row.pk, raw, act)


def repeat(entity: str, pk: int, following: int, before: datetime, after: datetime, act: Act) -> None:
    """The next of a series has the same reminders, as far from its time as these were."""
    for row in about(entity, pk):
        by = _along(row, before, after)
        lines = [{"text": line["text"], "done": False} for line in row.checklist or []]
        again = {
            "text": row.text, "about": {"entity": entity, "id": following}, "due_at": row.due_at + by,
            "rule": _rule(row, by), "nag_minutes": row.nag_minutes, "owner": row.owner_id, "timezone": row.timezone,
            "people": row.people,
            "until": _last_day(row, by) or row.until_when, "channels": row.channels, "checklist": lines or None,
            "on_opening": row.on_opening, "follows_owner": row.follows_owner,
        }  # fmt: skip
        records.create("reminders", again, act)


def _along(row: Any, before: datetime, after: datetime) -> timedelta:
    """How much later its first time is; of what waits for the first opening of a day, by whole days."""
    if not row.on_opening:
        return after - before
    zone = row.timezone or series.zone_of(row.owner_id)
    begins, was, is_ = (series.on_the_wall(each, zone) for each in (row.due_at, before, after))
    at: datetime = dates.localise(begins.date() + (is_.date() - was.date()), begins.time(), zone)
    found: timedelta = at - row.due_at
    return found


def _last_day(row: Any, by: timedelta) -> date | None:
    """The last day of one whose time changes: as much later, and not before the first time that it then has."""
    if row.until is None:
        return None
    zone = row.timezone or series.zone_of(row.owner_id)
    before, after = (series.on_the_wall(due, zone) for due in (row.due_at, row.due_at + by))
    moved: date = row.until + (after.date() - before.date())
    return max(moved, series.on_the_wall(_first(row, row.due_at + by, zone), zone).date())


def _rule(row: Any, by: timedelta) -> str | None:
    """The rule of one whose time changes; an end within it is moved as its last day is."""
    if not row.rule or "UNTIL" not in recurrence.parts_of(row.rule):
        return row.rule or None
    zone = row.timezone or series.zone_of(row.owner_id)
    return recurrence.ending_later(row.rule, by, _first(row, row.due_at + by, zone), zone)


def _first(row: Any, due: datetime, zone: str) -> datetime:
    """The first time of one that begins then, whatever its end."""
    if not row.rule:
        return due
    rule, wall = recurrence.endless(row.rule), series.on_the_wall(due, zone)
    return next(recurrence.times(rule, wall, due - series.A_SECOND, zone), due)


def withdraw(kind: str, entity: str, pk: int, person: int) -> None:
    """What somebody was told of a record is true no more: his cards of this kind go, and those of whoever stands in."""
    theirs = Q(person_id=person) | Q(key__contains=f":{person}>")
    notices.put_away(Notice.objects.filter(theirs, kind=kind, entity=entity, record_id=pk))


@transaction.atomic
def tell(person: int, key: str, text: str, entity: str, pk: int, at: datetime) -> None:
    """Tell one person one thing, once for each key. What the key begins with is its kind: `rule:…`, `webhook:…`."""
    row = Notice(
        key=f"{key}:{person}", kind=key.partition(":")[0], person_id=person, text=text[:TEXT], entity=entity,
        record_id=pk, due_at=at, made_at=at,
    )  # fmt: skip
    notices.enter([row])
