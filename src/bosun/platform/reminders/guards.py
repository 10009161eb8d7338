"""An invented object that open reminders speak of stays until they do not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bosun.platform.customize.objectservices import named, users
from bosun.platform.reminders.models import Reminder


def reminders_about(key: str) -> str:
    """Which open reminders are about records of an entity, in a sentence; nothing where none is."""
    rows = Reminder.objects.filter(about_entity=key, state="open", deleted_at__isnull=True).order_by("pk")
    found = [f"{row.text} ({row.owner.name})" if row.owner else row.text for row in rows.select_related("owner")]
    if not found:
        return ""
    said = _("Reminders are about its records: %(reminders)s. Finish or remove those first.")
    return said % {"reminders": named(found)}


users.append(reminders_about)
