"""Rehearsals: the same figures at once and in the background, week by week, with the days of the samples."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records
from bosun.kernel.errors import Denied, NotFound
from bosun.lib import clock
from bosun.platform.automation import past, rehearsal
from bosun.platform.automation.models import Run
from bosun.platform.jobs import queue, running
from bosun.platform.jobs.models import CANCELLED, DONE, WAITING, Job
from tests.kernel.world import SYSTEM, World
from tests.platform.test_automation_engine import rule

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TO_A = {"field": "grade", "op": "changed_to", "value": "A"}
FIGURES = ("times", "looked_at", "records", "owners", "weeks", "samples", "matching_now", "matching_now_exact")


def a_past(world: World) -> list[int]:
    """Twelve customers of three people, each of which rises and falls some weeks apart; one of them is in the bin."""
    ids = []
    for number in range(12):
        with clock.fixed(NOW - timedelta(days=80 - number)):
            ids.append(world.customer(("ann", "ben", "cyd")[number % 3], name=f"N {number}", staff=number).pk)
    for turn in range(3):
        for number, pk in enumerate(ids):
            with clock.fixed(NOW - timedelta(days=60 - 20 * turn - number)):
                grade = "A" if (number + turn) % 2 else "B"
                records.change("customers", pk, {"grade": grade, "staff": 100 * turn + number}, SYSTEM)
    with clock.fixed(NOW):
        records.remove_one("customers", ids[0], SYSTEM)
    return ids


def risen(world: World, **more: Any) -> Any:
    """A rule about customers that become class A while they have few people."""
    few = {"field": "staff", "op": "lt", "value": 200}
    return rule(world, "customers.changed", [{"action": "stop"}], when={"all": [TO_A, few]}, enabled=False, **more)


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """`long(30, 10)`: a past of more than 30 acts is long, and the first look is at 10 of them, in parts of five."""

    def set_to(at_once: int, first: int) -> None:
        monkeypatch.setattr(rehearsal, "AT_ONCE", at_once)
        monkeypatch.setattr(rehearsal, "FIRST_LOOK", first)
        monkeypatch.setattr(past, "CHUNK", 5)

    return set_to


def test_weeks_records_owners_and_days(world: World) -> None:
    a_past(world)
    with clock.fixed(NOW):
        found = rehearsal.rehearse(risen(world), world.actor("ada"))
    assert (found["times"], found["records"], found["owners"], found["looked_at"]) == (12, 12, 3, 49)
    assert (found["complete"], found["job"]) == (True, None)
    assert [week["times"] for week in found["weeks"]] == [0, 0, 0, 0, 2, 4, 0, 3, 3, 0, 0, 0, 0]
    assert found["weeks"][0]["from"] == "2026-08-22"
    assert [(each["title"], each["at"][:10]) for each in found["samples"][:2]] == [
        ("N 10", "2026-10-21"), ("N 8", "2026-10-19"),
    ]  # fmt: skip
    assert len(found["samples"]) == 10
    assert not Run.objects.exists()


def test_a_long_past_goes_on_in_the_background_and_says_the_same(
    world: World, long: Callable[[int, int], None]
) -> None:
    a_past(world)
    made, ada = risen(world), world.actor("ada")
    with clock.fixed(NOW):
        whole = rehearsal.rehearse(made, ada)
        long(30, 10)
        first = rehearsal.rehearse(made, ada)
        assert (first["complete"], first["looked_at"], first["job"]["state"]) == (False, 10, WAITING)
        assert rehearsal.rehearse(made, ada)["job"]["id"] == first["job"]["id"], "asked for twice, done once"
        job = Job.objects.get()
        assert running.here(job) == DONE
    assert {name: job.result[name] for name in FIGURES} == {name: whole[name] for name in FIGURES}
    assert (job.done, job.total, job.result["complete"]) == (49, 49, True)
    latest = rehearsal.latest(made, ada)
    assert latest is not None
    assert latest.pk == job.pk
    made.when = {"all": [TO_A]}
    assert rehearsal.latest(made, ada) is None, "it says something else by now"
    assert rehearsal.of_job(job.pk, ada).pk == job.pk
    with pytest.raises(NotFound):
        rehearsal.of_job(job.pk, world.actor("ann"))


def test_it_is_stopped_between_two_parts(world: World, long: Callable[[int, int], None]) -> None:
    a_past(world)
    long(30, 10)
    with clock.fixed(NOW):
        rehearsal.rehearse(risen(world), world.actor("ada"))
        job = Job.objects.get()
        queue.take(job, "here")
        queue.cancel(job.pk, world.actor("ada"))
        assert running.do(job) == CANCELLED
    job.refresh_from_db()
    assert (job.result, job.done < 49) == (None, True)


def test_what_is_written_meanwhile_does_not_count(world: World, long: Callable[[int, int], None]) -> None:
    ids = a_past(world)
    made, ada = risen(world), world.actor("ada")
    with clock.fixed(NOW):
        whole = rehearsal.rehearse(made, ada)
        args = {"days": 90, "rule": made.pk, **{part: getattr(made, part) for part in rehearsal.PARTS}}
        long(30, 10)

        def meanwhile(done: int, _total: int) -> None:
            if done < 20:
                records.change("customers", ids[-1], {"grade": "A", "staff": done}, SYSTEM)
                records.change("customers", ids[-1], {"grade": "B"}, SYSTEM)

        found = rehearsal.carry_on(args, ada, meanwhile)
    assert (found["times"], found["weeks"]) == (whole["times"], whole["weeks"])


def test_a_rule_that_acts_by_time_is_rehearsed_by_the_dates_as_they_stand(
    world: World, long: Callable[[int, int], None]
) -> None:
    with clock.fixed(NOW - timedelta(days=200)):
        for name, closes in (("Past", "2026-11-10"), ("Old", "2026-06-01"), ("Soon", "2026-11-30")):
            records.create("opportunities", {"name": name, "closes": closes}, SYSTEM)
    with clock.fixed(NOW):
        trigger = {"at": "closes", "offset": -1, "hour": 9}
        made = rule(world, "opportunities.time", [{"action": "stop"}], trigger=trigger, enabled=False)
        found = rehearsal.rehearse(made, world.actor("ada"))
        assert [(each["title"], each["at"][:10]) for each in found["samples"]] == [("Past", "2026-11-09")]
        assert (found["times"], found["weeks"][-2]["times"]) == (1, 1)
        long(2, 1)
        monday = {"every": "FREQ=WEEKLY;BYDAY=MO", "hour": 9, "from": "2026-01-05"}
        weekly = rule(world, "opportunities.time", [{"action": "stop"}], trigger=monday, enabled=False)
        first = rehearsal.rehearse(weekly, world.actor("ada"))
        assert first["complete"] is False
        job = Job.objects.get()
        assert running.here(job) == DONE
    assert (job.result["times"], job.result["records"]) == (3 * 13, 3)


def test_who_may_not_read_rules_rehearses_none(world: World) -> None:
    with pytest.raises(Denied):
        rehearsal.rehearse(risen(world), world.actor("ann"))
    assert not Job.objects.exists()
