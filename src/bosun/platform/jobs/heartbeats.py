"""Signs of life of workers and of the scheduler, for the health page."""

from __future__ import annotations

from datetime import timedelta

from bosun.lib import clock
from bosun.platform.jobs.models import Heartbeat

EVERY = timedelta(seconds=5)
DEAD_AFTER = timedelta(seconds=60)
ROLES = ("worker", "scheduler")


def beat(role: str, name: str) -> None:
    """Say that this process lives."""
    now = clock.now()
    if not Heartbeat.objects.filter(role=role, name=name).update(at=now):
        Heartbeat.objects.bulk_create([Heartbeat(role=role, name=name, at=now)], ignore_conflicts=True)


def leave(name: str) -> None:
    """Take this process off the list; it ended as it should."""
    Heartbeat.objects.filter(name=name).delete()


def alive() -> dict[str, bool]:
    """For each role whether somebody plays it right now."""
    since = clock.now() - DEAD_AFTER
    seen = set(Heartbeat.objects.filter(at__gte=since).values_list("role", flat=True))
    return {role: role in seen for role in ROLES}


def left_behind() -> set[str]:
    """The roles of processes that went without taking leave."""
    silent = Heartbeat.objects.filter(at__lt=clock.now() - DEAD_AFTER)
    return set(silent.values_list("role", flat=True))


def forget_dead() -> int:
    """Drop the marks of processes that have been gone for a day."""
    gone, _each = Heartbeat.objects.filter(at__lt=clock.now() - timedelta(days=1)).delete()
    return int(gone)
