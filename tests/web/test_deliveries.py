"""Deliveries on pages: the link Done, how one hears, what did not arrive, and the banner of a channel that is down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client

from bosun.kernel import records, stamps
from bosun.lib import clock
from bosun.platform.deliveries import configured, links, plans, writing
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.models import CompanyPlan, Delivery, Preference
from bosun.platform.org import actors
from bosun.platform.reminders.models import Notice, Reminder
from bosun.platform.signed import Purpose
from tests.kernel.world import SYSTEM, World
from tests.platform import outside
from tests.platform.delivering import choose, look, people, remind, states
from tests.platform.post import Post, serving
from tests.platform.reminding import NINE, grant
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]


@pytest.fixture
def post(world: World) -> Iterator[Post]:
    """A mail server that Bosun uses; Ann wants mails at once."""
    grant(world)
    with serving() as found:
        found.set_up()
        people(world, "ann", "ben", "cyd", "ada")
        choose(world.people["ann"])
        yield found


def sent(world: World) -> Delivery:
    """A reminder of Ann's that went out by mail."""
    remind(world.people["ann"], NINE)
    look(NINE)
    return Delivery.objects.get(channel="email", state="sent")


def path(row: Delivery) -> str:
    """The link Done, without the host."""
    return links.done(row).removeprefix(links.base())


# the link Done ---------------------------------------------------------------------------------------------------


def test_done_from_a_mail_wants_a_press(world: World, post: Post) -> None:
    row = sent(world)
    [(_to, mail)] = post.taken
    plain = mail.get_body(("plain",))
    assert plain is not None
    found = re.search(r"http://\S+(/done/\S+)", plain.get_content())
    assert found is not None
    anybody = Client(enforce_csrf_checks=True)
    with clock.fixed(NINE):
        for method in ("get", "head"):
            answer = getattr(anybody, method)(found[1])
            assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
        assert Reminder.objects.get().state == "open", "a program that follows links finishes nothing"
        page = anybody.get(found[1]).content.decode()
        assert "Call Priya" in page
        assert "csrfmiddlewaretoken" not in page
        # What a browser sends from a page that tells nobody where one comes from.
        answer = anybody.post(found[1], headers={"Origin": "null"})
    assert answer.status_code == 200
    assert Reminder.objects.get().state == "done"
    assert Notice.objects.get().closed_at is not None
    assert set(Delivery.objects.filter(pk=row.pk).values_list("state", flat=True)) <= {"done", "read"}
    with clock.fixed(NINE):
        again = anybody.get(found[1]).content.decode()
    assert "This is done" in again
    assert "<button" not in again


def test_a_link_that_was_not_signed_here_does_nothing(world: World, post: Post) -> None:
    row = sent(world)
    good = links.token(row)
    forged = [
        good[:-2] + ("AA" if good[-2:] != "AA" else "BB"), "x", "a:b:c",
        signing.dumps([row.pk, world.people["cyd"]], salt=links.DONE.name),
        signing.dumps([row.pk, row.person_id], salt="other"),
        signing.dumps("text", salt=links.DONE.name), signing.dumps([2**70, row.person_id], salt=links.DONE.name),
    ]  # fmt: skip
    for token in forged:
        for method in ("get", "post"):
            answer = getattr(Client(), method)(f"/done/{token}")
            assert answer.status_code == 404, token
            assert "Call Priya" not in answer.content.decode()
    assert Reminder.objects.get().state == "open"


def test_a_link_that_is_too_old_says_so(world: World, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    row = sent(world)
    address = path(row)
    monkeypatch.setattr(links, "DONE", Purpose(links.DONE.name, -1))
    for method in ("get", "post"):
        answer = getattr(Client(), method)(address)
        assert answer.status_code == 410
        assert "This link is too old." in answer.content.decode()
    assert Reminder.objects.get().state == "open"


def test_the_link_of_somebody_who_left_does_nothing(world: World, post: Post) -> None:
    row = sent(world)
    records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    answer = Client().post(path(row))
    assert answer.status_code == 404
    assert Reminder.objects.get().state == "open"


@pytest.mark.parametrize("key", ["wecom", "dingtalk", "feishu", "slack", "apprise"])
def test_a_group_is_given_no_key_to_what_one_of_it_has_to_do(world: World, key: str) -> None:
    grant(world)
    with outside.serving() as group:
        group.allow()
        group.answers = [(200, {}, b"ok" if key == "slack" else b'{"errcode": 0, "code": 0}')]
        url = {"urls": f"json://{group.place}"} if key == "apprise" else {"url": group.url}
        configured.save(key, url, True)
        stamps.refresh()
        choose(world.people["ann"], key)
        row = remind(world.people["ann"], NINE)
        look(NINE)
    (posted,) = group.heard
    assert (states(channel=key), b"Call Priya" in posted.body) == ({"sent": 1}, True)
    assert (b"/told/" in posted.body, b"/done/" in posted.body) == (True, False)
    assert Reminder.objects.get(pk=row.pk).state == "open"


def test_mail_alone_bears_the_link(world: World, post: Post) -> None:
    row, ann = sent(world), actors.load(world.people["ann"])
    assert ann is not None
    bear = []
    for row.channel in CHANNELS:
        made = writing.Writer([row]).message([row], ann)
        bear += [(row.channel, *("/done/" in part for part in (made.text, made.html, made.done_url)))]
    assert [each for each in bear if any(each[1:])] == [("email", True, True, True)]


def test_the_link_of_a_mail_leads_to_what_it_speaks_of_and_is_a_receipt(world: World, sit: Sit, post: Post) -> None:
    row = sent(world)
    for name in ("ben", "cyd"):
        sit(name).get(f"/told/{row.pk}", 404)
    sit("ada").client.get(f"/told/{row.pk}")
    row.refresh_from_db()
    assert (row.state, row.notice.read_at) == ("sent", None), "an administrator's look is no receipt"
    with clock.fixed(NINE + timedelta(minutes=1)):
        answer = sit("ann").client.get(f"/told/{row.pk}")
    assert (answer.status_code, answer["Location"]) == (302, f"/reminders/{row.notice.reminder_id}")
    row = Delivery.objects.select_related("notice").get(pk=row.pk)
    assert (row.state, row.notice.read_at is not None) == ("read", True)
    assert Delivery.objects.get(channel="app").state == "read"
    assert Client().get(f"/told/{row.pk}").status_code == 302


# how one hears ---------------------------------------------------------------------------------------------------


def test_one_chooses_how_one_hears(world: World, sit: Sit, post: Post) -> None:
    Preference.objects.all().delete()
    ann = sit("ann")
    page = ann.get("/me/notices")
    assert "E-mail: When it was not read for 30 min" in page
    assert "As the company: When it was not read" in ann.fragment("/me/notices/reminder")
    ann.send("/me/notices/reminder", 204, email="now")
    assert Preference.objects.get().kinds == {"reminder": {"email": "now"}}
    ann.send("/me/notices/reminder", 422, email="loud")
    ann.send("/me/notices/weather", 404, email="now")
    ann.send("/me/notices/times", 204, quiet_from="20:00", quiet_until="7:30", digest_at="")
    held = Preference.objects.get()
    assert (str(held.quiet_from), str(held.quiet_until), held.digest_at) == ("20:00:00", "07:30:00", None)
    assert held.pk == world.people["ann"]
    assert "20:00 – 07:30" in ann.get("/me/notices")
    for hour, sound in ((12, "on"), (20, "off")):
        with clock.fixed(NINE.replace(hour=hour)):
            assert f'data-sound="{sound}"' in ann.get("/day")
    for wrong in (
        {"quiet_from": "25:00"},
        {"quiet_from": "20:00"},
        {"digest_at": "soon"},
        {"quiet_until": "7"},
        {"quiet_from": "20:00", "quiet_until": "20:00"},
    ):
        ann.send("/me/notices/times", 422, **wrong)
    assert str(Preference.objects.get().quiet_from) == "20:00:00"
    ann.send("/me/notices/reminder", 204, email="")
    assert Preference.objects.get().kinds == {"reminder": {}}


@pytest.mark.parametrize(
    ("language", "hours", "line"),
    [("es", "Ninguna", "Correo electrónico: Si no se ha leído en 30 min"), ("zh-hans", "无", "邮件：30 分钟未读时")],
)
def test_how_one_hears_in_other_languages(
    world: World, sit: Sit, post: Post, language: str, hours: str, line: str
) -> None:
    Preference.objects.all().delete()
    records.change("users", world.people["ann"], {"language": language}, SYSTEM)
    page = sit("ann").get("/me/notices")
    assert line in page
    assert f'<span class="small f tn">{hours}</span>' in page


def test_without_a_channel_there_is_nothing_to_choose(world: World, sit: Sit) -> None:
    assert "everybody hears in the app alone" in sit("ann").get("/me/notices")


def test_the_company_decides_and_fixes(world: World, sit: Sit, post: Post) -> None:
    for name in ("ann", "ben"):
        sit(name).get("/settings/plans", 403)
        sit(name).send("/settings/plans/reminder", 403, email="never", minutes="5")
    assert not CompanyPlan.objects.exists()
    ada = sit("ada")
    ada.get("/settings/plans")
    ada.fragment("/settings/plans/reminder")
    for wrong in ("0", "x", "99999", ""):
        ada.send("/settings/plans/reminder", 422, email="now", minutes=wrong)
    ada.send("/settings/plans/reminder", 204, email="now", fixed="email", minutes="15", ladder="1")
    plan = CompanyPlan.objects.get()
    assert (plan.channels, plan.fixed, plan.minutes, plan.ladder) == ({"email": "now"}, ["email"], 15, True)
    ann = sit("ann")
    assert "The company has set this for everybody." in ann.fragment("/me/notices/reminder")
    ann.send("/me/notices/reminder", 204, email="never")
    stamps.forget()
    assert plans.chosen("reminder", Preference.objects.get(pk=world.people["ann"])) == {"email": "now"}


def test_a_dead_address_is_shown_to_its_owner(world: World, sit: Sit, post: Post) -> None:
    post.to_recipient = lambda _to: "550 5.1.1 no such <user>"
    remind(world.people["ann"], NINE)
    look(NINE)
    page = sit("ann").get("/me/notices")
    assert "E-mail: nothing arrives at ann@house.example." in page
    assert "550 5.1.1 no such &lt;user&gt;" in page
    assert "nothing arrives" not in sit("cyd").get("/me/notices")


# for administrators ----------------------------------------------------------------------------------------------


def test_failures_by_channel_and_sent_again(world: World, sit: Sit, post: Post) -> None:
    post.to_recipient = lambda _to: "550 5.1.1 no such user"
    for text in ("One", "Two"):
        remind(world.people["ann"], NINE, text=text)
    look(NINE)
    held = Delivery.objects.filter(channel="email").earliest("pk")
    for name in ("ann", "ben", "cyd"):
        sit(name).get("/settings/deliveries", 403)
        for address in (f"/settings/deliveries/{held.pk}/again", "/settings/deliveries/email/again"):
            sit(name).send(address, 403)
    assert states() == {"failed": 2}
    ada = sit("ada")
    page = ada.get("/settings/deliveries")
    assert "550 5.1.1 no such user" in page
    assert f'data-post="/settings/deliveries/{held.pk}/again"' in page
    post.to_recipient = lambda _to: "250 OK"
    with clock.fixed(NINE):
        ada.send(f"/settings/deliveries/{held.pk}/again", 204)
        assert states() == {"failed": 1, "queued": 1}
        ada.send("/settings/deliveries/email/again", 204)
        ada.send("/settings/deliveries/pigeon/again", 404)
    look(NINE)
    assert states() == {"sent": 2}


def test_a_channel_that_is_down_is_said_on_every_page_to_administrators(world: World, sit: Sit, post: Post) -> None:
    """F2.05: the banner, and the page of health."""
    post.set_up(port=1)
    remind(world.people["ann"], NINE)
    look(NINE)
    for address in ("/day", "/customers", "/settings/deliveries"):
        assert "E-mail has been down since" in sit("ada").get(address)
    for name in ("ann", "ben"):
        assert "has been down since" not in sit(name).get("/day")
    assert Client().get("/health").json()["channels"] == {"email": "down"}
    said = sit("ada").get("/settings/deliveries")
    assert "1 waits" in said
    assert re.search("Next try <time", said)
    assert re.search("Call Priya.*Ann · ann@house.example", said), "what waits, and for whom"
    assert "Connection refused" in said
    assert "Errno" not in said
    runs = sit("ada").get("/settings/system")
    assert "Everything runs" not in runs
    assert re.search("<b>E-mail</b>.*?Stands still", runs)
    post.set_up()
    look(NINE)
    assert "has been down since" not in sit("ada").get("/day")
    assert "Nothing waits" in sit("ada").get("/settings/deliveries")
    assert Client().get("/health").json()["channels"] == {"email": "up"}


def test_the_reader_sees_by_which_channel_it_did_not_come(world: World, sit: Sit, post: Post) -> None:
    """F2.13."""
    post.set_up(port=1)
    remind(world.people["ann"], NINE)
    look(NINE)
    assert configured.failing()
    with clock.fixed(NINE):
        assert "Not delivered by E-mail" in sit("ann").get("/notices")
        assert "Not delivered by E-mail" in sit("ann").get("/day")


def test_a_receipt_stands_beside_the_reminder(world: World, sit: Sit, post: Post) -> None:
    row = remind(world.people["ann"], NINE)
    ann = sit("ann")
    assert "read it" not in ann.get(f"/reminders/{row.pk}")
    look(NINE)
    assert "Told 1, 0 read it<" in ann.get(f"/reminders/{row.pk}")
    assert "On time" in ann.get(f"/reminders/{row.pk}")
    Delivery.objects.filter(channel="email").update(sent_at=NINE + timedelta(seconds=90))
    assert "90.0 s late" in ann.get(f"/reminders/{row.pk}")
    Delivery.objects.filter(channel="email").update(state="failed")
    assert "Told 1, 0 read it, 1 undeliverable<" in ann.get(f"/reminders/{row.pk}")
    sit("cyd").get(f"/reminders/{row.pk}", 404)
