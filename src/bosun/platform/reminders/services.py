"""Reminders of a record, for the modules above: they end, come back, move and repeat with what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.platform.reminders import notices
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


def move(entity: str, pk: int, by: timedelta, act: Act) -> None:
    """The time of what they are about has changed: they keep their distance."""
    for row in about(entity, pk, state="open"):
        records.change("reminders", row.pk, {"due_at": row.due_at + by}, act)


def repeat(entity: str, pk: int, following: int, by: timedelta, act: Act) -> None:
    """The next of a series has the same reminders, as far from its time as these were."""
    for row in about(entity, pk):
        lines = [{"text": line["text"], "done": False} for line in row.checklist or []]
        again = {
            "text": row.text, "about": {"entity": entity, "id": following}, "due_at": row.due_at + by, "rule": row.rule,
            "nag_minutes": row.nag_minutes, "owner": row.owner_id, "timezone": row.timezone, "people": row.people,
            "until": row.until or row.until_when, "channels": row.channels, "checklist": lines or None,
            "on_opening": row.on_opening, "follows_owner": row.follows_owner,
        }  # fmt: skip
        records.create("reminders", again, act)


@transaction.atomic
def tell(person: int, key: str, text: str, entity: str, pk: int, at: datetime) -> None:
    """Tell one person one thing, once for each key. What the key begins with is its kind: `rule:…`, `webhook:…`."""
    row = Notice(
        key=f"{key}:{person}", kind=key.partition(":")[0], person_id=person, text=text[:TEXT], entity=entity,
        record_id=pk, due_at=at, made_at=at,
    )  # fmt: skip
    notices.enter([row])
