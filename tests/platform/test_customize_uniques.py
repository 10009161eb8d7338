"""Invented fields whose values may be there once: at the door, in the database, in the bin and in undo."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from bosun.kernel import records, registry, stamps, writing
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Invalid
from bosun.platform.customize import handlers, indexes, objects, uniques
from bosun.platform.jobs.models import Job
from tests.kernel.world import SYSTEM, World, build

SOONER = "Somebody saved the same value a moment ago. Save again."
TAKEN = "Another record has the same “x_code”."


@pytest.fixture(autouse=True)
def nothing_registered() -> Iterator[None]:
    """Invented entities would outlive the transaction of a test."""
    yield
    for entity in [each for each in registry.all_entities() if isinstance(each, objects.Invented)]:
        registry.forget(entity)


def invent(entity: str = "customers", kind: str = "text", unique: bool = True, **settings: Any) -> int:
    """A field, with its index where it is to have one."""
    raw = {"entity": entity, "name": "x_code", "label": "x_code", "kind": kind, "unique": unique, "settings": settings}
    pk: int = records.create("custom_fields", raw, SYSTEM).pk
    settle()
    return pk


def settle() -> dict[str, int]:
    """What the job does."""
    stamps.refresh()
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            # An index cannot be made while rows of the same transaction wait for their references to be checked.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return uniques.settle()


def unlooked(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if another writer came between the check and the writing."""
    monkeypatch.setattr(writing, "_check_unique", lambda drafts, known: None)


def codes(entity: str = "customers") -> list[Any]:
    rows = records.query(entity, SYSTEM.actor).rows().order_by("pk")
    return [registry.get(entity).specs()["x_code"].get(row) for row in rows]


def binned(pk: int) -> bool:
    """Whether a customer lies in the bin."""
    return bool(registry.get("customers").model._default_manager.filter(pk=pk, deleted_at__isnull=False).exists())


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("text", "A-1", "a-1"),
        ("number", 7, 77),
        ("date", "2026-03-01", "2026-03-02"),
        ("email", "a@example.com", "b@example.com"),
        ("url", "https://a.example", "https://b.example"),
    ],
)
def test_the_database_holds_what_the_check_missed(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: str, one: Any, other: Any
) -> None:
    invent(kind=kind)
    assert indexes.held(uniques.PREFIX) == {
        uniques.name_of(registry.get("customers"), registry.get("customers").specs()["x_code"])
    }
    world.customer("ann", name="One", x_code=one)
    unlooked(monkeypatch)
    with pytest.raises(Invalid) as caught:
        world.customer("ann", name="Two", x_code=one)
    assert caught.value.title == SOONER
    world.customer("ann", name="Three", x_code=other)
    world.customer("ann", name="Four")
    world.customer("ann", name="Five")
    assert len(codes()) == 4


def test_marking_asks_for_the_job_and_unmarking_lets_go(world: World) -> None:
    pk = invent(unique=False)
    assert indexes.held(uniques.PREFIX) == set()
    assert not Job.objects.filter(kind=uniques.INDEX).exists()
    records.change("custom_fields", pk, {"unique": True}, SYSTEM)
    assert Job.objects.filter(kind=uniques.INDEX, unique_key=handlers.INDEX).count() == 1
    assert settle() == {"made": 1, "dropped": 0, "waiting": 0}
    assert settle() == {"made": 0, "dropped": 0, "waiting": 0}
    records.change("custom_fields", pk, {"unique": False}, SYSTEM)
    assert settle() == {"made": 0, "dropped": 1, "waiting": 0}
    Job.objects.all().delete()
    batch = new_batch()
    records.change("custom_fields", pk, {"unique": True}, replace(SYSTEM, batch=batch))
    assert settle() == {"made": 1, "dropped": 0, "waiting": 0}
    Job.objects.all().delete()
    records.undo(batch, SYSTEM)
    assert Job.objects.filter(kind=uniques.INDEX).count() == 1
    assert settle() == {"made": 0, "dropped": 1, "waiting": 0}
    records.change("custom_fields", pk, {"unique": True}, SYSTEM)
    settle()
    records.remove_one("custom_fields", pk, SYSTEM)
    assert settle() == {"made": 0, "dropped": 1, "waiting": 0}


def test_what_stands_twice_already_is_said_and_holds_nothing_up(world: World) -> None:
    pk = invent(unique=False)
    first = world.customer("ann", name="One", x_code="A")
    for name, code in (("Two", "A"), ("Three", "A"), ("Four", "B"), ("Five", "B"), ("Six", "C")):
        world.customer("ann", name=name, x_code=code)
    gone = world.customer("ann", name="Seven", x_code="C")
    records.remove_one("customers", gone.pk, world.act("ann"))
    records.change("custom_fields", pk, {"unique": True}, SYSTEM)
    assert settle() == {"made": 0, "dropped": 0, "waiting": 1}
    entity = registry.get("customers")
    spec, env = entity.specs()["x_code"], records.environment(SYSTEM.actor)
    assert uniques.in_the_way(entity, spec, env) == [uniques.Twice("A", 3), uniques.Twice("B", 2)]
    assert uniques.in_the_way(entity, spec, env, most=1) == [uniques.Twice("A", 3)]
    for row in list(records.query("customers", SYSTEM.actor).rows().exclude(pk=first.pk)):
        records.change("customers", row.pk, {"x_code": f"{row.name}"}, SYSTEM)
    assert settle() == {"made": 1, "dropped": 0, "waiting": 0}
    assert uniques.in_the_way(entity, spec, env) == []


def test_each_object_is_for_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("x_cars", "x_boats"):
        records.create("custom_objects", {"key": key, "name": key, "plural": key}, SYSTEM)
        stamps.refresh()
        invent(key, unique=key == "x_cars")
    unlooked(monkeypatch)
    for name in ("One", "Two"):
        records.create("x_boats", {"name": name, "x_code": "A"}, SYSTEM)
    records.create("x_cars", {"name": "One", "x_code": "A"}, SYSTEM)
    with pytest.raises(Invalid):
        records.create("x_cars", {"name": "Two", "x_code": "A"}, SYSTEM)
    assert (codes("x_boats"), codes("x_cars")) == (["A", "A"], ["A"])


@pytest.mark.parametrize("name", ["x_code", "external_id"])
def test_what_was_taken_meanwhile_does_not_come_back_from_the_bin(world: World, name: str) -> None:
    invent()
    old = world.customer("ann", name="Old", **{name: "A"})
    removal = records.remove_one("customers", old.pk, world.act("ann"))
    new = world.customer("ann", name="New", **{name: "A"})
    label = registry.get("customers").specs()[name].label
    with pytest.raises(Invalid) as caught:
        records.restore(removal.pk, world.act("ann"))
    assert caught.value.title == f"Another record now has the same “{label}”. Change that one first."
    assert binned(old.pk)
    records.change("customers", new.pk, {name: "B"}, world.act("ann"))
    records.restore(removal.pk, world.act("ann"))
    assert len(codes()) == 2


def test_two_of_one_removal_are_refused_by_the_database(world: World) -> None:
    pk = invent(unique=False)
    held = [world.customer("ann", name=n, x_code="A").pk for n in ("One", "Two")]
    removal = records.remove(registry.get("customers"), held, world.act("ann"))
    records.change("custom_fields", pk, {"unique": True}, SYSTEM)
    assert settle() == {"made": 1, "dropped": 0, "waiting": 0}
    with pytest.raises(Invalid) as caught:
        records.restore(removal.pk, world.act("ann"))
    assert caught.value.title == SOONER
    assert codes() == []


@pytest.mark.parametrize("name", ["x_code", "external_id"])
def test_undo_leaves_alone_what_was_taken_meanwhile(world: World, name: str) -> None:
    invent()
    one, two = (world.customer("ann", name=n, **{name: n}) for n in ("One", "Two"))
    batch = new_batch()
    for row in (one, two):
        records.change("customers", row.pk, {name: f"{row.name}-new"}, world.act("ann", batch=batch))
    world.customer("ben", name="Three", **{name: "One"})
    done = records.undo(batch, world.act("ann"))
    assert (done.put_back, done.left_alone) == (1, [("customers", one.pk, "One")])
    spec = registry.get("customers").specs()[name]
    rows = registry.get("customers").model._default_manager.order_by("pk")
    assert [spec.get(row) for row in rows] == ["One-new", "Two", "One"]


@pytest.mark.parametrize("name", ["x_code", "external_id"])
def test_the_undo_of_a_removal_is_refused_where_the_value_is_taken(world: World, name: str) -> None:
    invent()
    old = world.customer("ann", name="Old", **{name: "A"})
    batch = new_batch()
    records.remove_one("customers", old.pk, world.act("ann", batch=batch))
    world.customer("ann", name="New", **{name: "A"})
    with pytest.raises(Invalid):
        records.undo(batch, world.act("ann"))
    assert binned(old.pk)


@pytest.fixture
def lasting(transactional_db: None) -> Iterator[World]:
    """A world that other connections see."""
    stamps.forget()
    stamps._seen.clear()
    yield build()
    for name in indexes.held(uniques.PREFIX):
        indexes.drop(name)
    stamps.forget()
    stamps._seen.clear()


def test_of_two_writers_at_the_same_moment_one_wins(lasting: World, monkeypatch: pytest.MonkeyPatch) -> None:
    invent()
    looked, meet = writing._check_unique, Barrier(2)

    def at_once(drafts: Any, known: Any) -> None:
        looked(drafts, known)
        if connection.vendor == "postgresql":  # SQLite lets one writer in at a time
            meet.wait(20)

    def write(name: str) -> str:
        try:
            stamps.refresh()
            lasting.customer("ann", name=name, x_code="A")
        except Invalid as error:
            return error.title
        finally:
            connections.close_all()
        return "saved"

    with monkeypatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(writing, "_check_unique", at_once)
        said = sorted(pool.map(write, ("One", "Two")))
    assert said == sorted(["saved", SOONER if connection.vendor == "postgresql" else TAKEN])
    assert codes() == ["A"]
