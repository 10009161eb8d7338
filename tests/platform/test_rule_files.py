"""Rules as readable files: names for ids, once however often they come, and their tests."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel import records, stamps
from bosun.kernel.errors import Invalid
from bosun.kernel.ledger import Change, Outbox
from bosun.platform.automation import carrying, filing, trying
from bosun.platform.automation.models import Rule, Run
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World

BEIJING = {"field": "region", "op": "within", "value": "Beijing"}
IT = {"field": "industry", "op": "is", "value": "it"}
PLAIN = "A rule holds plain values only: no tags, anchors or aliases."


def make(world: World, **more: Any) -> Any:
    """A rule of Ada's, off."""
    raw = {"name": "IT from Beijing", "event": "customers.saved", "when": {"all": [BEIJING, IT]},
           "do": [{"action": "assign", "to": world.people["ann"]}], **more}  # fmt: skip
    made = records.create("rules", raw, world.act("ada"))
    stamps.refresh()
    return made


def told(world: World, *rows: Any) -> str:
    """Rules as Ada writes them out."""
    return carrying.export(rows, records.environment(world.actor("ada")))


def bring(world: World, text: str, who: str = "ada", check: bool = False) -> list[carrying.Planned]:
    """Rules as somebody brings them in."""
    found = carrying.bring(filing.read(text), world.act(who), check)
    stamps.refresh()
    return found


def test_a_rule_reads_like_a_note(world: World) -> None:
    rule = make(
        world,
        external_id="beijing-it",
        do=[
            {"action": "assign", "among": [world.people["ann"], "ben"], "how": "load"},
            {"action": "notify", "to": ["manager", f"role:{world.roles['rep']}", "cyd"], "text": "{{name}}"},
        ],
        tests=[{"given": {"region": "Beijing", "industry": "it"}, "expect": {"runs": True}}],
    )
    assert (
        told(world, rule)
        == """\
rule: beijing-it
name: IT from Beijing
event: customers.saved
when:
  all:
  - {field: region, op: within, value: Beijing}
  - {field: industry, op: is, value: it}
do:
- action: assign
  among: [ann, ben]
  how: load
- action: notify
  text: '{{name}}'
  to: [manager, 'role:Test rep', cyd]
identity: ada
position: 1000
tests:
- given: {industry: it, region: Beijing}
  expect: {runs: true}
"""
    )


def test_what_was_written_out_comes_in_as_the_same(world: World) -> None:
    rule = make(world)
    text = told(world, rule)
    assert [each.state for each in bring(world, text)] == ["same"]
    assert records.get("rules", rule.pk, SYSTEM.actor).version == rule.version
    Rule.objects.all().delete()
    assert [each.state for each in bring(world, text)] == ["new"]
    again = Rule.objects.get()
    assert (again.enabled, again.owner_id, again.identity_id) == (False, world.people["ada"], None)
    assert again.do == [{"action": "assign", "to": world.people["ann"]}], "an id, whatever she is called later"
    assert told(world, again) == text
    assert [each.state for each in bring(world, text)] == ["same"]
    assert Rule.objects.count() == 1


def test_what_is_different_is_said_and_brought_in_off(world: World) -> None:
    rule = make(world, external_id="a")
    records.change("rules", rule.pk, {"enabled": True}, SYSTEM)
    text = told(world, rule).replace("to: ann", "to: ben").replace("name: IT from Beijing", "name: Beijing")
    (planned,) = bring(world, text, check=True)
    assert (planned.state, planned.differs) == (
        "changed",
        [
            "name: IT from Beijing → Beijing", "switched off", "no longer: assign it to Ann",
            "now also: assign it to Ben",
        ],
    )  # fmt: skip
    assert records.get("rules", rule.pk, SYSTEM.actor).enabled is True, "so far it is only said"
    bring(world, text)
    now = records.get("rules", rule.pk, SYSTEM.actor)
    assert (now.name, now.enabled, now.do) == ("Beijing", False, [{"action": "assign", "to": world.people["ben"]}])


def test_with_one_thing_wrong_nothing_comes_in_and_it_is_named(world: World) -> None:
    text = told(world, make(world, external_id="a")).replace("rule: a", "rule: b")
    wrong = text.replace("rule: b", "rule: c").replace("to: ann", "to: nobody").replace("position", "place")
    before = list(Change.objects.values_list("pk", flat=True))
    plan = bring(world, f"---\n{text}---\n{wrong}")
    assert [(each.key, each.state) for each in plan] == [("b", "new"), ("c", "wrong")]
    assert [(part.field, part.message) for part in plan[1].problems] == [("place", "“place” is not known here.")]
    plan = bring(world, wrong.replace("place", "position"))
    assert [part.message for part in plan[0].problems] == ["“nobody” was not found, or is not open to you."]
    assert Rule.objects.count() == 1
    assert list(Change.objects.values_list("pk", flat=True)) == before


def test_who_is_gone_is_not_found_anywhere_else(world: World) -> None:
    rule = make(world)
    Rule.objects.filter(pk=rule.pk).update(do=[{"action": "assign", "to": 987654}])
    text = told(world, Rule.objects.get())
    assert "to: users (987654)" in text
    (planned,) = bring(world, text.replace("name: IT", "name: Of IT"))
    assert [part.message for part in planned.problems] == ["“users (987654)” was not found, or is not open to you."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rule: [", "Line 2: This cannot be read as YAML."),
        ("rule: a\nrule: b", "Line 2: “rule” stands here twice."),
        ("1: a", "Line 1: A key has to be a text."),
        ("a: &x [1]\nb: *x", f"Line 1: {PLAIN}"),
        ("a: !!python/object/apply:os.system [id]", f"Line 1: {PLAIN}"),
        ("rule: !!int '3'", f"Line 1: {PLAIN}"),
        ("a: " + "[" * 500, "Line 1: This is nested too deeply."),
        ("- a", "A rule begins with its name: `rule: …`."),
        ("", "There is no rule in this file."),
        ("a: " + "x" * 1_000_001, "This file is too large."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_rule_says_where_it_is_wrong(text: str, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        filing.read(text)
    assert caught.value.title == said


def test_words_stay_words() -> None:
    text = "rule: no\nname: yes\nreason: 2026-11-23\nevent: 12:30\nposition: 10\nwhen: ~\nguard: 0x10\n"
    assert filing.read(text) == [
        {"rule": "no", "name": "yes", "reason": "2026-11-23", "event": "12:30", "position": 10, "when": None,
         "guard": "0x10"}
    ]  # fmt: skip


@pytest.mark.parametrize("do", ["5", "true", "x", "{action: stop}"])
@pytest.mark.parametrize("guard", ["", "guard: block"])
def test_actions_that_are_no_list_are_named(world: World, do: str, guard: str) -> None:
    (planned,) = bring(world, f"rule: a\nname: A\nevent: customers.saved\ndo: {do}\n{guard}\n")
    assert planned.state == "wrong"
    assert [(part.field, part.message) for part in planned.problems] == [("do", "Write what the rule does as a list.")]
    assert Rule.objects.count() == 0


def test_a_guard_saved_with_actions_that_are_no_list_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        make(world, guard="block", do=5)
    assert [part.field for part in caught.value.errors] == ["do"]


# tests inside ----------------------------------------------------------------------------------------------------


def stored() -> list[int]:
    """How many of everything there is that a test might leave."""
    from bosun.modules.customers.models import Customer  # a module's record, looked at only here

    return [model.objects.count() for model in (Customer, Rule, Run, Notice, Change, Outbox)]


def tried(world: World, who: str = "ada", **more: Any) -> list[tuple[str, list[str]]]:
    """What the tests of a rule say."""
    row = make(world, **more)
    before = stored()
    found = [(each.name, each.differs) for each in trying.run(row, world.actor(who))]
    assert stored() == before
    return found


def test_tests_pass_and_leave_nothing(world: World) -> None:
    given = {"region": "Beijing", "industry": "it"}
    tests = [
        {"name": "ours", "given": given, "as": "ben", "expect": {"runs": True, "sets": {"owner": "ann"}}},
        {"given": {**given, "industry": "food"}, "expect": {"runs": False, "sets": {"owner": "ada"}}},
        {"given": {"industry": "it"}, "change": {"region": "Beijing"}, "as": "ben", "expect": {"runs": True}},
    ]
    assert tried(world, tests=tests) == [("ours", []), ("Test 2", []), ("Test 3", [])]


def test_what_differs_is_said(world: World) -> None:
    tests = [
        {"given": {"region": "Beijing"}, "expect": {"runs": True, "sets": {"owner": "cyd"}, "notifies": ["ben"]}},
        {"given": {"region": "Beijing", "industry": "it"}, "expect": {"runs": False, "creates": ["tasks"]}},
        {"given": {"region": "Nowhere"}, "expect": {"runs": True}},
    ]
    assert tried(world, tests=tests) == [
        ("Test 1", [
            "runs: yes expected, no found · Industry is IT (—)", "notifies: ben expected, — found",
            "Owner: Cyd expected, Ada found",
        ]),
        ("Test 2", ["runs: no expected, yes found", "creates: tasks expected, — found"]),
        ("Test 3", ["region: “Nowhere” was not found, or is not open to you."]),
    ]  # fmt: skip


def test_a_guard_is_tested_too(world: World) -> None:
    tests = [
        {"given": {"industry": "it", "region": "Beijing"}, "expect": {"runs": True, "blocks": "Not here"}},
        {"given": {"industry": "food"}, "expect": {"runs": False, "blocks": False}},
        {"given": {"industry": "it", "region": "Beijing"}, "expect": {"asks": True}},
    ]
    found = tried(world, guard="block", do=[], reason="Not here", tests=tests)
    assert found == [("Test 1", []), ("Test 2", []), ("Test 3", ["asks: yes expected, no found"])]


def test_tests_that_cannot_be_read_are_refused_when_saved(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        make(world, tests=[{"given": {}, "expct": {}}, {"expect": {"runs": True}, "then": 1}])
    assert [(part.field, part.message) for part in caught.value.errors] == [
        ("tests", "1. A test says what is given, and what to expect."),
        ("tests", "2. “then” is not known here."),
    ]


@pytest.mark.parametrize(
    "part",
    [
        {"related": [{"entity": "contacts", "values": [1]}]}, {"related": [{"entity": 1}]}, {"related": ["contacts"]},
        {"related": {"entity": "contacts"}}, {"related": [{"entity": "contacts", "then": 1}]}, {"verb": {}},
        {"door": 1}, {"as": [1]}, {"name": {}}, {"given": [1]}, {"change": 1}, {"expect": {"sets": 1}},
        {"expect": {"sets": ["owner"]}}, {"expect": {"notifies": True}}, {"expect": {"notifies": "ann"}},
        {"expect": {"creates": [1]}}, {"expect": {"runs": "yes"}}, {"expect": {"fails": 1}}, {"expect": {"waits": {}}},
        {"expect": {"blocks": []}}, {"expect": {"asks": 1}},
    ],
)  # fmt: skip
def test_each_part_of_a_test_has_its_type(world: World, part: dict[str, Any]) -> None:
    test = {"expect": {"runs": True}, **part}
    with pytest.raises(Invalid) as caught:
        make(world, tests=[test])
    assert {each.field for each in caught.value.errors} == {"tests"}
    row = make(world)
    Rule.objects.filter(pk=row.pk).update(tests=[test])
    (found,) = trying.run(Rule.objects.get(pk=row.pk), world.actor("ada"))
    assert (found.passed, found.name) == (False, ""), "one that was saved before is not run"
