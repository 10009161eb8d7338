"""Who hears of an absence, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records, removal
from bosun.lib import clock
from bosun.platform.away import handing, handlers
from bosun.platform.preview import objecting, services
from bosun.platform.reminders import services as reminders
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform import reminding
from tests.platform.test_away import BEGINS, ENDS, SUNDAY, WEDNESDAY, away, task, team

__all__ = ["team"]
pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS = "from Monday 23 November until Friday 27 November."


def told(world: World, who: str, kind: str) -> list[str]:
    """What somebody was told of this kind and still stands open, the earliest first."""
    rows = Notice.objects.filter(person_id=world.people[who], kind=kind, closed_at__isnull=True)
    return list(rows.order_by("pk").values_list("text", flat=True))


def change(world: World, who: str, row: Any, at: Any = SUNDAY, **values: Any) -> None:
    with clock.fixed(at):
        records.change("delegations", row.pk, values, world.act(who))


# of what others arrange --------------------------------------------------------------------------------------------


def test_whoever_is_away_hears_of_what_others_arrange(team: World) -> None:
    ann, cyd = team.people["ann"], team.people["cyd"]
    row = away(team, "ben", "ben", person={"id": ann})
    made = [f"Ben arranged your absence: Ben stands in {DAYS}"]
    assert told(team, "ann", "absence") == made
    change(team, "ben", row, BEGINS, delegate=cyd)
    made.append(f"Ben changed your absence: Cyd stands in {DAYS}")
    with clock.fixed(BEGINS):
        gone = records.remove_one("delegations", row.pk, team.act("ben"))
        handlers.hand_back()
    ended = [f"Ben ended your absence {DAYS}"]
    assert told(team, "ann", "absence") == ended, "the others speak of what is over"
    with clock.fixed(BEGINS):
        removal.restore(gone.pk, team.act("ben"))
    assert told(team, "ann", "absence") == [f"Ben arranged your absence: Cyd stands in {DAYS}"]
    assert [told(team, who, "absence") for who in ("ben", "cyd")] == [[], []], "it does not go along"
    assert Notice.objects.filter(person_id=ann, kind="absence").count() == len([*made, *ended]) + 1


def test_an_absence_that_is_given_to_somebody_else(team: World) -> None:
    row = away(team, "ben", "ada", person={"id": team.people["ann"]})
    Notice.objects.all().delete()
    change(team, "ada", row, person=team.people["cyd"])
    assert told(team, "ann", "absence") == [f"Ada ended your absence {DAYS}"]
    assert told(team, "cyd", "absence") == [f"Ada arranged your absence: Ada stands in {DAYS}"]


def test_nobody_is_told_of_what_he_arranges_himself_or_of_what_is_over(team: World) -> None:
    row = away(team)
    change(team, "ann", row, note="x")
    change(team, "ada", row, ENDS + timedelta(days=3), note="y")
    assert told(team, "ann", "absence") == []


def test_she_is_told_once_that_whoever_stood_in_has_left(team: World) -> None:
    records.change("departments", team.departments["team a"], {"head": team.people["ben"]}, SYSTEM)
    away(team, at=SUNDAY)
    with clock.fixed(WEDNESDAY):
        records.change("users", team.people["cyd"], {"active": False}, team.act("ada"))
    said = ["Cyd has left. Ben stands in for you."]
    assert told(team, "ann", "absence") == said
    assert list(Notice.objects.filter(person_id=team.people["ann"]).values_list("text", flat=True)) == said


def test_in_the_language_of_the_one_who_is_away(team: World) -> None:
    records.change("users", team.people["ann"], {"language": "es"}, SYSTEM)
    away(team, "ben", "ben", person={"id": team.people["ann"]})
    assert told(team, "ann", "absence") == [
        "Ben ha registrado su ausencia: Ben le sustituye del lunes 23 de noviembre al viernes 27 de noviembre."
    ]


def test_a_name_stands_apart_from_what_is_chinese(team: World) -> None:
    reminding.grant(team)
    records.change("users", team.people["cyd"], {"language": "zh-hans"}, SYSTEM)
    away(team)
    reminding.remind(team, due=WEDNESDAY)
    reminding.tick(WEDNESDAY)
    assert told(team, "cyd", "reminder") == ["代 Ann：Call Priya"]


# of an absence that is another, or off -----------------------------------------------------------------------------


def cards_about(world: World) -> list[tuple[str, str]]:
    """Who has which open card about an absence."""
    names = {pk: name for name, pk in world.people.items()}
    rows = Notice.objects.filter(kind__in=("away", "absence"), closed_at__isnull=True).order_by("pk")
    return [(names[person], text) for person, text in rows.values_list("person_id", "text")]


OFF = f"You no longer stand in for Ann {DAYS}"


@pytest.mark.parametrize(
    ("values", "held"),
    [
        (
            {"person": "cyd"},
            [
                ("ben", f"You stand in for Cyd, not for Ann, {DAYS}"),
                ("ann", f"Ada ended your absence {DAYS}"),
                ("cyd", f"Ada arranged your absence: Ben stands in {DAYS}"),
            ],
        ),
        (
            {"delegate": "cyd"},
            [
                ("ben", OFF),
                ("cyd", f"You stand in for Ann {DAYS}"),
                ("ann", f"Ada changed your absence: Cyd stands in {DAYS}"),
            ],
        ),
        (
            {"last_day": "2026-11-24"},
            [
                ("ben", "You stand in for Ann from Monday 23 November until Tuesday 24 November."),
                ("ann", "Ada changed your absence: Ben stands in from Monday 23 November until Tuesday 24 November."),
            ],
        ),
        (None, [("ben", OFF), ("ann", f"Ada ended your absence {DAYS}")]),
    ],
)
def test_everybody_keeps_one_card_that_says_what_holds(
    team: World, values: dict[str, Any] | None, held: list[tuple[str, str]]
) -> None:
    row = away(team, "ada", "ben", person={"id": team.people["ann"]})
    assert cards_about(team) == [
        ("ben", f"You stand in for Ann {DAYS}"), ("ann", f"Ada arranged your absence: Ben stands in {DAYS}"),
    ]  # fmt: skip
    if values is None:
        with clock.fixed(SUNDAY):
            records.remove_one("delegations", row.pk, team.act("ada"))
    else:
        change(team, "ada", row, **{name: team.people.get(value, value) for name, value in values.items()})
    assert cards_about(team) == held


def test_what_comes_back_takes_the_place_of_what_was_off(team: World) -> None:
    row = away(team, "ann", "ben")
    with clock.fixed(SUNDAY):
        gone = records.remove_one("delegations", row.pk, team.act("ann"))
        assert cards_about(team) == [("ben", OFF)]
        removal.restore(gone.pk, team.act("ann"))
    assert cards_about(team) == [("ben", f"You stand in for Ann {DAYS}")]


def test_who_is_back_early_is_stood_in_for_no_longer_and_that_is_heard(team: World) -> None:
    row = away(team, "ann", "ben")
    change(team, "ann", row, WEDNESDAY, last_day="2026-11-24")
    with clock.fixed(WEDNESDAY):
        handlers.hand_back()
    assert cards_about(team) == [("ben", OFF), ("ann", "Welcome back.")]


# “This reminder is wrong”, said by whoever stands in ---------------------------------------------------------------


def object_to(world: World, **values: Any) -> list[int]:
    """Cyd, who stands in for Ann, says that a card of hers is wrong; who is told, but for Ann."""
    reminding.remind(world, due=WEDNESDAY, **values)
    away(world)
    reminding.tick(WEDNESDAY)
    with clock.fixed(WEDNESDAY):
        card = Notice.objects.filter(person_id=world.people["cyd"], closed_at__isnull=True).latest("pk")
        return objecting.object_to(card.pk, "Wrong day", world.actor("cyd"))


SAID = "Cyd says this is wrong: Wrong day (For Ann: Call Priya)"


def test_an_objection_of_whoever_stands_in_is_not_told_to_himself(team: World) -> None:
    customer = team.customer("ann")
    assert object_to(team, about={"entity": "customers", "id": customer.pk}) == [team.people["ada"]]
    assert [told(team, who, "wrong") for who in ("ann", "cyd", "ada")] == [[], [], [SAID]]
    with clock.fixed(ENDS):
        handlers.hand_back()
    assert told(team, "ann", "left") == [SAID]


def test_where_nobody_else_can_mend_it_she_finds_it_when_she_is_back(team: World) -> None:
    away(team, "ada", "cyd")
    assert object_to(team) == [team.people["ann"]]
    assert [told(team, "ann", kind) for kind in ("wrong", "left")] == [[], [SAID]]


# coming back -------------------------------------------------------------------------------------------------------


def test_she_is_welcomed_at_each_end_of_an_absence(team: World) -> None:
    row = away(team)
    change(team, "ann", row, WEDNESDAY, last_day="2026-11-24")
    for moment in (WEDNESDAY, ENDS):
        with clock.fixed(moment):
            handlers.hand_back()
        assert Notice.objects.filter(text="Welcome back.").count() == (1 if moment == WEDNESDAY else 2)
        if moment == WEDNESDAY:
            change(team, "ann", row, WEDNESDAY, last_day="2026-11-27")


def test_what_a_chain_did_counts_while_it_was_one(team: World) -> None:
    rows = [task(team, WEDNESDAY, subject=f"Number {n}") for n in range(3)]
    row = away(team)
    away(team, "cyd", "ada", first_day="2026-11-25", last_day="2026-11-25")
    for who, each, at in zip(("cyd", "ada", "ada"), rows, (WEDNESDAY, WEDNESDAY + HOUR, WEDNESDAY + DAY), strict=True):
        reminding.verb(team, who, each, "done", at)
    said = [(entry.title, entry.actor_id) for entry in handing.done_meanwhile(row)]
    assert said == [("Number 0", team.people["cyd"]), ("Number 1", team.people["ada"])]
    with clock.fixed(ENDS):
        handlers.hand_back()
    assert told(team, "ann", "away") == ["Welcome back. Cyd, Ada did 2 things for you."]


# the clock of the company --------------------------------------------------------------------------------------------


def test_another_zone_of_the_company_moves_absences_of_those_without_one(team: World) -> None:
    records.change("users", team.people["ann"], {"zone": None}, SYSTEM)
    records.change("users", team.people["cyd"], {"zone": "Europe/Madrid"}, SYSTEM)
    row, other = away(team), away(team, "cyd", "ada")
    company = records.query("company", team.actor("ada")).rows().get()
    with clock.fixed(SUNDAY):
        records.change("company", company.pk, {"zone": "Asia/Tokyo"}, SYSTEM)
    before = other.begins_at
    row.refresh_from_db()
    other.refresh_from_db()
    tokyo = datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert (row.begins_at, row.ends_at, other.begins_at) == (tokyo, tokyo + timedelta(days=5), before)


# notices that name no more than a record on the hand-over list -------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind", "said"),
    [
        ({}, "cycle", "Contact Tidewater: due today"),
        ({"matters": False}, "cycle", "a notice about what is not open to you"),
        ({}, "rule", "a notice about what is not open to you"),
    ],
)
def test_whoever_stands_in_is_told_which_customer(team: World, values: dict[str, Any], kind: str, said: str) -> None:
    away(team, **values)
    customer = team.customer("ann", name="Tidewater")
    with clock.fixed(WEDNESDAY):
        text = "Contact Tidewater: due today"
        reminders.tell(team.people["ann"], f"{kind}:1", text, "customers", customer.pk, WEDNESDAY)
    assert told(team, "cyd", kind) == [f"For Ann: {said}"]


# what is coming ----------------------------------------------------------------------------------------------------


def test_what_is_coming_names_who_will_be_told(team: World) -> None:
    for due in (BEGINS - HOUR, WEDNESDAY, ENDS):
        reminding.remind(team, due=due)
    away(team)
    away(team, "cyd", "ada", first_day="2026-11-25", last_day="2026-11-25")
    with clock.fixed(SUNDAY):
        found = services.of(records.environment(team.actor("ann")), 7).items
    assert [(each.person, each.at, each.why) for each in found] == [
        (team.people["ann"], BEGINS - HOUR, ""),
        (team.people["ann"], WEDNESDAY, "Ada for Ann"),
        (team.people["ann"], ENDS, ""),
    ]
