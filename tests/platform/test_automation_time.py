"""Rules that act by time: at the moment, once, over gaps of the clock, and after a silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bosun.kernel import records, registry, stamps
from bosun.kernel.errors import Invalid
from bosun.lib import clock, dates
from bosun.platform.automation import ticking, timing
from bosun.platform.automation.timing import Trigger
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform.test_automation_engine import now, rule, runs

TAG = [{"action": "tag", "add": ["due"]}]
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DATED = Trigger("UTC", 9, timing.LATE, registry.get("customers").native_specs()["next_contact"])


@pytest.fixture(autouse=True)
def _utc(db: None) -> None:
    """The company's wall clock shows UTC."""
    company = records.query("company", SYSTEM.actor).page().items
    if company:
        records.change("company", company[0].pk, {"zone": "UTC"}, SYSTEM)
    stamps.refresh()


def deal(name: str, closes: str) -> Any:
    """A sale that is expected to close on a day."""
    return records.create("opportunities", {"name": name, "closes": closes, "opened": None}, SYSTEM)


def at(moment: datetime) -> None:
    """The workers' look at the clock."""
    with clock.fixed(moment):
        stamps.refresh()
        while ticking.tick(moment):
            pass


def timed(world: World, trigger: dict[str, Any], entity: str = "opportunities", **more: Any) -> Any:
    """A rule that acts by time, whose clock begins at noon."""
    with clock.fixed(NOON):
        made = rule(world, f"{entity}.time", TAG, trigger=trigger, **more)
    at(NOON)
    return made


def test_days_before_a_date_once(world: World) -> None:
    made = timed(world, {"at": "closes", "offset": -3, "hour": 9})
    ids = {day: deal(f"Due {day}", f"2026-11-{day}").pk for day in (22, 23, 24, 25)}
    for moment in (
        NOON,
        NOON + timedelta(hours=20, minutes=59),
        NOON + timedelta(hours=21),
        NOON + timedelta(hours=30),
    ):
        at(moment)
    assert [run.record_id for run in runs(made)] == [ids[24]], "the 21st at nine; the 20th at nine was before the rule"
    at(NOON + timedelta(days=3))
    assert [run.record_id for run in runs(made)] == [ids[24], ids[25]]
    assert runs(made)[0].results[0] == {"action": "time", "due": "2026-11-21T09:00:00+00:00", "late": 0}


def test_three_days_of_silence_are_caught_up_or_skipped(world: World) -> None:
    late = timed(world, {"at": "closes", "hour": 9})
    skips = timed(world, {"at": "closes", "hour": 9, "missed": "skip"})
    for day in (21, 22, 23):
        deal(f"Due {day}", f"2026-11-{day}")
    at(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    assert [run.results[0]["late"] for run in runs(late)] == [2910, 1470, 30]
    assert [run.results[0]["late"] for run in runs(skips)] == [30]


def test_a_clock_that_goes_back_does_nothing_twice_and_leaves_nothing_out(world: World) -> None:
    made = timed(world, {"at": "closes", "hour": 13})
    deal("Halden", "2026-11-20")
    deal("Tromp", "2026-11-21")
    at(NOON + timedelta(hours=2))
    for minutes in range(0, 180, 20):
        at(NOON + timedelta(hours=1, minutes=minutes))
    assert len(runs(made)) == 1
    at(NOON + timedelta(days=1, hours=2))
    assert len(runs(made)) == 2


def test_a_part_at_a_time_and_none_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticking, "PART", 3)
    made = timed(world, {"at": "closes", "hour": 13})
    for number in range(8):
        deal(f"N {number}", "2026-11-20")
    moment = NOON + timedelta(hours=3)
    with clock.fixed(moment):
        assert ticking.tick(moment) is True
        assert len(runs(made)) == 3
        assert ticking.tick(moment + timedelta(hours=1)) is True
        assert ticking.tick(moment) is False
    assert sorted(run.record_id for run in runs(made)) == sorted({run.record_id for run in runs(made)})
    assert len(runs(made)) == 8


def test_nothing_for_so_many_days(world: World) -> None:
    with clock.fixed(NOON - timedelta(days=20)):
        quiet = world.customer("ann", name="Quiet")
        busy = world.customer("ann", name="Busy")
    made = timed(world, {"idle": "updated_at", "days": 30}, "customers")
    with clock.fixed(NOON + timedelta(days=1)):
        records.change("customers", busy.pk, {"staff": 3}, world.act("ann"))
    at(NOON + timedelta(days=12))
    assert [run.record_id for run in runs(made)] == [quiet.pk]
    assert now(busy.pk).tags is None


def test_a_series_over_all_that_a_condition_holds_for(world: World) -> None:
    mondays = {"every": "FREQ=WEEKLY;BYDAY=MO", "hour": 8, "from": "2026-11-20"}
    made = timed(world, mondays, "customers", when={"field": "grade", "op": "is", "value": "A"})
    one = world.customer("ann", name="Halden", grade="A")
    world.customer("ann", name="Tromp", grade="B")
    at(datetime(2026, 11, 23, 7, 59, tzinfo=UTC))
    assert runs(made) == []
    at(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    at(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    assert [run.record_id for run in runs(made)] == [one.pk]
    at(datetime(2026, 12, 8, 9, 0, tzinfo=UTC))
    assert len(runs(made)) == 2, "two Mondays that were missed are done once"


def test_switched_on_again_it_owes_nothing(world: World) -> None:
    made = timed(world, {"at": "closes", "hour": 13})
    deal("Halden", "2026-11-20")
    with clock.fixed(NOON):
        for on in (False, True):
            records.change("rules", made.pk, {"enabled": on}, SYSTEM)
    at(NOON + timedelta(days=5))
    at(NOON + timedelta(days=6))
    assert runs(made) == []


@pytest.mark.parametrize(
    ("zone", "hour", "day", "utc"),
    [
        ("Europe/Berlin", 2, date(2027, 3, 28), "2027-03-28T01:00"),
        ("Europe/Berlin", 2, date(2027, 10, 31), "2027-10-31T00:00"),
        ("America/New_York", 10, date(2027, 1, 4), "2027-01-04T15:00"),
        ("America/New_York", 10, date(2027, 7, 5), "2027-07-05T14:00"),
        ("Australia/Lord_Howe", 2, date(2027, 10, 3), "2027-10-02T15:30"),
        ("Asia/Kolkata", 9, date(2027, 2, 28), "2027-02-28T03:30"),
        ("Asia/Kathmandu", 9, date(2028, 2, 29), "2028-02-29T03:15"),
        ("Pacific/Apia", 0, date(2026, 12, 31), "2026-12-30T11:00"),
    ],
)
def test_hours_are_those_on_the_wall(zone: str, hour: int, day: date, utc: str) -> None:
    moment = Trigger(zone, hour, timing.LATE, DATED.spec).fires_at(day)
    assert moment == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_every_day_of_a_year_fires_once_in_every_zone() -> None:
    for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"):
        daily = Trigger(zone, 2, timing.LATE, rule="FREQ=DAILY", start=datetime(2027, 1, 1, 2, tzinfo=UTC))
        moments = set()
        since = datetime(2027, 1, 2, tzinfo=UTC)
        for hour in range(0, 365 * 24, 12):
            found = daily.occurrence(since + timedelta(hours=hour), since + timedelta(hours=hour + 12))
            if found is not None:
                assert found not in moments
                moments.add(found)
        assert len(moments) == 365


def test_working_days_and_the_end_of_february() -> None:
    friday = date(2026, 11, 20)
    assert Trigger("UTC", 9, timing.LATE, DATED.spec, 1, "workdays").fires_at(friday).date() == date(2026, 11, 23)
    assert Trigger("UTC", 9, timing.LATE, DATED.spec, -1, "workdays").fires_at(date(2026, 11, 23)).date() == friday
    assert Trigger("UTC", 9, timing.LATE, DATED.spec, 1).fires_at(date(2028, 2, 28)).date() == date(2028, 2, 29)


@pytest.mark.parametrize(
    "trigger",
    [
        None, {}, {"at": "name"}, {"at": "nothing"}, {"at": "closes", "unit": "hours"},
        {"every": "FREQ=SECONDLY"},
        {"at": "closes", "offset": "3"}, {"at": "closes", "hour": 24}, {"at": "closes", "x": 1},
        {"idle": "updated_at"}, {"every": "FREQ=DAILY", "from": "soon"},
    ],
)  # fmt: skip
def test_times_that_make_no_sense_are_refused(world: World, trigger: Any) -> None:
    with pytest.raises(Invalid) as caught:
        rule(world, "opportunities.time", TAG, trigger=trigger)
    assert [error.field for error in caught.value.errors] == ["trigger"]


def zoned(zone: str) -> None:
    """The company's wall clock."""
    company = records.query("company", SYSTEM.actor).page().items
    values = {"zone": zone}
    if company:
        records.change("company", company[0].pk, values, SYSTEM)
    else:
        records.create("company", {"name": "Halyard", **values}, SYSTEM)
    stamps.refresh()


def through(since: datetime, until: datetime, minutes: int = 10) -> None:
    """The workers' looks at the clock over a stretch of time."""
    while since <= until:
        at(since)
        since += timedelta(minutes=minutes)


def fired(made: Any) -> list[datetime]:
    """The moments for which a rule acted."""
    return [datetime.fromisoformat(run.results[0]["due"]) for run in runs(made)]


def daily(world: World, begun: datetime, hour: int, every: str = "FREQ=DAILY", start: str = "") -> Any:
    """A rule that acts again and again on the one customer there is."""
    world.customer("ann", name="Halden")
    with clock.fixed(begun):
        trigger = {"every": every, "hour": hour, "from": start or begun.date().isoformat()}
        made = rule(world, "customers.time", TAG, trigger=trigger)
    at(begun)
    return made


@pytest.mark.parametrize(
    ("zone", "hour", "days", "due"),
    [
        ("Europe/Berlin", 2, "2027-10-30", ["10-31T00:00", "11-01T01:00"]),
        ("Europe/Berlin", 2, "2027-03-27", ["03-28T01:00", "03-29T00:00"]),
        ("Australia/Lord_Howe", 1, "2027-04-03", ["04-03T14:00", "04-04T14:30"]),
        ("Australia/Lord_Howe", 2, "2027-10-02", ["10-02T15:30", "10-03T15:00"]),
        ("Asia/Kolkata", 9, "2027-10-30", ["10-31T03:30", "11-01T03:30"]),
        ("Asia/Kathmandu", 9, "2027-10-30", ["10-31T03:15", "11-01T03:15"]),
        ("Pacific/Apia", 9, "2027-10-30", ["10-30T20:00", "10-31T20:00"]),
        ("America/New_York", 1, "2027-11-06", ["11-07T05:00", "11-08T06:00"]),
    ],
)
def test_a_daily_rule_acts_once_on_days_of_odd_length(
    world: World, zone: str, hour: int, days: str, due: list[str]
) -> None:
    """F3.02, F3.05: the fold, the gap, half-hour zones."""
    zoned(zone)
    begun = dates.localise(date.fromisoformat(days), time(12), zone).astimezone(UTC)
    made = daily(world, begun, hour)
    through(begun, begun + timedelta(hours=48), 30)
    assert fired(made) == [datetime.fromisoformat(f"2027-{each}").replace(tzinfo=UTC) for each in due]


def test_a_weekly_rule_keeps_its_hour_on_the_wall_all_year(world: World) -> None:
    """F3.04: made in winter, 60 weeks."""
    zoned("America/New_York")
    begun = datetime(2027, 1, 2, 12, tzinfo=UTC)
    made = daily(world, begun, 10, "FREQ=WEEKLY;BYDAY=MO")
    through(begun, begun + timedelta(weeks=60), 24 * 60)
    there = [each.astimezone(ZoneInfo("America/New_York")) for each in fired(made)]
    assert len(there) == 60
    assert {(each.weekday(), each.hour, each.minute) for each in there} == {(0, 10, 0)}
    assert {(later.date() - earlier.date()).days for earlier, later in pairwise(there)} == {7}


def test_the_last_day_of_each_month_and_leap_day(world: World) -> None:
    begun = datetime(2027, 12, 1, 12, tzinfo=UTC)
    made = daily(world, begun, 9, "FREQ=MONTHLY;BYMONTHDAY=-1")
    through(begun, datetime(2028, 4, 30, 12, tzinfo=UTC), 12 * 60)
    assert [each.date().isoformat() for each in fired(made)] == [
        "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30",
    ]  # fmt: skip


def test_a_jump_of_three_hours_does_what_was_missed_once_and_says_that_it_was_late(world: World) -> None:
    """F3.07."""
    made = timed(world, {"at": "closes", "hour": 13})
    deals = [deal(f"N {n}", "2026-11-20").pk for n in range(6)]
    for _look in range(3):
        at(NOON + timedelta(hours=3, minutes=59))
    assert sorted(run.record_id for run in runs(made)) == deals
    assert {run.results[0]["late"] for run in runs(made)} == {179}


def test_a_rule_that_tells_tells_again_at_each_of_its_times(world: World) -> None:
    world.customer("ann", name="Halden")
    begun = datetime(2026, 11, 20, 12, tzinfo=UTC)
    told = [{"action": "notify", "to": ["owner"], "text": "Look at {{name}}"}]
    with clock.fixed(begun):
        trigger = {"every": "FREQ=DAILY", "hour": 9, "from": "2026-11-20"}
        rule(world, "customers.time", told, trigger=trigger)
    at(begun)
    through(begun, begun + timedelta(days=3), 6 * 60)
    assert Notice.objects.filter(person_id=world.people["ann"], entity="customers").count() == 3


def test_two_workers_whose_clocks_differ_do_it_once(world: World) -> None:
    """F3.10, as far as one process shows it: whoever is behind finds nothing left to do."""
    made = timed(world, {"at": "closes", "hour": 13})
    deal("Halden", "2026-11-20")
    for minutes in range(50, 75, 2):
        at(NOON + timedelta(minutes=minutes))
        at(NOON + timedelta(minutes=minutes - 5))
    assert fired(made) == [NOON + timedelta(hours=1)]
    assert runs(made)[0].results[0]["late"] == 0


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
def test_a_series_begins_on_a_day_of_our_time(world: World, day: str) -> None:
    with pytest.raises(Invalid) as caught:
        rule(world, "customers.time", TAG, trigger={"every": "FREQ=DAILY", "from": day})
    assert [part.message for part in caught.value.errors] == ["Begin on a day between 1900 and 2200."]


def test_what_a_rule_makes_is_no_part_of_the_same_stretch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticking, "PART", 2)
    with clock.fixed(NOON):
        for number in range(5):
            world.customer("ada", name=f"Of before {number}")
        make = [{"action": "create", "entity": "customers", "values": {"name": "{{name}} again"}}]
        made = rule(world, "customers.time", make, trigger={"every": "FREQ=DAILY", "hour": 13, "from": "2026-11-20"})
    at(NOON)
    with clock.fixed(NOON + timedelta(hours=2)):
        stamps.refresh()
        turns = 1
        while turns < 9 and ticking.tick(NOON + timedelta(hours=2)):
            turns += 1
    assert (turns, len(runs(made))) == (3, 5)
    assert {run.state for run in runs(made)} == {"done"}


def test_what_a_rule_makes_is_no_older_than_its_cause(world: World) -> None:
    made = timed(world, {"at": "closes", "hour": 13})
    follow = [{"action": "create", "entity": "tasks", "values": {"subject": "Call", "about": "record"}}]
    records.change("rules", made.pk, {"do": follow}, SYSTEM)
    with clock.fixed(NOON + timedelta(hours=2, seconds=5)):
        stamps.refresh()
        ticking.tick(NOON + timedelta(hours=2, seconds=5))
    with clock.fixed(NOON + timedelta(hours=2, seconds=40)):
        deal("Halden", "2026-11-21")
        rule(world, "opportunities.created", follow)
        stamps.refresh()
    moments = [NOON + timedelta(hours=25, seconds=seconds) for seconds in (1, 50)]
    for moment in moments:
        with clock.fixed(moment):
            stamps.refresh()
            deal(f"At {moment}", "2026-11-21")
            ticking.tick(moment)
    tasks = records.query("tasks", SYSTEM.actor).page().items
    assert len(tasks) >= 4
    assert {row.created_at for row in tasks} - {NOON + timedelta(hours=2, seconds=40)} == set(moments)
