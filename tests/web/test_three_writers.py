"""A form is open while a rule and an import write to the same record: nothing is lost silently, and the history names
three writers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bosun.kernel import history, records, registry, stamps
from tests.kernel.world import World
from tests.platform.importing import counts, imported, table
from tests.web.conftest import Seat
from tests.web.test_forms import FULL, only

Sit = Callable[[str], Seat]
MAP = {"entity": "customers", "columns": {"Name": "name", "Address": "address"}, "key": "name"}
OPENED = {**FULL, "address": "Old", "staff": "5", "grade": "B", "website": ""}


@pytest.fixture
def opened(world: World) -> Any:
    """Ann's customer as her form shows it; then a rule writes its grade because of Ben, and an import its address."""
    rule = {
        "name": "Large", "event": "customers.changed", "enabled": True,
        "when": {"field": "staff", "op": "changed"}, "do": [{"action": "set", "field": "grade", "value": "A"}],
    }  # fmt: skip
    records.create("rules", rule, world.act("ada"))
    stamps.refresh()
    made = world.customer("ann", name="Halden", address="Old", staff=5, grade="B")
    records.change("customers", made.pk, {"staff": 900}, world.act("ben"))
    done = imported(table("Name | Address", "Halden | Quay 9"), MAP, world.actor("ada"))
    assert counts(done) == {"update": 1}
    return made


def writers(world: World, pk: int) -> list[tuple[str, str, list[str]]]:
    """Who wrote what through which door, as the history has it, the first one first."""
    env = records.environment(world.actor("ada"))
    entries = history.of_record(registry.get("customers"), pk, env)
    # The next contact follows from the grade by itself.
    fields = [sorted({line.spec.name for line in each.lines} - {"next_contact"}) for each in entries]
    return [(each.actor, each.door, names) for each, names in zip(entries, fields, strict=True)][-2::-1]


def test_a_form_rule_and_import_in_other_fields_all_stay(world: World, sit: Sit, opened: Any) -> None:
    sit("ann").post(
        f"/customers/{opened.pk}/edit", **{**OPENED, "website": "https://h.example"}, version=opened.version
    )
    now = only(world)
    assert (now.address, now.staff, now.grade, now.website) == ("Quay 9", 900, "A", "https://h.example")
    assert writers(world, opened.pk) == [
        ("Ben", "api", ["staff"]),
        ("Ada", "rule", ["grade"]),
        ("Ada", "import", ["address"]),
        ("Ann", "form", ["website"]),
    ]


@pytest.mark.parametrize(
    ("name", "mine", "theirs", "who"),
    [("grade", "C", "A", "Ada"), ("address", "Mine", "Quay 9", "Ada")],
)
def test_a_field_that_both_wrote_is_asked_for(
    world: World, sit: Sit, opened: Any, name: str, mine: str, theirs: str, who: str
) -> None:
    ann, typed = sit("ann"), {**OPENED, name: mine}
    page = ann.post(f"/customers/{opened.pk}/edit", 409, **typed, version=opened.version).content.decode()
    assert f"What {who} wrote" in page
    assert getattr(only(world), name) == theirs
    before = writers(world, opened.pk)
    now = only(world)
    fresh = {"address": now.address, "staff": str(now.staff), "grade": now.grade, name: mine, "version": now.version}
    ann.post(f"/customers/{opened.pk}/edit", **{**OPENED, **fresh}, **{f"keep_{name}": "mine"})
    assert getattr(only(world), name) == mine
    assert writers(world, opened.pk) == [*before, ("Ann", "form", [name])]
