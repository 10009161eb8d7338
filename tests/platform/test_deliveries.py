"""The ledger: each notice has a row for each channel, and each state is reached by a real answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Event, Thread, get_ident
from typing import Any

import pytest

from bosun.kernel import records, registry, stamps
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.kernel.removal import remove
from bosun.lib import clock
from bosun.platform.deliveries import addresses, claiming, configured, sending, services
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.channels.email import Email
from bosun.platform.deliveries.channels.port import Outcome
from bosun.platform.deliveries.composing import unguessable
from bosun.platform.deliveries.models import ChannelSettings, DeadAddress, Delivery
from bosun.platform.reminders import engine, notices
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform.delivering import choose, company, look, people, remind, states, tell_many
from tests.platform.post import Post, serving
from tests.platform.reminding import NINE
from tests.platform.test_jobs_killed import wait_for

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def post(world: World) -> Iterator[Post]:
    """A mail server that Bosun uses; Ann wants mails at once."""
    with serving() as found:
        found.set_up()
        people(world, "ann", "ben", "cyd", "ada")
        choose(world.people["ann"])
        yield found


def told(person: int) -> list[str]:
    """What stands in somebody's bell, the first one first."""
    return list(Notice.objects.filter(person_id=person).order_by("pk").values_list("text", flat=True))


def test_a_reminder_goes_out_by_mail_once(world: World, post: Post) -> None:
    row = remind(world.people["ann"], NINE, text="Call Priya 你好")
    look(NINE - MINUTE)
    assert post.taken == []
    look(NINE)
    look(NINE + MINUTE)
    [(to, mail)] = post.taken
    assert to == ("ann@house.example",)
    assert str(mail["Subject"]) == "Call Priya 你好"
    assert str(mail["From"]) == "Bosun <crm@house.example>"
    held = Delivery.objects.get(channel="email")
    assert (held.state, held.address, held.reference) == ("sent", "ann@house.example", mail["Message-ID"])
    assert held.notice.reminder_id == row.pk
    assert Delivery.objects.get(channel="app").state == "delivered"
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert f"/told/{held.pk}" in plain.get_content()


def test_without_a_channel_everybody_hears_in_the_app_alone(world: World) -> None:
    people(world, "ann")
    remind(world.people["ann"], NINE)
    look(NINE)
    assert list(Delivery.objects.values_list("channel", "state")) == [("app", "delivered")]


def test_one_connection_serves_many_messages(world: World, post: Post) -> None:
    for number in range(30):
        remind(world.people["ann"], NINE, text=f"Call {number}")
    look(NINE)
    assert len(set(post.ids)) == len(post.taken) == 30
    assert post.connections == 1


def test_a_server_that_refuses_for_two_hours_gets_all_of_it_later_in_order(world: World, post: Post) -> None:
    """F2.05: nothing is lost, nothing is sent twice, and not what was done meanwhile; administrators see it."""
    post.set_up(port=1)
    rows = [remind(world.people["ann"], NINE + n * 5 * MINUTE, text=f"Call {n}") for n in range(20)]
    for n in range(24):
        look(NINE + n * 5 * MINUTE)
    assert states() == {"queued": 20}
    assert [row.failing_since for row in configured.failing()] == [NINE]
    assert configured.states() == {"email": "down"}
    with clock.fixed(NINE + 119 * MINUTE):
        for row in rows[3:6]:
            records.run_verb("reminders", [row.pk], "done", {}, SYSTEM)
    ChannelSettings.objects.filter(pk="email").update(sealed=sealed_for(post))
    stamps.forget()
    for n in range(3):
        look(NINE + (124 + n) * MINUTE)
    assert [str(mail["Subject"]) for _to, mail in post.taken] == [f"Call {n}" for n in range(20) if n not in (3, 4, 5)]
    assert states() == {"sent": 17, "cancelled": 3}
    assert configured.failing() == []


def sealed_for(post: Post) -> str:
    """The settings of the server that is back, as they are stored, without a fresh start."""
    held = ChannelSettings.objects.get(pk="email")
    post.set_up()
    sealed = ChannelSettings.objects.get(pk="email").sealed
    held.save()
    return str(sealed)


def test_a_channel_that_is_down_is_tried_with_one_message(world: World, post: Post) -> None:
    post.to_message = lambda _id: "421 go away"
    for number in range(10):
        remind(world.people["ann"], NINE, text=f"Call {number}")
    look(NINE)
    assert len(post.offered) == 1
    look(NINE + timedelta(seconds=5))
    assert len(post.offered) == 1, "it is left in peace for ten seconds"
    look(NINE + timedelta(seconds=11))
    assert len(post.offered) == 2
    assert set(Delivery.objects.filter(channel="email").values_list("tries", flat=True)) == {0}


def test_cut_after_data_is_sent_again_under_the_same_message_id(world: World, post: Post) -> None:
    """F2.06: connections are cut before the answer; all arrive, under the key that they had before."""
    count = int(os.environ.get("BOSUN_CUTS") or 60)
    cut: set[str] = set()

    def once(key: str) -> str:
        known = key in cut
        cut.add(key)
        return "250 OK" if known else ""

    post.to_message = once
    tell_many(world.people["ann"], count, NINE)
    moment = NINE
    for _round in range(4 * count):
        look(moment)
        if not Delivery.objects.filter(state="queued").exists():
            break
        moment += timedelta(minutes=3)
    assert states() == {"sent": count}
    assert len(post.ids) == len(set(post.ids)) == count
    assert sorted(post.offered) == sorted([*cut, *cut])


def test_451_is_tried_again_and_later_each_time(world: World, post: Post) -> None:
    """F2.07, the first half."""
    answers = ["451 4.7.1 greylisted", "451 4.7.1 greylisted", "250 OK"]
    post.to_recipient = lambda _to: answers.pop(0)
    remind(world.people["ann"], NINE)
    look(NINE)
    held = Delivery.objects.get(channel="email")
    assert (held.state, held.tries, held.next_at) == ("queued", 1, NINE + MINUTE)
    assert held.said == "451 4.7.1 greylisted"
    look(NINE + MINUTE)
    held.refresh_from_db()
    assert (held.tries, held.next_at) == (2, NINE + 6 * MINUTE)
    look(NINE + 6 * MINUTE)
    held.refresh_from_db()
    assert (held.state, held.tries) == ("sent", 3)
    assert configured.failing() == []


def test_550_is_final_marks_the_address_and_tells_the_sender(world: World, post: Post) -> None:
    """F2.07, the second half: Ben made the reminder for Ann."""
    post.to_recipient = lambda _to: "550 5.1.1 no such user"
    ben, ann = world.people["ben"], world.people["ann"]
    row = remind(ann, NINE)
    type(row).objects.filter(pk=row.pk).update(created_by=ben)
    look(NINE)
    held = Delivery.objects.get(channel="email")
    assert (held.state, held.tries, held.said) == ("failed", 1, "550 5.1.1 no such user")
    assert [(dead.address, dead.said) for dead in addresses.of_person(ann)] == [("ann@house.example", held.said)]
    said = "Not delivered by E-mail to Ann: 550 5.1.1 no such user"
    assert told(ben) == [said]
    assert told(ann) == ["Call Priya", said]
    look(NINE + timedelta(days=1))
    assert post.connections == 1, "a final answer is not asked for twice"
    remind(ann, NINE + timedelta(days=2), text="Another")
    look(NINE + timedelta(days=2))
    assert post.connections == 1
    assert states() == {"failed": 2}
    records.change("users", ann, {"email": "new@house.example"}, SYSTEM)
    assert addresses.of_person(ann) == []
    post.to_recipient = lambda _to: "250 OK"
    remind(ann, NINE + timedelta(days=3), text="Third")
    look(NINE + timedelta(days=3))
    assert [to for to, _mail in post.taken] == [("new@house.example",)]


def test_a_full_mailbox_is_no_dead_address(world: World, post: Post) -> None:
    post.to_recipient = lambda _to: "552 5.2.2 mailbox full"
    remind(world.people["ann"], NINE)
    look(NINE)
    assert states() == {"failed": 1}
    assert not DeadAddress.objects.exists()


def test_what_is_given_up_is_sent_again_by_an_administrator(world: World, post: Post) -> None:
    post.to_recipient = lambda _to: "550 5.1.1 no such user"
    for text in ("One", "Two"):
        remind(world.people["ann"], NINE, text=text)
    look(NINE)
    first = Delivery.objects.filter(channel="email").earliest("pk")
    for name in ("ann", "ben", "cyd"):
        with pytest.raises(Denied):
            services.resend(first.pk, world.actor(name))
        with pytest.raises(Denied):
            services.resend_failed("email", world.actor(name))
    assert states() == {"failed": 2}
    post.to_recipient = lambda _to: "250 OK"
    with clock.fixed(NINE + MINUTE):
        services.resend(first.pk, world.actor("ada"))
    look(NINE + MINUTE)
    assert post.ids == [f"<{unguessable(first.key).replace(':', '.')}@house.example>"]
    with clock.fixed(NINE + 2 * MINUTE):
        assert services.resend_failed("email", world.actor("ada")) == 1
    look(NINE + 2 * MINUTE)
    assert states() == {"sent": 2}
    with pytest.raises(Invalid):
        services.resend(first.pk, world.actor("ada"))
    with pytest.raises(NotFound):
        services.resend(first.pk + 1000, world.actor("ada"))


# what is not wanted any more -------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["done", "closed", "left", "removed"])
def test_what_is_over_by_the_time_of_sending_is_not_sent(world: World, post: Post, what: str) -> None:
    ann = world.people["ann"]
    row = remind(ann, NINE)
    with clock.fixed(NINE):
        engine.tick()
        if what == "done":
            records.run_verb("reminders", [row.pk], "done", {}, SYSTEM)
        elif what == "closed":
            notices.close(Notice.objects.get().pk, world.actor("ann"))
        elif what == "left":
            records.change("users", ann, {"active": False}, SYSTEM)
        else:
            remove(registry.get("reminders"), [row.pk], SYSTEM)
    look(NINE + MINUTE)
    assert post.offered == []
    outside = Delivery.objects.exclude(channel="app")
    assert list(outside.filter(person_id=ann).values_list("state", flat=True)) == ["cancelled"]
    # Whoever has the reminder of somebody who left is told of it: nobody leads him here but the administrator.
    others = {"Call Priya": world.people["ada"]} if what == "left" else {}
    assert {row.notice.text: row.person_id for row in outside.exclude(person_id=ann)} == others


def test_done_and_read_stand_in_the_ledger(world: World, post: Post) -> None:
    row = remind(world.people["ann"], NINE)
    look(NINE)
    with clock.fixed(NINE + MINUTE):
        notices.seen(world.actor("ann"), Notice.objects.get().pk)
    held = {each.channel: (each.state, each.read_at) for each in Delivery.objects.all()}
    assert held == {"app": ("read", NINE + MINUTE), "email": ("sent", None)}
    with clock.fixed(NINE + 2 * MINUTE):
        records.run_verb("reminders", [row.pk], "done", {}, SYSTEM)
    assert set(Delivery.objects.values_list("state", "done_at")) == {("done", NINE + 2 * MINUTE)}


# leases ----------------------------------------------------------------------------------------------------------


def test_what_was_sent_but_not_marked_goes_again_under_the_same_key(world: World, post: Post) -> None:
    remind(world.people["ann"], NINE)
    with clock.fixed(NINE):
        engine.tick()
        stamps.refresh()
        lease, rows = claiming.claim("email", NINE)
        [(message, _rows)] = sending.written(rows)
        list(CHANNELS["email"].send([message], configured.values_of("email")))
        assert claiming.claim("email", NINE)[1] == [], "it is in hand"
    look(NINE + timedelta(seconds=61))
    assert len(post.ids) == 2
    assert len(set(post.ids)) == 1
    assert states() == {"sent": 1}
    assert sending.mark(rows, lease, Outcome("failed", "late")) is False, "the lease was lost"


def test_what_a_dead_process_of_this_machine_had_is_free_at_once(world: World, post: Post) -> None:
    remind(world.people["ann"], NINE)
    with clock.fixed(NINE):
        engine.tick()
        claiming.claim("email", NINE)
        assert claiming.take_back() == 0, "this process lives"
        Delivery.objects.filter(channel="email").update(lease=f"{claiming.machine()}:{2**22 + 1}:x")
        assert claiming.take_back() == 1
        sending.drain()
    assert states() == {"sent": 1}


@pytest.mark.django_db(transaction=True)
def test_a_slow_channel_holds_up_no_other(world: World, post: Post) -> None:
    """F2.08: while a mail hangs, what goes up to the manager is told all the same."""
    company("rule", channels={"email": "now"}, minutes=1, ladder=True)
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    hangs, go_on, stop = Event(), Event(), Event()

    def slowly(_to: str) -> str:
        hangs.set()
        go_on.wait(20)
        return "250 OK"

    post.to_recipient = slowly
    tell_many(world.people["ann"], 1, clock.now() - timedelta(minutes=5), "rule")
    Delivery.objects.filter(channel="ladder").update(next_at=clock.now())
    loop = Thread(target=sending.run, args=(stop,))
    loop.start()
    try:
        assert hangs.wait(20)
        assert wait_for(lambda: told(world.people["ben"]) == ["Ann has not read a notice."], 20)
        assert states(channel="email", person_id=world.people["ann"]) == {"queued": 1}
    finally:
        go_on.set()
        stop.set()
        loop.join(30)
    assert states(channel="email", person_id=world.people["ann"]) == {"sent": 1}


@pytest.mark.django_db(transaction=True)
def test_a_lot_goes_through_three_connections_at_once(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "BATCH", 10)
    together, stop, whole = Barrier(3, timeout=30), Event(), Email.send
    begun: set[int] = set()

    def meet(self: Email, messages: Any, settings: Any) -> Any:
        if get_ident() not in begun:
            begun.add(get_ident())
            together.wait()
        return whole(self, messages, settings)

    monkeypatch.setattr(Email, "send", meet)
    tell_many(world.people["ann"], 45, clock.now())
    loop = Thread(target=sending.run, args=(stop,))
    loop.start()
    try:
        assert wait_for(lambda: states() == {"sent": 45}, 60)
    finally:
        stop.set()
        loop.join(30)
    assert len(post.ids) == len(set(post.ids)) == 45
    assert len(begun) == 3
    assert not together.broken


def test_one_connection_refused_while_others_are_served_is_no_fault(world: World, post: Post) -> None:
    """A server takes only so many at once: whoever is sent away stops, and what he had is free."""
    post.set_up(port=1)
    tell_many(world.people["ann"], 3, NINE)
    with clock.fixed(NINE):
        stamps.refresh()
        lease, rows = claiming.claim("email", NINE)
        assert sending.send("email", lease, rows, Event(), others=True) is False
        assert configured.failing() == []
        claiming.let_go(lease)
        assert states(lease="", tries=0) == {"queued": 3}
        assert sending.send("email", *claiming.claim("email", NINE), Event()) is True
        assert [row.key for row in configured.failing()] == ["email"]


def test_what_was_sent_is_marked_ten_at_a_time(
    world: World, post: Post, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "QUICK_SECONDS", 60.0)
    monkeypatch.setattr(sending, "FRESH_SECONDS", 60.0)
    for name, count in (("ann", 10), ("ben", 50)):
        choose(world.people[name])
        tell_many(world.people[name], count, NINE + count * MINUTE)
        with clock.fixed(NINE + count * MINUTE):
            stamps.refresh()
            with django_assert_max_num_queries(30 + count // 2):
                assert sending.drain() == 1
    assert states() == {"sent": 60}


def test_a_thousand_due_at_once_go_out_once_each(world: World, post: Post) -> None:
    tell_many(world.people["ann"], 1000, NINE)
    look(NINE)
    assert len(post.taken) == len(set(post.ids)) == 1000
    assert states() == {"sent": 1000}
    assert post.connections == 10, "one for a hundred"
