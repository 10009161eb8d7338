"""Reminders at the edges: times that clocks show twice, what was told before, what is over, and who has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records, undo
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Invalid
from bosun.kernel.ledger import Change
from bosun.lib import clock
from bosun.platform.integrity import checks
from bosun.platform.reminders import zones
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from tests.kernel.world import SYSTEM, World
from tests.platform.reminding import NINE, grant, minutes, remind, tick, verb

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def states(row: Any) -> list[tuple[datetime, str]]:
    """The times of a reminder and what became of them."""
    return list(Occurrence.objects.filter(reminder_id=row.pk).order_by("due_at").values_list("due_at", "state"))


def customer(world: World) -> Any:
    return records.create("customers", {"name": "Halden Paper"}, world.act("ann"))


def about(record: Any) -> dict[str, Any]:
    return {"entity": "customers", "id": record.pk}


@pytest.mark.parametrize("rule", [None, "FREQ=DAILY"])
def test_a_condition_that_is_true_ends_it_before_it_is_told(world: World, rule: str | None) -> None:
    until = {"field": "name", "op": "is", "value": "Halden Paper"}
    row = remind(world, about=about(customer(world)), until=until, nag_minutes=1, rule=rule)
    assert tick(NINE) == []
    assert tick(minutes(1)[0]) == []
    assert Reminder.objects.get(pk=row.pk).state == "done"


def test_a_series_goes_to_somebody_and_back(world: World) -> None:
    """What the former owner had of it stays his, though the times are the same."""
    row = remind(world, rule="FREQ=DAILY")
    tick(NINE)
    verb(world, "ann", Occurrence.objects.get(), "done", NINE)
    with clock.fixed(NINE):
        for person in ("ben", "ann", "ben"):
            records.change("reminders", row.pk, {"owner": world.people[person]}, SYSTEM)
    assert tick(NINE + DAY) == [NINE + DAY]
    assert Notice.objects.latest("pk").person_id == world.people["ben"]


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=YEARLY", "FREQ=HOURLY"])
def test_a_series_with_a_part_of_a_second_begins_with_its_first_time(world: World, rule: str) -> None:
    row = remind(world, due=NINE + timedelta(milliseconds=501), rule=rule)
    assert (row.due_at, row.next_at) == (NINE, NINE)


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("Europe/Berlin", datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 11, 7, 6, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2027, 4, 3, 15, 10, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=YEARLY", "FREQ=DAILY;COUNT=1"])
def test_a_series_begins_in_the_second_hour_that_the_clock_shows(
    world: World, zone: str, due: datetime, rule: str
) -> None:
    row = remind(world, due=due, rule=rule, timezone=zone)
    assert (row.due_at, row.next_at) == (due, due)
    assert tick(due) == [due]
    after = Reminder.objects.get(pk=row.pk).next_at
    if rule == "FREQ=DAILY":
        assert timedelta(hours=23) <= after - due <= timedelta(hours=25)
    else:
        assert after is None or after - due > 364 * DAY


def test_a_time_that_stands_open_is_not_missed_by_being_told_again(world: World) -> None:
    """F3.08: a clock that ran an hour fast told it; the right one comes to the same time."""
    row = remind(world, rule="FREQ=DAILY", nag_minutes=30)
    tick(NINE)
    with clock.fixed(NINE - timedelta(hours=1)):
        records.change("reminders", row.pk, {"until": "2030-01-01"}, world.act("ann"))
    tick(NINE)
    assert states(row) == [(NINE, "open")]
    assert tick(minutes(30)[0]) == minutes(30)


def test_a_later_time_that_stands_open_is_not_missed_for_an_earlier_one(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY")
    tick(NINE)
    tick(NINE + 3 * DAY)
    with clock.fixed(NINE + timedelta(hours=1)):
        zones.follow(clock.now())
    tick(NINE + DAY)
    assert (NINE + 3 * DAY, "open") in states(row)


@pytest.mark.parametrize("passed", [-DAY, -timedelta(minutes=45)])
def test_a_first_time_in_the_hour_that_comes_twice_stays(world: World, passed: timedelta) -> None:
    """Madrid shows 02:30 twice on 31 October 2027; the second is 01:30 UTC. Also where the first is over by then."""
    due = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    row = remind(world, due=due, rule="FREQ=DAILY")
    assert zones.follow(due + passed) == 0
    assert Reminder.objects.values_list("due_at", "next_at").get(pk=row.pk) == (due, due)
    assert tick(due) == [due]


def test_what_nobody_did_leaves_the_ledger_as_it_is(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY")
    tick(NINE)
    tick(NINE + DAY)
    assert states(row) == [(NINE, "missed"), (NINE + DAY, "open")]
    assert not Change.objects.filter(entity="occurrences").exists()
    assert set(Occurrence.objects.values_list("version", flat=True)) == {1}, "`bosun check` would count a breach"


def test_a_series_that_is_over_is_told_once_and_late(world: World) -> None:
    with clock.fixed(NINE + timedelta(hours=3)):
        given = {"text": "Call Priya", "due_at": NINE, "rule": "FREQ=DAILY;COUNT=1"}
        row = records.create("reminders", given, world.act("ann"))
    assert tick(NINE + timedelta(hours=3)) == [NINE]
    assert tick(NINE + 2 * DAY) == []
    assert states(row) == [(NINE, "open")]


def test_a_time_that_another_took_the_place_of_is_not_opened_again(world: World) -> None:
    row = remind(world, nag_minutes=30)
    tick(NINE)
    with clock.fixed(NINE):
        records.change("reminders", row.pk, {"due_at": minutes(10)[0]}, world.act("ann"))
    tick(minutes(10)[0])
    first = Occurrence.objects.get(due_at=NINE)
    with pytest.raises(Invalid, match="does not fit"):
        verb(world, "ann", first, "reopen", minutes(11)[0])
    assert states(row) == [(NINE, "cancelled"), (minutes(10)[0], "open")]


def card(row: Any) -> tuple[int, bool, bool]:
    """Whose card it is, and whether it is open and unread."""
    found = Notice.objects.filter(reminder_id=row.pk).latest("pk")
    return found.person_id, found.closed_at is None, found.read_at is None


@pytest.mark.parametrize("rule", [None, "FREQ=DAILY"])
@pytest.mark.parametrize("nag", [0, 30])
@pytest.mark.parametrize(("key", "name"), [("occurrences", "done"), ("occurrences", "snooze"), ("reminders", "snooze")])
def test_what_was_done_or_put_off_by_mistake_has_its_card_back(
    world: World, key: str, name: str, nag: int, rule: str | None
) -> None:
    row = remind(world, nag_minutes=nag, rule=rule)
    tick(NINE)
    pk = row.pk if key == "reminders" else Occurrence.objects.get().pk
    batch = new_batch()
    act = replace(world.act("ann"), batch=batch)
    with clock.fixed(NINE):
        raw = {"minutes": 60} if name == "snooze" else {}
        assert records.run_verb(key, [pk], name, raw, act)[0].failure is None
        assert card(row)[1:] == (False, True)
        undo.undo(batch, world.act("ann"))
    assert card(row) == (world.people["ann"], True, True)
    assert states(row) == [(NINE, "open")]
    assert Notice.objects.count() == 1
    assert tick(minutes(30)[0]) == (minutes(30) if nag else [])


def test_who_is_given_what_was_told_is_told_too(world: World) -> None:
    row = remind(world)
    tick(NINE)
    with clock.fixed(minutes(5)[0]):
        records.change("reminders", row.pk, {"owner": world.people["ben"]}, SYSTEM)
    assert Notice.objects.filter(closed_at=None).count() == 0
    tick(minutes(5)[0])
    assert card(row) == (world.people["ben"], True, True)
    assert tick(minutes(6)[0]) == []


def test_a_reminder_of_nobody_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="Say who is to be reminded"):
        remind(world, owner=None)
    assert not Reminder.objects.exists()


def test_a_condition_nested_beyond_reading_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="not valid JSON"):
        remind(world, about=about(customer(world)), until='{"a":' * 5000)


@pytest.mark.parametrize("touched", [False, True])
def test_a_reminder_made_by_mistake_is_taken_back_also_after_it_rang(world: World, touched: bool) -> None:
    """Its times are the engine's; one that somebody put off since holds it."""
    batch = new_batch()
    with clock.fixed(NINE - timedelta(minutes=1)):
        raw = {"text": "Oops", "due_at": NINE, "nag_minutes": 5}
        row = records.create("reminders", raw, world.act("ann", batch=batch))
    tick(NINE)
    if touched:
        verb(world, "ann", Occurrence.objects.get(), "snooze", NINE, minutes=30)
    with clock.fixed(NINE + timedelta(minutes=1)):
        done = records.undo(batch, world.act("ann"))
    left = [("reminders", row.pk, "Oops")] if touched else []
    assert (done.removed, done.left_alone) == (0 if touched else 1, left)
    counts = [model._default_manager.count() for model in (Reminder, Occurrence, Notice)]
    assert counts == ([1, 1, 1] if touched else [0, 0, 0])
    assert list(checks.breaches()) == []
    assert tick(NINE + timedelta(minutes=5)) == []
