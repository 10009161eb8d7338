"""Workers are killed at random moments while reminders nag and series go on: each notice and each time once, none
lost, none after done, and one next time for each series.

`BOSUN_KILLS=500` kills five hundred times instead of fifty.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import pytest

from bosun.kernel import records
from bosun.lib import clock, recurrence
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from tests.kernel.world import SYSTEM, create
from tests.machine import ROOT
from tests.platform.test_jobs_killed import database_url, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS = int(os.environ.get("BOSUN_KILLS") or 50)
EVERY_QUARTER = f"FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE={','.join(map(str, range(0, 60, 15)))}"
"""A series whose times are all owed, unlike one of minutes, of which one stands for those that were missed."""
EVERY = 0.6
"""Seconds that stand for the minute of a nag: the worker's clock runs a hundred times as fast."""
SPEED = 60 / EVERY
CODE = """
import os, signal, sys
import django; django.setup()
from datetime import UTC, datetime
from bosun.lib import clock, recurrence
from bosun.platform.jobs import worker
begun = datetime.fromisoformat({begun!r})
clock.follow(lambda: begun + (datetime.now(UTC) - begun) * {speed})
worker.POLL_SECONDS = 0.02
worker.WATCH_SECONDS = 0.3
for _line in sys.stdin:
    pid = os.fork()
    if not pid:
        os._exit(worker.run())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print(pid, flush=True)
"""
"""Forks workers: a process of its own each time would be killed while it still imports."""
Spawn = Callable[[], int]


class Quick:
    """A clock that all workers and the test share, faster than the real one."""

    def __init__(self) -> None:
        self.begun = clock.now()

    def now(self) -> Any:
        return self.begun + (clock.now() - self.begun) * SPEED


@pytest.fixture
def quick() -> Quick:
    return Quick()


@pytest.fixture
def spawn(quick: Quick) -> Iterator[Spawn]:
    """Starts a worker; its number. Those that are left are ended."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "bosun.config.settings"}
    code = CODE.format(begun=quick.begun.isoformat(), speed=SPEED)
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    tell, hear = parent.stdin, parent.stdout
    started: list[int] = []

    def start() -> int:
        tell.write("\n")
        tell.flush()
        started.append(int(hear.readline()))
        return started[-1]

    yield start
    for pid in started:
        kill(pid)
    parent.kill()
    parent.wait()


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def finish(row: Any, moment: Any) -> int:
    """Done at a moment of the quick clock; the last notice that was told before."""
    with clock.fixed(moment):
        draft = records.run_verb("reminders", [row.pk], "done", {}, SYSTEM)[0]
    assert draft.failure is None
    return int(Notice.objects.filter(reminder=row).order_by("-pk").values_list("pk", flat=True).first() or 0)


def check(row: Any, ended: bool) -> None:
    """What was told lies on the grid, each time once, from the first on; nothing is owed any more."""
    told = list(Notice.objects.filter(reminder=row).order_by("due_at").values_list("due_at", flat=True))
    assert told, row.pk
    assert told[0] == row.due_at
    assert max(Counter(told).values()) == 1
    assert all((moment - row.due_at) % timedelta(minutes=1) == timedelta(0) for moment in told)
    row.refresh_from_db()
    one = Occurrence.objects.get(reminder=row)
    assert (row.next_at, one.due_at) == (None, row.due_at)
    assert (one.next_nag_at is None) == ended
    # Told late, it goes on from there: one stands for those that were missed.
    assert ended or (one.next_nag_at > told[-1] and (one.next_nag_at - told[-1]) % timedelta(minutes=1) == timedelta(0))


def check_series(row: Any, people: list[int]) -> None:
    """Each time has come once for each person, none was left out, and there is one next time: the one that follows."""
    row.refresh_from_db()
    zone, wall = row.timezone, datetime.fromisoformat(row.wall)
    coming = recurrence.times(row.rule, wall, row.due_at - timedelta(seconds=1), zone)
    wanted = list(takewhile(lambda moment: moment < row.next_at, coming))
    assert wanted, row.pk
    assert next(recurrence.times(row.rule, wall, wanted[-1], zone)) == row.next_at
    for person in people:
        mine = Occurrence.objects.filter(reminder=row, owner_id=person).order_by("due_at")
        assert list(mine.values_list("due_at", flat=True)) == wanted
        assert list(mine.values_list("state", flat=True)) == ["missed"] * (len(wanted) - 1) + ["open"]
        told = Notice.objects.filter(reminder=row, person_id=person).order_by("due_at")
        assert list(told.values_list("due_at", flat=True)) == wanted
        assert told.filter(closed_at__isnull=True).count() == 1


def test_killed_workers_lose_no_reminder_and_tell_none_twice(spawn: Spawn, quick: Quick) -> None:
    rng = random.Random(20261122)
    person = create("users", name="Ann", username="ann").pk
    start = quick.now()
    nagging = [
        create("reminders", text=f"Nag {n}", due_at=start + timedelta(seconds=n), nag_minutes=1, owner=person)
        for n in range(12)
    ]
    single = [
        create("reminders", text=f"Once {n}", due_at=start + timedelta(seconds=20 * n), owner=person)
        for n in range(KILLS)
    ]
    both = [person, create("users", name="Ben", username="ben").pk]
    how = {"rule": EVERY_QUARTER, "owner": person, "people": both}
    series = [create("reminders", text=f"S {n}", due_at=start + timedelta(seconds=n), **how) for n in range(6)]
    workers = [spawn(), spawn()]
    assert wait_for(Notice.objects.exists)
    last: dict[int, int] = {}
    for number in range(KILLS):
        time.sleep(rng.uniform(0.02, 0.4))
        # On a busy machine no worker may come to its first tick; of a series no more than 31 times are made up for.
        wait_for(lambda: not Reminder.objects.filter(next_at__lte=quick.now() - timedelta(hours=1)).exists(), 60)
        victim = rng.randrange(2)
        assert not gone(workers[victim])
        kill(workers[victim])
        workers[victim] = spawn()
        if number % 10 == 9:
            row = nagging[len(last) % len(nagging)]
            if row.pk not in last:
                last[row.pk] = finish(row, quick.now())

    def caught_up() -> bool:
        edge = quick.now() - timedelta(minutes=2)
        due = Occurrence.objects.filter(state="open", next_nag_at__lte=edge)
        begun = Reminder.objects.filter(state="open", next_at__lte=edge)
        told = Notice.objects.filter(reminder__in=[row.pk for row in single]).count()
        return not due.exists() and not begun.exists() and told == len(single)

    assert wait_for(caught_up, 120)
    for worker in workers:
        kill(worker, signal.SIGTERM)
    assert wait_for(lambda: all(gone(worker) for worker in workers), 30)
    for row in nagging:
        check(row, row.pk in last)
        later = Notice.objects.filter(reminder=row, pk__gt=last.get(row.pk, 2**62))
        assert not later.exists(), "told after done"
    for row in series:
        check_series(row, both)
    for row in single:
        assert list(Notice.objects.filter(reminder=row).values_list("due_at", flat=True)) == [row.due_at]
