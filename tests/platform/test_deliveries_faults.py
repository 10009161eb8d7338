"""Others that fail, and clocks that are wrong, while reminders go on: what is due is told, once, by whatever works."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest

from bosun.kernel import records, stamps
from bosun.lib import clock
from bosun.platform.deliveries import configured, sending, services
from bosun.platform.deliveries.models import Delivery
from bosun.platform.push import browsers
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform import outside
from tests.platform.delivering import choose, company, look, people, remind, states
from tests.platform.peers import free_port
from tests.platform.post import Post, serving
from tests.platform.reminding import NINE
from tests.platform.test_channels_push import Fake
from tests.platform.test_jobs_killed import wait_for

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
ALL = ("email", "sms", "slack", "webpush")


@pytest.fixture
def post(world: World) -> Iterator[Post]:
    """A mail server that Bosun uses; Ann wants mails at once."""
    with serving() as found:
        found.set_up()
        people(world, "ann", "ben")
        choose(world.people["ann"])
        yield found


def sms(port: int) -> None:
    """A gateway for short messages that takes everything, where something listens."""
    body = '{"to": "{to}", "text": "{text}", "uid": "{key}"}'
    values = {"url": f"http://127.0.0.1:{port}/sms", "body": body, "success_at": "", "success": "ok"}
    configured.save("sms", values, True)


def test_all_channels_down_and_the_manager_hears_of_it(world: World) -> None:
    """F2.13: it nags in the app, says by which channels it did not come, and goes up the ladder."""
    [ann, _ben] = people(world, "ann", "ben")
    records.change("users", ann, {"phones": ["+34612345678"]}, SYSTEM)
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    port = free_port()
    about = outside.Outside(port=port)
    about.allow()
    configured.save("email", {"host": "127.0.0.1", "port": port, "security": "none", "sender": "crm@a.example"}, True)
    sms(port)
    configured.save("slack", {"url": about.url}, True)
    configured.save("webpush", {}, True)
    browsers.take(ann, Fake(about.url).offered, "Firefox")
    company(channels=dict.fromkeys(ALL, "now"), minutes=15, ladder=True)
    remind(ann, NINE, nag_minutes=10)
    for minute in range(31):
        look(NINE + minute * MINUTE)
    told = Notice.objects.filter(person_id=ann, kind="reminder")
    assert list(told.values_list("due_at", flat=True)) == [NINE + n * 10 * MINUTE for n in range(4)]
    latest = told.latest("pk")
    assert {row.key for row in configured.failing()} == {"email", "sms", "slack"}
    assert services.undelivered([latest])[latest.pk] == ["E-mail", "SMS over HTTP", "Slack"]
    assert set(states(notice=latest)) == {"queued"}
    assert not Delivery.objects.exclude(channel__in=("app", "ladder")).exclude(sent_at=None).exists()
    (heard,) = Notice.objects.filter(person_id=world.people["ben"])
    assert heard.text == "Ann has not read a notice."


@pytest.mark.django_db(transaction=True)
def test_dead_dns_holds_up_nobody_else(world: World, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """F2.19: a resolver that says nothing; what goes elsewhere goes at once, and mail goes when it is back."""
    ann = world.people["ann"]
    records.change("users", ann, {"phones": ["+34612345678"]}, SYSTEM)
    asked, back, stop = Event(), Event(), Event()
    whole = socket.getaddrinfo

    def silent(host: Any, *rest: Any, **more: Any) -> Any:
        if host != "mail.house.example":
            return whole(host, *rest, **more)
        asked.set()
        back.wait(60)
        return whole("127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    with outside.serving() as about:
        about.allow()
        post.set_up(host="mail.house.example")
        sms(about.port)
        remind(ann, clock.now() - MINUTE, channels=["email", "sms"])
        engine.tick()
        loop = Thread(target=sending.run, args=(stop,))
        loop.start()
        try:
            assert asked.wait(30)
            assert wait_for(lambda: states(channel="sms") == {"sent": 1}, 30)
            assert states(channel="email") == {"queued": 1}
            assert Notice.objects.filter(person_id=ann).count() == 1
            back.set()
            assert wait_for(lambda: states(channel="email") == {"sent": 1}, 30)
        finally:
            back.set()
            stop.set()
            loop.join(30)
    assert (len(about.heard), len(post.ids)) == (1, 1)


def test_a_name_that_nobody_knows_is_the_channels_fault(world: World, post: Post) -> None:
    """F2.19: it is tried again, later and later, and what waits is not lost."""
    post.set_up(host="mail.invalid")
    remind(world.people["ann"], NINE)
    look(NINE)
    assert [row.key for row in configured.failing()] == ["email"]
    assert states() == {"queued": 1}
    post.set_up()
    look(NINE + MINUTE)
    assert len(post.ids) == 1


def test_nagging_goes_on_over_twenty_restarts_until_it_is_done(world: World, post: Post) -> None:
    """F3.13: every half hour, done after two hours and ten minutes: five times, none late, none afterwards. A worker
    that begins knows what stands in the database alone.
    """
    row = remind(world.people["ann"], NINE, nag_minutes=30)
    for minute in range(200):
        if minute % 9 == 5:
            stamps.forget()
        if minute == 130:
            with clock.fixed(NINE + minute * MINUTE):
                records.run_verb("reminders", [row.pk], "done", {}, SYSTEM)
        look(NINE + minute * MINUTE)
    grid = [NINE + n * 30 * MINUTE for n in range(5)]
    assert list(Notice.objects.order_by("pk").values_list("due_at", "made_at")) == [(at, at) for at in grid]
    mails = Delivery.objects.filter(channel="email").order_by("pk")
    assert list(mails.values_list("sent_at", flat=True)) == grid
    assert len(post.ids) == len(set(post.ids)) == 5


def test_workers_whose_clocks_differ_tell_each_time_once(world: World, post: Post) -> None:
    """F3.10: five minutes apart, by turns, over a nag and a series."""
    remind(world.people["ann"], NINE, nag_minutes=10)
    remind(world.people["ann"], NINE, text="Stand-up", rule="FREQ=DAILY", timezone="UTC")
    for minute in range(0, 60, 3):
        look(NINE + (minute + 5) * MINUTE)
        look(NINE + minute * MINUTE)
    for day in (1, 2):
        look(NINE + timedelta(days=day))
        look(NINE + timedelta(days=day) - 5 * MINUTE)
    nag, series = Notice.objects.filter(text="Call Priya"), Notice.objects.filter(text="Stand-up")
    times = list(nag.order_by("due_at").values_list("due_at", flat=True))
    assert times[:7] == [NINE + n * 10 * MINUTE for n in range(7)]
    assert len(times) == len(set(times)) == 9, "each day of silence is told once"
    assert list(series.order_by("due_at").values_list("due_at", flat=True)) == [
        NINE + timedelta(days=day) for day in range(3)
    ]
    assert len(post.ids) == len(set(post.ids)) == 12


def test_what_came_while_bosun_was_down_for_three_days_is_told_once_and_said_to_be_late(
    world: World, post: Post
) -> None:
    """F3.09: one of a kind, a nag and a series; three hours or three days make no difference (F3.07)."""
    ann = world.people["ann"]
    remind(ann, NINE, text="Once")
    remind(ann, NINE, text="Nag", nag_minutes=30)
    remind(ann, NINE, text="Daily", rule="FREQ=DAILY", timezone="UTC")
    back = NINE + timedelta(days=3, hours=2)
    for again in range(3):
        look(back + again * MINUTE)
    open_ = Notice.objects.filter(person_id=ann, closed_at__isnull=True).order_by("text")
    assert list(open_.values_list("text", "due_at")) == [
        ("Daily", NINE + timedelta(days=3)), ("Nag", NINE), ("Once", NINE),
    ]  # fmt: skip
    assert sorted(str(mail["Subject"]) for _to, mail in post.taken) == ["Daily", "Nag", "Once"]
    rows = Delivery.objects.filter(channel="email").exclude(sent_at=None).select_related("notice")
    found = {each["reminder"]["name"]: each["late_seconds"] for each in services.as_json(list(rows))}
    assert found == {"Daily": 2 * 3600.0, "Nag": 74 * 3600.0, "Once": 74 * 3600.0}


def test_a_server_that_knows_one_address_not_answers_again(world: World, post: Post) -> None:
    post.set_up(port=1)
    remind(world.people["ann"], NINE)
    look(NINE)
    assert configured.failing()
    post.set_up()
    post.to_recipient = lambda _to: "550 5.1.1 No such user here"
    look(NINE + 10 * MINUTE)
    assert (states(), configured.failing()) == ({"failed": 1}, [])
