"""What can be put into the queue and what runs by the clock, by key; declared in the `handlers.py` of an app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bosun.platform.jobs.models import Job
    from bosun.platform.jobs.running import Running

Handler = Callable[["Running"], Any]
GivenUp = Callable[["Job"], None]
Task = Callable[[], Any]


@dataclass(frozen=True)
class Kind:
    """One kind of job: what does it, how often it is tried, and what is told when it is parked or cancelled."""

    key: str
    handler: Handler
    attempts: int
    network: bool = False
    given_up: GivenUp | None = None


@dataclass(frozen=True)
class Periodic:
    """Something done every so many minutes."""

    key: str
    minutes: int
    task: Task


Look = Callable[[], bool]
Loop = Callable[[Event], None]

kinds: dict[str, Kind] = {}
periodic: dict[str, Periodic] = {}
looks: list[Look] = []
loops: list[Loop] = []


def job(
    key: str, attempts: int = 5, *, network: bool = False, given_up: GivenUp | None = None
) -> Callable[[Handler], Handler]:
    """Declare what does jobs of this kind. It must bear being done again: a worker may die at any moment.

    With `network` it waits for somebody outside, and is done in a thread for such jobs, where it holds nobody else up.
    """

    def register(handler: Handler) -> Handler:
        kinds[key] = Kind(key, handler, attempts, network, given_up)
        return handler

    return register


def watched(look: Look) -> Look:
    """Declare what every worker looks after at each poll. It answers True when there is more; it must be cheap, and
    safe with several workers at once.
    """
    looks.append(look)
    return look


def background(loop: Loop) -> Loop:
    """Declare what every worker does in a thread of its own, because it may wait for others: until the event given is
    set, and then it comes back with nothing left in hand.
    """
    loops.append(loop)
    return loop


def every(minutes: int, key: str) -> Callable[[Task], Task]:
    """Declare what is done by the clock, once for all machines."""

    def register(task: Task) -> Task:
        periodic[key] = Periodic(key, minutes, task)
        return task

    return register
