"""Invented fields whose values may be there once: the database holds that too, by an index over the live rows.

The check at the door tells nearly always; two writers at the same moment only the database can tell apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count, Q

from bosun.kernel import registry
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.specs import FieldSpec
from bosun.platform.customize import indexes
from bosun.platform.customize.objects import Invented
from bosun.platform.jobs import queue

PREFIX = "cu_"
INDEX = "customize.indexes"
"""The job that makes indexes; there once while it waits or runs."""


def name_of(entity: Entity, spec: FieldSpec) -> str:
    """The name of the index of a field, the same on all machines."""
    said = f"{entity.key}.{spec.name}.{spec.kind.key}"
    return PREFIX + sha256(said.encode()).hexdigest()[:24]


def constraint_of(entity: Entity, spec: FieldSpec) -> models.UniqueConstraint:
    """The index of a field over what is not in the bin; of an object over its own rows, as all share one table."""
    live = Q(deleted_at__isnull=True)
    if isinstance(entity, Invented):
        live &= Q(object_key=entity.key)
    expression: Any = spec.store.expr()
    return models.UniqueConstraint(expression, condition=live, name=name_of(entity, spec))


def wanted() -> Iterator[tuple[Entity, FieldSpec]]:
    """Every invented field that may hold a value once, however small its table is."""
    for entity in registry.all_entities():
        for spec in entity.specs().values():
            if spec.custom > 0 and spec.unique:
                yield entity, spec


def settle() -> dict[str, int]:
    """Make the indexes that are missing and drop those that nothing needs; where values stand twice one must wait."""
    needed = {name_of(entity, spec): (entity, spec) for entity, spec in wanted()}
    there = indexes.held(PREFIX)
    gone = [indexes.drop(name) for name in there if name not in needed]
    tried = [make(entity, spec) for name, (entity, spec) in needed.items() if name not in there]
    return {"made": sum(tried), "dropped": len(gone), "waiting": len(tried) - sum(tried)}


def make(entity: Entity, spec: FieldSpec) -> bool:
    """Make the index of a field; False where values that are there already stand in the way."""
    savepoint: AbstractContextManager[Any] = transaction.atomic() if connection.in_atomic_block else nullcontext()
    try:
        with savepoint:
            indexes.make(constraint_of(entity, spec), entity)
    except IntegrityError:
        indexes.drop(name_of(entity, spec))
        return False
    return True


def follow(drafts: Sequence[Draft], env: Env) -> None:
    """What may be there once is soon held by the database too, and let go where it may be there twice again.

    It stands with the indexes, not with the effects, so that an undo moves it too.
    """
    if drafts[0].entity.key != "custom_fields":
        return
    if any(draft.record.unique or (draft.verb == "changed" and "unique" in draft.diff) for draft in drafts):
        queue.enqueue(INDEX, unique=INDEX, priority=1)


# what stands in the way ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Twice:
    """A value that several records hold."""

    value: str
    count: int


def in_the_way(entity: Entity, spec: FieldSpec, env: Env, most: int = 5) -> list[Twice]:
    """Values that stand more than once and so keep the database from holding them apart; none where it does."""
    if not spec.unique or name_of(entity, spec) in indexes.held(PREFIX):
        return []
    live = entity.model._default_manager.filter(deleted_at__isnull=True).annotate(_u=spec.store.expr())
    several = live.filter(_u__isnull=False).order_by().values("_u").annotate(_n=Count("pk"), _one=models.Min("pk"))
    found = list(several.filter(_n__gt=1).order_by("-_n", "_one")[:most])
    rows = entity.model._default_manager.in_bulk([each["_one"] for each in found])
    for row in rows.values():
        for model, pk in spec.kind.refers(spec.get(row)):
            env.refs.load(model, [pk])
    return [Twice(spec.kind.text(spec.get(rows[each["_one"]]), env), each["_n"]) for each in found]
