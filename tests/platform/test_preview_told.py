"""What is coming says what happens: who is told really, of what nobody is told, and that something was left out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records, stamps
from bosun.lib import clock
from bosun.modules.customers import telling
from bosun.modules.customers.models import ContactCycle, Customer
from bosun.platform.preview import acting, services, window
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice, Occurrence
from tests.kernel.world import REP, SYSTEM, World
from tests.platform.reminding import NINE, grant, remind, tick, verb
from tests.platform.test_preview import DAY, NOW, OWN, asked

pytestmark = pytest.mark.django_db
FRIDAY = {"every": "FREQ=WEEKLY;BYDAY=FR", "hour": 9, "from": "2026-11-20"}


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def preview(world: World, who: str, at: datetime = NOW, days: int = 7, person: str = "") -> services.Preview:
    with clock.fixed(at):
        env = records.environment(world.actor(who))
        return services.of(env, days, world.people[person] if person else None)


def lines(world: World, who: str, **how: Any) -> list[tuple[str, str, str]]:
    """Person, text and reason of each line."""
    names = {pk: name for name, pk in world.people.items()}
    return [(names[each.person], each.text, each.why) for each in preview(world, who, **how).items]


def rule(world: World, **values: Any) -> None:
    raw = {"name": "Look", "event": "customers.time", "enabled": True, "trigger": FRIDAY, **values}
    records.create("rules", raw, world.act("ada", door="form"))


# contacts and dates ------------------------------------------------------------------------------------------------


def contact(world: World, name: str, grade: str, day: date) -> None:
    row = world.customer("ann", name=name, grade=grade)
    Customer.objects.filter(pk=row.pk).update(next_contact=day)


def test_contacts_are_named_on_the_days_on_which_they_are_told(world: World) -> None:
    ContactCycle.objects.filter(grade__in=("A", "B")).update(remind_before=None)
    cycle = ContactCycle.objects.get(grade="A", maturity=None)
    with clock.fixed(NOW - DAY):
        records.change("contact_cycles", cycle.pk, {"remind_before": 3}, SYSTEM)
        contact(world, "Ahead", "A", date(2026, 12, 2))
        contact(world, "Soon", "A", date(2026, 11, 26))
        contact(world, "Silent", "B", date(2026, 11, 25))
    found = [(each.at, each.text, each.why) for each in preview(world, "ann").items]
    assert found == [
        (date(2026, 11, 23), "Soon", "In 3 days"),
        (date(2026, 11, 25), "Silent", "no reminder"),
        (date(2026, 11, 26), "Soon", ""),
        (date(2026, 11, 29), "Ahead", "In 3 days"),
    ]
    told = []
    for days in range(8):
        with clock.fixed(NINE + days * DAY):
            telling.remind(clock.now())
            made = Notice.objects.filter(kind="cycle", made_at=clock.now())
            told += [((NINE + days * DAY).date(), text) for text in made.values_list("text", flat=True)]
    assert told == [
        (date(2026, 11, 23), "Contact Soon: in 3 days"),
        (date(2026, 11, 26), "Contact Soon: due today"),
        (date(2026, 11, 29), "Contact Ahead: in 3 days"),
    ]
    with clock.fixed(NINE + 4 * DAY):
        later = [each.text for each in preview(world, "ann", at=NINE + 4 * DAY).items]
    assert later == ["Ahead", "Ahead"], "what was told is told no more"


def test_a_task_that_nobody_is_reminded_of_says_so(world: World) -> None:
    with clock.fixed(NOW):
        records.create("tasks", {"subject": "Silent", "due": NINE + DAY}, world.act("ann"))
        row = records.create("tasks", {"subject": "Offer", "due": NINE + 2 * DAY}, world.act("ann"))
    remind(world, text="Think of it", due=NINE, about={"entity": "tasks", "id": row.pk})
    assert lines(world, "ann") == [("ann", "Think of it", ""), ("ann", "Silent", "no reminder"), ("ann", "Offer", "")]


@pytest.mark.parametrize(("work", "why"), [(True, "no reminder · Cyd for Ann"), (False, "no reminder")])
def test_a_task_goes_along_with_the_work(world: World, work: bool, why: str) -> None:
    with clock.fixed(NOW):
        records.create("tasks", {"subject": "Offer", "due": NINE + DAY}, world.act("ann"))
        days = {"first_day": "2026-11-23", "last_day": "2026-11-27"}
        records.create("delegations", {"delegate": world.people["cyd"], "work": work, **days}, world.act("ann"))
    assert lines(world, "ada") == [("ann", "Offer", why)]


# rules ----------------------------------------------------------------------------------------------------------------


def test_a_rule_by_time_stands_under_those_whom_it_tells(world: World) -> None:
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    with clock.fixed(NOW - DAY):
        world.customer("ann", name="Halden")
        rule(world, do=[{"action": "notify", "to": ["cyd", "manager"], "text": "Look"}])
    assert sorted((who, text) for who, text, _why in lines(world, "ada")) == [("ben", "Halden"), ("cyd", "Halden")]
    assert lines(world, "ann") == []
    assert [(who, text) for who, text, _why in lines(world, "cyd")] == [("cyd", "Not open to you")]


def test_a_rule_that_waits_stands_under_those_whom_it_tells(world: World) -> None:
    with clock.fixed(NOW - DAY):
        wait = {"action": "wait", "for": 3, "unit": "days"}
        rule(
            world, event="customers.created", trigger=None,
            do=[wait, {"action": "notify", "to": ["cyd"], "text": "Look"}],
        )  # fmt: skip
        world.customer("ann", name="Halden")
    assert [(who, text) for who, text, _why in lines(world, "ada")] == [("cyd", "Halden")]
    assert lines(world, "ann") == []
    assert [(who, text) for who, text, _why in lines(world, "cyd")] == [("cyd", "Not open to you")]


def test_waits_of_others_hide_nobodys_own(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "MOST", 2)
    world.grant("rep", {**REP, "tasks": OWN, "reminders": OWN})
    with clock.fixed(NOW - DAY):
        wait = {"action": "wait", "for": 3, "unit": "days"}
        rule(
            world, event="customers.created", trigger=None, do=[wait, {"action": "set", "field": "grade", "value": "A"}]
        )
        for number in range(3):
            world.customer("cyd", name=f"Foreign {number}")
    with clock.fixed(NOW - DAY + timedelta(hours=1)):
        world.customer("ann", name="Halden")
    found = preview(world, "ann")
    assert ([each.text for each in found.items], found.more) == (["Halden"], False)


# what was left out ---------------------------------------------------------------------------------------------------


def test_more_than_a_page_of_tasks_is_all_there(world: World) -> None:
    with clock.fixed(NOW):
        for number in range(230):
            due = NINE + timedelta(minutes=number)
            records.create("tasks", {"subject": f"T{number}", "due": due}, world.act("ann"))
    found = preview(world, "ann")
    assert (len(found.items), found.more) == (230, False)


def test_what_comes_more_often_than_is_shown_says_so(world: World) -> None:
    remind(world, rule="FREQ=HOURLY")
    found, near = preview(world, "ann"), preview(world, "ann", days=1)
    assert (len(found.items), found.more, len(near.items), near.more) == (window.EACH, True, 24, False)


def test_of_more_people_than_are_shown_each_can_be_asked_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    remind(world, "cyd")
    assert not preview(world, "ada").more
    monkeypatch.setattr(services, "MOST_PEOPLE", 2)
    found, cyds = preview(world, "ada"), preview(world, "ada", person="cyd")
    assert (len(found.people), found.items, found.more) == (2, [], True)
    assert ([each.person for each in cyds.items], cyds.more) == ([world.people["cyd"]], False)
    assert len(asked(world, "cyd")) == 1


# reminders -----------------------------------------------------------------------------------------------------------


def test_what_somebody_who_left_is_named_in_is_told_to_whoever_led_him(world: World) -> None:
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    with clock.fixed(NOW - DAY):
        remind(world, "ada", people=[world.people["ann"], world.people["cyd"]], text="Both")
        remind(world, "ada", people=[world.people["ann"]], text="Hers")
        records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    assert lines(world, "ben") == [("ben", "Both", ""), ("ben", "Hers", "")]
    assert lines(world, "cyd") == [("cyd", "Both", "")]
    with clock.fixed(NINE):
        engine.tick()
    told = {name: Notice.objects.filter(person_id=world.people[name], closed_at=None).count() for name in world.people}
    assert told == {"ada": 0, "ann": 0, "ben": 2, "cyd": 1}


@pytest.mark.parametrize("away", ["ann", "ben"])
def test_what_falls_to_somebody_stands_under_whoever_stands_in_for_him(world: World, away: str) -> None:
    """Ann has left, Ben leads her team, and Cyd stands in for one of them."""
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    absence = {"first_day": "2026-11-23", "last_day": "2026-11-23", "person": world.people[away]}
    with clock.fixed(NOW - DAY):
        for days, text in ((0, "Within"), (1, "After")):
            remind(world, "ada", due=NINE + days * DAY, people=[world.people["ann"]], text=text)
        records.create("delegations", {"delegate": world.people["cyd"], **absence}, SYSTEM)
        records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    assert (lines(world, "cyd"), lines(world, "ben")) == ([("cyd", "Within", "")], [("ben", "After", "")])
    for days, name in ((0, "cyd"), (1, "ben")):
        stamps.refresh()
        tick(NINE + days * DAY)
        told = Notice.objects.filter(person_id=world.people[name], closed_at=None, reminder__isnull=False)
        assert [text.removeprefix("For Ann: ") for text in told.values_list("text", flat=True)] == [
            ("Within", "After")[days]
        ]


def test_the_next_time_stands_for_a_nag_and_for_what_was_put_off_beyond_it(world: World) -> None:
    with clock.fixed(NOW - 2 * DAY):
        nagging = remind(world, due=NINE - DAY, rule="FREQ=DAILY", nag_minutes=1440, text="Nags")
        put_off = remind(world, due=NINE - DAY, rule="FREQ=DAILY", text="Put off")
    tick(NINE - DAY)
    verb(world, "ann", Occurrence.objects.get(reminder=put_off), "snooze", NINE - DAY, until=NINE + timedelta(hours=2))
    found = [(each.pk, each.at) for each in preview(world, "ann", days=1).items]
    assert found == [(nagging.pk, NINE), (put_off.pk, NINE)]
