"""An invented field of every kind is written, read, found, sorted and hashed like one that ships."""

import json
import random
from typing import Any

import pytest

from bosun.kernel import access, records, registry, stamps
from bosun.platform.customize import kindlist
from bosun.platform.integrity import hashing
from tests.kernel.world import SYSTEM, World

CUSTOMERS = registry.get("customers")
SETTINGS: dict[str, dict[str, Any]] = {
    "choice": {"options": "grade"},
    "multichoice": {"options": "grade"},
    "ref": {"target": "users"},
    "number": {"digits": 2},
}
RAW: dict[str, Any] = {
    "boolean": True,
    "date": "2026-11-30",
    "datetime": "2026-11-30T09:30:00Z",
    "money": {"amount": "12.50", "currency": "EUR"},
    "choice": "A",
    "multichoice": ["A", "B"],
    "tags": ["fair"],
    "phones": ["+34612345678"],
    "email": "a@example.com",
    "url": "https://example.com/",
    "number": "12.50",
    "text": "Tidewater",
    "longtext": "two\nlines",
}


def invent(kind: str, world: World, **more: Any) -> None:
    """A field on customers."""
    values = {"entity": "customers", "name": "x_new", "label": "New", "kind": kind, "settings": SETTINGS.get(kind)}
    records.create("custom_fields", {**values, **more}, SYSTEM)
    stamps.refresh()


@pytest.mark.parametrize("kind", sorted(kindlist.MAKERS))
def test_a_field_of_this_kind_is_like_any_other(world: World, kind: str) -> None:
    invent(kind, world)
    raw = RAW.get(kind, world.people["ben"])
    actor = world.actor("ann")
    spec = access.specs(CUSTOMERS, actor)["x_new"]
    empty = world.customer("ann", name="Empty")
    made = world.customer("ann", name="Filled", x_new=raw)
    held = records.get("customers", made.pk, actor)
    env = records.environment(actor)
    assert spec.get(held) == spec.kind.parse(raw, env)
    assert json.dumps(spec.kind.to_json(spec.get(held), env))
    assert spec.kind.parse(spec.kind.export(spec.get(held), env), env) == spec.get(held)
    query = records.query("customers", actor, env)
    for op, found in (("filled", made.pk), ("empty", empty.pk)):
        if op in spec.kind.operators:
            assert [row.pk for row in query.filter({"field": "x_new", "op": op}).page().items] == [found]
    if "is" in spec.kind.operators:
        one = raw[0] if isinstance(raw, list) else raw
        assert [row.pk for row in query.filter({"field": "x_new", "op": "is", "value": one}).page().items] == [made.pk]
    if spec.kind.sortable:
        first = query.sort(["x_new"]).page(limit=1)
        assert [row.pk for row in first.items] == [empty.pk]
        assert [row.pk for row in query.sort(["x_new"]).page(cursor=first.next).items] == [made.pk]
    before = hashing.content_hash()
    records.change("customers", made.pk, {"x_new": None}, world.act("ann"))
    assert hashing.content_hash() != before
    assert records.get("customers", made.pk, actor).custom == {}


def test_numbers_are_compared_as_numbers(world: World) -> None:
    invent("number", world, settings={"digits": 1})
    rng = random.Random(4)
    values = [rng.randrange(-20_000, 20_000) / 10 for _n in range(30)]
    for number, value in enumerate(values):
        world.customer("ann", name=f"Tide {number}", x_new=str(value))
    query = records.query("customers", world.actor("ann"))
    spec = access.specs(CUSTOMERS, world.actor("ann"))["x_new"]
    assert [float(spec.get(row)) for row in query.sort(["x_new"]).page().items] == sorted(values)
    above = query.filter({"field": "x_new", "op": "gt", "value": "-5.5"})
    assert above.count()[0] == len([value for value in values if value > -5.5])
    assert float(above.sums(["x_new"])["x_new"]) == pytest.approx(sum(value for value in values if value > -5.5))
