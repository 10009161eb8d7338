"""What search keeps: one document for each record, and which declaration it was made from."""

from __future__ import annotations

from django.db import models

from bosun.kernel.columns import TextColumn
from bosun.platform.search.columns import WordsColumn


class Indexed(models.Model):
    """An entity in the index: its number there, and the declaration that its documents were made from."""

    id = models.BigAutoField(primary_key=True)
    entity = TextColumn(max_length=60, unique=True)
    made_from = TextColumn(max_length=500, default="")

    def __str__(self) -> str:
        return str(self.entity)


class Document(models.Model):
    """The words of one record. Its id is made of the entity's number and the record's id."""

    id = models.BigIntegerField(primary_key=True)
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField()
    title = TextColumn(max_length=200, default="")
    words = WordsColumn()

    class Meta:
        indexes = (models.Index(fields=["entity", "title"], name="search_title"),)

    def __str__(self) -> str:
        return f"{self.entity} {self.record_id}"


class Words(models.Model):
    """SQLite's full-text table over the documents; the database keeps it in step by triggers."""

    id = models.BigIntegerField(primary_key=True, db_column="rowid")
    # FTS5 takes queries in a hidden column that bears the name of its table.
    words = WordsColumn(db_column="search_words")

    class Meta:
        managed = False
        db_table = "search_words"

    def __str__(self) -> str:
        return str(self.pk)
