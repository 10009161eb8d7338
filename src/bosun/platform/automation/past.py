"""Acts of the past as subjects of rules: each record as it was right after the act, worked back from today."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from bosun.kernel import history
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.platform.automation.subject import Seen, Subject
from bosun.platform.org import actors

Values = dict[str, Any]
CHUNK = 500


def acts(entity: Entity, since: datetime, most: int) -> Iterator[Subject]:
    """At most so many acts on records that are still there, the latest first."""
    later: dict[int, Values] = {}
    looked, before = 0, 0
    while looked < most:
        changes = history.acts(entity, since, before, min(CHUNK, most - looked))
        if not changes:
            return
        held = entity.model._default_manager.in_bulk({change.record_id for change in changes})
        seen = Seen()
        for change in changes:
            if change.record_id in held:
                yield subject_of(entity, held[change.record_id], change, later.setdefault(change.record_id, {}), seen)
        looked, before = looked + len(changes), changes[-1].pk


def last(entity: Entity, record: Any, words: Collection[str], rule: int, most: int = 500) -> Subject | None:
    """The last act on a record that bears one of these words in the ledger and was not the rule's own; None when there
    was none."""
    later: Values = {}
    for change in history.of_one(entity, record.pk, most):
        subject = subject_of(entity, record, change, later, Seen())
        if change.verb in words and change.cause != f"rule:{rule}":
            return subject
    return None


def subject_of(entity: Entity, record: Any, change: Any, later: Values, seen: Seen) -> Subject:
    """One act; `later` are the values that later acts found, and afterwards those that this one found."""
    known = entity.specs()
    then = copy.copy(record)
    for name, value in later.items():
        known[name].store.set(then, value, None)
    draft = Draft(entity, {}, record=then, pk=record.pk, verb=change.verb, change_id=change.pk)
    for name, (old, new) in change.diff.items():
        if name in known:
            kind = known[name].kind
            draft.diff[name] = (kind.load(old), kind.load(new))
            if not known[name].read_only or hasattr(known[name].store, "attribute"):
                later[name] = draft.diff[name][0]
    return Subject(draft, then, _act(change), seen)


def _act(change: Any) -> Act:
    actor = actors.load(change.actor_id) if change.actor_id else None
    return Act(actor or Actor(change.actor_id, change.actor_name), change.door, cause=change.cause, depth=change.depth)
