"""At the side of one time of a reminder: who asks, and what is to be prepared for it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, registry, slots
from bosun.kernel.entity import Entity
from bosun.platform.reminders import asked
from bosun.web.present import record_url
from bosun.web.recordpage import Panel
from bosun.web.visit import Visit


def panels(visit: Visit, entity: Entity, record: Any) -> list[Panel]:
    """The lines, ticked by whoever may change the reminder; others read them."""
    if entity.key != "occurrences" or record.state == "cancelled":
        return []  # Whoever is reminded no more reads nothing of what it has become.
    name = asked.asker(record, record.reminder, visit.env)
    lines = asked.lines(record, record.reminder, visit.env)
    if not name and not lines:
        return []
    reminder = registry.get("reminders")
    side = {
        "key": "asked",
        "title": _("To prepare") if lines else _("Reminder"),
        "lead": _("From %(name)s") % {"name": name} if name else "",
        "items": [],
        "lines": lines,
        "ticks": {"key": record_url(reminder, record.reminder_id).strip("/")},
        "may_tick": bool(lines) and access.may_row(reminder, visit.actor, "tick", record.reminder_id),
    }
    return [Panel("asked", str(side["title"]), side=side)]


slots.offer("record.panels", panels)
