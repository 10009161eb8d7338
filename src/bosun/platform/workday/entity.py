"""Working hours and calendar exceptions as declared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel.entity import Entity, Section
from bosun.platform.workday import rules
from bosun.platform.workday.models import CalendarException, WorkingHours

STAMP = "workday"

WORKING_HOURS = Entity(
    WorkingHours,
    key="working_hours",
    icon="clock-hour-4",
    columns="name department weekdays starts ends country subdivision",
    menu="",
    owned=False,
    form=[Section(_("Working hours"), "department weekdays starts ends | break_from break_to country subdivision")],
    sort="name",
    stamp=STAMP,
    open_to_all=True,
    timeline=False,
    rules=[rules.check_hours, rules.check_country, rules.one_for_each, rules.name_it],
)

CALENDAR_EXCEPTION = Entity(
    CalendarException,
    key="calendar_exceptions",
    icon="calendar-event",
    columns="name kind day until department",
    menu="",
    owned=False,
    form=[Section(_("Calendar exception"), "name kind | day until department")],
    search="name",
    sort="day",
    stamp=STAMP,
    open_to_all=True,
    timeline=False,
    rules=[rules.check_days],
)
