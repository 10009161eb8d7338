"""What processes keep in memory between requests, and how they learn that it is out of date.

One query a request reads all counters; a writer raises a counter in the transaction of its change.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from django.db.models import F

from bosun.kernel.ledger import Stamp

ACCESS = "access"
"""The counter of all that decides who may see what."""

followers: list[Callable[[], None]] = []
"""What is called after the counters were read, by whoever keeps more than `cached` holds."""

_held: dict[str, tuple[int, Any]] = {}
_seen: dict[str, int] = {}
_lock = Lock()


def refresh() -> None:
    """Read the counters; called at the start of each request and each job."""
    fresh = dict(Stamp.objects.values_list("key", "value"))
    with _lock:
        _seen.clear()
        _seen.update(fresh)
    for follower in followers:
        follower()


def cached(key: str, part: str, load: Callable[[], Any]) -> Any:
    """What `load` answers, kept until the counter of `key` is raised. `part` tells several things of one key apart."""
    now = _seen.get(key, 0)
    name = f"{key}/{part}"
    held = _held.get(name)
    if held is not None and held[0] == now:
        return held[1]
    value = load()
    _held[name] = (now, value)
    return value


def bump(key: str) -> None:
    """Raise a counter inside the running transaction, and forget what this process holds."""
    if not Stamp.objects.filter(key=key).update(value=F("value") + 1):
        Stamp.objects.create(key=key, value=1)
    # What is read from here on may be taken back with the transaction: no counter that is read later meets this one.
    _seen[key] = -1
    forget(key)


def forget(key: str = "") -> None:
    """Drop what this process holds under `key`, or everything."""
    with _lock:
        for name in [name for name in _held if not key or name.startswith(f"{key}/")]:
            _held.pop(name, None)
