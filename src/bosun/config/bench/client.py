"""Sends requests over the loopback from several threads, and says how long they took."""

from __future__ import annotations

import random
import socket
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bosun.config.bench.scenes import Call, Scene
from bosun.config.bench.usage import cpu_seconds

LENGTH = b"\r\ncontent-length:"


@dataclass
class Outcome:
    """What one run of a scene came to; a page is all that a reader waits for at once."""

    clients: int
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    wrong: int = 0
    cpu: float = 0.0

    def share(self, part: float) -> float:
        """The time in milliseconds that so many of the pages did not take."""
        held = sorted(self.times)
        return held[min(len(held) - 1, int(len(held) * part))] * 1000 if held else 0.0

    @property
    def rate(self) -> float:
        """Pages in a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def figures(self) -> dict[str, float]:
        """What goes into the table."""
        count = max(1, len(self.times))
        return {
            "p50_ms": self.share(0.5), "p95_ms": self.share(0.95), "per_second": self.rate,
            "cpu_ms": self.cpu * 1000 / count, "bytes": sum(self.sizes) / count, "wrong": self.wrong,
        }  # fmt: skip


def middle(runs: Sequence[Outcome]) -> dict[str, float]:
    """The median of each figure over several runs; wrong answers are added up."""
    found = [run.figures() for run in runs]
    told = {name: statistics.median(each[name] for each in found) for name in found[0]}
    return {**told, "wrong": sum(run.wrong for run in runs), "pages": sum(len(run.times) for run in runs)}


def measure(port: int, scene: Scene, clients: int, seconds: float, roots: Sequence[int]) -> Outcome:
    """Run a scene for so long with so many clients; `roots` are the processes whose work is counted."""
    found = Outcome(clients)
    lock = threading.Lock()
    used = cpu_seconds(roots)
    began = time.perf_counter()
    until = began + seconds
    threads = [
        threading.Thread(target=_one, args=(port, scene, number, until, found, lock)) for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.perf_counter() - began
    found.cpu = cpu_seconds(roots) - used
    return found


def _one(port: int, scene: Scene, number: int, until: float, found: Outcome, lock: threading.Lock) -> None:
    line = Line(port)
    # Other values in each run: what was asked for a moment ago is not asked for again.
    for page in scene.pages(random.Random()):
        began = time.perf_counter()
        if began >= until:
            break
        answers = [line.send(call) for call in page]
        took = time.perf_counter() - began
        right = all(fits for fits, _size in answers)
        with lock:
            found.times.append(took)
            found.sizes.append(sum(size for _fits, size in answers))
            found.wrong += not right
    line.close()


class Line:
    """One connection that is kept. It does little more than send and wait: clients and server share the machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = self._open()

    def _open(self) -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def send(self, call: Call) -> tuple[bool, int]:
        """Whether the answer is the expected one, and the size of its body."""
        self.socket.sendall(call.wire())
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _gap, body = received.partition(b"\r\n\r\n")
        told = head.lower()
        place = told.find(LENGTH)
        if place < 0:
            raise RuntimeError(f"{call.path} answered without its length")
        length = int(told[place + len(LENGTH) :].split(b"\r\n", 1)[0])
        size = len(body)
        while size < length:
            size += len(self._more())
        return call.fits(head), size

    def _more(self) -> bytes:
        part = self.socket.recv(65536)
        if not part:
            raise RuntimeError("the server hung up")
        return part
