"""What comes back: reports of gateways and of a message centre, and returned mail; real servers where there are any."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from bosun.kernel import records, stamps
from bosun.lib import clock
from bosun.platform.deliveries import collecting, configured, mailbox, reports
from bosun.platform.deliveries.channels.port import Outcome
from bosun.platform.deliveries.composing import message_id, unguessable
from bosun.platform.deliveries.models import DELIVERED, FAILED, QUEUED, READ, SENT, DeadAddress, Delivery
from bosun.platform.feeds import letters
from bosun.platform.feeds.models import Invitation
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World, create
from tests.platform import peers, smsc
from tests.platform.delivering import choose, look, people, remind
from tests.platform.outside import Outside, serving
from tests.platform.test_bounces import OURS, report

CHINESE = "周一例会：带上“海登”的报价 😀"
PHONE = "+8613812345678"
SECRET = "a-secret-of-reports"


@pytest.fixture
def outside(world: World) -> Iterator[Outside]:
    """A gateway, or whoever is told."""
    with serving() as about:
        about.allow()
        yield about


def ann_with_phone(world: World) -> int:
    ann = world.people["ann"]
    records.change("users", ann, {"phones": [PHONE]}, SYSTEM)
    return ann


def sms(url: str, **more: Any) -> None:
    values = {**configured.values_of("sms"), "url": url, "report_secret": SECRET, **more}
    configured.save("sms", values, True)
    stamps.refresh()


def sent(world: World, outside: Outside, reference: str = "8123") -> Delivery:
    """A message that a gateway took under an id of its own."""
    ann = ann_with_phone(world)
    sms(outside.url, reference_at="sid")
    choose(ann, "sms")
    outside.answers = [(200, {}, json.dumps({"code": 0, "sid": reference}).encode())]
    now = clock.now()
    remind(ann, now, text=CHINESE)
    look(now)
    row = Delivery.objects.get(channel="sms")
    assert (row.state, row.reference) == (SENT, reference)
    return row


def state(row: Delivery) -> str:
    row.refresh_from_db()
    return str(row.state)


def tell(body: Any, secret: str = SECRET, **how: Any) -> int:
    client = Client()
    at = f"/hooks/sms/{secret}"
    if how.get("form"):
        return int(client.post(at, body).status_code)
    if how.get("get"):
        return int(client.get(at, body).status_code)
    return int(client.post(at, json.dumps(body), content_type="application/json").status_code)


@pytest.mark.parametrize("how", [{}, {"form": True}, {"get": True}])
def test_a_gateway_says_that_it_arrived(world: World, outside: Outside, how: dict[str, Any]) -> None:
    row = sent(world, outside)
    assert tell({"id": "8123", "state": "DELIVRD"}, **how) == 200
    assert (state(row), row.said, row.delivered_at is not None) == (DELIVERED, "delivrd", True)


def test_a_gateway_says_that_it_did_not_and_whoever_wanted_it_hears(world: World, outside: Outside) -> None:
    row = sent(world, outside)
    assert tell([{"id": "unknown", "state": "DELIVRD"}, {"id": "8123", "state": "UNDELIV"}]) == 200
    assert (state(row), row.said) == (FAILED, "undeliv")
    assert Notice.objects.filter(kind="undelivered", person_id=row.person_id).count() == 1
    assert tell({"id": "8123", "state": "UNDELIV"}) == 200
    assert Notice.objects.filter(kind="undelivered").count() == 1


def test_strangers_and_what_makes_no_sense_change_nothing(world: World, outside: Outside) -> None:
    row = sent(world, outside)
    good = {"id": "8123", "state": "DELIVRD"}
    assert [tell(good, secret=each) for each in ("x", SECRET + "x", SECRET.upper(), "ä")] == [404] * 4
    senseless: tuple[Any, ...] = ({"id": "8123", "state": "buffered"}, {"state": "DELIVRD"}, {"id": {"a": 1}}, [], 7)
    assert [tell(each) for each in senseless] == [200] * 5
    assert Client().put(f"/hooks/sms/{SECRET}").status_code == 405
    assert Client().post(f"/hooks/sms/{SECRET}", "{", content_type="application/json").status_code == 400
    assert Client().post(f"/hooks/sms/{SECRET}", {"a": "x" * 300_000}).status_code == 413
    assert state(row) == SENT


def test_without_a_secret_nobody_is_let_in(db: None) -> None:
    sms("https://gateway.example.com", report_secret="")
    assert [tell({"id": "1", "state": "1"}, secret=each) for each in ("", "None")] == [404, 404]


def test_what_was_read_has_arrived_whatever_comes_late(world: World, outside: Outside) -> None:
    row = sent(world, outside)
    Delivery.objects.filter(pk=row.pk).update(state=READ)
    assert reports.take("sms", ["8123"], Outcome("failed", "late")) == "taken"
    assert state(row) == READ


def test_a_report_that_overtakes_the_answer_comes_again(
    world: World, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = sent(world, outside)
    Delivery.objects.filter(pk=row.pk).update(state=QUEUED, reference="", lease="here")
    monkeypatch.setattr(reports, "PATIENCE", 0.0)
    assert tell({"id": "8123", "state": "DELIVRD"}) == 503
    assert state(row) == QUEUED


def test_all_reports_of_a_request_wait_no_longer_than_one(
    world: World, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock of its own: a hundred unknown ones while something is being sent, and a known one after them."""
    row = sent(world, outside)
    busy = Notice.objects.create(kind="reminder", key="busy", person_id=row.person_id, text="x", due_at=clock.now())
    Delivery.objects.create(notice=busy, person_id=row.person_id, channel="sms", key="busy", state=QUEUED, lease="here")
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(reports, "time", SimpleNamespace(monotonic=lambda: sum(slept), sleep=sleep))
    monkeypatch.setattr(reports, "STEP", 1.0)
    unknown = [{"id": f"u{n}", "state": "DELIVRD"} for n in range(100)]
    assert tell([*unknown, {"id": "8123", "state": "DELIVRD"}]) == 503
    assert (state(row), slept) == (DELIVERED, [1.0, 1.0, 1.0])


def test_reports_of_a_message_centre(world: World) -> None:
    ann = ann_with_phone(world)
    with smsc.serving() as centre:
        values = {"host": "127.0.0.1", "port": centre.port, "system_id": "bosun", "sender": "Bosun"}
        configured.save("smpp", values, True)
        stamps.refresh()
        choose(ann, "smpp")
        now = clock.now()
        remind(ann, now, text=CHINESE)
        assert collecting.from_centre() == 0
        look(now)
        row = Delivery.objects.get(channel="smpp")
        assert (row.state, row.reference, len(centre.taken)) == (SENT, f"m{len(centre.taken)}", len(centre.taken))
        assert centre.texts[0].startswith(CHINESE)
        centre.reports = [f"id:{row.reference} stat:DELIVRD err:000".encode()]
        assert collecting.from_centre() == 1
        assert (state(row), centre.reported) == (DELIVERED, [0])


def test_ids_of_message_centres_are_known_in_both_ways_of_writing() -> None:
    assert reports.either_form("255") == ["255", "ff", "597", "FF"]
    assert reports.either_form("00ff") == ["00ff", "255", "00FF"]
    assert reports.either_form("m-1") == ["m-1", "M-1"]


@pytest.mark.kannel
def test_kannel_delivers_chinese_and_reports_it(world: World, outside: Outside, tmp_path: Path, settings: Any) -> None:
    settings.BOSUN_URL = f"http://{outside.place}"
    ann = ann_with_phone(world)
    with peers.kannel(tmp_path) as gateway:
        create("allowed_hosts", host=f"127.0.0.1:{gateway.port}")
        body = {
            "username": "bosun", "password": "{secret}", "from": "{sender}", "to": "{to}", "text": "{text}",
            "coding": "2", "charset": "UTF-8", "dlr-mask": "3", "dlr-url": "{report_url}&state=%d",
        }  # fmt: skip
        sms(
            f"http://127.0.0.1:{gateway.port}/cgi-bin/sendsms", way="get", body=json.dumps(body), secret="s3",
            sender="Bosun", success_at="", success="0:",
        )  # fmt: skip
        choose(ann, "sms")
        now = clock.now()
        remind(ann, now, text=CHINESE)
        look(now)
        row = Delivery.objects.get(channel="sms")
        assert (row.state, row.said, row.reference) == (SENT, "0: Accepted for delivery", row.key)
        peers.wait_for(lambda: outside.heard, "no report")
        ((number, text),) = gateway.got
        assert number == PHONE
        assert text.startswith(CHINESE)
    assert Client().get(outside.heard[0].path).status_code == 200
    assert (state(row), row.said) == (DELIVERED, "1")


def test_a_message_id_stays_and_cannot_be_guessed(settings: Any) -> None:
    """A colleague who knows the key of a delivery cannot report it as returned, and so close somebody's address."""
    key = "r7:1793523600000000:3:email"
    ours = message_id(unguessable(key), "crm@crm.example.com")
    assert ours == message_id(unguessable(key), "crm@crm.example.com")
    assert re.fullmatch(r"<r7\.1793523600000000\.3\.email\.[0-9a-f]{10}@crm\.example\.com>", ours)
    assert unguessable(f"{key}0")[-10:] != unguessable(key)[-10:]
    settings.SECRET_KEY = "the secret of another house"
    assert unguessable(key)[:-10] == f"{key}."
    assert message_id(unguessable(key), "crm@crm.example.com") != ours


@pytest.mark.dovecot
def test_returned_mail_is_found_in_the_mailbox_and_each_is_looked_at_once(world: World) -> None:
    (ann,) = people(world, "ann")
    with peers.dovecot() as server:
        values = {
            "host": "127.0.0.1", "port": 9, "security": "none", "sender": "crm@crm.example.com",
            "imap_host": "127.0.0.1", "imap_port": server.port, "imap_security": "none", "imap_user": "crm",
            "imap_password": "s3", "imap_folder": "INBOX",
        }  # fmt: skip
        configured.save("email", values, True)
        stamps.refresh()
        choose(ann)
        remind(ann, clock.now(), text=CHINESE)
        engine.tick()
        row = Delivery.objects.get(channel="email")
        ours = message_id(row.key, "crm@crm.example.com")
        Delivery.objects.filter(pk=row.pk).update(state=SENT, sent_at=clock.now(), reference=ours, next_at=None)
        back = report("failed", "5.1.1", "550 5.1.1 User unknown").decode()
        letter = b"From: Cyd <cyd@example.org>\nSubject: Hello\n\nHow are you?"
        other = back.replace(OURS, "<somebody@else.example>")
        server.put(letter, other.encode(), back.replace(OURS, ours).encode())
        assert collecting.from_mailbox() == 1
        assert (state(row), row.said) == (FAILED, "smtp; 550 5.1.1 User unknown")
        assert DeadAddress.objects.get().address == "ann@house.example"
        assert Notice.objects.filter(kind="undelivered").count() == 1
        assert collecting.from_mailbox() == 0
        configured.save("email", {**values, "imap_password": "no"}, True)
        stamps.refresh()
        assert collecting.from_mailbox() == 0
        (error,) = configured.rows()["email"].errors[:1]
        assert error["said"] == "IMAP: [AUTHENTICATIONFAILED] Authentication failed."


@pytest.mark.parametrize(
    ("host", "called", "said"),
    [
        ("mail.example.com", [], "IMAP: A password is sent over TLS alone. Choose TLS or STARTTLS."),
        ("192.168.1.5", [], "IMAP: A password is sent over TLS alone. Choose TLS or STARTTLS."),
        ("127.0.0.1", [("127.0.0.1", 143)], "IMAP: not there"),
        ("localhost", [("localhost", 143)], "IMAP: not there"),
    ],
)
def test_no_password_of_a_mailbox_goes_over_the_wire_in_clear(
    monkeypatch: pytest.MonkeyPatch, host: str, called: list[Any], said: str
) -> None:
    asked = []

    def connect(at: tuple[str, int], *_more: object) -> None:
        asked.append(at)
        raise OSError("not there")

    monkeypatch.setattr(socket, "create_connection", connect)
    values = {"imap_host": host, "imap_port": 143, "imap_security": "none", "imap_user": "crm", "imap_password": "s3"}
    found = mailbox.read(values, lambda *_told: False, lambda *_told: False)
    assert (found, asked) == (said, called)


REPLY = """From: A Guest <{sender}>
To: crm@crm.example.com
Subject: Accepted: Site visit
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain

Yes
--b
Content-Type: text/calendar; method=REPLY; charset=utf-8

BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
METHOD:REPLY
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20261101T090000Z
ATTENDEE;PARTSTAT={state}:mailto:guest@example.org
END:VEVENT
END:VCALENDAR
--b--
"""


@pytest.mark.dovecot
def test_answers_of_calendars_are_read_from_the_mailbox(world: World) -> None:
    ann = world.people["ann"]
    invited = Invitation.objects.create(
        uid="a1" * 20, entity="tasks", record_id=1, sender_id=ann, email="guest@example.org"
    )
    with peers.dovecot() as server:
        values = {
            "host": "127.0.0.1", "port": 9, "security": "none", "sender": "Bosun <crm@crm.example.com>",
            "imap_host": "127.0.0.1", "imap_port": server.port, "imap_security": "none", "imap_user": "crm",
            "imap_password": "s3", "imap_folder": "INBOX",
        }  # fmt: skip
        configured.save("email", values, True)
        stamps.refresh()
        assert letters.organizer(invited) == "crm@crm.example.com"
        stranger = REPLY.format(sender="other@example.org", uid=invited.uid, state="DECLINED")
        unknown = REPLY.format(sender="guest@example.org", uid="b2" * 20, state="DECLINED")
        server.put(stranger.encode(), unknown.encode())
        assert collecting.from_mailbox() == 0
        invited.refresh_from_db()
        assert invited.state == "asked"
        server.put(REPLY.format(sender="guest@example.org", uid=invited.uid, state="ACCEPTED").encode())
        assert collecting.from_mailbox() == 1
        invited.refresh_from_db()
        assert invited.state == "accepted"
        assert collecting.from_mailbox() == 0
