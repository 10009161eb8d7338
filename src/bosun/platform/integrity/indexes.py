"""Whether what is kept beside the records is in step with them: documents of search, keys of duplicates."""

from __future__ import annotations

from collections.abc import Iterator

from bosun.kernel import access
from bosun.kernel.actor import system_actor
from bosun.kernel.entity import Entity
from bosun.platform.dedupe import keys
from bosun.platform.dedupe.models import Key
from bosun.platform.search.models import Document

CHUNK = 2000


def search(entity: Entity) -> Iterator[str]:
    """Each live record of an entity that is searched has a document, and no other has."""
    if not entity.search:
        return
    live = set(entity.model._default_manager.filter(deleted_at__isnull=True).values_list("pk", flat=True))
    held = set(Document.objects.filter(entity=entity.key).values_list("record_id", flat=True))
    for pk in sorted(live - held):
        yield f"{entity.key} {pk}: cannot be found, for it has no document (bosun reindex makes it)"
    for pk in sorted(held - live):
        yield f"{entity.key} {pk}: the document of a record that is not there"


def duplicates(entity: Entity) -> Iterator[str]:
    """The keys under which duplicates are met are those of the fields."""
    if not entity.same:
        return
    held: dict[int, set[tuple[str, str]]] = {}
    for pk, field, key in (
        Key.objects.filter(entity=entity.key).values_list("record_id", "field", "key").iterator(CHUNK)
    ):
        held.setdefault(pk, set()).add((field, key))
    known = access.specs(entity, system_actor())
    for record in entity.model._default_manager.filter(deleted_at__isnull=True).order_by("pk").iterator(CHUNK):
        values = {name: known[name].get(record) for name in entity.same}
        if held.pop(record.pk, set()) != set(keys.forms(entity, values.get, known)):
            yield f"{entity.key} {record.pk}: the keys for duplicates are out of step"
    for pk in sorted(held):
        yield f"{entity.key} {pk}: keys for duplicates of a record that is not there"
