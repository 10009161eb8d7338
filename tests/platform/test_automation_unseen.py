"""Rules that act by time wait for what is still being written: nothing becomes due unseen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from bosun.kernel import registry
from bosun.lib import clock
from bosun.platform.automation import ticking
from bosun.platform.automation.models import Clock, Run
from tests.kernel.world import World
from tests.platform.test_automation_engine import rule

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def writing(world: World) -> Iterator[Event]:
    """Somebody makes a customer in a transaction that goes on until the event is set."""
    made, end = Event(), Event()

    def write() -> None:
        try:
            with transaction.atomic():
                world.customer("ann", name="Late")
                made.set()
                end.wait(60)
        finally:
            connection.close()

    thread = Thread(target=write)
    thread.start()
    assert made.wait(60)
    yield end
    end.set()
    thread.join(60)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite one writes at a time")
def test_what_is_written_while_the_clock_goes_on_is_not_passed_over(
    world: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticking, "EVERY", timedelta())
    monkeypatch.setattr(ticking, "SLACK", timedelta(milliseconds=500))
    made = rule(
        world, "customers.time", [{"action": "tag", "add": ["seen"]}],
        trigger={"at": "created_at", "offset": 0, "unit": "hours"},
    )  # fmt: skip
    ticking.tick()
    end: Event = request.getfixturevalue("writing")
    begun = clock.now()
    while clock.now() < begun + timedelta(seconds=1):
        ticking.tick()
    assert Clock.objects.get(rule_id=made.pk).at < begun
    end.set()
    customers = registry.get("customers").model._default_manager
    while not customers.filter(name="Late").exists() or Clock.objects.get(rule_id=made.pk).at <= begun:
        ticking.tick()
    assert customers.values_list("tags", flat=True).get(name="Late") == ["seen"]
    assert Run.objects.filter(rule_id=made.pk).count() == 1


def test_a_clock_that_is_held_is_not_waited_for(world: World) -> None:
    with clock.fixed(clock.now()):
        assert ticking.behind() == timedelta()
    assert ticking.behind() >= ticking.SLACK
