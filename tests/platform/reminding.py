"""Reminders for tests: made through the door, told by the tick, and what stands in the table of notices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice
from tests.kernel.world import MANAGER, REP, World

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEYS = {"Reminder": "reminders", "Occurrence": "occurrences", "Task": "tasks"}
OWN = dict.fromkeys(("read", "create", "change", "remove", "transfer"), "own")


def grant(world: World) -> None:
    """Tasks and reminders for the roles of the world, as they ship."""
    world.grant("rep", {**REP, "tasks": OWN, "reminders": OWN, "occurrences": OWN})
    led = {"tasks": dict.fromkeys(OWN, "below"), "reminders": {**OWN, "assign": "below"}, "occurrences": OWN}
    world.grant("manager", {**MANAGER, **led})


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The clock held, and what is due by then told."""
    with clock.fixed(moment):
        yield


def tick(moment: datetime) -> list[datetime]:
    """Let a worker look at this moment; the due times that were told for the first time."""
    before = set(Notice.objects.values_list("pk", flat=True))
    with clock.fixed(moment):
        engine.tick()
    return list(Notice.objects.exclude(pk__in=before).order_by("pk").values_list("due_at", flat=True))


def remind(world: World, who: str = "ann", due: datetime = NINE, **values: Any) -> Any:
    """A reminder made by somebody for himself, the day before."""
    with clock.fixed(due - timedelta(days=1)):
        return records.create("reminders", {"text": "Call Priya", "due_at": due, **values}, world.act(who))


def verb(world: World, who: str, row: Any, name: str, moment: datetime, **raw: Any) -> Any:
    """Do a verb to a reminder or a task at a moment; its draft."""
    key = KEYS[type(row).__name__]
    with clock.fixed(moment):
        draft = records.run_verb(key, [row.pk], name, raw, world.act(who))[0]
    if draft.failure is not None:
        raise draft.failure
    return draft


def minutes(*counts: int) -> list[datetime]:
    """So many minutes after nine."""
    return [NINE + timedelta(minutes=count) for count in counts]
