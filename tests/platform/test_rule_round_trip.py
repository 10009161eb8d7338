"""Whatever a rule says, its file says the same in another database with the same people."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from bosun.kernel import records, stamps
from bosun.kernel.errors import DoorError
from bosun.platform.automation import carrying, filing
from bosun.platform.automation.models import Rule
from tests.kernel.world import World

PEOPLE = st.sampled_from(["ann", "ben", "cyd", "ada"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
LEAVES = st.one_of(
    st.builds(lambda v: {"field": "region", "op": "within", "value": v}, st.sampled_from(["Beijing", "Guangdong"])),
    st.builds(
        lambda v: {"field": "industry", "op": "in", "value": v}, st.lists(st.sampled_from(["it", "food"]), min_size=1)
    ),
    st.builds(lambda v: {"field": "name", "op": "contains", "value": v}, TEXTS.filter(str.strip)),
    st.builds(
        lambda o, v: {"field": "staff", "op": o, "value": v}, st.sampled_from(["gt", "lte", "is"]), st.integers(0, 999)
    ),
    st.builds(lambda v: {"field": "owner", "op": "changed_to", "value": v}, PEOPLE),
    st.builds(lambda v: {"field": "actor", "op": "in", "value": v}, st.lists(PEOPLE, min_size=1, max_size=3)),
    st.builds(lambda v: {"field": "before.owner", "op": "is", "value": v}, PEOPLE),
    st.just({"field": "actor.roles", "op": "in", "value": ["Test rep"]}),
    st.builds(
        lambda who, n: {
            "count": "contacts.customer",
            "where": {"field": "created_by", "op": "is", "value": who},
            "op": "gte",
            "value": n,
        },
        PEOPLE,
        st.integers(0, 9),
    ),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda mode, items: {mode: items},
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
ACTIONS = st.one_of(
    st.builds(lambda v: {"action": "assign", "to": v}, PEOPLE),
    st.builds(
        lambda v, how: {"action": "assign", "among": v, "how": how},
        st.lists(PEOPLE, min_size=1, unique=True),
        st.sampled_from(["turn", "load"]),
    ),
    st.builds(
        lambda when, v: {"action": "assign", "table": [{"when": when, "to": v}], "otherwise": "ada"}, TREES, PEOPLE
    ),
    st.builds(
        lambda v, t: {"action": "notify", "to": v, "text": "{{name}} " + t},
        st.lists(st.sampled_from(["ann", "cyd", "owner", "manager", "role:Test rep"]), min_size=1, unique=True),
        TEXTS,
    ),
    st.builds(lambda v: {"action": "set", "field": "region", "value": v}, st.sampled_from(["Beijing", "Guangdong"])),
    st.builds(
        lambda v: {
            "action": "create",
            "entity": "tasks",
            "values": {"subject": "Call", "about": "record", "owner": v, "due": "+3d"},
        },
        PEOPLE,
    ),
    st.builds(lambda v: {"action": "tag", "add": [v]}, TEXTS.filter(lambda t: t.strip() and "," not in t)),
    st.just({"action": "stop"}),
)
RULES = st.fixed_dictionaries({
    "name": TEXTS.filter(lambda t: len(t.strip()) > 1), "when": TREES, "position": st.integers(0, 5000),
    "do": st.lists(ACTIONS, min_size=1, max_size=3), "event": st.sampled_from(["customers.saved", "customers.changed"]),
    "identity": PEOPLE,
})  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=RULES)
def test_out_and_in_is_the_same_rule(world: World, raw: dict[str, Any]) -> None:
    Rule.objects.all().delete()
    stamps.refresh()
    ada = world.act("ada")
    try:
        made = records.create("rules", raw, ada)
    except DoorError:
        reject()
    env = records.environment(world.actor("ada"))
    text = carrying.export([made], env)
    Rule.objects.all().delete()
    assert [(each.state, each.problems) for each in carrying.bring(filing.read(text), ada)] == [("new", [])]
    again = Rule.objects.get()
    assert carrying.export([again], records.environment(world.actor("ada"))) == text
    assert (again.name, again.event, again.position) == (made.name, made.event, made.position)
    assert (again.identity_id or again.owner_id) == (made.identity_id or made.owner_id)
    assert [each.state for each in carrying.bring(filing.read(text), ada)] == ["same"]
    assert Rule.objects.count() == 1
