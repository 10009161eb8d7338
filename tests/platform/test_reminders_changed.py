"""A reminder that is changed after it was told: who has it, whose card stands, and what is reopened, exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records, undo
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import DoorError
from bosun.lib import clock
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from tests.kernel.world import SYSTEM, World
from tests.platform.reminding import NINE, remind, tick, verb

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reminded")]
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
Stood = list[tuple[str, datetime]]


def cards(world: World) -> Stood:
    """Who has a card open, of which time."""
    names = {pk: name for name, pk in world.people.items()}
    rows = Notice.objects.filter(closed_at=None).order_by("due_at", "person_id")
    return [(names[row.person_id], row.due_at) for row in rows]


def states(world: World) -> dict[str, str]:
    names = {pk: name for name, pk in world.people.items()}
    return {names[row.owner_id]: row.state for row in Occurrence.objects.order_by("due_at")}


def change(world: World, row: Any, who: str, moment: datetime, **values: Any) -> None:
    with clock.fixed(moment):
        records.change("reminders", row.pk, values, world.act(who))


def ids(world: World, *names: str) -> list[int]:
    return [world.people[name] for name in names]


# those who are reminded ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_verb", [False, True])
def test_whoever_is_named_after_it_was_told_is_told(world: World, by_verb: bool) -> None:
    row = remind(world, "ben", people=ids(world, "ben"))
    tick(NINE)
    if by_verb:
        verb(world, "ben", row, "assign", NINE + MINUTE, people=ids(world, "ben", "ann"))
    else:
        change(world, row, "ben", NINE + MINUTE, people=ids(world, "ben", "ann"))
    tick(NINE + 2 * MINUTE)
    assert cards(world) == [("ben", NINE), ("ann", NINE + MINUTE)]
    assert tick(NINE + DAY) == []


def test_whoever_is_named_no_more_has_nothing_of_it_left(world: World) -> None:
    row = remind(world, "ben", people=ids(world, "ben", "ann"), nag_minutes=30)
    tick(NINE)
    change(world, row, "ben", NINE + MINUTE, people=ids(world, "ben"), text="About Ann")
    assert (states(world), cards(world)) == ({"ann": "cancelled", "ben": "open"}, [("ben", NINE)])
    tick(NINE + 30 * MINUTE)
    assert cards(world) == [("ben", NINE + 30 * MINUTE)]
    change(world, row, "ben", NINE + 31 * MINUTE, people=ids(world, "ben", "ann"))
    tick(NINE + 32 * MINUTE)
    assert cards(world) == [("ben", NINE + 30 * MINUTE), ("ann", NINE + 31 * MINUTE)]


def test_where_nobody_is_named_any_more_the_owner_is_told(world: World) -> None:
    row = remind(world, "ben", people=ids(world, "ann"))
    tick(NINE)
    change(world, row, "ben", NINE + MINUTE, people=[])
    tick(NINE + 2 * MINUTE)
    assert cards(world) == [("ben", NINE + MINUTE)]


def test_those_named_before_it_is_told_are_told_with_the_others(world: World) -> None:
    row = remind(world, "ben")
    change(world, row, "ben", NINE - MINUTE, people=ids(world, "ben", "ann"))
    tick(NINE)
    assert cards(world) == [("ann", NINE), ("ben", NINE)]


def test_it_ends_where_those_who_have_not_done_it_are_named_no_more(world: World) -> None:
    row = remind(world, "ben", people=ids(world, "ben", "ann"))
    tick(NINE)
    verb(world, "ben", Occurrence.objects.get(owner_id=world.people["ben"]), "done", NINE + MINUTE)
    change(world, row, "ben", NINE + 2 * MINUTE, people=ids(world, "ben"))
    row.refresh_from_db()
    assert (row.state, states(world)) == ("done", {"ann": "cancelled", "ben": "done"})


def test_another_owner_of_what_reminds_others_changes_none_of_their_cards(world: World) -> None:
    row = remind(world, "ben", people=ids(world, "ann"))
    tick(NINE)
    with clock.fixed(NINE + MINUTE):
        records.change("reminders", row.pk, {"owner": world.people["cyd"]}, SYSTEM)
    assert cards(world) == [("ann", NINE)]


def test_whoever_takes_over_what_nags_hears_of_it_at_once(world: World) -> None:
    row = remind(world, nag_minutes=10_080)
    tick(NINE)
    with clock.fixed(NINE + 5 * MINUTE):
        records.change("reminders", row.pk, {"owner": world.people["ben"]}, SYSTEM)
    assert cards(world) == []
    tick(NINE + 6 * MINUTE)
    assert cards(world) == [("ben", NINE + 5 * MINUTE)]


def test_an_occurrence_goes_to_nobody_else_by_itself(world: World) -> None:
    remind(world, nag_minutes=5)
    tick(NINE)
    with clock.fixed(NINE + MINUTE), pytest.raises(DoorError):
        records.change("occurrences", Occurrence.objects.get().pk, {"owner": world.people["cyd"]}, SYSTEM)
    assert cards(world) == [("ann", NINE)]


# its times -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"rule": "FREQ=DAILY"}, {"rule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}),
        ({}, {"rule": "FREQ=WEEKLY"}),
        ({}, {"timezone": "Asia/Tokyo"}),
        ({"rule": "FREQ=DAILY"}, {"rule": None}),
    ],
)
@pytest.mark.parametrize("later", [5, 200])
def test_what_stands_open_and_still_fits_keeps_its_card(world: World, first: Any, then: Any, later: int) -> None:
    row = remind(world, **first)
    tick(NINE)
    change(world, row, "ann", NINE + later * MINUTE, **then)
    tick(NINE + (later + 1) * MINUTE)
    assert (states(world), cards(world)) == ({"ann": "open"}, [("ann", NINE)])


def test_a_series_that_is_one_no_more_is_a_reminder_of_what_stands_open(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY")
    tick(NINE)
    tick(NINE + DAY)
    change(world, row, "ann", NINE + DAY + 5 * MINUTE, rule=None)
    tick(NINE + DAY + 6 * MINUTE)
    row.refresh_from_db()
    assert (row.due_at, cards(world)) == (NINE + DAY, [("ann", NINE + DAY)])
    verb(world, "ann", row, "done", NINE + DAY + 7 * MINUTE)
    assert Reminder.objects.get().state == "done"


def test_a_series_that_is_one_no_more_comes_at_its_next_time(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY")
    tick(NINE)
    verb(world, "ann", row, "done", NINE + MINUTE)
    change(world, row, "ann", NINE + 5 * MINUTE, rule=None)
    assert (tick(NINE + 6 * MINUTE), tick(NINE + DAY)) == ([], [NINE + DAY])


def test_what_is_put_off_and_taken_back_has_its_card_back(world: World) -> None:
    row = remind(world)
    tick(NINE)
    batch = new_batch()
    with clock.fixed(NINE + 5 * MINUTE):
        records.change("reminders", row.pk, {"due_at": NINE + 120 * MINUTE}, replace(world.act("ann"), batch=batch))
    assert cards(world) == []
    with clock.fixed(NINE + 6 * MINUTE):
        undo.undo(batch, world.act("ann"))
    tick(NINE + 7 * MINUTE)
    assert (states(world), cards(world)) == ({"ann": "open"}, [("ann", NINE)])


@pytest.mark.parametrize("values", [{"until": "2027-01-01"}, {"rule": "FREQ=DAILY;COUNT=500"}])
@pytest.mark.parametrize("late", [1, 120])
def test_a_change_drops_no_time_that_has_come_and_was_only_not_told_yet(world: World, values: Any, late: int) -> None:
    row = remind(world, rule="FREQ=DAILY")
    change(world, row, "ann", NINE + late * MINUTE, **values)
    assert tick(NINE + (late + 1) * MINUTE) == [NINE]


def test_told_and_then_set_to_the_first_opening_waits_on_the_same_day(world: World) -> None:
    row = remind(world)
    tick(NINE)
    change(world, row, "ann", NINE + MINUTE, on_opening=True, rule="FREQ=DAILY")
    tick(NINE + 2 * MINUTE)
    waiting = Occurrence.objects.get(state="open")
    midnight_in_madrid = NINE - timedelta(hours=10)
    assert (waiting.waits, waiting.due_at) == (True, midnight_in_madrid)


def test_the_next_time_is_told_though_a_nag_falls_on_it_and_many_begin(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BATCH", 1)
    monkeypatch.setattr(engine, "PATIENCE", 0.0)
    for text in ("One", "Two"):
        remind(world, text=text, rule="FREQ=DAILY", nag_minutes=720)
    for moment in (NINE, NINE + DAY / 2, NINE + DAY):
        for _look in range(6):
            tick(moment)
    open_ = Occurrence.objects.filter(state="open")
    assert [row.due_at for row in open_] == [NINE + DAY] * 2
    assert Notice.objects.filter(occurrence__in=open_, closed_at=None).count() == 2


# done, and not done after all ------------------------------------------------------------------------------------


def test_taking_back_the_owners_done_leaves_what_another_did(world: World) -> None:
    row = remind(world, "ben", people=ids(world, "ann", "ben"), nag_minutes=30)
    tick(NINE)
    verb(world, "ann", Occurrence.objects.get(owner_id=world.people["ann"]), "done", NINE + MINUTE)
    batch = new_batch()
    with clock.fixed(NINE + 5 * MINUTE):
        records.run_verb("reminders", [row.pk], "done", {}, replace(world.act("ben"), batch=batch))
    with clock.fixed(NINE + 6 * MINUTE):
        undo.undo(batch, world.act("ben"))
    assert (states(world), cards(world)) == ({"ann": "done", "ben": "open"}, [("ben", NINE)])


@pytest.mark.parametrize("rule", [None, "FREQ=DAILY;COUNT=1"])
def test_reopening_ones_own_leaves_what_another_did(world: World, rule: str | None) -> None:
    remind(world, "ben", people=ids(world, "ann", "ben"), nag_minutes=30, rule=rule)
    tick(NINE)
    for minute, name in enumerate(("ann", "ben"), 1):
        verb(world, name, Occurrence.objects.get(owner_id=world.people[name]), "done", NINE + minute * MINUTE)
    assert Reminder.objects.get().state == "done"
    mine = Occurrence.objects.get(owner_id=world.people["ben"])
    verb(world, "ben", mine, "reopen", NINE + 3 * MINUTE)
    assert (Reminder.objects.get().state, states(world)) == ("open", {"ann": "done", "ben": "open"})
    tick(NINE + 30 * MINUTE)
    assert cards(world) == [("ben", NINE + 30 * MINUTE)]


def test_a_reminder_that_is_reopened_goes_on_with_whoever_did_it_last(world: World) -> None:
    row = remind(world, "ben", people=ids(world, "ann", "ben"))
    tick(NINE)
    for minute, name in enumerate(("ann", "ben"), 1):
        verb(world, name, Occurrence.objects.get(owner_id=world.people[name]), "done", NINE + minute * MINUTE)
    verb(world, "ben", row, "reopen", NINE + 3 * MINUTE)
    assert (states(world), cards(world)) == ({"ann": "done", "ben": "open"}, [("ben", NINE)])


def test_moved_earlier_done_and_reopened_stands_at_the_earlier_time(world: World) -> None:
    row = remind(world)
    tick(NINE)
    change(world, row, "ann", NINE + MINUTE, due_at=NINE - 30 * MINUTE)
    tick(NINE + 2 * MINUTE)
    verb(world, "ann", row, "done", NINE + 3 * MINUTE)
    verb(world, "ann", row, "reopen", NINE + 4 * MINUTE)
    assert cards(world) == [("ann", NINE - 30 * MINUTE)]


@pytest.mark.parametrize("key", ["reminders", "occurrences"])
@pytest.mark.parametrize("how", ["undo", "reopen"])
@pytest.mark.parametrize("rule", [None, "FREQ=WEEKLY"])
def test_snoozed_told_again_and_done_by_mistake_has_its_card_back(
    world: World, key: str, how: str, rule: str | None
) -> None:
    row = remind(world, rule=rule)
    tick(NINE)
    one = Occurrence.objects.get()
    verb(world, "ann", one, "snooze", NINE + MINUTE, minutes=30)
    again = NINE + 31 * MINUTE
    assert tick(again) == [again]
    batch = new_batch()
    with clock.fixed(again + MINUTE):
        records.run_verb(
            key, [row.pk if key == "reminders" else one.pk], "done", {}, replace(world.act("ann"), batch=batch)
        )
    assert cards(world) == []
    with clock.fixed(again + 2 * MINUTE):
        if how == "undo":
            undo.undo(batch, world.act("ann"))
        else:
            records.run_verb("occurrences", [one.pk], "reopen", {}, world.act("ann"))
    tick(again + 3 * MINUTE)
    assert (states(world), cards(world)) == ({"ann": "open"}, [("ann", again)])
