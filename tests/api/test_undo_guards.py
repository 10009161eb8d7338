"""A guard asks a program that takes its own act back, as it asks anybody."""

from __future__ import annotations

from collections.abc import Callable

from bosun.kernel import records
from tests.api.conftest import Api
from tests.kernel.world import World
from tests.platform.test_automation_engine import now, rule

FROM_A = {"field": "grade", "op": "changed_from", "value": "A"}


def test_a_program_answers_a_guard_as_well(world: World, api: Callable[..., Api]) -> None:
    asks = rule(world, "customers.changed", [], FROM_A, guard="ask", reason="Class A stays.")
    customer = world.customer("ann", name="Halden", grade="B")
    act = world.act("ann", batch="0" * 32)
    records.change("customers", customer.pk, {"grade": "A"}, act)
    problem = api("ann").send("POST", "undo", {"batch": act.batch}, 409)
    assert problem["guards"] == [
        {"rule": "On customers.changed", "reason": "Class A stays.", "confirm": f"rule-{asks.pk}"}
    ]
    assert now(customer.pk).grade == "A"
    done = api("ann").send("POST", "undo", {"batch": act.batch, "confirm": [f"rule-{asks.pk}"]}, 200)
    assert done == {"removed": 0, "put_back": 1, "left_alone": []}
    assert now(customer.pk).grade == "B"
