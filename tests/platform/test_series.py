"""Reminders that come again, for several people, with an end: each time an occurrence for each, and one next time."""

from __future__ import annotations

import shutil
import zoneinfo
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bosun.kernel import records
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Invalid, NotFound
from bosun.lib import clock, dates
from bosun.platform.reminders import engine, opening, zones
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from tests.kernel.world import World
from tests.platform.reminding import NINE, minutes, remind, tick, verb

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reminded")]
DAY = timedelta(days=1)


def states(row: Any, who: int | None = None) -> list[tuple[datetime, str]]:
    rows = Occurrence.objects.filter(reminder=row, **({"owner_id": who} if who else {}))
    return list(rows.order_by("due_at", "owner_id").values_list("due_at", "state"))


def latest(row: Any) -> Any:
    return Occurrence.objects.filter(reminder=row).order_by("-due_at", "-pk").first()


def next_at(row: Any) -> datetime | None:
    found: datetime | None = Reminder.objects.get(pk=row.pk).next_at
    return found


# the series ------------------------------------------------------------------------------------------------------


def test_the_monday_meeting_nags_until_done_and_comes_again(world: World) -> None:
    lines = [{"text": "Figures", "done": False}, {"text": "Room", "done": False}]
    row = remind(world, rule="FREQ=WEEKLY;BYDAY=MO", nag_minutes=30, checklist=lines)
    assert (row.due_at, row.timezone, next_at(row)) == (NINE, "Europe/Madrid", NINE)
    told = [moment for each in range(100) for moment in tick(minutes(each)[0])]
    assert told == minutes(0, 30, 60, 90)
    verb(world, "ann", row, "tick", minutes(99)[0], line=1)
    verb(world, "ann", latest(row), "done", minutes(100)[0])
    assert [tick(each) for each in minutes(120, 600)] == [[], []]
    assert Reminder.objects.get().state == "open"
    assert tick(NINE + 7 * DAY) == [NINE + 7 * DAY]
    assert states(row) == [(NINE, "done"), (NINE + 7 * DAY, "open")]
    assert next_at(row) == NINE + 14 * DAY
    assert [line["done"] for line in Reminder.objects.get().checklist] == [False, False]


def test_what_nobody_did_is_missed_when_the_next_time_comes(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY", nag_minutes=60)
    tick(NINE)
    tick(NINE + DAY)
    assert states(row) == [(NINE, "missed"), (NINE + DAY, "open")]
    open_cards = Notice.objects.filter(closed_at__isnull=True)
    assert [card.due_at for card in open_cards] == [NINE + DAY]


def test_after_three_days_each_missed_time_is_told_once_and_the_last_stands_open(world: World) -> None:
    """F3.07, F3.09."""
    row = remind(world, rule="FREQ=DAILY", nag_minutes=30)
    often = remind(world, rule="FREQ=HOURLY")
    back = NINE + 3 * DAY + timedelta(minutes=7)
    tick(back)
    assert states(row) == [(NINE + n * DAY, state) for n, state in enumerate(["missed", "missed", "missed", "open"])]
    assert Notice.objects.filter(reminder=row, closed_at__isnull=True).count() == 1
    assert states(often) == [(NINE, "open")]
    assert next_at(often) == NINE + 3 * DAY + timedelta(hours=1)
    assert tick(back) == []


def test_a_clock_that_goes_back_makes_no_time_twice(world: World) -> None:
    """F3.08."""
    row = remind(world, rule="FREQ=DAILY")
    tick(NINE)
    assert [tick(each) for each in minutes(-60, -1, 0)] == [[], [], []]
    assert states(row) == [(NINE, "open")]
    assert tick(NINE + DAY) == [NINE + DAY]


def test_the_hour_on_the_wall_stays_through_autumn(world: World) -> None:
    """F3.04, and F3.02: half past two comes once where it is there twice."""
    zone = ZoneInfo("Europe/Berlin")
    due = datetime(2027, 10, 30, 2, 30, tzinfo=zone).astimezone(UTC)
    row = remind(world, due=due, rule="FREQ=DAILY", timezone="Europe/Berlin")
    for hour in range(24 * 4):
        tick(due + timedelta(hours=hour))
    found = [f"{moment.astimezone(zone):%m-%d %H:%M %z}" for moment, _state in states(row)][:3]
    assert found == ["10-30 02:30 +0200", "10-31 02:30 +0200", "11-01 02:30 +0100"]


def test_it_begins_with_the_first_day_that_fits(world: World) -> None:
    row = remind(world, rule="FREQ=WEEKLY;BYDAY=WE")
    assert row.due_at == NINE + 2 * DAY


def test_a_series_ends_after_its_last_time(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY;COUNT=2")
    tick(NINE)
    tick(NINE + DAY)
    assert next_at(row) is None
    assert Reminder.objects.get().state == "open"
    verb(world, "ann", latest(row), "done", NINE + DAY)
    assert Reminder.objects.get().state == "done"
    assert tick(NINE + 5 * DAY) == []


def test_a_last_day_is_the_last(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY", until="2026-11-24")
    tick(NINE + 9 * DAY)
    assert [moment for moment, _state in states(row)] == [NINE, NINE + DAY]
    assert next_at(row) is None


def test_a_condition_ends_it(world: World) -> None:
    customer = world.customer("ann", name="Halden Paper")
    about = {"entity": "customers", "id": customer.pk}
    until = {"field": "name", "op": "is", "value": "Halden Group"}
    row = remind(world, rule="FREQ=DAILY", about=about, until=until, nag_minutes=60)
    assert tick(NINE) == [NINE]
    records.change("customers", customer.pk, {"name": "Halden Group"}, world.act("ann"))
    assert [tick(NINE + hours * timedelta(hours=1)) for hours in (1, 24, 48)] == [[], [], []]
    assert Reminder.objects.get(pk=row.pk).state == "done"
    assert states(row) == [(NINE, "done")]
    assert not Notice.objects.filter(closed_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        ({"rule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "rule"),
        ({"rule": "FREQ=SECONDLY"}, "rule"),
        ({"rule": "FREQ=HOURLY;INTERVAL=2;BYHOUR=3"}, "rule"),
        ({"rule": "every Monday"}, "rule"),
        ({"rule": "FREQ=DAILY", "timezone": "Mars/Olympus"}, "timezone"),
        ({"rule": "FREQ=DAILY", "timezone": "../../etc/passwd"}, "timezone"),
        ({"rule": "FREQ=DAILY", "until": "2020-01-01"}, "until"),
        ({"until": {"field": "name", "op": "is", "value": "x"}}, "until"),
        ({"channels": ["pigeon"]}, "channels"),
    ],
)
def test_bad_input_is_refused_and_nothing_kept(world: World, raw: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        remind(world, **raw)
    assert [error.field for error in refused.value.errors] == [wrong]
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    ("zone", "start", "walls"),
    [
        ("Australia/Lord_Howe", "2027-04-03T01:45", ("04-03 01:45", "04-04 01:45", "04-05 01:45")),
        ("Australia/Lord_Howe", "2027-10-02T02:15", ("10-02 02:15", "10-03 02:45", "10-04 02:15")),
        ("Asia/Kathmandu", "2027-04-03T09:00", ("04-03 09:00", "04-04 09:00", "04-05 09:00")),
        ("Pacific/Apia", "2027-04-03T09:00", ("04-03 09:00", "04-04 09:00", "04-05 09:00")),
        ("Europe/Berlin", "2027-10-30T02:30", ("10-30 02:30", "10-31 02:30", "11-01 02:30")),
        ("Europe/Berlin", "2027-03-27T02:30", ("03-27 02:30", "03-28 03:30", "03-29 02:30")),
    ],
)
def test_each_day_is_told_once_on_the_wall_of_its_zone(
    world: World, zone: str, start: str, walls: tuple[str, ...]
) -> None:
    """F3.02 and F3.05: a worker that looks every quarter of an hour, for three days."""
    begin = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    remind(world, rule="FREQ=DAILY", timezone=zone, due=begin)
    found = [at for quarter in range(4 * 50) for at in tick(begin + quarter * timedelta(minutes=15))]
    assert [f"{at.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" for at in found] == list(walls)


@pytest.mark.parametrize(
    ("rule", "start", "days"),
    [
        ("FREQ=YEARLY", "2028-02-29", ("2028-02-29", "2032-02-29")),
        ("FREQ=MONTHLY", "2027-01-31", ("2027-01-31", "2027-02-28")),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2027-01-31", ("2027-01-31", "2027-03-31")),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2027-01-29", ("2027-01-29", "2027-02-26")),
    ],
)
def test_days_that_not_every_month_has(world: World, rule: str, start: str, days: tuple[str, str]) -> None:
    begin = datetime.fromisoformat(f"{start}T09:00+00:00")
    row = remind(world, rule=rule, timezone="UTC", due=begin)
    assert tick(begin) == [begin]
    row.refresh_from_db()
    assert (begin.date().isoformat(), row.next_at.date().isoformat()) == days


def test_each_minute_after_three_days_is_told_once(world: World) -> None:
    """What comes within a day does not pile up: one stands for all that were missed."""
    row = remind(world, rule="FREQ=MINUTELY", timezone="UTC")
    back = NINE + timedelta(days=3, seconds=30)
    assert tick(back) == [NINE]
    row.refresh_from_db()
    assert row.next_at == back + timedelta(seconds=30)


def test_another_rule_begins_anew(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY")
    tick(NINE)
    with clock.fixed(minutes(5)[0]):
        records.change("reminders", row.pk, {"rule": "FREQ=WEEKLY;BYDAY=FR"}, world.act("ann"))
    assert states(row) == [(NINE, "cancelled")]
    assert next_at(row) == NINE + 4 * DAY


def test_end_series_ends_it_and_undo_goes_on(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY", nag_minutes=60)
    tick(NINE)
    batch = new_batch()
    with clock.fixed(minutes(5)[0]):
        records.run_verb("reminders", [row.pk], "end", {}, world.act("ann", batch=batch))
    assert (states(row), next_at(row)) == ([(NINE, "done")], None)
    with clock.fixed(minutes(6)[0]):
        records.undo(batch, world.act("ann"))
    assert (states(row), next_at(row)) == ([(NINE, "open")], NINE + DAY)
    assert tick(minutes(60)[0]) == minutes(60)


# occurrences -----------------------------------------------------------------------------------------------------


def test_done_on_the_occurrence_of_a_one_off_ends_it_and_undo_reopens_both(world: World) -> None:
    row = remind(world, nag_minutes=5)
    tick(NINE)
    batch = new_batch()
    with clock.fixed(minutes(1)[0]):
        records.run_verb("occurrences", [latest(row).pk], "done", {}, world.act("ann", batch=batch))
    assert (Reminder.objects.get().state, states(row)) == ("done", [(NINE, "done")])
    with clock.fixed(minutes(2)[0]):
        records.undo(batch, world.act("ann"))
    assert (Reminder.objects.get().state, states(row)) == ("open", [(NINE, "open")])
    assert tick(minutes(5)[0]) == minutes(5)


def test_done_and_snooze_on_a_series_act_on_what_stands_open(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY")
    with pytest.raises(Invalid):
        verb(world, "ann", row, "done", minutes(-5)[0])
    tick(NINE)
    verb(world, "ann", row, "snooze", minutes(1)[0], minutes=10)
    assert tick(minutes(10)[0]) == []
    assert tick(minutes(11)[0]) == minutes(11)
    verb(world, "ann", row, "done", minutes(12)[0])
    assert (states(row), Reminder.objects.get().state) == ([(NINE, "done")], "open")
    assert next_at(row) == NINE + DAY


def test_occurrences_are_not_made_by_hand(world: World) -> None:
    row = remind(world)
    for who in ("ann", "ada"):
        with pytest.raises((Invalid, NotFound)):
            records.create("occurrences", {"reminder": row.pk, "text": "x"}, world.act(who))
    assert not Occurrence.objects.exists()


def test_an_occurrence_is_of_its_person_and_read_by_whoever_made_the_reminder(world: World) -> None:
    row = remind(world, "ben", people=[world.people["ann"]])
    tick(NINE)
    mine = latest(row)
    assert mine.owner_id == world.people["ann"]
    assert records.get("occurrences", mine.pk, world.actor("ben")).pk == mine.pk
    with pytest.raises(NotFound):
        records.get("occurrences", mine.pk, world.actor("cyd"))
    with pytest.raises(NotFound):
        verb(world, "cyd", mine, "done", NINE)
    verb(world, "ann", mine, "done", NINE)
    assert Reminder.objects.get().state == "done"


# people ----------------------------------------------------------------------------------------------------------


def test_each_person_has_his_own_until_all_are_done(world: World) -> None:
    people = [world.people["ann"], world.people["ben"]]
    row = remind(world, "ben", people=people, nag_minutes=5)
    assert tick(NINE) == [NINE, NINE]
    first = Occurrence.objects.get(owner_id=people[0])
    verb(world, "ann", first, "done", minutes(1)[0])
    assert Reminder.objects.get(pk=row.pk).state == "open"
    assert tick(minutes(5)[0]) == minutes(5)
    verb(world, "ben", Occurrence.objects.get(owner_id=people[1]), "done", minutes(6)[0])
    assert Reminder.objects.get(pk=row.pk).state == "done"


def test_others_are_reminded_by_right_alone(world: World) -> None:
    """A manager reminds those below, an administrator everybody, a rep nobody but herself."""
    for who, whom, fine in (
        ("ben", "ann", True), ("ben", "cyd", False), ("ann", "ben", False), ("ann", "ann", True), ("ada", "cyd", True),
    ):  # fmt: skip
        if fine:
            assert remind(world, who, people=[world.people[whom]]).people == [world.people[whom]]
            continue
        count = Reminder.objects.count()
        with pytest.raises(Invalid) as refused:
            remind(world, who, people=[world.people[whom]])
        assert [error.field for error in refused.value.errors] == ["people"]
        assert Reminder.objects.count() == count


def test_it_goes_along_with_the_record_unless_told_otherwise(world: World) -> None:
    customer = world.customer("ann")
    about = {"entity": "customers", "id": customer.pk}
    going, staying = remind(world, about=about), remind(world, about=about, follows_owner=False)
    other = remind(world, "ada", about=about)
    records.change("customers", customer.pk, {"owner": world.people["cyd"]}, world.act("ada"))
    tick(NINE)
    found = dict(Notice.objects.values_list("reminder_id", "person_id"))
    people = world.people
    assert found == {going.pk: people["cyd"], staying.pk: people["ann"], other.pk: people["ada"]}


# when it is opened -----------------------------------------------------------------------------------------------


def test_it_waits_for_bosun_to_be_opened_on_that_day(world: World) -> None:
    ann = world.people["ann"]
    row = remind(world, rule="FREQ=WEEKLY;BYDAY=MO", on_opening=True, nag_minutes=30)
    midnight = datetime(2026, 11, 23, tzinfo=ZoneInfo("Europe/Madrid")).astimezone(UTC)
    assert row.due_at == midnight
    assert tick(midnight) == []
    assert opening.opened(ann, midnight - timedelta(minutes=5)) == 0
    opening.forget()
    assert opening.opened(world.people["cyd"], NINE) == 0
    assert opening.opened(ann, NINE) == 1
    assert Notice.objects.get().due_at == NINE
    assert [opening.opened(ann, each) for each in minutes(0, 1, 5)] == [0, 0, 0]
    assert tick(minutes(30)[0]) == minutes(30)


def test_what_is_over_by_then_is_not_told_when_bosun_is_opened(world: World) -> None:
    about = {"entity": "customers", "id": world.customer("ann").pk}
    end = {"field": "name", "op": "is", "value": "Won"}
    row = remind(world, rule="FREQ=DAILY", on_opening=True, about=about, until=end)
    tick(row.due_at)
    records.change("customers", about["id"], {"name": "Won"}, world.act("ann"))
    assert opening.opened(world.people["ann"], NINE) == 0
    assert (Notice.objects.count(), Reminder.objects.get().state) == (0, "done")


# clocks of countries ---------------------------------------------------------------------------------------------


def test_a_country_that_moves_its_clocks_moves_what_is_to_come(world: World, tmp_path: Path) -> None:
    """F3.12: nine stays nine; what has been told stays as it was."""
    source = next(Path(path) for path in zoneinfo.TZPATH if (Path(path) / "Europe/Madrid").exists())
    shutil.copy(source / "Asia/Kolkata", tmp_path / "Nowhere")
    held = zoneinfo.TZPATH
    try:
        zoneinfo.reset_tzpath([str(tmp_path), *held])
        dates.zones.cache_clear()
        due = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Nowhere")).astimezone(UTC)
        row = remind(world, due=due, rule="FREQ=DAILY", timezone="Nowhere")
        tick(due)
        assert zones.follow(due) == 0
        shutil.copy(source / "Asia/Kathmandu", tmp_path / "Nowhere")
        ZoneInfo.clear_cache()
        assert zones.follow(due) == 1
        assert next_at(row) == due + DAY - timedelta(minutes=15)
        assert states(row) == [(due, "open")]
        assert tick(due + DAY) == [due + DAY - timedelta(minutes=15)]
    finally:
        zoneinfo.reset_tzpath(held)
        ZoneInfo.clear_cache()
        dates.zones.cache_clear()


def test_many_due_at_once_cost_the_same_queries_as_a_few(
    world: World,
    django_assert_max_num_queries: Any,
) -> None:
    person = world.people["ann"]
    for count in (20, 60):
        for _each in range(count):
            remind(world, rule="FREQ=DAILY", due=NINE)
        with clock.fixed(NINE), django_assert_max_num_queries(36):
            assert engine.tick() == count
        assert Occurrence.objects.filter(owner_id=person).count() == Reminder.objects.count()
