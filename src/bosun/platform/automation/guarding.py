"""Rules that block an act, or ask whether it shall go on: a guard of every entity, in every door."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import Objection
from bosun.platform.automation import happenings, matching, rulebook
from bosun.platform.automation.models import ASK
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.subject import Seen, Subject


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
        for subject in matching.among(rule.condition, subjects, rule.env, stored=False):
            subject.draft.object(objection(rule))


def objection(rule: Compiled) -> Objection:
    """What a guard says: the rule, why, and the word that lets the act go on where it asks."""
    reason = rule.row.reason or _("The rule “%(rule)s” stands against this.") % {"rule": rule.row.name}
    confirm = f"rule-{rule.id}" if rule.row.guard == ASK else ""
    return Objection(str(rule.row.name), str(reason), confirm)


def _as_it_would_be(draft: Draft, env: Env) -> Any:
    """The record with the values of a draft, beside the one that is stored."""
    record = copy.copy(draft.record)
    known = draft.entity.specs()
    for name, value in draft.values.items():
        known[name].store.set(record, value, env)
    return record
