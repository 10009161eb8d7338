"""What is done or read while its messages are under way: not sent, and not sent again once it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records
from bosun.kernel.actor import new_batch
from bosun.lib import clock
from bosun.platform.deliveries import claiming, configured, failing, sending
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.channels.email import Email
from bosun.platform.deliveries.channels.port import Outcome
from bosun.platform.deliveries.models import Delivery, Preference
from bosun.platform.reminders import notices
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform.delivering import choose, company, look, people, remind, states
from tests.platform.post import Post, serving
from tests.platform.reminding import NINE, grant

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def post(world: World) -> Iterator[Post]:
    """A mail server that Bosun uses; Ann wants mails at once."""
    with serving() as found:
        found.set_up()
        grant(world)
        people(world, "ann", "ben")
        choose(world.people["ann"])
        yield found


def told(person: int) -> list[str]:
    """What stands in somebody's bell, the first one first."""
    return list(Notice.objects.filter(person_id=person).order_by("pk").values_list("text", flat=True))


@pytest.mark.parametrize(("what", "rest"), [("done", "cancelled"), ("closed", "cancelled"), ("taken over", "queued")])
def test_what_is_over_while_a_batch_goes_out_is_not_sent(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch, what: str, rest: str
) -> None:
    monkeypatch.setattr(sending, "FRESH_SECONDS", 0.0)
    first, second = (remind(world.people["ann"], NINE, text=text) for text in ("One", "Two"))
    whole = Email.send

    def slowly(self: Email, messages: Any, settings: Any) -> Any:
        for outcome in whole(self, messages, settings):
            if what == "done":
                records.run_verb("reminders", [second.pk], "done", {}, SYSTEM)
            elif what == "closed":
                notices.close(Notice.objects.get(reminder=second).pk, world.actor("ann"))
            else:
                mine = Delivery.objects.filter(channel="email", notice__reminder=second)
                mine.update(lease="elsewhere:1:x", lease_until=NINE + MINUTE)
            yield outcome

    monkeypatch.setattr(Email, "send", slowly)
    look(NINE)
    assert [str(mail["Subject"]) for _to, mail in post.taken] == ["One"]
    assert states(notice__reminder=first) == {"sent": 1}
    assert states(notice__reminder=second) == {rest: 1}


def test_what_is_read_before_its_turn_does_not_climb(world: World, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    company(channels={"email": "never"}, minutes=30, ladder=True)
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    for text in ("One", "Two"):
        remind(world.people["ann"], NINE, text=text)
    climb = failing.climb

    def slowly(row: Delivery, now: datetime) -> None:
        climb(row, now)
        notices.seen(world.actor("ann"), Notice.objects.filter(person_id=world.people["ann"]).latest("pk").pk)

    monkeypatch.setattr(failing, "climb", slowly)
    look(NINE)
    look(NINE + 30 * MINUTE)
    assert told(world.people["ben"]) == ["Ann has not read a notice."]
    assert states(channel="ladder", person_id=world.people["ann"]) == {"delivered": 1, "cancelled": 1}


# undone --------------------------------------------------------------------------------------------------------------


def do(world: World, row: Any, batch: str) -> None:
    draft = records.run_verb("reminders", [row.pk], "done", {}, world.act("ann", batch=batch))[0]
    assert draft.failure is None


@pytest.mark.parametrize("ladder", [False, True])
@pytest.mark.parametrize("first", ["read", "done"])
def test_what_reading_called_off_does_not_come_back_with_an_undo(
    world: World, post: Post, ladder: bool, first: str
) -> None:
    choose(world.people["ann"], when="then")
    company(channels={"email": "never" if ladder else "then"}, minutes=30, ladder=ladder)
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    row = remind(world.people["ann"], NINE)
    look(NINE)
    batch = new_batch()
    for minute, what in enumerate(("read", "done") if first == "read" else ("done", "read"), 1):
        with clock.fixed(NINE + minute * MINUTE):
            if what == "read":
                notices.seen_one(Notice.objects.get().pk, world.actor("ann"))
            else:
                do(world, row, batch)
    with clock.fixed(NINE + 4 * MINUTE):
        records.undo(batch, world.act("ann"))
    look(NINE + 5 * MINUTE)
    look(NINE + 31 * MINUTE)
    assert (told(world.people["ben"]), post.taken) == ([], [])
    assert Notice.objects.get().closed_at is None


def test_what_nobody_read_goes_on_with_an_undo(world: World, post: Post) -> None:
    """The next channel keeps its time, also where it was found done only when it was to be sent."""
    company(channels={"email": "then"}, minutes=30)
    choose(world.people["ann"], when="then")
    row = remind(world.people["ann"], NINE)
    look(NINE)
    batch = new_batch()
    with clock.fixed(NINE + 2 * MINUTE):
        do(world, row, batch)
        assert states() == {"cancelled": 1}
        records.undo(batch, world.act("ann"))
    look(NINE + 29 * MINUTE)
    assert (states(), post.taken) == ({"queued": 1}, [])
    with clock.fixed(NINE + 30 * MINUTE):
        lease, rows = claiming.claim("email", NINE + 30 * MINUTE)
        batch = new_batch()
        do(world, row, batch)
        claiming.let_go(lease)
        sending.drain()
        assert states() == {"cancelled": 1}
        records.undo(batch, world.act("ann"))
        sending.drain()
    assert states() == {"sent": 1}
    assert len(post.taken) == len(rows) == 1


# digests -------------------------------------------------------------------------------------------------------------


def test_a_digest_keeps_its_name_and_what_goes_out_apart_has_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first line is done between two tries; that is undone, and another line comes, once it is out."""
    seen: list[tuple[str, str]] = []

    class Cut(Email):
        def send(self, messages: Any, settings: Any) -> Any:
            for message in messages:
                seen.append((message.key, message.subject))
                yield message, Outcome("again", "cut") if len(seen) == 1 else Outcome("sent")

    monkeypatch.setitem(CHANNELS, "email", Cut())
    configured.save("email", {"host": "127.0.0.1", "port": 1, "security": "none", "sender": "crm@house.example"}, True)
    grant(world)
    people(world, "ann")
    ann = world.people["ann"]
    choose(ann)
    Preference.objects.filter(pk=ann).update(digest_at="17:00")
    rows = [remind(ann, NINE, text=text) for text in ("One", "Two", "Three")]
    look(NINE)
    five, batch = datetime(2026, 11, 23, 16, tzinfo=UTC), new_batch()
    look(five)
    with clock.fixed(five + MINUTE):
        do(world, rows[0], batch)
    look(five + 2 * MINUTE)
    late = remind(ann, NINE + 10 * MINUTE, text="Four")
    look(NINE + 10 * MINUTE)
    with clock.fixed(five + 3 * MINUTE):
        records.undo(batch, world.act("ann"))
    look(five + 3 * MINUTE)
    bundle = f"digest:{ann}:202611231700"
    held = {each.notice.text: each for each in Delivery.objects.filter(channel="email").select_related("notice")}
    assert seen == [
        (f"{bundle}.{held['One'].pk}", "3 notices"),
        (f"{bundle}.{held['One'].pk}", "2 notices"),
        (f"{bundle}.{held['Four'].pk}", "1 notice"),
        (held["One"].key, "One"),
    ]
    assert late.pk == held["Four"].notice.reminder_id
    assert states() == {"sent": 4}
