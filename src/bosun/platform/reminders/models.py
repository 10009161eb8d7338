"""A reminder is one row; nagging moves `next_nag_at`. A notice is one row for each occurrence and recipient."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.columns import TextColumn
from bosun.kernel.models import Record
from bosun.lib import clock

STATES = {"open": pgettext_lazy("state", "Open"), "done": _("Done"), "cancelled": _("Cancelled")}


class Reminder(Record):
    """Something that one person wants to be told at a time, again and again until it is done."""

    text = fields.Text(_("Remind of"), 200, title=True)
    about = fields.AnyRef(_("About"), optional=True)
    due = fields.Moment(_("When"))
    nag_minutes = fields.Number(
        _("Again every, minutes"), low=0, high=10_080, initial=0, help=_("Until it is done; 0 tells once.")
    )
    state = fields.Choice(STATES, _("State"), optional=True, initial="open", read_only=True)
    snoozed_until = fields.Moment(_("Snoozed until"), optional=True, read_only=True)
    done_at = fields.Moment(_("Done"), optional=True, read_only=True)
    # The engine's own columns: they move with each nag and are no part of the record's content.
    next_nag_at = models.DateTimeField(null=True)
    nags = models.PositiveIntegerField(default=0)

    class Meta(Record.Meta):
        verbose_name = _("Reminder")
        verbose_name_plural = _("Reminders")
        indexes = (
            models.Index(
                fields=["next_nag_at", "id"],
                name="reminder_due",
                condition=models.Q(deleted_at__isnull=True, state="open", next_nag_at__isnull=False),
            ),
            models.Index(fields=["about_entity", "about_id"], name="reminder_about"),
        )


class Notice(models.Model):
    """One thing that one person was told in the app, once: the key is unique."""

    id = models.BigAutoField(primary_key=True)
    key = TextColumn(max_length=80, unique=True)
    person_id = models.BigIntegerField()
    reminder = models.ForeignKey(Reminder, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    text = TextColumn(max_length=200)
    entity = TextColumn(max_length=60, default="")
    record_id = models.BigIntegerField(null=True)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["person_id", "id"], name="notice_person"),
            models.Index(fields=["person_id", "id"], name="notice_open", condition=models.Q(closed_at__isnull=True)),
            models.Index(fields=["made_at"], name="notice_made"),
            models.Index(fields=["closed_at"], name="notice_closed"),
            models.Index(fields=["reminder", "due_at"], name="notice_of"),
        )

    def __str__(self) -> str:
        return str(self.text)
