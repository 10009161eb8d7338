"""Absences as declared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel.entity import Entity, Preset, Section
from bosun.platform.away import checking, periods, telling
from bosun.platform.away.models import Delegation

DELEGATION = Entity(
    Delegation,
    key="delegations",
    icon="calendar-time",
    columns="name person delegate first_day last_day state",
    form=[
        Section(_("Absence"), "person delegate | first_day last_day"),
        Section(_("What goes along"), "work reminders notices matters | note"),
    ],
    search="name",
    sort="-first_day",
    lists=[
        Preset("now", _("Away now"), {"field": "state", "op": "is", "value": "now"}, sort="last_day"),
        Preset("coming", _("Away soon"), {"field": "state", "op": "is", "value": "coming"}, sort="first_day"),
    ],
    state="state",
    highlight="person delegate first_day last_day",
    menu="",
    timeline=False,
    stamp=periods.STAMP,
    rules=[checking.sound],
    effects=[telling.tell_delegates, telling.tell_person],
)
