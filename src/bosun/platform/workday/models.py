"""Working hours of the company and its departments, single days that are otherwise, and how a person's day went."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.kinds import Kind
from bosun.kernel.models import Record
from bosun.platform.workday import rules


def of_kind(field: Any, kind: Kind) -> Any:
    """A plain column whose values are of a kind of our own."""
    field.kind = kind
    return field


def clock(label: Any, **said: Any) -> Any:
    """A time on the wall clock."""
    return of_kind(fields.Text(label, 5, optional=True, **said), rules.TimeOfDay())


class WorkingHours(Record):
    """When a department works; what is left empty is as in the one above it, and last as in the company."""

    name = fields.Text(_("Working hours"), 80, title=True, optional=True, read_only=True)
    department = fields.Ref(
        "org.Department", _("Department"), fields.CASCADE, optional=True, help=_("None: the whole company.")
    )
    weekdays = fields.Settings(_("Days of the week"), rules.check_weekdays)
    starts = clock(pgettext_lazy("working day", "From"))
    ends = clock(pgettext_lazy("working day", "Until"))
    break_from = clock(_("Break from"))
    break_to = clock(_("Break until"))
    country = fields.Text(_("Holidays of"), 2, optional=True, help=_("Two letters of a country."))
    subdivision = fields.Text(_("Part of the country"), 12, optional=True)

    class Meta(Record.Meta):
        verbose_name = _("Working hours")
        verbose_name_plural = _("Working hours")


class CalendarException(Record):
    """A day, or some that follow each other, on which the calendar does not hold."""

    name = fields.Text(_("Occasion"), 120, title=True)
    kind = fields.Choice(rules.KINDS, _("It is a"), initial="closed")
    day = fields.Date(_("Day"))
    until = fields.Date(_("Last day"), optional=True, help=_("Where it is more than one."))
    department = fields.Ref(
        "org.Department", _("Department"), fields.CASCADE, optional=True, help=_("None: the whole company.")
    )

    class Meta(Record.Meta):
        verbose_name = _("Calendar exception")
        verbose_name_plural = _("Calendar exceptions")


class Day(models.Model):
    """One person's day at Bosun: when it was opened, asked about, answered, and left. No part of the records."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField()
    day = models.DateField()
    opened_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person_id", "day"], name="workday_once"),)
        indexes = (models.Index(fields=["day"], name="workday_of_day"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}"


class Asking(models.Model):
    """How long before the end of the day a person is asked what is open, and whether on leaving; none: as shipped."""

    person_id = models.BigIntegerField(primary_key=True)
    minutes = models.PositiveIntegerField(default=30)
    leaving = models.BooleanField(default=True)

    def __str__(self) -> str:
        return str(self.minutes)
