"""An address outside that takes every call and never answers holds up nobody else (F2.20; `BOSUN_EVENTS=1000`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connections

from bosun.kernel import records, stamps
from bosun.lib import clock
from bosun.platform.jobs import queue, running, worker
from bosun.platform.jobs.models import Job
from bosun.platform.outbound import client, guard
from bosun.platform.outbound.guard import Unreachable
from bosun.platform.reminders.models import Notice
from bosun.platform.webhooks import sending
from bosun.platform.webhooks.models import Delivery, WebhookState
from tests.kernel.world import World
from tests.platform import job_kinds
from tests.platform.outside import Outside, mute, serving

EVENTS = int(os.environ.get("BOSUN_EVENTS") or 100)


@pytest.fixture
def silent(world: World) -> Iterator[Outside]:
    """The address that never answers."""
    with serving() as about:
        about.allow()
        about.odd = mute(about)
        yield about


@pytest.fixture
def erp(world: World) -> Iterator[Outside]:
    """Another one, that answers."""
    with serving() as about:
        about.allow()
        yield about


def hook(world: World, outside: Outside, name: str) -> Any:
    return records.create("webhooks", {"name": name, "url": outside.url}, world.act("ada"))


def wait_for(holds: Callable[[], bool], stop: Event) -> bool:
    deadline = clock.now() + timedelta(seconds=60)
    while not holds() and clock.now() < deadline:
        stop.wait(0.02)
    return holds()


@pytest.mark.django_db(transaction=True)
def test_jobs_are_done_while_the_worker_waits_for_an_answer(
    world: World, silent: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "SILENCE", 60.0)
    told = sending.test(hook(world, silent, "Mute"))
    stop = Event()

    def work() -> None:
        worker.run(stop)
        connections.close_all()

    thread = Thread(target=work)
    thread.start()
    try:
        assert wait_for(lambda: len(silent.heard) == 1, stop)
        rows = [queue.enqueue("test.note") for _number in range(5)]
        done = Job.objects.filter(state="done", kind="test.note")
        assert wait_for(lambda: done.count() == 5, stop)
        told.refresh_from_db()
        assert (told.attempts, Job.objects.get(kind=sending.JOB).state) == (0, "running"), (
            "it is still being waited for"
        )
    finally:
        silent.over.set()
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
    assert [job_kinds.count(f"note:{row.pk}") for row in rows] == [1] * 5


@pytest.mark.django_db
def test_many_events_for_it_cost_one_call_before_the_others_get_theirs(
    world: World, silent: Outside, erp: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "SILENCE", 0.2)
    made, well = hook(world, silent, "Mute"), hook(world, erp, "ERP")
    at = clock.now()
    with clock.fixed(at):
        for _number in range(EVENTS):
            sending.test(made)
        for _number in range(5):
            sending.test(well)
        running.drain(2 * EVENTS)
    assert (len(silent.heard), len(erp.heard)) == (1, 5)
    state = WebhookState.objects.get(pk=made.pk)
    assert (state.failures, state.paused_until) == (1, at + timedelta(seconds=sending.FIRST_PAUSE))
    waits = Delivery.objects.filter(hook=made, state="waiting", next_at=state.paused_until)
    assert waits.count() == EVENTS
    assert Delivery.objects.filter(hook=well, state="sent").count() == 5


@pytest.mark.django_db
def test_an_address_in_a_rule_is_asked_once_at_a_time_and_given_up_once(
    world: World, silent: Outside, erp: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "SILENCE", 0.1)
    for to in (silent.url, erp.url):
        raw = {"name": to, "event": "customers.saved", "do": [{"action": "webhook", "to": to}], "enabled": True}
        records.create("rules", raw, world.act("ada"))
    stamps.refresh()
    for number in range(3):
        world.customer("ann", name=f"Halden {number}")
    at = clock.now()
    for tries, pause in enumerate((*sending.PAUSES, 0), 1):
        with clock.fixed(at):
            running.drain()
        assert (len(silent.heard), len(erp.heard)) == (tries, 3)
        at += timedelta(seconds=pause)
    given_up = Delivery.objects.filter(url=silent.url)
    assert list(given_up.values_list("state", "error")) == [("parked", "unreachable")] * 3
    (notice,) = Notice.objects.filter(person_id=world.people["ada"])
    assert notice.text == f"A message to {silent.place} was given up: it was not taken."
    assert not Job.objects.filter(state="waiting").exists()


@pytest.mark.django_db
def test_who_does_not_begin_to_answer_is_silent_and_who_begins_has_time(
    world: World, silent: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "SILENCE", 0.3)
    with pytest.raises(Unreachable):
        client.fetch(silent.url, seconds=600)

    def slowly(request: Any) -> None:
        request.send_response(200)
        request.end_headers()
        silent.over.wait(0.6)
        request.wfile.write(b"late")

    silent.odd = slowly
    assert client.fetch(silent.url, seconds=600).body == b"late"


@pytest.mark.django_db
def test_a_message_does_not_wait_for_a_job_that_is_given_up(world: World, erp: Outside) -> None:
    made = hook(world, erp, "ERP")
    told = sending.test(made)
    job = Job.objects.get(kind=sending.JOB)
    at = clock.now()
    for _death in range(50):
        with clock.fixed(at):
            assert queue.take(Job.objects.get(pk=job.pk), "dies")
        at += timedelta(hours=2)
        with clock.fixed(at):
            assert queue.reclaim() == 1
        at += timedelta(hours=2)
    job.refresh_from_db()
    told.refresh_from_db()
    assert (job.state, told.state, told.error, told.next_at) == ("parked", "parked", "stopped", None)
    (notice,) = Notice.objects.filter(person_id=world.people["ada"])
    assert notice.text == f"A message to {erp.place} was given up: it was not taken."
    queue.retry(job.pk, world.actor("ada"))
    running.drain()
    told.refresh_from_db()
    assert (told.state, told.error, len(erp.heard)) == ("sent", "", 1)


@pytest.mark.django_db
def test_a_message_whose_job_is_cancelled_says_so(world: World, erp: Outside) -> None:
    told = sending.test(hook(world, erp, "ERP"))
    queue.cancel(Job.objects.get(kind=sending.JOB).pk, world.actor("ada"))
    running.drain()
    told.refresh_from_db()
    assert (told.state, told.error, erp.heard) == ("parked", "stopped", [])
