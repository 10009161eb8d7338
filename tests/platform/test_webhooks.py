"""Webhooks out: what is told, signed, until the other side has it, and no longer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from bosun.kernel import records, stamps
from bosun.kernel.errors import DoorError, Invalid
from bosun.lib import clock
from bosun.platform.automation import services
from bosun.platform.automation.models import Run
from bosun.platform.jobs import running
from bosun.platform.jobs.models import Job
from bosun.platform.reminders.models import Notice
from bosun.platform.webhooks import keys, sending
from bosun.platform.webhooks.models import Delivery, Webhook, WebhookState
from tests.kernel.world import World
from tests.platform.outside import Outside, serving


@pytest.fixture
def outside(world: World) -> Iterator[Outside]:
    """A server outside."""
    with serving() as about:
        about.allow()
        yield about


def hook(world: World, outside: Outside, **more: Any) -> Any:
    return records.create("webhooks", {"name": "ERP", "url": outside.url, **more}, world.act("ada"))


def rule(world: World, to: Any = "ERP", **more: Any) -> Any:
    raw = {"name": "Tell", "event": "customers.saved", "do": [{"action": "webhook", "to": to}], "enabled": True, **more}
    made = records.create("rules", raw, world.act("ada"))
    stamps.refresh()
    return made


def later(**by: float) -> Any:
    return clock.fixed(clock.now() + timedelta(**by))


def test_a_rule_tells_the_program_outside_signed(world: World, outside: Outside) -> None:
    made = hook(world, outside, headers={"X-Tenant": "7"})
    secret = keys.rotate(made.pk)
    told = rule(world)
    customer = world.customer("ann", name="Halden", grade="B")
    (row,) = Delivery.objects.all()
    assert (row.state, row.hook_id, row.attempts, outside.heard) == ("waiting", made.pk, 0, [])
    running.drain()
    (sent,) = outside.heard
    run = Run.objects.get()
    body = Verifier(secret).verify(sent.body, sent.headers)
    assert (sent.method, sent.path, sent.headers["x-tenant"]) == ("POST", "/hook", "7")
    assert sent.headers["webhook-id"] == row.key == body["id"]
    assert (body["type"], body["entity"], body["run"]) == ("customers.saved", "customers", run.pk)
    assert body["rule"] == {"id": told.pk, "name": "Tell", "version": 1}
    assert (body["record"]["id"], body["record"]["name"], body["by"]["name"]) == (customer.pk, "Halden", "Ann")
    assert body["change"]["grade"] == {"before": None, "after": "B"}
    row.refresh_from_db()
    assert (row.state, row.status, row.answer, row.attempts) == ("sent", 200, "ok", 1)
    with pytest.raises(WebhookVerificationError):
        Verifier(keys.new_secret()).verify(sent.body, sent.headers)
    (explained,) = services.runs_of(
        records.entity_of("customers"), customer.pk, records.environment(world.actor("ada"))
    )
    assert explained["results"][0]["says"].startswith("Webhook “ERP”: sent at ")


def test_it_tells_what_the_rules_identity_may_see_and_no_more(world: World, outside: Outside) -> None:
    hook(world, outside)
    with pytest.raises(DoorError):
        rule(world, identity="ann")
    rights = {"webhooks": {"read": "all"}, "customers": {"read": "all"}}
    world.grant("rep", rights)
    rule(world, identity="ann")
    world.customer("ada", name="Halden", credit_limit={"amount": "5", "currency": "EUR"})
    running.drain()
    body = json.loads(outside.heard[0].body)
    assert "credit_limit" not in body["record"]
    assert "credit_limit" not in body["change"]
    assert body["record"]["name"] == "Halden"


def test_what_is_rolled_back_was_never_told(world: World, outside: Outside) -> None:
    hook(world, outside)
    rule(world)

    @transaction.atomic
    def saved_in_vain() -> None:
        world.customer("ann", name="Halden")
        assert Delivery.objects.count() == 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        saved_in_vain()
    assert (Delivery.objects.count(), Job.objects.filter(kind="webhooks.send").count()) == (0, 0)


def test_a_worker_that_dies_after_sending_sends_a_copy_under_the_same_key(world: World, outside: Outside) -> None:
    made = hook(world, outside)
    sending.test(made)
    job = Job.objects.get(kind="webhooks.send")
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1)
    job.refresh_from_db()
    Job.objects.filter(pk=job.pk).update(attempts=2)
    held = running.Running(job)
    with pytest.raises(running.Lost):
        sending.send(held)
    assert Delivery.objects.get().state == "waiting", "what this worker did is somebody else's by now"
    Job.objects.filter(pk=job.pk).update(state="waiting")
    running.drain()
    first, second = outside.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == Delivery.objects.get().key
    assert first.body == second.body
    assert Delivery.objects.get().state == "sent"


def test_it_is_tried_again_later_and_later_and_then_given_up(world: World, outside: Outside) -> None:
    made = hook(world, outside)
    outside.answers = [(503, {}, b"busy")]
    sending.test(made)
    at = clock.now()
    for tries in range(1, len(sending.PAUSES) + 1):
        with clock.fixed(at):
            running.drain()
        row = Delivery.objects.get()
        assert (row.state, row.status, row.answer, row.error, row.tries) == ("waiting", 503, "busy", "refused", tries)
        assert row.next_at is not None
        assert row.next_at - at == timedelta(seconds=sending.PAUSES[tries - 1])
        at = row.next_at + timedelta(hours=2)
    with clock.fixed(at):
        running.drain()
    row = Delivery.objects.get()
    assert (row.state, row.attempts, len(outside.heard)) == ("parked", 8, 8)
    assert row.next_at is None
    assert len({sent.headers["webhook-id"] for sent in outside.heard}) == 1


@pytest.mark.parametrize(("said", "seconds"), [("120", 120), ("999999999", 86_400), ("soon", 5), ("-5", 5), ("2", 5)])
def test_retry_after_is_obeyed(world: World, outside: Outside, said: str, seconds: int) -> None:
    made = hook(world, outside)
    outside.answers = [(429, {"Retry-After": said}, b"")]
    sending.test(made)
    with clock.fixed(clock.now()):
        running.drain()
        assert Delivery.objects.get().next_at == clock.now() + timedelta(seconds=seconds)


@pytest.mark.parametrize("status", [400, 401, 404, 422, 302])
def test_a_final_no_is_not_asked_again(world: World, outside: Outside, status: int) -> None:
    made = hook(world, outside)
    outside.answers = [(status, {}, "déjà vu".encode())]
    sending.test(made)
    running.drain()
    with later(days=3):
        running.drain()
    row = Delivery.objects.get()
    assert (row.state, row.status, row.answer, len(outside.heard)) == ("parked", status, "déjà vu", 1)
    made.refresh_from_db()
    assert made.enabled


def test_gone_switches_it_off_and_its_owner_is_told(world: World, outside: Outside) -> None:
    made = hook(world, outside)
    outside.answers = [(410, {}, b"")]
    sending.test(made)
    running.drain()
    made.refresh_from_db()
    assert not made.enabled
    (notice,) = Notice.objects.filter(person_id=world.people["ada"])
    assert notice.text == "The webhook “ERP” did not take its messages any more and was switched off."
    rule(world)
    world.customer("ann", name="Halden")
    assert Delivery.objects.count() == 1
    assert Run.objects.get().results == [{"action": "webhook", "skipped": "off"}]


def test_repeated_failure_switches_it_off(world: World, outside: Outside) -> None:
    made = hook(world, outside)
    outside.answers = [(400, {}, b"")]
    for number in range(1, 7):
        sending.test(made)
        running.drain()
        made.refresh_from_db()
        assert made.enabled is (number < 5)
    assert [row.error for row in Delivery.objects.order_by("id")] == ["refused"] * 5 + ["off"]
    assert Notice.objects.filter(person_id=world.people["ada"]).count() == 1
    with pytest.raises(Invalid):
        sending.again(Delivery.objects.first().pk)  # type: ignore[union-attr]
    records.change("webhooks", made.pk, {"enabled": True}, world.act("ada"))
    outside.answers = [(200, {}, b"")]
    first = Delivery.objects.earliest("id")
    sending.again(first.pk)
    with pytest.raises(Invalid):
        sending.again(first.pk)
    running.drain()
    first.refresh_from_db()
    assert (first.state, first.attempts, outside.heard[-1].headers["webhook-id"]) == ("sent", 2, first.key)


def test_a_dead_address_holds_nobody_up(world: World, outside: Outside) -> None:
    """After three failures in a row the others wait without being tried."""
    made = hook(world, outside)
    outside.answers = [(500, {}, b"")]
    with clock.fixed(clock.now()):
        for _number in range(10):
            sending.test(made)
        running.drain()
    assert len(outside.heard) == 3
    assert Delivery.objects.filter(state="waiting").count() == 10
    outside.answers = [(200, {}, b"")]
    with later(minutes=10):
        running.drain()
    assert Delivery.objects.filter(state="sent").count() == 10


def test_a_new_secret_signs_together_with_the_old_one_for_a_day(world: World, outside: Outside) -> None:
    made = hook(world, outside)
    old = keys.rotate(made.pk)
    new = keys.rotate(made.pk)
    sending.test(made)
    running.drain()
    for secret in (old, new):
        assert Verifier(secret).verify(outside.heard[0].body, outside.heard[0].headers)["type"] == "webhooks.test"
    with later(hours=25):
        assert keys.signing(made.state) == [new]
    assert new not in json.dumps(list(Webhook.objects.values()), default=str)


def test_what_lies_inside_is_refused_and_looks_like_silence(world: World) -> None:
    for url in ("http://127.0.0.1:8000/", "http://169.254.169.254/", "ftp://a.com/", "https://u:p@a.com/", "nonsense"):
        with pytest.raises(Invalid) as refused:
            records.create("webhooks", {"name": "Inside", "url": url}, world.act("ada"))
        assert [part.field for part in refused.value.errors] == ["url"]
        with pytest.raises(Invalid):
            rule(world, to=url)
    assert Webhook.objects.count() == 0
    for headers in ({"X-A": "1\r\nX-B: 2"}, {"Host": "x"}, {"webhook-id": "x"}, {"X A": "1"}, ["X"], {"X": 1}):
        raw = {"name": "Inside", "url": "https://example.com/", "headers": headers}
        with pytest.raises(Invalid):
            records.create("webhooks", raw, world.act("ada"))
    assert Webhook.objects.count() == 0


def test_an_address_in_the_rule_itself_gets_no_signature(world: World, outside: Outside) -> None:
    rule(world, to=outside.url)
    world.customer("ann", name="Halden")
    outside.answers = [(404, {}, b"")]
    running.drain()
    assert "webhook-signature" not in outside.heard[0].headers
    assert outside.heard[0].headers["webhook-id"] == Delivery.objects.get().key
    (notice,) = Notice.objects.filter(person_id=world.people["ada"])
    assert notice.text == f"A message to {outside.place} was given up: it was not taken."


@pytest.mark.parametrize("name", ["TE", "Trailer", "Proxy-Authorization", "proxy-connection", "Keep-Alive"])
def test_headers_that_speak_of_the_connection_are_refused(world: World, outside: Outside, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        hook(world, outside, headers={name: "x"})
    assert [part.field for part in caught.value.errors] == ["headers"]


def test_a_header_stands_once_whatever_its_case(world: World, outside: Outside) -> None:
    with pytest.raises(Invalid) as caught:
        hook(world, outside, headers={"X-Key": "a", "x-key": "b"})
    assert [part.message for part in caught.value.errors] == ["“x-key” stands here twice."]


@pytest.mark.parametrize("between", ["\r\n", "\n", "\r", "\t", "\x00"])
def test_an_address_with_a_line_break_is_refused(world: World, outside: Outside, between: str) -> None:
    with pytest.raises(Invalid) as caught:
        hook(world, outside, url=f"{outside.url}{between}X-Evil: 1")
    assert [part.field for part in caught.value.errors] == ["url"]


def test_a_silent_address_is_asked_once_before_the_others_wait(world: World, outside: Outside) -> None:
    """Each silence costs the worker its whole deadline."""
    made = hook(world, outside)
    outside.odd = lambda request: request.connection.close()
    at = clock.now()
    for tries, pause in ((1, 5), (2, 10), (3, 20)):
        with clock.fixed(at):
            if tries == 1:
                for _number in range(4):
                    sending.test(made)
            running.drain()
            state = WebhookState.objects.get(pk=made.pk)
            assert (len(outside.heard), state.failures) == (tries, tries)
            assert state.paused_until == clock.now() + timedelta(seconds=pause)
        at += timedelta(seconds=pause)
    assert Delivery.objects.filter(state="waiting").count() == 4
