"""What somebody wants to be told, each time of it for each person, and each thing that was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.columns import TextColumn
from bosun.kernel.env import Env
from bosun.kernel.models import Record
from bosun.lib import clock
from bosun.platform.reminders import kinds, lasting
from bosun.platform.reminders.kinds import of_kind

STATES = {"open": pgettext_lazy("state", "Open"), "done": _("Done"), "cancelled": _("Cancelled")}
TIMES = {**STATES, "missed": pgettext_lazy("reminder", "Missed")}


def by_its_rule(env: Env) -> datetime | None:
    """A reminder that comes again by a rule need not say when it begins; any other says it."""
    return None


class Reminder(Record):
    """Something that people want to be told at a time, or again and again by a rule, until it is done."""

    text = fields.Text(_("Remind of"), 200, title=True)
    about = fields.AnyRef(_("About"), optional=True)
    due_at = of_kind(fields.Moment(_("When"), initial=by_its_rule), kinds.Coming())
    rule = of_kind(fields.Text(_("Repeats"), 500, optional=True), kinds.Recurrence(500, often=True))
    timezone = fields.Text(
        _("Time zone"), 64, optional=True, help=_("On whose clock it repeats; its owner's where none is given.")
    )
    nag_minutes = of_kind(
        fields.Number(
            _("Again every, minutes"), low=0, high=10_080, initial=0, help=_("Until it is done; 0 tells once.")
        ),
        kinds.Nag(low=0, high=10_080),
    )
    people = of_kind(
        fields.Refs("org.Person", _("People"), help=_("Who is reminded; its owner where nobody is named.")),
        kinds.Reminded("org.Person"),
    )
    channels = fields.Tags(_("Channels"), help=_("How people hear of it; in the app where none is named."))
    until = lasting.until(
        fields.Date(_("Until"), optional=True, help=_("The last day on which it comes, or a condition that ends it."))
    )
    checklist = of_kind(
        fields.Settings(_("To prepare"), help=_("One on each line; a line that begins with ✓ is done.")),
        kinds.Checklist(),
    )
    on_opening = fields.Flag(_("When Bosun is first opened on that day"))
    follows_owner = fields.Flag(
        _("Goes along with the record"), default=True, help=_("To whoever the record it is about is handed over to.")
    )
    state = fields.Choice(STATES, _("State"), optional=True, initial="open", read_only=True)
    snoozed_until = fields.Moment(_("Snoozed until"), optional=True, read_only=True)
    done_at = fields.Moment(_("Done"), optional=True, read_only=True)
    # The first time of a series as the wall shows it: what is meant, should a country move its clocks.
    wall = fields.Text(_("Begins"), 40, optional=True, read_only=True, internal=True)
    # The other half of `until`: a condition on the record it is about.
    until_when: Any = models.JSONField(null=True)
    # The engine's own column: it moves with each time and is no part of the record's content.
    next_at = models.DateTimeField(null=True)

    class Meta(Record.Meta):
        verbose_name = _("Reminder")
        verbose_name_plural = _("Reminders")
        indexes = (
            models.Index(
                fields=["next_at", "id"],
                name="reminder_next",
                condition=models.Q(deleted_at__isnull=True, state="open", next_at__isnull=False),
            ),
            models.Index(fields=["about_entity", "about_id"], name="reminder_about"),
            models.Index(
                fields=["owner", "next_at"],
                name="reminder_coming",
                condition=models.Q(deleted_at__isnull=True, state="open", next_at__isnull=False),
            ),
        )


class Occurrence(Record):
    """One time of a reminder for one person: it nags until that person has done it."""

    text = fields.Text(_("Remind of"), 200, title=True, read_only=True)
    reminder = fields.Ref("reminders.Reminder", _("Reminder"), fields.CASCADE, read_only=True)
    due_at = of_kind(fields.Moment(_("When"), read_only=True), kinds.Coming())
    state = fields.Choice(TIMES, _("State"), optional=True, initial="open", read_only=True)
    snoozed_until = fields.Moment(_("Snoozed until"), optional=True, read_only=True)
    done_at = fields.Moment(_("Done"), optional=True, read_only=True)
    # The engine's own columns, as above. `waits` stands for its person to open Bosun.
    next_nag_at = models.DateTimeField(null=True)
    waits = models.BooleanField(default=False)

    class Meta(Record.Meta):
        verbose_name = pgettext_lazy("reminder", "Occurrence")
        verbose_name_plural = pgettext_lazy("reminder", "Occurrences")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["reminder", "due_at", "owner"], name="occurrence_once")
        ]
        indexes = (
            models.Index(
                fields=["next_nag_at", "id"],
                name="occurrence_nag",
                condition=models.Q(deleted_at__isnull=True, state="open", next_nag_at__isnull=False),
            ),
            models.Index(fields=["owner"], name="occurrence_waits", condition=models.Q(waits=True)),
            models.Index(fields=["owner", "due_at", "id"], name="occurrence_owner_due"),
            models.Index(
                fields=["owner", "due_at"],
                name="occurrence_open",
                condition=models.Q(deleted_at__isnull=True, state="open"),
            ),
        )


class Notice(models.Model):
    """One thing that one person was told in the app, once: the key is unique. People choose by `kind` how they hear."""

    id = models.BigAutoField(primary_key=True)
    key = TextColumn(max_length=80, unique=True)
    kind = TextColumn(max_length=40, default="reminder")
    person_id = models.BigIntegerField()
    reminder = models.ForeignKey(Reminder, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    occurrence = models.ForeignKey(Occurrence, null=True, on_delete=models.CASCADE, related_name="+")
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
