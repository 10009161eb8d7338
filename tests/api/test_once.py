"""Idempotency keys: one effect however often it is asked for."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from bosun.api.models import KeptCall
from bosun.kernel import records, stamps
from bosun.kernel.ledger import Change
from bosun.lib import clock
from bosun.platform.accounts import services
from bosun.platform.automation.models import Run, Waiting
from bosun.platform.dedupe import limits as dedupe
from bosun.platform.org.models import Person
from tests.api.conftest import Api
from tests.kernel.world import World, build

Caller = Callable[..., Api]


def count() -> int:
    return records.entity_of("customers").model._default_manager.count()


def test_asked_twice_and_made_once(api: Caller, world: World) -> None:
    ann = api("ann")
    first = ann("POST", "customers", {"name": "Tidewater"}, Idempotency_Key="k1")
    again = ann("POST", "customers", {"name": "Tidewater"}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert json.loads(first.content) == json.loads(again.content)
    assert first["Location"] == again["Location"]
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert count() == 1


def test_another_body_under_the_same_key(api: Caller, world: World) -> None:
    ann = api("ann")
    ann.send("POST", "customers", {"name": "Tidewater"}, 201, Idempotency_Key="k1")
    assert ann.send("POST", "customers", {"name": "Other"}, 422, Idempotency_Key="k1")["code"] == "invalid"
    assert count() == 1


def test_keys_are_each_caller_s_own(api: Caller, world: World) -> None:
    for who in ("ann", "cyd"):
        api(who).send("POST", "customers?confirm=duplicate", {"name": "Tidewater"}, 201, Idempotency_Key="k1")
    assert count() == 2


def test_what_failed_may_be_corrected(api: Caller, world: World) -> None:
    ann = api("ann")
    ann.send("POST", "customers", {"name": ""}, 422, Idempotency_Key="k1")
    assert KeptCall.objects.count() == 0
    ann.send("POST", "customers", {"name": "Tidewater"}, 201, Idempotency_Key="k1")
    assert count() == 1


def test_a_key_is_kept_for_a_day(api: Caller, world: World) -> None:
    ann = api("ann")
    ann.send("POST", "customers?confirm=duplicate", {"name": "Tidewater"}, 201, Idempotency_Key="k1")
    KeptCall.objects.update(at=clock.now() - timedelta(hours=23))
    ann.send("POST", "customers?confirm=duplicate", {"name": "Tidewater"}, 201, Idempotency_Key="k1")
    assert count() == 1
    KeptCall.objects.update(at=clock.now() - timedelta(hours=25))
    ann.send("POST", "customers?confirm=duplicate", {"name": "Tidewater"}, 201, Idempotency_Key="k1")
    assert (count(), KeptCall.objects.count()) == (2, 1)


def test_a_key_is_no_way_round_the_limit_of_looks(api: Caller, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dedupe, "PER_MINUTE", 3)
    phones = [f"+3461234567{digit}" for digit in range(5)]
    for number, phone in enumerate(phones):
        world.customer("cyd", name=f"N{number}", phones=[phone])
    ann = api("ann")
    told = []
    for number, phone in enumerate(phones):
        raw = {"name": f"Mine {number}", "phones": [phone]}
        told.append(ann("POST", "customers", raw, Idempotency_Key=f"k{number}").status_code)
    assert told == [409, 409, 409, 201, 201]
    assert KeptCall.objects.count() == 2
    assert Change.objects.filter(entity="customers", verb="probed", actor_name="Ann").count() == 1


def test_a_guard_is_answered_under_the_same_key(api: Caller, world: World) -> None:
    world.customer("ann", name="Tidewater")
    ann = api("ann")
    ann.send("POST", "customers", {"name": "Tidewater"}, 409, Idempotency_Key="k1")
    assert (count(), KeptCall.objects.count()) == (1, 0)
    ann.send("POST", "customers?confirm=duplicate", {"name": "Tidewater"}, 201, Idempotency_Key="k1")
    assert (count(), KeptCall.objects.count()) == (2, 1)


@pytest.mark.parametrize("key", ["", "x" * 201, "é"])
def test_keys_that_are_none(api: Caller, world: World, key: str) -> None:
    assert api("ann").send("POST", "customers", {"name": "A"}, 400, Idempotency_Key=key)["code"] == "unreadable"
    assert count() == 0


def test_a_verb_is_done_once(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater")
    ada = api("ada")
    for _number in range(2):
        body = ada.send("POST", f"customers/{row.pk}/verbs/transfer", {"owner": "ben"}, Idempotency_Key="v1")
        assert (body["owner"]["username"], body["version"]) == ("ben", 2)
    ada.send("POST", f"customers/{row.pk}/verbs/transfer", {"owner": "cyd"}, 422, Idempotency_Key="v1")
    assert ada.get(f"customers/{row.pk}")["owner"]["username"] == "ben"


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment() -> None:
    world = build()
    token = services.make_token(Person.objects.get(pk=world.people["ann"]), "test")

    def call(_number: int) -> tuple[int, int]:
        try:
            answer = Api(token, Client())("POST", "customers", {"name": "Tidewater"}, Idempotency_Key="k1")
            return answer.status_code, json.loads(answer.content).get("id", 0)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(call, range(24)))
    assert {status for status, _pk in answers} == {201}
    assert len({pk for _status, pk in answers}) == 1
    assert count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before the record", "after the record", "before the commit"])
def test_killed_in_between(moment: str) -> None:
    """A web process that dies leaves the whole or nothing, and the program may ask again."""
    world = build()
    token = services.make_token(Person.objects.get(pk=world.people["ann"]), "test")
    connections.close_all()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    child = os.fork()
    if child == 0:
        die_at(moment)
        Api(token, Client())("POST", "customers", {"name": "Tidewater"}, Idempotency_Key="k1")
        os._exit(0)
    _pid, ended = os.waitpid(child, 0)
    assert os.WTERMSIG(ended) == signal.SIGKILL
    assert (count(), KeptCall.objects.count()) == (0, 0)
    ann = Api(token, Client())
    made = ann.send("POST", "customers", {"name": "Tidewater"}, 201, Idempotency_Key="k1")
    assert ann.send("POST", "customers", {"name": "Tidewater"}, 201, Idempotency_Key="k1") == made
    assert count() == 1


def die_at(moment: str) -> None:
    """Let this process kill itself at that moment of its next call."""

    def die(*_args: Any, **_how: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    create = records.create

    def create_and_die(*args: Any, **how: Any) -> Any:
        create(*args, **how)
        die()

    if moment == "before the record":
        records.create = die
    elif moment == "after the record":
        records.create = create_and_die
    else:
        connection.ensure_connection()
        connection.commit = die  # type: ignore[method-assign]


def test_rules_act_once_for_a_call_that_is_repeated(api: Caller) -> None:
    contact = {"action": "create", "entity": "contacts", "values": {"name": "Desk of {{name}}", "customer": "record"}}
    steps = [contact, {"action": "wait", "for": 1}, {"action": "tag", "add": ["x"]}]
    rule = {"name": "Desk", "event": "customers.created", "do": steps, "enabled": True}
    api("ada").send("POST", "rules", rule, 201)
    stamps.refresh()
    ann = api("ann")
    told = [ann.send("POST", "customers", {"name": "Tidewater"}, 201, Idempotency_Key="k1") for _again in range(3)]
    assert [len(answer["effects"]) for answer in told] == [1, 1, 1]
    assert [answer["later"] for answer in told] == [told[0]["later"]] * 3
    assert (len(told[0]["later"]), Waiting.objects.count(), Run.objects.count()) == (1, 1, 1)
    assert [row["name"] for row in ann.get("contacts")["items"]] == ["Desk of Tidewater"]
