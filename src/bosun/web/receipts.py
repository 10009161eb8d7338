"""A receipt at the side of a reminder: how many were told, how many read it, and whom nothing reached."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import slots
from bosun.kernel.entity import Entity
from bosun.platform.deliveries import services
from bosun.platform.preview import lateness
from bosun.web.present import record_url
from bosun.web.recordpage import Panel
from bosun.web.visit import Visit

A_SECOND = timedelta(seconds=1)


def panels(visit: Visit, entity: Entity, record: Any) -> list[Panel]:
    """What became of a reminder that was told."""
    found = services.receipt(record.pk) if entity.key == "reminders" else None
    if found is None or not found.told:
        return []
    counts = {"told": found.told, "read": found.read, "lost": found.undeliverable}
    said = _("Told %(told)s, %(read)s read it, %(lost)s undeliverable") if found.undeliverable else ""
    title = (said or _("Told %(told)s, %(read)s read it")) % counts
    late = [
        {"name": services.label(channel), "url": record_url(entity, record.pk), "note": _late(span)}
        for channel, span in lateness.of_reminder(record.pk).items()
    ]
    return [Panel("receipt", _("Receipt"), side={"key": "receipt", "title": title, "items": late})]


def _late(span: timedelta) -> str:
    return _("%(time)s late") % {"time": lateness.words(span)} if span >= A_SECOND else _("On time")


slots.offer("record.panels", panels)
