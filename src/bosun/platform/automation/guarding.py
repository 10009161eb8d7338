"""Rules that block an act, or ask whether it shall go on: a guard of every entity, in every door."""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import bulk
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import Objection
from bosun.lib import clock
from bosun.platform.automation import happenings, matching, rulebook
from bosun.platform.automation.models import ANSWERED, ASK, Rule, Run
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.subject import Seen, Subject

WORD, PART, TEXT = "rule-", ":", "text"
LONGEST = 1000
UNSEEN = "\u115f\u1160\u3164\uffa0"
"""The fillers of Hangul: letters by their category, and blank."""
GUARD_COLUMNS = (
    "rule_id", "event", "entity", "record_id", "title", "change_id", "at", "state", "clauses", "results", "chain",
    "actor_id", "actor_name", "ms", "error", "batch", "rule_version",
)  # fmt: skip


def ask(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """Let the rules that guard an event object to drafts before they are written."""
    if not drafts:
        return
    words = happenings.words_of(drafts[0].verb)
    rules = rulebook.of(drafts[0].entity, words, guards=True)
    if not rules:
        return
    seen = Seen()
    subjects = [Subject(draft, _as_it_would_be(draft, env), act, seen) for draft in drafts]
    for rule in rules:
        if rule.broken:
            for draft in drafts:
                draft.object(cannot_be_used(rule, act))
            continue
        for subject in matching.among(rule.condition, subjects, rule.env, stored=False):
            subject.draft.object(objection(rule, act))


def objection(rule: Compiled, act: Act) -> Objection:
    """What a guard says: the rule, why, and the word that lets the act go on where it asks.

    The word of an answer may have a text behind it, `rule-7:because`; a rule may take no other.
    """
    reason = str(rule.row.reason or _("The rule “%(rule)s” stands against this.") % {"rule": rule.row.name})
    if rule.row.guard != ASK:
        return Objection(str(rule.row.name), reason)
    word, needs = f"{WORD}{rule.id}", bool(rule.row.needs_text)
    told = [
        each for each in sorted(act.confirm) if each.startswith(f"{word}{PART}") and says_something(answer_of(each))
    ]
    given = told[0] if told else word
    if needs and not told:
        given = f"{word}{PART}"
        # The door lets go on what is among the answers, and a word without a text is none.
        while given in act.confirm:
            given += " "
    silent = needs and not told and any(each.split(PART)[0].strip() == word for each in act.confirm)
    return Objection(str(rule.row.name), reason, given, {TEXT: True, "silent": silent} if needs else {})


def cannot_be_used(rule: Compiled, act: Act) -> Objection:
    """What a guard says that cannot be asked any more: it blocks, and lets administrators go on who say so."""
    said = _("The rule “%(rule)s” cannot be used any more: what it speaks of is gone. Please ask an administrator.")
    word = f"{WORD}{rule.id}" if act.actor.is_admin else ""
    return Objection(str(rule.row.name), said % {"rule": rule.row.name}, word)


def answer_of(word: str) -> str:
    """The text behind the word of an answer."""
    return word.partition(PART)[2].strip()[:LONGEST]


def says_something(text: str) -> bool:
    """Whether a text has a letter or a digit that can be seen: there are letters that are drawn as nothing."""
    return any(unicodedata.category(char)[0] in "LN" and char not in UNSEEN for char in text)


def keep_answers(drafts: Sequence[Draft], env: Env) -> None:
    """Write down who went on although a rule asked, and what he said to that: a run of the rule on each record.

    What is being written has had all its objections answered; an undo is written, too, without anything that follows.
    """
    rows = []
    for draft in drafts:
        for each in draft.objections:
            number = each.confirm.partition(PART)[0].removeprefix(WORD)
            if each.confirm.startswith(WORD) and number.isdigit():
                rows.append(_answered(int(number), draft, answer_of(each.confirm), env.actor))
    if rows:
        versions = dict(Rule.objects.filter(pk__in={row[0] for row in rows}).values_list("pk", "version"))
        bulk.insert(Run, GUARD_COLUMNS, [(*row, versions[row[0]]) for row in rows if row[0] in versions])


def answers(changes: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """What was said to rules that asked before these acts: the rule's name and the text, which may be empty."""
    rows = Run.objects.filter(change_id__in=list(changes), state=ANSWERED).order_by("pk")
    found: dict[int, list[tuple[str, str]]] = {}
    for change, rule, results in rows.values_list("change_id", "rule__name", "results"):
        if change is not None:
            found.setdefault(change, []).append((rule, str(results[0].get(TEXT, "")) if results else ""))
    return found


def _answered(rule: int, draft: Draft, text: str, actor: Actor) -> tuple[Any, ...]:
    result = [{"action": "answer", "text": text}]
    return (
        rule, f"{draft.entity.key}.{draft.verb}", draft.entity.key, draft.id, str(draft.record)[:250], draft.change_id,
        clock.now(), ANSWERED, {}, result, [], actor.id, actor.name[:200], 0, "", "",
    )  # fmt: skip


def _as_it_would_be(draft: Draft, env: Env) -> Any:
    """The record with the values of a draft, beside the one that is stored."""
    record = copy.copy(draft.record)
    known = draft.entity.specs()
    for name, value in draft.values.items():
        known[name].store.set(record, value, env)
    return record
