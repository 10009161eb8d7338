"""SMS over SMPP against a small message centre: Chinese, long texts, refusals, and reports that come back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from smpplib import consts

from bosun.platform.deliveries.channels.port import Message, Outcome
from bosun.platform.deliveries.channels.smpp import Report, Smpp
from tests.platform.smsc import Centre, serving

CHINESE = "周一例会：带上“海登”的报价 😀"


@pytest.fixture
def centre() -> Iterator[Centre]:
    """A message centre."""
    with serving() as about:
        yield about


def values(centre: Centre, **more: Any) -> dict[str, Any]:
    there = {"host": "127.0.0.1", "port": centre.port, "system_id": "bosun", "password": "s3"}
    return {**there, "sender": "Bosun", **more}


def note(subject: str, to: str = "+8613812345678") -> Message:
    return Message(key="k", to=to, language="zh-hans", subject=subject, text="")


def told(centre: Centre, *messages: Message, **more: Any) -> list[Outcome]:
    return [outcome for _message, outcome in Smpp().send(messages, values(centre, **more))]


def test_chinese_and_long_texts_arrive_as_they_are(centre: Centre) -> None:
    texts = [CHINESE, "Reunion at 9:00 @ office", "`code` ~ {x}", "长" * 200, "a" * 300]
    outcomes = told(centre, *(note(text) for text in texts))
    assert centre.texts == texts
    assert [each.state for each in outcomes] == ["sent"] * 5
    assert [each.reference for each in outcomes] == ["m1", "m2", "m3", "m6", "m8"]
    first = centre.taken[0]
    assert (first.destination_addr, first.source_addr, first.dest_addr_ton) == (b"8613812345678", b"Bosun", 1)
    assert centre.bound == [("bind_transmitter", "bosun", "s3")]


def test_the_report_is_asked_for_the_last_part_alone(centre: Centre) -> None:
    (outcome,) = told(centre, note("长" * 100))
    assert [pdu.registered_delivery for pdu in centre.taken] == [0, 1]
    assert outcome == Outcome("sent", "0 m2", reference="m2")


@pytest.mark.parametrize(
    ("status", "state", "dead", "wait"),
    [
        (consts.SMPP_ESME_RINVDSTADR, "failed", True, 0),
        (consts.SMPP_ESME_RINVSRCADR, "failed", False, 0),
        (consts.SMPP_ESME_RMSGQFUL, "again", False, 0),
        (consts.SMPP_ESME_RTHROTTLED, "again", False, 30),
    ],
)
def test_what_the_centre_refuses(centre: Centre, status: int, state: str, dead: bool, wait: int) -> None:
    centre.status = status
    (outcome,) = told(centre, note("x"))
    assert (outcome.state, outcome.dead, outcome.wait, outcome.down) == (state, dead, wait, False)
    assert outcome.said == f"{status} {consts.DESCRIPTIONS[status]}"


def test_a_centre_that_is_not_there_or_lets_nobody_in_is_down(centre: Centre) -> None:
    centre.refuse_bind = consts.SMPP_ESME_RBINDFAIL
    refused = told(centre, note("x"), note("y"))
    assert [(each.state, each.down) for each in refused] == [("again", True)] * 2
    nobody = told(centre, note("x"), note("y"), port=9)
    assert [(each.state, each.down) for each in nobody] == [("again", True)] * 2
    assert centre.taken == []


def test_reports_come_back_and_what_is_not_taken_comes_again(centre: Centre) -> None:
    centre.reports = [
        b"id:m1 sub:001 dlvrd:001 submit date:2611221300 done date:2611221301 stat:DELIVRD err:000 text:",
        b"id:m2 sub:001 dlvrd:000 submit date:2611221300 done date:2611221301 stat:UNDELIV err:027 text:",
        b"id:m3 stat:ENROUTE err:000",
        b"hello there",
        b"id:m4 stat:DELIVRD err:000",
    ]
    heard: list[Report] = []

    def take(report: Report) -> bool:
        heard.append(report)
        return report.reference != "m4"

    assert Smpp().reports(values(centre), take, seconds=0.3) == ""
    assert [(each.reference, each.outcome.state) for each in heard] == [
        ("m1", "delivered"), ("m2", "failed"), ("m4", "delivered"),
    ]  # fmt: skip
    assert heard[1].outcome.said.endswith("stat:UNDELIV err:027 text:")
    assert centre.reported == [0, 0, 0, 0, consts.SMPP_ESME_RX_T_APPN]


def test_a_receiver_that_finds_nobody_says_so(centre: Centre) -> None:
    assert Smpp().reports(values(centre, port=9), lambda _report: True) == "Connection refused"


def test_no_emoji_is_cut_in_two(centre: Centre) -> None:
    """A part is shown by itself where another one comes late: half a character is none."""
    texts = ["长" * shift + "😀" * 70 for shift in range(2)]
    told(centre, *(note(text) for text in texts))
    assert centre.texts == texts
    parts = [pdu.short_message for pdu in centre.taken]
    assert all(len(part) <= 140 for part in parts)
    assert [part[6:].decode("utf-16-be") for part in parts]
