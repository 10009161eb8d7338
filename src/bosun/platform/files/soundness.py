"""What is to be true of files, and what of them counts as content."""

from __future__ import annotations

from collections.abc import Iterator

from bosun.kernel import registry
from bosun.kernel.entity import Entity
from bosun.platform.files import store
from bosun.platform.files.kind import File
from bosun.platform.files.models import Attachment, FieldFile

CHUNK = 500


def lines() -> Iterator[list[str | int]]:
    """Which content lies on which record under which name, in one order on every database."""
    rows = Attachment.objects.order_by("entity", "record_id", "content_id", "name")
    for row in rows.values_list("entity", "record_id", "content_id", "name").iterator(chunk_size=CHUNK):
        yield list(row)


def check() -> Iterator[str]:
    """Every attached file has its content, and a record to lie on."""
    for row in Attachment.objects.select_related("content").order_by("pk").iterator(chunk_size=CHUNK):
        path = store.path_of(row.content_id)
        entity = registry.find(row.entity)
        if not path.exists():
            yield f"file {row.pk} ({row.name}) has no content"
        elif path.stat().st_size != row.content.size:
            yield f"file {row.pk} ({row.name}) has lost a part of its content"
        if entity is None or not entity.model._default_manager.filter(pk=row.record_id).exists():
            yield f"file {row.pk} ({row.name}) lies on no record"
    yield from _in_fields()


def _in_fields() -> Iterator[str]:
    """What fields hold, or have held, has its content; and what they hold is known to the store."""
    for row in FieldFile.objects.select_related("content").order_by("pk").iterator(chunk_size=CHUNK):
        path, said = store.path_of(row.content_id), f"{row.entity} {row.record_id}: the file of {row.field}"
        entity = registry.find(row.entity)
        if not path.exists():
            yield f"{said} has no content"
        elif path.stat().st_size != row.content.size:
            yield f"{said} has lost a part of its content"
        if entity is not None and not entity.model._default_manager.filter(pk=row.record_id).exists():
            yield f"{said} lies on no record"
    for entity in registry.all_entities():
        for name, spec in entity.specs().items():
            if isinstance(spec.kind, File):
                yield from _unknown(entity, name)


def _unknown(entity: Entity, name: str) -> Iterator[str]:
    known = FieldFile.objects.filter(entity=entity.key, field=name)
    held = set(known.values_list("record_id", "content_id").iterator(chunk_size=CHUNK))
    rows = entity.model._default_manager.filter(custom__has_key=name).order_by("pk")
    for pk, custom in rows.values_list("pk", "custom").iterator(chunk_size=CHUNK):
        if (pk, custom[name]["digest"]) not in held:
            yield f"{entity.key} {pk}: the file of {name} is not known to the store"
