"""Webhooks over the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from standardwebhooks import Webhook as Verifier

from bosun.platform.jobs import running
from bosun.platform.webhooks.models import Delivery
from tests.api.conftest import Api
from tests.kernel.world import World
from tests.platform.outside import Outside, serving


@pytest.fixture
def outside(world: World) -> Iterator[Outside]:
    """A server outside."""
    with serving() as about:
        about.allow()
        yield about


def test_from_the_hook_to_the_second_sending(world: World, api: Callable[..., Api], outside: Outside) -> None:
    ada = api("ada")
    made = ada.send("POST", "webhooks", {"name": "ERP", "url": outside.url}, 201)
    assert "secret" not in made
    secret = ada.send("POST", f"webhooks/{made['id']}/verbs/rotate")["secret"]
    told = ada.send("POST", f"webhooks/{made['id']}/verbs/test", status=202)
    assert (told["state"], told["status"], told["reason"]) == ("waiting", None, None)
    outside.answers = [(400, {}, b"no"), (200, {}, b"yes")]
    running.drain()
    (item,) = ada.get(f"webhooks/{made['id']}/deliveries")["items"]
    assert (item["state"], item["status"], item["answer"], item["reason"]) == ("parked", 400, "no", "It answered 400.")
    assert ada.send("POST", f"webhook-deliveries/{item['id']}/verbs/resend", status=202)["state"] == "waiting"
    ada.send("POST", f"webhook-deliveries/{item['id']}/verbs/resend", status=422)
    running.drain()
    whole = ada.get(f"webhook-deliveries/{item['id']}")
    assert (whole["state"], whole["attempts"], whole["body"]["type"]) == ("sent", 2, "webhooks.test")
    assert Verifier(secret).verify(outside.heard[1].body, outside.heard[1].headers) == whole["body"]
    assert secret not in json.dumps(ada.get(f"webhooks/{made['id']}")) + json.dumps(
        ada.get(f"webhooks/{made['id']}/history")
    )


def test_only_whoever_may_have_to_do_with_webhooks(world: World, api: Callable[..., Api], outside: Outside) -> None:
    made = api("ada").send("POST", "webhooks", {"name": "ERP", "url": outside.url}, 201)
    sent = api("ada").send("POST", f"webhooks/{made['id']}/verbs/test", status=202)
    doors = [
        ("GET", f"webhooks/{made['id']}/deliveries"),
        ("GET", f"webhook-deliveries/{sent['id']}"),
        ("POST", f"webhooks/{made['id']}/verbs/rotate"),
        ("POST", f"webhooks/{made['id']}/verbs/test"),
        ("POST", f"webhook-deliveries/{sent['id']}/verbs/resend"),
    ]
    for method, address in doors:
        assert api("ann")(method, address).status_code == 404, address
    world.grant("rep", {"webhooks": {"read": "all"}})
    assert [api("ann")(*door).status_code for door in doors] == [200, 404, 404, 404, 404]
    assert Delivery.objects.count() == 1
    assert api("ada", "read")("POST", doors[3][1]).status_code in (403, 404)
    assert api("ada").get("webhooks/999999/deliveries", 404)["code"] == "not_found"
