"""“Told 3, 1 read it”: who did or put off what he was told has read it; whose part another ended has not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bosun.kernel import records, undo
from bosun.kernel.actor import new_batch
from bosun.lib import clock
from bosun.platform.deliveries import services
from bosun.platform.deliveries.models import Delivery
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from tests.kernel.world import World, create
from tests.platform import reminding
from tests.platform.reminding import NINE, tick, verb
from tests.platform.test_away import WEDNESDAY, away, team

__all__ = ["team"]
pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def granted(world: World) -> None:
    reminding.grant(world)


def told(world: World, owner: str, *names: str, **values: Any) -> Any:
    """A reminder that has just been told to these people."""
    raw = {"text": "Call Priya", "due_at": NINE, "owner": world.people[owner], **values}
    with clock.fixed(NINE - timedelta(days=1)):
        row = create("reminders", people=[world.people[name] for name in names], **raw)
    tick(NINE)
    return row


def part(world: World, who: str) -> Any:
    return Occurrence.objects.get(owner=world.people[who])


def counts(row: Any) -> tuple[int, int, int]:
    found = services.receipt(row.pk)
    return found.told, found.read, found.undeliverable


def test_nobody_has_read_what_its_owner_ends_for_all(world: World) -> None:
    row = told(world, "ada", "ann", "ben", "cyd")
    assert counts(row) == (3, 0, 0)
    verb(world, "ada", row, "done", NINE + MINUTE)
    assert set(Occurrence.objects.values_list("state", flat=True)) == {"done"}
    assert counts(row) == (3, 0, 0)
    assert set(Delivery.objects.values_list("state", "read_at")) == {("done", None)}


def test_an_owner_who_is_among_them_and_ends_it_for_all_has_read_it_himself(world: World) -> None:
    row = told(world, "ben", "ann", "ben", "cyd")
    verb(world, "ben", row, "done", NINE + MINUTE)
    assert counts(row) == (3, 1, 0)
    assert Delivery.objects.get(read_at__isnull=False).person_id == world.people["ben"]


def test_who_does_his_part_has_read_it_and_so_has_who_puts_it_off(world: World) -> None:
    row = told(world, "ada", "ann", "ben", "cyd")
    verb(world, "ann", part(world, "ann"), "done", NINE + MINUTE)
    assert counts(row) == (3, 1, 0)
    verb(world, "cyd", part(world, "cyd"), "snooze", NINE + MINUTE, minutes=10)
    assert counts(row) == (3, 2, 0)
    held = Delivery.objects.order_by("person_id").values_list("person_id", "state", "read_at")
    ann, ben, cyd = (world.people[name] for name in ("ann", "ben", "cyd"))
    at = NINE + MINUTE
    assert set(held) == {(ann, "done", at), (ben, "delivered", None), (cyd, "read", at)}


def test_who_is_reminded_by_another_and_does_it_on_the_reminder_has_read_it(world: World) -> None:
    row = told(world, "ada", "ann", "ben")
    verb(world, "ada", part(world, "ben"), "done", NINE + MINUTE)  # an administrator, in his place
    assert counts(row) == (2, 0, 0)
    own = told(world, "ann", text="Own")
    verb(world, "ann", own, "done", NINE + MINUTE)
    assert counts(own) == (1, 1, 0)


def test_a_series_that_is_done_on_its_page_is_read_by_whoever_did_it(world: World) -> None:
    row = told(world, "ben", "ann", "ben", rule="FREQ=DAILY")
    verb(world, "ben", row, "done", NINE + MINUTE)
    assert counts(row) == (2, 1, 0)


def test_what_is_done_in_the_place_of_another_is_read_for_him(world: World, team: World) -> None:
    reminding.grant(world)
    away(world)
    with clock.fixed(WEDNESDAY - timedelta(days=3)):
        raw = {"text": "Call Priya", "due_at": WEDNESDAY, "people": [world.people[name] for name in ("ann", "ben")]}
        row = records.create("reminders", raw, world.act("ada"))
    tick(WEDNESDAY)
    assert counts(row) == (2, 0, 0)
    verb(world, "cyd", part(world, "ann"), "done", WEDNESDAY + MINUTE)
    assert counts(row) == (2, 1, 0)


def test_what_is_taken_back_was_read_all_the_same_and_its_card_stands_open_again(world: World) -> None:
    row = told(world, "ann")
    batch = new_batch()
    with clock.fixed(NINE + MINUTE):
        records.run_verb("reminders", [row.pk], "done", {}, world.act("ann", batch=batch))
    with clock.fixed(NINE + 2 * MINUTE):
        undo.undo(batch, world.act("ann"))
    assert counts(row) == (1, 1, 0)
    assert list(Notice.objects.values_list("closed_at", "read_at")) == [(None, None)]
    assert Reminder.objects.get().state == "open"


def test_many_at_once_cost_as_many_looks_as_few(world: World) -> None:
    for number in range(12):
        told(world, "ann", text=f"Number {number}")
    ids = list(Occurrence.objects.order_by("pk").values_list("pk", flat=True))

    def marks(pks: list[int]) -> int:
        with clock.fixed(NINE + MINUTE), CaptureQueriesContext(connection) as seen:
            records.run_verb("occurrences", pks, "snooze", {"minutes": 5}, world.act("ann"))
        return sum(each["sql"].startswith('UPDATE "deliveries_delivery" SET "state"') for each in seen)

    assert (marks(ids[:2]), marks(ids[2:])) == (1, 1)
    assert Delivery.objects.filter(state="read").count() == 12
