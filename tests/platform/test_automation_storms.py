"""Rules that cause each other without end: cut off, told, and the next act is none the worse."""

from __future__ import annotations

from collections import Counter

from bosun.kernel import records
from bosun.platform.automation import chain
from bosun.platform.automation.models import Run
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform.test_automation_engine import now, rule, runs


def test_a_storm_is_cut_off(world: World) -> None:
    """Three customers for each customer: one act causes a hundred runs and no more."""
    more = [
        {"action": "create", "entity": "customers", "values": {"name": f"S {{{{name}}}} {n}"}} for n in range(3)
    ]  # fmt: skip
    made = rule(world, "customers.created", more)
    world.customer("ann", name="z")
    states = Counter(run.state for run in runs(made))
    assert states["done"] == 1 + chain.BROADEST
    assert states["stopped"] > 0
    assert Notice.objects.filter(person_id=world.people["ada"], key__contains=":stopped:").count() == 1
    world.customer("ann", name="quiet again")
    assert Counter(run.state for run in runs(made))["done"] == 2 * (1 + chain.BROADEST)


def test_rules_that_write_one_field_each_in_its_own_way_come_to_an_end(world: World) -> None:
    for n in range(6):
        rule(world, "customers.changed", [{"action": "set", "field": "address", "value": f"Quay {n}"}])
    customer = world.customer("ann", name="Halden")
    records.change("customers", customer.pk, {"staff": 5}, SYSTEM)
    assert Run.objects.filter(state="done").count() <= 6 + chain.BROADEST
    assert now(customer.pk).staff == 5
