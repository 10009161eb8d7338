"""Indexes over values of invented fields, made by a job once a table is large enough for them to count.

The expression in an index is the one that conditions and orders use, path and all, so that both databases find it.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.db import connection, models
from django.db.models import F
from django.db.models.expressions import OrderBy

from bosun.kernel import registry
from bosun.kernel.entity import Entity
from bosun.kernel.specs import FieldSpec
from bosun.platform.customize.objects import Invented

PREFIX = "cf_"
LARGE = 1000
"""Smaller tables are read through faster than an index is kept."""
INDEXED = frozenset(("text", "number", "money", "boolean", "date", "datetime", "choice", "ref", "email", "url"))


def name_of(entity: Entity, spec: FieldSpec) -> str:
    """The name of the index of a field: short enough for every database, and the same on all machines."""
    said = f"{entity.key}.{spec.name}.{spec.kind.key}"
    return PREFIX + sha256(said.encode()).hexdigest()[:24]


def index_of(entity: Entity, spec: FieldSpec) -> models.Index:
    """The index of a field; of an object within its own rows, since all objects share one table."""
    postgres = connection.vendor == "postgresql"
    expression: Any = spec.store.expr()
    value = OrderBy(expression, nulls_first=True if postgres else None)
    within: list[Any] = [F("object_key")] if isinstance(entity, Invented) else []
    return models.Index(*within, value, F("id"), name=name_of(entity, spec))


def wanted() -> Iterator[tuple[Entity, FieldSpec]]:
    """Every field that ought to have one."""
    for entity in registry.all_entities():
        own = [spec for spec in entity.specs().values() if is_indexed(spec)]
        if own and entity.model._default_manager.all()[:LARGE].count() >= LARGE:
            for spec in own:
                yield entity, spec


def is_indexed(spec: FieldSpec) -> bool:
    """True for an invented field with one comparable value that is kept."""
    return spec.custom > 0 and spec.kind.key in INDEXED and bool(spec.store.columns()) and not spec.kind.multiple


def settle() -> dict[str, int]:
    """Make the indexes that are missing and drop those that nothing needs any more; answers how many."""
    needed = {name_of(entity, spec): (entity, spec) for entity, spec in wanted()}
    there = held()
    for name, (entity, spec) in needed.items():
        if name not in there:
            make(index_of(entity, spec), entity)
    gone = [drop(name) for name in there if name not in needed]
    return {"made": len(set(needed) - there), "dropped": len(gone)}


def held(prefix: str = PREFIX) -> set[str]:
    """The names of such indexes that the database has; one whose making was broken off does not count."""
    sql = (
        "SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid "
        "WHERE c.relname LIKE %s AND i.indisvalid AND c.relnamespace = current_schema()::regnamespace"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"{prefix}%"])
        return {str(name) for (name,) in cursor.fetchall() if str(name).startswith(prefix)}


def make(index: models.Index | models.UniqueConstraint, entity: Entity) -> None:
    """Make an index; PostgreSQL does it while others write, SQLite in less than a second."""
    # The editor only words the statement; entering it would ask for a connection outside of transactions.
    statement = str(index.create_sql(entity.model, connection.schema_editor()))
    drop(index.name)
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        statement = statement.replace(" INDEX ", " INDEX CONCURRENTLY ", 1)
    with connection.cursor() as cursor:
        cursor.execute(statement)


def drop(name: str) -> str:
    """Drop an index by its name."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {connection.ops.quote_name(name)}")
    return name
