"""Webhooks in the settings: made, tested, mapped from a sample, and chosen in a rule."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from standardwebhooks import Webhook as Verifier

from bosun.kernel import records, stamps
from bosun.modules.customers.models import Customer
from bosun.platform.jobs import running
from bosun.platform.webhooks import keys
from bosun.platform.webhooks.models import InboundWebhook, Received, Webhook
from tests.kernel.world import World
from tests.platform.outside import Outside, serving
from tests.web.conftest import Seat

Sit = Callable[[str], Seat]


@pytest.fixture
def outside(world: World) -> Iterator[Outside]:
    """A server outside."""
    with serving() as about:
        about.allow()
        yield about


def test_a_webhook_is_made_tested_and_sent_again(world: World, sit: Sit, outside: Outside) -> None:
    ada = sit("ada")
    assert "No program outside is told anything." in ada.get("/settings/webhooks")
    ada.fragment("/settings/webhooks/new")
    refused = ada.send("/settings/webhooks/new", 422, name="ERP", url="http://10.0.0.1/", header_lines="")
    assert "This address cannot be called." in refused.content.decode()
    refused = ada.send("/settings/webhooks/new", 422, name="ERP", url=outside.url, header_lines="Host: x")
    assert "“Host” cannot be a header of yours." in refused.content.decode()
    assert Webhook.objects.count() == 0
    ada.send("/settings/webhooks/new", 204, name="ERP", url=outside.url, header_lines="X-Tenant: 7\nX-B: a:b")
    made = Webhook.objects.get()
    assert (made.headers, made.enabled, made.owner_id) == ({"X-Tenant": "7", "X-B": "a:b"}, True, world.people["ada"])
    at = f"/settings/webhooks/{made.pk}"
    shown = ada.send(f"{at}/secret").content.decode()
    secret = re.search(r"whsec_[\w+/=]+", shown)
    assert secret is not None
    outside.answers = [(400, {}, b"<b>no</b>"), (200, {}, b"yes")]
    ada.send(f"{at}/test", 204)
    assert "hx-trigger" in ada.get(at), "drawn anew while it is on its way"
    running.drain()
    drawn = ada.get(at)
    assert "It answered 400." in drawn
    assert "&lt;b&gt;no&lt;/b&gt;" in drawn
    assert "<b>no</b>" not in drawn
    again = re.search(r"/settings/webhooks/messages/\d+/again", drawn)
    assert again is not None
    ada.send(again[0], 204)
    running.drain()
    assert Verifier(secret[0]).verify(outside.heard[1].body, outside.heard[1].headers)["type"] == "webhooks.test"
    assert "It answered" not in ada.fragment(at)
    ada.send(f"{at}/switch", 204)
    made.refresh_from_db()
    assert not made.enabled
    assert "X-Tenant: 7" in ada.fragment(f"{at}/edit")
    ada.fragment(f"{at}/remove")
    ada.send(f"{at}/remove", 204)
    ada.get(at, 404)


def test_an_inbound_webhook_is_mapped_from_a_sample(world: World, sit: Sit) -> None:
    ada = sit("ada")
    ada.fragment("/settings/inbound/new")
    given = {"name": "Shop", "entity": "customers", "signature": "none", "identity": str(world.people["ann"])}
    ada.send("/settings/inbound/new", 204, **given)
    made = InboundWebhook.objects.get()
    at, address = f"/settings/inbound/{made.pk}", f"/hooks/in/{keys.token_of(made.pk)}"
    assert f"http://testserver{address}" in ada.get(at)
    assert "type the way to a value" in ada.fragment(f"{at}/map")
    message = {"company": {"name": "Halden"}, "no": 7}
    refused = Client().post(address, json.dumps(message), "application/json")
    assert refused.status_code == 422
    assert "None of the fields was found in this message." in ada.get(at)
    drawn = ada.fragment(f"{at}/map")
    assert "company.name · Halden" in drawn
    ada.send(f"{at}/map", 422, at_name="a b..c")
    ada.send(f"{at}/map", 204, at_name="company.name", at_external_id="no")
    made.refresh_from_db()
    assert made.mapping == {"name": "company.name", "external_id": "no"}
    assert "External" in ada.fragment(f"{at}/edit")
    ada.send(f"{at}/edit", 204, **given, match="external_id", enabled="on", owner=str(world.people["ada"]))
    assert Client().post(address, json.dumps(message), "application/json").status_code == 201
    customer = Customer.objects.get()
    assert (customer.name, customer.external_id, customer.owner_id) == ("Halden", "7", world.people["ann"])
    assert f"/customers/{customer.pk}" in ada.get(at)
    ada.send(f"{at}/address", 204)
    assert Client().post(address, json.dumps(message), "application/json").status_code == 404
    assert "whsec_" in ada.send(f"{at}/secret").content.decode()
    assert Received.objects.count() == 2


def test_only_whoever_may_opens_these_pages(world: World, sit: Sit, outside: Outside) -> None:
    made = records.create("webhooks", {"name": "ERP", "url": outside.url}, world.act("ada"))
    raw = {"name": "Shop", "entity": "customers", "mapping": {"name": "a"}}
    into = records.create("inbound_webhooks", raw, world.act("ada"))
    ann = sit("ann")
    for address in ("", "/new", f"/{made.pk}", f"/{made.pk}/edit"):
        ann.get(f"/settings/webhooks{address}", 403)
    for address in ("/new", f"/{into.pk}", f"/{into.pk}/map"):
        ann.get(f"/settings/inbound{address}", 403)
    for address in (f"webhooks/{made.pk}/test", f"webhooks/{made.pk}/secret", f"inbound/{into.pk}/secret"):
        ann.post(f"/settings/{address}", 403)
    ann.get("/settings/allowed_hosts", 403)
    assert outside.heard == []


def test_a_webhook_is_chosen_in_a_rule_and_allowed_hosts_have_their_page(
    world: World, sit: Sit, outside: Outside
) -> None:
    ada = sit("ada")
    assert outside.place in ada.get("/settings/allowed_hosts")
    made = records.create("webhooks", {"name": "ERP", "url": outside.url}, world.act("ada"))
    assert "Call a webhook" in ada.fragment("/settings/automation/new?event=customers.created")
    raw = {"name": "Tell", "event": "customers.hook", "do": [{"action": "webhook", "to": made.pk}], "enabled": True}
    rule = records.create("rules", raw, world.act("ada"))
    stamps.refresh()
    assert "ERP" in ada.fragment(f"/settings/automation/{rule.pk}")
    assert "call the webhook ERP" in ada.get("/settings/automation")
