"""Lists: filter, search, sort, pages, fields, totals; and that nobody counts what he may not see."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bosun.platform.accounts.models import User
from tests.api.conftest import Api
from tests.kernel.world import World, create

Caller = Callable[..., Api]


def asked(**leaf: Any) -> str:
    return quote(json.dumps(leaf))


def signed_in(world: World, name: str) -> Client:
    client = Client()
    user = User.objects.get(person_id=world.people[name])
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def names(body: dict[str, Any]) -> list[str]:
    return [item["name"] for item in body["items"]]


@pytest.fixture
def fleet(world: World) -> dict[str, Any]:
    """Five customers of Ann, one of Cyd."""
    held: dict[str, dict[str, Any]] = {
        "Alba": {"grade": "A", "staff": 10, "registered_capital": {"amount": "100.00", "currency": "EUR"}},
        "Berg": {"grade": "B", "staff": 20, "registered_capital": {"amount": "50.25", "currency": "EUR"}},
        "Cord": {"grade": "A", "staff": 30, "tags": ["fair"]},
        "Dove": {"grade": None, "staff": 20},
        "Elba": {"grade": "B", "staff": None},
    }
    rows = {name: world.customer("ann", name=name, **values) for name, values in held.items()}
    rows["Zulu"] = world.customer("cyd", name="Zulu", grade="A", staff=99)
    return rows


def test_everybody_sees_his_own(api: Caller, fleet: dict[str, Any]) -> None:
    assert names(api("ann").get("customers")) == ["Alba", "Berg", "Cord", "Dove", "Elba"]
    assert names(api("ben").get("customers")) == ["Alba", "Berg", "Cord", "Dove", "Elba"]
    assert names(api("cyd").get("customers")) == ["Zulu"]
    assert len(api("ada").get("customers")["items"]) == 6


def test_filters_meet_exactly(api: Caller, fleet: dict[str, Any], world: World) -> None:
    ann = api("ann")
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"field": "grade", "op": "is", "value": "A"}, ["Alba", "Cord"]),
        ({"field": "grade", "op": "is_not", "value": "A"}, ["Berg", "Dove", "Elba"]),
        ({"field": "grade", "op": "in", "value": ["A", "B"]}, ["Alba", "Berg", "Cord", "Elba"]),
        ({"field": "grade", "op": "empty"}, ["Dove"]),
        ({"field": "staff", "op": "between", "value": [15, 30]}, ["Berg", "Cord", "Dove"]),
        ({"field": "name", "op": "contains", "value": "LB"}, ["Alba", "Elba"]),
        ({"field": "tags", "op": "in", "value": ["fair"]}, ["Cord"]),
        ({"field": "owner.username", "op": "is", "value": "ann"}, ["Alba", "Berg", "Cord", "Dove", "Elba"]),
        ({"field": "owner", "op": "is", "value": "ben"}, []),
        ({"field": "registered_capital", "op": "gt", "value": {"amount": "60", "currency": "EUR"}}, ["Alba"]),
    ]
    for leaf, expected in cases:
        assert names(ann.get(f"customers?filter={asked(**leaf)}")) == expected, leaf
    tree = {
        "any": [
            {"all": [{"field": "grade", "op": "is", "value": "A"}, {"field": "staff", "op": "gt", "value": 10}]},
            {"none": [{"field": "grade", "op": "filled"}]},
        ]
    }
    assert names(ann.get(f"customers?filter={quote(json.dumps(tree))}")) == ["Cord", "Dove"]


def test_four_levels_of_sorting(api: Caller, fleet: dict[str, Any]) -> None:
    ann = api("ann")
    assert names(ann.get("customers?sort=-name")) == ["Elba", "Dove", "Cord", "Berg", "Alba"]
    assert names(ann.get("customers?sort=-staff,name")) == ["Cord", "Berg", "Dove", "Alba", "Elba"]
    assert names(ann.get("customers?sort=-staff,-name")) == ["Cord", "Dove", "Berg", "Alba", "Elba"]
    assert ann.get("customers?sort=name,grade,staff,email,address", 422)["code"] == "invalid"


@pytest.mark.parametrize("sort", ["name", "-staff,name", "grade,-name", "registered_capital"])
def test_pages_hold_every_record_once(api: Caller, fleet: dict[str, Any], sort: str) -> None:
    ann = api("ann")
    whole = names(ann.get(f"customers?sort={sort}"))
    seen: list[str] = []
    cursor = ""
    while True:
        part = ann.get(f"customers?sort={sort}&limit=2{cursor}")
        assert len(part["items"]) <= 2
        seen += names(part)
        if part["next"] is None:
            break
        cursor = f"&cursor={part['next']}"
    assert seen == whole
    assert len(whole) == 5
    back = ann.get(f"customers?sort={sort}&limit=2{cursor}")["previous"]
    assert names(ann.get(f"customers?sort={sort}&limit=2&cursor={back}")) == whole[2:4]


def test_a_marker_of_another_order_is_refused(api: Caller, fleet: dict[str, Any]) -> None:
    ann = api("ann")
    marker = ann.get("customers?sort=name&limit=2")["next"]
    assert ann.get(f"customers?sort=-name&cursor={marker}", 422)["errors"][0]["field"] == "cursor"
    assert ann.get("customers?cursor=nonsense", 422)["errors"][0]["field"] == "cursor"


def test_totals(api: Caller, fleet: dict[str, Any]) -> None:
    ann = api("ann")
    assert ann.get("customers/totals") == {"count": 5, "exact": True}
    body = ann.get("customers/totals?group=grade&sum=registered_capital,staff")
    assert body["sums"] == {"registered_capital": {"amount": "150.25", "currency": "EUR"}, "staff": 80}
    figures = {group["value"]: (group["count"], group["sums"]["staff"]) for group in body["groups"]}
    assert figures == {"A": (2, 40), "B": (2, 20), None: (1, 20)}
    assert ann.get(f"customers/totals?filter={asked(field='grade', op='is', value='A')}")["count"] == 2
    refused = ann.get("customers/totals?sum=" + ",".join(["staff"] * 21), status=422)
    assert refused["errors"] == [{"field": "sum", "message": "Ask for at most 20 sums at once."}]
    assert ann.get("customers/totals?sum=staff,staff")["sums"] == {"staff": 80}
    assert api("cyd").get("customers/totals?sum=staff") == {"count": 1, "exact": True, "sums": {"staff": 99}}
    for odd in ("owner,owner,owner", "owner,grade,region"):
        problem = ann.get(f"customers/totals?group={odd}", 422)
        assert problem["errors"] == [{"field": "group", "message": "Count by one or two fields, each named once."}]
    owners = ann.get("customers/totals?group=owner")["groups"]
    assert [(group["value"]["name"], group["count"]) for group in owners] == [("Ann", 5)]


def test_many_are_counted_only_when_asked(api: Caller, fleet: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bosun.api.reading.COUNT_TO", 3)
    assert api("ann").get("customers/totals") == {"count": 3, "exact": False}
    assert api("ann").get("customers/totals?exact=1") == {"count": 5, "exact": True}


def test_a_hidden_field_can_be_neither_asked_for_nor_filtered_nor_summed(api: Caller, world: World) -> None:
    create("customers", name="Tidewater", owner=world.people["ann"], credit_limit={"amount": "77", "currency": "EUR"})
    ann = api("ann")
    for address in (
        "customers?fields=credit_limit",
        "customers?sort=credit_limit",
        f"customers?filter={asked(field='credit_limit', op='filled')}",
        f"contacts?filter={asked(field='customer.credit_limit', op='filled')}",
        "customers/totals?sum=credit_limit",
        "customers/totals?group=credit_limit",
        "customers/totals?sum=staff,credit_limit",
        "customers/totals?group=grade&sum=credit_limit",
    ):
        problem = ann.get(address, 422)
        assert "77" not in json.dumps(problem)
        unknown = ann.get(address.replace("credit_limit", "credit_limix"), 422)
        assert json.dumps(problem).replace("credit_limit", "credit_limix") == json.dumps(unknown)
    assert "credit_limit" not in json.dumps(ann.get("customers"))
    assert api("ada").get("customers")["items"][0]["credit_limit"] == {"amount": "77.00", "currency": "EUR"}


@pytest.mark.parametrize(
    "leaf",
    [
        {"field": "owner__password__startswith", "op": "is", "value": "p"},
        {"field": "name__regex", "op": "is", "value": "(a+)+$"},
        {"field": "owner.password", "op": "starts", "value": "p"},
        {"field": "id", "op": "in", "value": [1]},
        {"field": "_connector", "op": "is", "value": "OR 1=1 OR"},
        {"field": "name", "op": "regex", "value": "a"},
        {"field": "deleted_at", "op": "filled"},
        {"field": "name", "op": "is", "value": "a", "more": 1},
        {"all": "name"},
        {"any": [], "all": []},
        {"field": ["name"], "op": "is", "value": "a"},
        {"field": "name", "op": {"is": 1}, "value": "a"},
        {"field": "name", "op": "is", "value": {"a": 1}},
        {"field": "name", "op": "in", "value": {"a": 1}},
        {"field": "staff", "op": "gt", "value": 10**30},
        {"field": "staff", "op": "is", "value": [1]},
        {"field": "owner", "op": "is", "value": {"id": 10**30}},
        {"field": "owner", "op": "is", "value": [[]]},
        {"field": "created_at", "op": "last_days", "value": 10**9},
        {"field": "created_at", "op": "this", "value": ["day"]},
        {"field": "created_at", "op": "between", "value": ["2026-02-30", "2026-03-01"]},
        {"field": "tags", "op": "in", "value": [{"a": 1}]},
        {"field": "registered_capital", "op": "gt", "value": {"amount": "1", "currency": ["EUR"]}},
        "name",
        7,
    ],
)
def test_filters_that_cannot_be_read_are_refused(api: Caller, fleet: dict[str, Any], leaf: Any) -> None:
    answer = api("ann")("GET", f"customers?filter={quote(json.dumps(leaf))}")
    assert answer.status_code in (400, 422) or json.loads(answer.content)["items"] == [], answer.content


def test_a_list_takes_the_same_few_queries_at_any_width(api: Caller, fleet: dict[str, Any], world: World) -> None:
    ann = api("ann")
    ann.get("customers")
    wide = f"customers?limit=200&sort=owner,grade,-staff,name&q=&filter={asked(field='kind', op='is', value='company')}"
    with CaptureQueriesContext(connection) as few:
        ann.get(wide)
    parent = world.customer("ann", name="Holding")
    for number in range(60):
        world.customer("ann", name=f"More {number:02}", parent=parent.pk)
    with CaptureQueriesContext(connection) as many:
        assert len(ann.get(wide)["items"]) == 66
    assert len(few) <= 12
    assert len(many) <= 12
    client = signed_in(world, "ann")
    for address in (wide, wide.replace("q=", "q=more"), "customers/totals?sum=staff&group=owner"):
        client.get(f"/api/v1/{address}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/api/v1/{address}").status_code == 200
        assert len(queries) <= 12, address


@pytest.mark.parametrize("entity", ["contacts", "follow_ups", "users", "departments"])
def test_lists_of_every_kind_take_few_queries(api: Caller, world: World, entity: str) -> None:
    row = world.customer("ann", name="Tidewater")
    ann = api("ann")
    contact = ann.send("POST", "contacts", {"name": "Ida", "customer": row.pk}, 201)
    for number in range(5):
        about = {"entity": "contacts" if number % 2 else "customers", "id": contact["id"] if number % 2 else row.pk}
        ann.send("POST", "follow_ups", {"about": about, "type": "call", "contact": contact["id"]}, 201)
    ada = api("ada")
    ada.get(entity)
    with CaptureQueriesContext(connection) as queries:
        assert ada.get(f"{entity}?limit=200")["items"]
    assert len(queries) <= 12


def test_one_record_takes_few_queries(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater", parent=world.customer("ann", name="Holding").pk)
    ann = api("ann")
    ann.get("customers")
    for address in (f"customers/{row.pk}", f"customers/{row.pk}/history", f"customers/{row.pk}/timeline"):
        with CaptureQueriesContext(connection) as queries:
            ann.get(address)
        assert len(queries) <= 12, address


def test_a_closed_entity_is_not_there(api: Caller, world: World) -> None:
    closed, absent = api("ann").get("roles", 404), api("ann").get("rolex", 404)
    assert closed == absent
    assert api("ann").get("roles/totals", 404) == absent
    assert len(api("ada").get("roles")["items"]) >= 3
