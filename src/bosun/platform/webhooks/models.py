"""Hooks are records; their secrets, what was sent and what came in are rows of their own, outside the ledger."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bosun.kernel import fields
from bosun.kernel.columns import TextColumn
from bosun.kernel.models import Record
from bosun.lib import clock
from bosun.platform.webhooks.shapes import headers_checked, mapping_checked

WAITING, SENT, PARKED = "waiting", "sent", "parked"
DONE, REFUSED = "done", "refused"
STANDARD, GITHUB, TOKEN_ONLY = "standard", "github", "none"
SIGNATURES = {
    STANDARD: "Standard Webhooks",
    GITHUB: _("X-Hub-Signature-256, as GitHub signs"),
    TOKEN_ONLY: _("None: whoever knows the address"),
}


class Webhook(Record):
    """An address outside that is told what happens; its owner hears when it does not answer any more."""

    name = fields.Text(_("Webhook"), 120, title=True, unique=True)
    url = fields.Text(_("Address"), 2000)
    headers = fields.Settings(_("Further headers"), headers_checked)
    enabled = fields.Flag(_("On"), default=True)

    class Meta(Record.Meta):
        verbose_name = _("Webhook")
        verbose_name_plural = _("Webhooks")


class WebhookState(models.Model):
    """A webhook's secret, sealed, and the one before it while both are used; and how it has been going."""

    hook = models.OneToOneField(Webhook, on_delete=models.CASCADE, primary_key=True, related_name="state")
    secret = models.TextField()
    before = models.TextField(default="")
    before_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    given_up = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"state of webhook {self.hook_id}"


class Delivery(models.Model):
    """One message to one address. `key` is made in the transaction of what it tells, and goes along with every copy."""

    id = models.BigAutoField(primary_key=True)
    key = TextColumn(max_length=60, unique=True)
    hook = models.ForeignKey(Webhook, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    url = TextColumn(max_length=2100, default="")
    event = TextColumn(max_length=120)
    entity = TextColumn(max_length=60, default="")
    record_id = models.BigIntegerField(null=True)
    rule_id = models.BigIntegerField(null=True)
    change_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    body = models.JSONField(default=dict)
    whole = models.BooleanField(default=False)
    state = TextColumn(max_length=10, default=WAITING)
    attempts = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(default="")
    error = TextColumn(max_length=20, default="")
    made_at = models.DateTimeField(default=clock.now)
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["hook", "-id"], name="delivery_hook"),
            models.Index(fields=["state", "made_at"], name="delivery_state"),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.state}"


class InboundWebhook(Record):
    """An address of ours to which a program outside sends what becomes a record."""

    name = fields.Text(_("Inbound webhook"), 120, title=True, unique=True)
    entity = fields.Text(_("Makes"), 60)
    mapping = fields.Settings(_("Fields"), mapping_checked)
    match = fields.Text(_("Same record by"), 60, optional=True)
    signature = fields.Choice(SIGNATURES, _("Signature"), initial=STANDARD)
    identity = fields.Ref("org.Person", _("Acts with the rights of"), optional=True)
    enabled = fields.Flag(_("On"), default=True)

    class Meta(Record.Meta):
        verbose_name = _("Inbound webhook")
        verbose_name_plural = _("Inbound webhooks")


class InboundKey(models.Model):
    """The token in an inbound webhook's address, and the secret of its signatures; sealed, found by a digest."""

    hook = models.OneToOneField(InboundWebhook, on_delete=models.CASCADE, primary_key=True, related_name="key")
    digest = TextColumn(max_length=64, unique=True)
    token = models.TextField()
    secret = models.TextField()

    def __str__(self) -> str:
        return f"key of inbound webhook {self.hook_id}"


class Received(models.Model):
    """One message that came in, and what became of it. A message's id is taken once for each hook."""

    id = models.BigAutoField(primary_key=True)
    hook = models.ForeignKey(InboundWebhook, on_delete=models.CASCADE, related_name="+", db_index=False)
    message = TextColumn(max_length=200)
    at = models.DateTimeField(default=clock.now)
    state = TextColumn(max_length=10, default=DONE)
    status = models.PositiveSmallIntegerField(default=200)
    body = models.JSONField(default=dict)
    entity = TextColumn(max_length=60, default="")
    record_id = models.BigIntegerField(null=True)
    answer = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=["hook", "-id"], name="received_hook"),)
        constraints = (models.UniqueConstraint(fields=["hook", "message"], name="received_once"),)

    def __str__(self) -> str:
        return f"{self.message} {self.state}"
