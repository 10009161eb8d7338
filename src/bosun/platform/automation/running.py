"""One rule on the records that it matched: its actions in order, all of them or none, and what is kept of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import bulk
from bosun.kernel.actor import Act, new_batch
from bosun.kernel.errors import DoorError
from bosun.lib import clock
from bosun.platform.automation import breaker, chain, matching
from bosun.platform.automation.actions.base import Action, Doing, Json
from bosun.platform.automation.clauses import Node
from bosun.platform.automation.models import DONE, FAILED, RUN_COLUMNS, STOPPED, Run
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.subject import Subject, renew
from bosun.platform.reminders import services

log = logging.getLogger(__name__)
LOOP, DEEP = "loop", "deep"
OWN = "r"
"""How the batch of a rule's writes begins; those of imports and bulk edits are plain hexadecimal."""


class _Failed(Exception):
    """Some records of a batch did not go through; nothing of it stays."""


@dataclass
class Outcome:
    """What became of one record."""

    subject: Subject
    clauses: Json
    results: list[Json]
    state: str = DONE
    error: str = ""


def run(rule: Compiled, subjects: Sequence[Subject], whole: Node | None = None) -> set[int]:
    """Do what a rule does to records, and keep one run for each; the records on which that called for it again.

    `whole` is the rule's condition where only a part of it was asked again, after waiting.
    """
    began = time.perf_counter()
    seen = {each.draft.id: matching.explain(rule.condition, each, rule.env) for each in subjects}
    outer = subjects[0].act
    own = not outer.batch or outer.batch.startswith(OWN)
    batch = outer.batch or OWN + new_batch()[1:]
    act = Act(rule.env.actor, "rule", batch=batch, cause=f"rule:{rule.id}", depth=outer.depth + 1)
    # The identity's own reading of the clock is kept for a minute: what it makes would be older than its cause.
    act = replace(act, at=outer.at or clock.now())
    with chain.at_work(rule.id, str(rule.row.name), rule.entity.key, [each.draft.id for each in subjects]) as link:
        try:
            results = _perform(rule, subjects, act, whole)
            outcomes = [Outcome(each, seen[each.draft.id], results[each.draft.id]) for each in subjects]
        except _Failed:
            outcomes = [_alone(rule, each, act, seen[each.draft.id], whole) for each in subjects]
    took = round((time.perf_counter() - began) * 1000 / len(subjects))
    keep(rule, outcomes, took, batch if own else "")
    for each in outcomes:
        if each.state == FAILED:
            breaker.look(rule)
            tell_owner(rule, each.subject, _("Your rule “%(rule)s” failed.") % {"rule": rule.row.name}, FAILED)
    return link.again


def _perform(rule: Compiled, subjects: Sequence[Subject], act: Act, whole: Node | None) -> dict[int, list[Json]]:
    """All actions on all records in one savepoint; _Failed when anything was refused for any of them."""
    results: dict[int, list[Json]] = {each.draft.id: [] for each in subjects}
    try:
        with transaction.atomic():
            for number, action in enumerate(rule.at_once, rule.first):
                doing = Doing(
                    rule.id, number, rule.env, act, subjects, str(rule.row.event), rule.row,
                    whole or rule.condition,
                )  # fmt: skip
                done = action.perform(doing)
                for pk, result in done.items():
                    results[pk].append(result)
                if len(subjects) > 1 and any("error" in result for result in done.values()):
                    raise _Failed
                if any("error" in result for result in done.values()):
                    raise _Refused(results[subjects[0].draft.id])
                # "Assign it, then tell its owner" means the new one.
                if action is not rule.at_once[-1] and any(result.get("fields") for result in done.values()):
                    renew(subjects, subjects)
    except (_Failed, _Refused):
        raise
    except DoorError as error:
        if len(subjects) > 1:
            raise _Failed from None
        raise _Refused([*results[subjects[0].draft.id], {"error": error.title}]) from None
    except Exception as error:
        if len(subjects) > 1:
            raise _Failed from None
        log.exception("rule %s failed", rule.id)
        said = f"{type(error).__name__}: {error}"[:500]
        raise _Refused([*results[subjects[0].draft.id], {"error": said}]) from None
    return results


class _Refused(_Failed):
    """One record did not go through; what had been done before, and what was wrong."""

    def __init__(self, results: list[Json]) -> None:
        super().__init__()
        self.results = results


def _alone(rule: Compiled, subject: Subject, act: Act, clauses: Json, whole: Node | None) -> Outcome:
    """A record that is looked at by itself, since something in its batch was refused."""
    try:
        results = _perform(rule, [subject], act, whole)[subject.draft.id]
        return Outcome(subject, clauses, results)
    except _Refused as error:
        said = next(str(result["error"]) for result in reversed(error.results) if "error" in result)
        return Outcome(subject, clauses, error.results, FAILED, said)


def would_go_on(rule: Compiled, actions: Sequence[Action], subject: Subject) -> bool:
    """Whether a rule that its own doing called for again would write something else once more."""
    if not matching.holds(rule.condition, subject, rule.env):
        return False
    return any(action.differs(subject, rule.env) for action in actions if action.writes)


def stop(rule: Compiled, subjects: Sequence[Subject], reason: str) -> None:
    """Keep that a rule was held back because rules cause each other without end, and tell its owner."""
    outcomes = [
        Outcome(each, matching.explain(rule.condition, each, rule.env), [], STOPPED, reason) for each in subjects
    ]
    keep(rule, outcomes, 0, "")
    message = _("Your rule “%(rule)s” was stopped: it went round in a circle.") % {"rule": rule.row.name}
    tell_owner(rule, subjects[0], message, STOPPED)


def keep(rule: Compiled, outcomes: Sequence[Outcome], took: int, batch: str) -> None:
    """Write the runs."""
    now, told = clock.now(), chain.told()
    rows = [
        (
            rule.id, rule.row.version, rule.first, rule.row.event, each.subject.entity.key, each.subject.draft.id,
            str(each.subject.record)[:250], each.subject.draft.change_id, now, took, each.state, each.clauses,
            [*_lateness(each.subject, now), *each.subject.notes, *each.results], told, each.error, batch,
            each.subject.act.actor.id, each.subject.act.actor.name[:200],
        )
        for each in outcomes
    ]  # fmt: skip
    bulk.insert(Run, RUN_COLUMNS, rows)


def _lateness(subject: Subject, now: datetime) -> list[Json]:
    """When it was due and how many minutes later it was done, of a rule that acts by time."""
    if subject.due_at is None:
        return []
    late = max(0, int((now - subject.due_at).total_seconds() // 60))
    return [{"action": "time", "due": subject.due_at.isoformat(), "late": late}]


def tell_owner(rule: Compiled, subject: Subject, message: str, why: str) -> None:
    """Tell the rule's owner, once a day for each rule and reason."""
    owner: Any = rule.row.owner_id
    if owner:
        now = clock.now()
        services.tell(owner, f"rule:{rule.id}:{why}:{now:%Y%m%d}", message, "rules", rule.id, now)
