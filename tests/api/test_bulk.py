"""Many records at once, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bosun.api import bulk
from bosun.kernel import records
from tests.api.conftest import Api
from tests.kernel.world import World

Caller = Callable[..., Api]
LIVE = {"deleted_at__isnull": True}


def grades() -> dict[str, str | None]:
    rows = records.entity_of("customers").model._default_manager.filter(**LIVE)
    return dict(rows.values_list("name", "grade"))


@pytest.fixture
def fleet(world: World) -> dict[str, int]:
    """Three customers of Ann, one of Cyd."""
    rows = {name: world.customer("ann", name=name, grade=grade).pk for name, grade in zip("abc", "ABA", strict=True)}
    rows["z"] = world.customer("cyd", name="z", grade="A").pk
    return rows


def test_only_what_is_open_is_touched(api: Caller, fleet: dict[str, int]) -> None:
    ids = [fleet["a"], fleet["b"], fleet["z"], 999_999]
    body = api("ann").send("POST", "customers/bulk", {"ids": ids, "set": {"grade": "B"}})
    assert (body["changed"], body["unchanged"], body["failed_count"]) == (1, 1, 2)
    assert [(line["id"], line["status"]) for line in body["failed"]] == [(fleet["z"], 404), (999_999, 404)]
    assert grades() == {"a": "B", "b": "B", "c": "A", "z": "A"}


def test_all_that_a_filter_meets(api: Caller, fleet: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 1)
    asked = {"filter": {"field": "grade", "op": "is", "value": "A"}, "set": {"grade": "C"}}
    body = api("ann").send("POST", "customers/bulk", asked)
    assert (body["changed"], body["failed"]) == (2, [])
    assert grades() == {"a": "C", "b": "B", "c": "C", "z": "A"}


def test_a_batch_is_taken_back_by_its_author_alone(api: Caller, fleet: dict[str, int]) -> None:
    ann = api("ann")
    batch = ann.send("POST", "customers/bulk", {"filter": {"all": []}, "set": {"grade": "C"}})["batch"]
    assert grades() == {"a": "C", "b": "C", "c": "C", "z": "A"}
    ann.send("PATCH", f"customers/{fleet['b']}", {"grade": "B", "version": 2})
    for stranger in ("cyd", "ben"):
        assert api(stranger).send("POST", "undo", {"batch": batch}, 404)["code"] == "not_found"
    assert api("ann").send("POST", "undo", {"batch": "0" * 32}, 404)["code"] == "not_found"
    body = ann.send("POST", "undo", {"batch": batch})
    assert body["put_back"] == 2
    assert [(line["entity"], line["id"]) for line in body["left_alone"]] == [("customers", fleet["b"])]
    assert grades() == {"a": "A", "b": "B", "c": "A", "z": "A"}
    assert ann.send("POST", "undo", {"batch": batch})["put_back"] == 0
    assert grades() == {"a": "A", "b": "B", "c": "A", "z": "A"}


def test_an_administrator_takes_back_any_batch(api: Caller, fleet: dict[str, int]) -> None:
    batch = api("ann").send("POST", "customers/bulk", {"ids": [fleet["a"]], "set": {"grade": "C"}})["batch"]
    assert api("ada").send("POST", "undo", {"batch": batch})["put_back"] == 1
    assert grades()["a"] == "A"


def test_removing_many_and_back(api: Caller, fleet: dict[str, int]) -> None:
    ann = api("ann")
    body = ann.send("POST", "customers/bulk", {"ids": list(fleet.values()), "remove": True})
    assert (body["changed"], body["failed_count"]) == (3, 1)
    assert grades() == {"z": "A"}
    assert ann.send("POST", "undo", {"batch": body["batch"]})["put_back"] >= 1
    assert grades() == {"a": "A", "b": "B", "c": "A", "z": "A"}


def test_a_verb_on_many(api: Caller, fleet: dict[str, int], world: World) -> None:
    asked = {"ids": list(fleet.values()), "verb": "transfer", "params": {"owner": "ben"}}
    before = grades()
    assert api("ann").send("POST", "customers/bulk", asked, 403)["code"] == "denied"
    body = api("ben").send("POST", "customers/bulk", asked)
    assert (body["changed"], body["failed_count"]) == (3, 1)
    rows = records.entity_of("customers").model._default_manager
    assert rows.filter(owner_id=world.people["ben"]).count() == 3
    assert grades() == before
    entry = api("ben").get(f"customers/{fleet['a']}/history")["items"][0]
    assert (entry["verb"], entry["door"]) == ("transferred", "bulk")


def test_what_no_record_would_take_is_refused_once(api: Caller, fleet: dict[str, int]) -> None:
    ann, before = api("ann"), grades()
    ids = list(fleet.values())
    for values, field in [
        ({"grade": "Z"}, "grade"),
        ({"colour": "red"}, "colour"),
        ({"credit_limit": {"amount": "1", "currency": "EUR"}}, "credit_limit"),
        ({"owner": "cyd"}, "owner"),
        ({"created_at": "2026-01-01T00:00:00Z"}, "created_at"),
    ]:
        problem = ann.send("POST", "customers/bulk", {"ids": ids, "set": values}, 422)
        assert [error["field"] for error in problem["errors"]] == [field]
    asked = {"ids": ids, "verb": "transfer", "params": {"owner": "nobody"}}
    assert api("ben").send("POST", "customers/bulk", asked, 422)["errors"][0]["field"] == "owner"
    assert grades() == before


@pytest.mark.parametrize(
    "body",
    [
        {}, {"ids": [1]}, {"set": {"grade": "B"}}, {"ids": [1], "set": {"grade": "B"}, "remove": True},
        {"ids": [1], "filter": {}, "set": {"grade": "B"}}, {"ids": "1", "set": {"grade": "B"}},
        {"ids": [1.5], "set": {"grade": "B"}}, {"ids": [True], "set": {"grade": "B"}}, {"ids": [0], "remove": True},
        {"ids": [2**63], "remove": True}, {"ids": [1], "set": []}, {"ids": [1], "set": {}},
        {"ids": [1], "remove": "yes"},
        {"ids": [1], "remove": True, "more": 1}, {"ids": [1] * 10_001, "remove": True},
    ],
)  # fmt: skip
def test_bulk_that_cannot_be_read(api: Caller, fleet: dict[str, int], body: Any) -> None:
    before = grades()
    assert api("ann").send("POST", "customers/bulk", body, 400)["code"] == "unreadable"
    assert grades() == before


@pytest.mark.parametrize("body", [{}, {"batch": ""}, {"batch": 7}, {"batch": "x" * 33}, {"batch": "a", "more": 1}])
def test_undo_that_cannot_be_read(api: Caller, world: World, body: Any) -> None:
    assert api("ann").send("POST", "undo", body, 400)["code"] == "unreadable"


def test_one_that_is_held_back_does_not_stop_the_others(api: Caller, world: World) -> None:
    empty = records.create("departments", {"name": "Empty"}, world.act("ada")).pk
    used = world.departments["team a"]
    body = api("ada").send("POST", "departments/bulk", {"ids": [used, empty], "remove": True})
    assert body["changed"] == 1
    assert [(line["id"], line["guards"][0]["rule"]) for line in body["failed"]] == [(used, "in_use")]


@pytest.mark.parametrize("meant", [{"filter": None}, {"q": None}, {"filter": {}, "q": {"name": "a"}}])
def test_what_a_program_forgot_to_fill_is_not_everything(
    api: Caller, fleet: dict[str, int], meant: dict[str, Any]
) -> None:
    api("ann").send("POST", "customers/bulk", {**meant, "remove": True}, status=400)
    assert len(grades()) == len(fleet)


def test_what_changed_since_one_looked_is_a_conflict(api: Caller, fleet: dict[str, int]) -> None:
    """F4.14 and F4.15 in bulk: the same field is refused with both values, another field is kept beside."""
    ann, (a, b, c) = api("ann"), (fleet["a"], fleet["b"], fleet["c"])
    api("ada").send("PATCH", f"customers/{a}", {"grade": "D"})
    api("ada").send("PATCH", f"customers/{b}", {"staff": 7})
    looked = {str(a): 1, str(b): 1, str(c): 1}
    body = ann.send("POST", "customers/bulk", {"ids": [a, b, c], "set": {"grade": "C"}, "versions": looked})
    assert (body["changed"], [(line["id"], line["status"]) for line in body["failed"]]) == (2, [(a, 409)])
    assert grades() == {"a": "D", "b": "C", "c": "C", "z": "A"}
    assert ann.get(f"customers/{b}")["staff"] == 7
    for wrong in ({"x": 1}, {"1": "2"}, {"1": True}, [1], None, {"1" * 30: 1}):
        asked = {"ids": [a], "set": {"grade": "B"}, "versions": wrong}
        assert ann("POST", "customers/bulk", asked).status_code == 400
    assert grades()["a"] == "D"
