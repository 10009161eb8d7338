"""The normal forms under which records are the same, and who looked for how many of them."""

from __future__ import annotations

from django.db import models

from bosun.kernel.columns import TextColumn
from bosun.lib import clock


class Key(models.Model):
    """One normal form of one field of one live record."""

    id = models.BigAutoField(primary_key=True)
    entity = TextColumn(max_length=60)
    field = TextColumn(max_length=60)
    key = TextColumn(max_length=200)
    record_id = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["entity", "field", "key"], name="dedupe_form"),
            models.Index(fields=["entity", "record_id"], name="dedupe_record"),
        )

    def __str__(self) -> str:
        return f"{self.entity}.{self.field}={self.key}"


class Probe(models.Model):
    """A look for duplicates among records that are not open to a person; kept for as long as the limit counts it."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField()
    digest = TextColumn(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person_id", "digest"], name="dedupe_probe_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.at}"
