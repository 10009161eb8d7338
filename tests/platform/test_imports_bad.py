"""What an import meets that no field can hold: each row is refused with its reason, and the others go in."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel.errors import Invalid
from bosun.platform.imports import services
from tests.kernel.world import World
from tests.platform.importing import columns, counts, given, imported, problems, table

pytestmark = pytest.mark.django_db


def test_values_that_are_too_long_or_below_zero_are_refused_by_their_row(world: World) -> None:
    raw: dict[str, Any] = {
        "entity": "customers",
        "columns": {"Name": "name", "Tags": "tags", "Capital": "registered_capital"},
    }
    content = table(
        "Name | Tags | Capital", "Halden | fair, pump | 10", f"Long tag | {'b' * 61} | 10", f"{'N' * 201} | |",
        "Debts | fair | -0.01",
    )  # fmt: skip
    made = imported(content, raw, world.actor("ada"))
    assert counts(made) == {"create": 1, "error": 3}
    assert problems(made) == [
        (3, "error", [["tags", f"A tag has at most 60 characters: “{'b' * 40}…”."]]),
        (4, "error", [["name", "At most 200 characters; this has 201."]]),
        (5, "error", [["registered_capital", "“Registered capital” cannot be less than zero."]]),
    ]
    assert columns(world.actor("ada"), "customers", ["name", "tags"]) == [("Halden", ["fair", "pump"])]


def test_what_may_be_a_slip_goes_in_and_is_noted_at_its_row(world: World) -> None:
    raw: dict[str, Any] = {
        "entity": "opportunities", "columns": {"Name": "name", "Closes": "closes", "Opened": "opened"},
    }  # fmt: skip
    content = table("Name | Closes | Opened", "A | 2126-01-31 | 2026-01-01", "B | 1926-01-31 | 1926-01-01", "C | |")
    made = given(content, raw, world.actor("ada"))
    says = {row.line: row.problems for row in services.check(made, world.actor("ada")).rows}
    ahead = "This is more than 20 years ahead. Look at the year again."
    ago = "This is more than 20 years ago. Look at the year again."
    assert says == {2: [("Expected close", ahead)], 3: [("Expected close", ago)], 4: []}
    made = imported(content, raw, world.actor("ada"))
    assert counts(made) == {"create": 3, "noted": 2}
    assert problems(made) == [(2, "note", [["closes", ahead]]), (3, "note", [["closes", ago]])]


def test_a_forged_address_is_noted_and_meets_no_other_record(world: World) -> None:
    world.customer("ada", name="Halden", email="admin@example.com")
    raw: dict[str, Any] = {
        "entity": "customers", "columns": {"Name": "name", "Mail": "email"}, "key": "email", "on_match": "update",
    }  # fmt: skip
    made = imported(table("Name | Mail", "Other | аdmin@exаmple.com"), raw, world.actor("ada"))
    assert counts(made) == {"create": 1, "noted": 1}
    said = "Letters of several scripts that look alike: this may be a forged address."
    assert problems(made) == [(2, "note", [["email", said]])]
    assert columns(world.actor("ada"), "customers", ["name", "email"]) == [
        ("Halden", "admin@example.com"), ("Other", "аdmin@xn--exmple-4nf.com"),
    ]  # fmt: skip


def test_days_that_are_none_are_refused_by_their_row(world: World) -> None:
    raw: dict[str, Any] = {"entity": "opportunities", "columns": {"Name": "name", "Closes": "closes"}}
    days = ("2026-02-30", "0000-00-00", "1582-10-10", "9999-12-31", "25:00", "2026-12-31")
    made = imported(table("Name | Closes", *(f"N{day} | {day}" for day in days)), raw, world.actor("ada"))
    assert counts(made) == {"create": 1, "error": 5}
    assert [(line, outcome, said[0][0]) for line, outcome, said in problems(made)] == [
        (line, "error", "closes") for line in range(2, 7)
    ]
    assert columns(world.actor("ada"), "opportunities", ["name"]) == [("N2026-12-31",)]


def test_characters_that_no_database_keeps_are_refused_by_their_row(world: World) -> None:
    raw: dict[str, Any] = {"entity": "customers", "columns": {"Name": "name", "Tags": "tags"}}
    content = table("Name | Tags", "Good | a", "A\x01B | a", "Tag | a\x01b")
    made = imported(content, raw, world.actor("ada"))
    said = "This text holds characters that cannot be stored. Type it again."
    assert problems(made) == [(3, "error", [["name", said]]), (4, "error", [["tags", said]])]
    assert columns(world.actor("ada"), "customers", ["name"]) == [("Good",)]
    with pytest.raises(Invalid):
        given(table("Name", "A\0B"), {"entity": "customers", "columns": {"Name": "name"}}, world.actor("ada"))
