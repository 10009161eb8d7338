"""A delegation: one person stands in for another from a day to a day."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.columns import TextColumn
from bosun.kernel.env import Env
from bosun.kernel.models import Record
from bosun.platform.away import rules


def me(env: Env) -> int | None:
    """Whoever fills in the form."""
    return env.actor.id


class Delegation(Record):
    """Somebody is away, and another person stands in: both days count, on the calendar of the one who is away."""

    name = fields.Text(_("Absence"), 200, optional=True, read_only=True, title=True)
    person = fields.Ref("org.Person", _("Who is away"), initial=me)
    delegate = fields.Ref("org.Person", _("Stands in"))
    first_day = fields.Date(_("From"))
    last_day = fields.Date(pgettext_lazy("last day", "Until"), help=_("The last day away."))
    note = fields.LongText(_("Note"), optional=True)
    work = fields.Flag(
        _("Work goes along"), default=True, help=_("What is to be done and falls due meanwhile: to read and to do.")
    )
    reminders = fields.Flag(_("Reminders go along"), default=True)
    notices = fields.Flag(_("Notices go along"), default=True)
    matters = fields.Flag(_("Hand-over list"), default=True, help=_("Names the records that come up meanwhile."))
    state = fields.Computed(
        pgettext_lazy("absence", "State"),
        rules.STATE,
        rules.state_of,
        rules.state_expression,
        depends="person first_day last_day",
    )
    # The days as moments, on the clock of the one who is away.
    begins_at: Any = models.DateTimeField(null=True)
    ends_at: Any = models.DateTimeField(null=True)
    handed_back_at: Any = models.DateTimeField(null=True)

    class Meta(Record.Meta):
        verbose_name = _("Absence")
        verbose_name_plural = _("Absences")
        indexes = (
            models.Index(fields=["ends_at"], name="delegation_ends", condition=models.Q(deleted_at__isnull=True)),
        )


class Matter(models.Model):
    """What the one who goes away says about one record on the hand-over list."""

    id = models.BigAutoField(primary_key=True)
    delegation: Any = models.ForeignKey(Delegation, on_delete=models.CASCADE, related_name="+", db_index=False)
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField()
    note = TextColumn(max_length=500, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["delegation", "entity", "record_id"], name="matter_once"),)

    def __str__(self) -> str:
        return str(self.note)
