"""Somebody leaves: what ran in his name ends at once, what would have reminded him reminds whoever answers now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from bosun.kernel import records, stamps
from bosun.kernel.actor import new_batch
from bosun.lib import clock
from bosun.platform.accounts import services as accounts
from bosun.platform.automation.models import Rule
from bosun.platform.away import handlers, leaving, periods
from bosun.platform.feeds import keys
from bosun.platform.jobs import declared, queue, running
from bosun.platform.jobs.models import CANCELLED, Job
from bosun.platform.org import actors
from bosun.platform.org.models import Person
from bosun.platform.push import browsers
from bosun.platform.reminders.models import Notice, Reminder
from tests.kernel.world import SYSTEM, World
from tests.platform import job_kinds, reminding
from tests.platform.test_away import ENDS, SUNDAY, WEDNESDAY, away, seen, task, team
from tests.platform.test_channels_push import Fake
from tests.web.conftest import Seat, sit

__all__ = ["job_kinds", "sit", "team"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def led(team: World) -> World:
    """Ben heads Ann's team."""
    records.change("departments", team.departments["team a"], {"head": team.people["ben"]}, SYSTEM)
    return team


def switch_off(world: World, who: str, batch: str = "") -> None:
    with clock.fixed(SUNDAY):
        records.change("users", world.people[who], {"active": False}, world.act("ada", batch=batch))
    stamps.refresh()


def owners(*rows: Any) -> list[int]:
    return [type(row).objects.get(pk=row.pk).owner_id for row in rows]


def test_reminders_go_to_the_manager_and_come_back_with_an_undo(led: World) -> None:
    own, other = reminding.remind(led, due=WEDNESDAY), reminding.remind(led, "cyd", due=WEDNESDAY)
    batch = new_batch()
    switch_off(led, "ann", batch)
    ann, ben, cyd = (led.people[name] for name in ("ann", "ben", "cyd"))
    assert owners(own, other) == [ben, cyd]
    reminding.tick(WEDNESDAY)
    assert sorted(Notice.objects.values_list("person_id", "text")) == sorted([(ben, "Call Priya"), (cyd, "Call Priya")])
    records.undo(batch, led.act("ada"))
    assert (owners(own), Person.objects.get(pk=ann).active) == ([ann], True)


def test_whoever_stands_in_comes_before_the_manager(led: World) -> None:
    row = reminding.remind(led, due=WEDNESDAY)
    away(led)
    with clock.fixed(WEDNESDAY):
        records.change("users", led.people["ann"], {"active": False}, led.act("ada"))
    assert owners(row) == [led.people["cyd"]]


def test_without_a_manager_an_administrator_answers(team: World) -> None:
    row = reminding.remind(team, due=WEDNESDAY)
    switch_off(team, "ann")
    assert owners(row) == [team.people["ada"]]


def test_a_reminder_left_behind_does_not_ring_into_the_void(led: World) -> None:
    row = reminding.remind(led, due=WEDNESDAY)
    switch_off(led, "ann")
    Reminder.objects.filter(pk=row.pk).update(owner_id=led.people["ann"])
    reminding.tick(WEDNESDAY)
    told = Notice.objects.filter(closed_at__isnull=True).values_list("person_id", "text")
    assert list(told) == [(led.people["ben"], "For Ann: Call Priya")]


def test_all_that_ran_in_that_name_is_dead_at_once(led: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    seat.get("/day")
    secret = accounts.make_token(Person.objects.get(pk=led.people["ann"]), "mobile")
    waiting = queue.enqueue(leaving.HAND_OVER, {}, owner=led.people["ann"])
    switch_off(led, "ann")
    assert Job.objects.get(pk=waiting.pk).state == CANCELLED
    assert actors.load(led.people["ann"]) is None
    answer = seat.client.get("/day")
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/login/")
    held = seat.client.get("/api/v1/customers", headers={"Authorization": f"Bearer {secret}"})
    assert held.status_code == 401


def test_old_keys_stay_dead_when_somebody_comes_back(led: World) -> None:
    ann, cyd = (Person.objects.get(pk=led.people[name]) for name in ("ann", "cyd"))
    feeds = [keys.make(led.actor(name)) for name in ("ann", "cyd")]
    secrets = [accounts.make_token(each, "mobile") for each in (ann, cyd)]
    for number, each in enumerate((ann, cyd)):
        browsers.take(each.pk, Fake(f"https://push.example.com/{number}").offered, "Firefox")
    switch_off(led, "ann")
    records.change("users", ann.pk, {"active": True}, SYSTEM)
    stamps.refresh()
    assert [Client().get(f"/feeds/{token}.ics").status_code for token in feeds] == [404, 200]
    headers = [{"Authorization": f"Bearer {secret}"} for secret in secrets]
    assert [Client().get("/api/v1/customers", headers=each).status_code for each in headers] == [401, 200]
    assert browsers.held_by([ann.pk, cyd.pk]) == {cyd.pk}
    assert (len(accounts.tokens_of(ann.pk)), len(accounts.tokens_of(cyd.pk))) == (0, 1)


def test_each_kind_goes_to_whom_was_picked_and_back_with_an_undo(led: World) -> None:
    customer, mine = led.customer("ann", name="Halden"), task(led)
    who = Person.objects.get(pk=led.people["ann"])
    Rule.objects.create(
        name="r", event="customers.created", owner=who, identity=who, position=1, created_at=SUNDAY, updated_at=SUNDAY
    )
    rule = Rule.objects.get()
    ann, cyd, ben = (led.people[name] for name in ("ann", "cyd", "ben"))
    found = {entity.key: count for entity, count in leaving.held(ann, led.actor("ada")).items()}
    assert found == {"customers": 1, "tasks": 1, "rules": 1}
    batch = new_batch()
    args = {"person": ann, "heirs": {"customers": cyd, "tasks": ben}, "batch": batch, "total": 2}
    row = queue.enqueue(leaving.HAND_OVER, args, owner=led.people["ada"])
    assert running.here(row) == "done"
    assert Job.objects.get(pk=row.pk).done == 2
    assert owners(customer, mine, rule) == [cyd, ben, ann]
    records.undo(batch, led.act("ada"))
    assert owners(customer, mine) == [ann, ann]


def test_the_wizard_hands_over_by_kind_and_switches_off(led: World, sit: Callable[[str], Seat]) -> None:
    customer, mine = led.customer("ann", name="Halden"), task(led)
    ann, cyd, ben = (led.people[name] for name in ("ann", "cyd", "ben"))
    seat, address = sit("ada"), f"/settings/people/{ann}/active"
    assert "heir_customers" in seat.fragment(address)
    seat.send(address, 422, heir=str(ann))
    assert owners(customer, mine) == [ann, ann]
    seat.send(address, 204, heir=str(ben), heir_customers=str(cyd))
    assert owners(customer, mine) == [cyd, ben]
    assert not Person.objects.get(pk=ann).active


# whoever stands in leaves ------------------------------------------------------------------------------------------


def open_cards() -> list[tuple[int, str]]:
    return list(Notice.objects.filter(closed_at__isnull=True).order_by("pk").values_list("person_id", "text"))


def leave(world: World, who: str, batch: str = "") -> None:
    """Somebody is switched off while another's week runs."""
    with clock.fixed(WEDNESDAY):
        records.change("users", world.people[who], {"active": False}, world.act("ada", batch=batch))


def test_the_manager_stands_in_where_the_delegate_has_left(led: World) -> None:
    first, work = reminding.remind(led, due=WEDNESDAY), task(led)
    ben, cyd = led.people["ben"], led.people["cyd"]
    row = away(led)
    Notice.objects.all().delete()
    reminding.tick(WEDNESDAY)
    assert open_cards() == [(cyd, "For Ann: Call Priya")]
    batch = new_batch()
    leave(led, "cyd", batch)
    row.refresh_from_db()
    assert (row.delegate_id, row.name, row.deleted_at) == (ben, "Ann → Ben", None)
    assert sorted(open_cards()) == sorted(
        [
            (ben, "You stand in for Ann from Monday 23 November until Friday 27 November."),
            (led.people["ann"], "Cyd has left. Ben stands in for you."),
            (ben, "For Ann: Call Priya"),
        ]
    )
    assert work.pk in seen(led, "ben", "tasks", WEDNESDAY)
    with clock.fixed(WEDNESDAY):
        assert records.run_verb("reminders", [first.pk], "done", {}, led.act("ben"))[0].failure is None
    records.undo(batch, led.act("ada"))
    row.refresh_from_db()
    assert row.delegate_id == cyd


def test_what_is_left_is_handed_back_at_the_end_as_ever(led: World) -> None:
    reminding.remind(led, due=WEDNESDAY)
    away(led)
    reminding.tick(WEDNESDAY)
    leave(led, "cyd")
    with clock.fixed(ENDS):
        stamps.refresh()
        handlers.hand_back()
    ann = led.people["ann"]
    assert sorted(text for who, text in open_cards() if who == ann) == [
        "Call Priya", "Welcome back.",
    ]  # fmt: skip
    assert Notice.objects.filter(person_id=ann, text="Cyd has left. Ben stands in for you.").count() == 1, "in her bell"
    assert "For Ann: Call Priya" not in [text for _who, text in open_cards()]


def test_where_nobody_can_stand_in_the_absence_ends_and_she_is_told(team: World) -> None:
    """Ann answers for everybody herself: nobody is above her who could."""
    reminding.remind(team, "ada", due=WEDNESDAY)
    row = away(team, "ada", "cyd")
    Notice.objects.all().delete()
    reminding.tick(WEDNESDAY)
    ada, cyd = team.people["ada"], team.people["cyd"]
    assert open_cards() == [(cyd, "For Ada: Call Priya")]
    leave(team, "cyd")
    row.refresh_from_db()
    assert (row.deleted_at is None, row.delegate_id) == (False, cyd)
    assert open_cards() == [
        (ada, "Call Priya"), (ada, "Cyd has left, and nobody stands in for you any more. Name somebody else."),
    ]  # fmt: skip
    assert not periods.stood_in_for(cyd, WEDNESDAY)


def test_the_manager_comes_before_whoever_stood_in_for_the_leaver(led: World) -> None:
    row = away(led)
    away(led, "cyd", "ada")
    leave(led, "cyd")
    row.refresh_from_db()
    assert (row.delegate_id, row.deleted_at) == (led.people["ben"], None)


def test_without_a_manager_the_absence_ends_whoever_stood_in_for_the_leaver(team: World) -> None:
    records.change("departments", team.departments["team a"], {"head": None}, SYSTEM)
    row = away(team)
    away(team, "cyd", "ada")
    leave(team, "cyd")
    row.refresh_from_db()
    assert row.deleted_at is not None
    said = "Cyd has left, and nobody stands in for you any more. Name somebody else."
    assert (team.people["ann"], said) in open_cards()


def test_an_absence_to_come_and_one_that_is_over(led: World) -> None:
    ben, cyd = led.people["ben"], led.people["cyd"]
    over, coming = away(led), away(led, first_day="2026-12-07", last_day="2026-12-08")
    with clock.fixed(ENDS):
        records.change("users", cyd, {"active": False}, led.act("ada"))
    over.refresh_from_db()
    coming.refresh_from_db()
    assert (over.delegate_id, coming.delegate_id) == (cyd, ben)


def test_the_wizard_passes_on_what_the_leaver_had_for_others(led: World, sit: Callable[[str], Seat]) -> None:
    row = away(led, first_day="2099-12-07", last_day="2099-12-08")
    sit("ada").send(f"/settings/people/{led.people['cyd']}/active", 204, heir=str(led.people["ben"]))
    row.refresh_from_db()
    assert (row.delegate_id, Person.objects.get(pk=led.people["cyd"]).active) == (led.people["ben"], False)


def test_jobs_that_are_stopped_tell_whoever_waits_for_them(led: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    kind = replace(declared.kinds["test.note"], given_up=lambda job: told.append(job.pk))
    monkeypatch.setitem(declared.kinds, "test.note", kind)
    waiting = queue.enqueue("test.note", owner=led.people["ann"])
    queue.enqueue("test.note", owner=led.people["cyd"])
    switch_off(led, "ann")
    assert told == [waiting.pk]
    assert list(Job.objects.filter(state=CANCELLED).values_list("pk", flat=True)) == [waiting.pk]
