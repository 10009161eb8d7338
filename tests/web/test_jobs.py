"""Jobs in the pages: one's own, all of them for administrators; and the banner when nobody works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import override_settings

from bosun.lib import clock
from bosun.platform.health import watch
from bosun.platform.jobs import heartbeats, queue, schedule
from bosun.platform.jobs.models import Heartbeat, Job
from tests.kernel.world import World
from tests.platform.job_kinds import note_once
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]


def job(world: World, who: str = "ann", **values: object) -> Job:
    assert note_once is not None
    row = queue.enqueue("test.note", owner=world.people[who])
    Job.objects.filter(pk=row.pk).update(**values)
    return row


def test_people_see_their_own_jobs_and_nobody_elses(world: World, sit: Sit) -> None:
    job(world, text="Export of 40 rows", state="running", done=10, total=40)
    job(world, "cyd", text="Import of fish")
    page = sit("ann").get("/me/jobs")
    assert "Export of 40 rows" in page
    assert '<progress max="100" value="25"' in page
    assert "10 / 40" in page
    assert "Import of fish" not in page
    assert 'hx-trigger="every 2s"' in page
    assert "Export of 40 rows" in sit("ann").fragment("/me/jobs")


def test_administrators_see_all_and_when_the_clock_runs(world: World, sit: Sit) -> None:
    schedule.tick()
    job(world, text="Export of 40 rows")
    job(world, "cyd", state="parked", error="Traceback\nValueError: the file is empty")
    page = sit("ada").get("/settings/jobs")
    for said in ("Export of 40 rows", "ValueError: the file is empty", "Given up", "jobs.purge", "every 1 h", "Ann"):
        assert said in page
    assert "Traceback" not in page
    sit("ann").get("/settings/jobs", 403)


def test_a_job_is_stopped_and_tried_again_by_whoever_owns_it(world: World, sit: Sit) -> None:
    row = job(world)
    sit("cyd").send(f"/jobs/{row.pk}/cancel", 404)
    sit("ann").send(f"/jobs/{row.pk}/cancel", 204)
    assert Job.objects.get(pk=row.pk).state == "cancelled"
    sit("ann").send(f"/jobs/{row.pk}/retry", 204)
    assert Job.objects.get(pk=row.pk).state == "waiting"
    Job.objects.filter(pk=row.pk).update(state="running")
    sit("ada").send(f"/jobs/{row.pk}/cancel", 204)
    assert Job.objects.get(pk=row.pk).cancel_requested


# the dead man's switch -------------------------------------------------------------------------------------------


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> watch.Watch:
    fresh = watch.Watch()
    monkeypatch.setattr(watch, "_watch", fresh)
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.0)
    return fresh


def silent(role: str, seconds: int) -> None:
    Heartbeat.objects.filter(role=role).update(at=clock.now() - timedelta(seconds=seconds))


@override_settings(BOSUN_WATCHED=True)
def test_every_page_says_when_nobody_works(world: World, sit: Sit, watching: watch.Watch) -> None:
    heartbeats.beat("worker", "one")
    heartbeats.beat("scheduler", "one")
    ann = sit("ann")
    assert "stood still" not in ann.get("/customers")
    silent("worker", 55)
    assert "stood still" not in ann.get("/customers")
    silent("worker", 61)
    for address in ("/customers", "/day", "/me"):
        assert "The worker has stood still" in ann.get(address)
    assert "The scheduler has stood still" not in ann.get("/customers")
    silent("scheduler", 61)
    assert "The scheduler has stood still" in ann.get("/customers")
    heartbeats.beat("worker", "two")
    heartbeats.beat("scheduler", "two")
    assert "stood still" not in ann.get("/customers")


def test_one_that_took_leave_is_given_a_minute(world: World, watching: watch.Watch) -> None:
    heartbeats.beat("worker", "one")
    heartbeats.beat("scheduler", "one")
    assert watching.stalled() == ()
    heartbeats.leave("one")
    assert watching.stalled() == ()
    watching.seen = {role: since - 61 for role, since in watching.seen.items()}
    assert watching.stalled() == ("worker", "scheduler")


def test_pages_look_every_few_seconds_only(
    world: World, watching: watch.Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", 5.0)
    heartbeats.beat("worker", "one")
    heartbeats.beat("scheduler", "one")
    assert watching.stalled() == ()
    silent("worker", 90)
    assert watching.stalled() == ()
    watching.looked -= 6
    assert watching.stalled() == ("worker",)
