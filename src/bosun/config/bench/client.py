"""Sends requests over the loopback from several threads, and says how long they took."""

from __future__ import annotations

import http.client
import os
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from bosun.config.bench.scenes import Call, Scene

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Outcome:
    """What one run of a scene came to."""

    clients: int
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    errors: dict[int, int] = field(default_factory=dict)
    cpu: float = 0.0

    def share(self, part: float) -> float:
        """The time in milliseconds that so many of the answers did not take."""
        held = sorted(self.times)
        return held[min(len(held) - 1, int(len(held) * part))] * 1000 if held else 0.0

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def figures(self) -> dict[str, float | int]:
        """What goes into the table."""
        count = max(1, len(self.times))
        return {
            "p50_ms": round(self.share(0.5), 1), "p95_ms": round(self.share(0.95), 1),
            "per_second": round(self.rate, 1),
            "cpu_ms": round(self.cpu * 1000 / count, 1), "bytes": round(sum(self.sizes) / count),
            "answers": len(self.times), "errors": sum(self.errors.values()),
        }  # fmt: skip


def measure(port: int, scene: Scene, clients: int, seconds: float, server: int) -> Outcome:
    """Run a scene for so long with so many clients."""
    found = Outcome(clients)
    lock = threading.Lock()
    used = cpu_seconds(server)
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
    found.cpu = cpu_seconds(server) - used
    return found


def _one(port: int, scene: Scene, number: int, until: float, found: Outcome, lock: threading.Lock) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for call in scene.calls(random.Random(number)):
        if time.perf_counter() >= until:
            break
        status, size, took = send(line, call)
        with lock:
            found.times.append(took)
            found.sizes.append(size)
            if status not in (200, 201, 302):
                found.errors[status] = found.errors.get(status, 0) + 1
    line.close()


def send(line: http.client.HTTPConnection, call: Call) -> tuple[int, int, float]:
    """Status, size of the body, and seconds to its last byte."""
    began = time.perf_counter()
    line.request(call.method, call.path, call.body or None, call.headers)
    answer = line.getresponse()
    size = len(answer.read())
    return answer.status, size, time.perf_counter() - began


def cpu_seconds(root: int) -> float:
    """Processor time that a process and all below it have used; 0 where the system does not say."""
    return sum(_used(pid) for pid in _family(root))


def _family(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = entry.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(entry.parent.name)] = int(text[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _used(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(text[11]) + int(text[12])) / TICKS
