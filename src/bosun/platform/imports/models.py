"""What was imported: by whom, from which file, with which map, and how the rows went that need a look."""

from __future__ import annotations

from typing import Any

from django.db import models

from bosun.kernel.columns import TextColumn
from bosun.lib import clock

DRAFT, WAITING, RUNNING, DONE, CANCELLED, FAILED, UNDONE = (
    "draft", "waiting", "running", "done", "cancelled", "failed", "undone",
)  # fmt: skip
ERROR, SKIPPED, NOTE, LINK = "error", "skip", "note", "link"


class Import(models.Model):
    """One file brought in by one person. No record: it lies beside the data, as the ledger does."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField(null=True)
    person_name = TextColumn(max_length=200, default="")
    created_at = models.DateTimeField(default=clock.now)
    file_name = TextColumn(max_length=250, default="")
    digest = TextColumn(max_length=64)
    size = models.BigIntegerField(default=0)
    reading = models.JSONField(default=dict)
    headers = models.JSONField(default=list)
    entity = TextColumn(max_length=60, default="")
    map = models.JSONField(default=dict)
    state = TextColumn(max_length=10, default=DRAFT)
    batch = TextColumn(max_length=32, unique=True)
    job_id = models.BigIntegerField(null=True)
    total = models.BigIntegerField(default=0)
    step = models.PositiveSmallIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.TextField(default="")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone = models.JSONField(null=True)

    objects: models.Manager[Any]

    class Meta:
        indexes = (
            models.Index(fields=["person_id", "-id"], name="import_person"),
            models.Index(fields=["digest"], name="import_digest"),
        )

    def __str__(self) -> str:
        return f"{self.file_name} → {self.entity}"


class ImportRow(models.Model):
    """A row that was refused, left out or needs a look; and one whose reference waits for a row further down."""

    id = models.BigAutoField(primary_key=True)
    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    step = models.PositiveSmallIntegerField(default=0)
    line = models.BigIntegerField()
    outcome = TextColumn(max_length=10)
    cells = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    record_id = models.BigIntegerField(null=True)
    links = models.JSONField(default=dict)

    objects: models.Manager[Any]

    class Meta:
        indexes = (models.Index(fields=["of", "outcome", "line"], name="import_row"),)

    def __str__(self) -> str:
        return f"{self.line} {self.outcome}"


class SavedMap(models.Model):
    """A map that a person keeps under a name, for the next file of the same kind."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField(null=True)
    entity = TextColumn(max_length=60)
    name = TextColumn(max_length=100)
    map = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=clock.now)

    objects: models.Manager[Any]

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person_id", "entity", "name"], name="import_map_name"),)

    def __str__(self) -> str:
        return str(self.name)
