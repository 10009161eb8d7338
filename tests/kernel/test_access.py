"""Rights at the door: whose rows, which fields, united over roles, with extra and withdrawn ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bosun.kernel import access, history, records, registry
from bosun.kernel.actor import FieldRight, Scope
from bosun.kernel.errors import Invalid
from tests.kernel.world import HIDDEN, REP, SYSTEM, World, create

CUSTOMERS = "customers"


@pytest.fixture
def five(world: World) -> dict[str, int]:
    """A customer each for Ann, Ben and Cyd, and two that nobody looks after."""
    made = {name: world.customer(name, name=name).pk for name in ("ann", "ben", "cyd")}
    for name, department in (("free a", "team a"), ("free b", "team b")):
        made[name] = create(CUSTOMERS, name=name).pk
        model = registry.get(CUSTOMERS).model
        model._default_manager.filter(pk=made[name]).update(department_id=world.departments[department], owner=None)
    return made


def seen(world: World, who: str, key: str = CUSTOMERS) -> list[str]:
    return [str(row) for row in records.query(key, world.actor(who)).sort(["name"]).page().items]


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ("own", ["ann"]),
        ("department", ["ann", "ben", "free a"]),
        ("below", ["ann", "ben", "free a"]),
        ("all", ["ann", "ben", "cyd", "free a", "free b"]),
        ("none", []),
    ],
)
def test_a_scope_reaches_so_far(world: World, five: dict[str, int], scope: str, names: list[str]) -> None:
    world.grant("rep", {CUSTOMERS: {"read": scope}})
    assert seen(world, "ann") == names


def test_below_reaches_departments_under_ones_own(world: World, five: dict[str, int]) -> None:
    records.change("users", world.people["ben"], {"department": world.departments["sales"]}, SYSTEM)
    assert seen(world, "ben") == ["ann", "ben", "cyd", "free a", "free b"]
    world.grant("manager", {CUSTOMERS: {"read": "department"}})
    assert seen(world, "ben") == ["ben"]


def test_the_head_of_a_department_counts_as_one_of_it(world: World, five: dict[str, int]) -> None:
    records.change("departments", world.departments["team b"], {"head": world.people["ben"]}, SYSTEM)
    assert seen(world, "ben") == ["ann", "ben", "cyd", "free a", "free b"]


def test_a_department_moved_takes_its_rights_along(world: World, five: dict[str, int]) -> None:
    records.change("departments", world.departments["team b"], {"parent": world.departments["team a"]}, SYSTEM)
    assert seen(world, "ben") == ["ann", "ben", "cyd", "free a", "free b"]


def test_roles_unite_and_the_widest_right_wins(world: World, five: dict[str, int]) -> None:
    wide = create("roles", name="Reader", grants={CUSTOMERS: {"read": "all"}}).pk
    records.change("users", world.people["ann"], {"roles": [world.roles["rep"], wide]}, SYSTEM)
    actor = world.actor("ann")
    assert (actor.scope(CUSTOMERS, "read"), actor.scope(CUSTOMERS, "change")) == (Scope.ALL, Scope.OWN)
    assert actor.field_right(CUSTOMERS, "credit_limit") == FieldRight.WRITE


def test_a_field_stays_closed_while_every_role_that_reads_closes_it(world: World) -> None:
    other = create("roles", name="Other", grants={CUSTOMERS: {"read": "all"}}, field_rights=HIDDEN).pk
    silent = create("roles", name="Elsewhere", grants={"contacts": {"read": "all"}}).pk
    records.change("users", world.people["ann"], {"roles": [world.roles["rep"], other, silent]}, SYSTEM)
    assert world.actor("ann").field_right(CUSTOMERS, "credit_limit") == FieldRight.NONE
    assert world.actor("ann").field_right("contacts", "id_no") == FieldRight.WRITE


def test_single_people_get_more_or_less(world: World, five: dict[str, int]) -> None:
    raw = {"extra_grants": {CUSTOMERS: {"read": "all"}}, "withdrawn_grants": {CUSTOMERS: {"export": "all"}}}
    records.change("users", world.people["ann"], raw, SYSTEM)
    actor = world.actor("ann")
    assert (actor.scope(CUSTOMERS, "read"), actor.scope(CUSTOMERS, "export")) == (Scope.ALL, Scope.NONE)
    assert len(seen(world, "ann")) == 5


def test_a_new_entity_is_the_administrators_until_granted(world: World) -> None:
    for name in ("ann", "ben"):
        assert not access.may(world.actor(name), registry.get("roles"), "read")
    assert access.may(world.actor("ada"), registry.get("roles"), "create")


def test_contacts_and_follow_ups_are_as_open_as_their_customer(world: World, five: dict[str, int]) -> None:
    for name in ("ann", "cyd"):
        boss = records.create("contacts", {"name": f"of {name}", "customer": five[name]}, world.act(name))
        raw = {"about": f"contacts:{boss.pk}", "type": "call", "subject": f"to {name}"}
        records.create("follow_ups", raw, world.act(name))
    assert seen(world, "ann", "contacts") == ["of ann"]
    assert seen(world, "ben", "contacts") == ["of ann"]
    assert [str(row) for row in records.query("follow_ups", world.actor("cyd")).page().items] == ["to cyd"]
    records.run_verb(CUSTOMERS, [five["ann"]], "transfer", {"owner": "cyd"}, world.act("ben"))
    assert seen(world, "ann", "contacts") == []
    assert seen(world, "cyd", "contacts") == ["of ann", "of cyd"]


@pytest.mark.parametrize(
    ("right", "there", "writable"), [("none", False, False), ("read", True, False), ("write", True, True)]
)
def test_a_right_on_a_field_is_none_read_or_write(world: World, right: str, there: bool, writable: bool) -> None:
    records.change("roles", world.roles["rep"], {"field_rights": {CUSTOMERS: {"staff": right}}}, SYSTEM)
    spec = access.specs(registry.get(CUSTOMERS), world.actor("ann")).get("staff")
    assert (spec is not None, bool(spec and spec.writable)) == (there, writable)
    made = world.customer("ann")
    if writable:
        records.change(CUSTOMERS, made.pk, {"staff": 3}, world.act("ann"))
        return
    with pytest.raises(Invalid) as caught:
        records.change(CUSTOMERS, made.pk, {"staff": 3}, world.act("ann"))
    words = "“Staff” cannot be changed here." if there else "There is no field called “staff”."
    assert caught.value.title == words


def test_what_is_computed_from_a_hidden_field_is_hidden_too(world: World) -> None:
    rights = {CUSTOMERS: {"next_contact": "none"}}
    records.change("roles", world.roles["rep"], {"field_rights": rights}, SYSTEM)
    specs = access.specs(registry.get(CUSTOMERS), world.actor("ann"))
    assert "next_contact" not in specs
    assert "contact_state" not in specs
    with pytest.raises(Invalid) as caught:
        records.query(CUSTOMERS, world.actor("ann")).sort(["contact_state"])
    assert caught.value.title == "There is no field called “contact_state”."


def test_asking_for_a_hidden_field_is_as_asking_for_none(world: World) -> None:
    query = records.query(CUSTOMERS, world.actor("ann"))
    ways: list[Callable[[str], object]] = [
        lambda name: query.filter({"field": name, "op": "gte", "value": {"amount": "1", "currency": "EUR"}}),
        lambda name: query.filter({"field": f"parent.{name}", "op": "filled"}),
        lambda name: query.sort([f"-{name}"]),
        lambda name: query.sums([name]),
        lambda name: query.groups(name),
    ]
    for way in ways:
        said: list[Any] = []
        for name in ("credit_limit", "no_such_field"):
            with pytest.raises(Invalid) as caught:
                way(name)
            said.append(caught.value.title.replace(name, "NAME"))
        assert said[0] == said[1]


def test_history_leaves_out_what_is_hidden(world: World) -> None:
    made = world.customer("ann")
    limit = {"amount": "777.00", "currency": "EUR"}
    records.change(CUSTOMERS, made.pk, {"credit_limit": limit}, world.act("ben"))
    records.change(CUSTOMERS, made.pk, {"credit_limit": None, "staff": 4}, world.act("ben"))
    entity = registry.get(CUSTOMERS)
    for who, expected in (("ann", [["staff"]]), ("ben", [["credit_limit", "staff"], ["credit_limit"]])):
        entries = history.of_record(entity, made.pk, records.environment(world.actor(who)))
        told = [sorted(line.spec.name for line in entry.lines) for entry in entries if entry.verb == "changed"]
        assert told == expected


def test_sums_and_counts_speak_of_ones_own(world: World) -> None:
    world.customer("ann", staff=5)
    world.customer("cyd", staff=70)
    query = records.query(CUSTOMERS, world.actor("ann"))
    assert (query.count(), query.sums(["staff"])) == ((1, True), {"staff": 5})
    assert [(value, count) for value, count, _sums in query.groups("owner")] == [(world.people["ann"], 1)]


def test_a_right_may_be_wider_for_reading_than_for_writing(world: World, five: dict[str, int]) -> None:
    world.grant("rep", {**REP, CUSTOMERS: {**REP[CUSTOMERS], "read": "all"}})
    assert len(seen(world, "ann")) == 5
    drafts = records.bulk_change(CUSTOMERS, list(five.values()), {"staff": 1}, world.act("ann"))
    assert [draft.pk for draft in drafts if draft.failure is None] == [five["ann"]]
