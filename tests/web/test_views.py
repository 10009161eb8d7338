"""Saved views: kept as the list stands, changed, shared, at hand, and opened with the rights of their reader."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.kernel.world import World
from tests.web.conftest import Seat

TREE = '{"field":"grade","op":"is","value":"A"}'


@pytest.fixture
def kept(world: World, sit: Callable[[str], Seat]) -> str:
    """The address of a view that Ann kept."""
    world.customer("ann", name="Halden", grade="A")
    world.customer("ann", name="Larvik", grade="C")
    seat = sit("ann")
    address = f"/customers/view/save?filter={TREE}&sort=-name&columns=grade,owner"
    assert 'name="name"' in seat.fragment(address)
    answer = seat.send(address, 204, name="Best ones")
    return str(answer.headers["HX-Redirect"])


def test_a_list_is_kept_as_it_stands(kept: str, sit: Callable[[str], Seat]) -> None:
    page = sit("ann").get(kept)
    assert "Best ones" in page
    assert "Halden" in page
    assert "Larvik" not in page
    assert "Industry" not in re.findall(r"<thead>.*?</thead>", page, re.DOTALL)[0]
    assert 'aria-sort="descending"' in page
    assert "Best ones" not in sit("ben").get("/customers")


def test_it_takes_what_changed_and_another_name(kept: str, sit: Callable[[str], Seat]) -> None:
    seat, query = sit("ann"), kept.split("?")[1]
    assert "Save this view as it stands" in seat.get(f"{kept}&filter=")
    seat.send(f"/customers/view/update?{query}&filter=", 204)
    assert "Larvik" in seat.get(kept)
    seat.send(f"/customers/view/rename?{query}", 422, name="")
    seat.send(f"/customers/view/rename?{query}", 204, name="All of them")
    assert "All of them" in seat.get("/customers")
    seat.send(f"/customers/view/remove?{query}", 204)
    assert "All of them" not in seat.get("/customers")


def test_a_view_at_hand_stands_in_the_menu(kept: str, sit: Callable[[str], Seat]) -> None:
    seat, query = sit("ann"), kept.split("?")[1]
    seat.send(f"/customers/view/star?{query}&on=1", 204)
    assert "Favourites" in seat.get("/day")
    assert "Best ones" in seat.get("/day")
    seat.send(f"/customers/view/star?{query}&on=0", 204)
    assert "Best ones" not in seat.get("/day")
    seat.send("/customers/view/star?on=1", 404)


def test_nobody_touches_the_view_of_another(kept: str, sit: Callable[[str], Seat]) -> None:
    query = kept.split("?")[1]
    for name in ("update", "rename", "remove", "share"):
        assert sit("ben").client.post(f"/customers/view/{name}?{query}", {"name": "x"}).status_code in (403, 404)
    assert "Best ones" in sit("ann").get("/customers")


def test_sharing_needs_the_right(kept: str, world: World, sit: Callable[[str], Seat]) -> None:
    query = kept.split("?")[1]
    sit("ann").send(f"/customers/view/share?{query}", 403, level="shared")
    answer = sit("ada").send(f"/customers/view/save?filter={TREE}", 204, name="For all")
    shared = str(answer.headers["HX-Redirect"]).split("?")[1]
    sit("ada").send(f"/customers/view/share?{shared}", 204, level="shared")
    assert "For all" in sit("ann").get("/customers")
    role = world.roles["manager"]
    sit("ada").send(f"/customers/view/share?{shared}", 422, level="role")
    sit("ada").send(f"/customers/view/share?{shared}", 204, level="role", role=str(role))
    assert "For all" not in sit("ann").get("/customers")
    assert "For all" in sit("ben").get("/customers")


def test_a_view_of_a_hidden_field_tells_nothing(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden")
    assert made.pk
    tree = '{"field":"credit_limit","op":"gte","value":"1"}'
    answer = sit("ada").send(f"/customers/view/save?filter={tree}", 204, name="Rich")
    shared = str(answer.headers["HX-Redirect"])
    sit("ada").send(f"/customers/view/share?{shared.split('?')[1]}", 204, level="shared")
    page = sit("ann").get(shared, 422)
    assert "not open to you" in page
    assert "Halden" not in page
    assert sit("ann").client.post(f"/customers/view/save?filter={tree}", {"name": "x"}).status_code == 422
