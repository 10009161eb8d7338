"""Storage classes that migrations name: stable, without meaning, equal on both databases."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement


class TextColumn(models.CharField[Any, Any]):
    """Text compared byte by byte on both databases, so that sorting and paging agree."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        found: dict[str, Any] = dict(super().db_parameters(connection))
        if connection.vendor == "postgresql":
            found["collation"] = "C"
        return found


class LongTextColumn(models.TextField[Any, Any]):
    """Long text, compared byte by byte on both databases."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        found: dict[str, Any] = dict(super().db_parameters(connection))
        if connection.vendor == "postgresql":
            found["collation"] = "C"
        return found


class SortIndex(models.Index):
    """An index in which empty values come first, as SQLite has it; PostgreSQL must be told.

    Keyset pages walk it forwards and backwards; without this PostgreSQL would sort the whole table for each page.
    """

    def create_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Statement:
        pg = schema_editor.connection.vendor == "postgresql"
        suffixes = {"": "NULLS FIRST", "DESC": "DESC NULLS LAST"} if pg else {"": "", "DESC": "DESC"}
        return schema_editor._create_index_sql(  # type: ignore[attr-defined,no-any-return]
            model,
            fields=[model._meta.get_field(name) for name, _ in self.fields_orders],
            name=self.name,
            using=using,
            db_tablespace=self.db_tablespace,
            col_suffixes=[suffixes[order] for _, order in self.fields_orders],
            opclasses=self.opclasses,
            condition=self._get_condition_sql(model, schema_editor),  # type: ignore[attr-defined]
            include=None,
            expressions=None,
            **kwargs,
        )
