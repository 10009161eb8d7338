"""One SHA-256 over the content: the field values of every live record, by entity and id, equal on both databases.

Left out is what changes without content changing: versions, who changed last and when, positions in the ledger, and
columns that are derived from fields (sort keys, base values of money, tree paths). Credentials are no records at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from bosun.kernel import registry
from bosun.kernel.entity import Entity
from bosun.kernel.specs import FieldSpec, JsonKey, MoneyColumns
from bosun.platform.integrity import soundness

WITHOUT = frozenset(("updated_at", "updated_by"))
CHUNK = 2000
further: dict[str, Callable[[], Iterable[Iterable[Any]]]] = {}
"""What is content and no record, by the word that begins its lines: files and the like."""


def content_hash() -> str:
    """The hash of everything."""
    total = hashlib.sha256()
    for line in everything():
        total.update(line)
        total.update(b"\n")
    return total.hexdigest()


def hashes() -> dict[str, str]:
    """The hash of each entity, to find out where two databases differ."""
    found = {}
    for entity in _entities():
        part = hashlib.sha256()
        for line in lines(entity):
            part.update(line + b"\n")
        found[entity.key] = part.hexdigest()
    return found


def everything() -> Iterator[bytes]:
    """Every line that is hashed."""
    for entity in _entities():
        yield from lines(entity)
    for share in soundness.shares():
        yield _json(["share", *(plain(part) for part in share)])
    for name, told in sorted(further.items()):
        for line in told():
            yield _json([name, *(plain(part) for part in line)])


def lines(entity: Entity) -> Iterator[bytes]:
    """One line for each live record: entity, id, and every stored field that is filled."""
    stored = {name: columns_of(spec) for name, spec in entity.native_specs().items() if name not in WITHOUT}
    columns = ["pk", *(column for held in stored.values() for column in held), "custom"]
    rows = entity.model._default_manager.filter(deleted_at__isnull=True).order_by("pk").values_list(*columns)
    for row in rows.iterator(chunk_size=CHUNK):
        values: dict[str, Any] = {
            column: plain(value) for column, value in zip(columns[1:], row[1:], strict=True) if value is not None
        }
        if not values["custom"]:
            del values["custom"]
        yield _json([entity.key, row[0], values])


def columns_of(spec: FieldSpec) -> tuple[str, ...]:
    """The columns that hold the value of a field itself."""
    if isinstance(spec.store, JsonKey):
        return ()
    if isinstance(spec.store, MoneyColumns):
        return spec.store.columns()[:2]
    sort = getattr(spec.store, "sort_attribute", "")
    return tuple(column for column in spec.store.columns() if column != sort)


def plain(value: Any) -> Any:
    """A stored value as JSON has it, without regard to the database it came from."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _entities() -> list[Entity]:
    return sorted(registry.all_entities(), key=lambda entity: entity.key)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
