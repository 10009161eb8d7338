"""What waits for Bosun to be opened: the card of a day that was missed, and the day beside a task that is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.reminders import opening
from bosun.platform.reminders.models import Notice, Occurrence
from tests.kernel.world import World
from tests.platform.reminding import NINE, remind, tick

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reminded")]


def test_the_next_day_that_waits_for_its_opening_leaves_no_card_of_the_one_that_was_missed(world: World) -> None:
    row = remind(world, rule="FREQ=DAILY", on_opening=True)
    tick(row.due_at)
    opening.opened(world.people["ann"], NINE)
    [card] = Notice.objects.filter(closed_at=None)
    tick(row.due_at + timedelta(days=1))
    card.refresh_from_db()
    states = list(Occurrence.objects.order_by("due_at").values_list("state", "waits"))
    assert (states, card.closed_at) == ([("missed", False), ("open", True)], row.due_at + timedelta(days=1))


@pytest.mark.parametrize(("later", "days"), [(-2, 0), (22, 1), (-22, -1), (48, 2)])
def test_what_waits_for_an_opening_keeps_its_day_beside_the_task_that_is_moved(
    world: World, later: int, days: int
) -> None:
    due = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with clock.fixed(NINE - timedelta(days=5)):
        task = records.create("tasks", {"subject": "Visit", "due": due}, world.act("ann"))
        about = {"entity": "tasks", "id": task.pk}
        raw = {"text": "Visit", "about": about, "due_at": due, "on_opening": True}
        row = records.create("reminders", raw, world.act("ann"))
        before = row.due_at
        records.change("tasks", task.pk, {"due": due + timedelta(hours=later)}, world.act("ann"))
    row.refresh_from_db()
    assert row.due_at == before + timedelta(days=days)
