"""Exactly once: whatever saves a record, and however often, a rule acts once for each act that calls for it."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction

from bosun.kernel import records
from bosun.platform.automation.models import Run, Waiting
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform.importing import imported, table
from tests.platform.test_automation_engine import now, rule, runs
from tests.platform.test_customize_computed import invent

COUNT = [{"action": "set", "field": "staff", "formula": "staff + 1"}]
CONTACT = [{"action": "create", "entity": "contacts", "values": {"name": "Desk of {{name}}", "customer": "record"}}]


def contacts() -> Counter[str]:
    """How often each contact is there."""
    return Counter(row.name for row in records.query("contacts", SYSTEM.actor).page(limit=200).items)


def test_saves_within_saves(world: World) -> None:
    """A rule makes a contact, one about contacts changes the customer, and what heard of that acts once more each."""
    makes = rule(world, "customers.created", CONTACT)
    writes = rule(world, "contacts.created", [{"action": "change", "record": "customer", "set": {"grade": "A"}}])
    hears = rule(world, "customers.changed", COUNT, {"field": "grade", "op": "changed"})
    customer = world.customer("ann", name="Halden", staff=1)
    assert (now(customer.pk).grade, now(customer.pk).staff) == ("A", 2)
    assert contacts() == {"Desk of Halden": 1}
    assert [len(runs(each)) for each in (makes, writes, hears)] == [1, 1, 1]
    assert [[name for _rule, name, _entity in run.chain] for run in runs(hears)] == [
        ["On customers.created", "On contacts.created"]
    ]


def test_what_is_worked_out_anew_calls_for_no_rule(world: World) -> None:
    invent("formula", "x_twice", formula="staff * 2", gives="number", digits=0)
    invent("rollup", "x_desks", source="contacts.customer", how="count")
    changed = rule(world, "customers.changed", [{"action": "notify", "to": ["owner"], "text": "{{name}}"}])
    customer = world.customer("ann", name="Halden", staff=1)
    for name in ("Max", "Mia"):
        records.create("contacts", {"name": name, "customer": customer.pk}, world.act("ann"))
    assert runs(changed) == []
    records.change("customers", customer.pk, {"staff": 2}, world.act("ann"))
    assert len(runs(changed)) == 1
    records.change("customers", customer.pk, {"staff": 2}, world.act("ann"))
    assert len(runs(changed)) == 1, "the same value again is no change"
    assert Notice.objects.filter(entity="customers", record_id=customer.pk).count() == 1


def test_a_bulk_edit_an_import_and_its_repetition(world: World) -> None:
    saved = rule(world, "customers.saved", CONTACT, {"field": "industry", "op": "is", "value": "it"})
    content = table("Name | Industry", *(f"N {n} | it" for n in range(5)), "Other | retail")
    raw = {"entity": "customers", "columns": {"Name": "name", "Industry": "industry"}, "key": "name"}
    imported(content, raw, world.actor("ada"))
    assert contacts() == {f"Desk of N {n}": 1 for n in range(5)}
    imported(content, raw, world.actor("ada"))
    assert len(runs(saved)) == 5, "nothing was different the second time"
    ids = [run.record_id for run in runs(saved)]
    records.bulk_change("customers", ids, {"staff": 3}, world.act("ada"))
    records.bulk_change("customers", ids, {"staff": 3}, world.act("ada"))
    assert Counter(run.record_id for run in runs(saved)) == dict.fromkeys(ids, 2)
    assert set(contacts().values()) == {2}


def test_two_rules_that_touch_the_same_record_see_each_other_in_order(world: World) -> None:
    first = rule(world, "customers.created", COUNT, position=10)
    second = rule(
        world, "customers.created", [{"action": "set", "field": "staff", "formula": "staff * 10"}], position=20
    )
    customer = world.customer("ann", name="Halden", staff=1)
    assert now(customer.pk).staff == 20
    assert [run.results[0]["fields"]["staff"] for run in (*runs(first), *runs(second))] == [[1, 2], [2, 20]]
    assert Run.objects.count() == 2


def test_an_act_that_fails_leaves_no_effect(world: World) -> None:
    rule(world, "customers.created", [*CONTACT, {"action": "wait", "for": 1}, {"action": "tag", "add": ["x"]}])

    def half() -> None:
        world.customer("ann", name="Halden")
        assert (Run.objects.count(), Waiting.objects.count()) == (1, 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transaction.atomic(half)()
    assert (contacts(), Run.objects.count(), Waiting.objects.count()) == (Counter(), 0, 0)
