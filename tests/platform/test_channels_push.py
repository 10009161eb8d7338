"""Push to browsers: sealed for one browser alone, signed by this installation, and forgotten when it is gone."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from bosun.kernel import records
from bosun.kernel.errors import Invalid
from bosun.platform.deliveries import addresses
from bosun.platform.deliveries.channels import calls, webpush
from bosun.platform.deliveries.channels.port import Message, Outcome
from bosun.platform.deliveries.channels.webpush import WebPush
from bosun.platform.org.models import Person
from bosun.platform.outbound import client
from bosun.platform.outbound.client import Answer
from bosun.platform.push import browsers, keys
from bosun.platform.push.models import Browser, PushKey
from tests.kernel.world import SYSTEM, World
from tests.platform.outside import Outside, serving

CHINESE = "周一例会：带上“海登”的报价 😀"


class Fake:
    """A browser: its keys, and what it reads."""

    def __init__(self, endpoint: str) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.offered = {"endpoint": endpoint, "keys": {"p256dh": keys.b64(point), "auth": keys.b64(self.auth)}}

    def read(self, body: bytes) -> Any:
        """What was pushed, opened as a browser does."""
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        return json.loads(plain)


@pytest.fixture
def outside(world: World) -> Iterator[Outside]:
    """A push service."""
    with serving() as about:
        about.allow()
        about.answers = [(201, {}, b"")]
        yield about


def note(person: int) -> Message:
    text = f"{CHINESE}\n9:00"
    return Message("k1", str(person), "zh-hans", CHINESE, text, url="https://crm.example.com/told/7")


def told(person: int, **values: Any) -> Outcome:
    ((_message, outcome),) = WebPush().send([note(person)], values)
    return outcome


def test_what_is_sent_is_read_by_that_browser_alone(world: World, outside: Outside) -> None:
    ann = world.people["ann"]
    browser, other = Fake(outside.url), Fake(outside.url)
    browsers.take(ann, browser.offered, "Firefox, Windows")
    assert told(ann, contact="it@example.com") == Outcome("sent", "201")
    (sent,) = outside.heard
    assert browser.read(sent.body) == {
        "title": CHINESE, "body": "9:00", "url": "https://crm.example.com/told/7", "tag": "k1", "lang": "zh-hans",
    }  # fmt: skip
    assert CHINESE.encode() not in sent.body
    with pytest.raises(Exception, match="Decryption error"):
        other.read(sent.body)
    assert (sent.headers["content-encoding"], sent.headers["ttl"]) == ("aes128gcm", "86400")
    auth = sent.headers["authorization"]
    assert Vapid02.verify(auth)
    claims = json.loads(browsers.unpadded(auth.partition("t=")[2].split(".")[1]))
    assert (claims["aud"], claims["sub"]) == (f"http://{outside.place}", "mailto:it@example.com")
    assert auth.endswith(f"k={keys.public_key()}")


def test_the_key_is_made_once_and_kept_sealed(db: None) -> None:
    first = keys.public_key()
    row = PushKey.objects.get()
    assert (keys.public_key(), PushKey.objects.count(), row.public) == (first, 1, first)
    assert row.sealed.startswith("p1:")
    assert len(browsers.unpadded(first)) == 65


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_the_others_are_told(
    world: World, outside: Outside, status: int
) -> None:
    ann = world.people["ann"]
    browsers.take(ann, Fake(f"{outside.url}/1").offered, "a")
    kept = browsers.take(ann, Fake(f"{outside.url}/2").offered, "b")
    outside.answers = [(201, {}, b""), (status, {}, b"gone")]
    assert told(ann) == Outcome("sent", "201")
    assert list(Browser.objects.values_list("pk", flat=True)) == [kept.pk]
    assert told(ann) == Outcome("failed", f"{status} gone", dead=True)
    assert (Browser.objects.count(), told(ann).dead) == (0, True)


@pytest.mark.parametrize(
    ("took", "given", "outcome"),
    [
        ((0, 0, 0, 0), [3.0, 4.0, 6.0, 12.0], Outcome("sent", "201")),
        ((3, 4, 0, 0), [3.0, 3.0, 2.5, 5.0], Outcome("sent", "201")),
        ((3, 3, 3, 3), [3.0, 3.0, 3.0, 3.0], Outcome("again", "silent")),
        ((14, 0, 0, 0), [3.0], Outcome("again", "silent")),
    ],
)
def test_all_browsers_of_a_person_share_one_time(
    world: World, outside: Outside, monkeypatch: pytest.MonkeyPatch, took: Any, given: list[float], outcome: Outcome
) -> None:
    """By a clock of its own: who is slow takes no more than a share, and who is quick leaves the rest to the others."""
    ann, past, asked = world.people["ann"], [100.0], []

    def call(url: str, *, seconds: float, **_more: Any) -> Answer | Outcome:
        asked.append((url.rpartition("/")[2], seconds))
        past[0] += took[len(asked) - 1]
        return Answer(201) if not took[len(asked) - 1] else Outcome("again", "silent", down=True)

    for number in range(4):
        browsers.take(ann, Fake(f"{outside.url}/{number}").offered, "")
    monkeypatch.setattr(webpush, "TOGETHER", 12.0)
    monkeypatch.setattr(webpush, "monotonic", lambda: past[0])
    monkeypatch.setattr(calls, "call", call)
    assert (told(ann), asked) == (outcome, list(zip("3210", given, strict=False)))
    assert Browser.objects.count() == 4


def test_the_time_of_a_browser_is_that_of_its_call(
    world: World, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, fetch = [], client.fetch

    def kept(*about: Any, **more: Any) -> Answer:
        given.append(more["seconds"])
        return fetch(*about, **more)

    monkeypatch.setattr(client, "fetch", kept)
    monkeypatch.setattr(webpush, "monotonic", lambda: 100.0)
    browsers.take(world.people["ann"], Fake(outside.url).offered, "")
    assert (told(world.people["ann"]), given) == (Outcome("sent", "201"), [15.0])


@pytest.mark.parametrize(("status", "state", "wait"), [(429, "again", 60), (500, "again", 60), (400, "failed", 0)])
def test_a_push_service_that_refuses(world: World, outside: Outside, status: int, state: str, wait: int) -> None:
    browsers.take(world.people["ann"], Fake(outside.url).offered, "a")
    outside.answers = [(status, {"Retry-After": "60"}, b"no")]
    outcome = told(world.people["ann"])
    assert (outcome.state, outcome.wait, outcome.dead, outcome.down) == (state, wait, False, False)
    assert Browser.objects.count() == 1


def test_what_is_no_browser_is_refused(world: World, outside: Outside) -> None:
    ann, good = world.people["ann"], Fake(outside.url).offered
    inside = [{**good, "endpoint": url} for url in ("http://10.0.0.1/x", "file:///etc/passwd", "", 7)]
    zero = base64.urlsafe_b64encode(b"\x04" + b"\0" * 64).decode()
    wrong = [
        {**good, "keys": {**good["keys"], **change}}  # type: ignore[dict-item]
        for change in ({"auth": "abc"}, {"p256dh": zero}, {"p256dh": "ä"}, {"auth": None})
    ]
    senseless: list[Any] = [None, [], "x", {}, *inside, *wrong]
    for offered in senseless:
        with pytest.raises(Invalid):
            browsers.take(ann, offered, "a")
    assert Browser.objects.count() == 0


def test_a_browser_belongs_to_who_switched_it_on_last_and_to_those_who_may_sign_in(
    world: World, outside: Outside
) -> None:
    ann, ben = world.people["ann"], world.people["ben"]
    offered = Fake(outside.url).offered
    browsers.take(ann, offered, "a")
    row = browsers.take(ben, offered, "b")
    assert (browsers.of(ann), [each.pk for each in browsers.of(ben)]) == ([], [row.pk])
    assert not browsers.forget(ann, pk=row.pk)
    assert not browsers.forget(ann, endpoint=outside.url)
    assert addresses.of("webpush", list(Person.objects.filter(pk__in=[ann, ben]))) == {ben: str(ben)}
    records.change("users", ben, {"active": False}, SYSTEM)
    assert (told(ben).state, outside.heard) == ("failed", [])
    assert not Browser.objects.exists()


def test_a_person_has_only_so_many(world: World, outside: Outside) -> None:
    ann = world.people["ann"]
    for number in range(browsers.MOST + 3):
        browsers.take(ann, Fake(f"{outside.url}/{number}").offered, str(number))
    assert [each.label for each in browsers.of(ann)] == [str(n) for n in range(browsers.MOST + 2, 2, -1)]
