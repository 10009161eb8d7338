"""Rights asked of single rows say the same as rights gathered beforehand, and cost one look for each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bosun.kernel import access, loading, records, registry, sharing
from bosun.kernel.actor import Actor, Scope
from bosun.lib import clock
from tests.kernel.world import World, create

HANGING = ("contacts", "follow_ups", "tasks", "opportunities")
ACTIONS = ("read", "change", "remove", "export")


@pytest.fixture
def company(world: World) -> dict[str, int]:
    """Customers of Ann, Ben, Cyd and nobody, one of them removed, and on each one of everything; Ann shares hers."""
    made = {name: world.customer(name, name=name).pk for name in ("ann", "ben", "cyd")}
    made["free"] = create("customers", name="free").pk
    made["gone"] = create("customers", name="gone", owner=world.people["ann"]).pk
    registry.get("customers").model._default_manager.filter(pk=made["free"]).update(
        owner=None, department_id=world.departments["team b"]
    )
    for name, pk in list(made.items()):
        owner = world.people.get(name, world.people["ben"])
        create("contacts", name=f"of {name}", customer=pk)
        create("follow_ups", about=f"customers:{pk}", type="call", subject=f"to {name}")
        create("tasks", subject=f"for {name}", about=f"customers:{pk}", owner=owner)
        create("opportunities", name=f"with {name}", customer=pk, owner=owner)
    # What hangs on nothing is open to whoever made it.
    raw = {"about": f"customers:{made['ann']}", "type": "call", "subject": "stray"}
    stray = records.create("follow_ups", raw, world.act("ann"))
    registry.get("follow_ups").model._default_manager.filter(pk=stray.pk).update(customer=None)
    sharing.share(registry.get("customers"), made["ann"], world.people["cyd"], "read", world.act("ann"))
    sharing.share(registry.get("customers"), made["ben"], world.people["cyd"], "edit", world.act("ben"))
    # As between two steps of a removal: what hangs on it is still there.
    registry.get("customers").model._default_manager.filter(pk=made["gone"]).update(deleted_at=clock.now())
    return made


def limited(world: World, who: str, scopes: dict[tuple[str, str], Scope]) -> Actor:
    return replace(world.actor(who), grants=scopes)


def ids(rows: Any) -> list[int]:
    return sorted(rows.values_list("pk", flat=True))


scope = st.sampled_from(list(Scope))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(who=st.sampled_from(["ann", "ben", "cyd", "ada"]), above=scope, own=scope, action=st.sampled_from(ACTIONS))
def test_both_ways_open_the_same_rows(
    world: World, company: dict[str, int], who: str, above: Scope, own: Scope, action: str
) -> None:
    scopes = {("customers", "read"): above, ("customers", action): above}
    actor = limited(world, who, {**scopes, **{(key, action): own for key in HANGING}})
    for key in ("customers", *HANGING):
        entity = registry.get(key)
        gathered = ids(access.visible(entity, actor, action))
        assert ids(access.visible(entity, actor, action, few=True)) == gathered
        everything = entity.model._default_manager.values_list("pk", flat=True)
        assert [pk for pk in sorted(everything) if access.may_row(entity, actor, action, pk)] == gathered


def test_the_rows_of_one_record_are_the_same_both_ways(world: World, company: dict[str, int]) -> None:
    for who, names in (("ann", {"ann"}), ("ben", {"ann", "ben"}), ("cyd", {"ann", "ben", "cyd"})):
        query = records.query("follow_ups", world.actor(who))
        for name in ("ann", "ben", "cyd", "free"):
            told = [str(row) for row in query.near(customer_id=company[name]).page().items]
            assert told == [str(row) for row in query.where(customer_id=company[name]).page().items]
            assert told == ([f"to {name}"] if name in names else [])


def plan(rows: Any) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE customers_customer")
    return str(rows.explain())


@pytest.mark.parametrize("key", HANGING)
def test_one_row_asks_for_one_record_above_it(world: World, company: dict[str, int], key: str) -> None:
    """By the primary key of the customer, whoever else's customers the reader may see."""
    own = {(entity, "read"): Scope.OWN for entity in ("customers", *HANGING)}
    actor = limited(world, "ann", own)
    many = ({"name": f"own {number}", "owner": world.people["ann"]} for number in range(2000))
    loading.load(registry.get("customers"), many, indexed=False)
    entity = registry.get(key)
    one = plan(access.visible(entity, actor, few=True).filter(pk=1))
    if connection.vendor == "postgresql":
        assert "hashed SubPlan" not in one
        assert "Index Scan using customers_customer_pkey" in one
        return
    # PostgreSQL decides by how many rows it expects; SQLite does as it is told.
    for told in (one, plan(records.query(entity, actor).near(customer_id=company["ann"]).rows())):
        assert "LIST SUBQUERY" not in told
        assert "CORRELATED SCALAR SUBQUERY" in told
        assert "SEARCH U0 USING INTEGER PRIMARY KEY" in told


def test_the_rows_of_one_record_are_not_sought_among_all_of_a_person(world: World, company: dict[str, int]) -> None:
    actor = limited(world, "ann", {("customers", "read"): Scope.OWN})
    below = records.query("customers", actor).near(parent_id=company["ann"]).rows().order_by("name_sort", "pk")
    if connection.vendor == "sqlite":
        assert "(parent_id=?)" in plan(below)
    assert list(below) == []
