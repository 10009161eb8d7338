"""Processor time: what the measured processes used, and how busy the rest of the machine was. Linux tells; else 0."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(roots: Iterable[int]) -> float:
    """Processor time of some processes and all below them, those that have ended meanwhile included."""
    table = _processes()
    return sum(table[pid][1] for pid in _families(roots, table)) / TICKS


def _processes() -> dict[int, tuple[int, int]]:
    """Parent and used ticks of every process."""
    found: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = entry.read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
        except OSError:
            continue
        found[int(entry.parent.name)] = (int(text[1]), sum(map(int, text[11:15])))
    return found


def _families(roots: Iterable[int], table: dict[int, tuple[int, int]]) -> list[int]:
    below: dict[int, list[int]] = {}
    for pid, (parent, _ticks) in table.items():
        below.setdefault(parent, []).append(pid)
    found = [root for root in dict.fromkeys(roots) if root in table]
    for pid in found:
        found += [child for child in below.get(pid, []) if child not in found]
    return found


def busy_seconds() -> float:
    """Processor time of the whole machine since it started."""
    try:
        first = Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()
    except OSError:
        return 0.0
    user, nice, system, _idle, _waiting, interrupt, soft, stolen = (int(part) for part in first[1:9])
    return (user + nice + system + interrupt + soft + stolen) / TICKS


def parent_of(pid: int) -> int:
    """The process that started another; 0 where that is not on this machine."""
    return _processes().get(pid, (0, 0))[0]


def pace() -> float:
    """Processor time for ten million additions in Python: how fast the machine is, and how hard-pressed just now."""
    began, total = time.process_time(), 0
    for number in range(2_000_000):
        total += number
    return (time.process_time() - began) * 5
