"""Webhooks in: who may send, what becomes of it, and that it becomes so once."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from standardwebhooks import Webhook as Signer

from bosun.api import limits
from bosun.kernel import history, records, stamps
from bosun.kernel.errors import Invalid
from bosun.lib import clock
from bosun.modules.customers.models import Customer
from bosun.platform.automation import services
from bosun.platform.automation.models import Run
from bosun.platform.webhooks import keys, receiving
from bosun.platform.webhooks.models import Received
from tests.kernel.world import World

MAPPING = {"name": "data.company.name", "external_id": "data.id", "grade": {"value": "B"}, "phones": "data.phones"}
MESSAGE = {"data": {"id": "c-7", "company": {"name": "Halden"}, "phones": ["+49695550140"]}}


def hook(world: World, **more: Any) -> Any:
    raw = {"name": "Shop", "entity": "customers", "mapping": MAPPING, "match": "external_id", "identity": "ann", **more}
    return records.create("inbound_webhooks", raw, world.act("ada"))


def post(made: Any, body: Any, headers: dict[str, str] | None = None, token: str = "") -> HttpResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    address = f"/hooks/in/{token or keys.token_of(made.pk)}"
    return Client(raise_request_exception=False).post(address, raw, "application/json", headers=headers or {})  # type: ignore[return-value]


def signed(made: Any, body: Any, message: str = "msg_1", at: datetime | None = None) -> HttpResponse:
    raw, moment = json.dumps(body), at or clock.now()
    signature = Signer(keys.secret_of(made.pk)).sign(message, moment, raw)
    told = {"webhook-id": message, "webhook-timestamp": str(int(moment.timestamp())), "webhook-signature": signature}
    return post(made, raw.encode(), told)


def said(answer: HttpResponse) -> Any:
    return json.loads(answer.content)


def names() -> list[str]:
    return list(Customer.objects.order_by("pk").values_list("name", flat=True))


def test_a_message_becomes_a_record_and_the_next_one_changes_it(world: World) -> None:
    made = hook(world)
    answer = signed(made, MESSAGE)
    customer = Customer.objects.get()
    assert (answer.status_code, said(answer)) == (201, {"entity": "customers", "id": customer.pk, "created": True})
    assert (customer.name, customer.external_id, customer.grade, customer.phones, customer.owner_id) == (
        "Halden", "c-7", "B", ["+49695550140"], world.people["ann"],
    )  # fmt: skip
    answer = signed(made, {"data": {"id": "c-7", "company": {"name": "Halden & Co"}}}, "msg_2")
    customer.refresh_from_db()
    assert (answer.status_code, said(answer)["created"], customer.name) == (200, False, "Halden & Co")
    assert customer.phones == ["+49695550140"], "what a message does not hold is left alone"
    change = history.of_one(records.entity_of("customers"), customer.pk, 5)[0]
    assert (change.door, change.cause, change.actor_name) == ("webhook", f"hook:{made.pk}", "Ann")


def test_the_same_message_is_done_once_and_answered_alike(world: World) -> None:
    made = hook(world, match=None, mapping={"name": "data.company.name"})
    first, second = signed(made, MESSAGE), signed(made, MESSAGE)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert (first.headers.get("Idempotent-Replayed"), second.headers["Idempotent-Replayed"]) == (None, "true")
    assert (names(), Received.objects.count()) == (["Halden"], 1)
    signed(made, MESSAGE, "msg_2")
    assert names() == ["Halden", "Halden"]


@pytest.mark.django_db(transaction=True)
def test_the_same_message_fifty_times_in_parallel_is_done_once(world: World, settings: Any) -> None:
    """F4.03."""
    settings.BOSUN_API_RATE = 100
    limits.forget()
    made = hook(world)

    def send(_turn: int) -> int:
        try:
            return signed(made, MESSAGE).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as pool:
        answers = Counter(pool.map(send, range(50)))
    assert answers == {201: 50}
    assert (names(), Received.objects.count()) == (["Halden"], 1)
    limits.forget()


def test_without_a_right_and_fresh_signature_nothing_happens(world: World) -> None:
    made = hook(world)
    raw = json.dumps(MESSAGE)
    stamp = str(int(clock.now().timestamp()))
    good = Signer(keys.secret_of(made.pk)).sign("msg_1", clock.now(), raw)
    other = Signer(keys.new_secret()).sign("msg_1", clock.now(), raw)
    wrong: list[dict[str, str]] = [
        {},
        {"webhook-id": "msg_1", "webhook-timestamp": stamp},
        {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": other},
        {"webhook-id": "msg_2", "webhook-timestamp": stamp, "webhook-signature": good},
        {"webhook-id": "msg_1", "webhook-timestamp": "soon", "webhook-signature": good},
        {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": "v1"},
        {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": "v1,%%%"},
        {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": "v2" + good[2:]},
    ]
    for headers in wrong:
        assert post(made, raw.encode(), headers).status_code == 401, headers
    for minutes in (-6, 6):
        assert signed(made, MESSAGE, at=clock.now() + timedelta(minutes=minutes)).status_code == 401
    assert signed(made, MESSAGE, at=clock.now() - timedelta(minutes=4)).status_code == 201
    told = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": good}
    assert post(made, raw.replace("Halden", "Evil").encode(), told).status_code == 401
    assert (names(), Received.objects.count()) == (["Halden"], 1)


def test_signed_as_github_signs(world: World) -> None:
    made = hook(world, signature="github", match=None)
    raw = json.dumps(MESSAGE).encode()
    digest = hmac.new(keys.secret_of(made.pk).encode(), raw, hashlib.sha256).hexdigest()
    good = {"X-Hub-Signature-256": f"sha256={digest}", "X-GitHub-Delivery": "1"}
    for wrong in ({}, {"X-Hub-Signature-256": digest}, {"X-Hub-Signature-256": f"sha256={'0' * 64}"}):
        assert post(made, raw, wrong).status_code == 401
    assert post(made, raw, good).status_code == 201
    again = post(made, raw, {**good, "X-GitHub-Delivery": "2"})
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true"), "its number is not signed"
    assert names() == ["Halden"]


def test_unknown_addresses_and_those_that_are_off_are_not_there(world: World) -> None:
    made = hook(world, signature="none")
    token = keys.token_of(made.pk)
    assert post(made, MESSAGE, token="x" * 43).status_code == 404
    for method in ("GET", "PUT", "DELETE"):
        answer = Client().generic(method, f"/hooks/in/{token}")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert json.loads(answer.content)["title"] == f"{method} does not work here."
    records.change("inbound_webhooks", made.pk, {"enabled": False}, world.act("ada"))
    assert said(post(made, MESSAGE))["code"] == "not_found"
    records.change("inbound_webhooks", made.pk, {"enabled": True}, world.act("ada"))
    fresh = keys.new_address(made.pk)
    assert [post(made, MESSAGE, token=each).status_code for each in (token, fresh)] == [404, 201]
    records.remove_one("inbound_webhooks", made.pk, world.act("ada"))
    assert post(made, MESSAGE, token=fresh).status_code == 404
    assert names() == ["Halden"]


def test_what_cannot_be_read_is_said(world: World) -> None:
    made = hook(world, signature="none")
    assert post(made, b"{").status_code == 400
    assert post(made, b"\xff").status_code == 400
    assert post(made, b'{"a":1,"a":2}').status_code == 400
    assert post(made, b'"' + b"x" * receiving.MOST_BYTES + b'"').status_code == 413
    form = Client().post(f"/hooks/in/{keys.token_of(made.pk)}", {"a": "b"})
    assert form.status_code == 415
    assert names() == []


def test_what_is_refused_says_which_field_and_may_come_again(world: World) -> None:
    made = hook(world)
    bad = {"data": {"id": "c-7", "company": {"name": "Halden"}, "phones": "nonsense"}}
    answer = signed(made, bad)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert [part["field"] for part in said(answer)["errors"]] == ["phones"]
    row = Received.objects.get()
    assert (row.state, row.status, row.body, names()) == ("refused", 422, bad, [])
    mapping = {key: value for key, value in MAPPING.items() if key != "phones"}
    records.change("inbound_webhooks", made.pk, {"mapping": mapping}, world.act("ada"))
    assert signed(made, bad).status_code == 201
    row.refresh_from_db()
    assert (row.state, row.status, names(), Received.objects.count()) == ("done", 201, ["Halden"], 1)
    assert signed(made, {"other": 1}, "msg_9").status_code == 422


def test_it_acts_with_the_rights_of_its_identity(world: World) -> None:
    made = hook(world)
    foreign = world.customer("cyd", name="Cyd's", external_id="c-7")
    answer = signed(made, MESSAGE)
    foreign.refresh_from_db()
    assert (answer.status_code, foreign.name) == (422, "Cyd's")
    with pytest.raises(Invalid):
        hook(world, name="Two", mapping={"name": "a", "credit_limit": "b"})
    records.change("users", world.people["ann"], {"active": False}, world.act("ada"))
    assert signed(made, MESSAGE, "msg_3").status_code == 403
    assert names() == ["Cyd's"]


def test_only_an_administrator_lends_the_rights_of_others(world: World) -> None:
    grants = {"customers": {"read": "own", "create": "own"}, "inbound_webhooks": {"read": "own", "create": "own"}}
    world.grant("rep", grants)
    raw = {"name": "Mine", "entity": "customers", "mapping": {"name": "a"}}
    with pytest.raises(Invalid):
        records.create("inbound_webhooks", {**raw, "identity": "ben"}, world.act("ann"))
    mine = records.create("inbound_webhooks", raw, world.act("ann"))
    assert signed(mine, {"a": "Halden"}).status_code == 201
    assert Customer.objects.get().owner_id == world.people["ann"]


def test_a_rule_acts_on_what_a_webhook_brought(world: World) -> None:
    made = hook(world)
    do = [{"action": "tag", "add": ["from the shop"]}]
    rule = {"name": "Mark", "event": "customers.hook", "do": do, "enabled": True}
    with pytest.raises(Invalid):
        records.create("rules", {**rule, "do": None, "guard": "block"}, world.act("ada"))
    records.create("rules", rule, world.act("ada"))
    world.customer("ann", name="By hand")
    stamps.refresh()
    signed(made, MESSAGE)
    assert [customer.tags for customer in Customer.objects.order_by("pk")] == [None, ["from the shop"]]
    (run,) = Run.objects.all()
    assert (run.event, run.actor_name, run.state) == ("customers.hook", "Ann", "done")
    by_hand, brought = Customer.objects.order_by("pk")
    env = records.environment(world.actor("ada"))
    entity = records.entity_of("customers")
    assert services.why(entity, brought.pk, run.rule_id, env)["ran"]
    reasons = services.why(entity, by_hand.pk, run.rule_id, env)["reasons"]
    assert reasons == ["What the rule waits for has not happened to this record."]


def test_too_many_at_once_wait(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BOSUN_API_RATE = 100
    monkeypatch.setattr(limits, "monotonic", lambda: 1000.0)
    limits.forget()
    made = hook(world, signature="none")
    found = [post(made, {"x": 1}).status_code for _turn in range(105)]
    assert found == [422] * 100 + [429] * 5
    limits.forget()


def test_keys_are_in_no_record(world: World, api: Callable[..., Any]) -> None:
    made = hook(world)
    shown = json.dumps(api("ada").get(f"inbound_webhooks/{made.pk}")) + json.dumps(
        api("ada").get(f"inbound_webhooks/{made.pk}/history")
    )
    assert keys.token_of(made.pk) not in shown
    assert keys.secret_of(made.pk) not in shown


def test_a_message_of_nothing_is_refused(world: World) -> None:
    made = hook(world, signature="none")
    answer = post(made, b"null")
    assert (answer.status_code, said(answer)["title"]) == (422, "This message is empty.")
    assert (names(), Received.objects.count()) == ([], 0)


def test_an_id_that_is_too_long_is_refused_and_not_cut(world: World) -> None:
    for signature in ("none", "standard"):
        made = hook(world, name=signature, signature=signature, match=None)
        send = signed if signature == "standard" else lambda made, body, given: post(made, body, {"webhook-id": given})
        held = Received.objects.count()
        answer = send(made, MESSAGE, "m" * 201)
        assert answer.status_code == 400
        assert said(answer)["title"] == "The id of a message has 200 characters at most."
        assert Received.objects.count() == held
        assert send(made, {"data": {"company": {"name": signature}}}, "m" * 200).status_code == 201
    assert names() == ["none", "standard"]
