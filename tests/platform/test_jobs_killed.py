"""Workers are killed at random moments; every job is done, and what it wrote is there once.

`BOSUN_KILLS=500` kills five hundred times instead of thirty.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from django.db import connection

from bosun.platform.jobs import queue
from bosun.platform.jobs.models import Job
from tests.machine import ROOT
from tests.platform import job_kinds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS = int(os.environ.get("BOSUN_KILLS") or 30)
Spawn = Callable[[], "subprocess.Popen[bytes]"]


def database_url() -> str:
    """The test database, as a process of its own finds it."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{held['NAME']}"
    who = f"{held['USER']}:{quote(held['PASSWORD'])}@" if held["USER"] else ""
    host = f"{quote(held['HOST'], safe='')}" if held["HOST"] else ""
    return f"postgresql://{who}{host}{':' + held['PORT'] if held['PORT'] else ''}/{held['NAME']}?pool=0"


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts workers; those that are left are ended."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "bosun.config.settings"}
    code = (
        "import django; django.setup(); import runpy; runpy.run_module('tests.platform.job_kinds', run_name='__main__')"
    )

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(holds: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_kills_lose_and_double_nothing(spawn: Spawn) -> None:
    rng = random.Random(20261121)
    notes = [queue.enqueue("test.note", {"pause": 0.02}).pk for _number in range(2 * KILLS)]
    long = [queue.enqueue("test.steps", {"total": 30, "pause": 0.01}).pk for _number in range(KILLS // 5)]
    Job.objects.update(attempts=0)
    workers = [spawn(), spawn()]
    assert wait_for(lambda: Job.objects.exclude(state="waiting").exists())
    for _kill in range(KILLS):
        time.sleep(rng.uniform(0.02, 0.4))
        victim = rng.randrange(2)
        workers[victim].kill()
        workers[victim].wait()
        Job.objects.filter(state="waiting").update(run_after="2026-01-01T00:00Z", attempts=0)
        workers[victim] = spawn()

    def settled() -> bool:
        Job.objects.filter(state="waiting").update(run_after="2026-01-01T00:00Z")
        return not Job.objects.exclude(state="done").exclude(kind="periodic").exists()

    assert wait_for(settled, 120 + KILLS), list(Job.objects.exclude(state="done").values("kind", "state", "error"))
    assert {job_kinds.count(f"note:{pk}") for pk in notes} == {1}
    assert {job_kinds.count(f"step:{pk}:{step}") for pk in long for step in range(30)} == {1}


def test_a_poisonous_job_is_parked_and_the_queue_goes_on(spawn: Spawn) -> None:
    poison = queue.enqueue("test.poison", priority=1)
    Job.objects.filter(pk=poison.pk).update(attempts=2)
    good = queue.enqueue("test.note")
    first = spawn()
    first.wait(60)
    spawn()
    assert wait_for(lambda: Job.objects.get(pk=poison.pk).state == "parked")
    assert wait_for(lambda: Job.objects.get(pk=good.pk).state == "done")
    assert job_kinds.count(f"note:{good.pk}") == 1


def test_a_polite_stop_gives_jobs_back_at_once(spawn: Spawn) -> None:
    row = queue.enqueue("test.steps", {"total": 200, "pause": 0.02})
    process = spawn()
    assert wait_for(lambda: Job.objects.get(pk=row.pk).done > 3)
    process.send_signal(signal.SIGTERM)
    assert process.wait(25) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 0)
    done = row.done
    assert [job_kinds.count(f"step:{row.pk}:{step}") for step in range(done + 1)] == [1] * done + [0]
