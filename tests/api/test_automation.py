"""Automation over the API: rules as records, what they did, why, why not, and what they would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bosun.kernel import stamps
from bosun.platform.automation import rehearsal
from bosun.platform.jobs import running
from tests.api.conftest import Api
from tests.kernel.world import World

Seats = Callable[..., Api]
IT = {"field": "industry", "op": "is", "value": "it"}


@pytest.fixture
def rule(api: Seats) -> Any:
    """A rule as an administrator sends it."""
    body = {
        "name": "IT is ours",
        "event": "customers.saved",
        "when": {"all": [IT]},
        "do": [{"action": "set", "field": "grade", "value": "A"}],
        "enabled": True,
    }
    made = api("ada").send("POST", "rules", body, 201)
    stamps.refresh()
    return made


def test_an_answer_says_what_rules_did(api: Seats, rule: Any) -> None:
    made = api("ann").send("POST", "customers", {"name": "Halden", "industry": "it"}, 201)
    assert made["grade"] == "A"
    (effect,) = made["effects"]
    assert effect["rule"]["name"] == "IT is ours"
    assert effect["results"][0]["says"].startswith("Grade: — → A")
    changed = api("ann").send("PATCH", f"customers/{made['id']}", {"grade": "B"})
    assert (changed["grade"], len(changed["effects"])) == ("A", 1)
    assert "effects" not in api("ann").send("POST", "customers", {"name": "Tromp"}, 201)


def test_what_automation_did_and_why(api: Seats, rule: Any) -> None:
    made = api("ann").send("POST", "customers", {"name": "Halden", "industry": "it"}, 201)
    runs = api("ann").get(f"customers/{made['id']}/automation")
    assert [run["state"] for run in runs["items"]] == ["done"]
    assert runs["next"] is None
    clauses = {"mode": "all", "holds": True, "items": [{"says": "Industry is IT", "saw": "IT", "holds": True}]}
    assert runs["items"][0]["clauses"] == clauses
    found = api("ann").get(f"customers/{made['id']}/automation/why?rule={rule['id']}")
    assert (found["ran"], found["reasons"]) == (True, [])
    other = api("ann").send("POST", "customers", {"name": "Tromp", "industry": "retail"}, 201)
    found = api("ann").get(f"customers/{other['id']}/automation/why?rule={rule['id']}")
    assert (found["ran"], found["reasons"]) == (False, ["Its condition did not hold, as marked."])
    assert found["clauses"]["items"][0]["holds"] is False
    api("cyd").get(f"customers/{made['id']}/automation", 404)
    api("cyd").get(f"customers/{made['id']}/automation/why?rule={rule['id']}", 404)
    api("ann").get(f"customers/{made['id']}/automation/why?rule=999", 404)


def test_a_hidden_field_is_not_told_by_the_explanation(api: Seats) -> None:
    body = {
        "name": "Credit",
        "event": "customers.changed",
        "when": {"field": "credit_limit", "op": "gt", "value": 7},
        "do": [{"action": "set", "field": "credit_limit", "value": {"amount": "4711", "currency": "EUR"}}],
        "enabled": True,
    }
    made = api("ada").send("POST", "rules", body, 201)
    stamps.refresh()
    limit = {"amount": "8888", "currency": "EUR"}
    sent = {"name": "Halden", "owner": "ann", "credit_limit": limit}
    customer = api("ada").send("POST", "customers", sent, 201)
    changed = api("ann").send("PATCH", f"customers/{customer['id']}", {"staff": 3})
    told = [
        changed,
        api("ann").get(f"customers/{customer['id']}/automation"),
        api("ann").get(f"customers/{customer['id']}/automation/why?rule={made['id']}"),
    ]
    assert told[1]["items"][0]["clauses"] == {"says": "A condition that is not open to you", "saw": None, "holds": None}
    for answer in told:
        assert not any(secret in str(answer) for secret in ("8888", "8,888", "4711", "4,711", "Credit limit"))
    ada = api("ada").get(f"customers/{customer['id']}/automation")
    assert "8,888" in str(ada)


def test_rules_are_the_administrators(api: Seats, rule: Any) -> None:
    body = {"name": "Mine", "event": "customers.saved", "do": [{"action": "stop"}], "enabled": True}
    assert api("ann")("POST", "rules", body).status_code in (403, 404)
    api("ann").get("rules", 404)
    assert api("ann")("POST", f"rules/{rule['id']}/verbs/rehearse", {}).status_code == 404


def test_a_rehearsal_changes_nothing(api: Seats, world: World) -> None:
    for number in range(5):
        world.customer("ann", name=f"N {number}", industry="it" if number % 2 else "retail", staff=number)
    body = {
        "name": "IT is ours",
        "event": "customers.saved",
        "when": {"all": [IT, {"field": "staff", "op": "changed"}]},
        "do": [{"action": "set", "field": "grade", "value": "A"}],
    }
    made = api("ada").send("POST", "rules", body, 201)
    before = api("ada").get("customers")
    found = api("ada").send("POST", f"rules/{made['id']}/verbs/rehearse", {})
    assert (found["times"], found["matching_now"], found["matching_now_exact"]) == (2, 2, True)
    assert [sample["title"] for sample in found["samples"]] == ["N 3", "N 1"]
    assert found["samples"][0]["would"] == ["set Grade to A"]
    assert found["sentence"] == (
        "When a customer is created or changed, if Industry is IT and Staff has changed: set Grade to A."
    )
    assert api("ada").get("customers") == before
    assert api("ada").get(f"customers/{before['items'][0]['id']}/automation")["items"] == []
    api("ada").send("POST", f"rules/{made['id']}/verbs/rehearse", {"days": 0}, 422)


def test_the_past_is_as_it_was(api: Seats, world: World) -> None:
    customer = world.customer("ann", name="Halden", grade="B", staff=1)
    for grade, staff in (("A", 1), ("B", 2), ("A", 3)):
        api("ann").send("PATCH", f"customers/{customer.pk}", {"grade": grade, "staff": staff})
    body = {
        "name": "Risen while small",
        "event": "customers.changed",
        "when": {
            "all": [{"field": "grade", "op": "changed_to", "value": "A"}, {"field": "staff", "op": "is", "value": 1}]
        },
        "do": [{"action": "tag", "add": ["risen"]}],
    }
    made = api("ada").send("POST", "rules", body, 201)
    found = api("ada").send("POST", f"rules/{made['id']}/verbs/rehearse", {})
    assert (found["times"], found["looked_at"], found["matching_now"]) == (1, 4, 0)


def test_what_will_happen_later(api: Seats) -> None:
    ada, ann = api("ada"), api("ann")
    body = {
        "name": "Look again", "event": "customers.created", "enabled": True,
        "do": [
            {"action": "wait", "for": 2, "unit": "workdays"},
            {"action": "set", "field": "credit_limit", "value": "5"},
        ],
    }  # fmt: skip
    ada.send("POST", "rules", body, 201)
    stamps.refresh()
    made = ann.send("POST", "customers", {"name": "Halden"}, 201)
    (later,) = made["later"]
    assert later["rule"]["name"] == "Look again"
    assert later["then"] == ["something that is not open to you"]
    assert later["at"] == made["effects"][0]["results"][0]["at"]
    (seen,) = ada.get(f"customers/{made['id']}/automation")["later"]
    assert seen["then"] == ["set Credit limit to €5.00"]
    assert [each["id"] for each in ada.get("rule-waits")["items"]] == [later["id"]]
    ann.get("rule-waits", 404)
    ann.send("POST", f"rule-waits/{later['id']}/verbs/cancel", {}, 403)
    api("cyd").get(f"customers/{made['id']}/automation", 404)
    ada.send("POST", f"rule-waits/{later['id']}/verbs/cancel", {}, 204)
    ada.send("POST", f"rule-waits/{later['id']}/verbs/cancel", {}, 404)
    runs = ann.get(f"customers/{made['id']}/automation")
    assert (runs["later"], runs["items"][0]["state"], runs["items"][0]["error"]) == ([], "ended", "It was cancelled.")


def test_a_guard_that_wants_a_text(api: Seats) -> None:
    raw = {
        "name": "Few are A", "event": "customers.changed", "when": {"field": "grade", "op": "is", "value": "A"},
        "guard": "ask", "reason": "Class A is for few.", "needs_text": True, "enabled": True,
    }  # fmt: skip
    word = f"rule-{api('ada').send('POST', 'rules', raw, 201)['id']}:"
    stamps.refresh()
    at = f"customers/{api('ann').send('POST', 'customers', {'name': 'Halden'}, 201)['id']}"
    problem = api("ann").send("PATCH", at, {"grade": "A"}, 409)
    assert problem["guards"] == [
        {"rule": "Few are A", "reason": "Class A is for few.", "confirm": word, "text": True}
    ]  # fmt: skip
    api("ann").send("PATCH", at, {"grade": "A", "confirm": [word]}, 409)
    assert api("ann").get(at)["grade"] is None
    assert api("ann").send("PATCH", at, {"grade": "A", "confirm": [f"{word}they asked, for it"]})["grade"] == "A"
    runs = api("ann").get(f"{at}/automation")["items"]
    assert [(each["state"], each["by"], each["results"][0]["says"]) for each in runs] == [
        ("answered", "Ann", "Went on, and said: “they asked, for it”")
    ]


def test_versions_going_back_and_tests(api: Seats, rule: Any) -> None:
    at = f"rules/{rule['id']}"
    tests = [{"name": "ours", "given": {"industry": "it"}, "expect": {"runs": True, "sets": {"grade": "B"}}}]
    api("ada").send("PATCH", at, {"do": [{"action": "set", "field": "grade", "value": "B"}], "tests": tests})
    stamps.refresh()
    assert api("ada").send("POST", f"{at}/verbs/test", {}) == {
        "passed": True, "items": [{"name": "ours", "passed": True, "differs": []}]
    }  # fmt: skip
    told = api("ada").get(f"{at}/versions")["items"]
    differs = ["other tests", "no longer: set Grade to A", "now also: set Grade to B"]
    assert [(each["version"], each["by"], each["differs"]) for each in told] == [(2, "Ada", differs), (1, "Ada", [])]
    assert told[1]["sentence"] == "When a customer is created or changed, if Industry is IT: set Grade to A."
    api("ada").send("POST", f"{at}/verbs/return", {"version": "1"}, 422)
    api("ada").send("POST", f"{at}/verbs/return", {"version": 7}, 404)
    back = api("ada").send("POST", f"{at}/verbs/return", {"version": 1})
    assert (back["do"][0]["value"], back["tests"], back["version"]) == ("A", None, 3)
    for who in ("ann", "ben", "cyd"):
        api(who).get(f"{at}/versions", 404 if api(who)("GET", at).status_code == 404 else 403)
        assert api(who)("POST", f"{at}/verbs/return", {"version": 2}).status_code in (403, 404)
        assert api(who)("POST", f"{at}/verbs/test", {}).status_code in (403, 404)
    assert api("ada").get(at)["version"] == 3


def test_a_rehearsal_goes_on_in_the_background(api: Seats, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "AT_ONCE", 2)
    monkeypatch.setattr(rehearsal, "FIRST_LOOK", 1)
    for number in range(5):
        world.customer("ann", name=f"N {number}", industry="it")
    body = {"name": "IT", "event": "customers.saved", "when": IT, "do": [{"action": "stop"}]}
    made = api("ada").send("POST", "rules", body, 201)
    first = api("ada").send("POST", f"rules/{made['id']}/verbs/rehearse", {})
    assert (first["times"], first["looked_at"], first["complete"]) == (1, 1, False)
    assert first["job"] == {"id": first["job"]["id"], "state": "waiting", "done": 0, "total": 0, "percent": 0}
    address = f"rule-rehearsals/{first['job']['id']}"
    assert api("ada").get(address) == {"job": first["job"], "result": None, "error": ""}
    running.drain()
    found = api("ada").get(address)
    assert (found["job"]["state"], found["job"]["percent"]) == ("done", 100)
    assert (found["result"]["times"], found["result"]["looked_at"], found["result"]["complete"]) == (5, 5, True)
    again = api("ada").send("POST", f"rules/{made['id']}/verbs/rehearse", {})["job"]["id"]
    assert again != first["job"]["id"]
    assert api("ada").send("POST", f"rule-rehearsals/{again}/verbs/cancel", {})["job"]["state"] == "cancelled"
    for name in ("ann", "cyd"):
        api(name).get(address, 404)
    api("ada").get("rule-rehearsals/999999", 404)
