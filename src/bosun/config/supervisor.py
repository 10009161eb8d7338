"""Keeps child processes alive: each one killable on its own, started again, and stopped politely."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

STEADY_SECONDS = 10.0
LONGEST_PAUSE = 10.0
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process to keep alive."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_again_at: float = 0.0
    failures: int = 0

    def start(self) -> None:
        """Start it in a process group of its own, so that what it leaves behind can be ended with it."""
        self.process = subprocess.Popen(list(self.command), start_new_session=True, preexec_fn=end_with_parent)
        self.started = time.monotonic()

    def ended(self, now: float) -> bool:
        """True when it has just died; then says when to start it again, later and later while it keeps failing."""
        if self.process is None or self.process.poll() is None:
            return False
        self.signal(signal.SIGKILL)
        self.process = None
        self.failures = 0 if now - self.started > STEADY_SECONDS else self.failures + 1
        self.start_again_at = now + pause_after(self.failures)
        return True

    def signal(self, number: int) -> None:
        """Send a signal to the process and to all that it started."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return


def pause_after(failures: int) -> float:
    """Seconds until something is started again: none the first time, more and more while it keeps failing."""
    return min(LONGEST_PAUSE, 0.2 * 2**failures) if failures else 0.0


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """On Linux, ask the system for this signal when the parent is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


@dataclass
class Supervisor:
    """Runs children until it is told to stop."""

    children: Sequence[Child]
    say: Callable[[str], None]
    patience: float = 25.0
    stopping: bool = field(default=False, init=False)

    def run(self) -> int:
        """Start every child, restart what dies, and on SIGTERM or SIGINT end them all within `patience`."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for child in self.children:
            child.start()
        while not self.stopping:
            self.look()
            time.sleep(0.1)
        return self.stop()

    def look(self) -> None:
        """Start again what has died and has waited long enough."""
        now = time.monotonic()
        for child in self.children:
            if child.ended(now):
                self.say(f"{child.name} ended and is started again")
            if child.process is None and now >= child.start_again_at:
                child.start()

    def stop(self) -> int:
        """Ask every child to end; after `patience` seconds end it."""
        for child in self.children:
            if child.process is not None:
                child.process.terminate()
        deadline = time.monotonic() + self.patience
        late = 0
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                late += 1
            child.signal(signal.SIGKILL)
            child.process.wait()
        return 1 if late else 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True
