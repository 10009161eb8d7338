"""The reminders of today on my day, and in the number beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Occurrence
from tests.kernel.world import SYSTEM, World
from tests.platform.reminding import NINE, grant
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def remind(world: World, text: str, due: Any, **values: Any) -> Any:
    return records.create("reminders", {"text": text, "due_at": due, **values}, world.act("ann"))


def shown(page: str) -> list[tuple[str, str]]:
    """Name and time of each, as the section has them."""
    found = re.search(r'<section id="reminders".*?</section>', page, re.DOTALL)
    lines = re.findall(r"<li id=.*?</li>", found[0], re.DOTALL) if found else []
    return [
        (re.findall(r'<a class="cut"[^>]*>(.*?)</a>', each)[0], re.findall(r">([^<>]+)</span></span>\s*</li>", each)[0])
        for each in lines
    ]


def number(page: str) -> int:
    """What stands beside “My day”."""
    found = re.search(r'href="/day"[^>]*>.*?<span class="n">(\d+)', page, re.DOTALL)
    return int(found[1]) if found else 0


def test_my_day_holds_the_reminders_of_today(world: World, sit: Sit) -> None:
    """Told yesterday and never done, told now, to come today once and again; not tomorrow's, not a task's, not done."""
    with clock.fixed(NINE - 30 * HOUR):
        remind(world, "Old one", NINE - 26 * HOUR)
        task = records.create("tasks", {"subject": "A task", "due": NINE}, world.act("ann"))
    with clock.fixed(NINE - HOUR):
        engine.tick()
        remind(world, "Now", NINE)
        remind(world, "Of the task", NINE, about={"entity": "tasks", "id": task.pk})
        remind(world, "Later", NINE + 2 * HOUR, about=about(world))
        remind(world, "Each day", NINE + 3 * HOUR, rule="FREQ=DAILY")
        remind(world, "Tomorrow", NINE + 24 * HOUR)
        done = remind(world, "Done", NINE)
    with clock.fixed(NINE):
        engine.tick()
        records.run_verb("reminders", [done.pk], "done", {}, world.act("ann"))
        page = sit("ann").get("/day")
    names = [name for name, _when in shown(page)]
    assert names == ["Old one", "Now", "Later", "Each day"]
    assert "Halden Paper" in page
    assert number(page) == 4, "what the sheet asks for: the old one, two of today, and the task"
    with clock.fixed(NINE):
        assert shown(sit("ben").get("/day")) == []
        held = Occurrence.objects.get(text="Now")
        records.run_verb("occurrences", [held.pk], "snooze", {"minutes": 1440}, world.act("ann"))
        names = [name for name, _when in shown(sit("ann").get("/day"))]
    assert names == ["Old one", "Later", "Each day"]


def about(world: World) -> dict[str, Any]:
    return {"entity": "customers", "id": records.create("customers", {"name": "Halden Paper"}, world.act("ann")).pk}


def test_the_name_of_what_is_closed_is_not_shown(world: World, sit: Sit) -> None:
    with clock.fixed(NINE - HOUR):
        customer = about(world)
        remind(world, "Later", NINE + HOUR, about=customer, follows_owner=False)
        records.change("customers", customer["id"], {"owner": world.people["cyd"]}, SYSTEM)
    with clock.fixed(NINE):
        page = sit("ann").get("/day")
    assert [name for name, _when in shown(page)] == ["Later"]
    assert "Halden Paper" not in page


def test_a_reminder_of_a_task_that_does_not_stand_on_this_day_does(world: World, sit: Sit) -> None:
    """Of somebody else's task, and of one's own that is due on another day."""
    with clock.fixed(NINE - HOUR):
        of_ben = records.create("tasks", {"subject": "Of Ben", "due": NINE}, world.act("ann"))
        later = records.create("tasks", {"subject": "Later", "due": NINE + 96 * HOUR}, world.act("ann"))
        remind(world, "Ask Ben", NINE, about={"entity": "tasks", "id": of_ben.pk}, follows_owner=False)
        records.change("tasks", of_ben.pk, {"owner": world.people["ben"]}, SYSTEM)
        remind(world, "Begin early", NINE, about={"entity": "tasks", "id": later.pk})
    with clock.fixed(NINE):
        engine.tick()
        page = sit("ann").get("/day")
    assert [name for name, _when in shown(page)] == ["Ask Ben", "Begin early"]
    assert number(page) == 2
