"""Rules that wait: a time, a date, a condition; asked again, once, whatever happens meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records, stamps
from bosun.kernel.errors import Denied, Invalid
from bosun.lib import clock
from bosun.platform.automation import mending, running, waiting
from bosun.platform.automation.models import Waiting
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform.test_automation_engine import IS_IT, now, rule, runs

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TAG = {"action": "tag", "add": ["waited"]}
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _utc(db: None) -> None:
    """The company's wall clock shows UTC."""
    company = records.query("company", SYSTEM.actor).page().items
    if company:
        records.change("company", company[0].pk, {"zone": "UTC"}, SYSTEM)
    stamps.refresh()


def at(moment: datetime) -> None:
    """The workers' look at the clock."""
    with clock.fixed(moment):
        stamps.refresh()
        while waiting.tick(moment):
            pass


def wait(**how: Any) -> dict[str, Any]:
    return {"action": "wait", **how}


def waits(world: World, *steps: dict[str, Any], event: str = "customers.created", when: Any = None, **more: Any) -> Any:
    return rule(world, event, list(steps), when, **more)


def made(world: World, moment: datetime = NOON, who: str = "ann", **values: Any) -> Any:
    """A customer made at a moment."""
    with clock.fixed(moment):
        return world.customer(who, **{"name": "Halden", **values})


def changed(pk: int, moment: datetime, **values: Any) -> None:
    with clock.fixed(moment):
        records.change("customers", pk, values, SYSTEM)


def states(found: Any) -> list[tuple[str, str]]:
    return [(run.state, run.error) for run in runs(found)]


def test_what_stands_after_a_wait_is_done_later_and_once(world: World) -> None:
    found = waits(world, {"action": "set", "field": "grade", "value": "B"}, wait(**{"for": 3}), TAG)
    customer = made(world)
    assert (now(customer.pk).grade, now(customer.pk).tags) == ("B", None)
    (begun,) = runs(found)
    assert begun.results[1] == {
        "action": "wait",
        "about": "customers",
        "at": (NOON + 3 * DAY).isoformat(),
        "wait": {"action": "wait", "for": 3},
        "rest": [TAG],
    }
    at(NOON + 3 * DAY - timedelta(seconds=1))
    assert now(customer.pk).tags is None
    for _again in range(3):
        at(NOON + 3 * DAY)
    assert now(customer.pk).tags == ["waited"]
    assert states(found) == [("done", ""), ("done", "")]
    gone_on = runs(found)[1]
    assert (gone_on.step, gone_on.change_id, gone_on.actor_name) == (2, begun.change_id, "Ann")
    assert gone_on.results[0]["late"] == 0
    assert Waiting.objects.count() == 0


@pytest.mark.parametrize(
    ("how", "due"),
    [
        ({"for": 5, "unit": "hours"}, "2026-11-20T17:00"),
        ({"for": 1, "unit": "days"}, "2026-11-21T12:00"),
        ({"for": 1, "unit": "workdays"}, "2026-11-23T12:00"),
        ({"for": 3, "unit": "workdays"}, "2026-11-25T12:00"),
    ],
)
def test_how_long(world: World, how: dict[str, Any], due: str) -> None:
    waits(world, wait(**how), TAG)
    made(world)
    assert Waiting.objects.get().next_at == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_it_asks_again_whether_it_is_still_true(world: World) -> None:
    asks = waits(world, wait(**{"for": 1}), TAG, when=IS_IT)
    does_not = waits(world, wait(**{"for": 1}, check=False), {"action": "tag", "add": ["anyway"]}, when=IS_IT)
    customer = made(world, industry="it")
    changed(customer.pk, NOON, industry="retail")
    at(NOON + DAY)
    assert now(customer.pk).tags == ["anyway"]
    assert states(asks) == [("done", ""), ("ended", "not_true")]
    assert runs(asks)[1].clauses["saw"] != "IT"
    assert runs(asks)[1].clauses["holds"] is False
    assert states(does_not) == [("done", ""), ("done", "")]


def test_what_the_act_said_is_not_asked_again(world: World) -> None:
    when = {"all": [{"field": "grade", "op": "changed_to", "value": "A"}, {"field": "staff", "op": "gt", "value": 5}]}
    found = waits(world, wait(**{"for": 1}), TAG, event="customers.changed", when=when)
    customer = made(world, staff=9)
    changed(customer.pk, NOON, grade="A")
    at(NOON + DAY)
    assert now(customer.pk).tags == ["waited"]
    assert [item["is"]["field"] for item in runs(found)[1].clauses["items"]] == ["staff"]


def test_until_a_date_that_moves(world: World) -> None:
    found = waits(world, wait(field="closes", offset=-1, hour=8), TAG, event="opportunities.created")
    with clock.fixed(NOON):
        deal = records.create("opportunities", {"name": "Pumps", "closes": "2026-12-01"}, SYSTEM)
        dateless = records.create("opportunities", {"name": "Valves"}, SYSTEM)

    def closes(pk: int, day: str) -> None:
        with clock.fixed(NOON):
            records.change("opportunities", pk, {"closes": day}, SYSTEM)

    def next_at(pk: int) -> Any:
        return Waiting.objects.get(record_id=pk).next_at

    assert (next_at(deal.pk), next_at(dateless.pk)) == (datetime(2026, 11, 30, 8, tzinfo=UTC), NOON + DAY)
    assert runs(found)[1].results[0]["at"] is None
    closes(deal.pk, "2026-12-10")
    closes(dateless.pk, "2026-12-20")
    at(NOON + timedelta(seconds=1))
    assert (next_at(deal.pk), next_at(dateless.pk)) == (
        datetime(2026, 12, 9, 8, tzinfo=UTC),
        datetime(2026, 12, 19, 8, tzinfo=UTC),
    )
    at(datetime(2026, 12, 1, 8, tzinfo=UTC))
    assert len(runs(found)) == 2
    closes(deal.pk, "2026-11-25")
    at(datetime(2026, 12, 1, 8, 1, tzinfo=UTC))
    assert [(run.record_id, run.state) for run in runs(found, step=1)] == [(deal.pk, "done")]
    assert records.get("opportunities", deal.pk, SYSTEM.actor).tags == ["waited"]


def test_until_a_condition_holds_or_a_time_has_passed(world: World) -> None:
    until = {"field": "grade", "op": "is", "value": "A"}
    goes = waits(world, wait(until=until, **{"for": 2}), TAG)
    ends = waits(world, wait(until=until, **{"for": 2}, then="end"), {"action": "tag", "add": ["in time"]})
    met, missed = made(world, name="Met"), made(world, name="Missed")
    at(NOON + timedelta(seconds=1))
    assert Waiting.objects.count() == 4
    changed(met.pk, NOON + timedelta(hours=1), grade="A")
    at(NOON + timedelta(hours=1, seconds=1))
    assert sorted(now(met.pk).tags) == ["in time", "waited"]
    at(NOON + 2 * DAY)
    assert now(missed.pk).tags == ["waited"]
    gone_on = [(run.record_id, run.state, run.error) for run in runs(ends, step=1)]
    assert gone_on == [(met.pk, "done", ""), (missed.pk, "ended", "passed")]
    assert runs(goes)[-1].results[0]["passed"] is True
    assert Waiting.objects.count() == 0


def test_one_wait_for_each_rule_and_record(world: World) -> None:
    keeps = waits(world, wait(**{"for": 3}), TAG, event="customers.changed")
    anew = waits(world, wait(**{"for": 3}, again="restart"), TAG, event="customers.changed")
    customer = made(world)
    changed(customer.pk, NOON, staff=1)
    changed(customer.pk, NOON + DAY, staff=2)
    assert [row.next_at for row in Waiting.objects.order_by("rule_id")] == [NOON + 3 * DAY, NOON + 4 * DAY]
    assert runs(keeps)[1].results[0]["already"] is True
    assert runs(anew)[1].results[0]["restarted"] is True
    assert keeps.pk < anew.pk


def test_a_rule_that_is_switched_off_or_removed_goes_on_with_nothing(world: World) -> None:
    off, gone = waits(world, wait(**{"for": 1}), TAG), waits(world, wait(**{"for": 1}), TAG)
    customer = made(world)
    with clock.fixed(NOON):
        records.change("rules", off.pk, {"enabled": False}, SYSTEM)
        records.change("rules", off.pk, {"enabled": True}, SYSTEM)
        records.remove_one("rules", gone.pk, SYSTEM)
    at(NOON + timedelta(seconds=1))
    at(NOON + DAY)
    assert now(customer.pk).tags is None
    assert (states(off)[1:], states(gone)[1:]) == ([("ended", "off")], [("ended", "deleted")])
    assert Waiting.objects.count() == 0


def test_a_rule_that_is_changed_goes_on_as_it_began(world: World) -> None:
    found = waits(world, wait(**{"for": 1}), TAG)
    customer = made(world)
    with clock.fixed(NOON):
        records.change("rules", found.pk, {"do": [{"action": "tag", "add": ["new"]}]}, SYSTEM)
    at(NOON + DAY)
    assert now(customer.pk).tags == ["waited"]
    gone_on = runs(found)[1]
    assert (gone_on.rule_version, gone_on.results[0]["changed"]) == (1, True)


def test_a_record_in_the_bin_is_not_gone_on_with_and_one_brought_back_is(world: World) -> None:
    found = waits(world, wait(**{"for": 1}), TAG)
    binned, back = made(world), made(world)
    for customer in (binned, back):
        with clock.fixed(NOON):
            removal = records.remove_one("customers", customer.pk, SYSTEM)
    with clock.fixed(NOON):
        records.restore(removal.pk, SYSTEM)
    at(NOON + DAY)
    assert now(back.pk).tags == ["waited"]
    ended = [run for run in runs(found) if run.state == "ended"]
    assert [(run.record_id, run.error) for run in ended] == [(binned.pk, "record")]


def test_an_identity_that_lost_its_rights_does_nothing(world: World) -> None:
    found = waits(world, wait(**{"for": 1}), TAG, identity="ann")
    moved, kept = made(world), made(world)
    changed(moved.pk, NOON, owner="cyd")
    at(NOON + DAY)
    assert (now(moved.pk).tags, now(kept.pk).tags) == (None, ["waited"])
    assert [run.error for run in runs(found) if run.state == "ended"] == ["rights"]
    another = made(world)
    records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    at(NOON + DAY)
    assert now(another.pk).tags is None
    assert runs(found)[-1].error == "identity"
    told = Notice.objects.filter(person_id=world.people["ada"], entity="rules")
    assert [notice.text for notice in told] == ["Your rule “On customers.created” could not go on after it had waited."]


def test_what_cannot_be_read_any_more_ends_with_its_reason_and_stands_in_nobodys_way(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = {"field": "grade", "op": "is", "value": "A"}
    found = waits(world, wait(until=until, **{"for": 1}), {"action": "tag", "add": ["by ann"]}, identity="ann")
    other = waits(world, wait(**{"for": 1}), TAG)
    customer = made(world)
    records.change("roles", world.roles["rep"], {"field_rights": {"customers": {"grade": "none"}}}, SYSTEM)
    at(NOON + DAY)
    assert now(customer.pk).tags == ["waited"]
    ((state, error),) = states(found)[1:]
    assert (state, bool(error)) == ("failed", True)
    assert len(runs(other)) == 2
    another = made(world)
    monkeypatch.setattr(running, "run", lambda *_given: 1 / 0)
    at(NOON + DAY)
    monkeypatch.undo()
    assert Waiting.objects.count() == 0
    assert now(another.pk).tags is None
    failed = runs(other)[-1]
    assert (failed.state, failed.error, failed.step) == ("failed", "ZeroDivisionError: division by zero", 1)
    mending.replay(failed.pk, world.actor("ada"))
    assert now(another.pk).tags == ["waited"], "what stands after the wait alone"
    assert Waiting.objects.count() == 0


def test_cancelling(world: World) -> None:
    found = waits(world, wait(**{"for": 1}), TAG)
    customer = made(world)
    row = Waiting.objects.get()
    with pytest.raises(Denied):
        waiting.cancel(row.pk, world.actor("ann"))
    assert Waiting.objects.count() == 1
    waiting.cancel(row.pk, world.actor("ada"))
    at(NOON + DAY)
    assert now(customer.pk).tags is None
    assert states(found) == [("done", ""), ("ended", "cancelled")]
    assert runs(found)[1].results[0]["by"] == "Ada"


def test_two_waits_and_a_failure_between(world: World) -> None:
    found = waits(
        world, wait(**{"for": 1}), TAG, wait(**{"for": 1}), {"action": "set", "field": "staff", "value": "{{name}}"}
    )
    customer = made(world)
    at(NOON + DAY)
    at(NOON + DAY)
    assert Waiting.objects.get().next_at == NOON + 2 * DAY
    at(NOON + 2 * DAY)
    assert [(run.state, run.step) for run in runs(found)] == [("done", 0), ("done", 1), ("failed", 3)]
    assert now(customer.pk).tags == ["waited"]
    assert Waiting.objects.count() == 0


def test_a_circle_through_waits_is_stopped(world: World) -> None:
    one = waits(
        world, wait(**{"for": 1, "unit": "hours"}), {"action": "set", "field": "staff", "formula": "staff + 1"},
        event="customers.changed", when={"field": "staff", "op": "filled"},
    )  # fmt: skip
    customer = made(world, staff=1)
    changed(customer.pk, NOON, grade="A")
    for hours in range(1, 6):
        at(NOON + timedelta(hours=hours))
    assert now(customer.pk).staff == 2
    assert states(one) == [("done", ""), ("done", ""), ("stopped", "loop")]


def test_two_rules_that_feed_each_other_through_waits_are_stopped(world: World) -> None:
    hour = {"for": 1, "unit": "hours"}
    first = waits(
        world, wait(**hour), {"action": "set", "field": "staff", "formula": "staff + 1"},
        event="customers.changed", when={"field": "grade", "op": "changed"},
    )  # fmt: skip
    second = waits(
        world, wait(**hour), {"action": "set", "field": "grade", "value": "C"}, event="customers.changed",
        when={"field": "staff", "op": "changed"},
    )  # fmt: skip
    customer = made(world, staff=1, grade="A")
    changed(customer.pk, NOON, grade="B")
    for hours in range(1, 9):
        at(NOON + timedelta(hours=hours))
    assert (now(customer.pk).staff, now(customer.pk).grade) == (2, "C")
    assert states(second) == [("done", ""), ("done", "")]
    assert states(first) == [("done", ""), ("done", ""), ("stopped", "loop")]
    assert Notice.objects.filter(person_id=world.people["ada"], text__contains="circle").exists()


@pytest.mark.parametrize(
    "do",
    [
        [wait(**{"for": 1})],
        [wait(), TAG],
        [wait(**{"for": 0}), TAG],
        [wait(**{"for": True}), TAG],
        [wait(**{"for": 1, "unit": "weeks"}), TAG],
        [wait(field="name"), TAG],
        [wait(field="next_contact", unit="hours", offset=1), TAG],
        [wait(until={}, **{"for": 1}), TAG],
        [wait(until=IS_IT), TAG],
        [wait(until={"field": "grade", "op": "changed"}, **{"for": 1}), TAG],
        [wait(until=IS_IT, **{"for": 1}, then="go"), TAG],
        [wait(**{"for": 1}, again="both"), TAG],
        [wait(**{"for": 1}, check="no"), TAG],
    ],
)
def test_waits_that_make_no_sense_are_refused(world: World, do: list[dict[str, Any]]) -> None:
    with pytest.raises(Invalid) as caught:
        waits(world, *do)
    assert [error.field for error in caught.value.errors] == ["do"]
    with pytest.raises(Invalid):
        waits(world, wait(**{"for": 1}), TAG, event="customers.deleted")
