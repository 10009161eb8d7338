"""The numbers beside the places of the menu: what the providers answer, though the words of the question are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bosun.kernel import records, slots
from bosun.lib import clock
from bosun.modules.customers.models import Customer
from bosun.web import waiting
from tests.kernel.world import REP, World
from tests.platform.reminding import NINE, OWN, grant, remind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def task(world: World, who: str = "ann") -> int:
    made = records.create("tasks", {"subject": "Write the plan", "due": NINE}, world.act(who))
    return int(made.pk)


def asked_one_by_one(world: World, who: str) -> int:
    """What the providers say, each asked by itself."""
    env = records.environment(world.actor(who))
    return sum(rows.count() for each in slots.of("menu.counts") for rows in each(env).values())


@pytest.mark.parametrize("who", ["ada", "ann", "ben", "cyd"])
def test_the_number_is_what_the_providers_answer(world: World, who: str) -> None:
    for each in ("ann", "cyd"):
        task(world, each)
        remind(world, each)
        Customer.objects.filter(pk=world.customer(each).pk).update(next_contact=NINE.date())
    task(world, "ann")
    with clock.fixed(NINE):
        counted = waiting.counts(world.actor(who)).get("day", 0)
        assert counted == asked_one_by_one(world, who) == {"ada": 0, "ann": 4, "ben": 0, "cyd": 3}[who]


def test_what_changes_within_a_minute_is_counted_with_the_same_words(world: World) -> None:
    with clock.fixed(NINE):
        pk = task(world)
        words = waiting.questions(world.actor("ann"))
        assert waiting.counts(world.actor("ann")) == {"day": 1}
        records.run_verb("tasks", [pk], "done", {}, world.act("ann"))
        assert waiting.counts(world.actor("ann")) == {"day": 0}
        assert waiting.questions(world.actor("ann")) is words


def test_a_right_that_is_taken_is_taken_at_once(world: World) -> None:
    with clock.fixed(NINE):
        task(world)
        assert waiting.counts(world.actor("ann")) == {"day": 1}
        world.grant("rep", {**REP, "reminders": OWN, "occurrences": OWN})
        assert waiting.counts(world.actor("ann")) == {"day": 0}


def test_the_next_day_has_words_of_its_own(world: World) -> None:
    with clock.fixed(NINE - timedelta(days=1)):
        task(world)
        assert waiting.counts(world.actor("ann")) == {"day": 0}
    with clock.fixed(NINE):
        assert waiting.counts(world.actor("ann")) == {"day": 1}
