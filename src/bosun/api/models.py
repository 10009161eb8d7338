"""What the API remembers of calls that must not happen twice."""

from __future__ import annotations

from django.db import models

from bosun.kernel.columns import TextColumn
from bosun.lib import clock


class KeptCall(models.Model):
    """One call under an Idempotency-Key, written in the transaction of what it did."""

    id = models.BigAutoField(primary_key=True)
    caller = TextColumn(max_length=40)
    key = TextColumn(max_length=200)
    digest = TextColumn(max_length=64)
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["caller", "key"], name="kept_call_once"),)

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
