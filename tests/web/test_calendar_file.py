"""Reminders of one's own from a calendar file: seen first, made once, refused with what is wrong and where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bosun.kernel import records
from bosun.kernel.errors import Invalid
from bosun.lib import clock, recurrence
from bosun.platform.feeds import bringing
from bosun.platform.reminders.models import Reminder
from tests.kernel.world import SYSTEM, World
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


def test_an_event_that_moved_moves_its_reminder(world: World, sit: Callable[[str], Seat]) -> None:
    seat, moved = sit("ann"), calendar(VISIT.replace("23T09", "24T10"))
    make(seat, calendar(VISIT, WEEKLY))
    held = Reminder.objects.get(text="Visit")
    assert check(seat, moved).count("Moved since") == 1
    make(seat, moved)
    assert "1 reminder was moved." in seat.get("/reminders")
    row = Reminder.objects.get(text="Visit")
    assert (row.pk, row.due_at) == (held.pk, datetime(2026, 11, 24, 10, tzinfo=UTC))
    assert check(seat, moved).count("Here already") == 1
    make(seat, calendar(WEEKLY.replace("FREQ=WEEKLY;COUNT=5", "FREQ=DAILY")))
    assert Reminder.objects.get(text="Weekly").rule == "FREQ=DAILY"
    assert Reminder.objects.count() == 2


def todo(*lines: str) -> str:
    return calendar("\r\n".join(["UID:1", "SUMMARY:Offer", "DUE:20261124T090000Z", *lines])).replace("VEVENT", "VTODO")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (calendar(f"{VISIT}\r\nSTATUS:CANCELLED"), "It is cancelled."),
        (calendar(f"{VISIT}\r\nRRULE:FREQ=WEEKLY\r\nSTATUS:cancelled"), "It is cancelled."),
        (todo("STATUS:CANCELLED"), "It is cancelled."),
        (todo("STATUS:COMPLETED"), "It is done already."),
        (todo("COMPLETED:20261101T090000Z"), "It is done already."),
        (calendar(f"{VISIT}\r\nATTENDEE;PARTSTAT=DECLINED:MAILTO:Ann@Example.com"), "You have declined it."),
        (
            calendar(f"{VISIT}\r\nATTENDEE:mailto:x@example.com\r\nATTENDEE;PARTSTAT=declined:mailto:ann@example.com"),
            "You have declined it.",
        ),
    ],
)
def test_what_is_off_or_done_is_left_out_with_a_reason(
    world: World, sit: Callable[[str], Seat], text: str, said: str
) -> None:
    records.change("users", world.people["ann"], {"email": "ann@example.com"}, SYSTEM)
    assert said in check(sit("ann"), text)
    make(sit("ann"), text)
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        calendar(f"{VISIT}\r\nSTATUS:CONFIRMED\r\nATTENDEE;PARTSTAT=DECLINED:mailto:other@example.com"),
        calendar(f"{VISIT}\r\nSTATUS:TENTATIVE\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.com"),
        todo("STATUS:IN-PROCESS"),
    ],
)
def test_what_stands_and_what_others_declined_is_taken(world: World, sit: Callable[[str], Seat], text: str) -> None:
    records.change("users", world.people["ann"], {"email": "ann@example.com"}, SYSTEM)
    make(sit("ann"), text)
    assert Reminder.objects.count() == 1


def test_what_was_changed_or_handed_over_is_not_moved_and_what_is_done_comes_once_more(
    world: World, sit: Callable[[str], Seat]
) -> None:
    seat, moved = sit("ann"), calendar(VISIT.replace("23T09", "24T10"))
    make(seat, calendar(VISIT))
    row = Reminder.objects.get()
    with clock.fixed(NOW):
        records.change("reminders", row.pk, {"due_at": "2026-11-25T09:00:00Z"}, world.act("ann"))
    assert check(seat, calendar(VISIT)).count("Here already") == 1
    with clock.fixed(NOW):
        records.change("reminders", row.pk, {"owner": world.people["cyd"]}, SYSTEM)
    assert check(seat, moved).count("Here already") == 1
    with clock.fixed(NOW):
        records.change("reminders", row.pk, {"owner": world.people["ann"]}, SYSTEM)
        records.run_verb("reminders", [row.pk], "done", {}, world.act("ann"))
    assert check(seat, calendar(VISIT)).count("Here already") == 1
    make(seat, moved)
    assert list(Reminder.objects.order_by("pk").values_list("state", "due_at")) == [
        ("done", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("open", datetime(2026, 11, 24, 10, tzinfo=UTC)),
    ]


def test_one_in_the_bin_is_made_once_more_where_that_is_wanted(world: World, sit: Callable[[str], Seat]) -> None:
    seat, text = sit("ann"), calendar(VISIT)
    make(seat, text)
    records.remove_one("reminders", Reminder.objects.get().pk, world.act("ann"))
    shown = check(seat, text)
    said = ("In the bin", "Make those in the bin once more", "Here already")
    assert [each in shown for each in said] == [True, True, False]
    make(seat, text)
    assert not Reminder.objects.filter(deleted_at=None).exists()
    with clock.fixed(NOW):
        seat.send(ADDRESS, 204, text=text, anew="1")
    assert Reminder.objects.get(deleted_at=None).due_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert check(seat, text).count("Here already") == 1


def test_a_file_that_calls_several_events_alike_loses_none(world: World, sit: Callable[[str], Seat]) -> None:
    text = calendar(VISIT, VISIT.replace("23T09", "24T10"), VISIT)
    make(sit("ann"), text)
    assert sorted(Reminder.objects.values_list("due_at", flat=True)) == [
        datetime(2026, 11, 23, 9, tzinfo=UTC),
        datetime(2026, 11, 24, 10, tzinfo=UTC),
    ]
    assert check(sit("ann"), text).count("Here already") == 3


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


def test_old_series_take_no_longer_than_a_moment(world: World) -> None:
    """Each is gone through from 1900 on, as its times are counted; what comes once is taken all the same."""
    old = "SUMMARY:Leap\r\nDTSTART:19000101T090000\r\nRRULE:FREQ=DAILY;COUNT=9999;BYMONTH=2;BYMONTHDAY=29"
    file = calendar(*[f"UID:old{n}\r\n{old}" for n in range(100)], VISIT).encode()
    with clock.fixed(NOW):
        env, begun = records.environment(world.actor("ann")), thread_time()
        planned = bringing.plan(file, env)
    assert thread_time() - begun < bringing.PATIENCE * 4
    assert [planned[0].state, planned[-1].state] == ["new", "new"]
    assert planned[0].values["due_at"] == datetime(2028, 2, 29, 8, tzinfo=UTC)
    assert {each.said for each in planned[10:100]} == {
        "It has come since too long ago to say quickly when it comes next."
    }


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


def firm(offset: str = "-0500", more: str = "") -> str:
    """A time zone of the file's own, that never changes."""
    part = f"DTSTART:19700101T000000\r\nTZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\n{more}"
    return f"BEGIN:VTIMEZONE\r\nTZID:Firm\r\nBEGIN:STANDARD\r\n{part}END:STANDARD\r\nEND:VTIMEZONE"


def with_zone(zone: str, event: str) -> str:
    return calendar(event).replace("BEGIN:VEVENT", f"{zone}\r\nBEGIN:VEVENT", 1)


@pytest.mark.parametrize(
    ("text", "zone", "first", "second"),
    [
        (calendar("UID:1\r\nSUMMARY:Call\r\nDTSTART:20261201T180000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=TU"),
         "UTC", "2026-12-01T18:00", "2026-12-08T18:00"),
        (calendar("UID:1\r\nSUMMARY:Call\r\nDTSTART:20261201T180000Z\r\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1"),
         "UTC", "2026-12-01T18:00", "2027-01-01T18:00"),
        (with_zone(firm(), "UID:1\r\nSUMMARY:Call\r\nDTSTART;TZID=Firm:20261201T200000\r\nRRULE:FREQ=WEEKLY;BYDAY=TU"),
         "Etc/GMT+5", "2026-12-02T01:00", "2026-12-09T01:00"),
        (with_zone(firm().replace("TZID:Firm", "TZID:Firm\r\nX-LIC-LOCATION:America/Bogota"),
                   "UID:1\r\nSUMMARY:Call\r\nDTSTART;TZID=Firm:20261201T200000\r\nRRULE:FREQ=WEEKLY;BYDAY=TU"),
         "America/Bogota", "2026-12-02T01:00", "2026-12-09T01:00"),
        # The place that it names has summer time, the file's own clock has none.
        (with_zone(firm().replace("TZID:Firm", "TZID:Firm\r\nX-LIC-LOCATION:America/New_York"),
                   "UID:1\r\nSUMMARY:Call\r\nDTSTART;TZID=Firm:20261201T200000\r\nRRULE:FREQ=WEEKLY;BYDAY=TU"),
         "Etc/GMT+5", "2026-12-02T01:00", "2026-12-09T01:00"),
        # Counted from a Wednesday, it comes on Tuesdays first and last.
        (calendar("UID:1\r\nSUMMARY:Call\r\nDTSTART:20261202T180000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=TU"),
         "UTC", "2026-12-08T18:00", "2026-12-15T18:00"),
    ],
)  # fmt: skip
def test_a_series_is_counted_in_its_own_zone_from_the_time_that_was_shown(
    world: World, sit: Callable[[str], Seat], text: str, zone: str, first: str, second: str
) -> None:
    records.change("users", world.people["cyd"], {"zone": "Asia/Shanghai"}, SYSTEM)
    with clock.fixed(NOW):
        (planned,) = bringing.plan(text.encode(), records.environment(world.actor("cyd")))
    make(sit("cyd"), text)
    row = Reminder.objects.get()
    begin = datetime.fromisoformat(f"{first}+00:00")
    assert (planned.values["due_at"], row.due_at, row.timezone) == (begin, begin, zone)
    assert recurrence.following(row.rule, row.due_at, row.due_at, zone) == datetime.fromisoformat(f"{second}+00:00")


def test_a_zone_of_the_files_own_that_goes_as_the_readers_is_that_one(world: World) -> None:
    summer = "BEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
    summer += "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE"
    winter = firm("+0100", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n").replace("19700101T00", "19701025T03")
    zone = winter.replace("TZOFFSETFROM:+0100", "TZOFFSETFROM:+0200").replace("END:VTIMEZONE", summer)
    event = "UID:1\r\nSUMMARY:Call\r\nDTSTART;TZID=Firm:20261201T200000\r\nRRULE:FREQ=WEEKLY"
    with clock.fixed(NOW):
        (planned,) = bringing.plan(with_zone(zone, event).encode(), records.environment(world.actor("ann")))
        (other,) = bringing.plan(with_zone(firm("+0530"), event).encode(), records.environment(world.actor("ann")))
    assert planned.values["timezone"] == "Europe/Madrid"
    # No zone that was asked for goes so; and what an earlier file called alike is forgotten.
    assert other.said == "It comes again in a time zone that is not known here."


def test_a_zone_whose_clock_changes_for_ever_is_refused_at_once(world: World) -> None:
    event = "UID:1\r\nSUMMARY:Call\r\nDTSTART;TZID=Firm:20261201T200000"
    for rule in ("FREQ=MINUTELY", f"FREQ=YEARLY;BYSECOND={','.join(map(str, range(60)))}", "FREQ=YEARLY;INTERVAL=0"):
        with pytest.raises(Invalid) as refused:
            bringing.plan(
                with_zone(firm(more=f"RRULE:{rule}\r\n"), event).encode(), records.environment(world.actor("ann"))
            )
        assert refused.value.title == "This calendar file has a time zone whose clock changes too often."


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
            made += bringing.bring(planned, world.act("ann"))[bringing.NEW]
    assert (len(files), taken + refused) == (163, 163)
    assert Reminder.objects.count() == made
    print(f"calendar files: {taken} taken, {refused} refused, {made} reminders")
    assert made > 0
