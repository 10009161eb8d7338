"""What managers hear of what is not read: one card at a time, and none once it is read, done or removed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.deliveries.models import Delivery
from bosun.platform.reminders import notices
from bosun.platform.reminders.models import Notice, Occurrence
from tests.kernel.world import SYSTEM, World
from tests.platform.delivering import choose, company, look, people, remind
from tests.platform.post import serving
from tests.platform.reminding import NINE, grant, verb

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
ANN, BEN = "Ann has not read a notice.", "Ben has not read a notice."


@pytest.fixture(autouse=True)
def ladder(world: World) -> Iterator[None]:
    """Ann works under Ben, and Ben under Ada, who hear of what was not read in half an hour."""
    grant(world)
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    records.change("departments", world.departments["sales"], {"head": world.people["ada"]}, SYSTEM)
    with serving() as post:
        post.set_up()
        people(world, "ann", "ben")
        company(channels={"email": "never"}, minutes=30, ladder=True)
        yield


def until(last: int, first: int = 0) -> None:
    """Look every ten minutes, from one minute after nine to another."""
    for minute in range(first, last + 1, 10):
        look(NINE + minute * MINUTE)


def cards(world: World, who: str) -> list[tuple[str, int]]:
    """What stands open with a manager, and so many minutes after nine it was told."""
    rows = Notice.objects.filter(person_id=world.people[who], closed_at=None, kind="unread").order_by("pk")
    return [(row.text, int((row.made_at - NINE) / MINUTE)) for row in rows]


def waiting() -> list[tuple[int, str]]:
    """Whose deliveries still wait, and by which channel."""
    return list(Delivery.objects.filter(state="queued").order_by("pk").values_list("person_id", "channel"))


def test_a_nag_leaves_one_card_with_each_manager(world: World) -> None:
    remind(world.people["ann"], NINE, nag_minutes=30)
    until(60)
    assert (cards(world, "ben"), cards(world, "ada")) == ([(ANN, 30)], [(BEN, 60)])
    until(110, 70)
    assert (cards(world, "ben"), cards(world, "ada")) == ([(ANN, 90)], [(BEN, 60)])
    until(240, 120)
    assert (cards(world, "ben"), cards(world, "ada")) == ([(ANN, 210)], [(BEN, 240)])


def test_a_nag_does_not_put_the_way_to_the_next_manager_off_for_ever(world: World) -> None:
    company("unread", channels={"email": "never"}, minutes=100, ladder=True)
    remind(world.people["ann"], NINE, nag_minutes=30)
    until(120)
    assert (cards(world, "ben"), cards(world, "ada")) == ([(ANN, 90)], [])
    until(140, 130)
    assert (cards(world, "ben"), cards(world, "ada")) == ([(ANN, 90)], [(BEN, 130)])


def read(world: World, row: Any) -> None:
    notices.seen_one(Notice.objects.filter(person_id=world.people["ann"]).latest("pk").pk, world.actor("ann"))


def done(world: World, row: Any) -> None:
    verb(world, "ann", Occurrence.objects.get(owner=world.people["ann"]), "done", clock.now())


def removed(world: World, row: Any) -> None:
    records.remove_one("reminders", row.pk, world.act("ann"))


@pytest.mark.parametrize("end", [read, done, removed])
def test_what_is_over_leaves_no_card_with_managers(world: World, end: Any) -> None:
    """Ben's later mail is called off too; what Cyd has not read is none of that."""
    choose(world.people["ben"], "email", "then", "unread")
    records.change("users", world.people["cyd"], {"department": world.departments["team a"]}, SYSTEM)
    row = remind(world.people["ann"], NINE, nag_minutes=30)
    until(120)
    remind(world.people["cyd"], NINE + 120 * MINUTE)
    until(150, 120)
    other = ("Cyd has not read a notice.", 150)
    assert (cards(world, "ben"), len(cards(world, "ada"))) == ([other, (ANN, 150)], 1)
    with clock.fixed(NINE + 151 * MINUTE):
        end(world, row)
    assert (cards(world, "ben"), cards(world, "ada")) == ([other], [])
    assert waiting() == [(world.people["ben"], "email"), (world.people["ben"], "ladder")]
    if end is not read:
        until(400, 160)
        assert cards(world, "ben") == [other]


def test_a_manager_who_reads_it_keeps_the_card_and_the_next_one_has_none(world: World) -> None:
    remind(world.people["ann"], NINE, nag_minutes=30)
    until(90)
    assert (cards(world, "ben"), cards(world, "ada")) == ([(ANN, 90)], [(BEN, 60)])
    with clock.fixed(NINE + 91 * MINUTE):
        notices.seen_one(Notice.objects.get(person_id=world.people["ben"], closed_at=None).pk, world.actor("ben"))
    assert (cards(world, "ben"), cards(world, "ada")) == ([(ANN, 90)], [])
