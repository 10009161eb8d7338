"""What a run says of what it did."""

from __future__ import annotations

from bosun.kernel import records
from bosun.platform.automation import telling
from tests.kernel.world import World
from tests.platform.test_automation_engine import rule, runs


def test_who_keeps_a_record_is_named(world: World) -> None:
    made = rule(world, "customers.created", [{"action": "assign", "to": "ann"}])
    world.customer("ann", name="Halden")
    (run,) = runs(made)
    said = telling.run(run, records.environment(world.actor("ada")))["results"]
    assert [each["says"] for each in said] == ["Stays with Ann."]
