"""What is attached to which record, and the content that is kept once however often it is attached."""

from __future__ import annotations

from django.db import models

from bosun.kernel.columns import TextColumn
from bosun.lib import clock


class Content(models.Model):
    """A content that lies in the store under its digest. Whoever writes or clears it away holds this row."""

    digest = TextColumn(max_length=64, primary_key=True)
    size = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.digest)


class Attachment(models.Model):
    """A content under a name on a record."""

    id = models.BigAutoField(primary_key=True)
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField()
    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="+")
    name = TextColumn(max_length=200)
    type = TextColumn(max_length=100)
    at = models.DateTimeField(default=clock.now)
    by_id = models.BigIntegerField(null=True)
    by_name = TextColumn(max_length=200, default="")

    class Meta:
        indexes = (models.Index(fields=["entity", "record_id", "id"], name="attachment_record"),)

    def __str__(self) -> str:
        return str(self.name)


class FieldFile(models.Model):
    """A content that a field of a record holds or has held, which an undo may bring back until the record is purged."""

    id = models.BigAutoField(primary_key=True)
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField()
    field = TextColumn(max_length=60)
    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["entity", "record_id", "field", "content"], name="field_file_once"),
        )

    def __str__(self) -> str:
        return f"{self.entity} {self.record_id} {self.field}"
