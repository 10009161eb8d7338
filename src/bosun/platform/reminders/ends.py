"""The end of a reminder by a condition on the record it is about, looked at before anything of it is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from bosun.kernel import conditions, records, registry
from bosun.kernel.actor import Act, system_actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid, NotFound
from bosun.platform.org import actors
from bosun.platform.reminders.models import Reminder


def lasting() -> QuerySet[Reminder]:
    """Those that are open until a condition is true."""
    return Reminder.objects.filter(deleted_at__isnull=True, state="open", until_when__isnull=False)


def sweep(rows: Iterable[Any]) -> int:
    """Finish those of these reminders whose condition has become true; how many. Each in a transaction of its own."""
    ended = 0
    for row in rows:
        if reached(row):
            act = Act(system_actor(), "system").by_system("condition")
            ended += records.run_verb("reminders", [row.pk], "end", {}, act)[0].failure is None
    return ended


def reached(row: Any) -> bool:
    """Whether the condition is true, as far as the owner of the reminder may see the record."""
    actor = actors.load(row.owner_id) if row.owner_id else None
    entity = registry.find(row.about_entity or "")
    if actor is None or entity is None:
        return False
    return bool(true_for(row, entity, records.environment(actor)))


def true_for(row: Any, entity: Entity, env: Env) -> bool | None:
    """The same as far as whoever asks may see the record; None where that is closed, or the condition fits no more."""
    try:
        record = records.get(entity, row.about_id, env.actor)
        return bool(conditions.matches(conditions.parse(row.until_when, entity, env), record, env))
    except (Invalid, NotFound):
        return None
