"""Periodic work: one worker at a time enqueues what is due, whoever holds the lease."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from bosun.lib import clock
from bosun.platform.jobs import declared, queue
from bosun.platform.jobs.models import Lease, Schedule

TURN = timedelta(seconds=30)
ROLE = "scheduler"


def hold(worker: str) -> bool:
    """Take or prolong the scheduler's lease; False while another worker has it."""
    now = clock.now()
    until = now + TURN
    if Lease.objects.filter(Q(holder=worker) | Q(until__lt=now), key=ROLE).update(holder=worker, until=until):
        return True
    if Lease.objects.filter(key=ROLE).exists():
        return False
    Lease.objects.bulk_create([Lease(key=ROLE, holder=worker, until=until)], ignore_conflicts=True)
    return Lease.objects.filter(key=ROLE, holder=worker).exists()


def plan() -> list[tuple[str, int, datetime | None]]:
    """What is done by the clock: key, every so many minutes, and when it is due next."""
    known = dict(Schedule.objects.values_list("key", "due_at"))
    return sorted((key, task.minutes, known.get(key)) for key, task in declared.periodic.items())


def let_go(worker: str) -> None:
    """Leave the lease to whoever is next."""
    Lease.objects.filter(key=ROLE, holder=worker).update(until=clock.now() - timedelta(seconds=1))


def tick() -> int:
    """Enqueue the periodic work that is due; answers how many tasks that were."""
    now = clock.now()
    known = dict(Schedule.objects.values_list("key", "due_at"))
    count = 0
    for key, task in declared.periodic.items():
        if key not in known:
            Schedule.objects.bulk_create([Schedule(key=key, due_at=now)], ignore_conflicts=True)
        elif known[key] > now:
            continue
        with transaction.atomic():
            due = Schedule.objects.filter(key=key, due_at__lte=now)
            if due.update(due_at=now + timedelta(minutes=task.minutes)):
                queue.enqueue("periodic", {"key": key}, unique=f"every:{key}", priority=7)
                count += 1
    return count
