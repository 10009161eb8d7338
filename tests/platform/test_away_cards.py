"""Whoever holds a card in another's place can do it; what an absence or a leaver finds open goes to whoever answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records, stamps, undo
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Invalid, NotFound
from bosun.lib import clock
from bosun.platform.away.models import Delegation
from bosun.platform.reminders import notices, opening
from bosun.platform.reminders import services as reminders
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from bosun.web.notices import doable
from tests.kernel.world import REP, SYSTEM, World
from tests.platform import reminding
from tests.platform.test_away import BEGINS, ENDS, SUNDAY, WEDNESDAY, away, seen, team
from tests.platform.test_away_settling import FOR_ANN, OWN, cards, minute

__all__ = ["team"]
pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY = WEDNESDAY - 2 * DAY
ONE_DAY: dict[str, Any] = {"first_day": "2026-11-25", "last_day": "2026-11-25"}


@pytest.fixture(autouse=True)
def led(team: World) -> World:
    """Ben heads Ann's team."""
    reminding.grant(team)
    records.change("departments", team.departments["team a"], {"head": team.people["ben"]}, SYSTEM)
    opening.forget()
    return team


def card_of(world: World, who: str) -> Notice:
    """The card of somebody that came last."""
    return Notice.objects.filter(person_id=world.people[who], closed_at__isnull=True).latest("pk")


def does(world: World, who: str, at: datetime, batch: str = "") -> None:
    """Somebody presses “Done” on his last card; it is done then, in the name of both."""
    row = card_of(world, who)
    with clock.fixed(at):
        key, pk = doable(row, records.environment(world.actor(who)))
        assert (key, pk) == ("occurrences", row.occurrence_id)
        assert records.run_verb(key, [pk], "done", {}, world.act(who, batch=batch))[0].failure is None
    assert Occurrence.objects.get(pk=pk).state == "done"


def by_ada(world: World, **values: Any) -> Any:
    """A reminder for Ann alone that Ada made."""
    with clock.fixed(SUNDAY):
        raw = {"text": OWN, "due_at": WEDNESDAY, "people": [world.people["ann"]], **values}
        return records.create("reminders", raw, world.act("ada"))


def leave(world: World, who: str, at: datetime) -> None:
    with clock.fixed(at):
        records.change("users", world.people[who], {"active": False}, SYSTEM)
    stamps.refresh()


# who has the card can do it ----------------------------------------------------------------------------------------


def test_what_nags_daily_is_done_by_whoever_stands_in_for_a_day_and_taken_back(led: World) -> None:
    row = reminding.remind(led, due=MONDAY, nag_minutes=1440)
    reminding.tick(MONDAY)
    away(led, **ONE_DAY)
    before = [seen(led, "cyd", entity, BEGINS) for entity in ("reminders", "occurrences")]
    reminding.tick(WEDNESDAY)
    assert (before, seen(led, "cyd", "reminders", WEDNESDAY)) == ([[], []], [row.pk])
    batch = new_batch()
    does(led, "cyd", WEDNESDAY, batch)
    with clock.fixed(WEDNESDAY + MINUTE):
        undo.undo(batch, led.act("cyd"))
    assert Occurrence.objects.get().state == "open"
    assert [seen(led, "cyd", entity, WEDNESDAY + DAY) for entity in ("reminders", "occurrences")] == [[], []]


def test_what_waited_for_her_to_open_bosun_is_done_by_whoever_stands_in(led: World) -> None:
    friday = WEDNESDAY - 5 * DAY
    reminding.remind(led, due=friday, on_opening=True)
    reminding.tick(friday)
    away(led)
    with clock.fixed(WEDNESDAY):
        stamps.refresh()
        assert opening.opened(led.people["cyd"], WEDNESDAY) == 1
    does(led, "cyd", WEDNESDAY)


def test_what_nagged_one_who_left_is_done_by_the_manager(led: World) -> None:
    row = by_ada(led, nag_minutes=30)
    reminding.tick(WEDNESDAY)
    leave(led, "ann", WEDNESDAY + MINUTE)
    reminding.tick(WEDNESDAY + HOUR)
    part = Occurrence.objects.get()
    assert (cards(led, "ben"), seen(led, "ben", "occurrences", WEDNESDAY + HOUR)) == ([FOR_ANN], [part.pk])
    assert seen(led, "ben", "reminders", WEDNESDAY + HOUR) == []
    with pytest.raises(NotFound):
        reminding.verb(led, "ben", row, "done", WEDNESDAY + HOUR)
    does(led, "ben", WEDNESDAY + HOUR)


def test_a_card_that_was_put_away_opens_nothing(led: World) -> None:
    reminding.remind(led, due=MONDAY, nag_minutes=1440)
    reminding.tick(MONDAY)
    away(led, **ONE_DAY)
    reminding.tick(WEDNESDAY)
    with clock.fixed(WEDNESDAY):
        notices.close(card_of(led, "cyd").pk, led.actor("cyd"))
    assert [seen(led, "cyd", entity, WEDNESDAY) for entity in ("reminders", "occurrences")] == [[], []]


# what was told already --------------------------------------------------------------------------------------------


def test_what_one_who_left_was_told_before_goes_to_the_manager_and_back_with_an_undo(led: World) -> None:
    by_ada(led)
    reminding.remind(led, due=WEDNESDAY)
    reminding.tick(WEDNESDAY)
    batch = new_batch()
    with clock.fixed(WEDNESDAY + MINUTE):
        records.change("users", led.people["ann"], {"active": False}, led.act("ada", batch=batch))
        assert (cards(led, "ann"), cards(led, "ben")) == ([], [FOR_ANN])
    reminding.tick(WEDNESDAY + 2 * MINUTE)
    assert (cards(led, "ann"), cards(led, "ben")) == ([], [FOR_ANN, OWN])
    does(led, "ben", WEDNESDAY + HOUR)
    with clock.fixed(WEDNESDAY + HOUR):
        records.undo(batch, led.act("ada"))
    minute(WEDNESDAY + HOUR)
    assert (cards(led, "ann"), cards(led, "ben")) == ([OWN], [])


@pytest.mark.parametrize(("age", "goes"), [(29 * DAY, True), (31 * DAY, False)])
def test_what_one_who_left_was_told_long_ago_without_a_reminder_goes_to_nobody(
    led: World, age: timedelta, goes: bool
) -> None:
    with clock.fixed(WEDNESDAY - age):
        reminders.tell(led.people["ann"], "rule:1", "Priya waits", "", 0, WEDNESDAY - age)
    leave(led, "ann", WEDNESDAY)
    minute(WEDNESDAY)
    assert (cards(led, "ann"), cards(led, "ben")) == (([], ["For Ann: Priya waits"]) if goes else (["Priya waits"], []))


def test_what_was_told_on_the_first_day_goes_along_and_what_was_told_before_stays(led: World) -> None:
    for due, text in ((BEGINS - MINUTE, "Priya before"), (BEGINS + HOUR, OWN)):
        reminding.remind(led, due=due, text=text)
        reminding.tick(due)
    away(led, at=BEGINS + 2 * HOUR)
    minute(BEGINS + 2 * HOUR)
    assert (cards(led, "ann"), cards(led, "cyd")) == (["Priya before"], [FOR_ANN])
    with clock.fixed(WEDNESDAY):
        notices.close(card_of(led, "cyd").pk, led.actor("cyd"))
    minute(ENDS)
    assert (cards(led, "ann"), cards(led, "cyd")) == (["Priya before", OWN], [])


def test_what_one_stood_in_for_goes_to_nobody_when_he_leaves(led: World) -> None:
    away(led)
    leave(led, "cyd", WEDNESDAY)
    minute(WEDNESDAY)
    said = Notice.objects.filter(closed_at__isnull=True, text__contains="For Cyd").values_list("text", flat=True)
    assert list(said) == []


@pytest.mark.parametrize("gone", [SUNDAY, WEDNESDAY + MINUTE])
def test_what_falls_to_a_manager_who_is_away_goes_to_whoever_stands_in_for_him(led: World, gone: datetime) -> None:
    by_ada(led)
    away(led, "ben", "cyd")
    if gone < WEDNESDAY:
        leave(led, "ann", gone)
    reminding.tick(WEDNESDAY)
    if gone > WEDNESDAY:
        leave(led, "ann", gone)
    minute(WEDNESDAY + HOUR)
    assert [cards(led, who) for who in ("ann", "ben", "cyd")] == [[], [], [FOR_ANN]]
    minute(ENDS)
    assert [cards(led, who) for who in ("ann", "ben", "cyd")] == [[], [FOR_ANN], []]


def test_what_waits_for_one_who_left_waits_for_whoever_stands_in_for_the_manager(led: World) -> None:
    by_ada(led, on_opening=True)
    away(led, "ben", "cyd")
    leave(led, "ann", SUNDAY)
    reminding.tick(WEDNESDAY)
    with clock.fixed(WEDNESDAY):
        assert [opening.opened(led.people[who], WEDNESDAY) for who in ("ben", "cyd")] == [0, 1]
    does(led, "cyd", WEDNESDAY + MINUTE)


@pytest.mark.parametrize("undone", [True, False])
@pytest.mark.parametrize(("away_by_then", "where"), [(False, "ann"), (True, "cyd")])
def test_what_the_manager_put_away_comes_back_with_one_who_had_left(
    led: World, undone: bool, away_by_then: bool, where: str
) -> None:
    by_ada(led)
    batch = new_batch()
    if away_by_then:
        away(led, **ONE_DAY, at=SUNDAY)
        records.change("delegations", Delegation.objects.get().pk, {"reminders": False}, SYSTEM)
    with clock.fixed(WEDNESDAY - MINUTE):
        records.change("users", led.people["ann"], {"active": False}, led.act("ada", batch=batch))
    reminding.tick(WEDNESDAY)
    with clock.fixed(WEDNESDAY + MINUTE):
        notices.close(card_of(led, "ben").pk, led.actor("ben"))
        if away_by_then:
            records.change("delegations", Delegation.objects.get().pk, {"reminders": True}, SYSTEM)
        if undone:
            records.undo(batch, led.act("ada"))
        else:
            records.change("users", led.people["ann"], {"active": True}, SYSTEM)
    minute(WEDNESDAY + HOUR)
    held: dict[str, list[str]] = {"ann": [], "ben": [], "cyd": [], where: [OWN if where == "ann" else FOR_ANN]}
    assert {who: cards(led, who) for who in held} == held


# what others have to do -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "left"), [("cyd", "open"), ("ann", "done")])
def test_whoever_stands_in_does_her_part_of_a_series_and_not_that_of_others(led: World, who: str, left: str) -> None:
    with clock.fixed(SUNDAY):
        people = [led.people["ann"], led.people["ben"]]
        raw = {"text": OWN, "due_at": WEDNESDAY, "owner": led.people["ann"], "people": people, "rule": "FREQ=WEEKLY"}
        row = records.create("reminders", raw, SYSTEM)
    away(led)
    reminding.tick(WEDNESDAY)
    reminding.verb(led, who, row, "done", WEDNESDAY)
    states = dict(Occurrence.objects.values_list("owner_id", "state"))
    assert states == {led.people["ann"]: "done", led.people["ben"]: left}


@pytest.mark.parametrize("rights", [True, False])
def test_whoever_stands_in_does_or_puts_off_her_part_of_what_comes_once(led: World, rights: bool) -> None:
    if not rights:
        led.grant("rep", {**REP, "reminders": reminding.OWN})
    ann, ben = led.people["ann"], led.people["ben"]
    with clock.fixed(SUNDAY):
        raw = {"text": OWN, "due_at": WEDNESDAY, "owner": ann, "people": [ann, ben]}
        row = records.create("reminders", raw, SYSTEM)
    away(led)
    reminding.tick(WEDNESDAY)
    reminding.verb(led, "cyd", row, "snooze", WEDNESDAY, minutes=60)
    held = dict(Occurrence.objects.values_list("owner_id", "snoozed_until"))
    assert (held, cards(led, "ben")) == ({ann: WEDNESDAY + HOUR, ben: None}, [OWN])
    reminding.verb(led, "cyd", row, "done", WEDNESDAY + MINUTE)
    states = dict(Occurrence.objects.values_list("owner_id", "state"))
    assert (states, cards(led, "ben"), Reminder.objects.get().state) == ({ann: "done", ben: "open"}, [OWN], "open")
    reminding.verb(led, "ben", Occurrence.objects.get(owner=ben), "done", WEDNESDAY + 2 * MINUTE)
    assert (cards(led, "ben"), Reminder.objects.get().state) == ([], "done")


def test_her_part_of_what_comes_once_is_done_by_another_only_when_it_has_come(led: World) -> None:
    ann, ben = led.people["ann"], led.people["ben"]
    with clock.fixed(SUNDAY):
        raw = {"text": OWN, "due_at": WEDNESDAY, "owner": ann, "people": [ann, ben]}
        row = records.create("reminders", raw, SYSTEM)
    away(led)
    given: dict[str, dict[str, int]] = {"done": {}, "snooze": {"minutes": 10}}
    for verb, minutes in given.items():
        with pytest.raises(Invalid, match="does not fit this record as it stands"):
            reminding.verb(led, "cyd", row, verb, WEDNESDAY - DAY, **minutes)
    after = Reminder.objects.get()
    assert (after.state, after.snoozed_until, after.version) == ("open", None, row.version)
    assert reminding.tick(WEDNESDAY) == [WEDNESDAY] * 3


def test_the_owner_does_what_comes_once_for_all(led: World) -> None:
    ann, ben = led.people["ann"], led.people["ben"]
    row = reminding.remind(led, "ben", due=WEDNESDAY, people=[ann, ben])
    reminding.tick(WEDNESDAY)
    reminding.verb(led, "ben", row, "done", WEDNESDAY)
    states = dict(Occurrence.objects.values_list("owner_id", "state"))
    assert (states, cards(led, "ann"), cards(led, "ben")) == ({ann: "done", ben: "done"}, [], [])
