"""The reminders of today on my day: those that stand open, and those that are still to come before midnight.

What is said of one's own task of today, or of anything else of one's own that is to be done today, stands where that
stands.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bosun.kernel import access, registry, slots
from bosun.kernel.env import Env
from bosun.platform.reminders import nearness
from bosun.platform.reminders.models import Occurrence, Reminder
from bosun.web.day import Section
from bosun.web.dayabout import done_elsewhere, midnight, names_nobody, names_of
from bosun.web.present import record_url
from bosun.web.visit import Visit

SHOWN = 20


def may_read(env: Env) -> bool:
    """Whether there is anything to show to whoever asks."""
    return env.actor.id is not None and access.may(env.actor, registry.get("reminders"), "read")


def told(env: Env) -> QuerySet[Occurrence]:
    """What one was told and has not done, unless it is put off to another day."""
    soon = Q(snoozed_until__isnull=True) | Q(snoozed_until__lt=midnight(env))
    rows = Occurrence.objects.filter(soon, owner_id=env.actor.id, state="open", deleted_at__isnull=True)
    return rows.exclude(done_elsewhere(env, "reminder__"))


def coming(env: Env) -> QuerySet[Reminder]:
    """What one is still to be told today."""
    rows = Reminder.objects.filter(owner_id=env.actor.id, state="open", deleted_at__isnull=True)
    return rows.filter(names_nobody(), next_at__lt=midnight(env)).exclude(done_elsewhere(env))


def of_the_day(visit: Visit) -> list[Section]:
    """The section; none where nothing is to be said."""
    env = visit.env
    if not may_read(env):
        return []
    stands: list[Any] = list(told(env).select_related("reminder").order_by("due_at", "pk")[:SHOWN])
    comes: list[Any] = list(coming(env).order_by("next_at", "pk")[:SHOWN])
    if not stands and not comes:
        return []
    names = names_of([*(each.reminder for each in stands), *comes], env)
    items = [
        *(_item("occurrences", row, row.snoozed_until or row.due_at, row.reminder, names, env) for row in stands),
        *(_item("reminders", row, row.next_at, row, names, env) for row in comes),
    ]
    context = {"reminders": {"items": items, "count": len(items)}}
    return [Section("reminders", _("Reminders"), "web/parts/day/reminders.html", context, wide=True, order=15)]


def _item(
    key: str, row: Any, at: datetime, reminder: Any, names: dict[tuple[str, int], str], env: Env
) -> dict[str, Any]:
    # Of a series that is to come there is nothing to be done yet.
    doable = key == "occurrences" or not row.rule
    return {
        "id": f"{key}-{row.pk}",
        "url": record_url(registry.get(key), row.pk),
        "name": row.text,
        "note": names.get((reminder.about_entity or "", reminder.about_id or 0), ""),
        "ring": nearness.ring(at, row.created_at or env.now, env),
        "done_url": f"/{key}/{row.pk}/verbs/done" if doable else "",
    }


slots.offer("day.sections", of_the_day)
