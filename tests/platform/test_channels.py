"""Channels against servers on loopback that speak as the real ones do: Chinese arrives as it is, and no error is taken
for success (F2.11, F2.12).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bosun.lib import clock
from bosun.platform.deliveries.channels import CHANNELS, robots
from bosun.platform.deliveries.channels.port import Message, Outcome
from bosun.platform.deliveries.channels.sms_http import SmsHttp
from bosun.platform.deliveries.channels.wecom import WeCom
from tests.platform.outside import Outside, serving

CHINESE = "周一例会：带上“海登”的报价 😀"
TELL = Message(
    key="r7:1:4/sms",
    to="+8613812345678",
    language="zh-hans",
    subject=CHINESE,
    text=f"{CHINESE}\n9:00 <b>&",
    url="https://crm.example.com/reminders/7",
)


@pytest.fixture
def outside(db: None) -> Iterator[Outside]:
    """A server outside."""
    with serving() as about:
        about.allow()
        yield about


def told(key: str, values: dict[str, Any], *messages: Message) -> list[Outcome]:
    channel = type(CHANNELS[key])()  # a robot counts its minute, which is not that of other tests
    return [outcome for _message, outcome in channel.send(messages or (TELL,), values)]


def answers(outside: Outside, *bodies: Any, status: int = 200, **headers: str) -> None:
    outside.answers = [
        (status, headers, body if isinstance(body, bytes) else json.dumps(body).encode()) for body in bodies
    ]


# short messages over HTTP ------------------------------------------------------------------------------------------


def sms(outside: Outside, **more: Any) -> dict[str, Any]:
    return {
        "url": outside.url, "way": "json", "secret": "s3", "sender": "Bosun", "success_at": "code", "success": "0 200",
        "body": '{"key": "{secret}", "mobile": "{to}", "text": "{text}", "uid": "{key}", "from": "{sender}"}',
        **more,
    }  # fmt: skip


def test_a_gateway_is_asked_in_its_own_way_and_chinese_arrives(outside: Outside) -> None:
    answers(outside, {"code": 0, "data": [{"sid": 8123}]})
    (json_said,) = told("sms", sms(outside, reference_at="data.0.sid", numbers="national"))
    (form_said,) = told("sms", sms(outside, way="form", numbers="digits"))
    (get_said,) = told("sms", sms(outside, way="get", headers='{"X-Key": "k{secret}"}'))
    text = f"{CHINESE} {TELL.url}"
    posted, form, got = outside.heard
    whole = {"key": "s3", "mobile": "13812345678", "text": text, "uid": TELL.key, "from": "Bosun"}
    assert json.loads(posted.body) == whole
    assert {name: values[0] for name, values in parse_qs(form.body.decode()).items()} == {
        **whole, "mobile": "8613812345678",
    }  # fmt: skip
    assert {name: values[0] for name, values in parse_qs(urlsplit(got.path).query).items()} == {
        **whole, "mobile": "+8613812345678",
    }  # fmt: skip
    assert (got.method, got.body, got.headers["x-key"]) == ("GET", b"", "ks3")
    assert json_said == Outcome("sent", '{"code": 0, "data": [{"sid": 8123}]}', reference="8123")
    assert (form_said.reference, get_said.state) == (TELL.key, "sent")


@pytest.mark.parametrize(
    ("body", "more", "state", "dead"),
    [
        ({"code": "moon"}, {}, "again", False),
        ({"message": "ok"}, {}, "again", False),
        (b"<html>login</html>", {}, "again", False),
        ({"code": 22}, {"dead": "22"}, "failed", True),
        ({"code": 33}, {"final": "31 33"}, "failed", False),
        (b"OK 4711", {"success_at": "", "success": "OK"}, "sent", False),
        (b"ERR quota", {"success_at": "", "success": "OK"}, "again", False),
        ({"code": True}, {"success": "true"}, "sent", False),
        ({"code": {"a": 1}}, {}, "again", False),
    ],
)
def test_what_the_gateway_says_counts_and_not_its_status(
    outside: Outside, body: Any, more: dict[str, str], state: str, dead: bool
) -> None:
    answers(outside, body)
    (outcome,) = told("sms", sms(outside, **more))
    assert (outcome.state, outcome.dead, outcome.down) == (state, dead, False)
    assert outcome.said == (body.decode() if isinstance(body, bytes) else json.dumps(body))


def test_a_gateway_without_credit_is_the_channels_fault(outside: Outside) -> None:
    answers(outside, {"code": "balance"})
    outcomes = told("sms", sms(outside), TELL, TELL)
    assert outcomes == [Outcome("again", '{"code": "balance"}', down=True)] * 2
    assert len(outside.heard) == 1


def test_what_is_put_into_a_place_is_never_read_for_places(outside: Outside) -> None:
    answers(outside, {"code": 0})
    sly = Message(key="k", to=TELL.to, language="en", subject='{secret}", "to": "+1', text="")
    told("sms", sms(outside), sly)
    body = json.loads(outside.heard[0].body)
    assert (body["text"], body["mobile"]) == ('{secret}", "to": "+1', "+8613812345678")


@pytest.mark.parametrize("key", ["sms", "wecom", "dingtalk", "feishu", "slack"])
def test_one_that_asks_to_wait_is_obeyed_for_all_that_are_left(outside: Outside, key: str) -> None:
    answers(outside, {"code": 1}, status=429, **{"Retry-After": "60"})
    outcomes = told(key, sms(outside), TELL, TELL, TELL)
    assert [(each.state, each.wait, each.down) for each in outcomes] == [("again", 60, False)] * 3
    assert len(outside.heard) == 1


@pytest.mark.parametrize("key", ["sms", "wecom", "dingtalk", "feishu", "slack"])
def test_nobody_there_is_the_channels_fault(outside: Outside, key: str) -> None:
    gone = sms(outside, url="http://127.0.0.1:9/")
    outcomes = told(key, gone, TELL, TELL)
    assert [(each.state, each.down, each.dead) for each in outcomes] == [("again", True, False)] * 2


@pytest.mark.parametrize(
    ("status", "state", "down"), [(401, "again", True), (400, "failed", False), (500, "again", False)]
)
def test_a_status_that_refuses(outside: Outside, status: int, state: str, down: bool) -> None:
    answers(outside, b"no", status=status)
    (outcome,) = told("sms", sms(outside))
    assert (outcome.state, outcome.down, outcome.said) == (state, down, f"{status} no")


def test_a_number_that_is_none_is_not_even_tried(outside: Outside) -> None:
    (outcome,) = told("sms", sms(outside), Message(key="k", to="12", language="en", subject="x", text="x"))
    assert (outcome.state, outcome.dead, outside.heard) == ("failed", True, [])


def test_settings_of_a_gateway_that_cannot_work_are_refused() -> None:
    assert set(SmsHttp().faults({"body": "mobile={to}", "headers": '{"Host": "x"}'})) == {"body", "headers"}
    assert SmsHttp().faults({"body": '{"to": "{to}"}', "headers": '{"Authorization": "Bearer {secret}"}'}) == {}


# robots ------------------------------------------------------------------------------------------------------------


def test_wecom_is_told_in_its_dialect(outside: Outside) -> None:
    answers(outside, {"errcode": 0, "errmsg": "ok"})
    (outcome,) = told("wecom", {"url": f"{outside.url}?key=abc"})
    (sent,) = outside.heard
    assert outcome == Outcome("sent", "0 ok")
    assert (sent.path, sent.headers["content-type"]) == ("/hook?key=abc", "application/json; charset=utf-8")
    assert json.loads(sent.body) == {
        "msgtype": "text", "text": {"content": TELL.text, "mentioned_mobile_list": ["13812345678"]},
    }  # fmt: skip
    assert CHINESE.encode() in sent.body


def test_a_long_text_is_cut_between_characters(outside: Outside) -> None:
    answers(outside, {"errcode": 0})
    long = Message(key="k", to="", language="zh-hans", subject="长", text="长" * 900)
    told("wecom", {"url": outside.url}, long)
    body = json.loads(outside.heard[0].body)
    assert body == {"msgtype": "text", "text": {"content": "长" * 681 + "…"}}


def test_dingtalk_is_told_signed(outside: Outside) -> None:
    answers(outside, {"errcode": 0, "errmsg": "ok"})
    with clock.fixed(clock.now()):
        at = str(int(clock.now().timestamp() * 1000))
        told("dingtalk", {"url": f"{outside.url}?access_token=t", "secret": "SEC1"})
    asked = {name: values[0] for name, values in parse_qs(urlsplit(outside.heard[0].path).query).items()}
    sign = base64.b64encode(hmac.new(b"SEC1", f"{at}\nSEC1".encode(), hashlib.sha256).digest()).decode()
    assert asked == {"access_token": "t", "timestamp": at, "sign": sign}
    assert json.loads(outside.heard[0].body) == {
        "msgtype": "text",
        "text": {"content": f"{TELL.text} @13812345678"},
        "at": {"atMobiles": ["13812345678"], "isAtAll": False},
    }


def test_feishu_is_told_signed(outside: Outside) -> None:
    answers(outside, {"code": 0, "msg": "success", "data": {}})
    with clock.fixed(clock.now()):
        at = str(int(clock.now().timestamp()))
        (outcome,) = told("feishu", {"url": outside.url, "secret": "demo"})
    sign = base64.b64encode(hmac.new(f"{at}\ndemo".encode(), b"", hashlib.sha256).digest()).decode()
    assert outcome == Outcome("sent", "0 success")
    assert json.loads(outside.heard[0].body) == {
        "msg_type": "text", "content": {"text": TELL.text}, "timestamp": at, "sign": sign,
    }  # fmt: skip


def test_slack_reads_nothing_as_a_command(outside: Outside) -> None:
    answers(outside, b"ok")
    (outcome,) = told("slack", {"url": outside.url})
    assert outcome == Outcome("sent", "ok")
    assert json.loads(outside.heard[0].body) == {"text": f"{CHINESE}\n9:00 &lt;b&gt;&amp;"}


@pytest.mark.parametrize(
    ("key", "body", "state", "wait", "down"),
    [
        ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, "again", 0, True),
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, "again", 60, False),
        ("wecom", {"errcode": 40008, "errmsg": "invalid message type"}, "failed", 0, False),
        ("wecom", b"gateway page", "again", 0, False),
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, "again", 0, True),
        ("dingtalk", {"errcode": 130101, "errmsg": "send too fast"}, "again", 600, False),
        ("dingtalk", {"errcode": 400013, "errmsg": "no"}, "failed", 0, False),
        ("feishu", {"code": 19021, "msg": "sign match fail"}, "again", 0, True),
        ("feishu", {"code": 11232, "msg": "frequency limited"}, "again", 60, False),
        ("feishu", {"StatusCode": 0, "StatusMessage": "success"}, "sent", 0, False),
        ("slack", b"<html>", "again", 0, False),
    ],
)
def test_200_with_an_error_in_it_is_a_failure(
    outside: Outside, key: str, body: Any, state: str, wait: int, down: bool
) -> None:
    answers(outside, body)
    (outcome,) = told(key, {"url": outside.url})
    assert (outcome.state, outcome.wait, outcome.down) == (state, wait, down)


def test_a_slack_hook_that_was_taken_away_is_the_channels_fault(outside: Outside) -> None:
    answers(outside, b"no_service", status=404)
    assert told("slack", {"url": outside.url}) == [Outcome("again", "404 no_service", down=True)]


@pytest.mark.parametrize("key", ["sms", "wecom", "dingtalk", "feishu", "slack"])
def test_no_address_inside_is_called(db: None, key: str) -> None:
    with serving() as inside:
        (outcome,) = told(key, sms(inside))
    assert (outcome.state, outcome.down, inside.heard) == ("again", True, [])


def test_a_robot_is_told_no_more_in_a_minute_than_it_takes(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(robots, "sleep", waits.append)
    answers(outside, {"errcode": 0})
    robot = WeCom()
    assert robot.most == 20
    outcomes = list(robot.send([TELL] * 22, {"url": outside.url}))
    assert ({outcome.state for _message, outcome in outcomes}, len(outside.heard)) == ({"sent"}, 22)
    assert [0 < each <= 60 for each in waits] == [True, True]


# the rest ----------------------------------------------------------------------------------------------------------


def test_apprise_tells_the_rest(outside: Outside) -> None:
    (outcome,) = told("apprise", {"urls": f"json://{outside.place}/hook"})
    (sent,) = outside.heard
    body = json.loads(sent.body)
    assert (outcome.state, body["title"], body["message"]) == ("sent", CHINESE, TELL.text)


@pytest.mark.parametrize(("status", "state"), [(404, "failed"), (429, "again"), (503, "again")])
def test_apprise_is_heard_when_it_fails(outside: Outside, status: int, state: str) -> None:
    answers(outside, b"", status=status)
    (outcome,) = told("apprise", {"urls": f"json://{outside.place}/hook"})
    assert (outcome.state, outcome.down, f"error={status}" in outcome.said) == (state, False, True)


def test_apprise_where_nobody_is_there(db: None) -> None:
    (first, second) = told("apprise", {"urls": "json://127.0.0.1:9/"}, TELL, TELL)
    assert (first.state, first.down, second) == ("again", True, first)


@pytest.mark.parametrize("urls", ["", "nonsense", "dbus://", "syslog://", "json://127.0.0.1 dbus://"])
def test_apprise_takes_no_address_it_does_not_know_nor_the_desk_of_the_machine(db: None, urls: str) -> None:
    assert set(CHANNELS["apprise"].faults({"urls": urls})) == {"urls"}  # type: ignore[attr-defined]
    assert [each.state for each in told("apprise", {"urls": urls})] == ["again"]
