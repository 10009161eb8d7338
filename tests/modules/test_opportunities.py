"""Opportunities: what a stage brings, what is won and lost, who may see them, and what is to be done next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from bosun.kernel import access, records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.kernel.models import Change
from bosun.lib.money import Money
from tests.kernel.world import World
from tests.modules.conftest import deal, now, stage, stays

pytestmark = pytest.mark.django_db
MONDAY = "2026-03-02T10:00:00Z"


def days(on: str, count: int) -> str:
    return (date.fromisoformat(on) + timedelta(days=count)).isoformat()


def run(world: World, pk: int, verb: str, who: str = "ann", **given: Any) -> Any:
    (draft,) = records.run_verb("opportunities", [pk], verb, given, world.act(who, batch=new_batch()))
    if draft.failure is not None:
        raise draft.failure
    return draft.record


def test_a_new_one_begins_in_the_first_stage_today(world: World) -> None:
    with time_machine.travel(MONDAY, tick=False):
        made = records.create("opportunities", {"name": "Line 3"}, world.act("ann"))
    assert (made.stage_id, made.owner_id) == (stage("Prospecting"), world.people["ann"])
    assert (str(made.opened), made.closed, str(made.stage_since)) == ("2026-03-02", None, "2026-03-02")
    assert stays(made.pk) == [("Prospecting", "2026-03-02", "")]


def test_the_shipped_stages_double_the_probability(world: World) -> None:
    for name in ("Prospecting", "Engaging", "Proposal", "Negotiation", "Won", "Lost"):
        deal(world, at=name, lost_reason="price")
    specs = access.specs(registry.get("opportunities"), world.actor("ann"))
    rows = records.query("opportunities", world.actor("ann")).rows().order_by("pk")
    assert [specs["probability"].get(row) for row in rows] == [6, 12, 25, 50, 100, 0]
    assert [specs["weighted"].get(row) for row in rows] == [
        Money(minor, "EUR") for minor in (6000, 12000, 25000, 50000, 100000, 0)
    ]


def test_computed_fields_are_the_same_in_sql(world: World) -> None:
    for name, amount in (("Prospecting", "10.50"), ("Engaging", "333.33"), ("Won", "7")):
        deal(world, at=name, amount={"amount": amount, "currency": "EUR"})
    query = records.query("opportunities", world.actor("ann"))
    assert query.sums(["weighted", "amount"]) == {
        "weighted": Money(63 + 3999 + 700, "EUR"),
        "amount": Money(35083, "EUR"),
    }
    assert query.filter({"field": "probability", "op": "gte", "value": 12}).count(0)[0] == 2
    assert [row.amount_minor for row in query.sort(["-weighted"]).page().items] == [33333, 700, 1050]


def test_winning_closes_it_today(world: World) -> None:
    with time_machine.travel(MONDAY, tick=False):
        made = deal(world)
    with time_machine.travel(f"{days('2026-03-02', 9)}T10:00:00Z", tick=False):
        won = run(world, made.pk, "win")
    assert (won.stage_id, str(won.closed), str(won.stage_since)) == (stage("Won"), "2026-03-11", "2026-03-11")
    specs = access.specs(registry.get("opportunities"), world.actor("ann"))
    assert specs["probability"].get(won) == 100
    assert stays(made.pk) == [("Prospecting", "2026-03-02", "2026-03-11"), ("Won", "2026-03-11", "")]
    told = Change.objects.filter(entity="opportunities", record_id=made.pk).order_by("id").last()
    assert told is not None
    assert told.verb == "won"


def test_losing_asks_why(world: World) -> None:
    made = deal(world)
    with pytest.raises(Invalid) as caught:
        run(world, made.pk, "lose")
    assert caught.value.by_field() == {"lost_reason": ["Fill in “Lost because”."]}
    lost = run(world, made.pk, "lose", lost_reason="price", lost_to="in_house")
    assert (lost.stage_id, lost.lost_reason, lost.lost_to) == (stage("Lost"), "price", "in_house")
    assert lost.closed is not None


@pytest.mark.parametrize("name", ["amount", "cost_price"])
def test_no_amount_is_below_zero(world: World, name: str) -> None:
    nothing: dict[str, Any] = {name: {"amount": "0", "currency": "EUR"}}
    made = deal(world, who="ada", **nothing)
    below = {"amount": "-0.01", "currency": "EUR"}
    for attempt in (
        lambda: records.create("opportunities", {"name": "Line 4", name: below}, world.act("ada")),
        lambda: records.change("opportunities", made.pk, {name: below}, world.act("ada")),
    ):
        with pytest.raises(Invalid) as caught:
            attempt()
        assert set(caught.value.by_field()) == {name}
        assert "cannot be less than zero" in caught.value.title
    held = records.query("opportunities", world.actor("ada")).rows()
    assert [(row.pk, getattr(row, f"{name}_minor"), row.version) for row in held] == [(made.pk, 0, 1)]


def test_moving_to_lost_by_another_door_asks_why_too(world: World) -> None:
    made = deal(world)
    with pytest.raises(Invalid) as caught:
        records.change("opportunities", made.pk, {"stage": "Lost"}, world.act("ann"))
    assert caught.value.by_field() == {"lost_reason": ["Say why it was lost."]}
    records.change("opportunities", made.pk, {"stage": "Lost", "lost_reason": "other"}, world.act("ann"))
    assert now(made.pk, world.actor("ann")).lost_reason == "other"


def test_what_is_expected_to_close_before_it_was_opened_is_refused(world: World) -> None:
    made = deal(world, opened="2026-03-02", closes="2026-04-02")
    with pytest.raises(Invalid) as caught:
        records.change("opportunities", made.pk, {"closes": "2026-03-01"}, world.act("ann"))
    assert caught.value.by_field() == {"closes": ["The expected close lies before the day of opening."]}
    assert now(made.pk, world.actor("ann")).version == 1


def test_reopening_forgets_the_outcome(world: World) -> None:
    with time_machine.travel(MONDAY, tick=False):
        made = deal(world, at="Proposal")
        run(world, made.pk, "lose", lost_reason="price", lost_to="unknown")
    with time_machine.travel("2026-03-05T10:00:00Z", tick=False):
        again = run(world, made.pk, "reopen")
    assert (again.closed, again.lost_reason, again.lost_to) == (None, None, None)
    assert again.stage_id == stage("Prospecting")
    assert stays(made.pk) == [
        ("Proposal", "2026-03-02", "2026-03-02"), ("Lost", "2026-03-02", "2026-03-05"),
        ("Prospecting", "2026-03-05", ""),
    ]  # fmt: skip


def test_verbs_are_offered_where_they_make_sense(world: World) -> None:
    env = records.environment(world.actor("ann"))
    verbs = registry.get("opportunities").verbs
    open_, won = deal(world), deal(world, at="Won")
    assert [key for key, verb in verbs.items() if verb.offered(open_, env)] == ["win", "lose", "transfer"]
    assert [key for key, verb in verbs.items() if verb.offered(won, env)] == ["reopen", "transfer"]


def test_a_move_that_is_taken_back_leaves_no_stay(world: World) -> None:
    with time_machine.travel(MONDAY, tick=False):
        made = deal(world)
    with time_machine.travel("2026-03-04T10:00:00Z", tick=False):
        batch = new_batch()
        records.change("opportunities", made.pk, {"stage": stage("Proposal")}, world.act("ann", batch=batch))
        assert stays(made.pk) == [("Prospecting", "2026-03-02", "2026-03-04"), ("Proposal", "2026-03-04", "")]
        records.undo(batch, world.act("ann", door="undo"))
    back = now(made.pk, world.actor("ann"))
    assert (back.stage_id, str(back.stage_since)) == (stage("Prospecting"), "2026-03-02")
    assert stays(made.pk) == [("Prospecting", "2026-03-02", "")]


def test_what_is_gone_for_good_has_no_stays(world: World) -> None:
    batch = new_batch()
    made = records.create("opportunities", {"name": "Gone"}, world.act("ann", batch=batch))
    records.undo(batch, world.act("ann", door="undo"))
    assert stays(made.pk) == []


def test_days_that_make_no_sense_are_refused(world: World) -> None:
    made = deal(world, opened="2026-02-01")
    with pytest.raises(Invalid) as caught:
        records.change("opportunities", made.pk, {"closed": "2026-03-01"}, world.act("ann"))
    assert caught.value.by_field() == {"closed": ["Only what is won or lost has a day of closing."]}
    with pytest.raises(Invalid) as caught:
        records.change("opportunities", made.pk, {"stage": "Won", "closed": "2026-01-01"}, world.act("ann"))
    assert caught.value.by_field() == {"closed": ["An opportunity cannot close before it was opened."]}


def test_the_owner_of_the_customer_reads_it_but_writes_nothing(world: World) -> None:
    customer = world.customer("ann").pk
    theirs = records.create("opportunities", {"name": "Theirs", "customer": customer}, world.act("ada")).pk
    records.change("opportunities", theirs, {"owner": "cyd"}, world.act("ada"))
    assert now(theirs, world.actor("ann")).name == "Theirs"
    with pytest.raises(Denied):
        records.change("opportunities", theirs, {"name": "Mine"}, world.act("ann"))
    with pytest.raises(Denied):
        run(world, theirs, "win", "ann")
    assert run(world, theirs, "win", "cyd").stage_id == stage("Won")


def test_reps_see_their_own_and_managers_their_team(world: World) -> None:
    ours, theirs = deal(world, "ann").pk, deal(world, "cyd").pk
    found = {who: set(records.query("opportunities", world.actor(who)).rows().values_list("pk", flat=True))
             for who in ("ann", "ben", "cyd", "ada")}  # fmt: skip
    assert found == {"ann": {ours}, "ben": {ours}, "cyd": {theirs}, "ada": {ours, theirs}}
    with pytest.raises(NotFound):
        run(world, theirs, "win", "ann")
    with pytest.raises(Denied):
        run(world, ours, "transfer", "ann", owner="ben")
    assert run(world, ours, "transfer", "ben", owner="ben").owner_id == world.people["ben"]


def test_the_cost_is_hidden_from_reps(world: World) -> None:
    entity = registry.get("opportunities")
    assert "cost_price" not in access.specs(entity, world.actor("ann"))
    assert "cost_price" in access.specs(entity, world.actor("ben"))


def test_the_next_step_is_the_promise_or_task_that_falls_due_first(world: World) -> None:
    customer = world.customer("ann").pk
    made = deal(world, customer=customer)
    about = {"entity": "opportunities", "id": made.pk}
    promise = {"about": about, "type": "call", "next_step": "Send the offer", "next_step_on": "2026-04-10"}
    told = records.create("follow_ups", promise, world.act("ann"))
    assert _step(world, made.pk) == ("Send the offer", "2026-04-10")
    task = {"subject": "Visit the site", "about": about, "due": "2026-04-08T08:00:00Z"}
    todo = records.create("tasks", task, world.act("ada"))
    assert _step(world, made.pk) == ("Visit the site", "2026-04-08")
    records.run_verb("tasks", [todo.pk], "done", {}, world.act("ada"))
    assert _step(world, made.pk) == ("Send the offer", "2026-04-10")
    records.run_verb("follow_ups", [told.pk], "complete", {}, world.act("ann"))
    assert _step(world, made.pk) == (None, "None")
    stuck = records.query("opportunities", world.actor("ann")).filter({"field": "next_step", "op": "empty"})
    assert [row.pk for row in stuck.page().items] == [made.pk]


def _step(world: World, pk: int) -> tuple[str | None, str]:
    row = now(pk, world.actor("ann"))
    return row.next_step, str(row.next_step_on)
