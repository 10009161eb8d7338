"""Large exports: what was asked for, and the file that only its owner may fetch."""

from __future__ import annotations

from typing import Any

from django.db import models

from bosun.kernel.columns import TextColumn
from bosun.lib import clock


class Export(models.Model):
    """One export that is made in the background."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now)
    entity = TextColumn(max_length=60)
    wish = models.JSONField(default=dict)
    job_id = models.BigIntegerField(null=True)
    file_name = TextColumn(max_length=200, default="")
    stored = TextColumn(max_length=200, default="")
    rows = models.BigIntegerField(default=0)

    objects: models.Manager[Any]

    class Meta:
        indexes = (models.Index(fields=["person_id", "-id"], name="export_person"),)

    def __str__(self) -> str:
        return f"{self.entity} {self.created_at:%Y-%m-%d}"
