"""Addresses of feeds, of which only a digest is kept, and invitations with what was answered."""

from __future__ import annotations

from django.db import models

from bosun.kernel.columns import TextColumn
from bosun.lib import clock
from bosun.platform.org.models import Person

ASKED, ACCEPTED, DECLINED, TENTATIVE, WITHDRAWN = "asked", "accepted", "declined", "tentative", "withdrawn"


class Feed(models.Model):
    """The address of one person's feed; another one takes its place."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    digest = TextColumn(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"feed of {self.person_id}"


class FeedUse(models.Model):
    """When a feed was last read, and by what program."""

    feed = models.OneToOneField(Feed, on_delete=models.CASCADE, primary_key=True, related_name="+")
    used_at = models.DateTimeField()
    program = TextColumn(max_length=200, default="")

    def __str__(self) -> str:
        return str(self.used_at)


class Invitation(models.Model):
    """One person outside asked to come to what a record is about. `uid` cannot be guessed: answers name it.

    The guest knows what was `told`, not what the record says: what he is to hear next is seen from that.
    """

    id = models.BigAutoField(primary_key=True)
    uid = TextColumn(max_length=80, unique=True)
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField()
    sender_id = models.BigIntegerField()
    email = TextColumn(max_length=254)
    sequence = models.PositiveIntegerField(default=0)
    state = TextColumn(max_length=10, default=ASKED)
    words = TextColumn(max_length=500, default="")
    made_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True)
    answer_stamp = models.DateTimeField(null=True)
    """When the answer was given, as whoever answered says; an earlier one that comes later does not count."""

    base = TextColumn(max_length=300, default="")
    """What the links of its first mail begin with."""
    told = models.TextField(default="")
    """The calendar that the guest has: of the last request that left. Empty where none did, or it was taken back."""
    heard = models.PositiveIntegerField(null=True)
    """The sequence of the last mail that left."""
    came_from = models.BigIntegerField(null=True)
    """The record of the same series that it was to before this one."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entity", "record_id", "email"], name="invitation_once"),)

    def __str__(self) -> str:
        return f"{self.email} {self.state}"
