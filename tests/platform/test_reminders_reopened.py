"""What is reopened, restored or shortened after a hand-over: it rings for whoever has it now, or it is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from tests.kernel.world import SYSTEM, World
from tests.platform.reminding import NINE, remind, tick, verb
from tests.platform.test_reminders_changed import DAY, MINUTE, cards, change, ids, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reminded")]


def to(world: World, row: Any, who: str, minute: int) -> None:
    """Hand a record over."""
    with clock.fixed(NINE + minute * MINUTE):
        records.change({"Reminder": "reminders", "Task": "tasks"}[type(row).__name__], row.pk,
                       {"owner": world.people[who]}, SYSTEM)  # fmt: skip


def told(world: World, who: str, row: Any) -> int:
    return Notice.objects.filter(reminder_id=row.pk, person_id=world.people[who]).count()


def test_a_done_reminder_that_changed_hands_rings_for_whoever_reopens_it(world: World) -> None:
    row = remind(world, nag_minutes=5)
    tick(NINE)
    verb(world, "ann", row, "done", NINE + MINUTE)
    to(world, row, "cyd", 2)
    verb(world, "cyd", row, "reopen", NINE + 3 * MINUTE)
    for minute in (4, 8, 13):
        tick(NINE + minute * MINUTE)
    assert states(world) == {"ann": "done", "cyd": "open"}
    assert [who for who, _at in cards(world)] == ["cyd"]
    assert (told(world, "ann", row), told(world, "cyd", row)) == (1, 3)
    verb(world, "cyd", row, "done", NINE + 11 * MINUTE)
    assert cards(world) == []


def test_those_named_since_are_told_where_it_is_reopened(world: World) -> None:
    row = remind(world, "ada", people=ids(world, "ben", "cyd"), nag_minutes=1)
    tick(NINE)
    verb(world, "ada", row, "done", NINE + MINUTE)
    change(world, row, "ada", NINE + 2 * MINUTE, people=ids(world, "ann"))
    verb(world, "ada", row, "reopen", NINE + 3 * MINUTE)
    tick(NINE + 4 * MINUTE)
    assert states(world) == {"ben": "done", "cyd": "done", "ann": "open"}
    assert [who for who, _at in cards(world)] == ["ann"]


def test_a_done_task_that_changed_hands_rings_for_whoever_reopens_it(world: World) -> None:
    with clock.fixed(NINE - DAY):
        task = records.create("tasks", {"subject": "Plan", "due": NINE}, world.act("ann"))
        about = {"entity": "tasks", "id": task.pk}
        given = {"text": "Plan it", "due_at": NINE, "nag_minutes": 1, "about": about}
        row = records.create("reminders", given, world.act("ann"))
    tick(NINE)
    verb(world, "ann", task, "done", NINE + MINUTE)
    to(world, task, "cyd", 2)
    verb(world, "cyd", task, "reopen", NINE + 3 * MINUTE)
    tick(NINE + 5 * MINUTE)
    assert Reminder.objects.get(pk=row.pk).owner_id == world.people["cyd"]
    assert [who for who, _at in cards(world)] == ["cyd"]
    assert told(world, "ann", row) == 1


def test_a_time_that_is_reopened_by_its_former_owner_is_for_the_present_one(world: World) -> None:
    row = remind(world, nag_minutes=5)
    tick(NINE)
    each = Occurrence.objects.get()
    verb(world, "ann", each, "done", NINE + MINUTE)
    to(world, row, "cyd", 2)
    verb(world, "ann", each, "reopen", NINE + 3 * MINUTE)
    tick(NINE + 4 * MINUTE)
    assert states(world) == {"ann": "cancelled", "cyd": "open"}
    assert [who for who, _at in cards(world)] == ["cyd"]
    assert Reminder.objects.get().state == "open"


def test_two_open_times_are_both_told_to_whoever_gets_the_reminder(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY;COUNT=2")
    tick(NINE)
    first = Occurrence.objects.get()
    verb(world, "ann", first, "done", NINE + MINUTE)
    tick(NINE + DAY)
    verb(world, "ann", first, "reopen", NINE + DAY + MINUTE)
    with clock.fixed(NINE + DAY + 2 * MINUTE):
        records.change("reminders", row.pk, {"owner": world.people["cyd"]}, SYSTEM)
    tick(NINE + DAY + 3 * MINUTE)
    assert [who for who, _at in cards(world)] == ["cyd", "cyd"]
    assert Notice.objects.filter(closed_at=None).values("occurrence").distinct().count() == 2
    for each in Occurrence.objects.filter(state="open"):
        verb(world, "cyd", each, "done", NINE + DAY + 4 * MINUTE)
    assert (cards(world), Reminder.objects.get().state) == ([], "done")


def test_a_series_that_passed_in_the_bin_is_told_once_late(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY;COUNT=2")
    with clock.fixed(NINE - timedelta(hours=1)):
        removal = records.remove_one("reminders", row.pk, world.act("ann"))
    with clock.fixed(NINE + 5 * DAY):
        records.restore(removal.pk, world.act("ann"))
    tick(NINE + 6 * DAY)
    tick(NINE + 7 * DAY)
    assert list(Occurrence.objects.order_by("due_at").values_list("due_at", "state")) == [
        (NINE, "missed"),
        (NINE + DAY, "open"),
    ]
    assert [who for who, _at in cards(world)] == ["ann"]


def test_one_whose_last_day_is_now_behind_what_was_done_is_over(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY")
    tick(NINE)
    verb(world, "ann", Occurrence.objects.get(), "done", NINE + MINUTE)
    change(world, row, "ann", NINE + 2 * MINUTE, until=NINE.date().isoformat())
    row.refresh_from_db()
    assert (row.state, row.next_at) == ("done", None)


def test_what_is_open_comes_back_from_the_bin_open(world: World) -> None:
    row = remind(world)
    tick(NINE)
    with clock.fixed(NINE + MINUTE):
        removal = records.remove_one("reminders", row.pk, world.act("ann"))
    assert cards(world) == []
    with clock.fixed(NINE + 2 * MINUTE):
        records.restore(removal.pk, world.act("ann"))
    tick(NINE + 3 * MINUTE)
    row.refresh_from_db()
    assert (row.state, cards(world), Notice.objects.count()) == ("open", [("ann", NINE)], 1)
