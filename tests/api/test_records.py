"""Create, read, change and remove one record, with the shapes that outsiders rely on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bosun.kernel import drafts, records
from bosun.kernel.actor import Act
from bosun.kernel.env import Env
from bosun.kernel.errors import Objection
from tests.api.conftest import Api
from tests.kernel.world import World, create

Caller = Callable[..., Api]
FULL = {
    "name": "Tidewater 青岛",
    "grade": "A",
    "phones": ["+49 69 5550140"],
    "tags": ["fair"],
    "registered_capital": {"amount": "1000.50", "currency": "EUR"},
    "email": "info@example.com",
    "external_id": "000123",
}


def stored(pk: int) -> dict[str, Any]:
    """What the database holds of one customer."""
    model = records.entity_of("customers").model
    row = model._default_manager.filter(pk=pk).values().first()
    assert row is not None
    return dict(row)


def count() -> int:
    return records.entity_of("customers").model._default_manager.count()


def test_a_new_record_answers_itself(api: Caller, world: World) -> None:
    answer = api("ann")("POST", "customers", FULL)
    body = json.loads(answer.content)
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/customers/{body['id']}"
    assert answer["ETag"] == '"1"'
    assert answer["Cache-Control"] == "private, no-store"
    assert body["name"] == "Tidewater 青岛"
    assert body["owner"] == {"id": world.people["ann"], "name": "Ann", "username": "ann"}
    assert body["registered_capital"] == {"amount": "1000.50", "currency": "EUR"}
    assert body["phones"] == ["+49695550140"]
    assert body["tags"] == ["fair"]
    assert body["external_id"] == "000123"
    assert body["grade"] == "A"
    assert body["version"] == 1
    assert body["created_at"].endswith("Z")
    assert "credit_limit" not in body


def test_references_are_taken_by_id_username_and_external_id(api: Caller, world: World) -> None:
    parent = create("customers", name="Holding", external_id="H1", owner=world.people["ann"])
    ann, ben = api("ann"), api("ben")
    body = ann.send("POST", "customers", {"name": "Daughter", "parent": {"external_id": "H1"}}, 201)
    assert body["parent"] == {"id": parent.pk, "name": "Holding"}
    assert ann.send("PATCH", f"customers/{body['id']}", {"parent": None})["parent"] is None
    assert ann.send("PATCH", f"customers/{body['id']}", {"parent": parent.pk})["parent"]["id"] == parent.pk
    assert ben.send("POST", f"customers/{body['id']}/verbs/transfer", {"owner": "ben"})["owner"]["username"] == "ben"


def test_only_the_fields_asked_for(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater")
    assert api("ann").get(f"customers/{row.pk}?fields=name,grade") == {
        "id": row.pk, "version": 1, "name": "Tidewater", "grade": None,
    }  # fmt: skip


def test_a_change_writes_just_its_fields(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater", grade="A")
    body = api("ann").send("PATCH", f"customers/{row.pk}", {"grade": "B"})
    assert (body["name"], body["grade"], body["version"]) == ("Tidewater", "B", 2)
    assert api("ann").send("PATCH", f"customers/{row.pk}", {"grade": "B"})["version"] == 2


def test_writers_of_different_fields_both_win(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater")
    api("ann").send("PATCH", f"customers/{row.pk}", {"email": "a@example.com", "version": 1})
    body = api("ben").send("PATCH", f"customers/{row.pk}", {"address": "Pier 4", "version": 1})
    assert (body["email"], body["address"], body["version"]) == ("a@example.com", "Pier 4", 3)


@pytest.mark.parametrize("how", ["header", "body"])
def test_writers_of_the_same_field_see_both_values(api: Caller, world: World, how: str) -> None:
    row = world.customer("ann", name="Tidewater", grade="A")
    api("ben").send("PATCH", f"customers/{row.pk}", {"grade": "B", "version": 1})
    before = stored(row.pk)
    body: dict[str, Any] = {"grade": "C"} if how == "header" else {"grade": "C", "version": 1}
    headers = {"If_Match": '"1"'} if how == "header" else {}
    problem = api("ann").send("PATCH", f"customers/{row.pk}", body, 409, **headers)
    assert problem["code"] == "conflict"
    assert problem["version"] == 2
    assert problem["by"] == "Ben"
    assert problem["conflicts"] == [{"field": "grade", "label": "Grade", "theirs": "B", "yours": "C"}]
    assert stored(row.pk) == before
    assert api("ann").send("PATCH", f"customers/{row.pk}", {"grade": "C", "version": 2})["grade"] == "C"


def test_removing_with_an_old_version_is_a_conflict(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater")
    api("ann").send("PATCH", f"customers/{row.pk}", {"grade": "B"})
    problem = api("ann").send("DELETE", f"customers/{row.pk}", None, 409, If_Match='"1"')
    assert problem["version"] == 2
    assert stored(row.pk)["deleted_at"] is None


def test_to_the_bin_and_back(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater")
    ann = api("ann")
    answer = ann("DELETE", f"customers/{row.pk}")
    removal = int(answer["Bosun-Removal"])
    assert (answer.status_code, answer.content) == (204, b"")
    ann.get(f"customers/{row.pk}", 404)
    item = ann.get("bin")["items"][0]
    assert (item["id"], item["entity"], item["record"], item["title"]) == (removal, "customers", row.pk, "Tidewater")
    assert api("cyd").get("bin")["items"] == []
    assert api("cyd").send("POST", f"bin/{removal}/restore", None, 404)["code"] == "not_found"
    assert ann.send("POST", f"bin/{removal}/restore") == {"entity": "customers", "id": row.pk}
    assert ann.get(f"customers/{row.pk}")["name"] == "Tidewater"
    assert ann.get("bin")["items"] == []
    ann.send("POST", f"bin/{removal}/restore", None, 404)


def test_what_is_wrong_is_said_for_each_field(api: Caller, world: World) -> None:
    before = count()
    problem = api("ann").send("POST", "customers", {"grade": "Z", "email": "nobody", "colour": "red"}, 422)
    assert problem["code"] == "invalid"
    assert {error["field"] for error in problem["errors"]} == {"name", "grade", "email", "colour"}
    assert count() == before


def test_messages_come_in_the_language_asked_for(api: Caller, world: World) -> None:
    english = api("ann").send("GET", "customers/999999", None, 404)
    assert english["title"] == "This record does not exist, or is not open to you."
    answer = api("ann")("GET", "customers/999999", None, Accept_Language="es")
    assert answer["Content-Language"] == "es"
    assert api("ann")("GET", "me", None, Accept_Language="tlh")["Content-Language"] == "en"


def test_a_value_that_may_be_there_once(api: Caller, world: World) -> None:
    world.customer("cyd", name="First", external_id="E1")
    before = count()
    problem = api("ann").send("POST", "customers", {"name": "Second", "external_id": "E1"}, 422)
    assert [error["field"] for error in problem["errors"]] == ["external_id"]
    assert "First" not in json.dumps(problem)
    assert count() == before


def test_a_guard_is_repeated_with_its_answer(api: Caller, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(some: Sequence[drafts.Draft], act: Act, env: Env) -> None:
        for draft in some:
            if draft.value("grade") == "C":
                draft.object(Objection("low_grade", "Grade C needs a reason.", "low_grade_ok"))

    monkeypatch.setitem(drafts.guards, "customers.changed", [ask])
    row = world.customer("ann", name="Tidewater", grade="A")
    before = stored(row.pk)
    problem = api("ann").send("PATCH", f"customers/{row.pk}", {"grade": "C"}, 409)
    asked = [{"rule": "low_grade", "reason": "Grade C needs a reason.", "confirm": "low_grade_ok"}]
    assert (problem["code"], problem["guards"]) == ("guard", asked)
    assert stored(row.pk) == before
    api("ann").send("PATCH", f"customers/{row.pk}", {"grade": "C", "confirm": "other"}, 409)
    assert api("ann").send("PATCH", f"customers/{row.pk}", {"grade": "C", "confirm": ["low_grade_ok"]})["grade"] == "C"
    api("ann").send("PATCH", f"customers/{row.pk}", {"grade": "A"})
    by_address = api("ann").send("PATCH", f"customers/{row.pk}?confirm=low_grade_ok", {"grade": "C"})
    assert by_address["grade"] == "C"


def test_what_others_need_is_held_back(api: Caller, world: World) -> None:
    department = world.departments["team a"]
    problem = api("ada").send("DELETE", f"departments/{department}", None, 409)
    assert problem["guards"][0]["rule"] == "in_use"
    assert problem["guards"][0]["confirm"] is None
    assert api("ada").get(f"departments/{department}")["name"] == "Team A"


def test_history_says_who_and_what(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater", grade="A")
    api("ben").send("PATCH", f"customers/{row.pk}", {"grade": "B", "owner": world.people["ben"]})
    items = api("ada").get(f"customers/{row.pk}/history")["items"]
    assert [item["verb"] for item in items] == ["changed", "created"]
    assert items[0]["actor"] == {"id": world.people["ben"], "name": "Ben"}
    changes = {change["field"]: (change["before"], change["after"]) for change in items[0]["changes"]}
    assert changes["grade"] == ("A", "B")
    assert changes["owner"][1] == {"id": world.people["ben"], "name": "Ben", "username": "ben"}
    assert items[0]["door"] == "api"


def test_history_comes_in_pages(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater")
    ann = api("ann")
    for grade in "ABCAB":
        ann.send("PATCH", f"customers/{row.pk}", {"grade": grade})
    seen: list[int] = []
    cursor = ""
    while True:
        part = ann.get(f"customers/{row.pk}/history?limit=2{cursor}")
        seen += [item["id"] for item in part["items"]]
        if part["next"] is None:
            break
        cursor = f"&cursor={part['next']}"
    assert len(seen) == 6
    assert seen == sorted(set(seen), reverse=True)
