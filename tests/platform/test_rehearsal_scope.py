"""A rehearsal counts what both the rule's identity and whoever asks may read, at once and in the background."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel import records, stamps
from bosun.platform.automation import rehearsal
from bosun.platform.jobs import running
from bosun.platform.jobs.models import DONE, Job
from tests.kernel.world import REP, SYSTEM, World
from tests.platform.test_automation_engine import rule
from tests.platform.test_automation_scope import mine

BIG = {"field": "staff", "op": "gt", "value": 10}


def test_a_rehearsal_counts_and_shows_only_what_is_open_to_both(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    own_rules = {"read": "all", **dict.fromkeys(("create", "change", "remove"), "own")}
    world.grant("rep", {**REP, "rules": own_rules})
    stamps.refresh()
    hers = world.customer("ann", name="Hers", staff=5)
    foreign = [world.customer("cyd", name=f"Secret {number}", staff=5) for number in range(3)]
    for each in (hers, *foreign):
        records.change("customers", each.pk, {"staff": 50}, SYSTEM)
    records.remove_one("customers", foreign[0].pk, SYSTEM)
    own = mine(world, "ann", "customers.changed", [{"action": "stop"}], when=BIG)
    lent = rule(world, "customers.changed", [{"action": "stop"}], BIG)
    timed = rule(
        world, "customers.time", [{"action": "stop"}], BIG, trigger={"every": "FREQ=DAILY", "from": "2020-01-01"}
    )

    def counted(made: Any, who: str) -> list[Any]:
        found = rehearsal.rehearse(made, world.actor(who))
        assert sum(week["times"] for week in found["weeks"]) == found["times"]
        titles = {each["title"] for each in found["samples"]}
        figures = [found[name] for name in ("times", "looked_at", "records", "owners", "matching_now")]
        return [*figures, titles]

    assert counted(own, "ann") == [1, 2, 1, 1, 1, {"Hers"}]
    assert counted(own, "ada") == [1, 2, 1, 1, 1, {"Hers"}], "it is her rights with which it acts"
    assert counted(lent, "ann") == [1, 2, 1, 1, 1, {"Hers"}], "and these are not hers to look through"
    assert counted(lent, "ada")[0] == 4
    assert counted(timed, "ann")[2:] == [1, 1, 1, {"Hers"}]
    assert counted(timed, "ada")[2] == 3
    monkeypatch.setattr(rehearsal, "AT_ONCE", 1)
    rehearsal.rehearse(lent, world.actor("ann"))
    job = Job.objects.get()
    assert running.here(job) == DONE
    job.refresh_from_db()
    assert (job.done, job.total, job.result["times"], job.result["matching_now"]) == (2, 2, 1, 1)
