"""Rules at work, inside the act that they answer: event → match → run → effect.

The door calls `react` last of all, in its transaction, for every batch that it wrote. Each rule runs in a savepoint of
its own: one that fails is undone alone, kept with its error, and never stops the act.
"""

from __future__ import annotations

from collections.abc import Sequence

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.platform.automation import chain, happenings, matching, rulebook, running, throttling, waiting
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.subject import Seen, Subject, renew


def react(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """Let the rules of an event act on the records that it was about. An effect of every write."""
    if not drafts:
        return
    entity, words = drafts[0].entity, happenings.words_of(drafts[0].verb)
    if drafts[0].verb not in ("created", "removed") and rulebook.waits_for_records(entity):
        waiting.look_soon(entity, [draft.id for draft in drafts])
    rules = rulebook.of(entity, words)
    if not rules:
        return
    with chain.one_act(len(drafts)):
        _act(rules, drafts, act)


def _act(rules: Sequence[Compiled], drafts: Sequence[Draft], act: Act) -> None:
    entity, seen = drafts[0].entity, Seen()
    subjects = [Subject(draft, draft.record, act, seen) for draft in drafts]
    for rule in rules:
        matched = matching.among(rule.condition, subjects, rule.env, stored=drafts[0].verb != "removed")
        if not matched:
            continue
        fresh = [each for each in matched if not chain.meets_itself(rule.id, entity.key, each.draft.id)]
        if fresh and (chain.deep() or not chain.afford(len(fresh))):
            running.stop(rule, fresh, running.DEEP)
            continue
        fresh = throttling.allowed(rule, fresh)
        if not fresh:
            continue
        again = running.run(rule, fresh)
        renew(subjects, fresh)
        stuck = [each for each in fresh if each.draft.id in again and running.would_go_on(rule, rule.at_once, each)]
        if stuck:
            running.stop(rule, stuck, running.LOOP)
        if rule.stops:
            ended = {each.draft.id for each in fresh}
            subjects = [each for each in subjects if each.draft.id not in ended]
