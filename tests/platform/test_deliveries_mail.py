"""E-mail against real servers: TLS that is checked, tar pits that are left, and nobody smuggles in a recipient."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.deliveries import claiming, configured, links, sending
from bosun.platform.deliveries.channels import email as channel
from bosun.platform.deliveries.channels.email import Email
from bosun.platform.deliveries.channels.port import Message, Outcome
from bosun.platform.deliveries.composing import message_id, unguessable
from bosun.platform.deliveries.models import ChannelSettings, Delivery
from bosun.platform.org import actors
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform.delivering import choose, look, people, remind, states
from tests.platform.post import Post, certificate, serving, tar_pit
from tests.platform.reminding import NINE

SETTINGS = {"host": "127.0.0.1", "security": "none", "sender": "Bosun <crm@house.example>"}


@pytest.fixture
def post() -> Iterator[Post]:
    with serving() as found:
        yield found


def sent(port: int, *messages: Message, **more: Any) -> list[Outcome]:
    """What becomes of messages handed to the channel."""
    return [outcome for _message, outcome in Email().send(messages, {**SETTINGS, "port": port, **more})]


def message(**more: Any) -> Message:
    return Message(
        **{"key": "r1:2:3:email", "to": "ann@house.example", "language": "en", "subject": "Call", "text": "Now", **more}
    )


# the connection --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["tls", "starttls"])
def test_a_checked_certificate_and_then_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    context, chain = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    held = {"ssl_context": context} if how == "tls" else {"tls_context": context, "require_starttls": True}
    with serving(**held, auth_require_tls=how != "tls") as post:
        [outcome] = sent(post.port, message(), host="localhost", security=how, user="crm", password="s3cret")
    assert (outcome.state, outcome.reference) == ("sent", message_id(unguessable("r1:2:3:email"), "crm@house.example"))
    assert post.logins == [b"s3cret"]


@pytest.mark.parametrize("how", ["tls", "starttls"])
@pytest.mark.parametrize(
    ("host", "days", "trusted", "says"),
    [
        ("localhost", 30, False, "self-signed certificate"),
        ("localhost", -1, True, "certificate has expired"),
        ("other.example", 30, True, "not valid for 'localhost'"),
    ],
)
def test_a_bad_certificate_is_refused_and_no_password_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, host: str, days: int, trusted: bool, says: str
) -> None:
    """F2.09."""
    context, chain = certificate(tmp_path, host, days)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    held = {"ssl_context": context} if how == "tls" else {"tls_context": context}
    with serving(**held, auth_require_tls=False) as post:
        [outcome] = sent(post.port, message(), host="localhost", security=how, user="crm", password="s3cret")
    assert (outcome.state, outcome.down) == ("again", True)
    assert says in outcome.said
    assert (post.logins, post.taken) == ([], [])


def test_no_password_goes_over_the_wire_in_clear(post: Post) -> None:
    [plain] = sent(post.port, message(), user="crm", password="s3cret")
    [without] = sent(post.port, message(), security="starttls", user="crm", password="s3cret")
    assert (plain.down, plain.said) == (True, "A password is sent over TLS alone. Choose TLS or STARTTLS.")
    assert (without.down, without.said) == (True, "STARTTLS extension not supported by server.")
    assert (post.logins, post.taken) == ([], [])


def test_a_tar_pit_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """F2.08: the whole try together stays under half a minute; here with a limit that a test can wait for."""
    assert channel.CONNECTING + channel.SENDING + channel.LEAVING <= 30
    monkeypatch.setattr(channel, "CONNECTING", 0.3)
    with tar_pit(0.05) as port:
        [outcome, other] = sent(port, message(), message(key="b"))
    assert (outcome.state, outcome.down) == ("again", True)
    assert (other.state, other.down) == ("again", True)


def test_a_server_that_turns_into_a_tar_pit_is_left(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "SENDING", 0.3)

    def slowly(_to: str) -> str:
        time.sleep(1)
        return "250 OK"

    post.to_recipient = slowly
    [outcome] = sent(post.port, message())
    assert (outcome.state, outcome.down) == ("again", True)
    assert post.taken == []


# what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "state", "dead"),
    [
        ("550 5.1.1 no such user", "failed", True),
        ("550 no such user", "failed", True),
        ("550 5.7.1 looks like spam", "failed", False),
        ("552 5.2.2 mailbox full", "failed", False),
        ("450 4.2.1 busy", "again", False),
        ("451 try later", "again", False),
    ],
)
def test_each_no_has_its_meaning(post: Post, answer: str, state: str, dead: bool) -> None:
    post.to_recipient = lambda to: answer if to.startswith("ann") else "250 OK"
    first, second = sent(post.port, message(), message(key="b", to="ben@house.example"))
    assert (first.state, first.dead, first.said, first.down) == (state, dead, answer, False)
    assert second.state == "sent", "the next one goes over the same connection"
    assert post.connections == 1


def test_a_message_that_is_refused_is_no_dead_address(post: Post) -> None:
    post.to_message = lambda _id: "554 5.6.0 not like this"
    [outcome] = sent(post.port, message())
    assert (outcome.state, outcome.dead, outcome.said) == ("failed", False, "554 5.6.0 not like this")


@pytest.mark.parametrize(
    "to",
    [
        "ann@house.example\r\nBcc: x@y.example", "ann@house.example, x@y.example", "ann@house.example x@y.example",
        "<x@y.example>ann@house.example", "ann@house.example\nRCPT TO:<x@y.example>", "", "ann", "=?utf-8?q?a=0d=0ab?=",
    ],
)  # fmt: skip
def test_what_is_no_address_is_sent_nowhere(post: Post, to: str) -> None:
    """B9.01."""
    [outcome] = sent(post.port, message(to=to))
    assert (outcome.state, outcome.dead) == ("failed", True)
    assert post.taken == []


def test_no_header_is_smuggled_in(post: Post) -> None:
    """B9.01: the text of a reminder, the name of the sender and the key are one line each."""
    nasty = "Hi\r\nBcc: x@y.example\r\n\r\nBody =?utf-8?q?=0d=0aBcc:_x?="
    [wrong] = sent(post.port, message(), sender=f"{nasty} <crm@house.example>")
    assert (wrong.down, wrong.said, post.connections) == (True, "The sender is no address.", 0)
    named = '"Bosun =?utf-8?q?=0d=0aBcc:_x?= =?utf-8?b?DQpCY2M6IHg=?=" <crm@house.example>'
    [outcome] = sent(post.port, message(subject=nasty, key=f"k\r\n{nasty}"), sender=named)
    assert outcome.state == "sent"
    [(to, mail)] = post.taken
    assert to == ("ann@house.example",)
    assert sorted(mail.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
         "Content-Transfer-Encoding", "MIME-Version", "Content-Language"]
    )  # fmt: skip
    assert str(mail["To"]) == "ann@house.example"
    assert str(mail["Message-ID"]).count("@") == 1
    assert str(mail["Subject"]) == "Hi Bcc: x@y.example Body = ?utf-8?q?=0d=0aBcc:_x?="
    assert mail["From"].addresses[0].addr_spec == "crm@house.example"


# through the ledger ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_text_of_a_reminder_reaches_its_reader_alone(world: World, post: Post) -> None:
    """B9.01 through the door."""
    post.set_up()
    [ann] = people(world, "ann")
    choose(ann)
    remind(ann, NINE, text="Call\u2028Bcc: x@y.example <b>&amp;")
    look(NINE)
    [(to, mail)] = post.taken
    assert to == ("ann@house.example",)
    assert str(mail["Subject"]) == "Call Bcc: x@y.example <b>&amp;"
    html = mail.get_body(("html",))
    assert html is not None
    assert "&lt;b&gt;&amp;amp;" in html.get_content()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "word"), [("es", "Abrir"), ("zh-hans", "打开"), ("en", "Open")])
def test_a_mail_speaks_its_readers_language(world: World, post: Post, language: str, word: str) -> None:
    post.set_up()
    [ann] = people(world, "ann")
    records.change("users", ann, {"language": language}, SYSTEM)
    choose(ann)
    remind(ann, NINE)
    look(NINE)
    [(_to, mail)] = post.taken
    html = mail.get_body(("html",))
    assert html is not None
    assert f'lang="{language}"' in html.get_content()
    assert mail["Content-Language"] == language
    assert f">{word}</a>" in html.get_content()
    found = re.search(r'href="http://[^"/]+/done/([^"]+)"', html.get_content())
    assert found is not None
    assert links.meant(found[1]) == Delivery.objects.get(channel="email")


@pytest.mark.django_db
def test_a_mail_names_its_record_and_what_to_prepare_to_those_it_is_open_to(world: World, post: Post) -> None:
    """The reminder of a stranger's customer says no more than its own text."""
    post.set_up()
    ann, cyd = people(world, "ann", "cyd")
    customer = world.customer("ann", name="North Star <GmbH>")
    lines = [{"text": "Price list", "done": False}, {"text": "Sample", "done": True}]
    for person in (ann, cyd):
        choose(person)
        remind(person, NINE, about={"entity": "customers", "id": customer.pk}, checklist=lines)
    look(NINE)
    told = {to[0]: [str(part.get_content()) for part in mail.iter_parts()] for to, mail in post.taken}
    plain, html = told["ann@house.example"]
    assert plain.splitlines()[:6] == [
        "Call Priya", "North Star <GmbH>", "23 Nov 2026 10:00", "", "To prepare:", "- Price list",
    ]  # fmt: skip
    assert '<p style="margin:0">North Star &lt;GmbH&gt;</p>' in html
    assert "<li>Price list</li></ul>" in html
    assert not any("North Star" in text for text in told["cyd@house.example"])
    assert "- Price list" in told["cyd@house.example"][0]


@pytest.mark.django_db
def test_the_names_in_a_batch_of_mails_cost_one_query_for_each_reader(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "FRESH_SECONDS", 60.0)
    [ann] = people(world, "ann")
    choose(ann)
    configured.save("email", {**SETTINGS, "port": 1}, True)
    for n in range(5):
        remind(ann, NINE, about={"entity": "customers", "id": world.customer("ann", name=f"North {n}").pk})
    with clock.fixed(NINE):
        engine.tick()
        _lease, rows = claiming.claim("email", NINE)
        actors.load(ann)
        with CaptureQueriesContext(connection) as queries:
            texts = [message.text.splitlines()[1] for message, _held in sending.written(rows)]
    assert sorted(texts) == [f"North {n}" for n in range(5)]
    assert len(queries) == 2, "the other one asks what is over by now"


@pytest.mark.django_db
def test_all_channels_down_and_the_reminder_nags_on(world: World) -> None:
    """F2.13: in the app it nags all the same, and says what did not get through."""
    configured.save("email", {**SETTINGS, "port": 1}, True)
    [ann] = people(world, "ann")
    choose(ann)
    remind(ann, NINE, nag_minutes=10)
    for minutes in (0, 10, 20):
        look(NINE + timedelta(minutes=minutes))
    assert Notice.objects.filter(kind="reminder").count() == 3
    assert states() == {"queued": 1, "cancelled": 2}
    held = ChannelSettings.objects.get(pk="email")
    assert held.failing_since == NINE
    assert "refused" in held.errors[0]["said"]


@pytest.mark.django_db
def test_settings_are_kept_sealed(world: World) -> None:
    configured.save("email", {**SETTINGS, "port": 25, "password": "s3cret"}, True)
    assert "s3cret" not in ChannelSettings.objects.get(pk="email").sealed
    assert configured.values_of("email")["password"] == "s3cret"
    assert configured.values_of("email")["user"] == ""
