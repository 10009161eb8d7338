"""Somebody is away, and another person stands in: what opens, for whom, and that it closes to the second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import history, records, registry, removal, stamps
from bosun.kernel.errors import Denied, DoorError, Invalid, NotFound, Objected
from bosun.lib import clock
from bosun.platform.away import handing, handlers
from bosun.platform.away.models import Delegation
from bosun.platform.reminders.models import Notice
from tests.kernel.world import MANAGER, REP, SYSTEM, World
from tests.platform import reminding

pytestmark = pytest.mark.django_db
OWN = dict.fromkeys(("read", "create", "change", "remove", "transfer"), "own")
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEGINS = datetime(2026, 11, 22, 23, tzinfo=UTC)
"""Ann lives in Madrid: her Monday begins an hour before that of UTC."""
ENDS = datetime(2026, 11, 27, 23, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 25, 9, tzinfo=UTC)
WEEK = {"first_day": "2026-11-23", "last_day": "2026-11-27"}


@pytest.fixture
def team(world: World) -> Iterator[World]:
    """Reps work with their own tasks, managers with those of their people."""
    world.grant("rep", {**REP, "tasks": OWN, "reminders": OWN})
    below = {"delegations": dict.fromkeys(("read", "create", "change", "remove"), "below")}
    world.grant("manager", {**MANAGER, "tasks": dict.fromkeys(OWN, "below"), "reminders": OWN, **below})
    yield world
    stamps.forget()


def away(
    world: World, who: str = "ann", delegate: str = "cyd", at: datetime = SUNDAY, door: str = "api", **values: Any
) -> Any:
    """Somebody says that he is away, the week after this Sunday."""
    raw = {"delegate": {"id": world.people[delegate]}, **WEEK, **values}
    with clock.fixed(at):
        return records.create("delegations", raw, world.act(who, door=door))


def task(world: World, due: datetime = WEDNESDAY, who: str = "ann", **values: Any) -> Any:
    with clock.fixed(SUNDAY):
        return records.create("tasks", {"subject": "Call Priya", "due": due, **values}, world.act(who))


def seen(world: World, who: str, entity: str, moment: datetime) -> list[int]:
    """What is open to somebody at a moment."""
    with clock.fixed(moment):
        return sorted(records.query(entity, world.actor(who)).rows().values_list("pk", flat=True))


def refused(world: World, **values: Any) -> dict[str, str]:
    """Why an absence is not taken, by field; none is there afterwards that was not before."""
    before = Delegation.objects.count()
    with pytest.raises(Invalid) as error:
        away(world, **values)
    assert Delegation.objects.count() == before
    return {part.field: part.message for part in error.value.errors}


def refusal(attempt: Callable[[], Any]) -> type[Exception] | None:
    """What stood against an act."""
    try:
        failure = attempt()[0].failure
    except DoorError as error:
        return type(error)
    return type(failure) if failure else None


def test_what_falls_due_meanwhile_opens_with_the_period_and_closes_with_it(team: World) -> None:
    inside, early, late = task(team), task(team, BEGINS - timedelta(minutes=1)), task(team, ENDS)
    away(team)
    second = timedelta(seconds=1)
    assert seen(team, "cyd", "tasks", BEGINS - second) == []
    assert seen(team, "cyd", "tasks", BEGINS) == [inside.pk]
    assert seen(team, "cyd", "tasks", ENDS - second) == [inside.pk]
    assert seen(team, "cyd", "tasks", ENDS) == []
    assert seen(team, "ann", "tasks", WEDNESDAY) == [inside.pk, early.pk, late.pk]


def test_the_delegate_reads_and_does_and_nothing_more(team: World) -> None:
    row = task(team)
    away(team)
    act = team.act("cyd")
    with clock.fixed(WEDNESDAY):
        for attempt in (
            lambda: records.change("tasks", row.pk, {"subject": "Sell"}, act),
            lambda: records.remove_one("tasks", row.pk, act),
            lambda: records.run_verb("tasks", [row.pk], "transfer", {"owner": {"id": team.people["cyd"]}}, act),
            lambda: records.run_verb("tasks", [row.pk], "reopen", {}, act),
        ):
            assert refusal(attempt) in (Denied, NotFound)
        assert records.get("tasks", row.pk, team.actor("ann")).version == row.version
        done = records.run_verb("tasks", [row.pk], "done", {}, act)[0]
        assert done.failure is None
        last = history.of_record(registry.get("tasks"), row.pk, records.environment(team.actor("ann")))[0]
    assert (last.verb, last.actor, last.actor_id) == ("done", "Cyd for Ann", team.people["cyd"])


def promise(world: World, day: str, text: str = "Send the offer") -> Any:
    about = {"entity": "customers", "id": world.customer("ann", name=f"Kestrel {day}").pk}
    said = {"about": about, "subject": "Met Priya", "next_step": text, "next_step_on": day}
    with clock.fixed(SUNDAY):
        return records.create("follow_ups", said, world.act("ann"))


def test_what_was_promised_for_these_days_goes_along_and_its_customer_does_not(team: World) -> None:
    before, monday, friday, after = (promise(team, f"2026-11-{day}") for day in (22, 23, 27, 28))
    other = promise(team, "2026-11-25")
    records.change("follow_ups", other.pk, {"person": team.people["ben"]}, SYSTEM)
    away(team)
    second, act = timedelta(seconds=1), team.act("cyd")
    assert seen(team, "cyd", "follow_ups", BEGINS - second) == []
    assert seen(team, "cyd", "follow_ups", BEGINS) == [monday.pk, friday.pk]
    assert seen(team, "cyd", "customers", WEDNESDAY) == seen(team, "cyd", "customers", SUNDAY)
    with clock.fixed(WEDNESDAY):
        for attempt in (
            lambda: records.change("follow_ups", monday.pk, {"next_step": "Sell"}, act),
            lambda: records.remove_one("follow_ups", monday.pk, act),
            lambda: records.run_verb("follow_ups", [monday.pk], "postpone", {"on": "2026-12-01"}, act),
            lambda: records.run_verb("follow_ups", [before.pk], "complete", {}, act),
            lambda: records.run_verb("follow_ups", [after.pk], "complete", {}, act),
        ):
            assert refusal(attempt) in (Denied, NotFound)
        assert records.get("follow_ups", monday.pk, team.actor("ann")).version == monday.version
        assert records.run_verb("follow_ups", [monday.pk], "complete", {}, act)[0].failure is None
        last = history.of_record(registry.get("follow_ups"), monday.pk, records.environment(team.actor("ann")))[0]
    assert (last.verb, last.actor, last.actor_id) == ("step_done", "Cyd for Ann", team.people["cyd"])
    assert seen(team, "cyd", "follow_ups", ENDS) == []


def test_promises_stand_on_the_hand_over_list_by_what_was_promised(team: World) -> None:
    promise(team, "2026-11-25")
    promise(team, "2026-11-28", "Not yet")
    row = away(team)
    with clock.fixed(WEDNESDAY):
        lines = [each for each in handing.matters(row) if each.entity.key == "follow_ups"]
    assert [(each.text, each.due.isoformat()) for each in lines] == [("Send the offer", "2026-11-25")]


def test_after_the_period_the_delegate_does_nothing_any_more(team: World) -> None:
    row = task(team)
    away(team)
    with clock.fixed(ENDS):
        draft = records.run_verb("tasks", [row.pk], "done", {}, team.act("cyd"))[0]
        assert isinstance(draft.failure, NotFound)
        assert records.get("tasks", row.pk, team.actor("ann")).done_at is None


def test_what_does_not_go_along_stays_closed(team: World) -> None:
    row, reminder = task(team), reminding.remind(team, due=WEDNESDAY)
    away(team, work=False)
    assert seen(team, "cyd", "tasks", WEDNESDAY) == []
    assert seen(team, "cyd", "reminders", WEDNESDAY) == [reminder.pk]
    with clock.fixed(WEDNESDAY):
        assert isinstance(records.run_verb("tasks", [row.pk], "done", {}, team.act("cyd"))[0].failure, NotFound)


def test_her_reminders_ring_at_the_delegate_and_go_back_when_the_week_is_over(team: World) -> None:
    first, second = reminding.remind(team, due=WEDNESDAY), reminding.remind(team, due=WEDNESDAY, text="Send the offer")
    away(team)
    Notice.objects.all().delete()
    reminding.tick(WEDNESDAY)
    held = Notice.objects.order_by("pk")
    ann, cyd = team.people["ann"], team.people["cyd"]
    told = [(row.person_id, row.text, row.closed_at is None) for row in held]
    assert sorted(told) == sorted(
        [
            (ann, "Call Priya", False), (cyd, "For Ann: Call Priya", True),
            (ann, "Send the offer", False), (cyd, "For Ann: Send the offer", True),
        ]
    )  # fmt: skip
    reminding.tick(WEDNESDAY)
    assert held.count() == 4
    with clock.fixed(WEDNESDAY):
        assert records.run_verb("reminders", [first.pk], "done", {}, team.act("cyd"))[0].failure is None
    with clock.fixed(ENDS):
        stamps.refresh()
        handlers.hand_back()
        handlers.hand_back()
    left = Notice.objects.filter(closed_at__isnull=True).order_by("pk")
    assert [(row.person_id, row.text, row.reminder_id) for row in left] == [
        (ann, "Send the offer", second.pk),
        (ann, "Welcome back. Cyd did 1 thing for you.", None),
    ]
    row = Delegation.objects.get()
    assert [(entry.verb, entry.title, entry.actor) for entry in handing.done_meanwhile(row)] == [
        ("done", "Call Priya", "Cyd for Ann")
    ]


def test_a_stranger_sees_no_absence_and_the_delegate_only_reads_it(team: World) -> None:
    row = away(team, delegate="ben")
    for who, open_ in (("ann", [row.pk]), ("ben", [row.pk]), ("ada", [row.pk]), ("cyd", [])):
        assert seen(team, who, "delegations", SUNDAY) == open_, who
    with clock.fixed(SUNDAY), pytest.raises(NotFound):
        records.change("delegations", row.pk, {"note": "x"}, team.act("cyd"))
    other = away(team, "ann", "cyd", first_day="2026-12-07", last_day="2026-12-08")
    with clock.fixed(SUNDAY), pytest.raises(DoorError):
        records.change("delegations", other.pk, {"note": "x"}, team.act("cyd"))
    assert Delegation.objects.filter(note__isnull=True).count() == 2


def test_whose_absence_one_may_enter(team: World) -> None:
    ann = {"id": team.people["ann"]}
    row = away(team, "ben", person=ann)
    assert (row.person_id, row.owner_id, row.name) == (team.people["ann"], team.people["ann"], "Ann → Cyd")
    assert refused(team, who="cyd", delegate="ada", person=ann) == {
        "person": "Only their managers and administrators say that others are away."
    }
    cyd = {"id": team.people["cyd"]}
    assert list(refused(team, who="ben", delegate="ada", person=cyd)) == ["person"]
    assert away(team, "ada", "ben", person=cyd).owner_id == team.people["cyd"]


def test_who_heads_a_department_leads_its_people(team: World) -> None:
    ann, cyd = ({"id": team.people[name]} for name in ("ann", "cyd"))
    assert list(refused(team, who="cyd", delegate="ben", person=ann)) == ["person"]
    records.change("departments", team.departments["team a"], {"head": cyd}, SYSTEM)
    assert away(team, "cyd", "ben", person=ann).person_id == ann["id"]


def test_days_that_cannot_be(team: World) -> None:
    assert refused(team, last_day="2026-11-22")["last_day"] == "The last day comes before the first one."
    assert refused(team, first_day="2026-11-02", last_day="2026-11-03")["last_day"] == "These days are over."
    assert refused(team, last_day="2028-11-22")["last_day"] == "An absence lasts a year at most."
    away(team)
    said = {"first_day": "Ann is away on some of these days already."}
    assert refused(team, first_day="2026-11-27", last_day="2026-12-24", delegate="ben") == said
    assert away(team, first_day="2026-11-28", last_day="2026-11-28").pk


def test_mistakes_are_shown_together(team: World) -> None:
    cyd = {"id": team.people["cyd"]}
    assert sorted(refused(team, who="ben", delegate="cyd", person=cyd, last_day="2026-11-22")) == [
        "delegate", "last_day", "person",
    ]  # fmt: skip
    found = refused(team, who="ben", delegate="ada", person=cyd, last_day=None)
    assert sorted(found) == ["last_day", "person"]


def test_who_lacks_rights_for_what_goes_along_is_named_and_taken_when_confirmed(team: World) -> None:
    team.grant("manager", {**MANAGER, "tasks": {"read": "own", "create": "own", "done": "none"}})

    def asked(**values: Any) -> list[tuple[str, str]]:
        with pytest.raises(Objected) as error:
            away(team, "ann", "ben", door="form", **values)
        return [(each.confirm, each.reason) for each in error.value.objections]

    lacking = "Ben lacks rights for what goes along: "
    assert asked() == [("lacking", f"{lacking}Reminders (read, Done, Snooze), Tasks (Done).")]
    assert asked(reminders=False) == [("lacking", f"{lacking}Tasks (Done).")]
    assert away(team, "ann", "ben", reminders=False, work=False, last_day="2026-11-23").pk
    row = away(team, "ann", "cyd", first_day="2026-11-24")
    with clock.fixed(SUNDAY):
        with pytest.raises(Objected):
            records.change("delegations", row.pk, {"delegate": team.people["ben"]}, team.act("ann", door="form"))
        sure = replace(team.act("ann", door="form"), confirm=frozenset(("lacking",)))
        records.change("delegations", row.pk, {"delegate": team.people["ben"]}, sure)
        records.change("delegations", row.pk, {"note": "x"}, team.act("ann"))
    row.refresh_from_db()
    assert row.delegate_id == team.people["ben"]
    assert away(team, "ann", "ben", first_day="2027-01-04", last_day="2027-01-05").pk, "a program is not asked"


def test_who_cannot_stand_in(team: World) -> None:
    assert refused(team, delegate="ann")["delegate"] == "Nobody stands in for himself. Choose somebody else."
    records.change("users", team.people["cyd"], {"active": False}, team.act("ada"))
    assert refused(team)["delegate"] == "Cyd cannot sign in. Choose somebody else."


def test_no_circle_and_a_chain_is_followed_to_its_end(team: World) -> None:
    row, reminder = task(team), reminding.remind(team, due=WEDNESDAY)
    away(team, "ann", "cyd")
    said = "Ann is away then too, and Cyd would stand in at the end. Choose somebody else."
    assert refused(team, who="cyd", delegate="ann") == {"delegate": said}
    away(team, "cyd", "ada")
    said = "Cyd is away then too, and Ada would stand in at the end. Choose somebody else."
    assert refused(team, who="ada", delegate="cyd") == {"delegate": said}
    Notice.objects.all().delete()
    reminding.tick(WEDNESDAY)
    told = Notice.objects.filter(closed_at__isnull=True).values_list("person_id", "text", "reminder_id")
    assert list(told) == [(team.people["ada"], "For Ann: Call Priya", reminder.pk)]
    assert row.pk in seen(team, "ada", "tasks", WEDNESDAY)
    with clock.fixed(ENDS):
        handlers.hand_back()
    left = Notice.objects.filter(closed_at__isnull=True, reminder_id=reminder.pk).values_list("person_id", "text")
    assert list(left) == [(team.people["ann"], "Call Priya")]


def again(world: World, row: Any, confirm: frozenset[str] = frozenset()) -> list[str]:
    """An absence is brought back from the bin; what stands against it, and then it stays there."""
    row.refresh_from_db()
    act = replace(world.act("ada"), confirm=confirm)
    with clock.fixed(SUNDAY):
        try:
            removal.restore(row.removal_id, act)
        except Objected as error:
            assert Delegation.objects.get(pk=row.pk).deleted_at is not None
            return [each.reason for each in error.objections]
    assert Delegation.objects.get(pk=row.pk).deleted_at is None
    return []


def test_what_stands_against_an_absence_that_comes_back(team: World) -> None:
    row = away(team)

    def remove(pk: int) -> None:
        with clock.fixed(SUNDAY):
            records.remove_one("delegations", pk, team.act("ada"))

    remove(row.pk)
    other = away(team, delegate="ben", first_day="2026-11-27", last_day="2026-11-28")
    said = ["Ann is away on some of these days already."]
    assert (again(team, row), again(team, row, frozenset(("absence",)))) == (said, said)
    remove(other.pk)
    other = away(team, "cyd", "ben")
    circle = away(team, "ben", "ann")
    assert again(team, row) == ["Cyd is away then too, and Ann would stand in at the end. Choose somebody else."]
    remove(circle.pk)
    remove(other.pk)
    records.change("users", team.people["cyd"], {"active": False}, team.act("ada"))
    assert again(team, row) == ["Cyd cannot sign in. Choose somebody else."]
    records.change("users", team.people["cyd"], {"active": True}, team.act("ada"))
    assert again(team, row) == []


def test_another_zone_moves_the_moments(team: World) -> None:
    row = away(team)
    assert (row.begins_at, row.ends_at) == (BEGINS, ENDS)
    with clock.fixed(SUNDAY):
        records.change("users", team.people["ann"], {"zone": "Asia/Shanghai"}, team.act("ada"))
    row.refresh_from_db()
    assert (row.begins_at, row.ends_at) == (BEGINS - timedelta(hours=7), ENDS - timedelta(hours=7))


@pytest.mark.parametrize(
    ("moment", "state"),
    [(BEGINS - timedelta(seconds=1), "coming"), (BEGINS, "now"), (ENDS - timedelta(seconds=1), "now"), (ENDS, "over")],
)
def test_the_state_in_sql_and_in_python(team: World, moment: datetime, state: str) -> None:
    row = away(team)
    with clock.fixed(moment):
        assert registry.get("delegations").specs()["state"].get(row) == state
        leaf = {"field": "state", "op": "is", "value": state}
        assert records.query("delegations", team.actor("ann")).filter(leaf).count() == (1, True)
