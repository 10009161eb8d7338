"""Reminders as declared, and each time of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel.entity import Entity, Preset, Related, Section
from bosun.kernel.verbs import Transfer
from bosun.platform.reminders import channels, others, untouched
from bosun.platform.reminders.follow import end_with_the_last, end_without_rest
from bosun.platform.reminders.models import Occurrence, Reminder
from bosun.platform.reminders.rules import RULES, made_by_reminders
from bosun.platform.reminders.verbs import (
    Assign,
    DoneOnce,
    DoneReminder,
    End,
    Reopen,
    ReopenOnce,
    SnoozeOnce,
    SnoozeReminder,
    Tick,
)

MINE = {"field": "owner", "op": "is", "value": "me"}
OPEN = {"field": "state", "op": "is", "value": "open"}

REMINDER = Entity(
    Reminder,
    key="reminders",
    icon="bell",
    columns="text due_at nag_minutes rule about state owner",
    form=[
        Section(_("Reminder"), "text about | due_at rule until nag_minutes owner"),
        Section(_("Further"), "checklist | people on_opening follows_owner timezone channels"),
    ],
    search="text",
    sort="due_at",
    lists=[
        Preset("mine", _("Mine"), {"all": [MINE, OPEN]}, sort="due_at"),
        Preset("done", _("Done"), {"field": "state", "op": "is", "value": "done"}, sort="-done_at"),
    ],
    verbs=[DoneReminder(), SnoozeReminder(), Reopen(), End(), Assign(), Tick(), Transfer()],
    menu="",
    timeline=False,
    rules=RULES,
    effects=[end_without_rest],
    related=[Related("occurrences", "reminder")],
    extras={"asked_where": {"channels": channels.any_usable}, "asks_before": others.asks_before},
)

OCCURRENCE = Entity(
    Occurrence,
    key="occurrences",
    icon="alarm",
    columns="text due_at state owner",
    form=[Section(pgettext_lazy("reminder", "Occurrence"), "text reminder | due_at state snoozed_until done_at owner")],
    sort="-due_at",
    lists=[Preset("mine", _("Mine"), {"all": [MINE, OPEN]}, sort="due_at")],
    verbs=[DoneOnce(), SnoozeOnce(), ReopenOnce()],
    menu="",
    timeline=False,
    also_from="reminder",
    rules=[made_by_reminders],
    effects=[end_with_the_last],
    extras={
        "where_open": ("reminder",),
        "told_apart": ("owner", "state", "due_at"),
        "of_itself": untouched.of_itself,
        "verbs_of": ("reminder", ("transfer",)),
    },
)
