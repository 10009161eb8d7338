"""Reminders as declared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel.entity import Entity, Preset, Section
from bosun.kernel.verbs import Transfer
from bosun.platform.reminders.models import Reminder
from bosun.platform.reminders.rules import new_time_ends_snooze
from bosun.platform.reminders.verbs import Done, Reopen, Snooze

MINE = {"field": "owner", "op": "is", "value": "me"}
OPEN = {"field": "state", "op": "is", "value": "open"}

REMINDER = Entity(
    Reminder,
    key="reminders",
    icon="bell",
    columns="text about due nag_minutes state owner",
    form=[Section(_("Reminder"), "text about | due nag_minutes owner")],
    search="text",
    sort="due",
    lists=[
        Preset("mine", _("Mine"), {"all": [MINE, OPEN]}, sort="due"),
        Preset("done", _("Done"), {"field": "state", "op": "is", "value": "done"}, sort="-done_at"),
    ],
    verbs=[Done(), Snooze(), Reopen(), Transfer()],
    menu="",
    timeline=False,
    rules=[new_time_ends_snooze],
)
