"""When somebody works: hours of departments, inherited; public holidays, make-up days and days of one's own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bosun.kernel import records
from bosun.kernel.errors import Denied, DoorError, Invalid, NotFound
from bosun.platform.org.models import Company
from bosun.platform.workday import hours
from bosun.platform.workday.models import WorkingHours
from tests.kernel.world import SYSTEM, World, build, create

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


@pytest.fixture
def world() -> World:
    return build()


def company(**values: Any) -> None:
    records.change("company", Company.objects.get().pk, values, SYSTEM)


def span(world: World, who: str, day: date) -> tuple[str, str] | None:
    found = hours.workday_of(world.actor(who), day)
    return (found.starts.isoformat(), found.ends.isoformat()) if found else None


def test_without_settings_people_work_from_nine_to_six_on_their_own_clock(world: World) -> None:
    company(zone="UTC", country="")
    assert span(world, "ann", MONDAY) == ("2026-11-23T09:00:00+01:00", "2026-11-23T18:00:00+01:00")
    assert span(world, "cyd", MONDAY) == ("2026-11-23T09:00:00+00:00", "2026-11-23T18:00:00+00:00")
    assert span(world, "ann", date(2026, 11, 22)) is None
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert hours.day_ends_at(world.actor("ann"), late) == datetime(2026, 11, 24, 17, tzinfo=UTC)


def test_what_a_department_leaves_empty_is_as_above_it(world: World) -> None:
    company(zone="UTC", country="ES")
    create("working_hours", starts="8:30", ends="17:00", weekdays=["mo", "tu", "we", "th"])
    create("working_hours", department=world.departments["sales"], country="CN")
    team = create("working_hours", department=world.departments["team a"], starts="10:00", ends="19:00")
    assert span(world, "cyd", MONDAY) == ("2026-11-23T08:30:00+00:00", "2026-11-23T17:00:00+00:00")
    assert span(world, "cyd", date(2026, 11, 27)) is None, "a Friday"
    assert span(world, "ann", MONDAY) == ("2026-11-23T10:00:00+01:00", "2026-11-23T19:00:00+01:00")
    assert span(world, "ann", date(2026, 10, 12)) is not None, "the National Day of Spain is worked in China"
    assert span(world, "ann", date(2026, 10, 10)) is not None, "a Saturday that makes up"
    assert span(world, "ann", date(2026, 10, 1)) is None
    records.remove_one("working_hours", team.pk, SYSTEM)
    assert span(world, "ann", MONDAY) == ("2026-11-23T08:30:00+01:00", "2026-11-23T17:00:00+01:00")
    records.change("departments", world.departments["team a"], {"parent": None}, SYSTEM)
    assert span(world, "ann", date(2026, 10, 12)) is None, "no more under the department in China"


def test_days_of_ones_own_hold_before_all_else_and_the_nearer_before_the_farther(world: World) -> None:
    company(zone="UTC", country="ES")
    create("calendar_exceptions", name="Between the years", kind="closed", day="2026-12-28", until="2026-12-30")
    create("calendar_exceptions", name="Fair", kind="working", day="2026-11-22", department=world.departments["sales"])
    create(
        "calendar_exceptions", name="Stock", kind="working", day="2026-12-29", department=world.departments["team a"]
    )
    worked = [day for day in (28, 29, 30, 31) if span(world, "ann", date(2026, 12, day))]
    assert worked == [29, 31]
    assert [day for day in (28, 29, 30, 31) if span(world, "cyd", date(2026, 12, day))] == [31]
    assert span(world, "cyd", date(2026, 11, 22)) is not None, "a Sunday"
    assert hours.next_workday(world.actor("cyd"), date(2026, 12, 24)).day == date(2026, 12, 31)


def test_a_part_of_a_country_has_holidays_of_its_own(world: World) -> None:
    company(zone="UTC", country="FR")
    create("working_hours", department=world.departments["team a"], country="es", subdivision="MD")
    assert span(world, "ann", date(2025, 5, 2)) is None
    assert span(world, "cyd", date(2025, 5, 2)) is not None
    assert WorkingHours.objects.get().name == "ES MD"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts": "9"}, "starts"),
        ({"starts": "09:00"}, "ends"),
        ({"starts": "18:00", "ends": "09:00"}, "ends"),
        ({"starts": "09:00", "ends": "18:00", "break_from": "13:00"}, "break_to"),
        ({"starts": "09:00", "ends": "18:00", "break_from": "08:00", "break_to": "09:30"}, "break_to"),
        ({"break_from": "13:00", "break_to": "14:00"}, "break_from"),
        ({"weekdays": ["monday"]}, "weekdays"),
        ({"country": "QQ"}, "country"),
        ({"country": "ES", "subdivision": "NOWHERE"}, "subdivision"),
    ],
)
def test_hours_that_cannot_be_are_refused_at_their_field(world: World, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        create("working_hours", **values)
    assert set(refused.value.by_field()) == {field}
    assert WorkingHours.objects.count() == 0


def test_a_department_has_its_hours_once(world: World) -> None:
    team = world.departments["team a"]
    create("working_hours", department=team, starts="09:00", ends="17:00")
    with pytest.raises(Invalid):
        create("working_hours", department=team, starts="10:00", ends="17:00")
    create("working_hours", starts="09:00", ends="17:00")
    with pytest.raises(Invalid):
        create("working_hours", starts="10:00", ends="17:00")
    assert sorted(WorkingHours.objects.values_list("starts", flat=True)) == ["09:00", "09:00"]


def test_a_rep_reads_the_hours_and_changes_none(world: World) -> None:
    made = create("working_hours", starts="09:00", ends="17:00")
    assert records.get("working_hours", made.pk, world.actor("cyd")).starts == "09:00"
    acts: list[Any] = [
        lambda: records.change("working_hours", made.pk, {"ends": "12:00"}, world.act("ann")),
        lambda: records.remove_one("working_hours", made.pk, world.act("ann")),
        lambda: records.create("calendar_exceptions", {"name": "Mine", "day": "2026-11-23"}, world.act("ann")),
    ]
    for act in acts:
        with pytest.raises((Denied, NotFound, DoorError)):
            act()
    assert list(WorkingHours.objects.values_list("ends", "deleted_at")) == [("17:00", None)]
    assert span(world, "cyd", MONDAY) is not None
