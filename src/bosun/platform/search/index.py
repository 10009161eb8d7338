"""The documents of search, kept in the transaction of each change, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from django.db import transaction

from bosun.kernel import bulk, registry
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Reference
from bosun.kernel.specs import FieldSpec
from bosun.lib import text as texts
from bosun.platform.search import words
from bosun.platform.search.models import Document, Indexed

SPAN = 2**40
"""Ids of documents are number × SPAN + id of the record."""
CHUNK = 500
_numbers: dict[str, int] = {}


def number_of(entity: Entity) -> int | None:
    """The number of an entity in the index; None while nothing of it is indexed."""
    if entity.key in _numbers:
        return _numbers[entity.key]
    found = Indexed.objects.filter(entity=entity.key).values_list("pk", flat=True).first()
    if found is not None:
        # Only what is committed may be remembered: a number taken back with its transaction goes to another entity.
        transaction.on_commit(partial(_numbers.__setitem__, entity.key, found))
    return found


def _numbered(entity: Entity) -> int:
    found = number_of(entity)
    return Indexed.objects.create(entity=entity.key).pk if found is None else found


def base_of(number: int) -> int:
    """What is added to the id of a record to get the id of its document."""
    return number * SPAN


def signature(entity: Entity) -> str:
    """What the documents of an entity follow from; where it changes they are made anew."""
    title = entity.title_spec
    return f"{words.VERSION} {title.name if title else ''} {' '.join(entity.search)}"[:500]


def places(entity: Entity) -> dict[int, str]:
    """The searched fields by their number: those of the declaration, and invented ones that hold words."""
    found = dict(enumerate(entity.search))
    if entity.search:
        found.update({words.INVENTED + spec.custom: name for name, spec in entity.specs().items() if is_worded(spec)})
    return found


def is_worded(spec: FieldSpec) -> bool:
    """True for an invented field that holds words of its own: no choice, no number, no reference."""
    return spec.custom > 0 and not spec.read_only and spec.kind.cell in WORDED


WORDED = frozenset(("text", "longtext", "tags", "phones", "email", "url"))


# following changes -----------------------------------------------------------------------------------------------


def follow(drafts: Sequence[Draft], env: Env) -> None:
    """Keep documents in step with what the door wrote; a projection."""
    entity = drafts[0].entity
    if entity.search:
        _follow_own(entity, drafts)
    changed = {name for draft in drafts for name in draft.diff}
    for child, ref in _readers(entity, changed):
        ids = [draft.id for draft in drafts if draft.verb != "created"]
        rows = child.model._default_manager.filter(**{f"{ref}_id__in": ids}, deleted_at__isnull=True)
        for part in _parts(rows.order_by("pk").iterator(CHUNK)):
            write(child, part)


def _follow_own(entity: Entity, drafts: Sequence[Draft]) -> None:
    title = entity.title_spec
    indexed = {name.partition(".")[0] for name in places(entity).values()} | ({title.name} if title else set())
    gone = [draft.id for draft in drafts if draft.verb == "removed"]
    fresh = [draft.record for draft in drafts if draft.verb == "created"]
    touched = [
        draft.record
        for draft in drafts
        if draft.verb not in ("created", "removed")
        and draft.record.deleted_at is None
        and (draft.verb == "restored" or indexed & draft.diff.keys())
    ]
    forget(entity.key, gone)
    write(entity, touched)
    write(entity, fresh, fresh=True)


def _readers(entity: Entity, changed: set[str]) -> Iterator[tuple[Entity, str]]:
    """Entities whose documents hold one of these fields of this entity, with the reference that leads here."""
    for child in registry.all_entities():
        specs = child.native_specs()
        refs = {name.partition(".")[0] for name in child.search if "." in name and name.partition(".")[2] in changed}
        for ref in sorted(refs):
            kind = specs[ref].kind
            if isinstance(kind, Reference) and kind.model is entity.model:
                yield child, ref


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for row in rows:
        part.append(row)
        if len(part) == CHUNK:
            yield part
            part = []
    if part:
        yield part


def write(entity: Entity, rows: Sequence[Any], *, fresh: bool = False) -> None:
    """Make the documents of records anew; `fresh` records have none yet."""
    if not rows:
        return
    number = _numbered(entity)
    if not fresh:
        forget(entity.key, [row.pk for row in rows])
    bulk.insert_all(Document, ("id", "entity", "record_id", "title", "words"), _documents(entity, number, rows))


def forget(key: str, pks: Sequence[int]) -> None:
    """Drop the documents of records; a purger."""
    entity = registry.find(key)
    number = number_of(entity) if entity is not None and pks else None
    if number is not None:
        ids = [base_of(number) + pk for pk in pks]
        for start in range(0, len(ids), CHUNK):
            Document.objects.filter(pk__in=ids[start : start + CHUNK])._raw_delete(using="default")


def _documents(entity: Entity, number: int, rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    specs, fields = entity.specs(), places(entity)
    title = entity.title_spec
    behind = {name: _behind(entity, name, rows) for name in entity.search if "." in name}
    place = entity.search.index(title.name) if title and title.name in entity.search else -1
    made = []
    for row in rows:
        said: dict[int, Sequence[str]] = {}
        for field, name in fields.items():
            if name in behind:
                said[field] = [behind[name].get(getattr(row, f"{name.partition('.')[0]}_id"), "")]
            else:
                said[field] = [specs[name].kind.words(specs[name].get(row))]
        made.append(
            (
                base_of(number) + row.pk,
                entity.key,
                row.pk,
                texts.fold(str(title.get(row) or ""))[:200] if title else "",
                words.document(number, said, place),
            )
        )
    return made


def _behind(entity: Entity, path: str, rows: Sequence[Any]) -> dict[int, str]:
    """The texts at the end of a path such as `owner.name`, by the id of the record in between."""
    ref, _dot, name = path.partition(".")
    kind = entity.native_specs()[ref].kind
    if not isinstance(kind, Reference):
        return {}
    spec = registry.of(kind.model).native_specs()[name]
    ids = {getattr(row, f"{ref}_id") for row in rows} - {None}
    return {found.pk: spec.kind.words(spec.get(found)) for found in kind.model._default_manager.filter(pk__in=ids)}


# making anew -----------------------------------------------------------------------------------------------------


def renew(**_kwargs: Any) -> None:
    """After a migration: make anew the documents of entities whose declaration has changed."""
    _numbers.clear()
    held = dict(Indexed.objects.values_list("entity", "made_from"))
    for entity in registry.all_entities():
        if entity.search and held.get(entity.key) != signature(entity):
            rebuild(entity)


def rebuild(entity: Entity) -> int:
    """Make all documents of an entity anew, a part at a time, while others go on working; answers how many."""
    number = _numbered(entity)
    manager, last, done = entity.model._default_manager, 0, 0
    while True:
        with transaction.atomic():
            # Locked, so that nobody changes a record between our reading it and our writing its document.
            live = manager.select_for_update(of=("self",)).filter(pk__gt=last, deleted_at__isnull=True)
            rows = list(live.order_by("pk")[:CHUNK])
            end = rows[-1].pk if rows else SPAN - 1
            base = base_of(number)
            Document.objects.filter(pk__gt=base + last, pk__lte=base + end)._raw_delete(using="default")
            write(entity, rows, fresh=True)
        done += len(rows)
        if not rows:
            break
        last = end
    Indexed.objects.filter(pk=number).update(made_from=signature(entity))
    return done
