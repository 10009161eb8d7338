"""The page of what is coming, the API of it, the card that is wrong, and what the system page measures."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.reminders.models import Notice
from tests.kernel.world import World
from tests.platform.reminding import NINE, grant, remind, tick
from tests.web.conftest import Seat

NOW = NINE - timedelta(hours=1)


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def test_the_page_groups_by_person(world: World, sit: Callable[[str], Seat]) -> None:
    remind(world)
    remind(world, "cyd", text="Foreign")
    with clock.fixed(NOW):
        anns, adas = sit("ann").get("/preview"), sit("ada").get("/preview?days=14")
        only = sit("ada").get("/preview", person=str(world.people["cyd"]))
        sit("ann").get("/preview", 404, person=str(world.people["cyd"]))
    assert "Call Priya" in anns
    assert "Foreign" not in anns
    assert "Call Priya" in adas
    assert "Foreign" in adas
    assert "Call Priya" not in only
    assert Client().get("/preview").status_code == 302


def test_a_persons_lines_stand_under_their_days(world: World, sit: Callable[[str], Seat]) -> None:
    for text, away in (("Call Priya", 0), ("Write to Oak", 1), ("Fetch papers", 25), ("Visit Elm", 72)):
        remind(world, text=text, due_at=NINE + timedelta(hours=away))
    with clock.fixed(NOW):
        page = sit("ann").get("/preview").partition('id="snooze-menu"')[0]
    found = re.findall(r'class="small m dayline">([^<]+)<|>(\d\d:\d\d)<', page)
    assert ["".join(each) for each in found] == [
        "Today", "10:00", "11:00", "Tomorrow", "11:00", "Thu 26 Nov", "10:00",
    ]  # fmt: skip


def test_programs_get_the_same(world: World, sit: Callable[[str], Seat]) -> None:
    row = remind(world)
    with clock.fixed(NOW):
        found = sit("ann").picked("/api/v1/preview?days=7")
        refused = [
            sit("ann").client.get(f"/api/v1/preview?{query}").status_code
            for query in ("days=0", "days=99", "days=x", f"person={world.people['cyd']}", "who=1")
        ]
    assert found == {
        "days": 7,
        "until": "2026-11-30T08:00:00Z",
        "items": [
            {
                "person": {"id": world.people["ann"], "name": "Ann"},
                "at": "2026-11-23T09:00:00Z",
                "text": "Call Priya",
                "reason": "reminder",
                "says": "Reminder",
                "why": "",
                "record": {"entity": "reminders", "id": row.pk},
            }
        ],
        "more": False,
    }
    assert refused == [422, 422, 422, 404, 400]
    assert Client().get("/api/v1/preview").status_code == 401


def test_a_card_that_is_wrong_is_passed_on(world: World, sit: Callable[[str], Seat]) -> None:
    remind(world)
    tick(NINE)
    at = f"/notices/{Notice.objects.get().pk}/wrong"
    assert "Call Priya" in sit("ann").fragment(at)
    sit("ann").send(at, 422, words="")
    sit("cyd").send(at, 404, words="Not mine")
    assert Notice.objects.count() == 1
    sit("ann").send(at, 204, words="Wrong day")
    assert Notice.objects.latest("pk").text == "Ann says this is wrong: Wrong day (Call Priya)"


def test_the_system_page_shows_how_late_and_what_would_mislead(world: World, sit: Callable[[str], Seat]) -> None:
    remind(world)
    records.create("tasks", {"subject": "Some day"}, world.act("ann"))
    tick(NINE + timedelta(seconds=3))
    with clock.fixed(NINE + timedelta(minutes=1)):
        page = sit("ada").get("/settings/system")
    assert "3.0 s" in page
    assert "Open tasks without a due time" in page
    assert "filter=%7B%22all%22" in page
    sit("ann").get("/settings/system", 403)
