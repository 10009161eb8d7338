"""What other machines say is kept as text and nothing else: no secret of ours, and nothing that no database holds."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bosun.kernel import records, stamps
from bosun.lib import clock
from bosun.platform.deliveries import configured, heard, reports, sending
from bosun.platform.deliveries.channels import CHANNELS, calls
from bosun.platform.deliveries.channels.email import Refused
from bosun.platform.deliveries.channels.port import Message, Outcome
from bosun.platform.deliveries.models import DeadAddress, Delivery
from tests.kernel.world import SYSTEM, World
from tests.platform.delivering import choose, look, remind
from tests.platform.outside import Outside, serving

TOKEN = "k3y-0123456789abcdef"


@pytest.fixture
def outside(world: World) -> Iterator[Outside]:
    """A gateway."""
    with serving() as about:
        about.allow()
        yield about


def told(world: World, channel: str) -> Delivery:
    """What became of a reminder of Ann's."""
    ann = world.people["ann"]
    records.change("users", ann, {"phones": ["+8613812345678"]}, SYSTEM)
    stamps.refresh()
    choose(ann, channel)
    now = clock.now()
    remind(ann, now)
    look(now)
    return Delivery.objects.get(channel=channel)


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_a_gateway_that_repeats_our_secret_tells_it_nobody(world: World, outside: Outside, state: str) -> None:
    """Whoever the message was for reads what the gateway said to it."""
    settings = {"url": outside.url, "secret": TOKEN, "success_at": "code", "success": "0", "final": "9"}
    configured.save("sms", {**configured.values_of("sms"), **settings}, True)
    code = 0 if state == "sent" else 9
    outside.answers = [(200, {}, json.dumps({"code": code, "you": {"Authorization": f"Bearer {TOKEN}"}}).encode())]
    row = told(world, "sms")
    assert (row.state, TOKEN in row.said, "Bearer •••" in row.said) == (state, False, True)
    assert TOKEN not in str(configured.rows()["sms"].errors)


def test_an_address_that_is_a_secret_is_not_repeated_in_parts(world: World, outside: Outside) -> None:
    configured.save("wecom", {"url": f"{outside.url}?key={TOKEN}"}, True)
    outside.answers = [(200, {}, json.dumps({"errcode": 40001, "errmsg": f"invalid webhook key {TOKEN}"}).encode())]
    row = told(world, "wecom")
    assert (row.state, row.said) == ("failed", "40001 invalid webhook key •••")


@pytest.mark.parametrize("edge", [1, 9])
@pytest.mark.parametrize(("status", "before"), [(200, "7 "), (500, '500 {"errcode": 7, "errmsg": "')])
def test_a_secret_where_an_answer_is_cut_is_hidden_whole(
    world: World, outside: Outside, status: int, before: str, edge: int
) -> None:
    """Its beginning alone would be known for no secret."""
    configured.save("wecom", {"url": f"{outside.url}?key={TOKEN}"}, True)
    kept = "x" * (calls.SAID - len(before) - edge)
    outside.answers = [(status, {}, json.dumps({"errcode": 7, "errmsg": f"{kept}{TOKEN} is unknown"}).encode())]
    ((_message, outcome),) = CHANNELS["wecom"].send([Message("k", "", "en", "", "")], configured.values_of("wecom"))
    assert heard.fit("wecom", outcome).said == before + kept + "••• is unknown"[:edge]


def test_what_a_mail_server_says_is_cut_after_its_secrets_are_hidden(world: World) -> None:
    configured.save("email", {**configured.values_of("email"), "password": TOKEN}, True)
    refused = Refused(550, "x" * (calls.SAID - 14) + TOKEN, "recipient")
    assert heard.fit("email", Outcome("failed", refused.said)).said == "550 " + "x" * (calls.SAID - 14) + "•••"


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud83d"])
def test_what_cannot_be_kept_does_not_make_a_message_leave_for_ever(world: World, outside: Outside, odd: str) -> None:
    """Could the answer not be written down, it would be sent again each second."""
    configured.save("wecom", {"url": outside.url}, True)
    outside.answers = [(200, {}, b'{"errcode": 0, "errmsg": "ok ' + odd.encode() + b'"}')]
    row = told(world, "wecom")
    sending.drain()
    assert (row.state, row.said, len(outside.heard)) == ("sent", "0 ok", 1)


def test_a_report_that_cannot_be_kept_is_kept_as_far_as_it_can(world: World, outside: Outside) -> None:
    configured.save("sms", {**configured.values_of("sms"), "url": outside.url, "report_secret": TOKEN}, True)
    outside.answers = [(200, {}, b'{"code": 0}')]
    row = told(world, "sms")
    said = Outcome("failed", "550 user\0 unknown\ud800", dead=True)
    assert reports.take("sms", ["\0", "\ud800", row.reference], said) == "taken"
    assert Delivery.objects.get(pk=row.pk).said == "550 user unknown"
    assert DeadAddress.objects.get().said == "550 user unknown"
