"""A column that fits nothing becomes a field, goes with its import, and stays where others use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bosun.kernel import records, registry, stamps
from bosun.kernel.errors import Invalid
from bosun.platform.customize import objects
from bosun.platform.customize.models import CustomField
from bosun.platform.imports import newfields, services
from bosun.platform.integrity import checks, hashing
from bosun.platform.options import lists
from tests.kernel.world import SYSTEM, World
from tests.platform.importing import counts, found, imported, table

TABLE = table(
    "Name|Product|Seats|Bought",
    "Halden|GTX Basic|12.5|2017-03-01",
    "Larvik|GTX Pro|3|2017-04-02",
    "Moss|GTX Basic||2017-05-03",
)
MAP: dict[str, Any] = {
    "entity": "customers",
    "columns": {
        "Name": "name",
        "Product": {"field": "+", "new_field": {"label": "Product", "kind": "choice"}, "unknown": "add"},
        "Seats": {"field": "x_seats", "new_field": {"label": "Seats", "kind": "number", "digits": 1}},
    },
    "key": "name",
}


@pytest.fixture(autouse=True)
def nothing_registered() -> Iterator[None]:
    """Invented entities would outlive the transaction of a test."""
    yield
    for entity in [each for each in registry.all_entities() if isinstance(each, objects.Invented)]:
        registry.forget(entity)


def fields() -> list[tuple[str, str, str]]:
    """Key, label and kind of the invented fields."""
    rows = CustomField.objects.filter(deleted_at__isnull=True).order_by("position")
    return list(rows.values_list("name", "label", "kind"))


def test_new_fields_come_with_the_rows_and_go_with_their_undo(world: World) -> None:
    ada = world.actor("ada")
    before = hashing.content_hash()
    made = imported(TABLE, MAP, ada)
    assert counts(made) == {"create": 3}
    assert fields() == [("x_product", "Product", "choice"), ("x_seats", "Seats", "number")]
    held = [row.custom for row in found("customers", ada)]
    assert held == [
        {"x_product": "gtx_basic", "x_seats": 125},
        {"x_product": "gtx_pro", "x_seats": 30},
        {"x_product": "gtx_basic"},
    ]
    assert made.map["columns"]["Product"]["field"] == "x_product"
    services.undo(made, world.actor("ada"))
    assert fields() == []
    assert not lists.options("customers__x_product")
    assert hashing.content_hash() == before
    assert list(checks.breaches()) == []


def test_the_same_file_twice_makes_one_field(world: World) -> None:
    imported(TABLE, MAP, world.actor("ada"))
    again = imported(TABLE, MAP, world.actor("ada"))
    assert counts(again) == {"same": 3}
    assert len(fields()) == 2
    services.undo(again, world.actor("ada"))
    assert len(fields()) == 2


def test_after_an_undo_the_key_is_there_for_the_same_kind(world: World) -> None:
    services.undo(imported(TABLE, MAP, world.actor("ada")), world.actor("ada"))
    imported(TABLE, MAP, world.actor("ada"))
    assert [name for name, _label, _kind in fields()] == ["x_product", "x_seats"]


def test_a_field_that_others_use_stays(world: World) -> None:
    made = imported(TABLE, MAP, world.actor("ada"))
    stamps.refresh()
    own = world.customer("ann", name="Own", x_seats="2")
    services.undo(made, world.actor("ada"))
    assert len(fields()) == 2
    assert records.get("customers", own.pk, SYSTEM.actor).custom == {"x_seats": 20}


def test_checking_leaves_no_field_behind(world: World) -> None:
    ada = world.actor("ada")
    made = services.receive(TABLE, "table.csv", ada)
    services.use_map(made, MAP, ada)
    said = services.check(made, ada)
    assert said.counts["create"] == 3
    assert fields() == []
    made.refresh_from_db()
    assert made.map["columns"]["Product"]["field"] == "+"


def test_only_those_who_may_invent_bring_fields(world: World) -> None:
    ann = world.actor("ann")
    made = services.receive(TABLE, "table.csv", ann)
    with pytest.raises(Invalid, match="Only those who may invent"):
        services.use_map(made, MAP, ann)
    assert fields() == []


def test_rows_go_into_an_invented_object(world: World) -> None:
    records.create("custom_objects", {"key": "x_cars", "name": "Car", "plural": "Cars"}, SYSTEM)
    customer = world.customer("ann", name="Halden")
    raw = {"entity": "x_cars", "name": "x_of", "label": "Customer", "kind": "ref", "settings": {"target": "customers"}}
    records.create("custom_fields", raw, SYSTEM)
    columns = {
        "Plate": "name",
        "Of": "x_of",
        "Seats": {"field": "+", "new_field": {"label": "Seats", "kind": "number"}},
    }
    made = imported(
        table("Plate|Of|Seats", "OK 1|Halden|5", "OK 2|Nobody|5"),
        {"entity": "x_cars", "columns": columns},
        world.actor("ada"),
    )
    assert counts(made) == {"create": 1, "error": 1}
    assert [row.custom for row in found("x_cars", SYSTEM.actor)] == [{"x_of": customer.pk, "x_seats": 5}]


@pytest.mark.parametrize(
    ("values", "rows", "kind"),
    [
        (["1", "22"], 2, {"kind": "number"}),
        (["1.50", "2.25"], 2, {"kind": "number", "digits": 2}),
        (["2017-03-01", "2017-04-22"], 2, {"kind": "date"}),
        (["01/02/2017", "22/03/2017"], 2, {"kind": "date"}),
        (["a@example.com", "b@example.com"], 2, {"kind": "email"}),
        (["yes", "no"], 9, {"kind": "boolean"}),
        (["GTX Basic", "GTX Pro"], 9, {"kind": "choice"}),
        (["GTX Basic", "GTX Pro"], 2, {"kind": "text"}),
        (["two\nlines"], 1, {"kind": "longtext"}),
        ([], 0, {"kind": "text"}),
    ],
)
def test_the_kind_is_guessed_from_what_stands_there(
    world: World, values: list[str], rows: int, kind: dict[str, Any]
) -> None:
    env = records.environment(world.actor("ada"), strict=False)
    assert newfields.guess("Column", values, rows, env) == {"label": "Column", **kind}
