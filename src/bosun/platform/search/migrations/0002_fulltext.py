"""The full-text index of each database. On SQLite triggers keep it in step with the documents."""

from django.db import migrations

SQLITE = (
    # Words come ready made: only blanks part them, and accents are not taken off again. Without places, columns and
    # sizes of words the lists are short and quickly read.
    """CREATE VIRTUAL TABLE search_words USING fts5(
        words, content='search_document', content_rowid='id', columnsize=0, detail=none,
        tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'")""",
    """CREATE TRIGGER search_document_made AFTER INSERT ON search_document BEGIN
        INSERT INTO search_words(rowid, words) VALUES (new.id, new.words); END""",
    """CREATE TRIGGER search_document_gone AFTER DELETE ON search_document BEGIN
        INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.id, old.words); END""",
)
POSTGRES = (
    "CREATE INDEX search_words ON search_document USING gin (words) WITH (gin_pending_list_limit = 1024)",
    # Left to itself the planner reads the whole table for words that are not rare, as it takes the comparison of words
    # for cheap. And what a function answers is gathered once, not asked for again for each row of a list.
    """CREATE FUNCTION search_found(asked tsquery, most bigint) RETURNS SETOF bigint
        LANGUAGE sql STABLE ROWS 100000 SET enable_seqscan = off
        AS $$ SELECT id FROM search_document WHERE words @@ asked LIMIT most $$""",
)


def make(apps, schema_editor):
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION search_found", None)
        schema_editor.execute("DROP INDEX search_words", None)
        return
    for name in ("TRIGGER search_document_made", "TRIGGER search_document_gone", "TABLE search_words"):
        schema_editor.execute(f"DROP {name}", None)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
