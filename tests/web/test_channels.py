"""Channels in the settings, a test to oneself, and notices in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from bosun.kernel import records, stamps
from bosun.platform.accounts import services as accounts
from bosun.platform.accounts.models import User
from bosun.platform.deliveries import addresses, configured
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.models import ChannelSettings, DeadAddress
from bosun.platform.push import browsers, keys
from bosun.platform.push.models import Browser
from tests.kernel.world import SYSTEM, World
from tests.platform.outside import Outside, serving
from tests.platform.test_channels_push import Fake
from tests.web.conftest import Seat

Sit = Callable[[str], Seat]
AT = "/settings/channels"


@pytest.fixture
def outside(world: World) -> Iterator[Outside]:
    """A server outside."""
    with serving() as about:
        about.allow()
        yield about


def test_every_channel_has_a_page_that_is_the_administrators(world: World, sit: Sit) -> None:
    ada, ann = sit("ada"), sit("ann")
    listed = ada.get(AT)
    assert [key for key in CHANNELS if f'href="{AT}/{key}"' not in listed] == []
    for key, channel in CHANNELS.items():
        drawn = ada.get(f"{AT}/{key}")
        assert [each.key for each in channel.settings if f'name="{each.key}"' not in drawn] == []
    for address in (AT, f"{AT}/wecom"):
        ann.get(address, 403)
        assert Client().get(address).status_code == 302
    ann.send(f"{AT}/wecom", 403, url="https://example.com", enabled="1")
    ann.send(f"{AT}/wecom/test", 403)
    ann.send(f"{AT}/wecom/switch", 403)
    ada.get(f"{AT}/pigeon", 404)
    ada.send(f"{AT}/wecom/test", 404)
    assert ChannelSettings.objects.count() == 0


def test_a_channel_is_set_up_tested_and_switched(world: World, sit: Sit, outside: Outside) -> None:
    ada, at = sit("ada"), f"{AT}/dingtalk"
    outside.answers = [(200, {}, b'{"errcode": 0, "errmsg": "ok"}'), (200, {}, b'{"errcode": 310000, "errmsg": "<b>"}')]
    assert "This is needed." in ada.post(at, 422, url="", secret="SEC1", enabled="1").content.decode()
    ada.post(at, 302, url=outside.url, secret="SEC1", enabled="1")
    row = ChannelSettings.objects.get()
    assert (row.key, row.enabled, "SEC1" in row.sealed, outside.url in row.sealed) == ("dingtalk", True, False, False)
    drawn = ada.get(at)
    assert ("SEC1" in drawn, outside.url in drawn, "Kept. Type another one to change it." in drawn) == (
        False,
        False,
        True,
    )
    told = ada.send(f"{at}/test").content.decode()
    assert ("Sent. Look whether it has arrived." in told, "0 ok" in told) == (True, True)
    assert "sign=" in outside.heard[0].path
    assert json.loads(outside.heard[0].body)["text"]["content"].startswith("Test from Bosun\nThis is a test of Bosun.")
    refused = ada.send(f"{at}/test").content.decode()
    assert ("It was not taken." in refused, "310000 &lt;b&gt;" in refused) == (True, True)
    ada.post(at, 302, url="", secret="", enabled="1")
    stamps.refresh()
    assert configured.values_of("dingtalk") == {"url": outside.url, "secret": "SEC1"}
    ada.post(at, 302, url="", secret="", secret_clear="1", enabled="1")
    stamps.refresh()
    assert configured.values_of("dingtalk") == {"url": outside.url, "secret": ""}
    ada.send(f"{at}/switch", 204)
    assert not ChannelSettings.objects.get().enabled


def test_what_is_wrong_is_said_beside_its_field(world: World, sit: Sit) -> None:
    ada = sit("ada")
    values = {each.key: str(each.initial) for each in CHANNELS["sms"].settings} | {"url": "https://gateway.example.com"}
    said = ada.post(f"{AT}/sms", 422, **{**values, "body": "{to}", "way": "fax"}).content.decode()
    assert "Choose from the list." in said
    said = ada.post(f"{AT}/sms", 422, **{**values, "body": "{to}"}).content.decode()
    assert "Write JSON such as" in said
    ports = {"host": "smsc.example.com", "port": "many", "system_id": "x"}
    assert "Write a whole number." in ada.post(f"{AT}/smpp", 422, **ports).content.decode()
    mail = {each.key: str(each.initial) for each in CHANNELS["email"].settings} | {
        "host": "smtp.example.com", "port": "587", "sender": "crm@example.com", "imap_host": "imap.example.com",
    }  # fmt: skip
    said = ada.post(f"{AT}/email", 422, **{**mail, "imap_security": "none"}).content.decode()
    assert "A password is sent over TLS alone. Choose TLS or STARTTLS." in said
    assert "Apprise does not know" in ada.post(f"{AT}/apprise", 422, urls="pigeon://x").content.decode()
    assert ChannelSettings.objects.count() == 0
    ada.post(f"{AT}/sms", 302, **values)
    stamps.refresh()
    secret = configured.values_of("sms")["report_secret"]
    assert len(secret) == 32
    assert f"/hooks/sms/{secret}" in ada.get(f"{AT}/sms")


def test_a_test_needs_an_address_and_errors_are_shown(world: World, sit: Sit) -> None:
    ada = sit("ada")
    ada.post(f"{AT}/smpp", 302, host="127.0.0.1", port="9", system_id="x", enabled="1")
    assert "You have no phone number in your profile." in ada.send(f"{AT}/smpp/test").content.decode()
    records.change("users", world.people["ada"], {"phones": ["+8613812345678"]}, SYSTEM)
    tested = ada.send(f"{AT}/smpp/test").content.decode()
    assert "It could not be reached: <code>Connection refused</code>" in tested
    configured.badly("smpp", "<i>bad</i>", True)
    stamps.refresh()
    drawn = ada.get(f"{AT}/smpp")
    assert ("&lt;i&gt;bad&lt;/i&gt;" in drawn, "Does not work" in drawn, "Does not work" in ada.get(AT)) == (True,) * 3


def test_a_browser_is_switched_on_and_off(world: World, sit: Sit, outside: Outside) -> None:
    ann, cyd, offered = sit("ann"), sit("cyd"), Fake(outside.url).offered
    assert "data-push-key" not in ann.get("/me/devices")
    configured.save("webpush", {}, True)
    stamps.refresh()
    assert "Notify me in this browser" in ann.get("/me/devices")
    addresses.mark_dead(world.people["ann"], "webpush", str(world.people["ann"]), "410")
    ann.send("/me/browsers", 204, subscription=json.dumps(offered))
    row = Browser.objects.get()
    assert (row.person_id, DeadAddress.objects.count()) == (world.people["ann"], 0)
    assert f"/me/browsers/{row.pk}/remove" in ann.get("/me/devices")
    cyd.send(f"/me/browsers/{row.pk}/remove", 404)
    cyd.send("/me/browsers/forget", 204, endpoint=outside.url)
    ann.send("/me/browsers", 400, subscription="{")
    ann.send("/me/browsers", 422, subscription=json.dumps({"endpoint": "http://10.0.0.1/"}))
    assert [Client().post(at).status_code for at in ("/me/browsers", "/me/browsers/forget")] == [302, 302]
    assert Browser.objects.get().pk == row.pk
    ann.send("/me/browsers/forget", 204, endpoint=outside.url)
    assert browsers.of(world.people["ann"]) == []


def told_here(seat: Seat, offered: Any, wanted: str = "") -> bool:
    """What the first page after signing in asks."""
    answer = seat.send("/me/browsers/again", 200, subscription=json.dumps(offered), wanted=wanted)
    return bool(json.loads(answer.content)["on"])


def test_who_signs_out_is_told_no_more_in_that_browser(world: World, sit: Sit, outside: Outside) -> None:
    desk, phone, cyd = sit("ann"), sit("ann"), sit("cyd")
    at_desk, on_phone, his = (Fake(f"{outside.url}?{n}").offered for n in range(3))
    for seat, offered in ((desk, at_desk), (phone, on_phone), (cyd, his)):
        seat.send("/me/browsers", 204, subscription=json.dumps(offered))
    browsers.take(world.people["ann"], Fake(f"{outside.url}?before").offered, "Before there were marks")
    desk.post("/account/logout/", 302)
    assert set(Browser.objects.values_list("endpoint", flat=True)) == {f"{outside.url}?1", f"{outside.url}?2"}
    again = sit("ann")
    assert told_here(again, at_desk, "1")
    assert Browser.objects.filter(person_id=world.people["ann"]).count() == 2
    again.send("/me/devices/end", 204)
    assert [each.endpoint for each in browsers.of(world.people["ann"])] == [f"{outside.url}?0"]
    assert len(browsers.of(world.people["cyd"])) == 1


def test_one_place_that_is_ended_takes_its_browser_along(world: World, sit: Sit, outside: Outside) -> None:
    desk, phone = sit("ann"), sit("ann")
    for n, seat in enumerate((desk, phone)):
        UserSession.objects.create(
            user_id=seat.client.session["_auth_user_id"], ip="127.0.0.1", session_key=seat.client.session.session_key
        )
        seat.send("/me/browsers", 204, subscription=json.dumps(Fake(f"{outside.url}?{n}").offered))
    other = UserSession.objects.get(session_key=phone.client.session.session_key)
    desk.send(f"/me/devices/{other.pk}/end", 204)
    assert [each.endpoint for each in browsers.of(world.people["ann"])] == [f"{outside.url}?0"]


def test_a_new_password_ends_push_and_a_session_that_runs_out_does_not(
    world: World, sit: Sit, outside: Outside
) -> None:
    ann, offered = sit("ann"), Fake(outside.url).offered
    ann.send("/me/browsers", 204, subscription=json.dumps(offered))
    ann.client.session.delete()
    assert len(browsers.of(world.people["ann"])) == 1
    assert told_here(sit("ann"), offered)
    accounts.set_password(User.objects.get(person_id=world.people["ann"]), "correct horse 9")
    assert browsers.of(world.people["ann"]) == []


def test_somebody_else_at_that_browser_is_not_told_what_was_meant_for_her(
    world: World, sit: Sit, outside: Outside
) -> None:
    configured.save("webpush", {}, True)
    stamps.refresh()
    ann, cyd, offered = sit("ann"), sit("cyd"), Fake(outside.url).offered
    ann.send("/me/browsers", 204, subscription=json.dumps(offered))
    assert ("data-push-here" in ann.get("/me/devices"), "data-push-here" in cyd.get("/me/devices")) == (True, False)
    assert not told_here(cyd, offered)
    assert Browser.objects.count() == 0
    assert json.loads(ann.fragment("/me/browsers/again")) == {"key": keys.public_key()}
    addresses.mark_dead(world.people["ann"], "webpush", str(world.people["ann"]), "410")
    assert told_here(ann, offered, "1")
    assert (Browser.objects.get().person_id, DeadAddress.objects.count()) == (world.people["ann"], 0)
    ann.send("/me/browsers/again", 400, subscription="{")


def test_the_worker_stands_at_the_root(db: None) -> None:
    answer = Client().get("/worker.js")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert answer["Service-Worker-Allowed"] == "/"
    assert b"showNotification" in answer.content
    assert Client().post("/worker.js").status_code == 405
