"""What can be put into the queue and what runs by the clock, by key; declared in the `handlers.py` of an app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bosun.platform.jobs.running import Running

Handler = Callable[["Running"], Any]
Task = Callable[[], Any]


@dataclass(frozen=True)
class Kind:
    """One kind of job: what does it, and how often it is tried."""

    key: str
    handler: Handler
    attempts: int


@dataclass(frozen=True)
class Periodic:
    """Something done every so many minutes."""

    key: str
    minutes: int
    task: Task


Look = Callable[[], bool]

kinds: dict[str, Kind] = {}
periodic: dict[str, Periodic] = {}
looks: list[Look] = []


def job(key: str, attempts: int = 5) -> Callable[[Handler], Handler]:
    """Declare what does jobs of this kind. It must bear being done again: a worker may die at any moment."""

    def register(handler: Handler) -> Handler:
        kinds[key] = Kind(key, handler, attempts)
        return handler

    return register


def watched(look: Look) -> Look:
    """Declare what every worker looks after at each poll. It answers True when there is more; it must be cheap, and
    safe with several workers at once.
    """
    looks.append(look)
    return look


def every(minutes: int, key: str) -> Callable[[Task], Task]:
    """Declare what is done by the clock, once for all machines."""

    def register(task: Task) -> Task:
        periodic[key] = Periodic(key, minutes, task)
        return task

    return register
