"""Names and values that would be code somewhere below: refused or taken as text, and nothing hidden is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from bosun.kernel import records
from bosun.platform.integrity.hashing import content_hash
from tests.api.conftest import Api
from tests.kernel.world import World
from tests.platform.importing import counts, imported, table

Caller = Callable[..., Api]
CODE = ("') UNION SELECT 1--", "a.b", "%s", "{}", 'owner"; drop table x;--', "month'||sleep(5)", "name) OR 1=1--")


@pytest.mark.parametrize(
    "field",
    [
        "owner__password__startswith", "owner.password", "owner.username.password", "created_by__api_token__gt",
        "created_by.token", "customer__credit_limit", "name__regex", "id__in", "pk__isnull", "_connector", "_negated",
        "owner.department.parent.name.secret", *CODE,
    ],
)  # fmt: skip
def test_a_filter_walks_along_no_column_of_the_database(api: Caller, world: World, field: str) -> None:
    world.customer("ann", name="Halden")
    before = content_hash()
    ann = api("ann")
    for op, value in (("is", "pbkdf2"), ("gt", "a"), ("filled", None), ("contains", "(a+)+$")):
        leaf = json.dumps({"field": field, "op": op, "value": value})
        for address in ("customers", "customers/totals"):
            answer = ann("GET", f"{address}?{urlencode({'filter': leaf})}")
            assert answer.status_code == 422, (field, op, answer.content)
            assert b"pbkdf2_" not in answer.content
    for words in ({"sort": field}, {"fields": field}):
        assert ann("GET", f"customers?{urlencode(words)}").status_code == 422
    for words in ({"group": field}, {"group": f"created_at:{field}"}, {"sum": field}):
        assert ann("GET", f"customers/totals?{urlencode(words)}").status_code == 422
    assert ann("POST", "customers", {"name": "B", field: "x"}).status_code == 422
    assert content_hash() == before


@pytest.mark.parametrize("word", ["_connector", "_negated", "OR", "any ", "__class__"])
def test_a_filter_is_built_of_its_own_words_alone(api: Caller, world: World, word: str) -> None:
    leaf = {"field": "name", "op": "is", "value": "A"}
    for tree in ({word: [leaf]}, {**leaf, word: "OR 1=1 OR"}, {"all": [leaf], word: "OR"}, {**leaf, "op": word}):
        answer = api("ann")("GET", f"customers?{urlencode({'filter': json.dumps(tree)})}")
        assert answer.status_code in (400, 422), answer.content


@pytest.mark.parametrize("zone", ["'; drop table x;--", "Mars/Base", "../../etc/passwd", "UTC'||sleep(5)"])
def test_a_zone_is_one_that_is_known(api: Caller, world: World, zone: str) -> None:
    before = content_hash()
    answer = api("ada")("PATCH", f"users/{world.people['ann']}", {"zone": zone})
    assert answer.status_code == 422, answer.content
    assert content_hash() == before


@pytest.mark.parametrize("key", ['x_") UNION SELECT 1--', "x_a.b", "x_%s", "x_{}", "x_a b", "x_" + "a" * 80])
def test_the_key_of_an_invented_field_is_plain(api: Caller, world: World, key: str) -> None:
    before = content_hash()
    raw = {"entity": "customers", "name": key, "label": "Odd", "kind": "text"}
    problem = api("ada").send("POST", "custom_fields", raw, 422)
    assert [error["field"] for error in problem["errors"]] == ["name"]
    assert content_hash() == before
    assert api("ada")("POST", "custom_fields", {**raw, "name": "x_plain"}).status_code == 201


@pytest.mark.parametrize("name", ["'); drop table x;--", '") UNION SELECT 1--', "%s %(a)s {} {0}", "100% _ \\ '"])
def test_a_name_that_would_be_code_is_a_name_wherever_it_is_used_again(api: Caller, world: World, name: str) -> None:
    ann = api("ann")
    made = ann.send("POST", "customers", {"name": name, "tags": [name], "address": name}, 201)
    for op, field in (
        ("is", "name"),
        ("contains", "name"),
        ("starts", "name"),
        ("in", "tags"),
        ("contains", "address"),
    ):
        leaf = {"field": field, "op": op, "value": [name] if op == "in" else name}
        found = ann.get(f"customers?{urlencode({'filter': json.dumps(leaf)})}")["items"]
        assert [row["id"] for row in found] == [made["id"]], (field, op)
    assert ann.get(f"customers/totals?{urlencode({'q': name, 'group': 'owner'})}")["count"] in (0, 1)
    assert ann("POST", "customers", {"name": name}).status_code == 409
    assert ann.get(f"customers/{made['id']}")["tags"] == [name]
    again = imported(
        table("Name | Part", f"Daughter | {name}"),
        {"entity": "customers", "columns": {"Name": "name", "Part": "parent"}}, world.actor("ada"),
    )  # fmt: skip
    assert counts(again) == {"create": 1}
    parents = records.query("customers", world.actor("ada")).where(name="Daughter").rows().values_list("parent_id")
    assert [pk for (pk,) in parents] == [made["id"]]


@pytest.mark.parametrize("rate", ["0", "-1", "", None, "NaN", "1e400"])
def test_a_rate_is_above_nothing(api: Caller, world: World, rate: Any) -> None:
    before = content_hash()
    raw = {"currency": "USD", "day": "2026-01-01", "rate": rate}
    assert api("ada")("POST", "rates", raw).status_code == 422
    assert content_hash() == before


def test_money_without_a_rate_is_refused(api: Caller, world: World) -> None:
    raw = {"name": "Halden", "registered_capital": {"amount": "10", "currency": "JPY"}}
    problem = api("ann").send("POST", "customers", raw, 422)
    message = "There is no rate for JPY. An administrator can add it."
    assert problem["errors"] == [{"field": "registered_capital", "message": message}]
