"""The dead man's switch: what every page says when worker or scheduler have been silent for a minute; and how much room
is left on the disk.
"""

from __future__ import annotations

import shutil
import time
from threading import Lock

from django.conf import settings
from django.db import DatabaseError

from bosun.platform.jobs import heartbeats

LOOK_SECONDS = 5.0
PATIENCE = heartbeats.DEAD_AFTER.total_seconds()
LITTLE_ROOM = 256 * 1024 * 1024
"""Bytes; with less, writes may soon be refused."""


class Watch:
    """What this process has seen of the others; it looks every few seconds, however many pages ask."""

    def __init__(self) -> None:
        begun = time.monotonic()
        self.seen = dict.fromkeys(heartbeats.ROLES, begun)
        self.looked = 0.0
        self.silent: tuple[str, ...] = ()
        self.lock = Lock()

    def stalled(self) -> tuple[str, ...]:
        """The roles that nobody has played for a minute."""
        now = time.monotonic()
        with self.lock:
            if self.looked and now - self.looked < LOOK_SECONDS:
                return self.silent
            self.looked = now
        try:
            alive, left = heartbeats.alive(), heartbeats.left_behind()
        except DatabaseError:
            return self.silent
        for role, lives in alive.items():
            if lives:
                self.seen[role] = now
        # One that ended as it should leaves no mark: another has a minute to take its place.
        self.silent = tuple(
            role for role, lives in alive.items() if not lives and (role in left or now - self.seen[role] > PATIENCE)
        )
        return self.silent


_watch = Watch()


def stalled() -> tuple[str, ...]:
    """The roles that nobody has played for a minute, for the banner of every page."""
    return _watch.stalled() if getattr(settings, "BOSUN_WATCHED", True) else ()


def little_room() -> int | None:
    """The megabytes that are left where the data lies, once those are few."""
    try:
        left = shutil.disk_usage(settings.BOSUN_HOME).free
    except OSError:
        return None
    return left // (1024 * 1024) if left < LITTLE_ROOM else None
