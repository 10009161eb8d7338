"""What is told to one of several people, or of one of several reminders, leaves the others alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bosun.kernel import records, undo
from bosun.kernel.actor import new_batch
from bosun.lib import clock
from bosun.platform.deliveries.models import Preference
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice, Occurrence
from tests.kernel.world import SYSTEM, World, create
from tests.platform import reminding
from tests.platform.delivering import company, look, people
from tests.platform.post import Post, serving
from tests.platform.reminding import NINE, verb

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def post(world: World) -> Iterator[Post]:
    reminding.grant(world)
    with serving() as found:
        found.set_up()
        people(world, "ann", "ben", "cyd", "ada")
        yield found


def remind(owner: int, **values: Any) -> Any:
    with clock.fixed(NINE - DAY):
        return create("reminders", **{"text": "Call Priya", "due_at": NINE, "owner": owner, **values})


def until(minutes: int, since: int = 0) -> None:
    for passed in range(since, minutes):
        look(NINE + passed * MINUTE)


def cards(world: World, name: str) -> list[str]:
    shown = Notice.objects.filter(person_id=world.people[name], closed_at__isnull=True)
    return list(shown.order_by("pk").values_list("text", flat=True))


def told_by_mail(post: Post) -> list[str]:
    return sorted(to for addresses, _mail in post.taken for to in addresses)


def test_a_snooze_of_one_leaves_the_mail_of_the_other(world: World, post: Post) -> None:
    company(channels={"email": "then"}, minutes=30)
    remind(world.people["ben"], people=[world.people["ann"], world.people["ben"]])
    look(NINE)
    verb(world, "ann", Occurrence.objects.get(owner=world.people["ann"]), "snooze", NINE + MINUTE, minutes=10)
    until(60, 11)
    assert told_by_mail(post) == ["ann@house.example", "ben@house.example"]


def test_who_is_named_later_leaves_the_mail_of_whoever_was_before(world: World, post: Post) -> None:
    company(channels={"email": "then"}, minutes=30)
    row = remind(world.people["ben"], people=[world.people["ben"]])
    look(NINE)
    with clock.fixed(NINE + MINUTE):
        both = {"people": [world.people["ben"], world.people["ann"]]}
        records.change("reminders", row.pk, both, world.act("ben"))
    until(60, 2)
    assert told_by_mail(post) == ["ann@house.example", "ben@house.example"]


def test_a_snooze_of_one_leaves_the_way_up_of_the_other(world: World, post: Post) -> None:
    """F2.13."""
    company(channels={}, minutes=30, ladder=True)
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    remind(world.people["ada"], people=[world.people["ann"], world.people["cyd"]])
    look(NINE)
    verb(world, "cyd", Occurrence.objects.get(owner=world.people["cyd"]), "snooze", NINE + MINUTE, minutes=10)
    until(40, 11)
    assert [text for text in cards(world, "ben") if "Ann" in text] == ["Ann has not read a notice."]


def test_a_nag_told_in_parts_calls_no_mail_of_the_other_parts_off(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BATCH", 2)
    company(channels={"email": "then"}, minutes=20)
    remind(world.people["ada"], people=[world.people[name] for name in ("ann", "ben", "cyd")], nag_minutes=5)
    until(25)
    assert told_by_mail(post) == ["ann@house.example", "ben@house.example", "cyd@house.example"]


def test_a_nag_of_one_reminder_leaves_the_card_of_another(world: World, post: Post) -> None:
    remind(world.people["ada"], people=[world.people["ann"], world.people["ben"]], text="Both")
    remind(world.people["ben"], text="His", nag_minutes=10)
    look(NINE)
    verb(world, "ann", Occurrence.objects.get(owner=world.people["ann"]), "snooze", NINE, minutes=10)
    look(NINE + 10 * MINUTE)  # one look tells Ann of the one and Ben of the other
    assert (cards(world, "ann"), cards(world, "ben")) == (["Both"], ["Both", "His"])


def test_a_digest_takes_what_was_not_read_as_well(world: World, post: Post) -> None:
    Preference.objects.create(pk=world.people["ben"], digest_at="17:00")
    for hour in range(3):
        remind(world.people["ben"], text=f"Number {hour}", due_at=NINE + hour * HOUR)
    for quarter in range(4 * 9):
        look(NINE + quarter * 15 * MINUTE)
    assert [(to, mail["Subject"]) for to, mail in post.taken] == [(("ben@house.example",), "3 notices")]


def test_whoever_takes_a_record_over_takes_the_place_of_the_one_named(world: World, post: Post) -> None:
    about = {"entity": "customers", "id": world.customer("ann").pk}
    row = remind(world.people["ann"], people=[world.people["ben"], world.people["ann"]], about=about)
    with clock.fixed(NINE - HOUR):
        given = {"owner": {"id": world.people["cyd"]}}
        assert records.run_verb("customers", [about["id"]], "transfer", given, world.act("ada"))[0].failure is None
    look(NINE)
    row.refresh_from_db()
    assert (row.owner_id, row.people) == (world.people["cyd"], [world.people["ben"], world.people["cyd"]])
    assert [len(cards(world, name)) for name in ("ann", "ben", "cyd")] == [0, 1, 1]


def test_who_is_named_again_goes_without_the_time_that_lies_in_the_bin(world: World, post: Post) -> None:
    ann, cyd = world.people["ann"], world.people["cyd"]
    row = remind(world.people["ada"], people=[ann, cyd])
    look(NINE)
    with clock.fixed(NINE + MINUTE):
        records.remove_one("occurrences", Occurrence.objects.get(owner=ann).pk, SYSTEM)
        records.change("reminders", row.pk, {"people": [cyd]}, SYSTEM)
        records.change("reminders", row.pk, {"people": [cyd, ann]}, SYSTEM)
    look(NINE + 2 * MINUTE)
    row.refresh_from_db()
    assert (row.people, cards(world, "ann"), cards(world, "cyd")) == ([cyd, ann], [], ["Call Priya"])


def test_a_snooze_of_all_that_is_taken_back_leaves_what_one_had_put_off_by_himself(world: World, post: Post) -> None:
    ann, ada = world.people["ann"], world.people["ada"]
    row = remind(ada, people=[ann, ada])
    look(NINE)
    verb(world, "ann", Occurrence.objects.get(owner=ann), "snooze", NINE + MINUTE, minutes=120)
    batch = new_batch()
    with clock.fixed(NINE + 2 * MINUTE):
        records.run_verb("reminders", [row.pk], "snooze", {"minutes": 10}, replace(world.act("ada"), batch=batch))
    both = Occurrence.objects.order_by("owner")
    assert list(both.values_list("owner", "snoozed_until")) == [(ada, NINE + 12 * MINUTE), (ann, NINE + 121 * MINUTE)]
    with clock.fixed(NINE + 3 * MINUTE):
        undo.undo(batch, world.act("ada"))
    assert list(both.values_list("owner", "snoozed_until")) == [(ada, None), (ann, NINE + 121 * MINUTE)]
