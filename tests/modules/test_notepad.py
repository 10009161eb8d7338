"""Notes and memos: one's own, kept as one types, turned into a task or a follow-up with one press."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bosun.kernel import records
from bosun.kernel.errors import NotFound
from bosun.lib import clock
from bosun.modules.notepad.models import Memo, Note
from bosun.platform.org.shipped import scopes
from bosun.platform.reminders.models import Reminder
from tests.kernel.world import MANAGER, REP, World
from tests.platform.reminding import NINE
from tests.web.conftest import Seat

KEY = "0123456789abcdef0123456789abcdef"
OWN = scopes("own", "read create change remove")


@pytest.fixture
def pads(world: World) -> World:
    """Reps and managers with a notepad, tasks and reminders."""
    mine = dict.fromkeys(("notepad_notes", "memos", "tasks", "reminders"), OWN)
    world.grant("rep", {**REP, **mine})
    world.grant("manager", {**MANAGER, **mine})
    return world


def typed(seat: Seat, body: str, key: str = KEY) -> Any:
    return json.loads(seat.send("/notepad/new", body=body, key=key).content)


def test_a_note_is_kept_as_one_types_and_called_by_its_first_line(pads: World, sit: Callable[[str], Seat]) -> None:
    ann = sit("ann")
    made = typed(ann, "\n# Fair in Oslo\nstand 12")
    assert made["title"] == "Fair in Oslo"
    answer = json.loads(ann.send(f"/notepad/{made['id']}", body="Fair in Bergen", version=made["version"]).content)
    assert (answer["title"], answer["version"]) == ("Fair in Bergen", made["version"] + 1)
    page = ann.get("/notepad")
    assert page.count("Fair in Bergen") == 2, "in the list, and as the text"
    assert "stand 12" not in page


def test_what_is_sent_twice_is_one_note(pads: World, sit: Callable[[str], Seat]) -> None:
    ann = sit("ann")
    first, second = typed(ann, "Fair"), typed(ann, "Fair in Oslo")
    assert first["id"] == second["id"]
    assert list(Note.objects.values_list("body", flat=True)) == ["Fair in Oslo"]
    assert typed(sit("ben"), "Another's", KEY)["id"] != first["id"], "a key is one person's"
    ann.send("/notepad/new", 422, body="x", key="../..")
    assert Note.objects.count() == 2


def test_what_is_sent_again_late_overwrites_nothing(pads: World, sit: Callable[[str], Seat]) -> None:
    ann = sit("ann")
    made = typed(ann, "Shopping")
    ann.send(f"/notepad/{made['id']}", body="Shopping\ncontract 4711", version=made["version"])
    answer = json.loads(ann.send("/notepad/new", 409, body="Shopping", key=KEY).content)
    assert answer == {"id": made["id"], "version": 2, "theirs": "Shopping\ncontract 4711"}
    assert Note.objects.get().body == "Shopping\ncontract 4711"


def test_two_tabs_never_overwrite_each_other(pads: World, sit: Callable[[str], Seat]) -> None:
    ann = sit("ann")
    made = typed(ann, "Fair")
    ann.send(f"/notepad/{made['id']}", body="Fair in Oslo", version=made["version"])
    clash = json.loads(ann.send(f"/notepad/{made['id']}", 409, body="Fair in Bergen", version=made["version"]).content)
    assert clash["theirs"] == "Fair in Oslo"
    assert Note.objects.get().body == "Fair in Oslo"
    ann.send(f"/notepad/{made['id']}", body="Fair in Bergen", version=clash["version"])
    assert Note.objects.get().body == "Fair in Bergen"


def test_notes_are_found_by_their_words(pads: World, sit: Callable[[str], Seat]) -> None:
    ann = sit("ann")
    typed(ann, "Fair in Oslo\nbring the CR-40 flange", KEY)
    typed(ann, "Birthday of Priya", KEY[::-1])
    found = ann.fragment("/notepad?q=flange")
    assert "Fair in Oslo" in found
    assert "Priya" not in found
    assert "Nothing found" in ann.fragment("/notepad?q=submarine")


def test_a_note_becomes_a_task_and_comes_back(pads: World, sit: Callable[[str], Seat]) -> None:
    ann = sit("ann")
    pk = typed(ann, "Call the fair\nabout stand 12")["id"]
    answer = ann.send(f"/notepad/{pk}/task", 204)
    task = records.query("tasks", pads.actor("ann")).page().items[0]
    assert (task.subject, task.note, task.owner_id) == (
        "Call the fair",
        "Call the fair\nabout stand 12",
        pads.people["ann"],
    )
    assert answer.headers["HX-Redirect"] == "/notepad", "an undo from there finds a page"
    page = ann.get("/notepad")
    assert "Now a task: Call the fair" in page
    undo = page.partition('data-undo="')[2].partition('"')[0]
    assert Note.objects.get().deleted_at is not None
    ann.send(undo, 204)
    assert Note.objects.get().deleted_at is None
    assert records.query("tasks", pads.actor("ann")).count()[0] == 0


def test_a_note_becomes_a_follow_up_of_a_customer(pads: World, sit: Callable[[str], Seat]) -> None:
    ann = sit("ann")
    customer = pads.customer("ann", name="Halden Paper")
    foreign = pads.customer("cyd", name="CNRY-foreign")
    pk = typed(ann, "They want four pumps")["id"]
    assert "Make it a follow-up" in ann.fragment(f"/notepad/{pk}/follow-up")
    for about in ("", f"customers:{foreign.pk}"):
        ann.send(f"/notepad/{pk}/follow-up", 422, about=about)
    assert Note.objects.get().deleted_at is None
    ann.send(f"/notepad/{pk}/follow-up", 204, about=f"customers:{customer.pk}")
    made = records.query("follow_ups", pads.actor("ann")).page().items[0]
    assert (made.type, made.note, made.customer_id) == ("note", "They want four pumps", customer.pk)
    assert Note.objects.get().deleted_at is not None


def test_nobody_else_reads_or_changes_a_note(pads: World, sit: Callable[[str], Seat]) -> None:
    pk = typed(sit("ann"), "CNRY-mine")["id"]
    for who in ("ben", "cyd", "ada"):
        seat = sit(who)
        assert "CNRY" not in seat.get("/notepad")
        seat.get(f"/notepad?note={pk}", 404)
        for what in ("", "/remove", "/task", "/follow-up"):
            seat.send(f"/notepad/{pk}{what}", 404, body="x", version="1", about="customers:1")
    for who in ("ben", "cyd"):
        with pytest.raises(NotFound):
            records.get("notepad_notes", pk, pads.actor(who))
    assert list(Note.objects.values_list("body", "version", "deleted_at")) == [("CNRY-mine", 1, None)]
    sit("ann").get("/notepad?note=99999999999999999999")
    sit("ann").send("/notepad/99999999999999999999", 404, body="x")
    client = sit("ann").client
    client.logout()
    assert client.get("/notepad").status_code == 302
    assert client.post("/notepad/new", {"body": "x", "key": KEY}).status_code == 302


def test_memos_are_in_nobodys_list_but_ones_own(pads: World, sit: Callable[[str], Seat]) -> None:
    for who in ("ann", "ada"):
        records.create("memos", {"subject": f"CNRY-{who}"}, pads.act(who))
    for address in ("/memos", "/memos?view=all"):
        page = sit("ada").get(address)
        assert "CNRY-ada" in page
        assert "CNRY-ann" not in page


def test_a_memo_is_made_with_its_reminder_which_moves_and_ends_with_it(pads: World, sit: Callable[[str], Seat]) -> None:
    ann = sit("ann")
    with clock.fixed(NINE - timedelta(days=1)):
        ann.post("/memos/new", subject="Fair opens", due="2026-11-23T10:00", remind_before="60", remind_again="0")
    memo, reminder = Memo.objects.get(), Reminder.objects.get()
    assert (memo.due, reminder.due_at) == (NINE, NINE - timedelta(hours=1))
    assert (reminder.text, reminder.about_entity, reminder.about_id) == ("Fair opens", "memos", memo.pk)
    records.change("memos", memo.pk, {"due": NINE + timedelta(days=1)}, pads.act("ann"))
    reminder.refresh_from_db()
    assert reminder.due_at == NINE + timedelta(hours=23)
    ann.send(f"/memos/{memo.pk}/verbs/done", 204)
    reminder.refresh_from_db()
    assert reminder.state == "done"
    ann.send(f"/memos/{memo.pk}/verbs/reopen", 204)
    reminder.refresh_from_db()
    assert reminder.state == "open"
    for who in ("ben", "cyd"):
        sit(who).get(f"/memos/{memo.pk}", 404)
