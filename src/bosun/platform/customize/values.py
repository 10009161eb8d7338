"""Values of invented fields as they lie in the database: how many there are, and taking them away for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models, transaction

from bosun.kernel import registry
from bosun.kernel.entity import Entity
from bosun.kernel.kinds import Reference
from bosun.kernel.models import Member
from bosun.kernel.specs import FieldSpec
from bosun.platform.customize import kindlist, loader
from bosun.platform.customize.models import CustomField, SpentKey
from bosun.platform.files.services import forget_field
from bosun.platform.jobs import queue

CHUNK = 500
AT_ONCE = 1000
"""So many records are gone through while one waits; more by a job."""
REFILL, REINDEX = "customize.refill", "customize.reindex"


def holding(entity: Entity, name: str) -> Any:
    """Records that hold a value of an invented field, those in the bin included."""
    return entity.model._default_manager.filter(custom__has_key=name)


def strip(entity: Entity, name: str, progress: Callable[[int], None] | None = None) -> int:
    """Take a key out of every record, a part at a time; answers out of how many."""
    done = 0
    while True:
        with transaction.atomic():
            rows = list(holding(entity, name).select_for_update(of=("self",)).order_by("pk")[:CHUNK])
            _take_out(rows, name)
        done += len(rows)
        if progress is not None:
            progress(done)
        if len(rows) < CHUNK:
            return done


def _take_out(rows: Sequence[Any], name: str) -> None:
    for row in rows:
        row.custom = {key: value for key, value in row.custom.items() if key != name}
    if rows:
        type(rows[0])._default_manager.bulk_update(rows, ["custom"])


def refill(entity: Entity) -> None:
    """Work out the formulas of every record anew: now where they are few, else in a job."""
    if entity.model._default_manager.all()[: AT_ONCE + 1].count() > AT_ONCE:
        queue.enqueue(REFILL, {"entity": entity.key}, unique=f"{REFILL} {entity.key}")
    else:
        fill(entity)


def fill(entity: Entity) -> int:
    """Work out the formulas of every record anew, a part at a time; answers of how many."""
    manager, last, done = entity.model._default_manager, 0, 0
    stores: list[Any] = [spec.store for spec in entity.specs().values() if hasattr(spec.store, "fill")]
    while True:
        with transaction.atomic():
            rows = list(manager.select_for_update(of=("self",)).filter(pk__gt=last).order_by("pk")[:CHUNK])
            for row in rows:
                for store in stores:
                    store.fill(row)
            if rows:
                manager.bulk_update(rows, ["custom"])
        done += len(rows)
        if len(rows) < CHUNK:
            return done
        last = rows[-1].pk


def spend_keys(key: str, pks: Sequence[int]) -> None:
    """Remember the keys of fields that end for good; a purger."""
    if key != "custom_fields":
        return
    for row in CustomField.objects.filter(pk__in=pks):
        shape = kindlist.shape_of(row.kind, row.settings)
        if row.kind == "file":
            # Contents go at once: a field of the same key would read their names out of the history.
            shape = "gone"
            forget_field(row.entity, row.name)
        SpentKey.objects.update_or_create(entity=row.entity, name=row.name, defaults={"shape": shape})
        Member.objects.filter(field=f"{row.entity}.{row.name}").delete()


def forget_references(key: str, pks: Sequence[int]) -> None:
    """Empty invented references to records that end for good; a purger."""
    target = registry.find(key)
    if target is None:
        return
    for entity in registry.all_entities():
        for name, spec in loader.specs_of(entity.key).items():
            if isinstance(spec.kind, Reference) and spec.kind.model is target.model:
                _take_out(list(pointing(entity, spec, pks)), name)


def pointing(entity: Entity, spec: FieldSpec, pks: Sequence[int]) -> models.QuerySet[Any]:
    """Records that refer to some of these by an invented field."""
    return entity.model._default_manager.filter(spec.q(entity.key, "in", list(pks)))
