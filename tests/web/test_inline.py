"""Editing a cell where it stands: saved through the door, errors beside it, both values in a conflict."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from bosun.kernel import history, records, registry
from tests.kernel.world import World
from tests.web.conftest import Seat


def fresh(world: World, pk: int) -> object:
    return records.get("customers", pk, world.actor("ada"))


def test_a_cell_is_edited_and_the_row_drawn_anew(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden", grade="A")
    seat = sit("ann")
    address = f"/customers/{made.pk}/cell?field=grade&columns=grade,contact_state"
    form = seat.fragment(address)
    assert 'name="grade"' in form
    assert f'name="version" value="{made.version}"' in form
    row = seat.send(address, grade="B", version=made.version).content.decode()
    assert row.strip().startswith(f'<tr id="row-{made.pk}"')
    assert re.search(r'data-name="grade"[^>]*>B</td>', row)
    assert fresh(world, made.pk).grade == "B"  # type: ignore[attr-defined]
    entry = history.of_record(registry.get("customers"), made.pk, records.environment(world.actor("ann")))[0]
    assert entry.door == "inline"


def test_a_fact_answers_with_itself(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden")
    answer = sit("ann").send(f"/customers/{made.pk}/cell?field=address", address="Quay 4", version=made.version)
    assert answer.content.decode().startswith('<dd data-name="address"')


def test_an_error_stands_beside_and_keeps_what_was_typed(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden", staff=4)
    answer = sit("ann").send(f"/customers/{made.pk}/cell?field=staff&columns=staff", 422, staff="many", version=1)
    assert 'value="many"' in answer.content.decode()
    assert "This is not a number." in answer.content.decode()
    assert fresh(world, made.pk).staff == 4  # type: ignore[attr-defined]


def test_two_writers_of_one_field_see_both_values(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden", address="Old quay")
    records.change("customers", made.pk, {"address": "Theirs"}, world.act("ben"), seen=made.version)
    seat = sit("ann")
    address = f"/customers/{made.pk}/cell?field=address&columns=address"
    answer = seat.send(address, 409, address="Mine", version=made.version)
    text = answer.content.decode()
    assert "Mine" in text
    assert "Theirs" in text
    assert "Ben" in text
    assert fresh(world, made.pk).address == "Theirs"  # type: ignore[attr-defined]
    version = re.findall(r'name="version" value="(\d+)"', text)[0]
    seat.send(address, 204, address="Mine", version=version, keep_address="mine")
    assert fresh(world, made.pk).address == "Mine"  # type: ignore[attr-defined]


def test_writers_of_different_fields_both_win(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden")
    records.change("customers", made.pk, {"address": "Theirs"}, world.act("ben"), seen=made.version)
    sit("ann").send(f"/customers/{made.pk}/cell?field=staff&columns=staff", staff="12", version=made.version)
    assert (fresh(world, made.pk).address, fresh(world, made.pk).staff) == ("Theirs", 12)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["credit_limit", "nothing", "last_contact", "owner"])
def test_fields_that_are_not_open_are_not_edited(world: World, sit: Callable[[str], Seat], name: str) -> None:
    made = world.customer("ann", name="Halden")
    answer = sit("ann").client.get(f"/customers/{made.pk}/cell?field={name}")
    assert answer.status_code in (403, 404)
    answer = sit("ann").client.post(f"/customers/{made.pk}/cell?field={name}", {name: "1"})
    assert answer.status_code in (403, 404)
