"""Reminders and their times as pages show them: when, how often, for whom, and what one may do from there."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.deliveries import configured
from bosun.platform.org.models import Person
from bosun.platform.reminders.models import Occurrence, Reminder
from tests.kernel.world import World
from tests.platform.reminding import NINE, grant, remind, tick
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def beside(page: str, title: str) -> list[tuple[str, str]]:
    """Name and note of each item of a list at the side of a page."""
    part = next(each for each in page.split('<section class="rel">') if f">{title}<" in each)
    found = re.findall(
        r'<a class="rl"[^>]*><span class="cut grow">(.*?)</span><span class="end cut">(.*?)</span>', part
    )
    return [(html.unescape(name), html.unescape(note)) for name, note in found]


def test_whoever_reminds_others_sees_who_has_done_it(world: World, sit: Sit) -> None:
    ann, ben = world.people["ann"], world.people["ben"]
    row = remind(world, "ben", people=[ann, ben])
    tick(NINE)
    held = Occurrence.objects.get(owner_id=ann)
    with clock.fixed(NINE + HOUR):
        records.run_verb("occurrences", [held.pk], "done", {}, world.act("ann"))
        page = sit("ben").get(f"/reminders/{row.pk}")
    assert sorted(beside(page, "Occurrences")) == [
        ("Ann", "Done · 23 Nov 2026 10:00"), ("Ben", "Open · 23 Nov 2026 10:00"),
    ]  # fmt: skip


def test_a_series_of_which_nothing_stands_open_is_ended_but_not_done(world: World, sit: Sit) -> None:
    row = remind(world, rule="FREQ=WEEKLY")
    verbs = {name: f'"/reminders/{row.pk}/verbs/{name}"' for name in ("done", "snooze", "end")}
    with clock.fixed(NINE - HOUR):
        page = sit("ann").get(f"/reminders/{row.pk}")
    assert [name for name, address in verbs.items() if address in page] == ["end"]
    tick(NINE)
    with clock.fixed(NINE):
        page = sit("ann").get(f"/reminders/{row.pk}")
    assert [name for name, address in verbs.items() if address in page] == ["done", "snooze", "end"]


def test_a_reminder_is_handed_over_from_the_page_of_one_time_of_it(world: World, sit: Sit) -> None:
    row = remind(world)
    tick(NINE)
    each = Occurrence.objects.get()
    dialog = f"/reminders/{row.pk}/verbs/transfer"
    assert f'data-dialog="{dialog}"' in sit("ann").get(f"/occurrences/{each.pk}")
    sit("ann").send(dialog, 204, owner=world.people["ben"])
    each.refresh_from_db()
    assert each.owner_id == world.people["ben"]
    assert Reminder.objects.get().owner_id == world.people["ben"]


def test_whoever_is_reminded_by_another_hands_nothing_over(world: World, sit: Sit) -> None:
    row = remind(world, "ben", people=[world.people["ann"]])
    tick(NINE)
    assert f"/reminders/{row.pk}/verbs" not in sit("ann").get(f"/occurrences/{Occurrence.objects.get().pk}")


def cells(page: str, name: str) -> list[str]:
    """One column of a list, in words."""
    found = re.findall(rf'<td[^>]*data-name="{name}"[^>]*>(.*?)</td>', page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", each)).strip() for each in found]


def test_the_list_says_when_to_the_minute_what_is_overdue_and_how_often_it_nags(world: World, sit: Sit) -> None:
    remind(world, text="Over", due=NINE - HOUR)
    remind(world, text="Soon", due=NINE + 2 * HOUR, nag_minutes=30)
    remind(world, text="Wednesday", due=NINE + 48 * HOUR, nag_minutes=60)
    remind(world, text="Weekly", due=NINE - 24 * HOUR, rule="FREQ=WEEKLY", nag_minutes=1440)
    tick(NINE - HOUR)
    with clock.fixed(NINE):
        page = sit("ann").get("/reminders", view="mine", sort="due_at")
    assert cells(page, "due_at") == ["Sun 10:00", "Overdue, 09:00", "Today 12:00", "Wed 10:00"]
    assert cells(page, "nag_minutes") == ["Every day", "–", "Every 30 minutes", "Every hour"]
    assert 'class="cyc overdue"' in page


def test_what_is_done_keeps_its_time_in_the_list(world: World, sit: Sit) -> None:
    row = remind(world)
    tick(NINE)
    with clock.fixed(NINE):
        records.run_verb("reminders", [row.pk], "done", {}, world.act("ann"))
        assert cells(sit("ann").get("/reminders", view="done"), "due_at") == ["23 Nov 2026 10:00"]


def test_only_people_whom_one_may_remind_are_offered(world: World, sit: Sit) -> None:
    assert '"/remind/people"' in sit("ben").get("/reminders/new")
    names = {who: [item["name"] for item in sit(who).picked("/remind/people")["items"]] for who in ("ann", "ben")}
    assert {who: sorted(each) for who, each in names.items()} == {"ann": ["Ann"], "ben": ["Ann", "Ben"]}
    assert sit("ben").picked("/remind/people?q=cyd")["items"] == []
    assert sorted(item["name"] for item in sit("ada").picked("/remind/people")["items"]) == ["Ada", "Ann", "Ben", "Cyd"]


def test_channels_are_asked_for_where_any_is_set_up(world: World, sit: Sit) -> None:
    assert 'name="channels"' not in sit("ann").get("/reminders/new")
    sit("ann").post("/reminders/new", text="Call Priya", due_at="2030-11-25T10:00", nag_minutes="0")
    assert Reminder.objects.get().text == "Call Priya"
    configured.save("email", {}, enabled=True)
    assert 'name="channels' in sit("ann").get("/reminders/new")


@pytest.mark.parametrize(("year", "zone"), [(9999, "Asia/Shanghai"), (1, "America/New_York")])
def test_a_time_at_the_end_of_the_calendar_is_drawn_in_any_zone(world: World, sit: Sit, year: int, zone: str) -> None:
    row = remind(world)
    edge = datetime(9999, 12, 31, 22, 59, tzinfo=UTC) if year == 9999 else datetime(1, 1, 1, 1, tzinfo=UTC)
    Reminder.objects.filter(pk=row.pk).update(due_at=edge, next_at=edge)
    Person.objects.filter(pk=world.people["ann"]).update(zone=zone)
    ann = sit("ann")
    for address in ("/reminders", f"/reminders/{row.pk}", f"/reminders/{row.pk}/edit"):
        assert "Call Priya" in ann.get(address)
