"""What stands open of a reminder stays, or something comes in its place, whatever is done to the reminder."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bosun.kernel import records, removal, undo
from bosun.kernel.actor import new_batch
from bosun.lib import clock
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from tests.kernel.world import World
from tests.platform.reminding import NINE, grant, remind, tick, verb

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def times(row: Any, state: str = "open") -> list[tuple[str, str]]:
    """For whom which times of it stand so, the earliest first."""
    rows = Occurrence.objects.filter(reminder=row, state=state).order_by("due_at", "owner_id")
    return [(one.owner.name, f"{one.due_at:%a %H:%M}") for one in rows]


def cards(row: Any) -> list[tuple[int, str]]:
    """Whose cards of it stand open, and of which time."""
    rows = Notice.objects.filter(reminder=row, closed_at__isnull=True).order_by("person_id")
    return [(one.person_id, f"{one.due_at:%a %H:%M}") for one in rows]


def edit(world: World, row: Any, moment: Any, who: str = "ann", **values: Any) -> None:
    with clock.fixed(moment):
        records.change("reminders", row.pk, values, world.act(who))


def over(world: World, rule: str, days: int, **values: Any) -> Any:
    """A series that has come for so many days, and comes no more; nobody has done any of it."""
    row = remind(world, rule=rule, timezone="UTC", **values)
    for day in range(days):
        tick(NINE + day * DAY)
    assert Reminder.objects.get(pk=row.pk).next_at is None
    return row


@pytest.mark.parametrize("later", [10 * MINUTE, 90 * MINUTE], ids=["asleep", "awake"])
@pytest.mark.parametrize("how", ["undo", "bin"])
def test_what_was_put_off_and_removed_comes_back_as_it_was(world: World, how: str, later: timedelta) -> None:
    row = remind(world)
    tick(NINE)
    verb(world, "ann", Occurrence.objects.get(), "snooze", NINE, minutes=60)
    batch = new_batch()
    with clock.fixed(NINE + MINUTE):
        made = records.remove_one("reminders", row.pk, world.act("ann", batch=batch))
    with clock.fixed(NINE + later):
        if how == "undo":
            undo.undo(batch, world.act("ann"))
        else:
            removal.restore(made.pk, world.act("ann"))
    tick(NINE + 2 * HOUR)
    (again,) = Occurrence.objects.all()
    assert (again.due_at, again.state, len(cards(row))) == (NINE, "open", 1)
    verb(world, "ann", again, "done", NINE + 2 * HOUR)
    assert (Reminder.objects.get().state, cards(row)) == ("done", [])


def test_a_moved_time_that_passed_in_the_bin_is_told(world: World) -> None:
    row = remind(world)
    tick(NINE)
    edit(world, row, NINE, due_at=NINE + HOUR)
    with clock.fixed(NINE + MINUTE):
        made = records.remove_one("reminders", row.pk, world.act("ann"))
    with clock.fixed(NINE + 3 * HOUR):
        removal.restore(made.pk, world.act("ann"))
    tick(NINE + 3 * HOUR)
    assert (times(row), len(cards(row))) == ([("Ann", "Mon 10:00")], 1)


def test_the_last_time_of_a_series_stays_though_its_rule_changes(world: World) -> None:
    row = over(world, "FREQ=DAILY;COUNT=3", 3)
    edit(world, row, NINE + 3 * DAY, rule="FREQ=WEEKLY;COUNT=1")
    tick(NINE + 3 * DAY + MINUTE)
    assert (times(row), len(cards(row))) == ([("Ann", "Wed 09:00")], 1)
    verb(world, "ann", Occurrence.objects.get(state="open"), "done", NINE + 4 * DAY)
    assert Reminder.objects.get().state == "done"


@pytest.mark.parametrize(
    ("rule", "days", "last"), [("FREQ=DAILY;COUNT=3", 3, "Wed 09:00"), ("FREQ=HOURLY;COUNT=3", 1, "Mon 11:00")]
)
def test_another_zone_tells_no_time_that_is_over(world: World, rule: str, days: int, last: str) -> None:
    """Ben is named after the last time: he has that one, and none from before."""
    row = remind(world, "ben", rule=rule, timezone="UTC", people=[world.people["ann"]])
    for hour in range(3):
        tick(NINE + hour * HOUR)
    for day in range(1, days):
        tick(NINE + day * DAY)
    ann, ben = world.people["ann"], world.people["ben"]
    edit(world, row, NINE + 4 * DAY, "ben", people=[ann, ben])
    tick(NINE + 4 * DAY + MINUTE)
    told = cards(row)
    edit(world, row, NINE + 4 * DAY + 2 * MINUTE, "ben", timezone="Europe/Madrid")
    tick(NINE + 4 * DAY + 3 * MINUTE)
    assert times(row) == [("Ann", last), ("Ben", last)]
    assert (cards(row), [person for person, _time in told]) == (told, [ann, ben])


def test_a_series_that_changes_goes_on_with_its_new_times_alone(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY", timezone="UTC")
    tick(NINE)
    edit(world, row, NINE + 30 * MINUTE, due_at=NINE + 10 * MINUTE)
    tick(NINE + 31 * MINUTE)
    assert (times(row), times(row, "cancelled")) == ([("Ann", "Mon 09:10")], [("Ann", "Mon 09:00")])
    assert Reminder.objects.get().next_at == NINE + DAY + 10 * MINUTE


def test_a_series_reopened_after_its_last_time_is_told_late(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY;COUNT=2", timezone="UTC")
    verb(world, "ann", row, "end", NINE - HOUR)
    verb(world, "ann", row, "reopen", NINE + 5 * DAY)
    tick(NINE + 5 * DAY)
    assert (times(row), times(row, "missed"), len(cards(row))) == (
        [("Ann", "Tue 09:00")], [("Ann", "Mon 09:00")], 1,
    )  # fmt: skip
