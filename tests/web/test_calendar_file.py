"""Reminders of one's own from a calendar file: seen first, made once, refused with what is wrong and where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bosun.kernel import records
from bosun.kernel.errors import Invalid
from bosun.lib import clock
from bosun.platform.feeds import bringing
from bosun.platform.reminders.models import Reminder
from tests.kernel.world import World
from tests.platform.reminding import grant
from tests.web.conftest import Seat

ADDRESS = "/reminders/calendar-file"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def calendar(*events: str) -> str:
    parts = [f"BEGIN:VEVENT\r\n{each}\r\nEND:VEVENT" for each in events]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *parts, "END:VCALENDAR", ""])


VISIT = "UID:1\r\nSUMMARY:Visit\r\nDTSTART:20261123T090000Z"
FAIR = "UID:2\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:20261124"
WEEKLY = "UID:3\r\nSUMMARY:Weekly\r\nDTSTART;TZID=Europe/Madrid:20261102T090000\r\nRRULE:FREQ=WEEKLY;COUNT=5"
OVER = "UID:4\r\nSUMMARY:Past\r\nDTSTART:20261101T090000Z"
NEVER = "UID:5\r\nSUMMARY:Never\r\nDTSTART:20261123T090000Z\r\nRRULE:FREQ=SECONDLY"


def check(seat: Seat, text: str) -> str:
    with clock.fixed(NOW):
        return seat.send(ADDRESS, 422, file=SimpleUploadedFile("a.ics", text.encode())).content.decode()


def make(seat: Seat, text: str, status: int = 204) -> Any:
    with clock.fixed(NOW):
        return seat.send(ADDRESS, status, text=text)


def test_entries_are_shown_and_then_become_reminders(world: World, sit: Callable[[str], Seat]) -> None:
    seat, text = sit("ann"), calendar(VISIT, FAIR, WEEKLY, OVER, NEVER)
    assert ADDRESS in seat.get("/reminders")
    assert ADDRESS in seat.get("/tasks")
    assert "From a calendar file" in seat.get(ADDRESS)
    shown = check(seat, text)
    assert not Reminder.objects.exists()
    for said in (
        "1. Visit", "2. Fair", "3. Weekly", "4. Past", "It is over.", "5. Never",
        "It comes again by a rule that is not known here.", "Make 3 reminders",
    ):  # fmt: skip
        assert said in shown
    make(seat, text)
    held = {row.text: row for row in Reminder.objects.all()}
    assert {name: (row.due_at, row.rule) for name, row in held.items()} == {
        "Visit": (datetime(2026, 11, 23, 9, tzinfo=UTC), None),
        # A day without an hour: nine o'clock in Madrid.
        "Fair": (datetime(2026, 11, 24, 8, tzinfo=UTC), None),
        # Three of five have passed.
        "Weekly": (datetime(2026, 11, 23, 8, tzinfo=UTC), "FREQ=WEEKLY;COUNT=2"),
    }
    assert held["Weekly"].timezone == "Europe/Madrid"
    assert {row.owner_id for row in held.values()} == {world.people["ann"]}
    again = check(seat, text)
    assert again.count("Here already") == 3
    make(seat, text)
    assert Reminder.objects.count() == 3
    # Another's are others.
    make(sit("cyd"), calendar(VISIT))
    assert Reminder.objects.filter(owner_id=world.people["cyd"]).count() == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "This is no calendar file, or a damaged one."),
        (
            calendar(VISIT).replace("PRODID:x", "PRODID:x\r\nthis is no line"),
            "This calendar file is damaged in line 4: this is no line",
        ),
        (calendar(), "There is nothing in this calendar file."),
        (calendar(*[f"UID:{n}\r\nSUMMARY:x\r\nDTSTART:20261123T090000Z" for n in range(501)]), "holds too much"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_and_where(
    world: World, sit: Callable[[str], Seat], text: str, said: str
) -> None:
    assert said in check(sit("ann"), text)
    make(sit("ann"), text, 422)
    assert not Reminder.objects.exists()


def test_nobody_else_makes_reminders_by_it(world: World, sit: Callable[[str], Seat]) -> None:
    assert Client().post(ADDRESS, {"text": calendar(VISIT)}).status_code == 302
    world.grant("rep", {"reminders": {"read": "own"}})
    assert make(sit("ann"), calendar(VISIT), 403)
    assert not Reminder.objects.exists()


def test_an_end_in_utc_is_kept_on_the_clock_of_its_zone(world: World, sit: Callable[[str], Seat]) -> None:
    until = "UID:7\r\nSUMMARY:Late\r\nDTSTART;TZID=America/New_York:20261201T200000\r\nRRULE:FREQ=DAILY;UNTIL="
    make(sit("ann"), calendar(f"{until}20261204T010000Z"))
    row = Reminder.objects.get()
    assert row.rule == "FREQ=DAILY;UNTIL=20261203T200000"
    assert row.due_at == datetime(2026, 12, 2, 1, tzinfo=UTC)


@pytest.mark.data
def test_each_file_of_a_public_set_is_planned_or_refused_with_a_message(world: World, data_folder: Path) -> None:
    env = records.environment(world.actor("ann"))
    files = sorted((data_folder / "ics_icalendar").rglob("*.ics"))
    taken = refused = made = 0
    with clock.fixed(NOW - timedelta(days=8000)):
        for path in files:
            try:
                planned = bringing.plan(path.read_bytes(), env)
            except Invalid as error:
                refused += bool(error.title)
                continue
            taken += 1
            assert all(each.values or each.state == "here" or each.said for each in planned), path
            made += bringing.bring(planned, world.act("ann"))
    assert (len(files), taken + refused) == (163, 163)
    assert Reminder.objects.count() == made
    print(f"calendar files: {taken} taken, {refused} refused, {made} reminders")
    assert made > 0
