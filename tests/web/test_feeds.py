"""The calendar feed: read by other programs with the same instants, and closed to everybody who has no address."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from django.test import Client
from icalendar import Calendar

from bosun.kernel import records
from bosun.lib import clock, recurrence
from bosun.platform.feeds.models import Feed
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Occurrence
from tests.kernel.world import SYSTEM, World
from tests.platform.reminding import NINE, grant, remind
from tests.web.conftest import Seat

ADDRESS = re.compile(r"http://testserver(/feeds/[\w-]{43}\.ics)")


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def make(seat: Seat) -> str:
    """A new address from one's page."""
    found = ADDRESS.search(seat.send("/me/calendar/new").content.decode())
    assert found is not None
    return found[1]


def read(address: str, client: Client | None = None) -> list[Any]:
    """The events behind an address, as a calendar program without a log-in gets them."""
    answer = (client or Client()).get(address)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def task(world: World, who: str = "ann", **values: Any) -> Any:
    return records.create("tasks", {"subject": "Send the offer", **values}, world.act(who))


def test_tasks_promises_and_reminders_are_events_with_their_instants(world: World, sit: Callable[[str], Seat]) -> None:
    with clock.fixed(NINE - timedelta(days=1)):
        customer = world.customer("ann")
        about = {"entity": "customers", "id": customer.pk}
        task(world, due=NINE, about=about, note="By mail")
        task(world, subject="All day", due="2026-11-24T23:00:00Z")
        remind(world)
        step = {"about": about, "next_step": "Ring again", "next_step_on": "2026-11-30"}
        records.create("follow_ups", {"type": "call", **step}, world.act("ann"))
        events = {str(each["summary"]): each for each in read(make(sit("ann")))}
    assert {name: each.start for name, each in events.items()} == {
        "Send the offer": NINE,
        # Midnight in Madrid: a day without an hour.
        "All day": date(2026, 11, 25),
        "Call Priya": NINE,
        "Ring again": date(2026, 11, 30),
    }
    offer = events["Send the offer"]
    assert str(offer["description"]).splitlines()[:2] == ["Tidewater", "By mail"]
    assert str(offer["url"]).startswith("http://testserver/tasks/")
    assert [str(each["action"]) for each in events["Call Priya"].walk("VALARM")] == ["DISPLAY"]
    assert not offer.walk("VALARM")
    assert len({str(each["uid"]) for each in events.values()}) == 4


@pytest.mark.parametrize(
    ("rule", "due", "zone"),
    [
        ("FREQ=WEEKLY;BYDAY=MO", "2026-10-19T07:00:00Z", "Europe/Madrid"),
        ("FREQ=DAILY;INTERVAL=3", "2027-03-20T01:30:00Z", "Europe/Madrid"),
        ("FREQ=DAILY", "2026-09-25T15:45:00Z", "Australia/Lord_Howe"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-11-27T03:15:00Z", "Asia/Kathmandu"),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "2027-01-31T08:00:00Z", "Europe/Madrid"),
        ("FREQ=WEEKLY;COUNT=5", "2026-10-19T07:00:00Z", "Europe/Madrid"),
        ("FREQ=WEEKLY;UNTIL=20261123T083000", "2026-10-19T07:00:00Z", "Europe/Madrid"),
        ("FREQ=WEEKLY;UNTIL=20261116", "2026-10-18T22:00:00Z", "Europe/Madrid"),
        # An end that is a day is all of it, and one in UTC is no time on the wall.
        ("FREQ=DAILY;UNTIL=20261123", "2026-10-19T07:00:00Z", "Europe/Madrid"),
        ("FREQ=DAILY;UNTIL=20261123T080000Z", "2026-10-19T07:00:00Z", "Europe/Madrid"),
        ("FREQ=DAILY;UNTIL=20261123T080000Z", "2026-10-19T07:00:00Z", "Asia/Kathmandu"),
        ("FREQ=DAILY;UNTIL=99991231", "2026-10-19T07:00:00Z", "America/New_York"),
        ("FREQ=DAILY;COUNT=200", "2026-10-18T22:00:00Z", "Europe/Madrid"),
        # A first time on a Wednesday of what then comes on Mondays.
        ("FREQ=WEEKLY;BYDAY=MO", "2026-10-21T07:00:00Z", "Europe/Madrid"),
        ("FREQ=YEARLY", "2028-02-29T07:00:00Z", "UTC"),
    ],
)
def test_a_series_comes_at_the_same_instants_as_in_bosun(
    world: World, sit: Callable[[str], Seat], rule: str, due: str, zone: str
) -> None:
    """Over daylight saving both ways, odd zones, counts and ends."""
    records.change("users", world.people["ann"], {"zone": zone}, SYSTEM)
    row = task(world, due=due, recurrence=rule)
    calendar = Calendar.from_ical(Client().get(make(sit("ann"))).content)
    first = datetime.fromisoformat(due)
    until = first + timedelta(days=370)
    expected, at = [first], first
    while (following := recurrence.following(row.recurrence, first, at, zone)) and following < until:
        expected.append(following)
        at = following
    found = [each.start for each in recurring_ical_events.of(calendar).between(first - timedelta(days=1), until)]
    if isinstance(found[0], datetime):
        assert sorted(each.astimezone(UTC) for each in found) == expected
    else:
        assert sorted(found) == [each.astimezone(ZoneInfo(zone)).date() for each in expected]


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=DAILY;UNTIL=20270101", "FREQ=DAILY;COUNT=30"])
def test_a_reminder_ends_in_the_calendar_on_its_last_day_too(
    world: World, sit: Callable[[str], Seat], rule: str
) -> None:
    with clock.fixed(NINE - timedelta(days=1)):
        raw = {"text": "Call", "due_at": NINE, "rule": rule, "timezone": "Europe/Madrid", "until": "2026-11-25"}
        records.create("reminders", raw, world.act("ann"))
    calendar = Calendar.from_ical(Client().get(make(sit("ann"))).content)
    found = recurring_ical_events.of(calendar).between(NINE - timedelta(days=1), NINE + timedelta(days=60))
    assert sorted(each.start.astimezone(UTC) for each in found) == [NINE + timedelta(days=n) for n in range(3)]


@pytest.mark.parametrize(
    ("end", "zone", "begin", "days"),
    [
        ("20261125", "Europe/Madrid", "2026-11-23T09:00:00Z", 3),
        # Half past midnight on the 26th in Madrid, and nine in the evening on the 25th in New York.
        ("20261125T233000Z", "Europe/Madrid", "2026-11-23T23:15:00Z", 2),
        ("20261126T020000Z", "America/New_York", "2026-11-24T03:00:00Z", 2),
    ],
)
def test_of_two_ends_the_calendar_has_the_first(
    world: World, sit: Callable[[str], Seat], end: str, zone: str, begin: str, days: int
) -> None:
    with clock.fixed(NINE - timedelta(days=1)):
        raw = {"text": "Call", "due_at": begin, "rule": f"FREQ=DAILY;UNTIL={end}", "until": "2026-11-25"}
        records.create("reminders", {**raw, "timezone": zone}, world.act("ann"))
    calendar = Calendar.from_ical(Client().get(make(sit("ann"))).content)
    found = recurring_ical_events.of(calendar).between(NINE - timedelta(days=1), NINE + timedelta(days=60))
    first = datetime.fromisoformat(begin)
    assert sorted(each.start.astimezone(UTC) for each in found) == [first + timedelta(days=n) for n in range(days)]


def test_a_count_that_ends_before_the_last_day_ends_the_series(world: World, sit: Callable[[str], Seat]) -> None:
    with clock.fixed(NINE - timedelta(days=1)):
        raw = {"text": "Call", "due_at": NINE, "rule": "FREQ=DAILY;COUNT=3", "until": "2026-11-25"}
        records.create("reminders", {**raw, "timezone": "Europe/Madrid"}, world.act("ann"))
    (event,) = read(make(sit("ann")))
    assert (event["rrule"]["COUNT"], "UNTIL" in event["rrule"]) == ([3], False)


def test_a_reminder_stands_in_the_feed_of_those_whom_it_names(world: World, sit: Callable[[str], Seat]) -> None:
    with clock.fixed(NINE - timedelta(days=1)):
        for text, people in (("For Ann", ["ann"]), ("For both", ["ann", "ada"]), ("For me", [])):
            raw = {"text": text, "due_at": NINE, "people": [world.people[name] for name in people]}
            records.create("reminders", raw, world.act("ada"))
        records.create("reminders", {"text": "My own", "due_at": NINE}, world.act("ann"))
    feeds = {who: sorted(str(each["summary"]) for each in read(make(sit(who)))) for who in ("ann", "ada", "cyd")}
    assert feeds == {"ann": ["For Ann", "For both", "My own"], "ada": ["For both", "For me"], "cyd": []}
    with clock.fixed(NINE):
        engine.tick()
    both = Occurrence.objects.get(owner=world.people["ann"], text="For both")
    records.run_verb("occurrences", [both.pk], "done", {}, world.act("ann"))
    feeds = {who: sorted(str(each["summary"]) for each in read(make(sit(who)))) for who in ("ann", "ada")}
    assert feeds == {"ann": ["For Ann", "My own"], "ada": ["For both", "For me"]}


def test_what_is_left_of_a_count_is_counted_from_the_first_time(world: World, sit: Callable[[str], Seat]) -> None:
    with clock.fixed(datetime(2026, 10, 1, tzinfo=UTC)):
        row = task(world, due="2026-10-19T07:00:00Z", recurrence="FREQ=WEEKLY;COUNT=3")
        records.run_verb("tasks", [row.pk], "done", {}, world.act("ann"))
    (event,) = read(make(sit("ann")))
    assert (event.start.astimezone(UTC), event["rrule"]["COUNT"]) == (datetime(2026, 10, 26, 8, tzinfo=UTC), [2])


def test_a_change_raises_the_sequence_and_keeps_the_name(world: World, sit: Callable[[str], Seat]) -> None:
    row = task(world, due=NINE)
    address = make(sit("ann"))
    (before,) = read(address)
    records.change("tasks", row.pk, {"due": NINE + timedelta(hours=1)}, world.act("ann"))
    (after,) = read(address)
    assert (before["uid"], before["sequence"], after["sequence"]) == (after["uid"], 0, 1)
    assert after["last-modified"].dt >= before["last-modified"].dt
    assert after.start == NINE + timedelta(hours=1)
    records.run_verb("tasks", [row.pk], "done", {}, world.act("ann"))
    assert read(address) == []


def test_what_has_not_changed_is_not_sent_again(world: World, sit: Callable[[str], Seat]) -> None:
    row = task(world, due=NINE)
    address = make(sit("ann"))
    first = Client().get(address)
    again = Client().get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == first["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in first
    assert Client().head(address).content == b""
    records.change("tasks", row.pk, {"note": "New"}, world.act("ann"))
    assert Client().get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_nobody_reads_a_feed_without_its_address(world: World, sit: Callable[[str], Seat]) -> None:
    """A5.02: wrong, ended, replaced, and of somebody who may not sign in any more."""
    task(world, due=NINE)
    seat = sit("ann")
    address = make(seat)
    wrong = [
        address[:-8] + "AAAA.ics",
        "/feeds/.ics",
        "/feeds/x.ics",
        f"/feeds/{'a' * 5000}.ics",
        "/feeds/%00.ics",
        f"/feeds/{Feed.objects.get().digest}.ics",
    ]
    for each in wrong:
        assert Client().get(each).status_code == 404, each
    assert Client().post(address).status_code == 405
    # A session opens nothing more: the address is the key.
    assert sit("cyd").client.get(wrong[0]).status_code == 404
    second = make(seat)
    assert [Client().get(each).status_code for each in (address, second)] == [404, 200]
    records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    assert Client().get(second).status_code == 404
    # One who left and came back asks for a new address: what went out before stays shut.
    records.change("users", world.people["ann"], {"active": True}, SYSTEM)
    assert Client().get(second).status_code == 404
    seat = sit("ann")
    third = make(seat)
    assert Client().get(third).status_code == 200
    seat.send("/me/calendar/end", 204)
    assert Client().get(third).status_code == 404


def test_the_address_is_kept_nowhere(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    token = make(seat).removeprefix("/feeds/").removesuffix(".ics")
    held = Feed.objects.get()
    assert token not in (held.digest, str(held))
    assert token not in seat.get("/me/calendar")
    assert Client().get("/me/calendar").status_code == 302
    Client().post("/me/calendar/new")
    assert Feed.objects.count() == 1


def test_a_feed_has_ones_own_and_of_that_what_is_open_now(world: World, sit: Callable[[str], Seat]) -> None:
    task(world, due=NINE)
    mine = task(world, due=NINE, subject="Mine", about={"entity": "customers", "id": world.customer("ann").pk})
    address = make(sit("ann"))
    assert [str(each["summary"]) for each in read(make(sit("cyd")))] == []
    # Ben may read Ann's, but they are not his.
    assert read(make(sit("ben"))) == []
    hidden = {"tasks": {"subject": "none", "note": "none", "about": "none", "customer": "none"}}
    records.change("roles", world.roles["rep"], {"field_rights": hidden}, SYSTEM)
    told = Client().get(address).content.decode()
    assert [str(each["summary"]) for each in read(address)] == ["Task", "Task"]
    assert "Mine" not in told
    assert "Tidewater" not in told
    records.change("roles", world.roles["rep"], {"field_rights": {"tasks": {"due": "none"}}}, SYSTEM)
    assert read(address) == []
    world.grant("rep", {})
    assert read(address) == []
    assert mine.pk


def test_what_people_write_cannot_break_out_of_its_line(world: World, sit: Callable[[str], Seat]) -> None:
    evil = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:y"
    task(world, due=NINE, subject="a;b,c\\n: “客户”", note=evil)
    (event,) = read(make(sit("ann")))
    assert str(event["summary"]) == "a;b,c\\n: “客户”"
    assert "END:VEVENT" in str(event["description"])


def test_reading_costs_the_same_however_much_there_is(
    world: World, sit: Callable[[str], Seat], django_assert_max_num_queries: Any
) -> None:
    address = make(sit("ann"))
    for number in range(12):
        task(world, due=NINE, subject=f"Number {number}")
    read(address)
    with django_assert_max_num_queries(14):
        assert len(read(address)) == 12
