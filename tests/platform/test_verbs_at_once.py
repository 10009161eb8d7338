"""What two do at the same moment is done once: whoever comes second finds that it fits no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from bosun.kernel import records, registry, removal, stamps
from bosun.kernel.errors import NotFound
from bosun.kernel.ledger import Change, Removal
from bosun.lib import clock
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Occurrence
from tests.kernel.world import World, build
from tests.platform.reminding import grant

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


@pytest.fixture
def house() -> World:
    found = build()
    grant(found)
    stamps.forget()
    return found


def at_once(*acts: Callable[[], Any]) -> Counter[str]:
    """How they went, all begun at the same moment."""
    together = Barrier(len(acts))

    def go(act: Callable[[], Any]) -> str:
        together.wait(20)
        try:
            failure = act()[0].failure
        finally:
            connections.close_all()
        return "done" if failure is None else f"{failure.status} {failure.errors[0].message}"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(go, acts))


def verb(house: World, entity: str, pk: int, name: str, **raw: Any) -> Callable[[], Any]:
    return lambda: records.run_verb(entity, [pk], name, raw, house.act("ann"))


def test_a_task_that_recurs_makes_one_next(house: World) -> None:
    given = {"subject": "Call Priya", "due": clock.now(), "recurrence": "FREQ=DAILY"}
    made = records.create("tasks", given, house.act("ann"))
    found = at_once(*[verb(house, "tasks", made.pk, "done")] * MANY)
    assert found == {"done": 1, "422 “Done” does not fit this record as it stands.": MANY - 1}
    assert records.query("tasks", house.actor("ann")).rows().count() == 2
    assert Change.objects.filter(entity="tasks", record_id=made.pk, verb="done").count() == 1


def test_one_who_is_done_is_not_snoozed_any_more(house: World) -> None:
    """F4: done against snooze, from the pop-up and from the mail."""
    for _turn in range(3):
        records.create("reminders", {"text": "Call Priya", "due_at": clock.now()}, house.act("ann"))
        engine.tick()
        row = Occurrence.objects.latest("pk")
        done, snooze = (
            verb(house, "occurrences", row.pk, "done"),
            verb(house, "occurrences", row.pk, "snooze", minutes=9),
        )
        found = at_once(done, done, snooze, snooze, done, done)
        row.refresh_from_db()
        history = Change.objects.filter(entity="occurrences", record_id=row.pk, verb__in=("done", "snoozed"))
        assert (row.state, row.snoozed_until, found["done"]) == ("done", None, history.count())
        assert history.filter(verb="done").count() == 1
        assert history.order_by("-pk")[0].verb == "done"


def test_what_several_remove_at_once_goes_once_and_comes_back_whole(house: World) -> None:
    customer = records.create("customers", {"name": "Halden Paper"}, house.act("ann")).pk
    for name in ("Ingrid", "Jonas", "Marta"):
        records.create("contacts", {"name": name, "customer": customer}, house.act("ann"))

    def remove() -> str:
        try:
            removal.remove(registry.get("customers"), [customer], house.act("ann"))
        except NotFound:
            return "gone"
        finally:
            connections.close_all()
        return "removed"

    with ThreadPoolExecutor(MANY) as pool:
        found = Counter(each.result() for each in [pool.submit(remove) for _ in range(MANY)])
    assert found == {"removed": 1, "gone": MANY - 1}
    [held] = Removal.objects.all()
    removal.restore(held.pk, house.act("ann"))
    for entity in ("customers", "contacts"):
        rows = registry.get(entity).model._default_manager
        assert not rows.filter(deleted_at__isnull=False).exists()
        assert rows.filter(version=3).count() == rows.count()
