"""Rules that act by time at dates that users invented, and in working days that know public holidays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bosun.kernel import records, stamps
from bosun.lib import clock
from bosun.platform.automation import ticking
from tests.kernel.world import SYSTEM, World
from tests.platform.test_automation_engine import rule, runs

TAG = [{"action": "tag", "add": ["due"]}]


def company(**values: str) -> None:
    """How the company is."""
    (row,) = records.query("company", SYSTEM.actor).page(limit=1).items
    records.change("company", row.pk, {"zone": "UTC", **values}, SYSTEM)
    stamps.refresh()


def ticks(*moments: datetime) -> None:
    """The workers' looks at the clock."""
    for moment in moments:
        with clock.fixed(moment):
            stamps.refresh()
            while ticking.tick(moment):
                pass


@pytest.mark.parametrize(("country", "day"), [("ES", 8), ("", 9)])
def test_working_days_leave_out_the_public_holidays_of_the_company(world: World, country: str, day: int) -> None:
    company(country=country)
    start = datetime(2026, 10, 1, tzinfo=UTC)
    with clock.fixed(start):
        trigger = {"at": "closes", "offset": -2, "unit": "workdays", "hour": 9}
        made = rule(world, "opportunities.time", TAG, trigger=trigger)
    ticks(start)
    records.create("opportunities", {"name": "Halden", "closes": "2026-10-13", "opened": None}, SYSTEM)
    at = datetime(2026, 10, day, 9, tzinfo=UTC)
    ticks(at - timedelta(minutes=1))
    assert runs(made) == []
    ticks(at)
    assert [run.results[0]["due"] for run in runs(made)] == [at.isoformat()]


@pytest.mark.parametrize(
    ("kind", "value", "due"),
    [
        ("date", "2026-11-25", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("datetime", "2026-11-25T14:30:00Z", datetime(2026, 11, 23, 14, 30, tzinfo=UTC)),
    ],
)
def test_an_invented_date_starts_a_rule(world: World, kind: str, value: str, due: datetime) -> None:
    company()
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    records.create("custom_fields", {"entity": "customers", "name": "x_visit", "label": "Visit", "kind": kind}, SYSTEM)
    stamps.refresh()
    with clock.fixed(noon):
        made = rule(world, "customers.time", TAG, trigger={"at": "x_visit", "offset": -2, "hour": 9})
        held = world.customer("ann", name="Halden", x_visit=value)
        world.customer("ann", name="Tromp")
        world.customer("ann", name="Later", x_visit=value.replace("-25", "-27"))
    ticks(noon, due - timedelta(minutes=1))
    assert runs(made) == []
    ticks(due, due + timedelta(hours=1))
    assert [(run.record_id, run.results[0]["due"]) for run in runs(made)] == [(held.pk, due.isoformat())]
