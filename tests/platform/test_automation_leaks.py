"""What people are told of rules, runs and waits: nothing of a record that they may not read."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel import records, registry, stamps
from bosun.kernel.errors import Denied, NotFound
from bosun.platform.automation import coming, mending, services, telling, waiting
from bosun.platform.automation.models import Run, Waiting
from tests.kernel.world import REP, SYSTEM, World
from tests.platform.test_automation_engine import now, rule, runs
from tests.platform.test_automation_scope import mine

CLOSED = {"says": "A condition that is not open to you", "saw": None, "holds": None}
BIG = {"field": "staff", "op": "gt", "value": 10}


def rights(world: World, scope: str) -> None:
    """What reps may do with rules."""
    read = {"read": "all"} if scope == "read" else {}
    own = dict.fromkeys(("read", "create", "change", "remove"), "own")
    world.grant("rep", {**REP, "rules": {**own, **read}})
    stamps.refresh()


def env(world: World, who: str) -> Any:
    """How somebody reads."""
    return records.environment(world.actor(who))


def customers() -> Any:
    """Customers."""
    return registry.get("customers")


def test_what_a_rule_wrote_into_a_foreign_record_is_not_told(world: World) -> None:
    above = world.customer("cyd", name="Secret", tags=["hidden"])
    hers = world.customer("ann", name="Hers")
    records.change("customers", hers.pk, {"parent": above.pk}, SYSTEM)
    change = {"action": "change", "record": "parent", "set": {"staff": 77}}
    made = rule(world, "customers.changed", [{"action": "tag", "record": "parent", "add": ["seen"]}, change])
    records.change("customers", hers.pk, {"grade": "A"}, world.act("ann"))
    assert (now(above.pk).tags, now(above.pk).staff) == (["hidden", "seen"], 77)
    (told,) = services.runs_of(customers(), hers.pk, env(world, "ann"))
    closed = "Changed something that is not open to you"
    assert told["results"] == [{"action": "tag", "says": closed}, {"action": "change", "says": closed}]
    assert (
        services.after(customers(), runs(made, record_id=hers.pk)[0].change_id, env(world, "ann"))[0]["results"]
        == told["results"]
    )
    (open_,) = services.runs_of(customers(), hers.pk, env(world, "ada"))
    assert [each["id"] for each in open_["results"]] == [above.pk, above.pk]
    assert "77" in open_["results"][1]["says"]


def test_what_a_clause_saw_in_other_records_of_the_same_list_is_not_told(world: World) -> None:
    hers = world.customer("ann", name="Hers", staff=20)
    below = world.customer("cyd", name="Secret", staff=4711)
    records.change("customers", below.pk, {"parent": hers.pk}, SYSTEM)
    above = world.customer("cyd", name="Above")
    records.change("customers", hers.pk, {"parent": above.pk}, SYSTEM)
    others = [
        {"count": "customers.parent", "op": "gte", "value": 1},
        {"sum": "customers.parent", "of": "staff", "op": "gt", "value": 1},
        {"field": "parent.name", "op": "is", "value": "Above"},
    ]
    rule(world, "customers.changed", [{"action": "stop"}], [BIG, *others])
    records.change("customers", hers.pk, {"grade": "A"}, world.act("ann"))
    seen = {who: services.runs_of(customers(), hers.pk, env(world, who))[0]["clauses"] for who in ("ann", "ada")}
    assert seen["ann"]["items"][1:] == [CLOSED] * 3
    assert seen["ann"]["items"][0]["saw"] == "20"
    assert [each["saw"] for each in seen["ada"]["items"]] == ["20", "1", "4,711", "Above"]


def test_failed_runs_are_told_to_those_who_read_the_rule_and_mended_by_those_who_change_it(world: World) -> None:
    rights(world, "own")
    bad = [{"action": "set", "field": "staff", "value": "{{name}}"}]
    foreign = rule(world, "customers.created", bad)
    world.customer("cyd", name="Secret")
    (run,) = runs(foreign)
    assert services.failed(env(world, "ann")) == []
    assert [row.pk for row, _open in services.failed(env(world, "ada"))] == [run.pk]
    for mend in (mending.replay, mending.undo):
        with pytest.raises(NotFound):
            mend(run.pk, world.actor("ann"))
    rights(world, "read")
    for mend in (mending.replay, mending.undo):
        with pytest.raises(Denied):
            mend(run.pk, world.actor("ann"))
    ((row, is_open),) = services.failed(env(world, "ann"))
    told = telling.run(row, env(world, "ann"), is_open)
    assert (is_open, told["record"]["id"], told["clauses"], told["results"]) == (False, None, None, [])
    assert "Secret" not in str(told)
    assert [each.state for each in runs(foreign)] == ["failed"]


def test_what_went_wrong_is_told_to_those_who_can_mend_it(world: World) -> None:
    rights(world, "read")
    rule(world, "customers.created", [{"action": "set", "field": "staff", "value": "{{name}}"}])
    customer = world.customer("ann", name="Hers")
    told = {who: services.runs_of(customers(), customer.pk, env(world, who))[0]["error"] for who in ("ann", "ada")}
    assert told["ann"] == "It failed; whoever made the rule has been told."
    assert told["ada"] == "This is not a number."


def test_a_run_is_taken_back_by_who_may_change_rule_and_record(world: World) -> None:
    rights(world, "own")
    customer = world.customer("ann", name="Hers")
    made = mine(world, "ann", "customers.changed", [{"action": "set", "field": "grade", "value": "A"}])
    records.change("customers", customer.pk, {"staff": 3}, world.act("ann"))
    records.change("rules", made.pk, {"enabled": False}, SYSTEM)
    records.change("customers", customer.pk, {"owner": "cyd"}, SYSTEM)
    stamps.refresh()
    (run,) = runs(made)
    with pytest.raises(Denied):
        mending.undo(run.pk, world.actor("ann"))
    assert (now(customer.pk).grade, runs(made)[0].state) == ("A", "done")
    mending.undo(run.pk, world.actor("ada"))
    assert now(customer.pk).grade is None


def test_waits_are_told_and_cancelled_by_the_row_of_their_rule(world: World) -> None:
    rights(world, "own")
    do: list[dict[str, Any]] = [{"action": "wait", "for": 3}, {"action": "tag", "add": ["seen"]}]
    rule(world, "customers.created", do)
    customer = world.customer("cyd", name="Secret")
    row = Waiting.objects.get()
    assert coming.everything(world.actor("ann"), env(world, "ann")) == []
    with pytest.raises(NotFound):
        waiting.cancel(row.pk, world.actor("ann"))
    rights(world, "read")
    (told,) = coming.everything(world.actor("ann"), env(world, "ann"))
    assert told["record"] == {"entity": "customers", "id": None}
    with pytest.raises(Denied):
        waiting.cancel(row.pk, world.actor("ann"))
    (told,) = coming.everything(world.actor("ada"), env(world, "ada"))
    assert told["record"] == {"entity": "customers", "id": customer.pk}
    assert Waiting.objects.count() == 1
    assert not Run.objects.filter(state="ended").exists()
