"""Holding a rule back where it has acted as often as it may: kept once and counted, told to its owner, never silent.

What is counted are runs. Each record is written by the act that called for the rule, and so nobody else is at it; where
the limit is for all records together, a row of its own is held until the act has ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from bosun.lib import clock
from bosun.platform.automation import matching, running
from bosun.platform.automation.models import DONE, FAILED, HELD, REPLAYED, UNDONE, Run, Turn
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.running import Outcome
from bosun.platform.automation.subject import Subject
from bosun.platform.automation.throttle import RULE

COUNTED = (DONE, FAILED, REPLAYED, UNDONE)
CHUNK = 500


def allowed(rule: Compiled, subjects: Sequence[Subject]) -> list[Subject]:
    """Those on which the rule may act now; the others are kept as held back."""
    if rule.throttle is None or not subjects:
        return list(subjects)
    since = clock.now() - rule.throttle.period
    if rule.throttle.each == RULE:
        Turn.take(f"throttle:{rule.id}", 0)
        used = Run.objects.filter(rule_id=rule.id, at__gt=since, step=0, state__in=COUNTED).count()
        free = max(0, rule.throttle.times - used)
        fresh, held = list(subjects[:free]), list(subjects[free:])
    else:
        used_by = _used_by(rule, [each.draft.id for each in subjects], since)
        fresh = [each for each in subjects if used_by.get(each.draft.id, 0) < rule.throttle.times]
        held = [each for each in subjects if used_by.get(each.draft.id, 0) >= rule.throttle.times]
    if held:
        _hold(rule, held, since)
    return fresh


def _used_by(rule: Compiled, ids: Sequence[int], since: datetime) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(ids), CHUNK):
        rows = Run.objects.filter(
            entity=rule.entity.key, record_id__in=ids[start : start + CHUNK], rule_id=rule.id, at__gt=since, step=0,
            state__in=COUNTED,
        )  # fmt: skip
        found.update(rows.order_by().values("record_id").annotate(n=Count("pk")).values_list("record_id", "n"))
    return found


def _hold(rule: Compiled, subjects: Sequence[Subject], since: datetime) -> None:
    """One run for each record and period, with how often it was held back."""
    now, ids = clock.now(), [each.draft.id for each in subjects]
    known: dict[int, Run] = {}
    for start in range(0, len(ids), CHUNK):
        rows = Run.objects.filter(
            entity=rule.entity.key, record_id__in=ids[start : start + CHUNK], rule_id=rule.id, at__gt=since, state=HELD
        )
        known.update({row.record_id: row for row in rows.order_by("pk")})
    fresh = []
    for each in subjects:
        row = known.get(each.draft.id)
        if row is None:
            result = {"action": "throttle", "times": 1, "limit": rule.row.throttle}
            fresh.append(Outcome(each, matching.explain(rule.condition, each, rule.env), [result], HELD))
            continue
        Run.objects.filter(pk=row.pk).update(
            results=[_once_more(result, now) for result in row.results], change_id=each.draft.change_id
        )
    running.keep(rule, fresh, 0, "")
    message = _("Your rule “%(rule)s” was held back: it has acted as often as it may.") % {"rule": rule.row.name}
    running.tell_owner(rule, subjects[0], message, HELD)


def _once_more(result: dict[str, Any], now: datetime) -> dict[str, Any]:
    if result.get("action") != "throttle":
        return result
    return {**result, "times": result["times"] + 1, "last": now.isoformat()}
