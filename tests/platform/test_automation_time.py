"""Rules that act by time: at the moment, once, over gaps of the clock, and after a silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records, registry, stamps
from bosun.kernel.errors import Invalid
from bosun.lib import clock
from bosun.platform.automation import ticking, timing
from bosun.platform.automation.timing import Trigger
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
    return records.create("opportunities", {"name": name, "closes": closes}, SYSTEM)


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
