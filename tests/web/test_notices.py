"""The bell, the cards and what is answered to them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.deliveries import links
from bosun.platform.deliveries.models import Delivery
from bosun.platform.reminders import engine, services
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from tests.kernel.world import MANAGER, SYSTEM, World
from tests.platform.reminding import NINE, grant
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]
BELOW = dict.fromkeys(("read", "create", "change", "done"), "below")


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def task(world: World, who: str = "ann", **values: Any) -> Any:
    return records.create("tasks", {"subject": "Call Priya", "due": clock.now(), **values}, world.act(who))


def told(world: World, who: str = "ann", nag: int = 1, about: Any = None) -> Notice:
    """A reminder that has just been told."""
    raw = {"text": "Call Priya", "due_at": clock.now() - timedelta(seconds=5), "nag_minutes": nag}
    if about is not None:
        raw["about"] = {"entity": "tasks", "id": about.pk}
    records.create("reminders", raw, world.act(who))
    engine.tick()
    return Notice.objects.latest("pk")


def test_every_page_shows_the_bell_with_its_number_and_the_open_cards(world: World, sit: Sit) -> None:
    told(world)
    page = sit("ann").get("/customers")
    assert 'id="bell"' in page
    assert "1 unread" in page
    assert "Call Priya" in page
    assert "Call Priya" not in sit("cyd").get("/customers")


def test_what_is_new_comes_as_json_and_only_ones_own(world: World, sit: Sit) -> None:
    row = told(world, about=task(world))
    found = sit("ann").picked("/notices?after=0")
    assert (found["open"], found["unread"]) == ([row.pk], 1)
    item = found["items"][0]
    assert (item["text"], item["about"], item["nags"], item["late"]) == ("Call Priya", "", True, False)
    assert item["ends"]
    assert item["change"] == f"/reminders/{row.reminder_id}/edit"
    assert item["url"].startswith("/tasks/")
    assert item["ring"]["state"] == "overdue"
    assert sit("ann").picked(f"/notices?after={row.pk}")["items"] == []
    assert sit("cyd").picked("/notices?after=0")["items"] == []
    assert sit("ada").picked("/notices?after=0")["items"] == []


def test_whoever_is_reminded_by_another_is_offered_no_change_of_it(world: World, sit: Sit) -> None:
    raw = {"text": "Call Priya", "due_at": clock.now(), "people": [world.people["ann"]]}
    records.create("reminders", raw, world.act("ada"))
    engine.tick()
    (item,) = sit("ann").picked("/notices?after=0")["items"]
    assert (item["text"], item["change"]) == ("Call Priya", "")


PREPARE = [{"text": "Bring the offer", "done": True}, {"text": "Ask Priya", "done": False}]


def test_whoever_is_reminded_by_another_reads_who_asks_and_what_to_prepare_and_no_more(world: World, sit: Sit) -> None:
    ann, secret = world.people["ann"], world.customer("cyd", name="Secret Ltd")
    raw = {
        "text": "Call Priya", "due_at": clock.now(), "people": [ann], "checklist": PREPARE,
        "about": {"entity": "customers", "id": secret.pk},
    }  # fmt: skip
    row = records.create("reminders", raw, world.act("ada"))
    engine.tick()
    seat, each = sit("ann"), Occurrence.objects.get()
    (item,) = seat.picked("/notices?after=0")["items"]
    assert (item["asker"], item["lines"], item["tick"], item["about"]) == ("From Ada", PREPARE, "", "")
    page = seat.get(f"/occurrences/{each.pk}")
    assert "From Ada" in page
    assert "Not open to you" not in page
    assert "Secret Ltd" not in page
    assert 'class="rl"' not in page
    boxes = re.findall(rf'<input class="box" type="checkbox" data-tick="reminders/{row.pk}"[^>]*>', page)
    assert [("checked" in box, "disabled" in box) for box in boxes] == [(True, True), (False, True)]
    seat.get(f"/reminders/{row.pk}", 404)
    sit("cyd").get(f"/occurrences/{each.pk}", 404)
    records.change("reminders", row.pk, {"people": [], "checklist": [{"text": "Bring a lamp", "done": False}]}, SYSTEM)
    page = seat.get(f"/occurrences/{each.pk}")
    assert "Bring a lamp" not in page
    assert "From Ada" not in page


def test_ones_own_lines_are_ticked_on_the_card_and_on_the_page_of_that_time(world: World, sit: Sit) -> None:
    raw = {"text": "Call Priya", "due_at": clock.now(), "checklist": PREPARE}
    row = records.create("reminders", raw, world.act("ann"))
    engine.tick()
    (item,) = sit("ann").picked("/notices?after=0")["items"]
    assert (item["asker"], item["lines"], item["tick"]) == ("", PREPARE, f"reminders/{row.pk}")
    page = sit("ann").get(f"/occurrences/{Occurrence.objects.get().pk}")
    boxes = re.findall(rf'<input class="box" type="checkbox" data-tick="reminders/{row.pk}"[^>]*>', page)
    assert ["disabled" in box for box in boxes] == [False, False]


def test_a_card_names_what_its_task_is_about(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    about = {"entity": "customers", "id": customer.pk}
    told(world, about=task(world, about=about))
    told(world, about=task(world, subject="Quote", about=about))
    items = sit("ann").picked("/notices?after=0")["items"]
    assert [item["about"] for item in items] == ["Halden Paper", "Quote · Halden Paper"]
    records.change("customers", customer.pk, {"owner": world.people["cyd"]}, world.act("ada"))
    items = sit("ann").picked("/notices?after=0")["items"]
    assert [item["about"] for item in items] == ["", "Quote"]


def test_a_card_about_a_customer_says_its_own_time_and_not_how_it_stands_with_him(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    raw = {"text": "Call", "due_at": clock.now(), "about": {"entity": "customers", "id": customer.pk}}
    records.create("reminders", raw, world.act("ann"))
    engine.tick()
    item = sit("ann").picked("/notices?after=0")["items"][0]
    assert (item["ring"], item["said"], item["about"]) == (None, item["when"], "Halden Paper")


def test_a_late_card_does_not_say_a_second_due_time(world: World, sit: Sit) -> None:
    due = clock.now() - timedelta(days=3)
    with clock.fixed(due - timedelta(hours=1)):
        records.create("reminders", {"text": "Call Priya", "due_at": due}, world.act("ann"))
    engine.tick()
    item = sit("ann").picked("/notices?after=0")["items"][0]
    assert item["said"] == f"Reminder of {item['when']}, told late"


def test_what_one_was_given_leaves_with_the_task(world: World, sit: Sit) -> None:
    made = task(world, "ben", owner=world.people["ann"])
    assert len(sit("ann").picked("/notices?after=0")["open"]) == 1
    records.run_verb("tasks", [made.pk], "done", {}, world.act("ben"))
    assert sit("ann").picked("/notices?after=0")["open"] == []


def test_a_record_that_is_not_open_any_more_is_not_named(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    about = {"entity": "customers", "id": customer.pk}
    raw = {"text": "Ring them", "due_at": clock.now(), "about": about, "follows_owner": False}
    records.create("reminders", raw, world.act("ann"))
    records.change("customers", customer.pk, {"owner": world.people["cyd"]}, world.act("ada"))
    engine.tick()
    item = sit("ann").picked("/notices?after=0")["items"][0]
    assert (item["about"], item["text"]) == ("", "Ring them")
    assert "customers" not in item["url"]


@pytest.mark.parametrize(("made", "late"), [(-timedelta(hours=2), True), (timedelta(hours=1), False)])
def test_what_was_made_for_a_time_that_was_over_is_not_told_late(
    world: World, sit: Sit, made: timedelta, late: bool
) -> None:
    with clock.fixed(NINE + made):
        records.create("reminders", {"text": "Call Priya", "due_at": NINE}, world.act("ann"))
    with clock.fixed(NINE + timedelta(hours=1)):
        engine.tick()
        [item] = sit("ann").picked("/notices?after=0")["items"]
    assert (item["late"], "told late" in item["said"]) == (late, late)


def test_done_finishes_the_task_and_its_reminders(world: World, sit: Sit) -> None:
    made = task(world)
    row = told(world, about=made)
    answer = sit("ann").send(f"/notices/{row.pk}/done", 204)
    assert "undo" in json.loads(answer.headers["HX-Trigger"])["toast"]["undo_url"]
    made.refresh_from_db()
    assert made.done_at is not None
    assert Reminder.objects.get().state == "done"
    assert sit("ann").picked("/notices?after=0")["open"] == []


def test_a_card_that_tells_something_does_nothing_to_what_it_speaks_of(world: World, sit: Sit) -> None:
    """What was given, answered or not read is read; it is not done by that, least of all to somebody else's task."""
    row = task(world)
    services.tell(world.people["ann"], "given:1", "Ben gave you: Call Priya", "tasks", row.pk, clock.now())
    ann = sit("ann")
    [item] = ann.picked("/notices?after=0")["items"]
    assert (item["ends"], item["url"]) == (False, f"/tasks/{row.pk}")
    ann.send(f"/notices/{item['id']}/done", 204)
    row.refresh_from_db()
    assert row.done_at is None
    assert ann.picked("/notices?after=0")["open"] == []


def test_done_on_a_reminder_of_ones_own_leaves_the_task_of_somebody_else(world: World, sit: Sit) -> None:
    """Ben may do Ann's task; his card asks him to see how she is getting on."""
    world.grant("manager", {**MANAGER, **dict.fromkeys(("tasks", "reminders", "occurrences"), BELOW)})
    made = task(world)
    row = told(world, "ben", about=made)
    sit("ben").send(f"/notices/{row.pk}/done", 204)
    made.refresh_from_db()
    assert (made.done_at, Reminder.objects.get().state) == (None, "done")


def test_a_card_shows_no_checklist_that_is_hidden(world: World, sit: Sit) -> None:
    with clock.fixed(clock.now() - timedelta(minutes=1)):
        raw = {"text": "Call Priya", "due_at": clock.now(), "checklist": ["Bring the drawing"]}
        records.create("reminders", raw, world.act("ann"))
    engine.tick()
    ann = sit("ann")
    assert "Bring the drawing" in ann.get("/notices?after=0")
    hidden = {"field_rights": {"reminders": {"checklist": "none"}}}
    records.change("roles", world.roles["rep"], hidden, SYSTEM)
    page = ann.get("/notices?after=0")
    assert "Call Priya" in page
    assert "Bring the drawing" not in page


def test_who_is_reminded_no_more_reads_nothing_of_what_it_has_become(world: World, sit: Sit) -> None:
    """Though his own time of it is done, and not cancelled."""
    ann, ben = world.people["ann"], world.people["ben"]
    raw = {
        "text": "Meeting",
        "due_at": clock.now() - timedelta(minutes=1),
        "rule": "FREQ=WEEKLY",
        "checklist": ["Slides"],
    }
    row = records.create("reminders", {**raw, "owner": ben, "people": [ann, ben]}, SYSTEM)
    engine.tick()
    own = Occurrence.objects.get(owner=ann)
    seat = sit("ann")
    assert "Slides" in seat.get(f"/occurrences/{own.pk}")
    records.run_verb("occurrences", [own.pk], "done", {}, world.act("ann"))
    records.change("reminders", row.pk, {"people": [ben], "checklist": ["Dismiss Ann"]}, SYSTEM)
    assert "Dismiss Ann" not in seat.get(f"/occurrences/{own.pk}")


def test_done_on_a_reminder_of_its_own_ends_it(world: World, sit: Sit) -> None:
    row = told(world)
    sit("ann").send(f"/notices/{row.pk}/done", 204)
    assert Reminder.objects.get().state == "done"


@pytest.mark.parametrize(("asked", "minutes"), [("10", 10), ("60", 60)])
def test_snooze_is_a_choice(world: World, sit: Sit, asked: str, minutes: int) -> None:
    row = told(world)
    sit("ann").send(f"/notices/{row.pk}/snooze", 204, **{"for": asked})
    held = Reminder.objects.get()
    wait = (held.snoozed_until - clock.now()).total_seconds() / 60
    assert minutes - 1 < wait <= minutes
    assert sit("ann").picked("/notices?after=0")["open"] == []


def test_snooze_until_tomorrow_morning_is_on_ones_own_wall(world: World, sit: Sit) -> None:
    row = told(world)
    sit("ann").send(f"/notices/{row.pk}/snooze", 204, **{"for": "tomorrow"})
    local = Reminder.objects.get().snoozed_until.astimezone(ZoneInfo("Europe/Madrid"))
    assert (local.hour, local.minute) == (9, 0)
    assert local.date() == clock.today("Europe/Madrid") + timedelta(days=1)


def test_whoever_stands_in_finishes_it_and_puts_it_off(world: World, sit: Sit) -> None:
    """From the card and from the mail; after the absence the link says that it cannot be done, not that it is done."""
    ann, cyd = world.people["ann"], world.people["cyd"]
    today = clock.now().date()
    raw = {"delegate": {"id": cyd}, "first_day": today - timedelta(days=1), "last_day": today + timedelta(days=1)}
    away = records.create("delegations", raw, world.act("ann"))
    for answer in ("done", "snooze"):
        told(world)
        card = Notice.objects.filter(person_id=cyd, closed_at__isnull=True).latest("pk")
        assert (card.text, Notice.objects.get(key=card.key.partition(">")[0]).person_id) == ("For Ann: Call Priya", ann)
        sit("cyd").send(f"/notices/{card.pk}/{answer}", 204)
        state = Occurrence.objects.get(pk=card.occurrence_id)
        assert (state.state, state.snoozed_until is not None) == (("done", False), ("open", True))[answer == "snooze"]
    link = links.done(Delivery(pk=mailed(card).pk, person_id=cyd))
    page = html.unescape(sit("cyd").get(link.partition("8000")[2]))
    assert "<h1>For Ann: Call Priya</h1>" in page
    sit("ann").send(f"/away/{away.pk}/back", 302)
    page = html.unescape(sit("cyd").get(link.partition("8000")[2]))
    assert "It cannot be done from here. Open it in Bosun." in page
    assert "This is done" not in page
    assert Occurrence.objects.get(pk=card.occurrence_id).state == "open"


def mailed(card: Notice) -> Delivery:
    """The mail of a card."""
    return Delivery.objects.create(key=f"{card.key}:email", notice=card, person_id=card.person_id, channel="email")


def test_a_time_that_has_gone_is_refused_in_words(world: World, sit: Sit) -> None:
    row = told(world)
    sit("ann").send(f"/notices/{row.pk}/snooze", 422, **{"for": "pick", "until": "2020-01-01T10:00"})
    sit("ann").send(f"/notices/{row.pk}/snooze", 422, **{"for": "pick"})
    for endless in ("527041", "10000000000", "9" * 18):
        sit("ann").send(f"/notices/{row.pk}/snooze", 422, **{"for": endless})
    assert Reminder.objects.get().snoozed_until is None


@pytest.mark.parametrize("what", ["done", "close", "snooze"])
def test_notices_of_others_do_not_exist(world: World, sit: Sit, what: str) -> None:
    row = told(world)
    for other in ("ben", "cyd", "ada"):
        sit(other).send(f"/notices/{row.pk}/{what}", 404)
    assert Notice.objects.get().closed_at is None


def test_the_history_is_paged_and_reading_it_clears_the_number(world: World, sit: Sit) -> None:
    for number in range(25):
        Notice.objects.create(
            key=f"k{number}", person_id=world.people["ann"], text=f"No. {number:02}", due_at=clock.now()
        )
    ann = sit("ann")
    first = ann.fragment("/notices")
    assert "No. 24" in first
    assert "No. 04" not in first
    oldest = Notice.objects.get(key="k5").pk
    assert f"before={oldest}" in first
    second = ann.fragment(f"/notices?before={oldest}")
    assert "No. 00" in second
    assert "Earlier" not in second
    ann.send("/notices/seen", 204, upto=Notice.objects.latest("pk").pk)
    assert ann.picked("/notices?after=0")["unread"] == 0
    assert "All my reminders" in ann.get("/notices")


def test_the_sound_is_a_preference(world: World, sit: Sit) -> None:
    ann = sit("ann")
    assert 'data-sound="on"' in ann.get("/customers")
    ann.send("/preferences", 204, sound="off")
    assert 'data-sound="off"' in ann.get("/customers")
    ann.send("/preferences", 400, sound="loud")


def test_the_card_of_one_that_nags_says_since_when_and_how_often(world: World, sit: Sit) -> None:
    with clock.fixed(NINE - timedelta(hours=1)):
        records.create("reminders", {"text": "Tea", "due_at": NINE, "nag_minutes": 30}, world.act("ann"))
    for minutes in (0, 30, 60):
        with clock.fixed(NINE + timedelta(minutes=minutes)):
            engine.tick()
            [item] = json.loads(sit("ann").get("/notices", after="0"))["items"]
        assert item["said"] == "since 10:00 · again every 30 minutes until done"


def test_a_notice_says_nothing_of_a_record_that_was_given_away(world: World, sit: Sit) -> None:
    customer = world.customer("ann", name="Halden Paper")
    services.tell(world.people["ann"], "rule:1", "Halden Paper: grade A", "customers", customer.pk, clock.now())
    ann = sit("ann")
    assert [item["text"] for item in ann.picked("/notices?after=0")["items"]] == ["Halden Paper: grade A"]
    records.change("customers", customer.pk, {"owner": world.people["cyd"]}, SYSTEM)
    [item] = ann.picked("/notices?after=0")["items"]
    assert (item["text"], item["about"], item["url"]) == ("A notice about what is not open to you", "", "")
    assert "Halden" not in ann.get("/notices") + ann.get("/day")
