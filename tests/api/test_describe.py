"""The schema and the OpenAPI document of each caller, search, timeline."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bosun.kernel import records
from tests.api.conftest import Api
from tests.kernel.world import World

Caller = Callable[..., Api]


def walk(part: Any) -> Iterator[Any]:
    yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from walk(inner)


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {}
    for address, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                found[f"{method.upper()} {address}"] = {"address": address, "item": item, **operation}
    return found


@pytest.mark.parametrize("who", ["ann", "ben", "ada"])
def test_the_document_is_sound(api: Caller, world: World, who: str) -> None:
    document = api(who).get("openapi.json")
    assert document["openapi"] == "3.1.0"
    for part in walk(document):
        if isinstance(part, dict) and isinstance(part.get("$ref"), str):
            target: Any = document
            for step in part["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            assert target
    found = operations(document)
    names = [operation["operationId"] for operation in found.values()]
    assert len(set(names)) == len(names)
    for operation in found.values():
        wanted = set(re.findall(r"{(\w+)}", operation["address"]))
        declared = {parameter["name"] for parameter in operation["item"].get("parameters", ())}
        assert wanted == declared
        assert "default" in operation["responses"]


def test_what_is_not_open_is_not_in_it(api: Caller, world: World) -> None:
    text = json.dumps(api("ann").get("openapi.json")) + json.dumps(api("ann").get("schema"))
    for hidden in ("credit_limit", "id_no", "Credit limit", '"roles"', "Roles", "extra_grants", "transfer"):
        assert hidden not in text, hidden
    everything = operations(api("ada").get("openapi.json"))
    assert "POST /roles" in everything
    assert "POST /customers/{id}/verbs/transfer" in everything
    own = operations(api("ann").get("openapi.json"))
    assert {"GET /customers", "POST /customers", "PATCH /customers/{id}", "DELETE /customers/{id}"} <= set(own)
    assert "POST /users" not in own
    assert "GET /users" in own
    reading = operations(api("ann", "read").get("openapi.json"))
    assert [name for name in reading if not name.startswith("GET ")] == ["POST /bin/{removal}/restore", "POST /undo"]


def test_every_address_in_it_answers(api: Caller, world: World) -> None:
    ada = api("ada")
    row = world.customer("ann", name="Tidewater")
    for name, operation in operations(ada.get("openapi.json")).items():
        method, address = name.split(" ")
        if method != "GET":
            continue
        entity = operation["address"].split("/")[1]
        pk = row.pk
        if entity == "rule-rehearsals":
            ada.get(f"{entity}/{pk}", 404)
            continue
        if "{id}" in address and entity != "customers":
            items = ada.get(f"{entity}?limit=1")["items"]
            if not items:
                continue
            pk = items[0]["id"]
        if address.endswith("/automation/why"):
            ada.get(f"{entity}/{pk}/automation/why?rule=1", 404)
            continue
        query = "?q=a" if address == "/search" else ""
        ada.get(address.lstrip("/").replace("{id}", str(pk)) + query)
    assert row.version == 1


def test_answers_have_the_shape_that_is_promised(api: Caller, world: World) -> None:
    ann = api("ann")
    schema = ann.get("openapi.json")["components"]["schemas"]["Customers"]["properties"]
    pk = ann.send("POST", "customers", {"name": "Tidewater", "tags": ["a"], "phones": ["+49695550140"]}, 201)["id"]
    body = ann.get(f"customers/{pk}")
    assert set(body) == set(schema)
    types = {"string": str, "integer": int, "array": list, "object": dict, "null": type(None), "boolean": bool}
    for name, value in body.items():
        said = schema[name].get("type", ["object", "null"])
        held = tuple(types[one] for one in (said if isinstance(said, list) else [said]))
        assert isinstance(value, held), name
    assert schema["owner"]["readOnly"] is True
    assert "readOnly" not in schema["name"]


def test_the_schema_names_fields_kinds_and_operators(api: Caller, world: World) -> None:
    entities = {entity["key"]: entity for entity in api("ann").get("schema")["entities"]}
    assert "roles" not in entities
    customers = entities["customers"]
    assert customers["actions"] == ["read", "create", "change", "remove", "export", "import"]
    assert customers["title"] == "name"
    fields = {field["name"]: field for field in customers["fields"]}
    assert fields["grade"]["kind"] == "choice"
    assert [choice["key"] for choice in fields["grade"]["choices"]][:2] == ["A", "B"]
    assert fields["owner"] == fields["owner"] | {"kind": "ref", "target": "users", "writable": False}
    assert fields["name"]["operators"][:2] == ["is", "is_not"]
    assert fields["registered_capital"]["aggregates"] == ["sum", "avg", "min", "max"]
    assert {verb["key"] for verb in customers["verbs"]} == set()
    managed = {entity["key"]: entity for entity in api("ben").get("schema")["entities"]}["customers"]
    assert [(verb["key"], verb["params"][0]["target"]) for verb in managed["verbs"]] == [("transfer", "users")]


# search ----------------------------------------------------------------------------------------------------------


def test_search_finds_what_is_open(api: Caller, world: World) -> None:
    own = world.customer("ann", name="平安保险")
    world.customer("cyd", name="平安银行")
    ann = api("ann")
    for typed in ("平安", "pingan", "pa"):
        items = ann.get(f"search?q={typed}")["items"]
        assert [(item["entity"], item["id"], item["title"]) for item in items] == [("customers", own.pk, "平安保险")]
    assert [row["name"] for row in ann.get("customers?q=pingan")["items"]] == ["平安保险"]
    assert ann.get("customers/totals?q=pingan") == {"count": 1, "exact": True}
    assert ann.get("search?q=pingan&entities=contacts")["items"] == []
    assert ann.get("search?q=pingan&entities=roles", 404)["code"] == "not_found"
    assert ann.get("search?q=%25")["items"] == []


# timeline --------------------------------------------------------------------------------------------------------


def test_the_timeline_holds_everything_once(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater", grade="A")
    ann = api("ann")
    for number in range(5):
        about = {"entity": "customers", "id": row.pk}
        ann.send("POST", "follow_ups", {"about": about, "type": "call", "note": f"call {number}"}, 201)
        ann.send("PATCH", f"customers/{row.pk}", {"grade": "AB"[number % 2]})
    whole = ann.get(f"customers/{row.pk}/timeline?limit=200")
    assert whole["next"] is None
    moments = [item["at"] for item in whole["items"]]
    assert moments == sorted(moments, reverse=True)
    told = [item["body"] for item in whole["items"] if item["kind"] == "happening"]
    assert told == [f"call {number}" for number in reversed(range(5))]
    for limit in (1, 2, 3, 7):
        assert paged(ann, f"customers/{row.pk}/timeline?limit={limit}") == whole["items"]
    assert api("cyd").get(f"customers/{row.pk}/timeline", 404)["code"] == "not_found"


def paged(api: Api, address: str) -> list[Any]:
    found: list[Any] = []
    cursor = ""
    while True:
        part = api.get(address + cursor)
        found += part["items"]
        if part["next"] is None:
            return found
        cursor = f"&cursor={part['next']}"


def test_acts_of_one_moment_are_not_lost_between_pages(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater")
    moment = world.act("ann").actor and records.environment(world.actor("ann")).now
    for grade in "ABCABC":
        act = world.act("ann", at=moment)
        records.change("customers", row.pk, {"grade": grade}, act)
    ann = api("ann")
    whole = ann.get(f"customers/{row.pk}/timeline")["items"]
    assert len(whole) == 7
    assert paged(ann, f"customers/{row.pk}/timeline?limit=2") == whole


def test_hidden_fields_are_not_in_the_history(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater")
    api("ada").send("PATCH", f"customers/{row.pk}", {"credit_limit": {"amount": "7777", "currency": "EUR"}})
    api("ada").send("PATCH", f"customers/{row.pk}", {"credit_limit": None, "grade": "A"})
    for part in ("history", "timeline"):
        text = json.dumps(api("ann").get(f"customers/{row.pk}/{part}"))
        assert "7777" not in text
        assert "credit" not in text
    assert [item["verb"] for item in api("ann").get(f"customers/{row.pk}/history")["items"]] == ["changed", "created"]
    assert "7777.00" in json.dumps(api("ada").get(f"customers/{row.pk}/history"))


@pytest.mark.parametrize("cursor", ["x", "20260101T000000.000000Z", "20260101T000000.000000Z-x", "0-0", "2026-1"])
def test_odd_markers_of_a_timeline(api: Caller, world: World, cursor: str) -> None:
    row = world.customer("ann", name="Tidewater")
    assert api("ann").get(f"customers/{row.pk}/timeline?cursor={cursor}", 422)["errors"][0]["field"] == "cursor"
    assert api("ann").get(f"customers/{row.pk}/history?cursor=x", 422)["errors"][0]["field"] == "cursor"
