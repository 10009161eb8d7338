"""Tasks in the pages: the day, the list, the form with its reminder, the record, and what hangs on a customer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bosun.kernel import records
from bosun.lib import clock
from bosun.modules.activities.models import Task
from bosun.platform.reminders.models import Reminder
from tests.kernel.world import World
from tests.platform.reminding import grant
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]
MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def task(world: World, who: str = "ann", **values: Any) -> Any:
    return records.create("tasks", {"subject": "Write the plan", **values}, world.act(who))


def test_the_form_makes_task_and_reminder_together(world: World, sit: Sit) -> None:
    day = (clock.now().astimezone(MADRID) + timedelta(days=3)).date()
    sit("ann").post(
        "/tasks/new", 302, subject="Send the quote", due=f"{day}T10:30", priority="high",
        recurrence_shown="1", recurrence_choice="WEEKLY", recurrence_n="2", recurrence_days=["MO", "TH"],
        checklist="Ask\nWrite", remind_before="15", remind_again="5", owner=world.people["ann"],
    )  # fmt: skip
    made, reminder = Task.objects.get(), Reminder.objects.get()
    assert made.due == datetime(day.year, day.month, day.day, 10, 30, tzinfo=MADRID)
    assert made.recurrence == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"
    assert [line["text"] for line in made.checklist] == ["Ask", "Write"]
    assert (reminder.due_at, reminder.nag_minutes) == (made.due - timedelta(minutes=15), 5)
    assert (reminder.text, reminder.about_id, reminder.owner_id) == ("Send the quote", made.pk, world.people["ann"])


def test_a_reminder_wants_a_time_and_nothing_is_made_without_one(world: World, sit: Sit) -> None:
    answer = sit("ann").post("/tasks/new", 422, subject="Send it", priority="normal", remind_before="0")
    assert "Say when it is due" in answer.content.decode()
    assert not Task.objects.exists()
    assert '<option value="0" selected>' in answer.content.decode()


def test_a_rule_that_cannot_be_read_comes_back_as_it_was_typed(world: World, sit: Sit) -> None:
    answer = sit("ann").post(
        "/tasks/new", 422, subject="x", due="2027-01-04T09:00", priority="normal",
        recurrence_shown="1", recurrence_choice="custom", recurrence_rule="FREQ=HOURLY",
    )  # fmt: skip
    page = answer.content.decode()
    assert 'value="FREQ=HOURLY"' in page
    assert '<option value="custom" selected>' in page


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "Every day"),
        ("FREQ=WEEKLY;BYDAY=TH,MO", "Every week on Mon, Thu"),
        ("FREQ=WEEKLY;INTERVAL=2", "Every 2 weeks"),
        ("FREQ=MONTHLY", "Every month on day 31 or the last of a shorter month"),
        ("FREQ=YEARLY", "Every year"),
        ("FREQ=MONTHLY;BYDAY=1MO", "Every month on the first Monday"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "Every month on the last Friday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every weekday"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "Every month on the last weekday (Monday to Friday)"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2", "Every month on the second weekday (Monday to Friday)"),
        ("FREQ=MONTHLY;BYDAY=5FR", "Every month on the fifth Friday"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,30", "Every month on days 15, 30"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "Every month on day 15"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "Every month on the last day"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5", "Every year on 5 Mar"),
        ("FREQ=DAILY;COUNT=3", "Every day 3 times"),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20271231", "Every week on Mon until 31 Dec 2027"),
        ("FREQ=YEARLY;BYDAY=1MO", "FREQ=YEARLY;BYDAY=1MO"),
    ],
)
def test_recurrence_is_said_in_words(world: World, sit: Sit, rule: str, words: str) -> None:
    made = task(world, due="2027-01-31T09:00:00Z", recurrence=rule)
    assert words in sit("ann").get(f"/tasks/{made.pk}")


def test_the_day_shows_what_is_to_be_done_and_the_menu_counts_it(world: World, sit: Sit) -> None:
    task(world, subject="Late one", due=clock.now() - timedelta(days=2))
    task(world, subject="Far one", due=clock.now() + timedelta(days=30))
    task(world, subject="Any time")
    task(world, "cyd", subject="Not mine", due=clock.now())
    page = sit("ann").get("/day")
    assert "1 task is due." in page
    assert page.index("Late one") < page.index("Any time")
    assert "Far one" not in page
    assert "Not mine" not in page
    assert "Overdue 2 d" in page


def test_done_from_the_row_makes_it_done_with_undo(world: World, sit: Sit) -> None:
    made = task(world)
    ann = sit("ann")
    address = f"/tasks/{made.pk}/verbs/done"
    assert f'data-done="{address}"' in ann.get("/tasks")
    ann.send(address, 204)
    made.refresh_from_db()
    assert made.done_at is not None
    assert f'data-done="{address}"' not in ann.get("/tasks")


def test_lines_are_ticked_on_the_record_and_in_the_side_panel(world: World, sit: Sit) -> None:
    made = task(world, checklist="Ask\nWrite")
    ann = sit("ann")
    for address in (f"/tasks/{made.pk}", f"/tasks/{made.pk}/panel"):
        assert ann.get(address).count(f'data-tick="tasks/{made.pk}"') == 2
    body = json.dumps({"line": 2, "done": True})
    answer = ann.client.post(f"/api/v1/tasks/{made.pk}/verbs/tick", body, content_type="application/json")
    assert answer.status_code == 200
    made.refresh_from_db()
    assert [line["done"] for line in made.checklist] == [False, True]
    assert 'data-verb="tick"' not in ann.get(f"/tasks/{made.pk}")


def test_a_customer_shows_its_open_tasks_and_takes_another(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    about = {"entity": "customers", "id": customer.pk}
    task(world, subject="Visit them", about=about, due=clock.now() + timedelta(days=1))
    records.run_verb("tasks", [task(world, subject="Old one", about=about).pk], "done", {}, world.act("ann"))
    page = sit("ann").get(f"/customers/{customer.pk}")
    side = page[page.index("Open tasks") :]
    assert "Visit them" in side
    assert "Old one" not in side
    assert f"/tasks/new?about=customers:{customer.pk}" in page
    assert "Halden Paper" in sit("ann").get("/tasks/new", about=f"customers:{customer.pk}")


def test_the_palette_makes_a_task_about_the_record_on_the_page(world: World, sit: Sit) -> None:
    customer = world.customer("ann")
    groups = sit("ann").picked(f"/palette?q=task&on=customers/{customer.pk}")["groups"]
    urls = [item["url"] for group in groups for item in group["items"] if "url" in item]
    assert f"/tasks/new?about=customers%3A{customer.pk}" in urls


def test_remind_me_of_any_record(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    ann = sit("ann")
    address = f"/remind/customers/{customer.pk}"
    assert "Halden Paper" in ann.fragment(address)
    ann.send(address, 422, when="", again="0")
    ann.send(address, 204, when="2027-05-03T09:00", again="60")
    row = Reminder.objects.get()
    assert (row.text, row.nag_minutes, row.owner_id) == ("Halden Paper", 60, world.people["ann"])
    assert row.due_at == datetime(2027, 5, 3, 9, tzinfo=MADRID)
    assert "every 60 min" in ann.get(f"/customers/{customer.pk}")
    sit("cyd").send(address, 404, when="2027-05-03T09:00", again="0")


def test_remind_me_of_a_task_before_it_is_due(world: World, sit: Sit) -> None:
    made = task(world, due=datetime(2027, 5, 3, 9, tzinfo=MADRID))
    sit("ann").send(f"/remind/tasks/{made.pk}", 204, before="60", when="", again="0")
    assert Reminder.objects.get().due_at == datetime(2027, 5, 3, 8, tzinfo=MADRID)


def test_every_list_of_tasks_opens(world: World, sit: Sit) -> None:
    task(world, "ann", subject="Given", owner=world.people["cyd"])
    task(world, subject="Today", due=clock.now() - timedelta(seconds=1))
    seen = {view: sit("ann").get("/tasks", view=view) for view in ("mine", "today", "overdue", "given", "done")}
    assert {view for view, page in seen.items() if ">Given<" in page} == {"given"}
    assert {view for view, page in seen.items() if ">Today<" in page} >= {"mine", "overdue"}
