"""Taking records out: within one's rights, as the list has it, small ones at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bosun.platform.exports import services
from bosun.platform.exports.models import Export
from tests.kernel.world import World
from tests.web.conftest import Seat


@pytest.fixture
def some(world: World) -> World:
    for name, grade in (("Halden", "A"), ("Castellan", "B")):
        world.customer("ann", name=name, grade=grade)
    world.customer("cyd", name="CNRY-foreign", grade="A")
    return world


def lines(seat: Seat, address: str, **values: str) -> list[str]:
    answer = seat.post(address, 200, how="csv", **values)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return content.decode("utf-8-sig").splitlines()


def test_a_list_is_taken_out_as_it_stands(some: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    assert "2 records" in seat.fragment("/customers/export?columns=grade")
    found = lines(seat, "/customers/export?columns=grade&sort=-name")
    assert found == ["Customer,Grade", "Halden,A", "Castellan,B"]
    whole = lines(seat, "/customers/export", which="all")
    assert "Credit limit" not in whole[0]
    assert not any("CNRY" in line for line in whole)


def test_the_ticked_rows_alone(some: World, sit: Callable[[str], Seat]) -> None:
    foreign = some.customer("cyd", name="CNRY-other")
    own = some.customer("ann", name="Third")
    found = lines(sit("ann"), f"/customers/export?ids={own.pk},{foreign.pk}")
    assert [line.split(",")[0] for line in found] == ["Customer", "Third"]


def test_looking_exports_nothing_and_some_may_not(some: World, sit: Callable[[str], Seat]) -> None:
    some.grant("rep", {"customers": {"read": "own"}})
    seat = sit("ann")
    assert "Export this list" not in seat.get("/customers")
    assert seat.client.get("/customers/export").status_code == 403
    assert seat.client.post("/customers/export", {"how": "csv"}).status_code == 403
    assert Export.objects.count() == 0


def test_a_large_one_is_made_in_the_background_for_its_maker(
    some: World, sit: Callable[[str], Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 1)
    seat = sit("ann")
    assert seat.post("/customers/export", how="csv").headers["Location"] == "/exports"
    made = Export.objects.get()
    assert "Being made" in seat.get("/exports")
    services.make(made, some.actor("ann"), None)
    assert f'href="/exports/{made.pk}"' in seat.fragment("/exports")
    assert seat.client.get(f"/exports/{made.pk}").status_code == 200
    assert sit("ben").client.get(f"/exports/{made.pk}").status_code == 404
    assert made.file_name not in sit("ben").get("/exports")
