"""Rules at work: what matches, what is done, once, with whose rights, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bosun.kernel import records, stamps
from bosun.kernel.errors import Invalid, Objected
from bosun.platform.automation import telling
from bosun.platform.automation.models import Rule, Run
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World


def rule(world: World, event: str, do: list[dict[str, Any]], when: Any = None, **more: Any) -> Any:
    """A rule of Ada's that is on."""
    raw = {"name": f"On {event}", "event": event, "when": when, "do": do, "enabled": True, **more}
    made = records.create("rules", raw, world.act("ada"))
    stamps.refresh()
    return made


def runs(made: Any, **only: Any) -> list[Run]:
    """The runs of a rule, the first one first."""
    return list(Run.objects.filter(rule_id=made.pk, **only).order_by("pk"))


def now(pk: int) -> Any:
    """A customer as it stands."""
    return records.get("customers", pk, SYSTEM.actor)


IS_IT = {"field": "industry", "op": "is", "value": "it"}


def test_a_rule_acts_in_the_save_and_says_why(world: World) -> None:
    made = rule(world, "customers.saved", [{"action": "set", "field": "grade", "value": "A"}], {"all": [IS_IT]})
    other = world.customer("ann", name="Halden")
    customer = world.customer("ann", name="Tromp", industry="it")
    assert (now(customer.pk).grade, now(other.pk).grade) == ("A", None)
    (run,) = runs(made)
    assert (run.record_id, run.state, run.event, run.actor_name) == (customer.pk, "done", "customers.saved", "Ann")
    assert run.clauses == {
        "mode": "all",
        "holds": True,
        "items": [{"is": IS_IT, "saw": "it", "holds": True, "of": [["customers", "industry"]]}],
    }
    (done,) = run.results
    assert (done["action"], done["entity"], done["id"]) == ("set", "customers", customer.pk)
    assert done["fields"]["grade"] == [None, "A"], "and the next contact that follows from it"


def test_assigning_by_name_in_turn_by_load_and_by_table(world: World) -> None:
    ann, ben, cyd = (world.people[name] for name in ("ann", "ben", "cyd"))
    made = rule(world, "customers.created", [{"action": "assign", "to": "cyd"}], IS_IT)
    assert now(world.customer("ann", name="A", industry="it").pk).owner_id == cyd
    records.change("rules", made.pk, {"when": None, "do": [{"action": "assign", "among": ["ann", "ben"]}]}, SYSTEM)
    stamps.refresh()
    owners = [now(world.customer("ada", name=f"B {n}").pk).owner_id for n in range(3)]
    assert owners == [ann, ben, ann]
    records.change("rules", made.pk, {"do": [{"action": "assign", "among": ["ann", "ben"], "how": "load"}]}, SYSTEM)
    stamps.refresh()
    assert now(world.customer("ada", name="C").pk).owner_id == ben
    table = [{"when": {"field": "staff", "op": "gt", "value": 100}, "to": "ben"}, {"when": IS_IT, "to": "cyd"}]
    records.change("rules", made.pk, {"do": [{"action": "assign", "table": table, "otherwise": "ann"}]}, SYSTEM)
    stamps.refresh()
    cases: tuple[dict[str, Any], ...] = ({"staff": 101, "industry": "it"}, {"industry": "it"}, {})
    assert [now(world.customer("ada", name="D", **case).pk).owner_id for case in cases] == [ben, cyd, ann]


def test_a_batch_is_matched_by_one_query_and_each_record_has_its_run(world: World) -> None:
    made = rule(
        world, "customers.saved", [{"action": "tag", "add": ["big"]}], {"field": "staff", "op": "gte", "value": 5}
    )
    ids = [world.customer("ann", name=f"N {n}").pk for n in range(10)]
    for pk, staff in zip(ids, range(10), strict=True):
        records.change("customers", pk, {"staff": staff}, SYSTEM)
    assert len(runs(made)) == 5
    drafts = records.bulk_change("customers", ids, {"staff": 7}, world.act("ann"))
    assert all(draft.failure is None for draft in drafts)
    assert [now(pk).tags for pk in ids] == [["big"]] * 10
    assert len(runs(made)) == 5 + 9, "one of them had seven already, and nothing happened to it"


def test_what_an_act_changed(world: World) -> None:
    when = {
        "all": [
            {"field": "grade", "op": "changed_from", "value": "B"},
            {"field": "grade", "op": "changed_to", "value": "A"},
            {"field": "before.staff", "op": "gt", "value": 10},
            {"field": "actor", "op": "is", "value": "ann"},
            {"field": "door", "op": "not_in", "value": ["import"]},
        ]
    }
    made = rule(world, "customers.changed", [{"action": "tag", "add": ["risen"]}], when)
    customer = world.customer("ann", name="Halden", grade="B", staff=20)
    records.change("customers", customer.pk, {"grade": "A"}, world.act("ben"))
    records.change("customers", customer.pk, {"grade": "B"}, world.act("ann"))
    assert runs(made) == []
    records.change("customers", customer.pk, {"grade": "A", "staff": 5}, world.act("ann"))
    (run,) = runs(made)
    assert [item["saw"] for item in run.clauses["items"]] == [
        ["B", "A"], ["B", "A"], 20, world.people["ann"], "api",
    ]  # fmt: skip
    told = telling.run(run, records.environment(world.actor("ada")))["clauses"]
    assert [item["saw"] for item in told["items"]] == ["B → A", "B → A", "20", "Ann", "the API"]
    assert run.results[0]["fields"] == {"tags": [None, ["risen"]]}


def test_a_rule_that_fails_is_undone_alone_and_its_owner_is_told(world: World) -> None:
    fails = rule(
        world,
        "customers.created",
        [{"action": "tag", "add": ["seen"]}, {"action": "set", "field": "staff", "value": "{{name}}"}],
    )
    works = rule(world, "customers.created", [{"action": "set", "field": "grade", "value": "C"}])
    customer = world.customer("ann", name="Halden")
    found = now(customer.pk)
    assert (found.tags, found.staff, found.grade) == (None, None, "C")
    (run,) = runs(fails)
    assert run.state == "failed"
    assert run.error
    assert [r.state for r in runs(works)] == ["done"]
    told = Notice.objects.filter(person_id=world.people["ada"], entity="rules")
    assert [notice.text for notice in told] == ["Your rule “On customers.created” failed."]


def test_a_rule_that_changes_its_own_record_stops_with_an_explanation(world: World) -> None:
    made = rule(
        world, "customers.changed", [{"action": "set", "field": "staff", "formula": "staff + 1"}],
        {"field": "staff", "op": "filled"},
    )  # fmt: skip
    customer = world.customer("ann", name="Halden", staff=1)
    records.change("customers", customer.pk, {"grade": "A"}, world.act("ann"))
    assert now(customer.pk).staff == 2
    assert [(run.state, run.error) for run in runs(made)] == [("done", ""), ("stopped", "loop")]


def test_two_rules_that_feed_each_other_are_stopped(world: World) -> None:
    one = rule(world, "customers.changed", [{"action": "set", "field": "staff", "value": 1}])
    two = rule(world, "customers.changed", [{"action": "set", "field": "staff", "value": 2}])
    customer = world.customer("ann", name="Halden", staff=5)
    records.change("customers", customer.pk, {"grade": "A"}, world.act("ann"))
    stopped = [run for run in (*runs(one), *runs(two)) if run.state == "stopped"]
    assert stopped
    assert len(runs(one)) + len(runs(two)) < 10
    assert Notice.objects.filter(person_id=world.people["ada"], text__contains="circle").exists()


def test_a_rule_that_writes_the_same_again_is_no_loop(world: World) -> None:
    made = rule(world, "customers.saved", [{"action": "set", "field": "grade", "value": "A"}])
    world.customer("ann", name="Halden")
    assert [run.state for run in runs(made)] == ["done"]


def test_creating_changing_and_telling(world: World) -> None:
    records.change("departments", world.departments["team a"], {"head": "ben"}, SYSTEM)
    made = rule(
        world, "customers.created",
        [
            {"action": "create", "entity": "contacts", "values": {"name": "Desk of {{name}}", "customer": "record"}},
            {"action": "notify", "to": ["owner", "manager", "cyd"], "text": "{{name}}, {{credit_limit}}"},
        ],
    )  # fmt: skip
    limit = {"amount": "10", "currency": "EUR"}
    customer = records.create("customers", {"name": "Halden", "credit_limit": limit, "owner": "ann"}, world.act("ada"))
    contact = records.query("contacts", SYSTEM.actor).page().items[0]
    assert (contact.name, contact.customer_id) == ("Desk of Halden", customer.pk)
    notices = Notice.objects.filter(kind="rule")
    told = {n.person_id: n.text for n in notices}
    ann, ben, cyd = (world.people[name] for name in ("ann", "ben", "cyd"))
    assert set(told) == {ann, ben, cyd}
    assert told[ann] == "Halden, •••"
    assert told[cyd] == "•••, •••"
    assert "10" in told[ben]
    points = dict(notices.values_list("person_id", "record_id"))
    assert points == {ann: customer.pk, ben: customer.pk, cyd: 0}, "to Cyd there is nothing to be opened"
    (run,) = runs(made)
    assert run.results[1]["people"] == sorted([ann, ben, cyd])


def test_rules_run_with_the_rights_of_their_identity(world: World) -> None:
    theirs = world.customer("cyd", name="Theirs", industry="it")
    made = rule(world, "customers.changed", [{"action": "tag", "add": ["x"]}], identity="ann")
    records.change("customers", theirs.pk, {"staff": 1}, world.act("cyd"))
    assert runs(made) == []
    assert now(theirs.pk).tags is None
    with pytest.raises(Invalid):
        rule(world, "customers.changed", [{"action": "set", "field": "credit_limit", "value": "5"}], identity="ann")
    hidden = {"field": "credit_limit", "op": "gt", "value": 1}
    with pytest.raises(Invalid):
        rule(world, "customers.changed", [{"action": "tag", "add": ["x"]}], hidden, identity="ann")
    assert Rule.objects.count() == 1


@pytest.mark.parametrize(
    ("event", "when", "do", "field"),
    [
        ("nothing.created", None, [{"action": "stop"}], "event"),
        ("rules.created", None, [{"action": "stop"}], "event"),
        ("customers.nothing", None, [{"action": "stop"}], "event"),
        ("customers.created", {"field": "nothing", "op": "is", "value": 1}, [{"action": "stop"}], "when"),
        ("customers.created", {"field": "owner.password", "op": "is", "value": 1}, [{"action": "stop"}], "when"),
        ("customers.created", {"count": "contacts.name", "op": "gt", "value": 1}, [{"action": "stop"}], "when"),
        ("customers.created", None, [], "do"),
        ("customers.created", None, [{"action": "eval", "code": "1"}], "do"),
        ("customers.created", None, [{"action": "set", "field": "id", "value": 3}], "do"),
        ("customers.created", None, [{"action": "set", "field": "staff", "value": "many"}], "do"),
        ("customers.created", None, [{"action": "set", "field": "staff", "formula": "__import__('os')"}], "do"),
        ("customers.created", None, [{"action": "notify", "to": ["owner"], "text": "{{owner.password}}"}], "do"),
        ("customers.created", None, [{"action": "assign", "to": "nobody"}], "do"),
    ],
)
def test_what_makes_no_sense_is_refused(world: World, event: str, when: Any, do: Any, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        rule(world, event, do, when)
    assert [error.field for error in caught.value.errors] == [field]
    assert Rule.objects.count() == 0


def test_counts_and_sums_of_what_refers_to_a_record(world: World) -> None:
    when = {
        "count": "contacts.customer",
        "where": {"field": "name", "op": "contains", "value": "a"},
        "op": "gte",
        "value": 2,
    }
    made = rule(world, "customers.changed", [{"action": "tag", "add": ["known"]}], when)
    ids = [world.customer("ann", name=f"N {n}").pk for n in range(5)]
    for name in ("Ada", "Max", "Bob"):
        records.create("contacts", {"name": name, "customer": ids[0]}, world.act("ann"))
    records.create("contacts", {"name": "Ada", "customer": ids[1]}, world.act("ann"))
    records.change("customers", ids[0], {"staff": 1}, world.act("ann"))
    records.change("customers", ids[1], {"staff": 1}, world.act("ann"))
    assert [run.record_id for run in runs(made)] == [ids[0]]
    assert runs(made)[0].clauses["saw"] == 2
    records.bulk_change("customers", ids, {"grade": "B"}, world.act("ann"))
    assert [run.record_id for run in runs(made)] == [ids[0], ids[0]]


def test_guards_block_and_ask(world: World) -> None:
    asks = rule(
        world, "customers.changed", [], {"field": "grade", "op": "changed_to", "value": "A"}, guard="ask",
        reason="Is it worth an A?",
    )  # fmt: skip
    customer = world.customer("ann", name="Halden")
    with pytest.raises(Objected) as caught:
        records.change("customers", customer.pk, {"grade": "A"}, world.act("ann"))
    (said,) = caught.value.objections
    assert (said.reason, said.confirm) == ("Is it worth an A?", f"rule-{asks.pk}")
    assert now(customer.pk).grade is None
    records.change(
        "customers", customer.pk, {"grade": "A"}, replace(world.act("ann"), confirm=frozenset([said.confirm]))
    )
    assert now(customer.pk).grade == "A"
    rule(world, "customers.deleted", [], None, guard="block")
    with pytest.raises(Objected) as caught:
        records.remove_one("customers", customer.pk, world.act("ann"))
    assert [each.confirm for each in caught.value.objections] == [""]
    assert now(customer.pk).deleted_at is None


def test_what_stands_behind_an_assignment_is_about_the_new_owner(world: World) -> None:
    values = {"subject": "Call", "owner": "{{owner}}", "about": "record"}
    task = {"action": "create", "entity": "tasks", "values": values}
    made = rule(
        world, "customers.created",
        [{"action": "assign", "to": "ben"}, task, {"action": "notify", "to": ["owner"], "text": "Yours"}],
    )  # fmt: skip
    world.customer("ann", name="Halden")
    (run,) = runs(made)
    assert run.results[2]["people"] == [world.people["ben"]]
    assert [row.owner_id for row in records.query("tasks", SYSTEM.actor).page().items] == [world.people["ben"]]


def test_what_is_told_to_an_owner_who_left_falls_to_whoever_led_her(world: World) -> None:
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    made = rule(world, "customers.changed", [{"action": "notify", "to": ["owner"], "text": "{{name}} changed"}])
    customer = world.customer("ann", name="Halden")
    records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    records.change("customers", customer.pk, {"industry": "it"}, world.act("ada"))
    (run,) = runs(made)
    assert run.results[0]["people"] == [world.people["ben"]]
    assert list(Notice.objects.filter(kind="rule").values_list("person_id", flat=True)) == [world.people["ben"]]
