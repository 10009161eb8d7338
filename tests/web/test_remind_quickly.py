"""A reminder in one line: shown as it was understood before it is made, from the palette, the bell and any record."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages

from bosun.kernel import records
from bosun.kernel.errors import FieldError, Invalid
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


def test_the_end_of_the_day_is_when_ones_department_goes_home(world: World, sit: Sit) -> None:
    hours = {"department": world.departments["team a"], "starts": "8:30", "ends": "16:30"}
    records.create("working_hours", hours, world.act("ada"))
    line = "tomorrow EOD send report"
    sit("ann").send("/remind", 204, line=line, understood=line)
    assert wall(Reminder.objects.get().due_at).endswith("16:30")


def test_another_line_is_shown_anew(world: World, sit: Sit) -> None:
    sit("ann").send("/remind", 422, line="tomorrow 15:00 tea", understood=MONDAY)
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    ("line", "said"), [("buy paper", "Say when"), ("tomorrow 15:00", "Say what"), ("", "Say when")]
)
def test_what_says_too_little_is_asked_for(world: World, sit: Sit, line: str, said: str) -> None:
    assert said in sit("ann").send("/remind", 422, line=line, understood=line).content.decode()
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tomorrow 9:00 " + "x " * 100 + "number 4711", "At most 200 characters; this has 211."),
        ("tomorrow 9:00 tea, bring " + "x" * 200, "At most 200 characters; this has 206."),
        ("call Ann " + "x " * 250 + "tomorrow 9:00", "At most 500 characters; this has 522."),
        ("tomorrow 9:00 tea" + ",bring x" * 70, "At most 500 characters; this has 577."),
    ],
)
def test_a_line_that_is_too_long_is_refused_and_not_cut(world: World, sit: Sit, line: str, said: str) -> None:
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


@pytest.mark.parametrize(
    ("pressed", "line", "due", "text"),
    [
        ("60", "", "Mon 11:00", "Halden Paper"),
        ("afternoon", "Call back", "Mon 15:00", "Call back"),
        ("tomorrow", "", "Tue 09:00", "Halden Paper"),
    ],
)
def test_two_presses_make_a_reminder_of_a_record(
    world: World, sit: Sit, pressed: str, line: str, due: str, text: str
) -> None:
    customer = world.customer("ann", name="Halden Paper")
    with clock.fixed(NINE):
        ann = sit("ann")
        assert f'name="for" value="{pressed}"' in ann.fragment(f"/remind/customers/{customer.pk}")
        ann.send(f"/remind/customers/{customer.pk}", 204, line=line, **{"for": pressed})
    made = Reminder.objects.get()
    assert (wall(made.due_at), made.text, made.about_id, made.nag_minutes) == (due, text, customer.pk, 0)


def said(answer: Any) -> str:
    """The toast of the next page."""
    (message,) = get_messages(answer.wsgi_request)
    return str(message)


@pytest.mark.parametrize(
    ("chosen", "due", "text", "nag", "toast"),
    [
        ({"line": "Call back", "before": "0"}, "Wed 10:00", "Call back", 0, "Wed 10:00"),
        ({"line": "", "before": "60", "again": "5"}, "Wed 09:00", "Plan", 5, "Wed 09:00"),
        ({"line": "Call back, nag 30 min", "before": "1440"}, "Tue 10:00", "Call back", 30, "Tue 10:00"),
        ({"line": "Call back", "when": "2026-12-24T09:00"}, "Thu 09:00", "Call back", 0, "Thu 24 Dec 09:00"),
        ({"line": "Call back", "for": "tomorrow"}, "Tue 09:00", "Call back", 0, "Tue 09:00"),
    ],
)
def test_a_line_without_a_time_means_the_chosen_one_and_the_toast_names_it(
    world: World, sit: Sit, chosen: dict[str, str], due: str, text: str, nag: int, toast: str
) -> None:
    with clock.fixed(NINE):
        task = records.create("tasks", {"subject": "Plan", "due": NINE + timedelta(days=2)}, world.act("ann"))
        answer = sit("ann").send(f"/remind/tasks/{task.pk}", 204, **chosen)
        assert said(answer) == f"You will be reminded: {toast}"
    made = Reminder.objects.get()
    assert (wall(made.due_at), made.text, made.nag_minutes, made.about_id) == (due, text, nag, task.pk)


def test_what_looks_like_a_time_and_is_not_understood_is_asked(world: World, sit: Sit) -> None:
    line = "Call back at 25:30"
    with clock.fixed(NINE):
        task = records.create("tasks", {"subject": "Plan", "due": NINE + timedelta(days=2)}, world.act("ann"))
        ann, address = sit("ann"), f"/remind/tasks/{task.pk}"
        asked = ann.send(address, 422, line=line, before="60", again="5").content.decode()
        assert "not understood: 25:30" in asked
        assert not Reminder.objects.exists()
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked))
        assert hidden.items() >= {"understood": line, "before": "60", "again": "5"}.items()
        ann.send(address, 204, line=line, **hidden)
    made = Reminder.objects.get()
    assert (wall(made.due_at), made.text, made.nag_minutes) == ("Wed 09:00", line, 5)


def test_a_time_in_the_line_and_one_beside_it_are_one_too_many(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    for chosen in ({"for": "60"}, {"when": "2030-12-24T09:00"}):
        answer = sit("ann").send(f"/remind/customers/{customer.pk}", 422, line="tomorrow 15:00 tea", **chosen)
        assert "The line names a time as well." in answer.content.decode()
    assert not Reminder.objects.exists()


def test_how_often_goes_along_with_a_time_in_the_line(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    address, line = f"/remind/customers/{customer.pk}", "tomorrow 15:00 tea"
    assert "again every 5 minutes" in sit("ann").send(address, 422, line=line, again="5").content.decode()
    sit("ann").send(address, 204, line=line, again="5", understood=line)
    assert Reminder.objects.get().nag_minutes == 5


def test_a_time_before_that_has_gone_is_neither_offered_nor_taken(world: World, sit: Sit) -> None:
    with clock.fixed(NINE):
        task = records.create("tasks", {"subject": "Plan", "due": NINE + timedelta(hours=1)}, world.act("ann"))
        ann, address = sit("ann"), f"/remind/tasks/{task.pk}"
        offered = re.findall(r'<option value="(\d+)"', ann.fragment(address).partition("id_again")[0])
        assert offered == ["0", "15"]
        for before in ("60", "1440"):
            answer = ann.send(address, 422, line="", before=before)
            assert "The reminder would come before now." in answer.content.decode()
    with clock.fixed(NINE + timedelta(hours=2)):
        ann = sit("ann")
        assert "id_before" not in ann.fragment(address)
        assert "The reminder would come before now." in ann.send(address, 422, before="0").content.decode()
        assert "Say when" in ann.send(address, 422, line="Call back", before="0").content.decode()
    assert not Reminder.objects.exists()


def test_a_record_is_not_made_with_a_reminder_of_yesterday(world: World, sit: Sit) -> None:
    with clock.fixed(NINE):
        values = {"subject": "Plan", "due": "2026-11-23T11:00", "priority": "normal", "remind_again": "0"}
        answer = sit("ann").post("/tasks/new", 422, **values, remind_before="1440")
        assert "The reminder would come before now." in answer.content.decode()
        assert not Reminder.objects.exists()
        sit("ann").post("/tasks/new", 302, **values, remind_before="15")
    assert wall(Reminder.objects.get().due_at) == "Mon 10:45"


def test_an_afternoon_that_is_over_is_not_offered(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    with clock.fixed(NINE.replace(hour=17)):
        shown = sit("ann").fragment(f"/remind/customers/{customer.pk}")
    assert ("This afternoon" in shown, "Tomorrow morning" in shown) == (False, True)


def test_the_palette_offers_what_it_understood(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    ann = sit("ann")
    found = ann.picked(f"/palette?q={quote('明天下午3点 给李总打电话')}&on=customers/{customer.pk}")["groups"]
    item: Any = next(group for group in found if group["label"] == "Reminder")["items"][0]
    assert item["label"] == "Remind me: 给李总打电话"
    assert item["hint"].endswith(" · about Halden Paper")
    ann.send(item["post"], 204)
    made = Reminder.objects.get()
    assert (made.text, made.about_id, wall(made.due_at)[4:]) == ("给李总打电话", customer.pk, "15:00")
    assert not [each for each in ann.picked("/palette?q=Halden")["groups"] if each["label"] == "Reminder"]
    sit("cyd").send(item["post"], 404)
    assert Reminder.objects.count() == 1
    found = sit("cyd").picked(f"/palette?q={quote('tomorrow 15:00 tea')}&on=customers/{customer.pk}")["groups"]
    item = next(group for group in found if group["label"] == "Reminder")["items"][0]
    assert ("about" in item["hint"], "on=" in item["post"]) == (False, False)


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


def test_an_end_before_the_beginning_is_said_at_the_first_look(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    line = "every Monday 9:00 until 1 Jan 2020 tea"
    for address in ("/remind", f"/remind/customers/{customer.pk}"):
        for understood in ("", line):
            shown = sit("ann").send(address, 422, line=line, understood=understood).content.decode()
            assert "It would end before it begins." in shown
            assert 'name="understood"' not in shown
    assert "It would end before it begins." in sit("ann").get(f"/palette?q={quote(line)}")
    assert not Reminder.objects.exists()


def test_whatever_is_refused_is_said_beside_the_line(world: World, sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: Any) -> None:
        raise Invalid([FieldError("rule", "Not this rule."), FieldError("until", "Not this end.")])

    customer, line = world.customer("ann", name="Halden Paper"), "every Monday 9:00 tea"
    monkeypatch.setattr(records, "create", refused)
    for address in ("/remind", f"/remind/customers/{customer.pk}"):
        shown = sit("ann").send(address, 422, line=line, understood=line).content.decode()
        assert "Not this rule." in shown
        assert "Not this end." in shown


def test_what_was_not_understood_is_named_where_nothing_says_when(world: World, sit: Sit) -> None:
    shown = sit("ann").send("/remind", 422, line="31 Feb tea").content.decode()
    assert "Say when" in shown
    assert "not understood: 31 Feb" in shown
