"""What one person was told: the open cards, the history, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from bosun.kernel.actor import Actor
from bosun.kernel.errors import NotFound
from bosun.lib import clock
from bosun.platform.reminders import once
from bosun.platform.reminders.models import Notice

MOST = 100
LATE = timedelta(minutes=2)
OF_VALUES = frozenset(("rule", "given", "wrong"))
"""Kinds whose words hold what stood in the record they speak of: they are kept from whoever may see it no more."""

routing: list[Callable[[list[Notice]], list[Notice]]] = []
"""Who decides whom a notice goes to, before it is entered."""
entered: list[Callable[[list[Notice]], None]] = []
"""Who carries notices further, in the transaction in which they are entered; may be called twice with the same ones."""

shown: list[Callable[[Sequence[int], datetime], None]] = []
"""Who carries cards further that are open again; called with their ids, after they were opened."""

read: list[Callable[[QuerySet[Notice], datetime], None]] = []
"""Who wants to know that notices are read; called right before they are marked."""


def enter(rows: list[Notice]) -> None:
    """Tell what is in these rows, each key once: what was told before is not told again. Wants a transaction."""
    for route in routing:
        rows = route(rows)
    kept = once.entered(Notice, rows) if rows else []
    if kept:
        for carry in entered:
            carry(kept)


def open_of(person: int) -> list[Notice]:
    """The cards that nobody has closed, the latest first."""
    rows = Notice.objects.filter(person_id=person, closed_at__isnull=True).select_related("reminder", "occurrence")
    return list(rows.order_by("-id")[:MOST])


def after(person: int, pk: int) -> list[Notice]:
    """What came after a notice and still stands open, the earliest first."""
    rows = Notice.objects.filter(person_id=person, id__gt=pk, closed_at__isnull=True)
    return list(rows.select_related("reminder", "occurrence").order_by("id")[:MOST])


def history(person: int, before: int = 0, limit: int = 20) -> list[Notice]:
    """What one was told, the latest first, from before a notice; of a reminder that nags, its latest notice alone."""
    again = Notice.objects.filter(person_id=person, reminder_id=OuterRef("reminder_id"), id__gt=OuterRef("id"))
    rows = Notice.objects.filter(~Exists(again), person_id=person).order_by("-id")
    rows = rows.select_related("reminder", "occurrence")
    return list((rows.filter(id__lt=before) if before else rows)[:limit])


def get(pk: int, actor: Actor) -> Notice:
    """One of the actor's own; NotFound for everything else, administrators included."""
    found: Notice | None = (
        Notice.objects.filter(pk=pk, person_id=actor.id or 0).select_related("reminder", "occurrence").first()
    )
    if found is None:
        raise NotFound()
    return found


def close(pk: int, actor: Actor) -> None:
    """Put a card away; it stays in the history."""
    row = get(pk, actor)
    now = clock.now()
    Notice.objects.filter(pk=row.pk, closed_at__isnull=True).update(closed_at=now)
    _mark_read(Notice.objects.filter(pk=row.pk, read_at__isnull=True), now)


def show(ids: Sequence[int], now: datetime) -> None:
    """Cards that were put away stand open again, as nobody had seen them."""
    if ids:
        Notice.objects.filter(pk__in=ids).update(closed_at=None, read_at=None)
        for carry in shown:
            carry(ids, now)


def settle(entity: str, pk: int) -> None:
    """A record needs nobody any more: the cards that speak of it without a reminder go; a reminder closes its own."""
    put_away(Notice.objects.filter(entity=entity, record_id=pk, reminder=None))


def put_away(rows: QuerySet[Notice]) -> None:
    """What they say is over: those of these cards that stand open go."""
    Notice.objects.filter(pk__in=rows.values("pk"), closed_at__isnull=True).update(closed_at=clock.now())


def seen(actor: Actor, upto: int) -> None:
    """The history was looked at, up to a notice."""
    person, now = actor.id or 0, clock.now()
    _mark_read(Notice.objects.filter(person_id=person, id__lte=upto, read_at__isnull=True), now)


def seen_one(pk: int, actor: Actor) -> None:
    """One's own notice was looked at; its card stays."""
    _mark_read(Notice.objects.filter(pk=pk, person_id=actor.id or 0, read_at__isnull=True), clock.now())


def _mark_read(rows: QuerySet[Notice], now: datetime) -> None:
    if not rows.exists():
        return
    with transaction.atomic():
        for heard in read:
            heard(rows, now)
        Notice.objects.filter(pk__in=rows.values("pk")).update(read_at=now)


def meant_for(key: str) -> int:
    """Whom a notice is for by its key, also where somebody stands in for that person and has it."""
    return int(key.rpartition(":")[2].partition(">")[0])


def wanted_at(row: Notice) -> datetime:
    """When it was to be told: what was made for a time that was over, as soon as it was made."""
    return max(row.due_at, row.reminder.created_at) if row.reminder is not None else row.due_at


def late(row: Notice) -> bool:
    """True for what could not be told in time."""
    return row.made_at - wanted_at(row) > LATE


# for the stream, which serves many people at once ------------------------------------------------------------------


def fresh(since: datetime, people: Sequence[int]) -> list[tuple[int, int]]:
    """Id and person of notices made since a moment for some people. A window, not a last id: ids are given out before
    they can be seen, so that a lower one may turn up later.
    """
    rows = Notice.objects.filter(person_id__in=people, made_at__gte=since).order_by("id")
    return list(rows.values_list("id", "person_id"))


def closed(since: datetime, people: Sequence[int]) -> list[tuple[int, int]]:
    """Id and person of cards that were closed since a moment."""
    rows = Notice.objects.filter(person_id__in=people, closed_at__gte=since).order_by("id")
    return list(rows.values_list("id", "person_id"))
