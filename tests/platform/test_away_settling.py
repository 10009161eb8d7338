"""Whatever becomes of an absence, its cards are with whoever stands in, or back with the one they are for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records, removal, stamps, undo
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import NotFound
from bosun.lib import clock
from bosun.platform.away import handlers
from bosun.platform.away.models import Delegation
from bosun.platform.reminders import notices, opening
from bosun.platform.reminders.models import Notice, Occurrence
from tests.kernel.world import SYSTEM, World
from tests.platform import reminding
from tests.platform.test_away import BEGINS, ENDS, SUNDAY, WEDNESDAY, away, seen, team  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TUESDAY = WEDNESDAY - DAY
OWN, FOR_ANN = "Call Priya", "For Ann: Call Priya"


def cards(world: World, who: str) -> list[str]:
    """What stands open for somebody, greetings left out."""
    rows = Notice.objects.filter(person_id=world.people[who], closed_at__isnull=True).order_by("pk")
    return [text for text in rows.values_list("text", flat=True) if "Priya" in text]


def minute(moment: datetime) -> None:
    """What workers do each minute."""
    stamps.refresh()
    with clock.fixed(moment):
        handlers.hand_back()


def told(world: World, moment: datetime = TUESDAY, **values: Any) -> Any:
    """Ann is away, and a reminder of hers goes to Cyd; the absence."""
    reminding.remind(world, due=moment, **values)
    row = away(world)
    reminding.tick(moment)
    assert (cards(world, "ann"), cards(world, "cyd")) == ([], [FOR_ANN])
    return row


def told_in_a_batch(world: World) -> str:
    """The same, with an absence that can be undone; the batch in which it was made."""
    reminding.remind(world, due=TUESDAY)
    batch = new_batch()
    with clock.fixed(SUNDAY):
        days = {"first_day": "2026-11-23", "last_day": "2026-11-27"}
        records.create("delegations", {"delegate": world.people["cyd"], **days}, world.act("ann", batch=batch))
    reminding.tick(TUESDAY)
    return batch


@pytest.mark.parametrize(
    "days",
    [{"first_day": "2026-11-26"}, {"first_day": "2026-12-07", "last_day": "2026-12-11"}, {"last_day": "2026-11-24"}],
)
def test_other_days_hand_back_what_drops_out(team: World, days: dict[str, str]) -> None:  # noqa: F811
    row = told(team)
    with clock.fixed(WEDNESDAY):
        records.change("delegations", row.pk, days, team.act("ann"))
    minute(WEDNESDAY + MINUTE)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([OWN], [])


def test_another_stand_in_gets_the_cards(team: World) -> None:  # noqa: F811
    row = told(team)
    with clock.fixed(WEDNESDAY):
        records.change("delegations", row.pk, {"delegate": team.people["ben"]}, team.act("ann"))
    minute(WEDNESDAY + MINUTE)
    assert [cards(team, who) for who in ("ann", "ben", "cyd")] == [[], [FOR_ANN], []]
    with clock.fixed(WEDNESDAY + HOUR):
        records.change("delegations", row.pk, {"delegate": team.people["cyd"]}, team.act("ann"))
    minute(WEDNESDAY + HOUR)
    assert [cards(team, who) for who in ("ann", "ben", "cyd")] == [[], [], [FOR_ANN]]


def removed(world: World, row: Any) -> None:
    records.remove_one("delegations", row.pk, world.act("ann"))


def put_away(world: World, _row: Any) -> None:
    notices.close(Notice.objects.get(person_id=world.people["cyd"], text=FOR_ANN).pk, world.actor("cyd"))


@pytest.mark.parametrize(("done", "moment"), [(removed, WEDNESDAY + MINUTE), (put_away, ENDS + MINUTE)])
def test_what_was_not_done_comes_back(team: World, done: Callable[[World, Any], None], moment: datetime) -> None:  # noqa: F811
    row = told(team)
    with clock.fixed(WEDNESDAY):
        done(team, row)
    minute(moment)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([OWN], [])


def test_an_absence_that_was_taken_back_or_brought_back(team: World) -> None:  # noqa: F811
    """One that is undone leaves no row behind; one that is restored ends like any other."""
    batch = told_in_a_batch(team)
    assert cards(team, "cyd") == [FOR_ANN]
    with clock.fixed(TUESDAY + HOUR):
        undo.undo(batch, team.act("ann"))
    minute(TUESDAY + HOUR)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([OWN], [])

    row = away(team, at=TUESDAY + 2 * HOUR, first_day="2026-11-24")
    with clock.fixed(TUESDAY + 3 * HOUR):
        gone = records.remove_one("delegations", row.pk, team.act("ann"))
    minute(TUESDAY + 4 * HOUR)
    with clock.fixed(TUESDAY + 5 * HOUR):
        removal.restore(gone.pk, team.act("ann"))
    reminding.remind(team, due=WEDNESDAY, text="Priya again")
    reminding.tick(WEDNESDAY)
    assert "For Ann: Priya again" in cards(team, "cyd")
    minute(ENDS + MINUTE)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([OWN, "Priya again"], [])


def test_one_absence_after_another_and_a_chain_that_ends(team: World) -> None:  # noqa: F811
    told(team, WEDNESDAY)
    away(team, delegate="ben", first_day="2026-11-28", last_day="2026-12-04")
    minute(ENDS + MINUTE)
    assert [cards(team, who) for who in ("ann", "ben", "cyd")] == [[], [FOR_ANN], []]


def test_a_chain_that_ends_earlier(team: World) -> None:  # noqa: F811
    reminding.remind(team, due=TUESDAY)
    away(team)
    away(team, "cyd", "ben", first_day="2026-11-23", last_day="2026-11-24")
    reminding.tick(TUESDAY)
    assert cards(team, "ben") == [FOR_ANN]
    minute(WEDNESDAY)
    assert [cards(team, who) for who in ("ann", "ben", "cyd")] == [[], [], [FOR_ANN]]


def test_one_that_nags_is_one_card(team: World) -> None:  # noqa: F811
    told(team, WEDNESDAY, nag_minutes=5)
    for minutes in (5, 10, 15):
        reminding.tick(WEDNESDAY + minutes * MINUTE)
    assert cards(team, "cyd") == [FOR_ANN]
    minute(ENDS + MINUTE)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([OWN], [])


def test_one_that_was_told_both_keeps_the_part_of_who_was_away(team: World) -> None:  # noqa: F811
    reminding.grant(team)
    with clock.fixed(SUNDAY):
        both = [team.people["ann"], team.people["cyd"]]
        raw = {"text": OWN, "due_at": WEDNESDAY, "people": both, "owner": team.people["ann"]}
        records.create("reminders", raw, SYSTEM)
    away(team)
    reminding.tick(WEDNESDAY)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([], [OWN])
    minute(ENDS + MINUTE)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([OWN], [OWN])


def test_who_stands_in_and_takes_his_done_back_has_the_card_again(team: World) -> None:  # noqa: F811
    told(team, WEDNESDAY)
    reminder: Any = Notice.objects.get(text=FOR_ANN).reminder_id
    batch = new_batch()
    with clock.fixed(WEDNESDAY + MINUTE):
        act = team.act("cyd", batch=batch)
        assert records.run_verb("reminders", [reminder], "done", {}, act)[0].failure is None
        assert cards(team, "cyd") == []
        undo.undo(batch, team.act("cyd"))
    minute(WEDNESDAY + 2 * MINUTE)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([], [FOR_ANN])


def test_a_reminder_by_others_is_done_by_who_stands_in(team: World) -> None:  # noqa: F811
    """Ben reminds Ann and himself; Cyd does Ann's part, and that alone."""
    reminding.grant(team)
    with clock.fixed(SUNDAY):
        both = [team.people["ann"], team.people["ben"]]
        raw = {"text": OWN, "due_at": WEDNESDAY, "people": both, "owner": team.people["ben"]}
        row = records.create("reminders", raw, SYSTEM)
    away(team)
    reminding.tick(WEDNESDAY)
    assert (cards(team, "ann"), cards(team, "ben"), cards(team, "cyd")) == ([], [OWN], [FOR_ANN])
    part = {each.owner_id: each for each in Occurrence.objects.filter(reminder_id=row.pk)}
    assert seen(team, "cyd", "occurrences", WEDNESDAY) == [part[team.people["ann"]].pk]
    assert seen(team, "cyd", "reminders", WEDNESDAY) == []
    reminding.verb(team, "cyd", part[team.people["ann"]], "done", WEDNESDAY + MINUTE)
    with pytest.raises(NotFound):
        reminding.verb(team, "cyd", part[team.people["ben"]], "done", WEDNESDAY + MINUTE)
    assert (cards(team, "ann"), cards(team, "ben"), cards(team, "cyd")) == ([], [OWN], [])
    assert seen(team, "cyd", "occurrences", ENDS + MINUTE) == []


def test_what_waits_for_the_one_who_is_away_is_told_when_the_other_opens_bosun(team: World) -> None:  # noqa: F811
    reminding.remind(team, due=WEDNESDAY, on_opening=True)
    away(team)
    reminding.tick(WEDNESDAY)
    assert cards(team, "cyd") == []
    opening.forget()
    with clock.fixed(WEDNESDAY + MINUTE):
        assert (opening.opened(team.people["ben"], clock.now()), opening.opened(team.people["cyd"], clock.now())) == (
            0,
            1,
        )
    assert (cards(team, "ann"), cards(team, "cyd")) == ([], [FOR_ANN])


def test_what_was_handed_over_meanwhile_stays_with_its_new_owner(team: World) -> None:  # noqa: F811
    told(team)
    with clock.fixed(TUESDAY + HOUR):
        records.change("reminders", Occurrence.objects.get().reminder_id, {"owner": team.people["ada"]}, SYSTEM)
    reminding.tick(TUESDAY + HOUR)
    for moment in (TUESDAY + 2 * HOUR, ENDS + MINUTE):
        minute(moment)
        assert [cards(team, who) for who in ("ann", "cyd", "ada")] == [[], [], [OWN]]


def test_what_whoever_stood_in_took_over_stays_with_him(team: World) -> None:  # noqa: F811
    """Its card, which said “For Ann”, is open again when the reminder leaves the bin."""
    told(team)
    row: Any = Occurrence.objects.get().reminder
    with clock.fixed(TUESDAY + HOUR):
        records.change("reminders", row.pk, {"owner": team.people["cyd"]}, SYSTEM)
        records.restore(records.remove_one("reminders", row.pk, SYSTEM).pk, SYSTEM)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([], [FOR_ANN])
    minute(ENDS + MINUTE)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([], [FOR_ANN])


@pytest.mark.parametrize(
    "change",
    [{"person": "ben"}, {"first_day": "2026-12-07", "last_day": "2026-12-11"}, {"reminders": False}],
)
def test_what_was_put_away_comes_back_when_the_absence_runs_otherwise(team: World, change: dict[str, Any]) -> None:  # noqa: F811
    row = told(team)
    with clock.fixed(WEDNESDAY):
        put_away(team, row)
        given = {name: team.people.get(value, value) for name, value in change.items()}
        records.change("delegations", row.pk, given, SYSTEM)
        assert (cards(team, "ann"), cards(team, "cyd")) == ([OWN], [])
    minute(ENDS + MINUTE)
    assert [cards(team, who) for who in ("ann", "ben", "cyd")] == [[OWN], [], []]


def test_what_was_put_away_stays_away_from_whoever_put_it_away_and_goes_to_another(team: World) -> None:  # noqa: F811
    row = told(team)
    steps: list[tuple[dict[str, Any], list[str]]] = [
        ({"last_day": "2026-11-26"}, []),
        ({"delegate": team.people["ben"]}, [FOR_ANN]),
    ]
    with clock.fixed(WEDNESDAY):
        put_away(team, row)
    for given, bens in steps:
        with clock.fixed(WEDNESDAY + MINUTE):
            records.change("delegations", row.pk, given, SYSTEM)
        minute(WEDNESDAY + 2 * MINUTE)
        assert [cards(team, who) for who in ("ann", "ben", "cyd")] == [[], bens, []]
    minute(ENDS + MINUTE)
    assert [cards(team, who) for who in ("ann", "ben", "cyd")] == [[OWN], [], []]


def test_what_was_put_away_comes_back_when_the_absence_is_taken_back(team: World) -> None:  # noqa: F811
    batch = told_in_a_batch(team)
    with clock.fixed(TUESDAY + HOUR):
        put_away(team, None)
        undo.undo(batch, team.act("ann"))
    minute(TUESDAY + HOUR)
    assert (cards(team, "ann"), cards(team, "cyd"), Delegation.objects.count()) == ([OWN], [], 0)


def test_what_was_put_off_and_put_away_comes_back(team: World) -> None:  # noqa: F811
    told(team)
    reminding.grant(team)
    reminding.verb(team, "cyd", Occurrence.objects.get(), "snooze", TUESDAY + MINUTE, minutes=10)
    reminding.tick(TUESDAY + 11 * MINUTE)
    assert cards(team, "cyd") == [FOR_ANN]
    with clock.fixed(TUESDAY + HOUR):
        card = Notice.objects.get(person_id=team.people["cyd"], closed_at=None, reminder__isnull=False)
        notices.close(card.pk, team.actor("cyd"))
    minute(ENDS + MINUTE)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([OWN], [])


def test_what_was_put_away_after_one_absence_stays_away_after_the_next(team: World) -> None:  # noqa: F811
    told(team, nag_minutes=600)
    reminding.tick(TUESDAY + 10 * HOUR)
    minute(ENDS + MINUTE)
    assert cards(team, "ann") == [OWN]
    with clock.fixed(ENDS + 2 * MINUTE):
        for row in Notice.objects.filter(person_id=team.people["ann"], closed_at=None):
            notices.close(row.pk, team.actor("ann"))
    away(team, at=ENDS + 3 * MINUTE, first_day="2026-12-01", last_day="2026-12-01")
    for days in (3, 4):
        minute(datetime(2026, 12, days - 2, 12, tzinfo=UTC))
    assert (cards(team, "ann"), cards(team, "cyd")) == ([], [])


def test_what_waits_for_somebody_who_left_is_told_when_the_manager_opens_bosun(team: World) -> None:  # noqa: F811
    records.change("departments", team.departments["team a"], {"head": team.people["ben"]}, SYSTEM)
    people = [team.people["ann"], team.people["cyd"]]
    reminding.remind(team, "ada", due=TUESDAY, people=people, on_opening=True)
    reminding.tick(TUESDAY)
    with clock.fixed(TUESDAY + MINUTE):
        records.change("users", team.people["ann"], {"active": False}, SYSTEM)
    opening.forget()
    for name in ("cyd", "ada", "ben"):
        with clock.fixed(TUESDAY + HOUR):
            opening.opened(team.people[name], clock.now())
    assert [cards(team, name) for name in ("ann", "ben", "cyd", "ada")] == [[], [FOR_ANN], [OWN], []]


def test_of_times_missed_in_a_silence_one_card_is_open(team: World) -> None:  # noqa: F811
    """The others stand in the history of whoever stands in; back, she has the one card as well."""
    reminding.remind(team, due=TUESDAY, rule="FREQ=DAILY", timezone="UTC")
    row = away(team)
    reminding.tick(TUESDAY + 2 * DAY)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([], [FOR_ANN])
    told = Notice.objects.filter(person_id=team.people["cyd"], text=FOR_ANN)
    assert [f"{each.due_at:%a}" for each in told.order_by("due_at")] == ["Tue", "Wed", "Thu"]
    with clock.fixed(TUESDAY + 2 * DAY):
        records.remove_one("delegations", row.pk, team.act("ann"))
    minute(TUESDAY + 2 * DAY + MINUTE)
    assert (cards(team, "ann"), cards(team, "cyd")) == ([OWN], [])
