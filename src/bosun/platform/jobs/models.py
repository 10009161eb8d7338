"""The queue's tables: jobs, when periodic work is due, who schedules, and who is alive."""

from __future__ import annotations

from typing import Any

from django.db import models

from bosun.kernel.columns import TextColumn
from bosun.lib import clock

WAITING, RUNNING, DONE, PARKED, CANCELLED = "waiting", "running", "done", "parked", "cancelled"
OPEN = (WAITING, RUNNING)


class Job(models.Model):
    """Something to be done once. A job whose worker died waits for its lease to run out and is done again."""

    id = models.BigAutoField(primary_key=True)
    kind = TextColumn(max_length=60)
    args = models.JSONField(default=dict)
    state = TextColumn(max_length=10, default=WAITING)
    network = models.BooleanField(default=False)
    priority = models.SmallIntegerField(default=5)
    run_after = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True)
    worker = TextColumn(max_length=80, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    unique_key = TextColumn(max_length=120, default="")
    owner_id = models.BigIntegerField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    text = TextColumn(max_length=200, default="")
    result = models.JSONField(null=True)
    error = models.TextField(default="")
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: models.Manager[Any]

    class Meta:
        indexes = (
            # In this order; with the state last the oldest job is found ten times slower.
            models.Index(fields=["state", "network", "priority", "run_after", "id"], name="job_line"),
            models.Index(fields=["owner_id", "-id"], name="job_owner"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["unique_key"],
                condition=models.Q(state__in=OPEN) & ~models.Q(unique_key=""),
                name="job_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"

    @property
    def percent(self) -> int:
        """How much is done, 0 to 100."""
        if self.state == DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def open(self) -> bool:
        """True while it waits or runs."""
        return self.state in OPEN


class Schedule(models.Model):
    """When a periodic task is due next."""

    key = TextColumn(max_length=60, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.key)


class Lease(models.Model):
    """A part that one process plays at a time, until its lease runs out."""

    key = TextColumn(max_length=60, primary_key=True)
    holder = TextColumn(max_length=80, default="")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key}: {self.holder}"


class Heartbeat(models.Model):
    """The last sign of life of one process in one role, worker or scheduler."""

    id = models.BigAutoField(primary_key=True)
    role = TextColumn(max_length=20)
    name = TextColumn(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["role", "name"], name="heartbeat_once"),)

    def __str__(self) -> str:
        return f"{self.role} {self.name}"
