"""Working hours in the settings: one page for all, dialogs for each, and nobody else's to change."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bosun.kernel import records
from bosun.platform.org.models import Company
from bosun.platform.workday.models import CalendarException, WorkingHours
from tests.kernel.world import SYSTEM, World
from tests.web.conftest import Seat


@pytest.fixture
def spain(world: World) -> World:
    records.change("company", Company.objects.get().pk, {"country": "ES", "name": "Halyard"}, SYSTEM)
    return world


def test_hours_are_set_inherited_and_taken_back(spain: World, sit: Callable[[str], Seat]) -> None:
    ada = sit("ada")
    page = ada.get("/settings/workdays")
    assert page.count("09:00 to 18:00") == 4, "the company and three departments"
    assert page.count("Mon to Fri") == 4
    team = spain.departments["team a"]
    assert "As above" in ada.fragment(f"/settings/workdays/{team}")
    hours = {"starts": "10:00", "ends": "19:00", "break_from": "14:00", "break_to": "15:00", "country": "CN"}
    ada.send(f"/settings/workdays/{team}", 204, **hours, weekdays=["mo", "we"])
    page = ada.get("/settings/workdays")
    assert page.count("09:00 to 18:00") == 3
    for said in ("10:00 to 19:00, break 14:00 to 15:00", "Mon, Wed", "China"):
        assert page.count(said) == 1, said
    row = WorkingHours.objects.get()
    assert (row.department_id, row.weekdays, row.starts, row.country) == (team, ["mo", "we"], "10:00", "CN")
    ada.send(f"/settings/workdays/{team}", 422, starts="19:00", ends="10:00", version=row.version)
    ada.send(f"/settings/workdays/{team}", 204, **dict.fromkeys(hours, ""), version=row.version)
    row.refresh_from_db()
    assert (row.weekdays, row.starts, row.break_from, row.country) == (None, None, None, None)
    ada.send(f"/settings/workdays/{team}/remove", 204)
    assert ada.get("/settings/workdays").count("09:00 to 18:00") == 4
    ada.send("/settings/workdays/0", 204, starts="08:00", ends="16:00")
    assert ada.get("/settings/workdays").count("08:00 to 16:00") == 4


def test_days_of_ones_own(spain: World, sit: Callable[[str], Seat]) -> None:
    ada = sit("ada")
    day = {"name": "Summer party", "kind": "closed", "day": "2027-06-25"}
    ada.send("/settings/workdays/days/new", 204, **day)
    page = ada.get("/settings/workdays")
    assert "Summer party" in page
    assert "Halyard" in page
    row = CalendarException.objects.get()
    ada.send(f"/settings/workdays/days/{row.pk}", 204, **{**day, "kind": "working"}, version=row.version)
    assert CalendarException.objects.get().kind == "working"
    ada.send(f"/settings/workdays/days/{row.pk}", 422, **{**day, "until": "2027-06-01"}, version=row.version + 1)
    ada.send(f"/settings/workdays/days/{row.pk}/remove", 204)
    assert "None. Public holidays come by themselves." in ada.get("/settings/workdays")


@pytest.mark.parametrize("who", ["ann", "ben"])
def test_nobody_else_changes_them(who: str, spain: World, sit: Callable[[str], Seat]) -> None:
    seat, team = sit(who), spain.departments["team a"]
    seat.get("/settings/workdays", 403)
    for address in (f"/settings/workdays/{team}", "/settings/workdays/days/new", f"/settings/workdays/{team}/remove"):
        assert (
            seat.client.post(
                address, {"starts": "01:00", "ends": "02:00", "name": "x", "day": "2027-01-01"}
            ).status_code
            == 403
        )
    assert (WorkingHours.objects.count(), CalendarException.objects.count()) == (0, 0)


def test_addresses_that_lead_nowhere(spain: World, sit: Callable[[str], Seat]) -> None:
    for place in (
        "999999",
        "99999999999999999999",
        "0/remove",
        "999999/remove",
        "days/999999",
        "99999999999999999999/remove",
    ):
        assert "There is nothing here" in sit("ada").get(f"/settings/workdays/{place}", 404)
