"""A subscription is a record of its owner; when it comes next and what came are rows of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.columns import TextColumn
from bosun.kernel.env import Env
from bosun.kernel.models import Record
from bosun.lib import clock

ALWAYS, FILLED, CHANGED, ABOVE = "always", "filled", "changed", "above"
ONLY_IF = {
    ALWAYS: pgettext_lazy("subscription", "Always"),
    FILLED: _("Only if not empty"),
    CHANGED: _("Only if changed"),
    ABOVE: _("Only above a number"),
}
TABLE, XLSX, CSV = "table", "xlsx", "csv"
FORMATS = {TABLE: _("Table"), XLSX: _("Table and Excel file"), CSV: _("Table and text file")}
EVERYTHING: dict[str, Any] = {"all": []}
UNSORTED = "-"
"""No filter and no order, whatever the view has: what is empty is as the view has it."""
MADE, SKIPPED, FAILED = "made", "skipped", "failed"


def now(env: Env) -> datetime:
    """It comes from today on unless one says otherwise."""
    return env.now.replace(second=0, microsecond=0)


def by_its_list(env: Env) -> str | None:
    """It is called as its list is unless one gives it a name."""
    return None


class Subscription(Record):
    """A list, or what it counts, that its owner is told at fixed times."""

    name = fields.Text(_("Subscription"), 120, title=True, initial=by_its_list)
    entity = fields.Text(_("List of"), 60)
    view = fields.Text(_("View"), 60, optional=True, help=_("As it is when an issue is made."))
    filter = fields.Settings(_("Filter"))
    sort = fields.Text(_("Sorted by"), 300, optional=True)
    columns = fields.Text(_("Columns"), 2000, optional=True)
    group = fields.Text(_("Counted by"), 120, optional=True)
    sum = fields.Text(_("Sum of"), 60, optional=True)
    rule = fields.Text(_("Comes"), 500, help=_("As calendars write it: FREQ=WEEKLY;BYDAY=MO."))
    starts = fields.Moment(_("First on"), initial=now)
    timezone = fields.Text(_("Time zone"), 60, optional=True)
    only_if = fields.Choice(ONLY_IF, pgettext_lazy("subscription", "Sent"), initial=ALWAYS)
    above = fields.Number(_("Above"), low=0, optional=True, shown_when={"field": "only_if", "op": "is", "value": ABOVE})
    format = fields.Choice(FORMATS, _("Contains"), initial=TABLE)
    enabled = fields.Flag(_("On"), default=True)

    class Meta(Record.Meta):
        verbose_name = _("Subscription")
        verbose_name_plural = _("Subscriptions")


class Standing(models.Model):
    """When a subscription comes next, and what its last issue held."""

    subscription = models.OneToOneField(Subscription, on_delete=models.CASCADE, primary_key=True, related_name="+")
    next_at = models.DateTimeField(null=True, db_index=True)
    digest = TextColumn(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.next_at}"


class Issue(models.Model):
    """What one subscription told one person at one time; the key is unique, whoever makes it."""

    id = models.BigAutoField(primary_key=True)
    key = TextColumn(max_length=80, unique=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="+", db_index=False)
    person_id = models.BigIntegerField()
    due_at = models.DateTimeField()
    made_at = models.DateTimeField(default=clock.now)
    state = TextColumn(max_length=10, default=MADE)
    why = TextColumn(max_length=200, default="")
    count = models.BigIntegerField(default=0)
    body = models.JSONField(default=dict)
    file_name = TextColumn(max_length=200, default="")
    stored = TextColumn(max_length=200, default="")

    objects: models.Manager[Any]

    class Meta:
        indexes = (
            models.Index(fields=["subscription", "-id"], name="issue_subscription"),
            models.Index(fields=["made_at"], name="issue_made"),
        )

    def __str__(self) -> str:
        return str(self.key)
