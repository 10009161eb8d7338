"""Kinds of jobs for the tests of the queue, and a worker process that knows them."""

from __future__ import annotations

import os
import sys
import time

from django.db.models import F

from bosun.kernel.ledger import Sequence
from bosun.platform.jobs.declared import job
from bosun.platform.jobs.running import Running


def count(key: str) -> int:
    """How often something happened in the database."""
    return int(Sequence.objects.filter(key=key).values_list("value", flat=True).first() or 0)


def note(key: str) -> None:
    if not Sequence.objects.filter(key=key).update(value=F("value") + 1):
        Sequence.objects.create(key=key, value=1)


@job("test.note")
def note_once(running: Running) -> dict[str, str]:
    """Something that must happen exactly once in the database, however often a worker dies in between."""
    key = f"note:{running.id}"
    time.sleep(float(running.args.get("pause", 0)))
    with running.atomic():
        if not count(key):
            note(key)
    return {"noted": key}


@job("test.steps", attempts=50)
def steps(running: Running) -> int:
    """Several batches, each with its progress in the same transaction."""
    total = int(running.args["total"])
    for step in range(running.row.done, total):
        running.check()
        with running.atomic(done=step + 1, total=total):
            note(f"step:{running.id}:{step}")
            time.sleep(float(running.args.get("pause", 0)))
    return total


@job("test.fail", attempts=3)
def fail(running: Running) -> None:
    """Never works."""
    raise ZeroDivisionError("on purpose")


@job("test.poison", attempts=3)
def poison(running: Running) -> None:
    """Ends its worker as a lack of memory would."""
    os.kill(os.getpid(), 9)


if __name__ == "__main__":
    from datetime import timedelta

    from bosun.platform.jobs import queue, worker

    queue.LEASE = timedelta(seconds=float(os.environ.get("TEST_LEASE", "4")))
    worker.WATCH_SECONDS = 0.3
    worker.POLL_SECONDS = 0.05
    sys.exit(worker.run())
