"""A file that says which version its writer looked at: what others changed since is told, and nothing is lost."""

from __future__ import annotations

import io
from typing import Any

import pytest

from bosun.kernel import records
from bosun.kernel.errors import Invalid
from bosun.kernel.ledger import Change
from bosun.platform.exports import services as exports
from bosun.platform.exports.tables import Wish
from bosun.platform.imports import mapping, propose, services
from bosun.platform.imports.analysis import analyse
from tests.kernel.world import World
from tests.platform.importing import columns, counts, given, imported, problems, table

VERSIONED = {
    "entity": "customers",
    "columns": {"Name": "name", "Staff": "staff", "Address": "address", "Version": "version"},
    "key": "name",
}


def held(world: World) -> list[tuple[Any, ...]]:
    return columns(world.actor("ada"), "customers", ["name", "staff", "address", "version"])


def test_a_field_that_was_changed_since_is_an_error_line_with_both_values(world: World) -> None:
    one, two = (world.customer("ann", name=name, staff=5) for name in ("Tidewater", "Harbour"))
    records.change("customers", one.pk, {"staff": 7}, world.act("ben"))
    records.change("customers", two.pk, {"address": "Quay 4"}, world.act("ben"))
    content = table("Name | Staff | Address | Version", "Tidewater | 9 | | 1", "Harbour | 9 | | 1")
    made = imported(content, VERSIONED, world.actor("ada"))
    assert counts(made) == {"update": 1, "error": 1}
    said = "“Staff” was changed since this version: “7” stands there, the file says “9”."
    assert problems(made) == [(2, "error", [["staff", said]])]
    assert held(world) == [("Tidewater", 7, None, 2), ("Harbour", 9, "Quay 4", 3)]
    assert Change.objects.filter(batch=made.batch).count() == 1
    out = io.BytesIO()
    assert services.error_file(made, out) == 1
    assert said in out.getvalue().decode("utf-8-sig")


def test_what_the_file_left_as_it_was_keeps_what_others_wrote(world: World) -> None:
    """A phone here, an address there: a row that sends every column puts nothing back."""
    one = world.customer("ann", name="Tidewater", staff=5, address="Quay 1")
    records.change("customers", one.pk, {"address": "Quay 2"}, world.act("ben"))
    content = table("Name | Staff | Address | Version", "Tidewater | 6 | Quay 1 | 1")
    made = imported(content, VERSIONED, world.actor("ada"))
    assert counts(made) == {"update": 1}
    assert held(world) == [("Tidewater", 6, "Quay 2", 3)]
    services.undo(made, world.actor("ada"))
    assert held(world) == [("Tidewater", 5, "Quay 2", 4)]


def test_the_same_value_is_no_conflict_and_a_file_may_come_twice(world: World) -> None:
    one = world.customer("ann", name="Tidewater", staff=5)
    records.change("customers", one.pk, {"staff": 9}, world.act("ben"))
    content = table("Name | Staff | Address | Version", "Tidewater | 9 | Quay 1 | 1")
    assert counts(imported(content, VERSIONED, world.actor("ada"))) == {"update": 1}
    assert counts(imported(content, VERSIONED, world.actor("ada"))) == {"same": 1}
    assert held(world) == [("Tidewater", 9, "Quay 1", 3)]


def test_without_a_version_a_row_is_taken_as_it_is(world: World) -> None:
    one = world.customer("ann", name="Tidewater", staff=5)
    records.change("customers", one.pk, {"staff": 7}, world.act("ben"))
    content = table("Name | Staff | Address | Version", "Tidewater | 9 | |")
    assert counts(imported(content, VERSIONED, world.actor("ada"))) == {"update": 1}
    assert held(world) == [("Tidewater", 9, None, 3)]
    plain = {**VERSIONED, "columns": {"Name": "name", "Staff": "staff"}}
    content = table("Name | Staff | Version", "Tidewater | 11 | 1")
    assert counts(imported(content, plain, world.actor("ada"))) == {"update": 1}
    assert held(world) == [("Tidewater", 11, None, 4)]


def test_two_rows_of_one_record_are_no_conflict_of_the_file_with_itself(world: World) -> None:
    world.customer("ann", name="Tidewater", staff=5)
    content = table("Name | Staff | Address | Version", "Tidewater | 6 | | 1", "Tidewater | 7 | Quay | 1")
    made = imported(content, VERSIONED, world.actor("ada"))
    assert counts(made) == {"update": 2}
    assert held(world) == [("Tidewater", 7, "Quay", 3)]


@pytest.mark.parametrize("cell", ["v2", "1.5", "-1", "12345678901"])
def test_a_version_that_is_no_number_is_refused(world: World, cell: str) -> None:
    world.customer("ann", name="Tidewater", staff=5)
    made = imported(
        table("Name | Staff | Address | Version", f"Tidewater | 6 | | {cell}"), VERSIONED, world.actor("ada")
    )
    said = "A version is a whole number, as an export writes it. Empty the cell to go without."
    assert problems(made) == [(2, "error", [["version", said]])]
    assert held(world) == [("Tidewater", 5, None, 1)]


def test_new_rows_need_none_and_only_one_column_holds_it(world: World) -> None:
    content = table("Name | Staff | Address | Version", "Harbour | 3 | |", "Quarry | 4 | | 1")
    assert counts(imported(content, VERSIONED, world.actor("ada"))) == {"create": 2}
    twice = {"entity": "customers", "columns": {"Name": "name", "Staff": "version", "Version": {"field": "version"}}}
    made = services.receive(content, "table.csv", world.actor("ada"))
    with pytest.raises(Invalid) as caught:
        services.use_map(made, twice, world.actor("ada"))
    assert [error.message for error in caught.value.errors] == ["Only one column can hold the version."]


def test_a_reference_to_a_row_further_down_is_told_too(world: World) -> None:
    old = world.customer("ann", name="Old")
    one = world.customer("ann", name="Tidewater")
    records.change("customers", one.pk, {"parent": old.pk}, world.act("ben"))
    raw = {
        "entity": "customers",
        "columns": {"Name": "name", "Parent": {"field": "parent", "missing": "refuse"}, "Version": "version"},
        "key": "name",
    }
    made = imported(table("Name | Parent | Version", "Tidewater | New | 1", "New | |"), raw, world.actor("ada"))
    said = "“Part of” was changed since this version: “Old” stands there, the file says “New”."
    assert problems(made) == [(2, "error", [["parent", said]])]
    assert records.get("customers", one.pk, world.actor("ada")).parent_id == old.pk


@pytest.mark.parametrize("how", ["csv", "xlsx"])
def test_an_export_holds_it_and_comes_back_as_it_was_looked_at(world: World, how: str) -> None:
    one, two = (world.customer("ann", name=name, staff=5) for name in ("Tidewater", "Harbour"))
    ada = world.actor("ada")
    name, file = exports.file_of("customers", ada, Wish(columns=["name", "staff", "version"], how=how))
    content = file.read()
    file.close()
    found = analyse(content, name)
    assert found.headers == ["Customer", "Staff", "Version"]
    proposal = propose.propose("customers", found, ada)
    assert proposal.map["columns"] == {"Customer": "name", "Staff": "staff", "Version": "version"}
    assert (proposal.map["key"], proposal.ignored) == ("name", [])
    records.change("customers", one.pk, {"staff": 6}, world.act("ben"))
    records.change("customers", two.pk, {"staff": 8}, world.act("ben"))
    made = imported(content, proposal.map, ada, name)
    assert counts(made) == {"same": 2}
    assert [row[1] for row in held(world)] == [6, 8]


def test_a_column_of_other_words_is_not_taken_for_it(world: World) -> None:
    found = analyse(table("Customer | Version", "Tidewater | 2.1"))
    assert propose.propose("customers", found, world.actor("ada")).map["columns"] == {"Customer": "name"}


def test_a_check_says_the_same_and_leaves_no_trace(world: World) -> None:
    one = world.customer("ann", name="Tidewater", staff=5)
    records.change("customers", one.pk, {"staff": 7}, world.act("ben"))
    made = given(table("Name | Staff | Address | Version", "Tidewater | 9 | | 1"), VERSIONED, world.actor("ada"))
    found = services.check(made, world.actor("ada"))
    assert found.ignored == []
    assert [(row.outcome, row.problems) for row in found.rows] == [
        ("error", [("Staff", "“Staff” was changed since this version: “7” stands there, the file says “9”.")])
    ]
    assert held(world) == [("Tidewater", 7, None, 2)]


def test_the_step_knows_its_column(world: World) -> None:
    plan = mapping.read(VERSIONED, ["Name", "Staff", "Address", "Version"], world.actor("ada"))
    assert plan.steps[0].version == 3
    assert [target.spec.name for target in plan.steps[0].targets] == ["name", "staff", "address"]
