"""Rules that wait, by the clock: odd days, odd zones, clocks that jump, workers that were away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records, stamps
from bosun.platform.automation.models import Waiting
from tests.kernel.world import SYSTEM, World
from tests.platform.test_automation_engine import runs
from tests.platform.test_automation_waiting import DAY, NOON, TAG, at, made, wait, waits

pytestmark = pytest.mark.usefixtures("_utc")


@pytest.fixture
def _utc(db: None) -> None:
    """The company's wall clock shows UTC."""
    zoned("UTC")


def zoned(zone: str) -> None:
    company = records.query("company", SYSTEM.actor).page().items
    if company:
        records.change("company", company[0].pk, {"zone": zone}, SYSTEM)
    else:
        records.create("company", {"name": "Halyard", "zone": zone}, SYSTEM)
    stamps.refresh()


@pytest.mark.parametrize(
    ("zone", "begun", "how", "due"),
    [
        ("Europe/Berlin", "2027-10-30T00:30", {"for": 1}, "2027-10-31T00:30"),
        ("Europe/Berlin", "2027-10-30T10:00", {"for": 1}, "2027-10-31T11:00"),
        ("Europe/Berlin", "2027-10-30T10:00", {"for": 24, "unit": "hours"}, "2027-10-31T10:00"),
        ("Europe/Berlin", "2027-03-27T01:30", {"for": 1}, "2027-03-28T01:30"),
        ("America/New_York", "2027-11-06T14:00", {"for": 2}, "2027-11-08T15:00"),
        ("Australia/Lord_Howe", "2027-10-02T02:00", {"for": 1}, "2027-10-03T01:30"),
        ("Australia/Lord_Howe", "2027-04-03T02:00", {"for": 1}, "2027-04-04T02:30"),
        ("Asia/Kolkata", "2027-10-30T20:00", {"for": 1}, "2027-10-31T20:00"),
        ("Asia/Kathmandu", "2028-02-28T04:00", {"for": 1}, "2028-02-29T04:00"),
        ("Pacific/Apia", "2028-01-31T04:00", {"for": 1, "unit": "workdays"}, "2028-02-01T04:00"),
        ("UTC", "2027-12-31T09:00", {"for": 1, "unit": "workdays"}, "2028-01-03T09:00"),
        ("UTC", "2028-02-28T12:00", {"for": 2}, "2028-03-01T12:00"),
    ],
)
def test_days_are_days_on_the_wall_and_hours_are_hours(
    world: World, zone: str, begun: str, how: dict[str, Any], due: str
) -> None:
    """F3.02, F3.04, F3.05, leap day and the ends of months, for waits."""
    zoned(zone)
    waits(world, wait(**how), TAG)
    made(world, datetime.fromisoformat(begun).replace(tzinfo=UTC))
    assert Waiting.objects.get().next_at == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_hours_over_the_fold_are_evenly_spaced(world: World) -> None:
    """F3.03: New York from midnight to four, five hours of real time."""
    zoned("America/New_York")
    hour = wait(**{"for": 1, "unit": "hours"})
    contact = {"action": "create", "entity": "contacts", "values": {"name": "Again", "customer": "record"}}
    found = waits(world, *[step for _hour in range(5) for step in (hour, contact)])
    begun = datetime(2027, 11, 7, 4, tzinfo=UTC)
    made(world, begun)
    done = []
    for minute in range(0, 331, 10):
        before = len(runs(found))
        at(begun + timedelta(minutes=minute))
        done += [minute] * (len(runs(found)) - before)
    assert done == [60, 120, 180, 240, 300]
    assert len(records.query("contacts", SYSTEM.actor).page().items) == 5


def test_three_days_of_being_down_and_a_jump_forward_are_caught_up_once_and_late(world: World) -> None:
    """F3.07, F3.09."""
    found = waits(world, wait(**{"for": 2, "unit": "hours"}), TAG)
    customers = [made(world, NOON + timedelta(hours=n), name=f"N {n}").pk for n in range(3)]
    for _look in range(3):
        at(NOON + 3 * DAY)
    late = {run.record_id: run.results[0]["late"] for run in runs(found, step=1)}
    assert late == {pk: 3 * 1440 - 120 - 60 * n for n, pk in enumerate(customers)}
    assert len(runs(found, step=1)) == 3


def test_a_jump_back_does_nothing_twice_and_leaves_nothing_out(world: World) -> None:
    """F3.08, F3.10."""
    found = waits(world, wait(**{"for": 2, "unit": "hours"}), TAG)
    made(world, NOON)
    at(NOON + timedelta(hours=2))
    made(world, NOON + timedelta(hours=1))
    for minute in range(55, 190, 5):
        at(NOON + timedelta(minutes=minute))
        at(NOON + timedelta(minutes=minute - 5))
    assert len(runs(found, step=1)) == 2
    assert {run.results[0]["late"] for run in runs(found, step=1)} == {0}
