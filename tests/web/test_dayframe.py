"""The day's frame: what today asks for, what is still open at its end, and what becomes of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.org.models import Company
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice, Occurrence
from bosun.platform.workday import days, handlers, matters
from bosun.platform.workday.days import Wish
from bosun.platform.workday.models import Day
from tests.kernel.world import SYSTEM, World
from tests.platform.reminding import grant
from tests.web.conftest import Seat

WEDNESDAY = date(2026, 11, 25)
MORNING, FIVE, EVENING = (
    datetime(2026, 11, 25, hour, minute, tzinfo=UTC) for hour, minute in ((8, 0), (16, 40), (17, 5))
)
"""Ann lives in Madrid: nine, twenty to six, and five past six by her clock."""


@pytest.fixture
def busy(world: World) -> Iterator[World]:
    grant(world)
    records.change("company", Company.objects.get().pk, {"zone": "UTC", "country": ""}, SYSTEM)
    with clock.fixed(MORNING):
        yield world


def task(world: World, who: str, subject: str, hour: int = 16) -> Any:
    due = datetime(2026, 11, 25, hour, tzinfo=UTC)
    return records.create("tasks", {"subject": subject, "due": due}, world.act(who))


def at(moment: datetime) -> Any:
    return clock.fixed(moment)


def test_the_first_page_of_the_day_says_what_it_asks_for_once(busy: World, sit: Callable[[str], Seat]) -> None:
    task(busy, "ann", "Name the delivery date")
    task(busy, "ann", "Send the drawing", 15)
    task(busy, "cyd", "CNRY-of-another")
    seat = sit("ann")
    page = seat.get("/customers")
    for part in ("Today asks for 2 things.", "First: Send the drawing", "You work until 18:00."):
        assert part in page
    assert "CNRY" not in page.partition("data-morning")[2].partition("</div>")[0]
    assert seat.send("/day/opened", 204).content == b""
    assert "data-morning" not in seat.get("/customers")
    assert "data-morning" not in sit("ann").get("/customers")  # in another browser, without the cookie
    assert "data-morning" not in sit("ben").get("/day")
    with at(MORNING + timedelta(days=3)):
        assert "A day off, and 2 things are due all the same." in seat.get("/customers")


def test_before_the_end_of_the_day_one_is_asked_once(busy: World, sit: Callable[[str], Seat]) -> None:
    task(busy, "ann", "Name the delivery date")
    page = sit("ann").get("/day")
    assert f'data-asks-in="{int(8.5 * 3600)}"' in page
    with at(FIVE):
        assert 'data-asks-in="0"' in sit("ann").get("/day")
        sheet = sit("ann").send("/day/ask").content.decode()
        assert "Name the delivery date" in sheet
        assert "Still open today: 1" in sheet
        sit("ann").send("/day/ask", 204)
        assert "Name the delivery date" in sit("ann").fragment("/day/open?at=out")
    days.keep_wish(busy.people["ann"], Wish(0, False))
    page = sit("ann").get("/day")
    assert 'data-asks-in=""' in page
    assert "data-leaving" not in page
    with at(MORNING + timedelta(days=3)):
        assert 'data-asks-in=""' in sit("ben").get("/day"), "a Saturday"


def test_whoever_comes_in_the_evening_is_asked_and_not_greeted(busy: World, sit: Callable[[str], Seat]) -> None:
    task(busy, "ann", "Name the delivery date")
    with at(FIVE + timedelta(hours=3)):
        page = sit("ann").get("/day")
    assert ('data-asks-in="0"' in page, "data-morning" in page) == (True, False)


def test_a_reminder_that_is_late_is_told_as_a_late_task_is(busy: World, sit: Callable[[str], Seat]) -> None:
    records.create("reminders", {"text": "Sign the paper", "due_at": MORNING + timedelta(hours=8)}, busy.act("ann"))
    task(busy, "ann", "Send the drawing", 16)
    with at(FIVE):
        engine.tick()
        for page in (sit("ann").fragment("/day/open"), sit("ann").get("/day")):
            assert page.count("<span>Overdue, 17:00</span>") == 2
            assert page.count('class="cyc overdue"') == 2


def test_nothing_is_asked_where_nothing_is_open(busy: World, sit: Callable[[str], Seat]) -> None:
    task(busy, "cyd", "CNRY-of-another")
    records.create("tasks", {"subject": "Tomorrow's", "due": MORNING + timedelta(days=1)}, busy.act("ann"))
    assert sit("ann").client.get("/day/open?at=out").status_code == 204
    with at(FIVE):
        sit("ann").send("/day/ask", 204)


def test_a_task_is_done_put_off_or_handed_over_and_undone(busy: World, sit: Callable[[str], Seat]) -> None:
    rows = {name: task(busy, "ann", name) for name in ("Done", "Off", "Given", "Picked")}
    ann = sit("ann")
    where = {name: f"/day/open/tasks/{row.pk}" for name, row in rows.items()}
    drawn = ann.send(f"{where['Done']}/done").content.decode()
    assert 'class="settled"' in drawn
    assert "Thu 09:00" in ann.send(f"{where['Off']}/later").content.decode()
    assert "With Ben" in ann.send(f"{where['Given']}/hand", person=busy.people["ben"]).content.decode()
    ann.send(f"{where['Picked']}/later", 422, at="2026-11-24T10:00")
    ann.send(f"{where['Picked']}/later", at="2026-12-01T10:00")
    for row in rows.values():
        row.refresh_from_db()
    assert rows["Done"].done_at == MORNING
    assert rows["Off"].due == datetime(2026, 11, 26, 8, tzinfo=UTC), "nine by her clock"
    assert rows["Given"].owner_id == busy.people["ben"]
    assert rows["Picked"].due == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert ann.client.get("/day/open").status_code == 204
    undo = drawn.partition('data-sheet-undo="')[2].partition('"')[0]
    ann.send(undo, 204)
    assert "Done" in ann.fragment("/day/open")
    rows["Done"].refresh_from_db()
    assert rows["Done"].done_at is None


def test_a_time_of_a_series_stands_in_the_sheet_and_is_done_there(busy: World, sit: Callable[[str], Seat]) -> None:
    raw = {"text": "Bring the samples", "due_at": MORNING + timedelta(hours=1), "rule": "FREQ=DAILY"}
    series = records.create("reminders", raw, busy.act("ann"))
    ann = sit("ann")
    assert "Bring the samples" not in ann.client.get("/day/open").content.decode()
    engine.tick(MORNING + timedelta(hours=1))
    (time,) = Occurrence.objects.filter(reminder_id=series.pk)
    assert ann.fragment("/day/open").count("Bring the samples</") == 1
    ann.send(f"/day/open/occurrences/{time.pk}/done")
    time.refresh_from_db()
    series.refresh_from_db()
    assert (time.state, series.state) == ("done", "open")
    assert "Bring the samples" not in ann.client.get("/day/open").content.decode()


def test_a_promise_a_reminder_and_a_customer_stand_in_the_sheet(busy: World, sit: Callable[[str], Seat]) -> None:
    customer = busy.customer("ann", name="Halden Paper", grade="A")
    call = {"about": {"entity": "customers", "id": customer.pk}, "type": "call", "at": MORNING - timedelta(days=40)}
    promise = {"next_step": "Name the delivery date", "next_step_on": WEDNESDAY}
    step = records.create("follow_ups", {**call, **promise}, busy.act("ann"))
    due = MORNING + timedelta(hours=2)
    mine = records.create("reminders", {"text": "Water the plants", "due_at": due}, busy.act("ann"))
    about = {"entity": "follow_ups", "id": step.pk}
    records.create("reminders", {"text": "CNRY-twice", "due_at": due, "about": about}, busy.act("ann"))
    ann = sit("ann")
    sheet = ann.fragment("/day/open?at=out")
    for text in ("Name the delivery date", "Water the plants", "Halden Paper", f"/customers/{customer.pk}/composer"):
        assert text in sheet
    assert "CNRY" not in sheet
    ann.send(f"/day/open/customers/{customer.pk}/done", 404)
    ann.send(f"/day/open/customers/{customer.pk}/later")
    ann.send(f"/day/open/reminders/{mine.pk}/later")
    ann.send(f"/day/open/follow_ups/{step.pk}/hand", person=busy.people["ben"])
    mine.refresh_from_db()
    step.refresh_from_db()
    tomorrow = datetime(2026, 11, 26, 8, tzinfo=UTC)
    assert mine.snoozed_until == tomorrow
    assert step.step_done_at == MORNING
    given = records.query("tasks", busy.actor("ben")).page().items[0]
    assert (given.subject, given.customer_id) == ("Name the delivery date", customer.pk)
    made = records.query("reminders", busy.actor("ann")).where(about_entity="customers").page().items[0]
    assert (made.text, made.due_at) == ("Contact Halden Paper", tomorrow)
    left = ann.fragment("/day/open")
    assert "CNRY-twice" in left, "its promise is no more in the way"
    assert "Halden Paper" not in left


def test_sheet_banner_number_and_sentence_say_the_same(busy: World, sit: Callable[[str], Seat]) -> None:
    task(busy, "ann", "Send the drawing")
    customers = [busy.customer("ann", name=name, grade="A") for name in ("Halden Paper", "Late Mill")]
    for customer, days_ago in zip(customers, (14, 40), strict=True):
        about = {"entity": "customers", "id": customer.pk}
        call = {"about": about, "type": "call", "at": MORNING - timedelta(days=days_ago)}
        records.create("follow_ups", call, busy.act("ann"))
        for text, due in (("Ask about the seals", 2), ("Write before the fair", 100)):
            raw = {"text": text, "due_at": MORNING + timedelta(hours=due), "about": about}
            records.create("reminders", raw, busy.act("ann"))
    ann = sit("ann")
    sheet = ann.fragment("/day/open")
    assert "Still open today: 5" in sheet
    assert sheet.count('<span class="f cut">Halden Paper</span>') == 1, "what its reminder is about"
    assert "Write before the fair" not in sheet
    page = ann.get("/day")
    assert "Today asks for 5 things." in page
    assert re.search(r'href="/day"[^>]*>.*?<span class="n">5<', page, re.DOTALL)
    for words in ("1 customer is waiting too long. 1 customer is due today.", "2 reminders are due.", "1 task is due."):
        assert words in page
    ann.send(f"/day/open/customers/{customers[1].pk}/later")
    assert "waiting too long" not in ann.get("/day")
    assert "Still open today: 4" in ann.fragment("/day/open")


def test_others_can_do_nothing_to_what_is_mine(busy: World, sit: Callable[[str], Seat]) -> None:
    row = task(busy, "ann", "Name the delivery date")
    for what in ("done", "later", "hand"):
        assert "No longer open" in sit("cyd").send(f"/day/open/tasks/{row.pk}/{what}").content.decode()
    for address in ("/day/open/customers/1/eat", "/day/open/users/1/done", "/day/open/nothing/1/done"):
        sit("ann").send(address, 404)
    row.refresh_from_db()
    assert (row.done_at, row.due, row.owner_id) == (None, datetime(2026, 11, 25, 16, tzinfo=UTC), busy.people["ann"])


def test_who_has_gone_is_told_what_is_open_once(busy: World, sit: Callable[[str], Seat]) -> None:
    first = task(busy, "ann", "Name the delivery date")
    task(busy, "ann", "Send the drawing", 17)
    ann = sit("ann")
    ann.send("/day/opened", 204)
    ann.send("/day/left", 204)
    handlers.tell_what_is_left()
    assert Notice.objects.count() == 0, "the day is long"
    with at(FIVE):
        handlers.tell_what_is_left()
        handlers.tell_what_is_left()
    notice = Notice.objects.get()
    assert (notice.kind, notice.person_id, notice.record_id) == ("day", busy.people["ann"], first.pk)
    assert notice.text == "Still open today: Name the delivery date and 1 more"
    with at(EVENING):
        handlers.tell_what_is_left()
        assert [each["url"] for each in ann.picked("/notices?after=0")["items"]] == ["/day"]
    assert Notice.objects.count() == 1


def test_ones_trouble_keeps_nobody_else_from_being_told(
    busy: World, sit: Callable[[str], Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("ann", "ben"):
        task(busy, who, f"Of {who}")
        sit(who).send("/day/left", 204)
    words = handlers.words

    def failing(found: list[Any]) -> str:
        if found[0].text == "Of ann":
            raise RuntimeError
        return words(found)

    monkeypatch.setattr(handlers, "words", failing)
    with at(EVENING + timedelta(hours=1)):
        handlers.tell_what_is_left()
        assert [row.text for row in Notice.objects.all()] == ["Still open today: Of ben"]
        monkeypatch.undo()
        handlers.tell_what_is_left()
    assert sorted(row.text for row in Notice.objects.all()) == ["Still open today: Of ann", "Still open today: Of ben"]


def test_who_is_back_or_has_answered_is_not_told(busy: World, sit: Callable[[str], Seat]) -> None:
    task(busy, "ann", "Name the delivery date")
    task(busy, "ben", "Sign the offer")
    ann, ben = sit("ann"), sit("ben")
    ann.send("/day/left", 204)
    ann.send("/day/opened", 204)
    ben.send("/day/leave", 204)
    with at(FIVE):
        handlers.tell_what_is_left()
    assert Notice.objects.count() == 0
    assert list(Day.objects.order_by("person_id").values_list("left_at", "answered_at")) == [
        (None, None),
        (None, MORNING),
    ]
    with at(EVENING):
        handlers.tell_what_is_left()
    assert list(Notice.objects.values_list("person_id", flat=True)) == [busy.people["ann"]], "her window stayed open"


def test_strangers_are_sent_to_the_door(busy: World, sit: Callable[[str], Seat]) -> None:
    client = sit("ann").client
    client.logout()
    for address in ("/day/opened", "/day/ask", "/day/leave", "/day/left", "/day/open/tasks/1/done"):
        assert client.post(address).status_code == 302
    assert client.get("/day/open").status_code == 302
    assert Day.objects.count() == 0


def test_each_chooses_when_to_be_asked(busy: World, sit: Callable[[str], Seat]) -> None:
    ann = sit("ann")
    page = ann.get("/me/day")
    assert "09:00 to 18:00 · Mon to Fri" in page
    ann.post("/me/day", minutes="60")
    assert days.wish_of(busy.people["ann"]) == Wish(60, False)
    assert f'data-asks-in="{8 * 3600}"' in ann.get("/day")
    ann.post("/me/day", 422, minutes="7")
    assert days.wish_of(busy.people["ann"]) == Wish(60, False)
    assert days.wish_of(busy.people["ben"]) == Wish(30, True)


def test_what_nags_stands_on_the_sheet_however_much_was_forgotten_since(busy: World) -> None:
    with at(MORNING - timedelta(days=3)):
        raw = {"text": "Nags", "due_at": MORNING - timedelta(days=2), "nag_minutes": 60}
        records.create("reminders", raw, busy.act("ann"))
        for n in range(41):
            due = MORNING - timedelta(days=1) + timedelta(minutes=n)
            records.create("reminders", {"text": f"Forgotten {n}", "due_at": due}, busy.act("ann"))
    engine.tick(MORNING)
    found = [each.text for each in matters.of(records.environment(busy.actor("ann")))]
    assert found == ["Nags", *(f"Forgotten {n}" for n in range(41 - (matters.MOST - 1), 41))]


def test_of_what_several_are_reminded_of_the_sheet_does_ones_own_part(busy: World) -> None:
    people = [busy.people["ben"], busy.people["ann"]]
    raw = {"text": "Both", "due_at": MORNING + timedelta(hours=1), "owner": people[0], "people": people}
    row = records.create("reminders", raw, SYSTEM)
    engine.tick(MORNING + timedelta(hours=1))
    with at(MORNING + timedelta(hours=1)):
        ben = records.environment(busy.actor("ben"))
        [asked] = matters.of(ben)
        assert (asked.key, asked.text) == (f"occurrences/{asked.id}", "Both")
        matters.source("occurrences").done(asked.id, busy.act("ben"), ben)
        assert matters.of(records.environment(busy.actor("ben"))) == []
        assert [each.text for each in matters.of(records.environment(busy.actor("ann")))] == ["Both"]
    row.refresh_from_db()
    assert row.state == "open"
    assert dict(Occurrence.objects.values_list("owner", "state")) == {people[0]: "done", people[1]: "open"}
