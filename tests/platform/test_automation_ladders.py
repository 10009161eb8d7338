"""Rules, their texts, files and tests as an attacker writes them."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel import records, stamps
from bosun.kernel.errors import DoorError, Invalid
from bosun.kernel.ledger import Change
from bosun.platform.automation import carrying, filing, rehearsal, trying, versions
from bosun.platform.automation.models import Rule, Run
from bosun.platform.reminders.models import Notice
from tests.kernel.world import REP, World
from tests.platform.test_automation_engine import now

ALL = ("read", "create", "change", "remove")
SECRET = {"amount": "4711", "currency": "EUR"}
WALKS = (
    "{{owner.password}}", "{{customer.owner.password}}", "{{owner.user.password}}", "{{user.api_token}}",
    "{{request.META}}", "{{settings.SECRET_KEY}}", "{{credit_limit}}", "{{__class__}}", "{{owner.__class__.__mro__}}",
    "{{parent.credit_limit}}", "{{custom}}", "{{_state}}", "{{objects}}",
)  # fmt: skip
CODE = (
    "__import__('os').system('id')", "().__class__.__mro__", "getattr(staff, 'x')", "open('/etc/passwd')", "f'{staff}'",
    "lambda: 1", "[x for x in globals()]", "staff.__class__", "9**9**9**9", "staff if staff else staff", "'a'*10**9",
    "(" * 2000 + "1" + ")" * 2000, "1" * 5000, "credit_limit",
)  # fmt: skip


@pytest.fixture
def rep(world: World) -> World:
    """Ann may write rules of her own."""
    world.grant("rep", {**REP, "rules": dict.fromkeys(ALL, "own"), "own_templates": dict.fromkeys(ALL, "own")})
    stamps.refresh()
    return world


def draft(do: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A rule as it is sent."""
    return {"name": "Mine", "event": "customers.saved", "do": do, "enabled": True, **more}


def refused(world: World, raw: dict[str, Any], who: str = "ann") -> list[str]:
    """What is said to somebody whose rule is not taken; nothing stays of it."""
    before = Change.objects.count()
    with pytest.raises(DoorError) as caught:
        records.create("rules", raw, world.act(who))
    assert (Rule.objects.count(), Change.objects.count()) == (0, before)
    return [part.field for part in caught.value.errors] if isinstance(caught.value, Invalid) else [""]


# A4.03 -----------------------------------------------------------------------------------------------------------


def test_a_rule_reads_and_writes_no_further_than_its_author(rep: World) -> None:
    stop = [{"action": "stop"}]
    limit = {"field": "credit_limit", "op": "gt", "value": 1}
    beyond = (
        draft([{"action": "set", "field": "credit_limit", "value": 5}]),
        draft([{"action": "set", "field": "staff", "formula": "credit_limit + 1"}]),
        draft([{"action": "notify", "to": ["ann"], "text": "{{credit_limit}}"}]),
        draft([{"action": "create", "entity": "users", "values": {"name": "Eve", "username": "eve"}}]),
        draft([{"action": "change", "record": "owner", "set": {"roles": ["Test administrator"]}}]),
        draft(stop, when=limit),
        draft(stop, when={"field": "before.credit_limit", "op": "gt", "value": 1}),
        draft(stop, when={"field": "credit_limit", "op": "changed"}),
        draft(stop, when={"sum": "customers.parent", "of": "credit_limit", "op": "gt", "value": 1}),
        draft(stop, when={"count": "customers.parent", "where": limit, "op": "gt", "value": 0}),
        draft([{"action": "assign", "table": [{"when": limit, "to": "ann"}]}]),
    )
    assert [bool(refused(rep, raw)) for raw in beyond] == [True] * len(beyond)


def test_nobody_lets_a_rule_act_as_somebody_else(rep: World) -> None:
    do = [{"action": "tag", "add": ["seen"]}]
    assert refused(rep, draft(do, identity="ada")) == ["identity"]
    assert refused(rep, draft(do, owner="ada"))
    mine = records.create("rules", draft(do), rep.act("ann"))
    with pytest.raises(DoorError):
        records.change("rules", mine.pk, {"identity": "ada"}, rep.act("ann"))
    # An administrator lends his rights, and takes them back: the way back to that version is not open to her.
    records.change("rules", mine.pk, {"identity": "ada"}, rep.act("ada"))
    records.change("rules", mine.pk, {"identity": None}, rep.act("ada"))
    with pytest.raises(DoorError):
        versions.back(mine.pk, 2, rep.act("ann"))
    text = carrying.export([Rule.objects.get()], records.environment(rep.actor("ann"))).replace(
        "identity: ann", "identity: ada"
    )
    (planned,) = carrying.bring(filing.read(text), rep.act("ann"))
    assert [part.field for part in planned.problems] == ["identity"]
    assert Rule.objects.get().identity_id is None


def test_a_rule_that_somebody_else_sets_off_has_its_authors_rights(rep: World) -> None:
    made = records.create("rules", draft([{"action": "tag", "add": ["seen"]}]), rep.act("ann"))
    stamps.refresh()
    hers, others = rep.customer("ann", name="Hers"), rep.customer("ada", name="Not hers")
    records.change("customers", others.pk, {"staff": 9}, rep.act("ada"))
    assert (now(hers.pk).tags, now(others.pk).tags) == (["seen"], None), "it does not even see the other one"
    assert set(Run.objects.filter(rule_id=made.pk).values_list("record_id", flat=True)) == {hers.pk}
    assert rehearsal.rehearse(made, rep.actor("ann"))["matching_now"] == 1


def test_tests_inside_a_rule_are_no_way_round(rep: World) -> None:
    tests = [
        {"as": "ada", "expect": {"runs": True}},
        {"given": {"credit_limit": SECRET}, "expect": {"runs": True}},
        {"expect": {"sets": {"credit_limit": SECRET}}},
        {"expect": {"sets": {"owner.password": "x"}}},
        {"related": [{"entity": "users", "values": {"name": "Eve", "username": "eve"}}], "expect": {"runs": True}},
        {"given": {"owner": "cyd"}, "expect": {"runs": True}},
    ]
    raw = draft([{"action": "tag", "add": ["seen"]}], tests=tests)
    made = records.create("rules", raw, rep.act("ann"))
    stamps.refresh()
    before = Change.objects.count()
    tried = trying.run(made, rep.actor("ann"))
    assert [each.passed for each in tried] == [False] * len(tests)
    assert tried[0].differs == ["Only an administrator tests a rule as somebody else."]
    assert "4711" not in "".join(said for each in tried[2:] for said in each.differs)
    assert Change.objects.count() == before


# B5.02 and B5.03 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", WALKS)
def test_merge_fields_walk_nowhere(rep: World, text: str) -> None:
    assert refused(rep, draft([{"action": "notify", "to": ["ann"], "text": text}]))
    assert refused(rep, draft([{"action": "set", "field": "name", "value": text}]))
    assert refused(rep, draft([{"action": "tag", "add": [text]}]))
    item = {
        "rule": "x",
        "name": "X",
        "event": "customers.saved",
        "do": [{"action": "notify", "to": ["ann"], "text": text}],
    }
    (planned,) = carrying.bring([item], rep.act("ann"))
    assert (planned.state, Rule.objects.count()) == ("wrong", 0)


def test_a_notice_tells_each_only_what_is_his(rep: World) -> None:
    text = "{{name}} {{credit_limit}} {{parent.name}}"
    records.create("rules", draft([{"action": "notify", "to": ["ann", "cyd", "ada"], "text": text}]), rep.act("ada"))
    stamps.refresh()
    above = rep.customer("ada", name="Holding")
    rep.customer("ada", name="Halden", owner="ann", parent=above.pk, credit_limit=SECRET)
    told = {
        name: [row.text for row in Notice.objects.filter(person_id=rep.people[name], text__contains="Halden")]
        for name in ("ann", "cyd", "ada")
    }
    everything = "".join([*told["ann"], *told["cyd"]])
    assert "4711" not in everything.replace(",", "")
    assert "Holding" not in everything
    assert told["cyd"] == []
    assert "4711" in told["ada"][0].replace(",", "")


def test_a_file_names_no_record_that_is_foreign(rep: World) -> None:
    foreign = rep.customer("cyd", name="Foreign Works")
    for value in (foreign.pk, "Foreign Works", {"name": "Foreign Works"}, 987654, "Nothing of that name"):
        item = {"rule": "x", "name": "X", "event": "customers.saved", "do": [{"action": "stop"}],
                "when": {"field": "parent", "op": "is", "value": value}}  # fmt: skip
        (planned,) = carrying.bring([item], rep.act("ann"))
        assert planned.state == "wrong"
        assert planned.problems[0].message in (
            "There is no such record, or it is not open to you.",
            f"“{value['name'] if isinstance(value, dict) else value}” was not found, or is not open to you.",
        )
    assert not Rule.objects.exists()


# B5.04 and B5.05 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in x %}" * 500,
        "{{" * 400_000,
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b]",
        "a: " + "{a: " * 100_000,
        "- " * 200_000 + "a",
        "? " * 100_000,
        "a: '" + "'' " * 300_000,
        "\n".join(f"k{n}: {{}}" for n in range(60_000)),
    ],
    ids=["loops", "braces", "laughs", "deep", "lists", "keys", "quotes", "wide"],
)
def test_a_bomb_in_a_file_does_not_go_off(rep: World, text: str) -> None:
    with pytest.raises(Invalid):
        carrying_all_wrong(rep, text)


def carrying_all_wrong(world: World, text: str) -> None:
    """Bring a file in; Invalid also where it can be read and is no rule."""
    (planned,) = carrying.bring(filing.read(text), world.act("ann"))
    assert not Rule.objects.exists()
    raise Invalid(planned.problems)


def test_texts_are_never_templates(rep: World) -> None:
    text = "{% load os %}{% include '/etc/passwd' %}{{name|upper}} ${name} %(name)s {0} {name}"
    records.create("rules", draft([{"action": "notify", "to": ["ann"], "text": text}]), rep.act("ann"))
    stamps.refresh()
    rep.customer("ann", name="Halden")
    assert [row.text for row in Notice.objects.filter(key__startswith="rule:")] == [text]
    assert refused_text_of_length(rep)


def refused_text_of_length(world: World) -> bool:
    """A text beyond what a notice may hold is not taken."""
    long = draft([{"action": "notify", "to": ["ann"], "text": "x" * 2001}])
    with pytest.raises(Invalid):
        records.create("rules", long, world.act("ann"))
    return Rule.objects.count() == 1


@pytest.mark.parametrize("code", CODE)
def test_formulas_and_conditions_run_no_code(rep: World, code: str) -> None:
    assert refused(rep, draft([{"action": "set", "field": "staff", "formula": code}])) == ["do"]
    assert refused(rep, draft([{"action": "stop"}], when={"field": code, "op": "is", "value": 1})) == ["when"]
    assert refused(rep, draft([{"action": "stop"}], when={"field": "staff", "op": code, "value": 1})) == ["when"]
    assert refused(rep, draft([{"action": "stop"}], when={"field": "staff", "op": "is", "value": code})) == ["when"]
