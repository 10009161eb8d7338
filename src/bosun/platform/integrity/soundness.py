"""Whether the kernel's own tables agree with the records: ledger, index of members, references, unique values.

Each check answers breaches in words for whoever runs the machine; none of them changes anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q

from bosun.kernel import registry
from bosun.kernel.entity import Entity
from bosun.kernel.fields import CLEAR
from bosun.kernel.kinds import AnyReference, Reference
from bosun.kernel.ledger import Change, Member, Share
from bosun.kernel.removal import removal_mode

CHUNK = 2000
SHARE_COLUMNS = ("entity", "record_id", "person_id", "level", "until")


def shares() -> Iterator[tuple[Any, ...]]:
    """Every share, in one order on both databases."""
    return iter(Share.objects.order_by(*SHARE_COLUMNS[:3]).values_list(*SHARE_COLUMNS))


def ledger(entity: Entity) -> Iterator[str]:
    """One ledger row for each state: a record made through the door has as many as its version says."""
    told: dict[int, tuple[int, int, int]] = {
        pk: (count, top, made)
        for pk, count, top, made in Change.objects.filter(entity=entity.key, record_id__gt=0, version__gt=0)
        .values_list("record_id")
        .annotate(n=Count("id"), top=Max("version"), made=Count("id", filter=Q(verb="created")))
        .iterator(chunk_size=CHUNK)
    }
    for pk, version in entity.model._default_manager.values_list("pk", "version").order_by("pk").iterator(CHUNK):
        count, top, made = told.get(pk, (0, 0, 0))
        expected = count if made else count + 1
        if version != expected or made > 1 or (count and top != version):
            yield f"{entity.key} {pk}: version {version}, but {count} rows in the ledger up to version {top}"


def members(entity: Entity) -> Iterator[str]:
    """The index of fields that hold several values says what the fields say."""
    for name, spec in entity.specs().items():
        if not spec.kind.multiple:
            continue
        key = f"{entity.key}.{name}"
        indexed: dict[int, set[str]] = {}
        for pk, value in Member.objects.filter(field=key).values_list("record_id", "value").iterator(CHUNK):
            indexed.setdefault(pk, set()).add(value)
        for record in entity.model._default_manager.order_by("pk").iterator(CHUNK):
            held = {value[:200] for value in spec.kind.members(spec.get(record))}
            if held != indexed.pop(record.pk, set()):
                yield f"{entity.key} {record.pk}: the index of {name} is out of step"
        for pk in sorted(indexed):
            yield f"{entity.key} {pk}: the index of {name} speaks of a record that is not there"


def references(entity: Entity) -> Iterator[str]:
    """No live record refers to one that is gone; where a reference outlives its target, that may lie in the bin."""
    live = entity.model._default_manager.filter(deleted_at__isnull=True)
    for name, spec in entity.native_specs().items():
        kind = spec.kind
        if isinstance(kind, AnyReference):
            yield from _any_references(entity, name)
        elif isinstance(kind, Reference) and kind.multiple:
            yield from _several_references(entity, name)
        elif isinstance(kind, Reference):
            there = kind.model._default_manager.filter(pk=OuterRef(f"{name}_id"))
            if removal_mode(entity, name) != CLEAR:
                there = there.filter(deleted_at__isnull=True)
            for pk in live.filter(~Exists(there), **{f"{name}_id__isnull": False}).values_list("pk", flat=True):
                yield f"{entity.key} {pk}: {name} refers to a record that is not there"


def _any_references(entity: Entity, name: str) -> Iterator[str]:
    live = entity.model._default_manager.filter(deleted_at__isnull=True, **{f"{name}_id__isnull": False})
    known = [target.key for target in registry.all_entities()]
    for pk in live.exclude(**{f"{name}_entity__in": known}).values_list("pk", flat=True):
        yield f"{entity.key} {pk}: {name} refers to an entity that is not there"
    for target in registry.all_entities():
        there = target.model._default_manager.filter(pk=OuterRef(f"{name}_id"), deleted_at__isnull=True)
        missing = live.filter(~Exists(there), **{f"{name}_entity": target.key})
        for pk in missing.values_list("pk", flat=True):
            yield f"{entity.key} {pk}: {name} refers to a record that is not there"


def _several_references(entity: Entity, name: str) -> Iterator[str]:
    spec = entity.native_specs()[name]
    wanted: dict[int, list[int]] = {}
    for record in entity.model._default_manager.filter(deleted_at__isnull=True).order_by("pk").iterator(CHUNK):
        for _model, pk in spec.kind.refers(spec.get(record)):
            wanted.setdefault(pk, []).append(record.pk)
    model: Any = spec.kind.model  # type: ignore[attr-defined]
    there = set(
        model._default_manager.filter(pk__in=list(wanted), deleted_at__isnull=True).values_list("pk", flat=True)
    )
    for target in sorted(set(wanted) - there):
        for pk in wanted[target]:
            yield f"{entity.key} {pk}: {name} refers to a record that is not there"


def unique(entity: Entity) -> Iterator[str]:
    """A value that is the only one of its kind stands on one live record."""
    for name, spec in entity.native_specs().items():
        if not spec.unique:
            continue
        live = entity.model._default_manager.filter(deleted_at__isnull=True, **{f"{name}__isnull": False})
        for value, count in live.values_list(name).annotate(n=Count("pk")).filter(n__gt=1):
            yield f"{entity.key}: {count} live records have the {name} “{value}”"


def binned(entity: Entity) -> Iterator[str]:
    """What is in the bin says with which removal it went; what is live does not."""
    halves = Q(deleted_at__isnull=True, removal__isnull=False) | Q(deleted_at__isnull=False, removal__isnull=True)
    rows = entity.model._default_manager.filter(halves)
    for pk in rows.values_list("pk", flat=True):
        yield f"{entity.key} {pk}: half in the bin"
