"""Formulas, roll-ups and sealed fields: right for everybody, and nobody learns from them what is closed to him."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bosun.kernel import access, history, records, registry, stamps
from bosun.kernel.actor import Actor
from bosun.kernel.errors import Invalid
from bosun.kernel.models import Change
from bosun.platform.customize import services, values
from bosun.platform.customize.models import CustomField
from bosun.platform.customize.secret import MASK
from tests.kernel.world import HIDDEN, SYSTEM, World

CUSTOMERS = registry.get("customers")


def invent(kind: str, name: str = "x_new", entity: str = "customers", **settings: Any) -> CustomField:
    """A field."""
    raw = {"entity": entity, "name": name, "label": name, "kind": kind, "settings": settings}
    made: CustomField = records.create("custom_fields", raw, SYSTEM)
    stamps.refresh()
    return made


def value(pk: int, actor: Actor, name: str = "x_new") -> Any:
    """What somebody reads in a field."""
    return access.specs(CUSTOMERS, actor)[name].get(records.get("customers", pk, actor))


def closed(actor: Actor, name: str) -> None:
    """Neither filtered, nor sorted, nor summed by."""
    query = records.query("customers", actor)
    for ask in (
        lambda: query.filter({"field": name, "op": "gt", "value": 0}),
        lambda: query.sort([name]),
        lambda: query.sums([name]),
    ):
        with pytest.raises(Invalid):
            ask()


# formulas --------------------------------------------------------------------------------------------------------


def test_a_formula_follows_its_fields_through_every_write(world: World) -> None:
    invent("formula", formula="staff * 2 + 0.5", gives="number", digits=1)
    made = world.customer("ann", name="Halden", staff=10)
    ann = world.actor("ann")
    assert str(value(made.pk, ann)) == "20.5"
    records.change("customers", made.pk, {"staff": 11}, world.act("ann", batch="b"))
    assert str(value(made.pk, ann)) == "22.5"
    records.undo("b", world.act("ann"))
    assert str(value(made.pk, ann)) == "20.5"
    records.bulk_change("customers", [made.pk], {"staff": None}, world.act("ann"))
    assert value(made.pk, ann) is None
    with pytest.raises(Invalid):
        records.change("customers", made.pk, {"x_new": 3}, world.act("ann"))


def test_a_formula_is_filtered_sorted_summed_and_worked_out_for_what_is_there(world: World) -> None:
    made = [world.customer("ann", name=f"Halden {staff}", staff=staff) for staff in (30, 10, 20)]
    row = invent("formula", formula="if(staff > 15, staff * 10, 0)", gives="number")
    query = records.query("customers", world.actor("ann"))
    assert [each.pk for each in query.sort(["-x_new"]).page().items] == [made[0].pk, made[2].pk, made[1].pk]
    found = query.filter({"field": "x_new", "op": "gt", "value": 200}).page().items
    assert [each.pk for each in found] == [made[0].pk]
    assert query.sums(["x_new"]) == {"x_new": 500}
    settings = {**row.settings, "formula": "staff"}
    records.change("custom_fields", row.pk, {"settings": settings}, SYSTEM)
    stamps.refresh()
    assert records.query("customers", world.actor("ann")).sums(["x_new"]) == {"x_new": 60}


@pytest.mark.parametrize(
    ("gives", "text", "result"),
    [
        ("text", "name & ' has ' & staff", "Halden has 10"),
        ("boolean", "staff >= 10", True),
        ("date", "x_day + 30", "2026-03-31"),
        ("money", "credit_limit * 2", "25.00 EUR"),
        ("number", "name", None),
    ],
)
def test_a_formula_gives_what_it_was_said_to_give(world: World, gives: str, text: str, result: Any) -> None:
    invent("date", "x_day")
    invent("formula", formula=text, gives=gives)
    limit = {"amount": "12.50", "currency": "EUR"}
    made = records.create(
        "customers",
        {"name": "Halden", "staff": 10, "x_day": "2026-03-01", "credit_limit": limit},
        SYSTEM,
    )
    found = value(made.pk, world.actor("ada"))
    shown = (
        found.isoformat() if gives == "date" else f"{found.amount_text} {found.currency}" if gives == "money" else found
    )
    assert shown == result


def test_a_formula_on_a_hidden_field_is_hidden(world: World) -> None:
    assert HIDDEN["customers"] == {"credit_limit": "none"}
    invent("formula", formula="credit_limit * 1", gives="money")
    records.create("customers", {"name": "Halden", "owner": world.people["ann"], "credit_limit": "77777"}, SYSTEM)
    ann = world.actor("ann")
    assert "x_new" not in access.specs(CUSTOMERS, ann)
    for ask in ({"field": "x_new", "op": "filled"}, {"field": "x_new", "op": "gt", "value": 1}):
        with pytest.raises(Invalid):
            records.query("customers", ann).filter(ask)
    assert "x_new" in access.specs(CUSTOMERS, world.actor("ben"))


@pytest.mark.parametrize("text", ["__import__('os')", "nonsense + 1", "staff.real", "x_new + 1", "contact_state", ""])
def test_a_formula_that_cannot_be_read_is_refused(world: World, text: str) -> None:
    with pytest.raises(Invalid):
        invent("formula", formula=text, gives="number")
    assert CustomField.objects.count() == 0


def test_a_formula_whose_field_is_gone_is_empty_until_it_is_back(world: World) -> None:
    act = world.act("ada")
    field = invent("number", "x_pumps")
    invent("formula", formula="x_pumps + 1", gives="number")
    made = world.customer("ann", name="Halden", x_pumps=4)
    records.remove_one("custom_fields", field.pk, act)
    stamps.refresh()
    assert "x_new" not in CUSTOMERS.specs()
    services.bring_back(field.pk, act)
    stamps.refresh()
    assert value(made.pk, world.actor("ann")) == 5


# roll-ups --------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(world: World) -> tuple[World, int, int]:
    """A customer of Ann's and one of Cyd's, each with contacts that have shoe sizes."""
    invent("number", "x_shoes", "contacts")
    ours = world.customer("ann", name="Halden").pk
    theirs = world.customer("cyd", name="Moss").pk
    for customer, shoes in ((ours, 40), (ours, 44), (theirs, 39)):
        records.create("contacts", {"name": f"Size {shoes}", "customer": customer, "x_shoes": shoes}, SYSTEM)
    return world, ours, theirs


@pytest.mark.parametrize(("how", "result"), [("count", 2), ("sum", 84), ("min", 40), ("max", 44)])
def test_a_roll_up_is_worked_out_over_what_refers_here(people: tuple[World, int, int], how: str, result: int) -> None:
    world, ours, _theirs = people
    of = {} if how == "count" else {"of": "contacts.x_shoes"}
    invent("rollup", source="contacts.customer", how=how, **of)
    empty = world.customer("ann", name="Larvik").pk
    ann = world.actor("ann")
    assert value(ours, ann) == result
    assert value(empty, ann) == (0 if how == "count" else None)
    query = records.query("customers", ann)
    assert [row.pk for row in query.filter({"field": "x_new", "op": "is", "value": result}).page().items] == [ours]
    assert query.sort(["-x_new"]).page().items[0].pk == ours
    first = query.sort(["-x_new"]).page(limit=1)
    assert [row.pk for row in query.sort(["-x_new"]).page(cursor=first.next).items] == [empty]


def test_a_roll_up_is_cut_to_what_the_reader_may_read(people: tuple[World, int, int]) -> None:
    world, ours, _theirs = people
    invent("rollup", "x_count", source="contacts.customer", how="count")
    invent("rollup", "x_most", source="contacts.customer", how="max", of="contacts.x_shoes")
    assert (value(ours, world.actor("ben"), "x_count"), value(ours, world.actor("ben"), "x_most")) == (2, 44)
    rights = {**HIDDEN, "contacts": {"x_shoes": "none"}}
    records.change("roles", world.roles["rep"], {"field_rights": rights}, SYSTEM)
    ann = world.actor("ann")
    assert (value(ours, ann, "x_count"), "x_most" in access.specs(CUSTOMERS, ann)) == (2, False)
    closed(ann, "x_most")
    world.grant("rep", {"customers": {"read": "own"}})
    ann = world.actor("ann")
    assert "x_count" not in access.specs(CUSTOMERS, ann)
    closed(ann, "x_count")


def test_a_page_of_roll_ups_is_one_query(people: tuple[World, int, int], django_assert_num_queries: Any) -> None:
    world, _ours, _theirs = people
    invent("rollup", source="contacts.customer", how="count")
    for number in range(5):
        world.customer("ann", name=f"Halden {number}")
    env = records.environment(world.actor("ann"))
    rows = records.query("customers", env.actor, env).page().items
    with django_assert_num_queries(1):
        records.preload(CUSTOMERS, rows, env, ["x_new"])
        assert sum(access.specs(CUSTOMERS, env.actor)["x_new"].get(row) for row in rows) == 2


def test_a_roll_up_that_cannot_be_worked_out_is_refused(world: World) -> None:
    for settings in (
        {"source": "contacts.name", "how": "count"},
        {"source": "contacts.customer", "how": "sum", "of": "contacts.name"},
        {"source": "nothing.customer", "how": "count"},
        {"how": "count"},
    ):
        with pytest.raises(Invalid):
            invent("rollup", **settings)
    assert CustomField.objects.count() == 0


# sealed fields ---------------------------------------------------------------------------------------------------


def test_a_sealed_field_is_stored_sealed_and_shown_to_those_named(world: World) -> None:
    invent("secret", clear_to=[world.roles["manager"]])
    made = world.customer("ann", name="Halden", x_new="Quay 7")
    spec = access.specs(CUSTOMERS, world.actor("ann"))["x_new"]
    held = records.get("customers", made.pk, world.actor("ann"))
    assert "Quay" not in json.dumps(held.custom)
    for name, said in (("ann", MASK), ("ben", "Quay 7"), ("ada", "Quay 7")):
        env = records.environment(world.actor(name))
        shown = {spec.kind.text(spec.get(held), env), spec.kind.to_json(spec.get(held), env)}
        shown |= {spec.kind.export(spec.get(held), env), spec.kind.form(spec.get(held), env)}
        assert shown == {said}


def test_the_history_never_holds_it_in_clear(world: World) -> None:
    invent("secret")
    made = world.customer("ann", name="Halden", x_new="Quay 7")
    records.change("customers", made.pk, {"x_new": "Quay 8"}, world.act("ann", batch="b"))
    assert "Quay" not in json.dumps(list(Change.objects.values_list("diff", flat=True)))
    env = records.environment(world.actor("ada"))
    lines = [line for entry in history.of_record(CUSTOMERS, made.pk, env) for line in entry.lines]
    assert {line.spec.kind.text(line.after, env) for line in lines if line.spec.name == "x_new"} == {MASK}
    records.undo("b", world.act("ann"))
    ada = world.actor("ada")
    kind = CUSTOMERS.specs()["x_new"].kind
    assert kind.text(value(made.pk, ada), records.environment(ada)) == "Quay 7"


def test_the_mask_sent_back_changes_nothing(world: World) -> None:
    invent("secret")
    made = world.customer("ann", name="Halden", x_new="Quay 7")
    for raw in (MASK, "Quay 7"):
        assert records.change("customers", made.pk, {"x_new": raw}, world.act("ann")).diff == {}
    assert records.change("customers", made.pk, {"x_new": ""}, world.act("ann")).diff.keys() == {"x_new"}


def test_a_sealed_field_is_neither_searched_nor_sorted_nor_compared(world: World) -> None:
    invent("secret")
    world.customer("ann", name="Halden", x_new="Quay")
    query = records.query("customers", world.actor("ada"))
    assert query.search("quay").count() == (0, True)
    for ask in (lambda: query.sort(["x_new"]), lambda: query.groups("x_new")):
        with pytest.raises(Invalid):
            ask()
    with pytest.raises(Invalid):
        query.filter({"field": "x_new", "op": "is", "value": "Quay"})
    assert query.filter({"field": "x_new", "op": "filled"}).count() == (1, True)


def test_many_formulas_are_worked_out_by_a_job(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = world.customer("ann", name="Halden", staff=4)
    monkeypatch.setattr(values, "AT_ONCE", 0)
    invent("formula", formula="staff + 1", gives="number")
    assert value(made.pk, world.actor("ann")) is None
    assert values.fill(CUSTOMERS) >= 1
    assert value(made.pk, world.actor("ann")) == 5
