"""Acts of the past as subjects of rules: each record as it was right after the act, worked back from today."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from bosun.kernel import history
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.platform.automation.subject import Seen, Subject
from bosun.platform.org import actors

Values = dict[str, Any]
CHUNK = 500


def within(entity: Entity, since: datetime, scope: Q) -> QuerySet[Any]:
    """Acts on the records that a condition lets through, the latest first."""
    rows = history.acts(entity, since)
    open_ = entity.model._default_manager.filter(scope)
    return rows.filter(record_id__in=open_.values("pk")) if scope else rows


def acts(entity: Entity, since: datetime, most: int, scope: Q) -> Iterator[Subject]:
    """At most so many acts on records that are still there and within the scope, the latest first."""
    later: dict[int, Values] = {}
    looked, before = 0, 0
    while looked < most:
        rows = within(entity, since, scope)
        changes = list((rows.filter(id__lt=before) if before else rows)[: min(CHUNK, most - looked)])
        if not changes:
            return
        held = entity.model._default_manager.in_bulk({change.record_id for change in changes})
        seen = Seen()
        for change in changes:
            if change.record_id in held:
                yield subject_of(entity, held[change.record_id], change, later.setdefault(change.record_id, {}), seen)
        looked, before = looked + len(changes), changes[-1].pk


def by_record(entity: Entity, since: datetime, until: int, scope: Q) -> Iterator[Iterator[Subject]]:
    """All acts up to the one numbered `until` on records within the scope that are still there, in parts of some
    records each; of a record the latest act first. Whatever the length of the history, one part is in memory."""
    last = 0
    while True:
        rows = within(entity, since, scope)
        of_part = rows.filter(record_id__gt=last).order_by("record_id").values_list("record_id", flat=True)
        ids = list(of_part.distinct()[:CHUNK])
        if not ids:
            return
        yield _part(entity, ids, rows, until)
        last = ids[-1]


def _part(entity: Entity, ids: list[int], rows: Any, until: int) -> Iterator[Subject]:
    # The records first: what is written meanwhile is worked back like the rest, though it does not count.
    held = entity.model._default_manager.in_bulk(ids)
    seen, at = Seen(), 0
    later: Values = {}
    for change in rows.filter(record_id__in=ids).order_by("record_id", "-id").iterator(CHUNK):
        if change.record_id not in held:
            continue
        if change.record_id != at:
            at, later = change.record_id, {}
        subject = subject_of(entity, held[at], change, later, seen)
        if change.pk <= until:
            yield subject


def last(
    entity: Entity, record: Any, words: Collection[str], rule: int, door: str = "", most: int = 500
) -> Subject | None:
    """The last act on a record that bears one of these words in the ledger, came through the door where one is named,
    and was not the rule's own; None when there was none."""
    later: Values = {}
    for change in history.of_one(entity, record.pk, most):
        subject = subject_of(entity, record, change, later, Seen())
        if change.verb in words and change.cause != f"rule:{rule}" and door in ("", change.door):
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
    who = actor or Actor(change.actor_id, change.actor_name)
    return Act(who, change.door, cause=change.cause, depth=change.depth, at=change.at)
