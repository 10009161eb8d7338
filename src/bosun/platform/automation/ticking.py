"""The clock of rules that act by time: each goes through every stretch of time once, whatever is killed in between.

A stretch begins where the last one ended and ends at one reading of the clock; no moment lies between two. Records are
done in parts, and each part moves the rule's clock in the transaction of what it did.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from bosun.kernel import access
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.platform.automation import matching, rulebook, running
from bosun.platform.automation.happenings import TIME
from bosun.platform.automation.models import Clock
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.subject import Seen, Subject
from bosun.platform.automation.timing import GRACE, SKIP, Trigger
from bosun.platform.reminders.engine import present

PART = 200
EVERY = timedelta(seconds=20)
"""A rule's clock is looked at no more often than this."""


def tick(now: datetime | None = None) -> bool:
    """Let every rule that acts by time do what has become due; True when there is more to do at once."""
    moment = now or present()
    more = False
    for rule in rulebook.by_time():
        if _is_due(rule, moment, EVERY if now is None else timedelta()):
            more = _turn(rule, moment) or more
    return more


def _is_due(rule: Compiled, now: datetime, pause: timedelta) -> bool:
    held = Clock.objects.filter(rule_id=rule.id).first()
    return held is None or held.until is not None or held.at + pause < now


@transaction.atomic
def _turn(rule: Compiled, now: datetime) -> bool:
    """One part of one stretch; True when the stretch has more."""
    Clock.objects.bulk_create([Clock(rule_id=rule.id, at=now)], ignore_conflicts=True)
    held = Clock.objects.filter(rule_id=rule.id)
    if connection.features.has_select_for_update_skip_locked:
        held = held.select_for_update(skip_locked=True)
    clock = held.first()
    # Another worker has it, or the clock of the machine went back behind what is done.
    if clock is None or (clock.until is None and clock.at >= now):
        return False
    until = clock.until or now
    rows = _part(rule, rule.trigger, clock.at, until, clock.last_pk)
    due = [(row, at) for row in rows if (at := _fires(rule.trigger, row, clock.at, until)) is not None]
    _run(rule, due, now)
    ended = len(rows) < PART
    Clock.objects.filter(rule_id=rule.id).update(
        at=until if ended else clock.at, until=None if ended else until, last_pk=0 if ended else rows[-1].pk
    )
    return not ended


def _part(rule: Compiled, trigger: Trigger, since: datetime, until: datetime, last: int) -> list[Any]:
    """The next records that may be due."""
    rows = access.visible(rule.entity, rule.env.actor).filter(pk__gt=last)
    if trigger.spec is None:
        if trigger.occurrence(since, until) is None:
            return []
    else:
        low, high = trigger.around(since, until)
        rows = rows.annotate(_due=trigger.spec.store.expr()).filter(_due__gte=low, _due__lte=high)
    return list(rows.order_by("pk")[:PART])


def _fires(trigger: Trigger, row: Any, since: datetime, until: datetime) -> datetime | None:
    """The moment at which a record is due within a stretch; None where it is not."""
    if trigger.spec is None:
        return trigger.occurrence(since, until)
    value = trigger.spec.get(row)
    at = None if value is None else trigger.fires_at(value)
    return at if at is not None and since < at <= until else None


def _run(rule: Compiled, due: list[tuple[Any, datetime]], now: datetime) -> None:
    act, seen = Act(rule.env.actor, "rule", cause="time"), Seen()
    if rule.trigger.missed == SKIP:
        due = [(row, at) for row, at in due if now - at <= GRACE]
    subjects = [
        Subject(Draft(rule.entity, {}, record=row, pk=row.pk, verb=TIME), row, act, seen, due_at=at) for row, at in due
    ]
    matched = matching.among(rule.condition, subjects, rule.env) if subjects else []
    if matched:
        running.run(rule, matched)


def begin_anew(rule: int) -> None:
    """Forget how far a rule has come: switched on, or given another time, it begins with what is still to come."""
    Clock.objects.filter(rule_id=rule).delete()
