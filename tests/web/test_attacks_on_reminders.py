"""Bad input at the doors of reminders and channels: each is refused beside what was wrong, and nothing is changed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from bosun.config.masking import Masked, masked
from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.deliveries.models import ChannelSettings, Preference
from bosun.platform.reminders.models import Reminder
from bosun.web import recurring
from tests.api.conftest import Api
from tests.api.conftest import api as api
from tests.kernel.world import World
from tests.platform.reminding import NINE, grant
from tests.web.conftest import Seat

Sit = Callable[[str], Seat]
DEEP = "[" * 100_000


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


@pytest.mark.parametrize("typed", ["22:00+05:00", "T22:00Z", "22:00:00-01:00"])
def test_quiet_hours_have_no_zone_of_their_own(world: World, sit: Sit, typed: str) -> None:
    sit("ann").send("/me/notices/times", 204, quiet_from=typed, quiet_until="07:30:15.5", digest_at="")
    held = Preference.objects.get()
    assert (str(held.quiet_from), str(held.quiet_until)) == ("22:00:00", "07:30:00")


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY;BYMONTHDAY=x;BYSETPOS=-1", "FREQ=MONTHLY;BYMONTHDAY=,", "=", ";;", "X"])
def test_a_rule_that_was_refused_is_shown_again(rule: str) -> None:
    assert recurring.shown(rule)["rule"] == rule


@pytest.mark.parametrize("field", ["until", "checklist"])
@pytest.mark.parametrize("text", [DEEP, '["\\ud800"]', '["\\u0000"]', "[NaN]", '{"field": "\\udfff"}'])
def test_what_is_no_json_or_cannot_be_kept_is_refused(
    world: World, api: Callable[..., Api], field: str, text: str
) -> None:
    about = f"customers:{world.customer('ann').pk}"
    if field == "checklist" and text.startswith("{"):
        text = f"[{text}]"
    raw = {"text": "Call", "due_at": "2030-01-01T09:00:00Z", "about": about, field: text}
    answer = api("ann").send("POST", "reminders", raw, 422)
    assert [error["field"] for error in answer["errors"]] == [field]
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    "rule", ["FREQ=MONTHLY;BYDAY=54MO", "FREQ=YEARLY;BYDAY=MO,53MO;BYMONTH=12", "FREQ=DAILY;BYMONTH=13"]
)
def test_a_place_that_no_month_has_is_refused(world: World, api: Callable[..., Api], rule: str) -> None:
    raw = {"text": "Call", "due_at": "2030-01-01T09:00:00Z", "rule": rule}
    answer = api("ann").send("POST", "reminders", raw, 422)
    assert [error["field"] for error in answer["errors"]] == ["rule"]


def test_a_flag_that_is_emptied_is_no(world: World, api: Callable[..., Api]) -> None:
    raw = {"text": "Call", "due_at": "2030-01-01T09:00:00Z", "follows_owner": True}
    made = api("ann").send("POST", "reminders", raw, 201)
    answer = api("ann").send("PATCH", f"reminders/{made['id']}", {"follows_owner": None, "on_opening": None})
    assert (answer["follows_owner"], answer["on_opening"]) == (False, False)


def test_remind_me_reminds_me_and_nobody_else(world: World, sit: Sit) -> None:
    """Whoever reads a task of somebody else makes nobody but himself be told of it."""
    task = records.create("tasks", {"subject": "Send the offer", "due": NINE}, world.act("ann"))
    with clock.fixed(NINE - timedelta(days=1)):
        sit("ben").send(f"/remind/tasks/{task.pk}", 204, before="60", when="", again="1")
    assert Reminder.objects.get().owner_id == world.people["ben"]


@pytest.mark.parametrize("port", ["0", "65536", "999999999", "-1", "x"])
def test_a_port_that_there_is_not_is_refused(world: World, sit: Sit, port: str) -> None:
    """Else the test beside it, and whoever sends, would end in a fault."""
    values = {"host": "mail.example.com", "security": "tls", "sender": "crm@example.com", "imap_port": "993"}
    sit("ada").post("/settings/channels/email", 422, **values, port=port, imap_security="tls")
    assert not ChannelSettings.objects.exists()


@pytest.mark.parametrize("wrong", [{"host": "localhost:2525"}, {"host": "127.0.0.1:25"}, {"sender": "nope"}])
def test_a_mail_server_or_sender_that_is_none_is_refused(world: World, sit: Sit, wrong: dict[str, str]) -> None:
    values = {"host": "mail.example.com", "port": "587", "security": "tls", "sender": "Bosun <crm@example.com>"}
    imap = {"imap_port": "993", "imap_security": "tls"}
    sit("ada").post("/settings/channels/email", 422, **{**values, **imap, **wrong})
    assert not ChannelSettings.objects.exists()
    sit("ada").post("/settings/channels/email", 302, **values, **imap)


def test_a_message_centre_whose_name_is_none_is_said_to_be_away(world: World, sit: Sit) -> None:
    records.change("users", world.people["ada"], {"phones": ["+8613812345678"]}, world.act("ada"))
    values = {"host": "x" * 70 + ".example", "port": "2775", "system_id": "bosun"}
    sit("ada").post("/settings/channels/smpp", 302, **values, enabled="on")
    assert "It was not taken." in sit("ada").send("/settings/channels/smpp/test", 200).content.decode()


@pytest.mark.parametrize(
    "address",
    ["/feeds/{0}.ics", "/feeds/{0}", "/done/{0}", "/done/{0}/", "/invitations/{0}", "/unsubscribe/{0}", "/hooks/in/{0}",
     "/hooks/sms/{0}", "/hooks/sms/{0}/", "/account/password/reset/key/{0}/"],
)  # fmt: skip
def test_no_log_holds_an_address_that_is_a_key(world: World, address: str, caplog: pytest.LogCaptureFixture) -> None:
    """Also mistyped, forged, or refused before anybody looked."""
    key = "k3y-of-somebody:1xVB6e:bF9U1WfPD"
    there = address.format(key)
    caplog.handler.addFilter(Masked())
    with caplog.at_level(logging.INFO):
        Client(enforce_csrf_checks=True).get(there)
        Client(enforce_csrf_checks=True).post(there, headers={"Origin": "https://e.vil"})
        logging.getLogger("django.request").error("Internal Server Error: %s", there)
    assert key not in caplog.text
    assert masked(f"GET {there}?x=1") != f"GET {there}?x=1"
    assert json.dumps(masked("/customers/4")) == '"/customers/4"'
