"""An invented field is not taken out of use while a rule speaks of it: whoever tries is told which rules."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel import access, records, registry, stamps
from bosun.kernel.errors import Objected
from tests.kernel.world import SYSTEM, World
from tests.platform.test_automation_engine import rule

TAG = [{"action": "tag", "add": ["x"]}]
FILLED = {"field": "x_code", "op": "filled"}
SUM = {"sum": "opportunities.customer", "of": "amount", "where": {"field": "x_code", "op": "filled"}, "op": "gte"}
MADE = {"name": "N", "x_code": "7"}
SPEAKS: dict[str, tuple[str, list[dict[str, Any]], Any]] = {
    "condition": ("customers.saved", TAG, FILLED),
    "change": ("customers.saved", TAG, {"field": "x_code", "op": "changed"}),
    "before": ("customers.saved", TAG, {"none": [{"field": "before.x_code", "op": "filled"}]}),
    "relation": ("opportunities.saved", TAG, {"field": "customer.x_code", "op": "filled"}),
    "write": ("customers.saved", [{"action": "set", "field": "x_code", "value": "7"}], None),
    "text": ("customers.saved", [{"action": "notify", "to": ["owner"], "text": "It is {{x_code}}"}], None),
    "record": ("tasks.saved", [{"action": "create", "entity": "customers", "values": MADE}], None),
    "wait": ("customers.saved", [{"action": "wait", "until": FILLED, "for": 3}, *TAG], None),
}  # fmt: skip


def invented(entity: str = "customers") -> Any:
    """A field of that entity."""
    raw = {"entity": entity, "name": "x_code", "label": "Code", "kind": "text"}
    made = records.create("custom_fields", raw, SYSTEM)
    stamps.refresh()
    return made


def known(entity: str = "customers") -> bool:
    stamps.refresh()
    return "x_code" in access.specs(registry.get(entity), SYSTEM.actor)


@pytest.mark.parametrize("what", SPEAKS)
def test_a_field_of_a_rule_stays(world: World, what: str) -> None:
    field = invented()
    event, do, when = SPEAKS[what]
    made = rule(world, event, do, when, enabled=what != "before")
    with pytest.raises(Objected) as caught:
        records.remove_one("custom_fields", field.pk, world.act("ada"))
    assert caught.value.title == f"Rules use this field: “On {event}”. Change or remove those first."
    assert known()
    records.remove_one("rules", made.pk, world.act("ada"))
    records.remove_one("custom_fields", field.pk, world.act("ada"))
    assert not known()


def test_a_field_of_the_same_name_elsewhere_goes(world: World) -> None:
    here, there = invented(), invented("opportunities")
    rule(world, "customers.saved", TAG, FILLED)
    counted = rule(world, "customers.created", TAG, {**SUM, "value": 1})
    with pytest.raises(Objected) as caught:
        records.remove_one("custom_fields", there.pk, world.act("ada"))
    assert "“On customers.created”" in caught.value.title
    assert "“On customers.saved”" not in caught.value.title
    records.remove_one("rules", counted.pk, world.act("ada"))
    records.remove_one("custom_fields", there.pk, world.act("ada"))
    assert (known(), known("opportunities")) == (True, False)
    with pytest.raises(Objected):
        records.remove_one("custom_fields", here.pk, world.act("ada"))
