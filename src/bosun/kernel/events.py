"""Events after the commit: written to the outbox with the change if somebody listens, told once to each who does.

A handler is called inside a transaction that also takes the event out of the outbox, so what it writes to the
database happens exactly once; it must be idempotent by event id for anything it does outside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from bosun.kernel.ledger import Change, Outbox
from bosun.lib import clock

MAX_ATTEMPTS = 8
Handler = Callable[["Event"], None]
_handlers: dict[str, list[Handler]] = {}


@dataclass(frozen=True)
class Event:
    """What happened: `name` is entity.verb, `changes` maps fields to [before, after]."""

    id: int
    name: str
    entity: str
    record_id: int
    verb: str
    changes: dict[str, Any]
    actor_id: int | None
    door: str
    cause: str
    depth: int


def on(name: str) -> Callable[[Handler], Handler]:
    """Listen to an event, `entity.verb` or `*.verb`."""

    def register(handler: Handler) -> Handler:
        _handlers.setdefault(name, []).append(handler)
        return handler

    return register


def handlers_of(name: str) -> list[Handler]:
    """Who listens to an event."""
    return [*_handlers.get(name, ()), *_handlers.get("*." + name.split(".", 1)[1], ())]


def deliver(limit: int = 200) -> int:
    """Tell waiting events to their listeners; answers how many were taken out of the outbox."""
    if not Outbox.objects.filter(parked=False).exists():
        return 0  # a look costs nothing, a transaction on SQLite costs the one lock there is
    _drop_unheard()
    done = 0
    while done < limit and _deliver_one():
        done += 1
    return done


def _drop_unheard() -> None:
    heard = Q()
    for name in _handlers:
        heard |= Q(name__endswith=name[1:]) if name.startswith("*.") else Q(name=name)
    rows = Outbox.objects.exclude(heard) if heard else Outbox.objects.all()
    first = list(rows.order_by("id").values_list("pk", flat=True)[:5000])
    if first:
        Outbox.objects.filter(pk__in=first).delete()


def _deliver_one() -> bool:
    with transaction.atomic():
        waiting = Outbox.objects.filter(parked=False, due_at__lte=clock.now()).order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True, of=("self",))
        row = waiting.select_related("change").first()
        if row is None:
            return False
        try:
            with transaction.atomic():
                for handler in handlers_of(row.name):
                    handler(_event(row.change, row))
        except Exception as error:  # noqa: BLE001 - a poisonous event is parked with its error, never in the way
            _put_off(row, error)
            return True
        row.delete()
        return True


def _put_off(row: Outbox, error: Exception) -> None:
    row.attempts += 1
    row.error = f"{type(error).__name__}: {error}"[:2000]
    row.parked = row.attempts >= MAX_ATTEMPTS
    row.due_at = clock.now() + timedelta(seconds=2**row.attempts)
    row.save(update_fields=["attempts", "error", "parked", "due_at"])


def _event(change: Change, row: Outbox) -> Event:
    return Event(
        row.pk, row.name, change.entity, change.record_id, change.verb, change.diff, change.actor_id, change.door,
        change.cause, change.depth,
    )  # fmt: skip
