"""Lists: views, filters in the address, order, columns, words, pages, totals; a constant number of queries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bosun.kernel import registry
from bosun.platform.integrity.hashing import content_hash
from tests.kernel.world import World
from tests.web.conftest import Seat

MOST_QUERIES = 13


def rows_of(page: str) -> list[str]:
    """The names in the first column."""
    return re.findall(r'data-row="\d+".*?<span class="cut">([^<]*)</span></a>', page)


@pytest.fixture
def few(world: World) -> World:
    for name, grade in (("Halden", "A"), ("Castellan", "B"), ("Kestrel", "A"), ("Larvik", "C")):
        world.customer("ann", name=name, grade=grade, tags=["fair"] if grade == "A" else [])
    world.customer("cyd", name="CNRY-foreign", grade="A")
    return world


def test_a_list_holds_what_is_open(few: World, sit: Callable[[str], Seat]) -> None:
    assert rows_of(sit("ann").get("/customers")) == ["Castellan", "Halden", "Kestrel", "Larvik"]
    assert rows_of(sit("cyd").get("/customers")) == ["CNRY-foreign"]
    assert "CNRY" not in sit("ann").get("/customers")


def test_filter_order_and_columns_stand_in_the_address(few: World, sit: Callable[[str], Seat]) -> None:
    tree = {
        "all": [
            {"field": "grade", "op": "in", "value": ["A", "B"]},
            {"none": [{"field": "name", "op": "is", "value": "Halden"}]},
        ]
    }
    page = sit("ann").get("/customers", filter=tree, sort="-grade,name", columns="grade,tags")
    assert rows_of(page) == ["Castellan", "Kestrel"]
    assert "Grade <b>A, B</b>" in page
    assert 'aria-sort="descending"' in page
    assert "Industry" not in re.findall(r"<thead>.*?</thead>", page, re.DOTALL)[0]


def test_each_condition_can_be_taken_away(few: World, sit: Callable[[str], Seat]) -> None:
    tree = {"all": [{"field": "grade", "op": "is", "value": "A"}, {"field": "name", "op": "contains", "value": "hal"}]}
    seat = sit("ann")
    page = seat.get("/customers", filter=tree)
    assert rows_of(page) == ["Halden"]
    off = [each.replace("&amp;", "&") for each in re.findall(r'class="off" href="([^"]+)"', page)]
    assert rows_of(seat.get(off[1])) == ["Halden", "Kestrel"]


@pytest.mark.parametrize(
    "params",
    [
        {"filter": {"field": "credit_limit", "op": "gte", "value": "1"}},
        {"filter": {"field": "owner.extra_grants.password", "op": "filled"}},
        {"filter": "{"},
        {"filter": [1]},
        {"filter": {"field": "name__regex", "op": "is", "value": "x"}},
        {"sort": "credit_limit"},
        {"sort": "name,grade,industry,owner,source"},
        {"cursor": "nonsense"},
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    few: World, sit: Callable[[str], Seat], params: dict[str, object]
) -> None:
    page = sit("ann").get("/customers", 422, **params)
    assert "This list cannot be drawn as asked" in page
    assert "Traceback" not in page


DEEP = '{"all":' + "[" * 3000
PARTS = ("", "/rows", "/counts", "/totals", "/filter", "/sort", "/columns", "/export")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("filter_", [DEEP, DEEP + "]" * 3000 + "}", '"\\ud800"', '{"all":["\\u0000"]}'])
def test_a_filter_that_no_page_makes_is_refused_everywhere(
    few: World, sit: Callable[[str], Seat], part: str, filter_: str
) -> None:
    page = sit("ann").get(f"/customers{part}", 422, filter=filter_)
    assert "This filter cannot be read." in page


@pytest.mark.parametrize("whole", [DEEP, '{"q":"\\u0000"}', '{"filter":"\\ud800"}'])
def test_all_that_match_such_a_filter_is_nothing(few: World, sit: Callable[[str], Seat], whole: str) -> None:
    before = content_hash()
    answer = sit("ann").post(f"/customers/bulk/edit?field=staff&all=1&filter={quote(whole)}", 422, staff="1")
    assert "This filter cannot be read." in answer.content.decode()
    assert content_hash() == before


@pytest.mark.parametrize("address", ["/customers", "/search", "/palette", "/pick", "/customers/pick"])
def test_nul_in_an_address_is_refused_in_one_way(few: World, sit: Callable[[str], Seat], address: str) -> None:
    assert "characters that cannot be stored" in sit("ann").get(address, 400, q="Hal\0den")


def test_hidden_fields_are_no_columns_and_no_offers(few: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    assert "Credit limit" not in seat.get("/customers", columns="name,credit_limit,grade")
    for part in ("filter", "sort", "columns"):
        assert "credit_limit" not in seat.fragment(f"/customers/{part}")
        assert "credit_limit" in sit("ada").fragment(f"/customers/{part}")


def test_words_find_inside_the_list(few: World, sit: Callable[[str], Seat]) -> None:
    assert rows_of(sit("ann").get("/customers", q="kest")) == ["Kestrel"]
    assert rows_of(sit("ann").get("/customers", q="CNRY")) == []
    assert "Nothing matches" in sit("ann").get("/customers", q="CNRY")


def test_presets_are_tabs(few: World, sit: Callable[[str], Seat]) -> None:
    page = sit("ann").get("/customers", view="mine")
    assert "Owner <b>me</b>" in page
    assert re.search(r'href="/customers\?view=mine" aria-current="page"', page)


def test_totals_load_after_the_page(few: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    for name, amount in (("Rich", "100.50"), ("Richer", "200.00")):
        few.customer("ann", name=name, registered_capital={"amount": amount, "currency": "EUR"})
    foot = seat.fragment("/customers/totals?columns=registered_capital")
    assert "<b>6</b> customers" in foot
    assert "€300.50" in foot
    tree = json.dumps({"field": "credit_limit", "op": "filled"})
    assert seat.client.get("/customers/totals", {"filter": tree}).status_code == 422


def test_pages_go_on_where_the_last_one_ended(world: World, sit: Callable[[str], Seat]) -> None:
    for number in range(60):
        world.customer("ann", name=f"Customer {number:03}")
    seat = sit("ann")
    page = seat.get("/customers")
    assert len(rows_of(page)) == 50
    more = re.findall(r'hx-get="(/customers/rows\?[^"]+)"', page)[0].replace("&amp;", "&")
    rest = rows_of(seat.fragment(more))
    assert rest == [f"Customer {number:03}" for number in range(50, 60)]


def queries(seat: Seat, address: str) -> int:
    seat.get(address)
    with CaptureQueriesContext(connection) as seen:
        seat.get(address)
    return len(seen)


def test_a_list_costs_the_same_at_any_length_and_width(world: World, sit: Callable[[str], Seat]) -> None:
    parent = world.customer("ben", name="Parent")
    region = registry.get("places").model._default_manager.first()
    counts = []
    wide = "/customers?columns=" + ",".join(registry.get("customers").specs())
    for total in (5, 50):
        for number in range(total - 5 if total > 5 else 0, total):
            who = "ann" if number % 2 else "ben"
            more = {"region": region.pk} if region else {}
            world.customer(
                who, name=f"C {number}", tags=["x"], **({"parent": parent.pk} if who == "ben" else {}), **more
            )
        for number in range(45 if total == 50 else 0):
            world.customer("ann", name=f"D {number}", tags=["y"])
        counts.append((queries(sit("ben"), "/customers"), queries(sit("ben"), wide)))
    assert counts[0] == counts[1]
    assert max(counts[1]) <= MOST_QUERIES, counts
