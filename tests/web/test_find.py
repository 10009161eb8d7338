"""Pickers, the palette and the global search show what is open, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bosun.kernel import records
from tests.kernel.world import World
from tests.web.conftest import Seat


@pytest.fixture
def some(world: World) -> World:
    for name in ("Halden Paper Mill", "Castellan Foods"):
        world.customer("ann", name=name, tags=["fair"])
    world.customer("cyd", name="CNRY-foreign", tags=["CNRY-tag"])
    return world


def names(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [item["name"] for item in answer["items"]]


def test_a_picker_offers_ones_own_first_and_finds_by_letters(some: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    assert sorted(names(seat.picked("/customers/pick?q="))) == ["Castellan Foods", "Halden Paper Mill"]
    assert names(seat.picked("/customers/pick?q=hald")) == ["Halden Paper Mill"]
    assert names(seat.picked("/customers/pick?q=CNRY")) == []
    assert names(sit("ada").picked("/customers/pick?q=cnry")) == ["CNRY-foreign"]


def test_a_picker_keeps_to_one_customer(some: World, sit: Callable[[str], Seat]) -> None:
    own = records.query("customers", some.actor("ann")).sort(["name"]).page().items
    foreign = records.query("customers", some.actor("cyd")).page().items[0]
    for customer, name in ((own[0], "Eva"), (own[1], "Tom")):
        records.create("contacts", {"name": name, "customer": customer.pk}, some.act("ann"))
    records.create("contacts", {"name": "CNRY-person", "customer": foreign.pk}, some.act("cyd"))
    seat = sit("ann")
    assert names(seat.picked(f"/contacts/pick?by=customer&of={own[0].pk}")) == ["Eva"]
    assert seat.client.get(f"/contacts/pick?by=customer&of={foreign.pk}").status_code == 422


def test_words_in_use_are_those_one_may_see(some: World, sit: Callable[[str], Seat]) -> None:
    assert names(sit("ann").picked("/customers/words?field=tags&q=")) == ["fair"]
    assert names(sit("ada").picked("/customers/words?field=tags&q=cnry")) == ["CNRY-tag"]
    assert sit("ann").client.get("/customers/words?field=name").status_code == 404


def test_any_record_can_be_picked_where_any_will_do(some: World, sit: Callable[[str], Seat]) -> None:
    found = sit("ann").picked("/pick?q=halden")["items"]
    assert [item["id"].split(":")[0] for item in found] == ["customers"]
    assert sit("ann").picked("/pick?q=cnry")["items"] == []


def test_the_palette_goes_creates_and_runs_verbs(some: World, sit: Callable[[str], Seat]) -> None:
    own = records.query("customers", some.actor("ann")).page().items[0]
    groups = {
        group["label"]: group["items"] for group in sit("ben").picked(f"/palette?q=&on=customers/{own.pk}")["groups"]
    }
    assert "Hand over" in [item["label"] for item in groups["This record"]]
    assert "/customers" in [item["url"] for item in groups["Go to"]]
    assert "/customers/new" in [item["url"] for item in groups["Create"]]
    found = sit("ann").picked("/palette?q=halden")["groups"]
    assert found[0]["items"][0]["label"] == "Halden Paper Mill"
    assert "CNRY" not in str(sit("ann").picked("/palette?q=foreign"))
    settings = {"quiet": "/me/notices/times", "how i": "/me/notices", "subscr": "/me/subscriptions"}
    for typed, place in settings.items():
        (group,) = [each for each in sit("ann").picked(f"/palette?q={typed}")["groups"] if each["label"] == "Settings"]
        assert [each.get("url") or each["dialog"] for each in group["items"]] == [place]
    assert "/settings/roles" not in str(sit("ann").picked("/palette?q=roles"))
    assert "/settings/roles" in str(sit("ada").picked("/palette?q=roles"))
    ticked = sit("ann").picked(f"/palette?q=&ids={own.pk}&of=customers")["groups"][0]
    assert [item["label"] for item in ticked["items"]] == ["Set a field", "Move to the bin"]
    foreign = records.query("customers", some.actor("cyd")).page().items[0]
    assert "This record" not in str(sit("ann").picked(f"/palette?q=&on=customers/{foreign.pk}"))


def test_the_search_page_says_what_it_found(some: World, sit: Callable[[str], Seat]) -> None:
    page = sit("ann").get("/search?q=halden")
    assert "Halden Paper Mill" in page
    assert "Try fewer letters" in sit("ann").get("/search?q=CNRY-foreign")
    assert "Try fewer letters" not in sit("ann").get("/search")
