"""Odd requests are refused with a reason, change nothing, and never come out as a fault of ours."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from bosun.kernel import records
from tests.api.conftest import Api
from tests.kernel.world import World

Caller = Callable[..., Api]


def count() -> int:
    return records.entity_of("customers").model._default_manager.count()


BODIES: list[tuple[str | bytes, tuple[int, ...]]] = [
    ('{"name":"A\\u0000B"}', (400, 422)),
    ('{"name":"A\\ud800"}', (400,)),
    ('{"\\ud800":"A"}', (400,)),
    ('{"name":"A","tags":["x\\u0000"]}', (400,)),
    (b'{"name":"\xff\xfe"}', (400,)),
    ('{"name":"A"', (400,)),
    ("[]", (400,)),
    ('"A"', (400,)),
    ("null", (400,)),
    ('{"name":"A","name":"B"}', (400,)),
    ('{"name":"A","staff":NaN}', (400,)),
    ('{"name":"A","staff":-Infinity}', (400,)),
    ('{"name":"A","staff":1e999}', (400,)),
    ('{"name":"A","staff":1e-400}', (400,)),
    ('{"name":"A","staff":1e308}', (422,)),
    ('{"name":"A","staff":9223372036854775808}', (422,)),
    ('{"name":"A","staff":-1}', (422,)),
    ('{"name":"A","staff":0.5}', (422,)),
    ('{"name":"A","staff":true}', (422,)),
    ('{"name":"A","staff":' + "9" * 5000 + "}", (400,)),
    ('{"name":' + "[" * 30 + "]" * 30 + "}", (400,)),
    ('{"name":' + "[" * 100_000 + "]" * 100_000 + "}", (400,)),
    ('{"name":{"a":1}}', (422,)),
    ('{"name":["A"]}', (422,)),
    ('{"name":"' + "A" * 201 + '"}', (422,)),
    ('{"name":"' + "A" * 1_000_000 + '"}', (422,)),
    ('{"name":"A","registered_capital":{"amount":"1","currency":"XXQ"}}', (422,)),
    ('{"name":"A","registered_capital":{"amount":"1e400","currency":"EUR"}}', (422,)),
    ('{"name":"A","registered_capital":{"amount":1.5,"currency":"EUR"}}', (422,)),
    ('{"name":"A","registered_capital":{"amount":"1","currency":["EUR"]}}', (422,)),
    ('{"name":"A","parent":{"id":99999999999999999999999}}', (422,)),
    ('{"name":"A","parent":-1}', (422,)),
    ('{"name":"A","parent":1.5}', (422,)),
    ('{"name":"A","parent":[1]}', (422,)),
    ('{"name":"A","parent":{"external_id":["x"]}}', (422,)),
    ('{"name":"A","phones":"+1 (555) DROP TABLE"}', (422,)),
    ('{"name":"A","phones":[{"number":{"a":1}}]}', (422,)),
    ('{"name":"A","phones":{"a":1}}', (422,)),
    ('{"name":"A","tags":{"a":1}}', (422,)),
    ('{"name":"A","tags":[{}]}', (422,)),
    ('{"name":"A","tags":[true]}', (422,)),
    ('{"name":"A","tags":[["a"]]}', (422,)),
    ('{"name":"A","tags":["' + "a" * 61 + '"]}', (422,)),
    ('{"name":true}', (422,)),
    ('{"name":1.5}', (422,)),
    ('{"name":"A","address":false}', (422,)),
    ('{"name":"A","registered_capital":{"currency":"EUR"}}', (422,)),
    ('{"name":"A","registered_capital":{"amount":null,"currency":"EUR"}}', (422,)),
    ('{"name":"A","registered_capital":{"amount":"-0.01","currency":"EUR"}}', (422,)),
    ('{"name":"A","email":["a@example.com"]}', (422,)),
    ('{"name":"A","website":"javascript:alert(1)"}', (422,)),
    ('{"name":"A","version":"1"}', (201, 400)),
    ('{"name":"A","confirm":[1]}', (400,)),
    ('{"confirm":{"a":1}}', (400,)),
    ("{}", (422,)),
    ("", (422,)),
]


@pytest.mark.parametrize(("body", "expected"), BODIES)
def test_odd_bodies(api: Caller, world: World, body: str | bytes, expected: tuple[int, ...]) -> None:
    before = count()
    answer = api("ann")("POST", "customers", body)
    assert answer.status_code in expected, answer.content[:500]
    if answer.status_code != 201:
        assert count() == before
        assert json.loads(answer.content)["title"]
        assert answer["Content-Type"] == "application/problem+json"


def test_what_is_too_long_or_of_the_wrong_type_is_said_at_its_field(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater", tags=["fair"])
    given = {"name": True, "tags": ["b" * 61], "registered_capital": {"currency": "EUR"}}
    problem = api("ann").send("PATCH", f"customers/{row.pk}", given, 422)
    assert problem["errors"] == [
        {"field": "name", "message": "This must be text."},
        {"field": "tags", "message": f"A tag has at most 60 characters: “{'b' * 40}…”."},
        {"field": "registered_capital", "message": "Give an amount."},
    ]
    held = api("ann").get(f"customers/{row.pk}")
    assert (held["name"], held["tags"], held["registered_capital"], held["version"]) == ("Tidewater", ["fair"], None, 1)


def test_a_code_may_be_typed_as_a_number(api: Caller, world: World) -> None:
    made = api("ann").send("POST", "customers", {"name": "A", "tax_number": 4711, "tags": ["b" * 60, 7]}, 201)
    assert (made["tax_number"], made["tags"]) == ("4711", ["b" * 60, "7"])


def test_text_is_kept_whole(api: Caller, world: World) -> None:
    ann = api("ann")
    for name in ("'); drop table x;--", "𠮷野家", "👨‍👩‍👧‍👦", "José", "%s{}", '"><img src=x>', "q" + "\u0301" * 100):
        pk = ann.send("POST", "customers", {"name": name}, 201)["id"]
        assert ann.get(f"customers/{pk}")["name"] == name


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/json; charset=utf-16", 415),
        ("", 415),
        ("application/json; charset=utf-8", 201),
        ("application/merge-patch+json", 201),
    ],
)
def test_only_json_is_taken(api: Caller, world: World, kind: str, status: int) -> None:
    assert api("ann")("POST", "customers", '{"name":"A"}', content_type=kind).status_code == status


def test_too_large(api: Caller, world: World, settings: Any) -> None:
    body = json.dumps({"name": "A", "address": "x" * (6 * 1024 * 1024)})
    answer = api("ann")("POST", "customers", body)
    assert answer.status_code == 413
    assert count() == 0


@pytest.mark.parametrize(
    "address",
    [
        "customers?limit=0", "customers?limit=201", "customers?limit=-1", "customers?limit=x", "customers?limit=１",
        "customers?limit=10&limit=20", "customers?colour=red", "customers?_method=DELETE", "customers?name__regex=a",
        "customers?pk__isnull=1", "customers?_connector=OR", "customers?filter={", "customers?filter=%ff",
        "customers?filter=[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]", "customers?q=a%00b",
        "customers/totals?exact=2", "customers/1?version=1", "me?id=1", "search", "search?q=a&q=b",
    ],
)  # fmt: skip
def test_odd_parameters(api: Caller, world: World, address: str) -> None:
    problem = api("ann").get(address, 400)
    assert problem["code"] == "unreadable"
    assert problem["title"]


@pytest.mark.parametrize(
    "marker",
    [
        ["n", "name", ["a", "b"]], ["n", "name", ["a", 10**30]], ["n", "name", [1, 1]], ["n", "name", [None, None]],
        ["n", "name", ["\0", 1]], ["p", "name", [True, True]], ["n", "name", [{"t": "x"}, 1]], {"a": 1}, [[]], 7,
        ["n", "name", [{"d": "2026-01-01"}, 1]],
    ],
)  # fmt: skip
def test_forged_page_markers(api: Caller, world: World, marker: Any) -> None:
    world.customer("ann", name="Tidewater")
    cursor = urlsafe_b64encode(json.dumps(marker).encode()).decode().rstrip("=")
    answer = api("ann")("GET", f"customers?sort=name&cursor={cursor}")
    assert answer.status_code in (200, 422), answer.content


@pytest.mark.parametrize(
    "address",
    [
        "customers/0", "customers/-1", "customers/9223372036854775807", "customers/9223372036854775808",
        "customers/99999999999999999999999999", "customers/1e3", "customers/１", "customers/1.0", "customers/abc",
        "customers/1;jsessionid=1", "customers/%00", "customers/", "nonsense", "nonsense/1", "", "customers/1/nonsense",
        "Customers", "customers.json", "bin/x/restore", "%2e%2e/me", "customers/1/verbs",
    ],
)  # fmt: skip
def test_addresses_that_lead_nowhere(api: Caller, world: World, address: str) -> None:
    answer = api("ada")("GET", address)
    assert answer.status_code in (404, 405), answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_methods(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater")
    ann = api("ann")
    put = ann("PUT", f"customers/{row.pk}", {"name": "A"})
    assert (put.status_code, put["Allow"]) == (405, "DELETE, GET, HEAD, OPTIONS, PATCH")
    assert put["Content-Type"] == "application/problem+json"
    assert ann("TRACE", f"customers/{row.pk}").status_code == 405
    assert ann("GET", "customers/bulk").status_code in (404, 405)
    options = ann("OPTIONS", "customers")
    assert (options.status_code, options["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    head = ann("HEAD", f"customers/{row.pk}")
    assert (head.status_code, head["ETag"], head.content) == (200, '"1"', b"")
    assert ann("HEAD", f"customers/{row.pk}/verbs/transfer").status_code == 405
    assert ann.get(f"customers/{row.pk}")["version"] == 1


@pytest.mark.parametrize("header", ["abc", '"1', "1,2", '"1", "2"', "-1", "9" * 30])
def test_versions_that_are_none(api: Caller, world: World, header: str) -> None:
    row = world.customer("ann", name="Tidewater")
    problem = api("ann").send("PATCH", f"customers/{row.pk}", {"grade": "B"}, 400, If_Match=header)
    assert problem["code"] == "unreadable"
    assert api("ann").send("PATCH", f"customers/{row.pk}", {"grade": "B", "version": 2}, 400, If_Match='"1"')
    assert api("ann").get(f"customers/{row.pk}")["grade"] is None


@pytest.mark.parametrize(
    "day", ["2026-02-30", "0000-00-00", "1582-10-10", "9999-12-31", "25:00", "", "31/12/2026", 20260101, True, ["x"]]
)
def test_days_that_are_none(api: Caller, world: World, day: Any) -> None:
    row = world.customer("ann", name="Tidewater")
    answer = api("ann")("POST", "contacts", {"name": "Ida", "customer": row.pk, "birthday": day})
    assert answer.status_code == (201 if day == "" else 422), answer.content


def test_a_fault_of_ours_tells_nothing(api: Caller, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = api("ann")

    def fail(*_args: Any) -> Any:
        raise RuntimeError("CNRY-secret")

    monkeypatch.setattr("bosun.api.shapes.many", fail)
    world.customer("ann", name="Tidewater")
    answer = ann("GET", "customers")
    assert answer.status_code == 500
    assert b"CNRY" not in answer.content
    assert b"Traceback" not in answer.content
    assert json.loads(answer.content)["code"] == "error"


def test_a_database_that_is_away_is_said(api: Caller, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = api("ann")

    def fail(*_args: Any) -> Any:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("bosun.api.shapes.many", fail)
    answer = ann("GET", "customers")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
