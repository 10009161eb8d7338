"""Browsers that want to be told, and the key of this installation; rows of their own, no records."""

from __future__ import annotations

from django.db import models

from bosun.kernel.columns import TextColumn
from bosun.lib import clock


class PushKey(models.Model):
    """The one key with which push services know this installation, its private half sealed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sealed = models.TextField()
    public = TextColumn(max_length=120)
    made_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.public)


class Browser(models.Model):
    """One browser of one person: where its push service takes messages, and the keys that only it opens them with.

    `session` is the mark of the sign-in in which it was last seen; none of one from before there were marks.
    """

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField()
    digest = TextColumn(max_length=64, unique=True)
    endpoint = models.TextField()
    p256dh = TextColumn(max_length=120)
    auth = TextColumn(max_length=40)
    label = TextColumn(max_length=120, default="")
    session = TextColumn(max_length=64, default="")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = (models.Index(fields=["person_id", "-id"], name="push_person"),)

    def __str__(self) -> str:
        return str(self.label)
