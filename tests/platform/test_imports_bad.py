"""What an import meets that no field can hold: each row is refused with its reason, and the others go in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kernel.world import World
from tests.platform.importing import columns, counts, imported, problems, table

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
