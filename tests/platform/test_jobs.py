"""The queue: enqueued with its transaction, claimed once, tried again, parked, cancelled, seen."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, connections, transaction

from bosun.kernel import records
from bosun.kernel.errors import Denied, NotFound
from bosun.lib import clock
from bosun.platform.jobs import declared, heartbeats, queue, running, schedule, worker
from bosun.platform.jobs.models import Heartbeat, Job, Schedule
from tests.kernel.world import World
from tests.platform import job_kinds

pytestmark = pytest.mark.django_db


def later(seconds: float) -> datetime:
    return clock.now() + timedelta(seconds=seconds)


def test_a_job_is_there_when_its_transaction_is() -> None:
    with transaction.atomic():
        queue.enqueue("test.note")
        transaction.set_rollback(True)
    assert queue.claim("w") is None
    with transaction.atomic():
        kept = queue.enqueue("test.note")
    claimed = queue.claim("w")
    assert claimed is not None
    assert claimed.pk == kept.pk


def test_an_unknown_kind_is_refused_before_it_is_stored() -> None:
    with pytest.raises(ValueError, match=r"no\.such"):
        queue.enqueue("no.such")
    assert Job.objects.count() == 0


def test_lower_priorities_go_first_then_the_older() -> None:
    third, first, second = (queue.enqueue("test.note", priority=p) for p in (9, 1, 1))
    Job.objects.filter(pk=first.pk).update(run_after=later(-20))
    order = [row.pk for row in iter(lambda: queue.claim("w"), None)]
    assert order == [first.pk, second.pk, third.pk]


def test_a_job_waits_for_its_moment() -> None:
    queue.enqueue("test.note", at=later(60))
    assert queue.claim("w") is None
    with clock.fixed(later(61)):
        assert queue.claim("w") is not None


def test_one_key_is_there_once_while_it_is_open() -> None:
    first = queue.enqueue("test.note", unique="k")
    assert queue.enqueue("test.note", unique="k").pk == first.pk
    assert queue.enqueue("test.note", unique="other").pk != first.pk
    running.drain()
    assert queue.enqueue("test.note", unique="k").pk != first.pk


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads an empty table from end to end")
@pytest.mark.parametrize("network", [True, False])
def test_the_next_job_is_found_without_sorting_all_that_wait(network: bool) -> None:
    plan = queue._line(network).explain()
    assert "USING INDEX job_line (state=? AND network=?)" in plan
    assert "TEMP B-TREE" not in plan


def test_a_job_is_claimed_once() -> None:
    row = queue.enqueue("test.note")
    stale = Job.objects.get(pk=row.pk)
    assert queue.take(row, "a")
    assert not queue.take(stale, "b")
    assert Job.objects.get(pk=row.pk).worker == "a"


def test_what_a_job_answers_is_kept() -> None:
    row = queue.enqueue("test.note")
    assert running.drain() == 1
    row.refresh_from_db()
    assert (row.state, row.result, row.percent) == ("done", {"noted": f"note:{row.pk}"}, 100)


def test_a_failing_job_is_tried_again_later_each_time_and_then_parked() -> None:
    row = queue.enqueue("test.fail")
    moment = clock.now()
    waits = []
    for _attempt in range(3):
        with clock.fixed(moment):
            assert running.drain() == 1
            assert running.drain() == 0
        row.refresh_from_db()
        waits.append((row.run_after - moment).total_seconds())
        moment = row.run_after
    assert waits[:2] == [5, 10]
    assert (row.state, row.error) == ("parked", "ZeroDivisionError: on purpose")
    assert queue.parked() == [row]


def test_a_dead_workers_job_is_done_again_after_its_lease() -> None:
    row = queue.enqueue("test.note")
    assert queue.take(row, "dead")
    assert queue.reclaim() == 0
    with clock.fixed(later(61)):
        assert queue.reclaim() == 1
    with clock.fixed(later(80)):
        assert running.drain() == 1
    assert job_kinds.count(f"note:{row.pk}") == 1


def test_a_living_worker_keeps_its_lease() -> None:
    row = queue.enqueue("test.note")
    queue.take(row, "alive")
    with clock.fixed(later(50)):
        assert queue.renew([row.pk], "alive") == 1
        assert queue.renew([row.pk], "somebody else") == 0
    with clock.fixed(later(100)):
        assert queue.reclaim() == 0


def test_who_lost_a_job_writes_nothing_more() -> None:
    row = queue.enqueue("test.steps", {"total": 2})
    queue.take(row, "slow")
    slow = running.Running(Job.objects.get(pk=row.pk))
    with clock.fixed(later(61)):
        queue.reclaim()
    with clock.fixed(later(80)):
        other = queue.claim("quick")
        assert other is not None
    with pytest.raises(running.Lost), slow.atomic(done=1):
        job_kinds.note("late")
    assert job_kinds.count("late") == 0
    assert not queue.close(slow.row, "done")
    assert Job.objects.get(pk=row.pk).worker == "quick"


def test_a_job_that_ends_its_workers_is_parked() -> None:
    row = queue.enqueue("test.poison")
    moment = clock.now()
    for _attempt in range(3):
        with clock.fixed(moment):
            claimed = queue.claim("w")
            assert claimed is not None
        moment += timedelta(seconds=120)
        with clock.fixed(moment):
            assert queue.reclaim() == 1
        moment += timedelta(seconds=120)
    row.refresh_from_db()
    assert (row.state, row.error) == ("parked", "The worker ended while it did this.")


def test_a_refusal_is_not_tried_again(world: World) -> None:
    @declared.job("test.denied")
    def denied(job: running.Running) -> None:
        job.actor()

    gone = world.people["ann"]
    records.change("users", gone, {"active": False}, world.act("ada"))
    row = queue.enqueue("test.denied", owner=gone)
    running.drain()
    row.refresh_from_db()
    assert (row.state, row.error, row.attempts) == ("parked", Denied().title, 1)


def test_people_see_and_cancel_their_own_jobs(world: World) -> None:
    row = queue.enqueue("test.note", owner=world.people["ann"])
    assert queue.of_owner(world.actor("ann")) == [row]
    assert queue.of_owner(world.actor("cyd")) == []
    with pytest.raises(NotFound):
        queue.cancel(row.pk, world.actor("cyd"))
    assert queue.get(row.pk, world.actor("ada")).state == "waiting"
    assert queue.cancel(row.pk, world.actor("ann")).state == "cancelled"
    assert running.drain() == 0


def test_a_running_job_stops_after_its_batch_when_cancelled(world: World) -> None:
    row = queue.enqueue("test.steps", {"total": 5}, owner=world.people["ann"])
    queue.take(row, "w")
    Job.objects.filter(pk=row.pk).update(done=2)
    row.refresh_from_db()
    assert queue.cancel(row.pk, world.actor("ann")).cancel_requested
    assert running.do(row) == "cancelled"
    assert job_kinds.count(f"step:{row.pk}:2") == 0


def test_a_cancelled_or_parked_job_can_be_started_again(world: World) -> None:
    row = queue.enqueue("test.fail", owner=world.people["ann"])
    queue.cancel(row.pk, world.actor("ann"))
    assert queue.retry(row.pk, world.actor("ann")).state == "waiting"
    assert running.drain() == 1


def test_a_stopped_worker_gives_its_job_back_uncounted() -> None:
    row = queue.enqueue("test.steps", {"total": 3})
    stop = Event()
    stop.set()
    assert running.here(row, stop=stop) == "waiting"
    row.refresh_from_db()
    assert row.attempts == 0
    assert running.here(row) == "done"
    assert [job_kinds.count(f"step:{row.pk}:{step}") for step in range(3)] == [1, 1, 1]


def test_progress_is_seen_while_it_runs() -> None:
    seen = []

    @declared.job("test.watch")
    def watch(job: running.Running) -> None:
        job.progress(3, 12, "Rows")
        held = Job.objects.get(pk=job.id)
        seen.append((held.done, held.total, held.percent, held.text, held.open))

    queue.enqueue("test.watch")
    running.drain()
    assert seen == [(3, 12, 25, "Rows", True)]


def test_one_scheduler_at_a_time() -> None:
    assert schedule.hold("a")
    assert not schedule.hold("b")
    assert schedule.hold("a")
    schedule.let_go("a")
    assert schedule.hold("b")
    with clock.fixed(later(31)):
        assert schedule.hold("a")


def test_periodic_work_is_enqueued_once_when_due(monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    task = declared.Periodic("test.tick", 10, lambda: done.append(1))
    monkeypatch.setattr(declared, "periodic", {"test.tick": task})
    assert schedule.tick() == 1
    assert schedule.tick() == 0
    running.drain()
    with clock.fixed(later(9 * 60)):
        assert schedule.tick() == 0
    with clock.fixed(later(11 * 60)):
        assert schedule.tick() == 1
        running.drain()
    assert done == [1, 1]
    assert Schedule.objects.count() == 1


def test_what_is_over_is_forgotten() -> None:
    queue.enqueue("test.note")
    running.drain()
    store = SessionStore()
    store.set_expiry(datetime(2000, 1, 1, tzinfo=UTC))
    store.create()
    with clock.fixed(later(8 * 86400)):
        for key in ("jobs.purge", "sessions.purge"):
            declared.periodic[key].task()
    assert Job.objects.count() == 0
    assert Session.objects.count() == 0


def test_signs_of_life() -> None:
    assert heartbeats.alive() == {"worker": False, "scheduler": False}
    heartbeats.beat("worker", "a")
    assert heartbeats.alive() == {"worker": True, "scheduler": False}
    with clock.fixed(later(59)):
        assert heartbeats.alive()["worker"] is True
    with clock.fixed(later(61)):
        assert heartbeats.alive()["worker"] is False
    with clock.fixed(later(2 * 86400)):
        assert heartbeats.forget_dead() == 1


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_what_waits_and_leaves_politely() -> None:
    rows = [queue.enqueue("test.note") for _number in range(5)]
    stop = Event()

    def work() -> None:
        worker.run(stop)
        connections.close_all()

    thread = Thread(target=work)
    thread.start()
    deadline = clock.now() + timedelta(seconds=20)
    while Job.objects.filter(state="done", kind="test.note").count() < 5 and clock.now() < deadline:
        stop.wait(0.05)
    alive = heartbeats.alive()
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert alive == {"worker": True, "scheduler": True}
    assert [job_kinds.count(f"note:{row.pk}") for row in rows] == [1] * 5
    assert Heartbeat.objects.count() == 0
