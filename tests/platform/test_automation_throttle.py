"""A limit on how often a rule acts: exact, kept, told, and nothing lost silently."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from bosun.kernel import records, registry
from bosun.kernel.errors import Invalid
from bosun.lib import clock
from bosun.platform.automation import mending, rulebook, services, telling
from bosun.platform.automation.models import Rule
from bosun.platform.reminders.models import Notice
from tests.kernel.world import World
from tests.platform.test_automation_engine import now, rule, runs

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ADD = [{"action": "set", "field": "staff", "formula": "staff + 1"}]


def limited(world: World, **limit: Any) -> Any:
    when = {"field": "grade", "op": "changed"}
    return rule(world, "customers.changed", ADD, when, throttle={"times": 2, "per": "hour", "each": "record", **limit})


def grade(world: World, pk: int, moment: datetime) -> None:
    """Another grade than before."""
    with clock.fixed(moment):
        records.change("customers", pk, {"grade": "A" if now(pk).grade == "B" else "B"}, world.act("ann"))


def test_above_the_limit_it_is_held_back_counted_and_told_once(world: World) -> None:
    made = limited(world)
    customer, other = (world.customer("ann", name=name, staff=0) for name in ("Halden", "Tromp"))
    for minute in range(5):
        grade(world, customer.pk, NOON + minute * MINUTE)
    grade(world, other.pk, NOON)
    assert (now(customer.pk).staff, now(other.pk).staff) == (2, 1)
    (held,) = runs(made, state="held")
    assert (held.record_id, held.results[0]["times"]) == (customer.pk, 3)
    env = records.environment(world.actor("ada"))
    assert telling.run(held, env)["results"][0]["says"] == (
        "Held back 3 times: at most 2 times an hour for each record."
    )
    told = Notice.objects.filter(person_id=world.people["ada"], entity="rules")
    assert [notice.text for notice in told] == [
        "Your rule “On customers.changed” was held back: it has acted as often as it may."
    ]
    why = services.why(registry.get("customers"), customer.pk, made.pk, records.environment(world.actor("ann")))
    assert why["reasons"] == ["The last time it was held back: it had acted as often as it may."]
    assert (why["ran"], why["run"]["state"]) == (True, "done"), "it ran before, and what was held back is no run"
    grade(world, customer.pk, NOON + 60 * MINUTE)
    assert now(customer.pk).staff == 3, "an hour after the first"
    assert mending.replay(held.pk, world.actor("ada")).state == "done"
    assert now(customer.pk).staff == 4, "what was held back is done by hand"


def test_a_limit_for_all_records_together_within_one_batch(world: World) -> None:
    made = limited(world, times=3, per="day", each="rule")
    ids = [world.customer("ann", name=f"N {n}", staff=0).pk for n in range(5)]
    with clock.fixed(NOON):
        records.bulk_change("customers", ids, {"grade": "A"}, world.act("ann"))
    assert [now(pk).staff for pk in ids] == [1, 1, 1, 0, 0]
    assert sorted(run.state for run in runs(made)) == ["done"] * 3 + ["held"] * 2
    grade(world, ids[0], NOON + timedelta(hours=23))
    assert now(ids[0]).staff == 1
    grade(world, ids[0], NOON + timedelta(hours=24))
    assert now(ids[0]).staff == 2


def test_it_is_part_of_the_sentence(world: World) -> None:
    made = limited(world, times=1, per="day", each="rule")
    said = telling.sentence(rulebook.compile_rule(made))
    assert said.endswith("set Staff to staff + 1 (at most once a day).")


@pytest.mark.parametrize(
    "throttle", [{"times": 0}, {"times": "3"}, {"per": "hour"}, {"times": 1, "per": "week"}, {"times": True}, [3]]
)
def test_limits_that_make_no_sense_are_refused(world: World, throttle: Any) -> None:
    with pytest.raises(Invalid) as caught:
        rule(world, "customers.changed", ADD, throttle=throttle)
    assert [error.field for error in caught.value.errors] == ["throttle"]
    with pytest.raises(Invalid):
        rule(world, "customers.changed", [], throttle={"times": 1}, guard="block")
    assert Rule.objects.count() == 0


def at_once(*steps: Callable[[], Any]) -> None:
    """Do all these, each in a thread and with a connection of its own."""
    start = Barrier(len(steps))

    def do(step: Callable[[], Any]) -> None:
        try:
            start.wait(30)
            step()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        list(pool.map(do, steps))


@pytest.mark.django_db(transaction=True)
def test_a_limit_for_all_records_is_exact_with_eight_writers_at_once(world: World) -> None:
    made = limited(world, times=3, each="rule")
    ids = [world.customer("ann", name=f"N {n}", staff=0).pk for n in range(8)]
    act = world.act("ann")
    at_once(*(partial(records.change, "customers", pk, {"grade": "A"}, act) for pk in ids))
    assert sorted(now(pk).staff for pk in ids) == [0] * 5 + [1] * 3
    assert {now(pk).grade for pk in ids} == {"A"}
    assert sorted(run.state for run in runs(made)) == ["done"] * 3 + ["held"] * 5


@pytest.mark.django_db(transaction=True)
def test_a_limit_for_each_record_is_exact_with_eight_writers_of_one(world: World) -> None:
    limit = {"times": 3, "per": "hour", "each": "record"}
    made = rule(world, "customers.changed", ADD, {"field": "name", "op": "changed"}, throttle=limit)
    pk, act = world.customer("ann", name="Halden", staff=0).pk, world.act("ann")
    at_once(*(partial(records.change, "customers", pk, {"name": f"N {n}"}, act) for n in range(8)))
    assert now(pk).staff == 3
    assert [run.state for run in runs(made, state="done")] == ["done"] * 3
    (held,) = runs(made, state="held")
    assert held.results[0]["times"] == 5
