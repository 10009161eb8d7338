"""The clock of rules that act by time: each goes through every stretch of time once, whatever is killed in between.

A stretch begins where the last one ended and ends at one reading of the clock; no moment lies between two. It stays so
far behind the present that whatever was being written then can be seen. Records are done in parts, and each part moves
the rule's clock in the transaction of what it did.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from bosun.kernel import access
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.lib import clock
from bosun.platform.automation import matching, rulebook, running, throttling
from bosun.platform.automation.happenings import TIME
from bosun.platform.automation.models import Clock
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.subject import Seen, Subject
from bosun.platform.automation.timing import GRACE, SKIP, Trigger
from bosun.platform.reminders.engine import present

PART = 200
EVERY = timedelta(seconds=20)
"""A rule's clock is looked at no more often than this."""
SLACK = timedelta(seconds=30)
"""Longer than a request takes from reading the clock to its first write, waiting for SQLite's one lock included."""
OPEN_FOR = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(xact_start)), 0) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
  AND (backend_xid IS NOT NULL OR xact_start > clock_timestamp() - interval '2 minutes')
"""


def tick(now: datetime | None = None) -> bool:
    """Let every rule that acts by time do what has become due; True when there is more to do at once.

    At a moment that is given everything counts as written.
    """
    rules = rulebook.by_time()
    if not rules:
        return False
    moment = now or present()
    edge = now or moment - behind()
    more = False
    for rule in rules:
        if _is_due(rule, edge, EVERY if now is None else timedelta()):
            more = _turn(rule, edge, moment) or more
    return more


def behind() -> timedelta:
    """How far rules stay behind the clock: a record whose transaction still goes on would be passed over for good."""
    return SLACK + open_for() if clock.is_real() else timedelta()


def open_for() -> timedelta:
    """How long the oldest transaction has gone on that may have written something; on SQLite nobody else writes now."""
    if connection.vendor != "postgresql":
        return timedelta()
    with connection.cursor() as cursor:
        cursor.execute(OPEN_FOR)
        return timedelta(seconds=float(cursor.fetchone()[0]))


def _is_due(rule: Compiled, edge: datetime, pause: timedelta) -> bool:
    held = Clock.objects.filter(rule_id=rule.id).first()
    return held is None or held.until is not None or held.at + pause < edge


@transaction.atomic
def _turn(rule: Compiled, edge: datetime, now: datetime) -> bool:
    """One part of one stretch; True when the stretch has more."""
    Clock.objects.bulk_create([Clock(rule_id=rule.id, at=edge)], ignore_conflicts=True)
    held = Clock.objects.filter(rule_id=rule.id)
    if connection.features.has_select_for_update_skip_locked:
        held = held.select_for_update(skip_locked=True)
    reached = held.first()
    # Another worker has it, or the clock of the machine went back behind what is done.
    if reached is None or (reached.until is None and reached.at >= edge):
        return False
    until = reached.until or edge
    rows = _part(rule, rule.trigger, reached.at, until, reached.last_pk)
    due = [(row, at) for row in rows if (at := _fires(rule.trigger, row, reached.at, until)) is not None]
    _run(rule, due, now)
    ended = len(rows) < PART
    Clock.objects.filter(rule_id=rule.id).update(
        at=until if ended else reached.at, until=None if ended else until, last_pk=0 if ended else rows[0].pk
    )
    return not ended


def _part(rule: Compiled, trigger: Trigger, since: datetime, until: datetime, last: int) -> list[Any]:
    """The next records that may be due, from the latest back: what the rule itself makes is no part of its stretch."""
    rows = access.visible(rule.entity, rule.env.actor)
    if last:
        rows = rows.filter(pk__lt=last)
    if trigger.spec is None:
        if trigger.occurrence(since, until) is None:
            return []
    else:
        low, high = trigger.around(since, until)
        rows = rows.annotate(_due=trigger.spec.store.expr()).filter(_due__gte=low, _due__lte=high)
    return list(rows.order_by("-pk")[:PART])[::-1]


def _fires(trigger: Trigger, row: Any, since: datetime, until: datetime) -> datetime | None:
    """The moment at which a record is due within a stretch; None where it is not."""
    if trigger.spec is None:
        return trigger.occurrence(since, until)
    value = trigger.spec.get(row)
    at = None if value is None else trigger.fires_at(value)
    return at if at is not None and since < at <= until else None


def _run(rule: Compiled, due: list[tuple[Any, datetime]], now: datetime) -> None:
    act, seen = Act(rule.env.actor, "rule", cause="time", at=now), Seen()
    if rule.trigger.missed == SKIP:
        due = [(row, at) for row, at in due if now - at <= GRACE]
    subjects = [
        Subject(
            Draft(rule.entity, {}, record=row, pk=row.pk, verb=TIME), row, act, seen, due_at=at,
            occasion=f"t{at:%Y%m%d%H%M%S}",
        )
        for row, at in due
    ]  # fmt: skip
    matched = matching.among(rule.condition, subjects, rule.env) if subjects else []
    matched = throttling.allowed(rule, matched)
    if matched:
        running.run(rule, matched)


def due_between(
    rule: Compiled, since: datetime, until: datetime, last: int, most: int, scope: Q
) -> list[tuple[Any, list[datetime]]]:
    """The next records within a scope, each with the moments of a stretch at which it is due as its dates stand now."""
    trigger = rule.trigger
    rows = access.visible(rule.entity, rule.env.actor).filter(scope, pk__gt=last)
    if trigger.spec is None:
        moments = trigger.occurrences(since, until)
        return [(row, moments) for row in rows.order_by("pk")[:most]] if moments else []
    low, high = trigger.around(since, until)
    rows = rows.annotate(_due=trigger.spec.store.expr()).filter(_due__gte=low, _due__lte=high)
    found = [(row, _fires(trigger, row, since, until)) for row in rows.order_by("pk")[:most]]
    return [(row, [at] if at is not None else []) for row, at in found]


def begin_anew(rule: int) -> None:
    """Forget how far a rule has come: switched on, or given another time, it begins with what is still to come."""
    Clock.objects.filter(rule_id=rule).delete()
