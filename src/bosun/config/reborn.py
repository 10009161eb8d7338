"""Processes that work, and their parent, which has everything loaded and begins one anew the moment it is killed.

To load all of Bosun takes seconds, in which nothing would be sent; a fork of what is loaded takes some milliseconds and
shares its memory.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from bosun.config.supervisor import STEADY_SECONDS, end_with_parent, pause_after

Work = Callable[[], int]
ASKED = (signal.SIGTERM, signal.SIGINT)


def run(work: Work, processes: int) -> int:
    """Do the work in so many processes, each begun anew as often as it is killed; 0 when told to stop.

    SIGTERM and SIGINT are passed on. One that ends by itself ends all, and its status comes back. Whoever kills the
    parent outright ends the others likewise, on Linux.
    """
    if not hasattr(os, "fork"):
        return work()
    # A fork takes along no thread but the one that forks, and shares connections, which bear no sharing.
    if threading.active_count() > 1:
        raise RuntimeError("Whoever forks must have no other threads.")
    gc.collect()
    gc.freeze()
    return Parent(work, processes).run()


class Parent:
    """Who waits for the others."""

    def __init__(self, work: Work, processes: int) -> None:
        self.work, self.processes = work, processes
        self.began: dict[int, float] = {}
        self.failures = 0
        self.asked = False
        for number in ASKED:
            signal.signal(number, self._ask)

    def run(self) -> int:
        """Until asked to stop, or until one ends by itself."""
        found = 0
        while not self.asked or self.began:
            if not self.asked and len(self.began) < self.processes:
                self._begin()
                continue
            child, status = os.wait()
            lived = time.monotonic() - self.began.pop(child)
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)  # what it left behind
            status = os.waitstatus_to_exitcode(status)
            if self.asked:
                continue
            if status >= 0:
                found = status
                self._ask()
                continue
            self.failures = 0 if lived > STEADY_SECONDS else self.failures + 1
            # All at once are killed by somebody; only who keeps failing is given time.
            time.sleep(pause_after(max(0, self.failures - self.processes)))
        return found

    def _begin(self) -> None:
        """One more, unless all are asked to stop meanwhile."""
        # What is asked waits until it is known whom to tell; a child would hear it with the ears of its parent.
        signal.pthread_sigmask(signal.SIG_BLOCK, ASKED)
        child = os.fork()
        if not child:
            _do(self.work)
        self.began[child] = time.monotonic()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED)

    def _ask(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        self.asked = True
        for child in tuple(self.began):
            with suppress(ProcessLookupError):  # it ended, and is about to be struck off
                os.kill(child, signal.SIGTERM)


def _do(work: Work) -> None:
    """The work, in a process of its own; nothing comes after it."""
    status = 1
    try:
        os.setsid()
        for number in ASKED:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED)
        end_with_parent(signal.SIGKILL)
        status = work()
    except BaseException:  # noqa: BLE001 - SystemExit too would unwind into the parent's loop
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
