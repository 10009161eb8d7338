"""What is to be true of files, and what of them counts as content."""

from __future__ import annotations

from collections.abc import Iterator

from bosun.kernel import registry
from bosun.platform.files import store
from bosun.platform.files.models import Attachment

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
