"""Runs that failed are done again, runs are taken back, and a rule that keeps failing is switched off."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel import records, stamps
from bosun.kernel.errors import Denied, Invalid
from bosun.platform.automation import breaker, mending
from bosun.platform.automation.models import Rule
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform.test_automation_engine import now, rule, runs

STAFF_OF_NAME: list[dict[str, Any]] = [
    {"action": "tag", "add": ["seen"]},
    {"action": "set", "field": "staff", "value": "{{name}}"},
]


def test_a_failed_run_is_done_again(world: World) -> None:
    made = rule(world, "customers.created", STAFF_OF_NAME)
    customer = world.customer("ann", name="Halden")
    (run,) = runs(made)
    failed = mending.replay(run.pk, world.actor("ada"))
    assert failed.state == "failed"
    records.change("customers", customer.pk, {"name": "12"}, SYSTEM)
    with pytest.raises(Denied):
        mending.replay(failed.pk, world.actor("ann"))
    again = mending.replay(failed.pk, world.actor("ada"))
    assert (again.state, now(customer.pk).staff, now(customer.pk).tags) == ("done", 12, ["seen"])
    assert [each.state for each in runs(made)] == ["replayed", "replayed", "done"]
    with pytest.raises(Invalid):
        mending.replay(run.pk, world.actor("ada"))
    assert mending.replay_all(made.pk, world.actor("ada")) == {"done": 0, "failed": 0}
    assert len(runs(made)) == 3


def test_a_run_is_taken_back_except_what_somebody_changed_since(world: World) -> None:
    made = rule(
        world, "customers.changed",
        [{"action": "set", "field": "grade", "value": "A"}, {"action": "set", "field": "source", "value": "fair"}],
    )  # fmt: skip
    customer = world.customer("ann", name="Halden", grade="C")
    records.change("customers", customer.pk, {"staff": 3}, world.act("ann"))
    records.change("rules", made.pk, {"enabled": False}, SYSTEM)
    stamps.refresh()
    records.change("customers", customer.pk, {"source": "website"}, world.act("ann"))
    (run,) = runs(made)
    undone = mending.undo(run.pk, world.actor("ada"))
    found = now(customer.pk)
    assert (found.grade, found.source, found.staff) == ("C", "website", 3)
    assert [(key, pk) for key, pk, _title in undone.left_alone] == [("customers", customer.pk)]
    assert [each.state for each in runs(made)] == ["undone"]
    with pytest.raises(Invalid):
        mending.undo(run.pk, world.actor("ada"))


def test_what_a_bulk_act_caused_is_not_taken_back_alone(world: World) -> None:
    made = rule(world, "customers.changed", [{"action": "set", "field": "grade", "value": "A"}])
    customer = world.customer("ann", name="Halden")
    records.change("customers", customer.pk, {"staff": 3}, world.act("ann", batch="0" * 32))
    with pytest.raises(Invalid):
        mending.undo(runs(made)[0].pk, world.actor("ada"))
    assert now(customer.pk).grade == "A"
    records.undo("0" * 32, world.act("ada"))
    assert (now(customer.pk).grade, now(customer.pk).staff) == (None, None), "it belongs to what caused it"


def test_a_rule_that_keeps_failing_is_switched_off(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(breaker, "IN_A_ROW", 3)
    made = rule(world, "customers.created", STAFF_OF_NAME)
    for number in range(4):
        world.customer("ann", name=f"Halden {number}")
        stamps.refresh()
    assert len(runs(made)) == 3
    assert Rule.objects.get(pk=made.pk).enabled is False
    told = Notice.objects.filter(person_id=world.people["ada"], text__contains="switched off")
    assert [each.text for each in told] == [
        "Your rule “On customers.created” failed 3 times in a row and was switched off."
    ]
