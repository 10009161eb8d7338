"""The ledger of deliveries, the channels as they are set up, and what people choose."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bosun.kernel.columns import TextColumn
from bosun.lib import clock
from bosun.platform.reminders.models import Notice

IN_APP, LADDER = "app", "ladder"
QUEUED, SENT, DELIVERED, READ, DONE, FAILED, CANCELLED = (
    "queued", "sent", "delivered", "read", "done", "failed", "cancelled",
)  # fmt: skip
STATES = (QUEUED, SENT, DELIVERED, READ, DONE, FAILED, CANCELLED)
ARRIVED = (SENT, DELIVERED, READ, DONE)


class Delivery(models.Model):
    """A notice on its way to one person through one channel. The key goes along with every copy.

    `step` 0 is told at once; later steps wait until `next_at`, and are not needed once the notice was read.
    """

    id = models.BigAutoField(primary_key=True)
    key = TextColumn(max_length=120, unique=True)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    person_id = models.BigIntegerField()
    channel = TextColumn(max_length=20)
    step = models.PositiveSmallIntegerField(default=0)
    bundle = TextColumn(max_length=120, default="")
    address = TextColumn(max_length=2000, default="")
    state = TextColumn(max_length=10, default=QUEUED)
    said = models.TextField(default="")
    reference = TextColumn(max_length=200, default="")
    tries = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=clock.now)
    next_at = models.DateTimeField(null=True)
    lease = TextColumn(max_length=120, default="")
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["channel", "next_at", "id"], name="delivery_due", condition=models.Q(state="queued")),
            models.Index(fields=["notice"], name="delivery_notice"),
            models.Index(fields=["person_id", "-id"], name="delivery_person"),
            models.Index(fields=["channel", "reference"], name="delivery_ref", condition=~models.Q(reference="")),
            models.Index(fields=["channel", "-id"], name="delivery_failed", condition=models.Q(state="failed")),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.state}"


class ChannelSettings(models.Model):
    """How a channel is set up, sealed, and how it has been doing."""

    key = TextColumn(max_length=20, primary_key=True)
    enabled = models.BooleanField(default=False)
    sealed = models.TextField(default="")
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    errors = models.JSONField(default=list)
    """The latest errors, the last one first: `[{"at": …, "said": …}]`."""

    def __str__(self) -> str:
        return str(self.key)


class DeadAddress(models.Model):
    """An address of a person that takes nothing any more; another address of the person is tried again."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField()
    channel = TextColumn(max_length=20)
    address = TextColumn(max_length=2000)
    said = models.TextField(default="")
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person_id", "channel"], name="dead_address_once"),)

    def __str__(self) -> str:
        return f"{self.channel} of {self.person_id}"


class Preference(models.Model):
    """How one person wants to hear: by kind of notice `{"reminder": {"email": "now"}}`, when not, and all at once."""

    person_id = models.BigIntegerField(primary_key=True)
    kinds = models.JSONField(default=dict)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    digest_at = models.TimeField(null=True)

    def __str__(self) -> str:
        return f"preferences of {self.person_id}"


class CompanyPlan(models.Model):
    """How the company tells notices of a kind: `{"email": "now", "sms": "then"}`, and what nobody switches off."""

    kind = TextColumn(max_length=40, primary_key=True)
    channels = models.JSONField(default=dict)
    fixed = models.JSONField(default=list)
    minutes = models.PositiveIntegerField(default=30)
    ladder = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.kind)


WHEN = {
    "now": _("At once"),
    "then": _("When it was not read"),
    "never": _("Never"),
}
