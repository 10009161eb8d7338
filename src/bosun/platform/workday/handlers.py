"""What workers do at the end of a day: what nobody has answered is told, so that every channel can carry it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import records
from bosun.kernel.actor import Actor
from bosun.lib import clock
from bosun.platform.jobs import declared
from bosun.platform.org import actors
from bosun.platform.reminders import services as reminders
from bosun.platform.workday import days, hours, matters
from bosun.platform.workday.matters import Matter
from bosun.platform.workday.models import Day

KEPT = timedelta(days=90)
log = logging.getLogger(__name__)
GRACE = timedelta(minutes=10)
"""So long after the last window was closed nobody is told: he may be back."""


@declared.every(5, "workday.tell")
def tell_what_is_left() -> None:
    """Tell those who have gone, or whose day is over, what is still open today."""
    now = clock.now()
    for row in days.untold((now - timedelta(days=1)).date()):
        person = actors.load(row.person_id)
        if person is None or not _is_time(row, person, now):
            continue
        try:
            # Together, so that a worker that dies in between has told nobody, and the next one does.
            with transaction.atomic():
                if days.told(row, now):
                    _tell(row, person, now)
        except Exception:  # one person's trouble keeps nobody else from being told; it is tried again
            log.exception("what person %s left open cannot be told", row.person_id)


def _is_time(row: Day, person: Actor, now: datetime) -> bool:
    asks, over = days.asks_at(person, row.day), hours.workday_of(person, row.day)
    if asks is None or over is None:
        return False
    return now >= (max(asks, row.left_at + GRACE) if row.left_at else over.ends)


def _tell(row: Day, person: Actor, now: datetime) -> None:
    with translation.override(person.language):
        found = matters.of(records.environment(person, strict=False))
        if found:
            first = found[0]
            reminders.tell(row.person_id, f"day:{row.day}", words(found), first.entity, first.id, now)


def words(found: list[Matter]) -> str:
    """What is open, in one line."""
    first, more = found[0].text, len(found) - 1
    if not more:
        return _("Still open today: %(first)s") % {"first": first}
    text = ngettext("Still open today: %(first)s and %(n)s more", "Still open today: %(first)s and %(n)s more", more)
    return text % {"first": first[:140], "n": more}


@declared.every(24 * 60, "workday.forget")
def forget_days() -> None:
    """How a day went is forgotten after three months."""
    Day.objects.filter(day__lt=(clock.now() - KEPT).date()).delete()
