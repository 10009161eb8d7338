"""A job that is being done: its arguments, its progress, and whether it is still ours to do."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event
from typing import Any

from django.db import transaction
from django.utils import translation

from bosun.kernel import stamps
from bosun.kernel.actor import Actor
from bosun.kernel.errors import Denied, DoorError
from bosun.lib import clock
from bosun.platform.jobs import declared, queue
from bosun.platform.jobs.models import CANCELLED, DONE, PARKED, RUNNING, Job
from bosun.platform.org import actors

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """A person asked for the job to stop."""


class Stopping(Exception):
    """The worker is asked to end; the job goes on elsewhere or later, from where it is."""


class Lost(Exception):
    """The lease ran out and somebody else does the job now; nothing may be written any more."""


class Running:
    """What a handler is given."""

    def __init__(self, row: Job, stop: Event | None = None) -> None:
        self.row = row
        self._stop = stop or Event()

    @property
    def id(self) -> int:
        """The job's number."""
        return int(self.row.pk)

    @property
    def args(self) -> Mapping[str, Any]:
        """What was given when it was enqueued."""
        found: Mapping[str, Any] = self.row.args
        return found

    def actor(self) -> Actor:
        """The owner, with the rights of this moment; Denied when the person may not sign in any more."""
        found = actors.load(self.row.owner_id) if self.row.owner_id else None
        if found is None:
            raise Denied()
        return found

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        """Tell people how far it is, keep the lease, and stop here when asked to."""
        self.hold(done, total, text)
        self.check()

    def hold(self, done: int | None = None, total: int | None = None, text: str = "") -> None:
        """Prove that the job is still ours, in the transaction at hand; Lost otherwise."""
        values: dict[str, Any] = {"lease_until": clock.now() + queue.LEASE}
        if done is not None:
            values["done"] = done
        if total is not None:
            values["total"] = total
        if text:
            values["text"] = text[:200]
        mine = Job.objects.filter(pk=self.row.pk, state=RUNNING, attempts=self.row.attempts)
        if not mine.update(**values):
            raise Lost()

    def check(self) -> None:
        """Stop between two batches when a person or the machine asks for it."""
        if Job.objects.filter(pk=self.row.pk, cancel_requested=True).exists():
            raise Cancelled()
        if self._stop.is_set():
            raise Stopping()

    @contextmanager
    def atomic(self, done: int | None = None, total: int | None = None) -> Iterator[None]:
        """A transaction that is undone when the job turns out to be somebody else's by now."""
        with transaction.atomic():
            yield
            # Last, so that the job's row is not locked while the work goes on: its lease is renewed meanwhile.
            self.hold(done, total)


def do(row: Job, stop: Event | None = None) -> str:
    """Do a claimed job; answers its state afterwards."""
    known = declared.kinds.get(row.kind)
    if known is None:
        queue.close(row, PARKED, error=f"no handler for {row.kind}")
        return PARKED
    running = Running(row, stop)
    try:
        stamps.refresh()
        with translation.override(_language(row)):
            result = known.handler(running)
        queue.close(row, DONE, result=result)
    except Cancelled:
        queue.close(row, CANCELLED)
    except Stopping:
        row.refresh_from_db()
        queue.give_back(row, "", counted=False)
    except Lost:
        log.warning("job %s was taken over by another worker", row.pk)
    except DoorError as refusal:
        queue.close(row, PARKED, error=refusal.title)
    except Exception as error:  # noqa: BLE001 - a poisonous job is tried again and then parked, never in the way
        stamps.forget()
        log.error("job %s (%s) failed: %s", row.pk, row.kind, traceback.format_exc())
        row.refresh_from_db()
        queue.give_back(row, f"{type(error).__name__}: {error}"[:2000])
    row.refresh_from_db()
    return str(row.state)


def _language(row: Job) -> str:
    person = actors.load(row.owner_id) if row.owner_id else None
    return person.language if person else actors.company().language


def here(row: Job, worker: str = "here", stop: Event | None = None) -> str:
    """Do a job that waits in this very process, for commands and tests; answers its state afterwards."""
    if not queue.take(row, worker):
        row.refresh_from_db()
        return str(row.state)
    return do(row, stop)


def drain(limit: int = 1000) -> int:
    """Do everything that waits, in this process; answers how many jobs were done."""
    count = 0
    while count < limit and (row := queue.claim("here")) is not None:
        do(row)
        count += 1
    return count
