"""A reminder in one line: shown as it was understood before it is made, from the palette, the bell and any record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from bosun.lib import clock
from bosun.platform.reminders import opening
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from tests.kernel.world import World
from tests.platform.reminding import NINE, grant, remind, tick
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]
MONDAY = "every Monday 9:00 sales meeting, prepare material, nag 30 min"


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)
    opening.forget()


def wall(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo('Europe/Madrid')):%a %H:%M}"


def test_a_line_is_shown_as_understood_and_then_made(world: World, sit: Sit) -> None:
    ann = sit("ann")
    shown = ann.send("/remind", 422, line=MONDAY).content.decode()
    assert "<b>sales meeting</b>" in shown
    assert "to prepare: prepare material" in shown
    assert "Every week on Mon" in shown
    assert "again every 30 minutes until done" in shown
    assert not Reminder.objects.exists()
    ann.send("/remind", 204, line=MONDAY, understood=MONDAY)
    made = Reminder.objects.get()
    assert (made.text, made.rule, made.nag_minutes) == ("sales meeting", "FREQ=WEEKLY;BYDAY=MO", 30)
    assert made.checklist == [{"text": "prepare material", "done": False}]
    assert (wall(made.due_at), made.timezone, made.owner_id) == ("Mon 09:00", "Europe/Madrid", world.people["ann"])


def test_another_line_is_shown_anew(world: World, sit: Sit) -> None:
    sit("ann").send("/remind", 422, line="tomorrow 15:00 tea", understood=MONDAY)
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    ("line", "said"), [("buy paper", "Say when"), ("tomorrow 15:00", "Say what"), ("", "Say when")]
)
def test_what_says_too_little_is_asked_for(world: World, sit: Sit, line: str, said: str) -> None:
    assert said in sit("ann").send("/remind", 422, line=line, understood=line).content.decode()
    assert not Reminder.objects.exists()


def test_from_a_record_it_is_about_that_record(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    line = "tomorrow 15:00"
    sit("ann").send(f"/remind/customers/{customer.pk}", 422, line=line)
    sit("ann").send(f"/remind/customers/{customer.pk}", 204, line=line, understood=line)
    made = Reminder.objects.get()
    assert (made.text, made.about_entity, made.about_id) == ("Halden Paper", "customers", customer.pk)
    sit("cyd").send(f"/remind/customers/{customer.pk}", 404, line=line, understood=line)
    assert Reminder.objects.count() == 1


def test_the_palette_offers_what_it_understood(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    ann = sit("ann")
    found = ann.picked(f"/palette?q={quote('明天下午3点 给李总打电话')}&on=customers/{customer.pk}")["groups"]
    item: Any = next(group for group in found if group["label"] == "Reminder")["items"][0]
    assert item["label"] == "Remind me: 给李总打电话"
    ann.send(item["post"], 204)
    made = Reminder.objects.get()
    assert (made.text, made.about_id, wall(made.due_at)[4:]) == ("给李总打电话", customer.pk, "15:00")
    assert not [each for each in ann.picked("/palette?q=Halden")["groups"] if each["label"] == "Reminder"]
    sit("cyd").send(item["post"], 404)
    assert Reminder.objects.count() == 1


def test_done_on_the_card_of_a_series_leaves_the_series(world: World, sit: Sit) -> None:
    due = clock.now().replace(microsecond=0)
    row = remind(world, due=due, rule="FREQ=DAILY", nag_minutes=30)
    tick(due)
    sit("ann").send(f"/notices/{Notice.objects.get().pk}/done", 204)
    assert Occurrence.objects.get().state == "done"
    row.refresh_from_db()
    assert row.state == "open"
    assert row.next_at > due


def test_opening_a_page_tells_what_waited_for_it(world: World, sit: Sit) -> None:
    remind(world, due=datetime(2026, 1, 5, 9, tzinfo=UTC), on_opening=True)
    tick(NINE)
    assert not Notice.objects.exists()
    sit("cyd").get("/customers")
    assert not Notice.objects.exists()
    assert "Call Priya" in sit("ann").get("/customers")
    assert Notice.objects.get().person_id == world.people["ann"]
