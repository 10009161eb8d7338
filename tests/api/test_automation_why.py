"""Why a rule ran and why it did not: six nested clauses over relations, old values and a roll-up, with true values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bosun.kernel import records, stamps
from tests.api.conftest import Api
from tests.kernel.world import SYSTEM, World

Seats = Callable[..., Api]
WON = {"field": "stage.outcome", "op": "is", "value": "won"}
SIX = {
    "all": [
        {"field": "grade", "op": "changed_to", "value": "A"},
        {
            "any": [
                {"field": "before.staff", "op": "gt", "value": 100},
                {
                    "all": [
                        {"field": "owner.department", "op": "filled"},
                        {
                            "none": [
                                {"field": "industry", "op": "is", "value": "food"},
                                {"field": "door", "op": "is", "value": "import"},
                            ]
                        },
                    ]
                },
            ]
        },
        {"sum": "opportunities.customer", "of": "amount", "where": WON, "op": "gte", "value": 1500},
    ]
}


def leaves(node: Any) -> Iterator[tuple[str, str, bool]]:
    """The comparisons of an explanation in order: what it says, what it saw, whether it held."""
    if "items" not in node:
        yield node["says"], node["saw"], node["holds"]
    for item in node.get("items", ()):
        yield from leaves(item)


def a_customer(world: World, name: str, won: int, **values: Any) -> int:
    """A customer of Ann with sales won."""
    pk = int(world.customer("ann", name=name, grade="B", **values).pk)
    for number in range(won):
        amount = {"amount": "1000", "currency": "EUR"}
        deal = records.create("opportunities", {"name": f"{name} {number}", "customer": pk, "amount": amount}, SYSTEM)
        records.run_verb("opportunities", [deal.pk], "win", {}, SYSTEM)
    return pk


def test_why_and_why_not(api: Seats, world: World) -> None:
    body = {"name": "Six", "event": "customers.changed", "when": SIX, "do": [{"action": "tag", "add": ["key"]}]}
    rule = api("ada").send("POST", "rules", {**body, "enabled": True}, 201)["id"]
    stamps.refresh()
    ran = a_customer(world, "Halden", 2, staff=50, industry="it")
    idle = a_customer(world, "Tromp", 1, staff=50, industry="food")
    for pk in (ran, idle):
        api("ann").send("PATCH", f"customers/{pk}", {"grade": "A", "staff": 900})
    found = api("ada").get(f"customers/{ran}/automation/why?rule={rule}")
    assert (found["ran"], found["reasons"]) == (True, [])
    assert list(leaves(found["run"]["clauses"])) == [
        ("Grade has changed to A", "B → A", True),
        ("Staff is more than 100 before the change", "50", False),
        ("Owner Department is filled", "Team A", True),
        ("Industry is Food and drink", "IT", False),
        ("the way in which it was done is an import", "the API", False),
        ("sum of Amount over Opportunities (Stage Outcome is Won) is at least €1,500.00", "€2,000.00", True),
    ]
    found = api("ada").get(f"customers/{idle}/automation/why?rule={rule}")
    assert (found["ran"], found["run"], found["reasons"]) == (False, None, ["Its condition did not hold, as marked."])
    assert list(leaves(found["clauses"])) == [
        ("Grade has changed to A", "B → A", True),
        ("Staff is more than 100 before the change", "50", False),
        ("Owner Department is filled", "Team A", True),
        ("Industry is Food and drink", "Food and drink", True),
        ("the way in which it was done is an import", "the API", False),
        ("sum of Amount over Opportunities (Stage Outcome is Won) is at least €1,500.00", "€1,000.00", False),
    ]
    holds = found["clauses"]["items"]
    assert [holds[1]["holds"], holds[1]["items"][1]["holds"], holds[1]["items"][1]["items"][1]["holds"]] == [False] * 3
    told = api("ann").get(f"customers/{ran}/automation/why?rule={rule}")
    assert [saw for _says, saw, _holds in leaves(told["run"]["clauses"])] == [
        "B → A",
        "50",
        "Team A",
        "IT",
        "the API",
        None,
    ]
    api("cyd").get(f"customers/{ran}/automation/why?rule={rule}", 404)
