"""Reminders: due, nagging on their grid, snoozed, missed, done, removed, and what clocks do to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from bosun.kernel import records
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Invalid, NotFound
from bosun.lib import clock
from bosun.platform.jobs import declared
from bosun.platform.reminders import engine, handlers
from bosun.platform.reminders.models import Notice, Reminder
from tests.kernel.world import World
from tests.platform.reminding import NINE, grant, minutes, remind, tick, verb

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def test_a_reminder_is_told_once_when_it_is_due(world: World) -> None:
    remind(world)
    assert tick(minutes(-1)[0]) == []
    assert tick(NINE) == [NINE]
    assert tick(minutes(1)[0]) == []
    told = Notice.objects.get()
    assert (told.person_id, told.text, told.closed_at) == (world.people["ann"], "Call Priya", None)


def test_a_reminder_in_anothers_name_wants_the_right_to_remind_him(world: World) -> None:
    """Ben, who leads Ann, may; Ann may not make Cyd's telephone ring. Her own she may hand on."""
    given = {"text": "Call Priya", "due_at": NINE, "owner": world.people["cyd"]}
    with pytest.raises(Invalid) as refused:
        records.create("reminders", given, world.act("ann"))
    assert [(part.field, part.message) for part in refused.value.errors] == [
        ("owner", "Cyd: you may remind only people of your own departments, and need the right to do so.")
    ]
    assert not Reminder.objects.exists()
    records.create("reminders", {**given, "owner": world.people["ann"]}, world.act("ben"))
    own = remind(world)
    assert (
        records.run_verb("reminders", [own.pk], "transfer", {"owner": world.people["cyd"]}, world.act("ann"))[0].failure
        is None
    )
    assert list(Reminder.objects.order_by("pk").values_list("owner", flat=True)) == [
        world.people["ann"], world.people["cyd"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "\u202e\u200b"}, "text"),
        ({"text": "\u3164\u2800"}, "text"),
        ({"checklist": ["Bell \u0007"]}, "checklist"),
        ({"checklist": ["\u200b"]}, "checklist"),
        ({"rule": "FREQ=DAILY;COUNT=0"}, "rule"),
    ],
)
def test_what_nobody_sees_is_no_text(world: World, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        remind(world, **given)
    assert [part.field for part in refused.value.errors] == [field]
    assert not Reminder.objects.exists()


def test_a_nag_comes_again_on_its_grid_until_done(world: World) -> None:
    row = remind(world, nag_minutes=1)
    assert [tick(each) for each in minutes(0, 1, 2)] == [[each] for each in minutes(0, 1, 2)]
    verb(world, "ann", row, "done", NINE + timedelta(minutes=2, seconds=30))
    assert [tick(each) for each in minutes(3, 4, 60)] == [[], [], []]
    assert not Notice.objects.filter(closed_at__isnull=True).exists()


def test_only_the_latest_card_of_a_nag_stays_open(world: World) -> None:
    remind(world, nag_minutes=1)
    for each in minutes(0, 1, 2):
        tick(each)
    assert list(Notice.objects.filter(closed_at__isnull=True).values_list("due_at", flat=True)) == minutes(2)


def test_what_was_missed_is_told_once_and_the_grid_goes_on(world: World) -> None:
    """F3.07, F3.09: after three days one notice for one-offs, one for a series of nags."""
    remind(world)
    remind(world, nag_minutes=30)
    back = NINE + timedelta(days=3, minutes=7)
    assert tick(back) == [NINE, NINE]
    assert tick(back + timedelta(minutes=1)) == []
    assert tick(NINE + timedelta(days=3, minutes=30)) == [NINE + timedelta(days=3, minutes=30)]


def test_a_clock_that_goes_back_tells_nothing_again_and_leaves_no_gap(world: World) -> None:
    """F3.08."""
    remind(world, nag_minutes=30)
    assert tick(NINE) + tick(minutes(30)[0]) == minutes(0, 30)
    back = minutes(-30, -15, 0, 15, 30)
    assert [tick(each) for each in back] == [[]] * 5
    assert tick(minutes(60)[0]) == minutes(60)


def test_nagging_is_evenly_spaced_while_clocks_go_back(world: World) -> None:
    """F3.03: New York, 2027-11-07, from midnight to four on the wall is five hours."""
    start = NINE.replace(year=2027, month=11, day=7, hour=4)
    remind(world, due=start, nag_minutes=30)
    told = []
    for step in range(5 * 60):
        told += tick(start + timedelta(minutes=step))
    assert told == [start + timedelta(minutes=30 * n) for n in range(10)]


def test_nagging_every_half_hour_for_two_hours_and_ten_minutes_tells_five_times(world: World) -> None:
    """F3.13."""
    row = remind(world, nag_minutes=30)
    told = [moment for each in range(131) for moment in tick(minutes(each)[0])]
    verb(world, "ann", row, "done", minutes(130)[0])
    told += [moment for each in range(131, 400) for moment in tick(minutes(each)[0])]
    assert told == minutes(0, 30, 60, 90, 120)


def test_snooze_begins_the_grid_anew_at_the_time_chosen(world: World) -> None:
    row = remind(world, nag_minutes=5)
    tick(NINE)
    verb(world, "ann", row, "snooze", minutes(2)[0], minutes=10)
    assert not Notice.objects.filter(closed_at__isnull=True).exists()
    told = [moment for each in range(3, 30) for moment in tick(minutes(each)[0])]
    assert told == minutes(12, 17, 22, 27)


def test_snooze_is_for_the_future(world: World) -> None:
    row = remind(world)
    with pytest.raises(Invalid):
        verb(world, "ann", row, "snooze", NINE, until=minutes(-1)[0].isoformat())
    with pytest.raises(Invalid):
        verb(world, "ann", row, "snooze", NINE)


def test_another_time_ends_the_snooze(world: World) -> None:
    row = remind(world)
    verb(world, "ann", row, "snooze", minutes(-60)[0], until=minutes(600)[0].isoformat())
    with clock.fixed(minutes(-50)[0]):
        records.change("reminders", row.pk, {"due_at": minutes(10)[0]}, world.act("ann"))
    assert tick(minutes(10)[0]) == minutes(10)


def test_what_is_in_the_bin_is_silent_and_comes_back_without_a_burst(world: World) -> None:
    """D2.01."""
    row = remind(world, nag_minutes=10)
    tick(NINE)
    with clock.fixed(minutes(5)[0]):
        removal = records.remove_one("reminders", row.pk, world.act("ann"))
    assert tick(minutes(30)[0]) == []
    assert not Notice.objects.filter(closed_at__isnull=True).exists()
    with clock.fixed(minutes(35)[0]):
        records.restore(removal.pk, world.act("ann"))
    assert tick(minutes(36)[0]) == []
    assert tick(minutes(40)[0]) == minutes(40)


def test_a_reminder_goes_to_the_bin_with_what_it_is_about(world: World) -> None:
    customer = world.customer("ann")
    remind(world, about={"entity": "customers", "id": customer.pk})
    removal = records.remove_one("customers", customer.pk, world.act("ann"))
    assert tick(NINE) == []
    records.restore(removal.pk, world.act("ann"))
    assert tick(minutes(1)[0]) == [NINE]


def test_an_undone_done_nags_on(world: World) -> None:
    row = remind(world, nag_minutes=5)
    tick(NINE)
    batch = new_batch()
    with clock.fixed(minutes(1)[0]):
        records.run_verb("reminders", [row.pk], "done", {}, world.act("ann", batch=batch))
        records.undo(batch, world.act("ann"))
    assert tick(minutes(5)[0]) == minutes(5)


def test_reopened_it_goes_on_where_the_grid_is(world: World) -> None:
    row = remind(world, nag_minutes=5)
    tick(NINE)
    verb(world, "ann", row, "done", minutes(1)[0])
    verb(world, "ann", row, "reopen", minutes(7)[0])
    assert tick(minutes(8)[0]) == []
    assert tick(minutes(10)[0]) == minutes(10)


def test_it_is_told_to_the_one_who_has_it(world: World) -> None:
    row = remind(world, nag_minutes=5)
    tick(NINE)
    verb(world, "ann", row, "transfer", minutes(1)[0], owner=world.people["ben"])
    assert not Notice.objects.filter(closed_at__isnull=True).exists()
    tick(minutes(5)[0])
    assert list(Notice.objects.order_by("pk").values_list("person_id", flat=True)) == [
        world.people["ann"],
        world.people["ben"],
    ]


def test_reminders_are_ones_own(world: World) -> None:
    row = remind(world)
    for other in ("ben", "cyd"):
        with pytest.raises(NotFound):
            records.get("reminders", row.pk, world.actor(other))
        with pytest.raises(NotFound):
            verb(world, other, row, "done", NINE)


def test_a_look_at_nothing_due_costs_one_query(world: World, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    remind(world)
    with clock.fixed(minutes(-5)[0]), django_assert_num_queries(1):
        assert engine.tick() == 0


def test_many_due_at_once_are_told_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BATCH", 7)
    for _each in range(20):
        remind(world)
    assert tick(NINE) == [NINE] * 20
    assert not Reminder.objects.filter(next_at__isnull=False).exists()


def test_the_time_is_the_databases_where_it_has_a_clock(world: World) -> None:
    with clock.fixed(NINE):
        assert engine.present() == NINE
    assert abs((engine.present() - clock.now()).total_seconds()) < 60
    assert connection.vendor in ("sqlite", "postgresql")


def test_workers_look_after_reminders(world: World) -> None:
    assert handlers.tick in declared.looks
    remind(world)
    with clock.fixed(NINE):
        assert [look() for look in declared.looks if look is handlers.tick] == [True]
    assert Notice.objects.count() == 1


def test_old_notices_are_forgotten_but_not_those_of_open_reminders(world: World) -> None:
    gone, kept = remind(world), remind(world, nag_minutes=60)
    tick(NINE)
    verb(world, "ann", gone, "done", minutes(1)[0])
    with clock.fixed(NINE + timedelta(days=91)):
        handlers.purge_notices()
    assert list(Notice.objects.values_list("reminder_id", flat=True)) == [kept.pk]
