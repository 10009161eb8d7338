"""Conditions and orders on invented fields are answered by an index, on whichever database the tests run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from bosun.kernel import loading, records, registry, stamps
from bosun.platform.customize import handlers, indexes, objects
from bosun.platform.jobs import queue
from bosun.platform.jobs.models import Job
from tests.kernel.world import SYSTEM, World

ROWS = 1500


@pytest.fixture(autouse=True)
def nothing_registered() -> Iterator[None]:
    """Invented entities would outlive the transaction of a test."""
    yield
    for entity in [each for each in registry.all_entities() if isinstance(each, objects.Invented)]:
        registry.forget(entity)


def invent(entity: str, name: str, kind: str, **settings: Any) -> None:
    """A field."""
    raw = {"entity": entity, "name": name, "label": name, "kind": kind, "settings": settings}
    records.create("custom_fields", raw, SYSTEM)


def fill(key: str, **values: Any) -> None:
    """Many records, each with a number of its own."""
    rows = ({"name": f"Tide {n}", **{name: make(n) for name, make in values.items()}} for n in range(ROWS))
    loading.load(registry.get(key), rows, indexed=False)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # An index cannot be made while rows of the same transaction wait for their references to be checked.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ANALYZE")


def plan(rows: Any) -> str:
    """How the database would find these rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
            )
    return str(rows.explain())


@pytest.mark.parametrize(
    ("kind", "make", "wanted"),
    [
        ("number", lambda n: n, 700),
        ("text", lambda n: f"plate {n}", "plate 700"),
        ("email", lambda n: f"a{n}@example.com", "a700@example.com"),
        ("ref", lambda n: n + 1, None),
        ("choice", lambda n: f"grade {n}", None),
    ],
)
def test_a_condition_uses_the_index(world: World, kind: str, make: Any, wanted: Any) -> None:
    settings = {"ref": {"target": "users"}, "choice": {"options": "grade"}}.get(kind, {})
    invent("customers", "x_new", kind, **settings)
    stamps.refresh()
    fill("customers", x_new=make)
    assert indexes.settle()["made"] == 1
    entity = registry.get("customers")
    spec = entity.specs()["x_new"]
    name = indexes.name_of(entity, spec)
    operand = make(700) if wanted is None else wanted
    rows = entity.model._default_manager.filter(spec.q("customers", "is", operand))
    assert name in plan(rows)
    assert rows.count() == 1
    if kind in ("number", "text"):
        query = records.query("customers", world.actor("ada")).sort(["x_new"])
        ordered, _steps = query._ordered()
        assert name in plan(ordered[:50])
    assert indexes.settle() == {"made": 0, "dropped": 0}


def test_an_object_is_indexed_within_its_own_rows_and_loses_the_index_with_the_field(world: World) -> None:
    records.create("custom_objects", {"key": "x_cars", "name": "Car", "plural": "Cars"}, SYSTEM)
    invent("x_cars", "x_seats", "number")
    stamps.refresh()
    fill("x_cars", x_seats=lambda n: n)
    assert indexes.settle()["made"] == 1
    entity = registry.get("x_cars")
    spec = entity.specs()["x_seats"]
    rows = entity.model._default_manager.filter(spec.q("x_cars", "is", 700))
    assert indexes.name_of(entity, spec) in plan(rows)
    row = records.query("custom_fields", SYSTEM.actor).page().items[0]
    records.remove_one("custom_fields", row.pk, SYSTEM)
    stamps.refresh()
    assert indexes.settle() == {"made": 0, "dropped": 1}
    assert indexes.held() == set()


def test_a_small_table_has_none_and_the_clock_asks_for_the_job(world: World) -> None:
    invent("customers", "x_new", "number")
    stamps.refresh()
    assert indexes.settle() == {"made": 0, "dropped": 0}
    handlers.look_at_indexes()
    handlers.look_at_indexes()
    job = Job.objects.get(kind=handlers.INDEX)
    assert queue.claim("worker") == job
