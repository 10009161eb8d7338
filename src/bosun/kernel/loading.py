"""The one bulk entry without events, ledger or rights: for benchmarks, demo, fixture and data that ships."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from bosun.kernel import bulk, stamps
from bosun.kernel.actor import system_actor
from bosun.kernel.drafts import Draft, projections
from bosun.kernel.entity import Entity
from bosun.kernel.ledger import Member
from bosun.kernel.query import environment

CHUNK = 2000


def load(entity: Entity, rows: Iterable[Mapping[str, Any]], *, indexed: bool = True) -> list[Any]:
    """Store rows of ready values (not raw ones) as they are; `indexed=False` leaves search and duplicates out.

    The keys `created_at`, `updated_at`, `created_by`, `department` may be given; other fields by name.
    """
    env = environment(system_actor())
    specs = entity.specs()
    made: list[Any] = []
    with transaction.atomic():
        batch: list[tuple[Any, Mapping[str, Any]]] = []
        for row in rows:
            record: Any = entity.model()
            record.created_at = record.updated_at = env.now
            for name, value in row.items():
                specs[name].store.set(record, value, env)
            batch.append((record, row))
            if len(batch) == CHUNK:
                made += _store(entity, batch, indexed)
                batch = []
        made += _store(entity, batch, indexed)
        if entity.stamp:
            stamps.bump(entity.stamp)
    return made


def _store(entity: Entity, batch: list[tuple[Any, Mapping[str, Any]]], indexed: bool) -> list[Any]:
    records = [record for record, _row in batch]
    if records:
        bulk.insert_objects(records)
    several = {name: spec for name, spec in entity.specs().items() if spec.kind.multiple}
    members = [
        (f"{entity.key}.{name}", value[:200], record.pk)
        for name, spec in several.items()
        for record in records
        for value in dict.fromkeys(spec.kind.members(spec.get(record)))
    ]
    bulk.insert_all(Member, ("field", "value", "record_id"), members)
    if indexed and records:
        drafts = [Draft(entity, {}, record=record, pk=record.pk, verb="created") for record in records]
        for draft in drafts:
            draft.diff = {name: (None, spec.get(draft.record)) for name, spec in entity.specs().items()}
        env = environment(system_actor())
        for projection in projections:
            projection(drafts, env)
    return records
