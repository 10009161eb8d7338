"""The tables of the ledger: what changed, what is to be told, and what is indexed. Written by the door alone."""

from __future__ import annotations

from typing import Any

from django.db import models

from bosun.kernel.columns import TextColumn
from bosun.lib import clock


class Change(models.Model):
    """One act on one record: who, when, through which door, and each field from what to what. Never altered."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=clock.now)
    actor_id = models.BigIntegerField(null=True)
    actor_name = TextColumn(max_length=200, default="")
    door = TextColumn(max_length=20)
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField()
    title = TextColumn(max_length=250, default="")
    verb = TextColumn(max_length=40)
    diff = models.JSONField(default=dict)
    batch = TextColumn(max_length=32, default="")
    cause = TextColumn(max_length=200, default="")
    depth = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["entity", "record_id", "at", "id"], name="change_record"),
            models.Index(fields=["batch", "id"], name="change_batch", condition=~models.Q(batch="")),
            models.Index(fields=["entity", "at"], name="change_entity_at"),
        )

    def __str__(self) -> str:
        return f"{self.entity} {self.record_id} {self.verb}"


class Outbox(models.Model):
    """An event that somebody listens to and that waits; written in the transaction of the change it speaks of."""

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="+")
    name = TextColumn(max_length=100)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(default="")
    parked = models.BooleanField(default=False)

    class Meta:
        # SQLite finds nothing by an index that begins with a flag: Django asks for NOT parked.
        indexes = (models.Index(fields=["due_at", "id"], name="outbox_due", condition=models.Q(parked=False)),)

    def __str__(self) -> str:
        return str(self.name)


class Member(models.Model):
    """One entry of a field that holds several (tags, phones, choices), so that conditions find it by index."""

    id = models.BigAutoField(primary_key=True)
    field = TextColumn(max_length=120)
    value = TextColumn(max_length=200)
    record_id = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["field", "record_id"], name="member_record"),)
        constraints = (models.UniqueConstraint(fields=["field", "value", "record_id"], name="member_value"),)

    def __str__(self) -> str:
        return f"{self.field}={self.value}"


class Share(models.Model):
    """A record opened to one more person, to read or to edit, until a day or for good."""

    id = models.BigAutoField(primary_key=True)
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    level = TextColumn(max_length=10, default="read")
    until = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=["person_id", "entity", "record_id"], name="share_person"),)
        constraints = (models.UniqueConstraint(fields=["entity", "record_id", "person_id"], name="share_once"),)

    def __str__(self) -> str:
        return f"{self.entity} {self.record_id} to {self.person_id}"


class Removal(models.Model):
    """One removal to the bin: the record asked for and all that went with it carry its id."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=clock.now)
    actor_id = models.BigIntegerField(null=True)
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField()
    title = TextColumn(max_length=250, default="")
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=["entity", "id"], name="removal_entity"),)

    def __str__(self) -> str:
        return str(self.title)


class Stamp(models.Model):
    """A counter for each thing that processes keep in memory; a raised counter tells them to read it anew."""

    key = TextColumn(max_length=60, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.value}"


class Sequence(models.Model):
    """A gapless number series, raised inside the transaction that uses the number."""

    key = TextColumn(max_length=80, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.value}"


def actor_columns(actor: Any) -> dict[str, Any]:
    """The columns that say who acted."""
    return {"actor_id": actor.id, "actor_name": actor.name[:200]}
