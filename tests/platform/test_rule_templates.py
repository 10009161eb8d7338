"""Ready-made rules that an administrator saves: used, carried elsewhere, and no way to more rights."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel import records, registry, stamps
from bosun.kernel.errors import Denied, DoorError, Invalid, NotFound
from bosun.platform.automation import carrying, filing, gallery, happenings, own
from bosun.platform.automation.models import Rule, RuleTemplate
from tests.kernel.world import SYSTEM, World

WHEN: dict[str, Any] = {
    "all": [{"field": "industry", "op": "is", "value": "it"}, {"field": "staff", "op": "gte", "value": 10}]
}


def source(world: World) -> Any:
    """A rule of Ada's."""
    do = [
        {"action": "assign", "among": ["ann", world.people["cyd"]]},
        {"action": "notify", "to": ["manager", "ben"], "text": "{{name}}"},
    ]
    raw = {"name": "IT in turn", "event": "customers.created", "when": WHEN, "do": do}
    return records.create("rules", raw, world.act("ada"))


def labels(world: World, row: Any, action: int | None = None) -> list[tuple[str, Any]]:
    """What may be left open in a rule."""
    env = records.environment(world.actor("ada"))
    found = own.values(own.body_of(row, action), registry.get("customers"), env)
    return [(each.label, each.value) for each in found]


def test_a_whole_rule_is_kept_and_used(world: World) -> None:
    row = source(world)
    assert labels(world, row) == [
        ("Industry", "it"), ("Staff", 10), ("Person", ["ann", world.people["cyd"]]), ("Person", "ben"),
        ("text", "{{name}}"),
    ]  # fmt: skip
    kept = own.keep(row, "In turn", "Shares out", {0: "Industry", 2: "Among"}, world.act("ada"))
    assert kept.params == [
        {"name": "p1", "label": "Industry", "initial": "it"},
        {"name": "p2", "label": "Among", "initial": [world.people["ann"], world.people["cyd"]]},
    ]
    key = f"own-{kept.pk}"
    (offered,) = [each for each in gallery.templates(world.actor("ada")) if each.key == key]
    assert [(each.label, each.kind.key) for each in offered.params] == [("Industry", "choice"), ("Among", "refs")]
    assert key not in [each.key for each in gallery.templates(world.actor("ann"))]
    made = gallery.use(key, {"p1": "food", "p2": ["ben"]}, world.act("ada"))
    assert (made.name, made.event, made.enabled) == ("In turn", "customers.created", False)
    assert made.when == {"all": [{**WHEN["all"][0], "value": "food"}, WHEN["all"][1]]}
    assert made.do == [{"action": "assign", "among": ["ben"]}, source_notice()]
    with pytest.raises(NotFound):
        gallery.use(key, {}, world.act("ann"))


def source_notice() -> dict[str, Any]:
    """The second action of the rule, which nothing was left open in."""
    return {"action": "notify", "to": ["manager", "ben"], "text": "{{name}}"}


def test_one_action_is_used_at_any_event_of_its_records(world: World) -> None:
    row = source(world)
    assert labels(world, row, 1) == [("Person", "ben"), ("text", "{{name}}")]
    kept = own.keep(row, "Tell", "", {0: "Whom"}, world.act("ada"), action=1)
    made = gallery.use(f"own-{kept.pk}", {"event": "customers.deleted", "p1": "cyd"}, world.act("ada"))
    assert (made.event, made.when) == ("customers.deleted", None)
    assert made.do == [{"action": "notify", "to": ["manager", "cyd"], "text": "{{name}}"}]


def test_it_is_carried_elsewhere(world: World) -> None:
    kept = own.keep(source(world), "In turn", "Shares out", {0: "Industry", 2: "Among"}, world.act("ada"))
    env = records.environment(world.actor("ada"))
    text = carrying.export([], env, carrying.own_templates(env))
    assert "initial: [ann, cyd]" in text
    assert "among: {$: p2}" in text
    assert [each.state for each in carrying.bring(filing.read(text), world.act("ada"))] == ["same"]
    RuleTemplate.objects.all().delete()
    Rule.objects.all().delete()
    assert [each.state for each in carrying.bring(filing.read(text), world.act("ada"))] == ["new"]
    again = RuleTemplate.objects.get()
    assert (again.params, again.external_id) == (kept.params, f"own-{kept.pk}")
    assert again.body["do"][1]["to"] == ["manager", world.people["ben"]], "an id, whatever he is called later"
    assert [each.state for each in carrying.bring(filing.read(text), world.act("ada"))] == ["same"]
    assert carrying.export([], env, carrying.own_templates(env)) == text


def test_what_makes_no_sense_is_refused(world: World) -> None:
    good = {"name": "T", "event": "customers.saved", "body": {"do": [{"action": "stop"}]}}
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"event": "customers.sung"}, "event", "There is no such event."),
        ({"body": {"do": [], "run": 1}}, "body", "Say what the rule does."),
        ({"params": [{"name": "a"}]}, "params", "What is asked for has a name and a label."),
        ({"params": [{"name": "event", "label": "E"}]}, "params", "“event” is not known here."),
        ({"body": {"do": [{"action": "explode"}]}}, "body", "1. There is no such action."),
    ]
    for change, field, said in wrong:
        with pytest.raises(Invalid) as caught:
            records.create("own_templates", {**good, **change}, world.act("ada"))
        assert [(part.field, part.message) for part in caught.value.errors] == [(field, said)]
    assert not RuleTemplate.objects.exists()


def test_it_gives_nobody_more_rights(world: World) -> None:
    limit = {"action": "set", "field": "credit_limit", "value": 5}
    body = {"do": [limit]}
    with pytest.raises(DoorError):
        records.create("own_templates", {"name": "T", "event": "customers.saved", "body": body}, world.act("ann"))
    world.grant(
        "rep",
        {key: dict.fromkeys(("read", "create", "change"), "all") for key in ("customers", "rules", "own_templates")},
    )
    stamps.refresh()
    with pytest.raises(Invalid) as caught:
        records.create("own_templates", {"name": "T", "event": "customers.saved", "body": body}, world.act("ann"))
    assert "credit_limit" in caught.value.errors[0].message
    kept = records.create("own_templates", {"name": "T", "event": "customers.saved", "body": body}, SYSTEM)
    with pytest.raises((Invalid, Denied)):
        gallery.use(f"own-{kept.pk}", {}, world.act("ann"))
    assert not Rule.objects.exists()
    assert happenings.find("own_templates.created") is None, "no rule is about them"
