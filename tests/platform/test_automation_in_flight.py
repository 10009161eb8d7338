"""A rule that is edited while events come: each is handled wholly by one version, and its run says by which."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

import pytest
from django.db import connections

from bosun.kernel import records, stamps
from bosun.platform.automation import versions
from bosun.platform.automation.models import Run
from tests.kernel.world import SYSTEM, World
from tests.platform.test_automation_engine import rule

EVENTS, EDITS = 60, 12


def doing(number: int) -> list[dict[str, Any]]:
    """What the rule does in one of its versions: two things that go together."""
    return [{"action": "set", "field": "staff", "value": number}, {"action": "tag", "add": [f"v{number}"]}]


def apart(work: Any) -> Thread:
    """Work in a thread of its own, with connections of its own."""

    def whole() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = Thread(target=whole)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_each_event_is_handled_by_one_version_that_its_run_names(world: World) -> None:
    made = rule(world, "customers.created", doing(1))
    half, done = Event(), Event()

    def edit() -> None:
        half.wait(30)
        for number in range(2, EDITS + 2):
            records.change("rules", made.pk, {"do": doing(number)}, SYSTEM)
        done.set()

    editor = apart(edit)
    for number in range(EVENTS):
        stamps.refresh()
        world.customer("ada", name=f"Works {number}")
        if number == EVENTS // 3:
            half.set()
    editor.join(60)
    assert done.is_set()
    stamps.refresh()
    world.customer("ada", name="The last one")
    said = {each.number: each.row.do[0]["value"] for each in versions.of(made.pk, records.environment(SYSTEM.actor))}
    assert sorted(said.values()) == list(range(1, EDITS + 2))
    runs = list(Run.objects.filter(rule_id=made.pk).order_by("pk"))
    assert len(runs) == EVENTS + 1
    for run in runs:
        number = said[run.rule_version]
        assert run.state == "done"
        assert run.results[0]["fields"]["staff"] == [None, number]
        assert run.results[1]["fields"]["tags"] == [None, [f"v{number}"]]
    assert (said[runs[0].rule_version], said[runs[-1].rule_version]) == (1, EDITS + 1)
