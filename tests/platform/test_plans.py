"""The databases take the way that was meant: an index for each question.

SQLite knows nothing of how full its tables are and has led us astray; PostgreSQL counts, and for the few rows of a test
any index will do.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bosun.kernel import access, history, records, registry
from bosun.platform.dedupe import services as dedupe
from bosun.platform.search import finding
from tests.kernel.world import World, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build()


def plan(queries: CaptureQueriesContext) -> str:
    """How the database goes about the last question put to it; PostgreSQL would read a small table as a whole."""
    sql = queries.captured_queries[-1]["sql"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def goes_by(index: str, said: str) -> bool:
    return index in said if connection.vendor == "sqlite" else "Index" in said and "Seq Scan" not in said


def test_a_normal_form_is_looked_up_by_itself(world: World) -> None:
    with CaptureQueriesContext(connection) as queries:
        dedupe.held(registry.get("customers"), [("name", "tideworks")])
    assert goes_by("dedupe_form", plan(queries))


def test_a_timeline_reads_the_changes_of_its_record(world: World) -> None:
    with CaptureQueriesContext(connection) as queries:
        history.until(registry.get("customers"), 1, records.environment(world.actor("ann")), 50, None)
    said = plan(queries)
    assert goes_by("change_record", said)
    assert "TEMP B-TREE" not in said


def test_known_ids_are_looked_up_before_rights_are_asked(world: World) -> None:
    seen = access.visible(registry.get("follow_ups"), world.actor("ann")).order_by("-pk")
    with CaptureQueriesContext(connection) as queries:
        assert list(seen.filter(finding.among(list(range(1, 3000))))[:10]) == []
    said = plan(queries)
    assert "MULTI-INDEX OR" not in said
    assert goes_by("INTEGER PRIMARY KEY (rowid=?)", said)
