"""The worker: tells events to their listeners, does jobs, and plays the scheduler when nobody else does.

One thread watches (events, leases, heartbeats, schedule), others do jobs, so that a long job delays no event; one more
does the jobs that wait for somebody outside, so that a silent address delays no job.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from threading import Event, Lock, Thread
from types import FrameType
from uuid import uuid4

from django.db import DatabaseError, close_old_connections, connections

from bosun.kernel import events, stamps
from bosun.platform.jobs import declared, heartbeats, queue, running, schedule

POLL_SECONDS = 0.4
WATCH_SECONDS = 4.0
POLITE_SECONDS = 20.0
log = logging.getLogger(__name__)


class Worker:
    """One process that works until `stop` is set."""

    def __init__(self, stop: Event, threads: int = 1) -> None:
        self.stop = stop
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"
        self.threads = threads
        self._held: set[int] = set()
        self._lock = Lock()
        self._watched = 0.0

    def run(self) -> None:
        """Work; come back when stopped, with every job ended or given back."""
        doers = [Thread(target=self._loop, args=(self.do_one,), name=f"jobs-{n}") for n in range(self.threads)]
        doers.append(Thread(target=self._loop, args=(self.call_one,), name="jobs-network"))
        loops = [partial(self.go_on, loop) for loop in declared.loops]
        doers += [Thread(target=self._loop, args=(loop,), name="background") for loop in loops]
        for doer in doers:
            doer.daemon = True
            doer.start()
        self._loop(self.watch)
        deadline = time.monotonic() + POLITE_SECONDS
        while any(doer.is_alive() for doer in doers) and time.monotonic() < deadline:
            self._guard(self.look_after)
            time.sleep(0.05)
        self._guard(self.leave)
        connections.close_all()

    def _loop(self, step: Callable[[], bool]) -> None:
        """Repeat a step, at once while it finds work; a database that is away is waited for."""
        try:
            while not self.stop.is_set():
                if not self._guard(step):
                    self.stop.wait(POLL_SECONDS)
        finally:
            connections.close_all()

    def _guard(self, step: Callable[[], bool]) -> bool:
        close_old_connections()
        try:
            return step()
        except DatabaseError as error:
            log.warning("the database does not answer: %s", error)
            connections.close_all()
            self.stop.wait(1.0)
        except Exception:
            log.exception("the worker stumbled and goes on")
            self.stop.wait(1.0)
        return False

    # watching ------------------------------------------------------------------------------------------------

    def watch(self) -> bool:
        """Events, and now and then what keeps the machinery going."""
        stamps.refresh()
        self.look_after()
        more = [self._guard(look) for look in declared.looks]
        return events.deliver(100) >= 100 or any(more)

    def look_after(self) -> bool:
        """Heartbeats, leases and the schedule, every few seconds."""
        now = time.monotonic()
        if self._watched and now - self._watched < WATCH_SECONDS:
            return False
        self._watched = now
        heartbeats.beat("worker", self.name)
        with self._lock:
            held = list(self._held)
        if held:
            queue.renew(held, self.name)
        queue.reclaim()
        if not self.stop.is_set() and schedule.hold(self.name):
            heartbeats.beat("scheduler", self.name)
            schedule.tick()
        return False

    def leave(self) -> bool:
        """Say goodbye, so that others take over at once."""
        schedule.let_go(self.name)
        heartbeats.leave(self.name)
        return True

    # doing ---------------------------------------------------------------------------------------------------

    def go_on(self, loop: declared.Loop) -> bool:
        """Do what is declared to go on besides the jobs; where it stumbles it begins anew."""
        loop(self.stop)
        return True

    def do_one(self) -> bool:
        """Do the next job, if any waits."""
        return self._do(network=False)

    def call_one(self) -> bool:
        """Do the next job that waits on the network, if any waits."""
        return self._do(network=True)

    def _do(self, network: bool) -> bool:
        row = queue.claim(self.name, network)
        if row is None:
            return False
        with self._lock:
            self._held.add(row.pk)
        try:
            running.do(row, self.stop)
        finally:
            with self._lock:
                self._held.discard(row.pk)
        return True


def run(stop_event: Event | None = None, threads: int | None = None) -> int:
    """Work until told to stop: by SIGTERM or SIGINT, or by the event given."""
    stop = stop_event or Event()
    if stop_event is None:

        def ask(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, ask)
        signal.signal(signal.SIGINT, ask)
    Worker(stop, threads or int(os.environ.get("BOSUN_WORKER_THREADS") or 1)).run()
    return 0
