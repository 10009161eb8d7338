"""The bell, the cards and what is answered to them; the stream tells only the person signed in, while signed in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connections

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice, Reminder
from bosun.web import stream
from tests.kernel.world import World
from tests.platform.reminding import grant
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]


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


def test_a_late_card_does_not_say_a_second_due_time(world: World, sit: Sit) -> None:
    due = clock.now() - timedelta(days=3)
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


def test_done_finishes_the_task_and_its_reminders(world: World, sit: Sit) -> None:
    made = task(world)
    row = told(world, about=made)
    answer = sit("ann").send(f"/notices/{row.pk}/done", 204)
    assert "undo" in json.loads(answer.headers["HX-Trigger"])["toast"]["undo_url"]
    made.refresh_from_db()
    assert made.done_at is not None
    assert Reminder.objects.get().state == "done"
    assert sit("ann").picked("/notices?after=0")["open"] == []


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


# the stream ------------------------------------------------------------------------------------------------------


def asked(seat: Seat, **how: Any) -> stream.Asked:
    held = seat.client.cookies[settings.SESSION_COOKIE_NAME].value
    return stream.Asked(how.get("method", "GET"), f"{settings.SESSION_COOKIE_NAME}={held}", how.get("last", ""), "")


def heard(hub: stream.Hub, ask: stream.Asked, then: Callable[[], Any], words: int = 3) -> list[str]:
    """What a browser hears on a stream that it opens; `then` happens once it is open."""

    async def listen() -> list[str]:
        line = await hub.open(ask)
        if isinstance(line, int):
            return [str(line)]
        found: list[str] = []
        then()
        async for text in line.texts():
            found.append(text)
            if len(found) == words:
                break
        hub.leave(line)
        return found

    return asyncio.run(asyncio.wait_for(listen(), 20))


class Here:
    """Answers questions in the thread of the test, inside its transaction."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        held = connections["default"]

        async def ask(self: Any, question: Callable[..., Any], *given: Any) -> Any:
            connections["default"] = held
            return question(*given)

        patch.setattr(stream.Hub, "ask", ask)
        patch.setattr(stream, "LOOK_SECONDS", 0.02)
        patch.setattr(stream, "SESSIONS_SECONDS", 0.0)
        patch.setattr(stream, "QUIET_SECONDS", 0.5)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Here:
    return Here(monkeypatch)


def test_the_stream_tells_the_id_of_what_is_new(world: World, sit: Sit, here: Here) -> None:
    found = heard(stream.Hub(), asked(sit("ann")), lambda: told(world), 2)
    assert found[1] == f"id: {Notice.objects.get().pk}\nevent: notice\ndata: {Notice.objects.get().pk}\n\n"


def test_it_goes_on_from_the_last_one_heard(world: World, sit: Sit, here: Here) -> None:
    first, second = told(world), told(world)
    Notice.objects.update(made_at=clock.now() - timedelta(hours=1))
    found = heard(stream.Hub(), asked(sit("ann"), last=str(first.pk)), lambda: None, 3)
    assert found[1:] == [f"id: {second.pk}\nevent: notice\ndata: {second.pk}\n\n", ": quiet\n\n"]


def test_nobody_hears_what_is_told_to_others(world: World, sit: Sit, here: Here) -> None:
    """A1.12."""
    assert heard(stream.Hub(), asked(sit("cyd")), lambda: told(world), 2) == ["retry: 3000\n\n", ": quiet\n\n"]
    assert heard(stream.Hub(), asked(sit("ada")), lambda: told(world), 2) == ["retry: 3000\n\n", ": quiet\n\n"]


def test_after_signing_out_nothing_is_told(world: World, sit: Sit, here: Here) -> None:
    ann = sit("ann")
    ask = asked(ann)

    def leave() -> None:
        ann.client.logout()
        told(world)

    assert heard(stream.Hub(), ask, leave) == ["retry: 3000\n\n"]
    assert heard(stream.Hub(), ask, lambda: None) == ["401"]


def test_whoever_is_deactivated_hears_nothing_more(world: World, sit: Sit, here: Here) -> None:
    """A5.02."""

    def end() -> None:
        told(world)
        records.change("users", world.people["ann"], {"active": False}, world.act("ada"))

    assert heard(stream.Hub(), asked(sit("ann")), end) == ["retry: 3000\n\n"]


def test_a_stream_without_a_session_is_refused(world: World, here: Here) -> None:
    hub = stream.Hub()
    assert heard(hub, stream.Asked("GET", "", "", ""), lambda: None) == ["401"]
    assert heard(hub, stream.Asked("GET", f"{settings.SESSION_COOKIE_NAME}=x", "", ""), lambda: None) == ["401"]
    assert heard(hub, stream.Asked("POST", "", "", ""), lambda: None) == ["405"]


def test_a_card_closed_elsewhere_is_told(world: World, sit: Sit, here: Here) -> None:
    row = told(world)
    Notice.objects.update(made_at=clock.now() - timedelta(hours=1))
    found = heard(stream.Hub(), asked(sit("ann")), lambda: sit("ann").send(f"/notices/{row.pk}/close", 204), 2)
    assert found[1] == f"event: closed\ndata: {row.pk}\n\n"
