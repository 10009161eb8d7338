"""Rules at work, inside the act that they answer: event → match → run → effect.

The door calls `react` last of all, in its transaction, for every batch that it wrote. Each rule runs in a savepoint of
its own: one that fails is undone alone, kept with its error, and never stops the act.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.platform.automation import chain, happenings, matching, rulebook, running
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.subject import Seen, Subject


def react(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """Let the rules of an event act on the records that it was about. An effect of every write."""
    if not drafts:
        return
    entity, words = drafts[0].entity, happenings.words_of(drafts[0].verb)
    rules = rulebook.of(entity, words)
    if not rules:
        return
    seen = Seen()
    subjects = [Subject(draft, draft.record, act, seen) for draft in drafts]
    for rule in rules:
        matched = matching.among(rule.condition, subjects, rule.env, stored=drafts[0].verb != "removed")
        if not matched:
            continue
        if chain.deep():
            running.stop(rule, matched)
            continue
        fresh = [each for each in matched if not chain.meets_itself(rule.id, entity.key, each.draft.id)]
        if not fresh:
            continue
        again = running.run(rule, fresh)
        subjects = _as_they_are(entity, subjects, fresh)
        stuck = [each for each in fresh if each.draft.id in again and _would_go_on(rule, each)]
        if stuck:
            running.stop(rule, stuck)
        if rule.stops:
            ended = {each.draft.id for each in fresh}
            subjects = [each for each in subjects if each.draft.id not in ended]


def _would_go_on(rule: Compiled, subject: Subject) -> bool:
    """Whether a rule that its own doing called for again would write something else once more."""
    if not matching.holds(rule.condition, subject, rule.env):
        return False
    return any(action.differs(subject, rule.env) for action in rule.actions if action.writes)


def _as_they_are(entity: Entity, subjects: Sequence[Subject], touched: Sequence[Subject]) -> list[Subject]:
    """The subjects with their records as they are after a rule has acted."""
    touched[0].seen.held.clear()
    ids = [each.draft.id for each in touched if each.record.deleted_at is None]
    held: dict[int, Any] = entity.model._default_manager.in_bulk(ids)
    for each in subjects:
        each.record = held.get(each.draft.id, each.record)
    return list(subjects)
