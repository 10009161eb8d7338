"""One row for each person who follows a record."""

from __future__ import annotations

from django.db import models

from bosun.kernel.columns import TextColumn
from bosun.lib import clock


class Follower(models.Model):
    """Somebody who follows a record of any entity; whether he still may read it is asked each time."""

    id = models.BigAutoField(primary_key=True)
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entity", "record_id", "person_id"], name="follower_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.entity} {self.record_id}"
