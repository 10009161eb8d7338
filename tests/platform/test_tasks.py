"""Tasks: recurrence on the wall clock, checklist, who may see them, and the reminders that follow them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bosun.kernel import records, undo
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.lib import clock
from bosun.modules.activities.models import Task
from bosun.platform.reminders.models import Notice, Reminder
from tests.kernel.world import World
from tests.platform.reminding import NINE, grant, minutes, remind, tick, verb

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def task(world: World, who: str = "ann", **values: Any) -> Any:
    with clock.fixed(NINE - timedelta(days=1)):
        return records.create("tasks", {"subject": "Weekly plan", **values}, world.act(who))


def reminded(world: World, who: str = "ann", before: int = 15, nag: int = 0, **values: Any) -> Any:
    """A task with a reminder some minutes before it is due."""
    made = task(world, who, **{"due": NINE, **values})
    raw = {"text": made.subject, "about": {"entity": "tasks", "id": made.pk}, "nag_minutes": nag}
    with clock.fixed(NINE - timedelta(days=1)):
        records.create("reminders", {**raw, "due_at": made.due - timedelta(minutes=before)}, world.act(who))
    return made


def following(made: Any) -> Any:
    return Task.objects.exclude(pk=made.pk).order_by("-pk").first()


def latest() -> Any:
    return Task.objects.order_by("-pk").first()


def wall(moment: datetime, zone: str = "Europe/Madrid") -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


# the series ------------------------------------------------------------------------------------------------------


def test_a_done_task_makes_the_next_on_the_same_hour_of_the_wall_all_year(world: World) -> None:
    """F3.04: sixty weeks, Mondays at ten, through two changes of the clock."""
    start = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Madrid")).astimezone(UTC)
    row = task(world, due=start, recurrence="FREQ=WEEKLY;BYDAY=MO")
    seen: list[str] = []
    for _week in range(60):
        verb(world, "ann", row, "done", row.due - timedelta(hours=1))
        row = latest()
        seen.append(wall(row.due))
    days = [(start.astimezone(ZoneInfo("Europe/Madrid")).date() + timedelta(weeks=n + 1)) for n in range(60)]
    assert seen == [f"{day} 10:00" for day in days]


def test_an_hour_that_the_fold_repeats_comes_once(world: World) -> None:
    """F3.02: daily at 02:30 in Madrid over 2027-10-31."""
    start = datetime(2027, 10, 30, 2, 30, tzinfo=ZoneInfo("Europe/Madrid")).astimezone(UTC)
    row = task(world, due=start, recurrence="FREQ=DAILY")
    verb(world, "ann", row, "done", start)
    second = following(row)
    verb(world, "ann", second, "done", second.due)
    third = latest()
    assert [wall(second.due), wall(third.due)] == ["2027-10-31 02:30", "2027-11-01 02:30"]


def test_an_hour_that_spring_swallows_is_back_the_day_after(world: World) -> None:
    """F3.05: the series is counted from its first time, so one odd day moves nothing for good."""
    start = datetime(2027, 3, 27, 2, 30, tzinfo=ZoneInfo("Europe/Madrid")).astimezone(UTC)
    row = task(world, due=start, recurrence="FREQ=DAILY")
    verb(world, "ann", row, "done", start)
    odd = following(row)
    verb(world, "ann", odd, "done", odd.due)
    third = latest()
    assert [wall(odd.due), wall(third.due)] == ["2027-03-28 03:30", "2027-03-29 02:30"]


def test_what_was_missed_is_not_made_up_for(world: World) -> None:
    row = task(world, due=NINE, recurrence="FREQ=DAILY")
    verb(world, "ann", row, "done", NINE + timedelta(days=3, hours=1))
    assert following(row).due == NINE + timedelta(days=4)


def test_done_early_the_next_is_after_the_one_that_was_due(world: World) -> None:
    row = task(world, due=NINE, recurrence="FREQ=DAILY")
    verb(world, "ann", row, "done", NINE - timedelta(hours=20))
    assert following(row).due == NINE + timedelta(days=1)


def test_a_series_of_so_many_times_ends(world: World) -> None:
    row = task(world, due=NINE, recurrence="FREQ=DAILY;COUNT=3")
    for _time in range(2):
        verb(world, "ann", row, "done", row.due)
        row = latest()
    verb(world, "ann", row, "done", row.due)
    assert Task.objects.count() == 3
    assert not Task.objects.filter(done_at__isnull=True).exists()


def test_the_end_of_the_month_is_its_last_day(world: World) -> None:
    row = task(world, due=datetime(2027, 1, 31, 9, tzinfo=UTC), recurrence="FREQ=MONTHLY")
    seen = []
    for _month in range(3):
        verb(world, "ann", row, "done", row.due)
        row = latest()
        seen.append(wall(row.due)[:10])
    assert seen == ["2027-02-28", "2027-03-31", "2027-04-30"]


def test_the_next_brings_checklist_and_reminders_along(world: World) -> None:
    lines = [{"text": "Ask", "done": True}, {"text": "Write", "done": False}]
    row = reminded(world, recurrence="FREQ=DAILY", checklist=lines, priority="high")
    verb(world, "ann", row, "done", NINE)
    again = following(row)
    assert (again.checklist, again.priority) == (
        [{"text": "Ask", "done": False}, {"text": "Write", "done": False}],
        "high",
    )
    reminder = Reminder.objects.get(about_id=again.pk)
    assert (reminder.due_at, reminder.state) == (again.due - timedelta(minutes=15), "open")


@pytest.mark.parametrize(
    ("rule", "until", "moved"),
    [
        ("FREQ=DAILY", "2026-11-25", "2026-12-02"),
        ("FREQ=WEEKLY;BYDAY=MO", "2026-11-24", "2026-12-01"),
        (None, "2026-11-23", "2026-11-30"),
    ],
)
def test_a_last_day_keeps_its_distance_too(world: World, rule: str | None, until: str, moved: str) -> None:
    row = task(world, due=NINE, recurrence="FREQ=WEEKLY")
    held = remind(world, about={"entity": "tasks", "id": row.pk}, rule=rule, until=until)
    verb(world, "ann", row, "done", NINE)
    again = following(row)
    reminder = Reminder.objects.get(about_id=again.pk)
    assert (str(reminder.until), reminder.due_at) == (moved, NINE + timedelta(days=7))
    with clock.fixed(NINE):
        records.change("tasks", again.pk, {"due": NINE}, world.act("ann"))
    reminder.refresh_from_db()
    assert (str(reminder.until), reminder.due_at) == (until, NINE)
    assert str(type(held).objects.get(pk=held.pk).until) == until


def test_an_end_in_the_rule_itself_keeps_its_distance_too(world: World) -> None:
    row = task(world, due=NINE, recurrence="FREQ=WEEKLY")
    rule = "FREQ=DAILY;UNTIL={}T225959Z"
    remind(world, about={"entity": "tasks", "id": row.pk}, rule=rule.format("20261126"))
    verb(world, "ann", row, "done", NINE)
    again = following(row)
    reminder = Reminder.objects.get(about_id=again.pk)
    assert (reminder.rule, reminder.due_at) == (rule.format("20261203"), NINE + timedelta(days=7))
    with clock.fixed(NINE):
        records.change("tasks", again.pk, {"due": NINE + timedelta(days=10)}, world.act("ann"))
    reminder.refresh_from_db()
    assert (reminder.rule, reminder.due_at) == (rule.format("20261206"), NINE + timedelta(days=10))


def test_a_last_day_is_not_before_the_first_time_that_fits_the_rule(world: World) -> None:
    row = task(world, due=NINE)
    held = remind(world, about={"entity": "tasks", "id": row.pk}, rule="FREQ=WEEKLY;BYDAY=MO", until="2026-11-24")
    with clock.fixed(NINE - timedelta(hours=1)):
        records.change("tasks", row.pk, {"due": NINE + timedelta(days=2)}, world.act("ann"))
    held.refresh_from_db()
    assert (held.due_at, str(held.until)) == (NINE + timedelta(days=7), "2026-11-30")


def test_a_task_that_is_reopened_and_done_again_has_one_follower(world: World) -> None:
    row = reminded(world, recurrence="FREQ=WEEKLY")
    for number, name in enumerate(("done", "reopen", "done")):
        verb(world, "ann", row, name, NINE + timedelta(hours=number))
    again = following(row)
    assert Task.objects.count() == 2
    assert Reminder.objects.filter(about_id=again.pk).count() == 1
    # One that was removed is made anew.
    with clock.fixed(NINE + timedelta(hours=3)):
        records.remove_one("tasks", again.pk, world.act("ann"))
    for number, name in enumerate(("reopen", "done"), 4):
        verb(world, "ann", row, name, NINE + timedelta(hours=number))
    live = Task.objects.filter(deleted_at__isnull=True).exclude(pk=row.pk).get()
    assert (live.follows_id, live.due) == (row.pk, again.due)
    assert live.pk != again.pk


def test_rules_that_cannot_be_used_are_refused_with_a_sentence(world: World) -> None:
    for rule in ("FREQ=SECONDLY", "hello", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYHOUR=9"):
        with pytest.raises(Invalid) as refused:
            task(world, due=NINE, recurrence=rule)
        assert [each.field for each in refused.value.errors] == ["recurrence"]
    with pytest.raises(Invalid) as refused:
        task(world, recurrence="FREQ=DAILY")
    assert [each.field for each in refused.value.errors] == ["due"]


# reminders follow ------------------------------------------------------------------------------------------------


def test_a_done_task_is_silent(world: World) -> None:
    row = reminded(world, before=0, nag=1)
    assert tick(NINE) + tick(minutes(1)[0]) == minutes(0, 1)
    verb(world, "ann", row, "done", minutes(2)[0])
    assert [tick(each) for each in minutes(2, 3, 90)] == [[], [], []]
    assert Reminder.objects.get().state == "done"


def test_an_undone_task_nags_again(world: World) -> None:
    row = reminded(world, before=0, nag=1)
    tick(NINE)
    batch = new_batch()
    with clock.fixed(minutes(1)[0]):
        records.run_verb("tasks", [row.pk], "done", {}, world.act("ann", batch=batch))
        records.undo(batch, world.act("ann"))
    assert tick(minutes(2)[0]) == minutes(2)
    verb(world, "ann", row, "done", minutes(3)[0])
    verb(world, "ann", row, "reopen", minutes(4)[0])
    assert len(tick(minutes(6)[0])) == 1


def test_reminders_keep_their_distance_to_the_time(world: World) -> None:
    row = reminded(world)
    with clock.fixed(NINE - timedelta(hours=2)):
        records.change("tasks", row.pk, {"due": NINE + timedelta(days=1)}, world.act("ann"))
    assert tick(NINE) == []
    assert tick(NINE + timedelta(days=1)) == [NINE + timedelta(days=1, minutes=-15)]


def test_a_removed_task_is_silent(world: World) -> None:
    row = reminded(world)
    records.remove_one("tasks", row.pk, world.act("ann"))
    assert tick(NINE) == []


def test_a_task_that_is_handed_over_takes_its_reminders_along_and_is_told(world: World) -> None:
    row = reminded(world)
    verb(world, "ann", row, "transfer", NINE - timedelta(hours=3), owner=world.people["cyd"])
    told = Notice.objects.get()
    assert (told.person_id, told.text, told.entity, told.record_id) == (
        world.people["cyd"], "Ann gave you: Weekly plan", "tasks", row.pk,
    )  # fmt: skip
    tick(NINE)
    assert Notice.objects.order_by("pk").last().person_id == world.people["cyd"]  # type: ignore[union-attr]


def test_who_is_given_a_task_for_a_moment_is_told_of_it_no_more(world: World) -> None:
    row, batch = task(world), new_batch()
    records.run_verb("tasks", [row.pk], "transfer", {"owner": world.people["cyd"]}, world.act("ann", batch=batch))
    assert Notice.objects.get().closed_at is None
    undo.undo(batch, world.act("ann"))
    assert Notice.objects.get().closed_at is not None


def test_a_reminder_that_does_not_go_along_stays_with_whoever_made_it(world: World) -> None:
    row = task(world)
    about = {"entity": "tasks", "id": row.pk}
    staying, going = remind(world, about=about, follows_owner=False), remind(world, about=about)
    verb(world, "ann", row, "transfer", NINE - timedelta(hours=3), owner=world.people["cyd"])
    held = dict(Reminder.objects.values_list("pk", "owner_id"))
    assert held == {staying.pk: world.people["ann"], going.pk: world.people["cyd"]}


def test_the_card_of_a_task_that_was_given_goes_with_the_task(world: World) -> None:
    row = reminded(world)
    verb(world, "ann", row, "transfer", NINE - timedelta(hours=3), owner=world.people["cyd"])
    assert Notice.objects.filter(closed_at=None).count() == 1
    records.remove_one("tasks", row.pk, world.act("cyd"))
    assert Notice.objects.filter(closed_at=None).count() == 0


# checklist -------------------------------------------------------------------------------------------------------


def test_lines_are_ticked_one_by_one(world: World) -> None:
    row = task(world, checklist=["Ask", "Write", "Send"])
    verb(world, "ann", row, "tick", NINE, line=2)
    verb(world, "ann", row, "tick", NINE, line=3)
    verb(world, "ann", row, "tick", NINE, line=2, done=False)
    row.refresh_from_db()
    assert [line["done"] for line in row.checklist] == [False, False, True]
    with pytest.raises(Invalid):
        verb(world, "ann", row, "tick", NINE, line=4)


def test_a_checklist_is_written_one_on_each_line(world: World) -> None:
    row = task(world, checklist="Ask\n✓ Write\n\n Send ")
    assert row.checklist == [
        {"text": "Ask", "done": False}, {"text": "Write", "done": True}, {"text": "Send", "done": False},
    ]  # fmt: skip
    with pytest.raises(Invalid):
        task(world, checklist=[{"text": ""}])


# rights ----------------------------------------------------------------------------------------------------------


def readers(world: World, row: Any) -> set[str]:
    found = set()
    for name in ("ann", "ben", "cyd"):
        try:
            records.get("tasks", row.pk, world.actor(name))
        except NotFound:
            continue
        found.add(name)
    return found


def test_tasks_are_read_by_their_owner_and_those_above(world: World) -> None:
    assert readers(world, task(world, "ann")) == {"ann", "ben"}
    assert readers(world, task(world, "cyd")) == {"cyd"}


def test_the_owner_of_the_customer_reads_them_too_but_does_not_write(world: World) -> None:
    customer = world.customer("ann")
    with clock.fixed(NINE):
        row = records.create(
            "tasks",
            {"subject": "Visit", "about": {"entity": "customers", "id": customer.pk}, "owner": world.people["cyd"]},
            world.act("ada"),
        )
    assert (row.customer_id, readers(world, row)) == (customer.pk, {"ann", "ben", "cyd"})
    with pytest.raises(Denied):
        verb(world, "ann", row, "done", NINE)


def test_whoever_gives_a_task_away_reads_on(world: World) -> None:
    row = task(world, "ann", owner=world.people["cyd"])
    assert readers(world, row) == {"ann", "cyd"}
    given = records.query("tasks", world.actor("ann")).filter({"field": "created_by", "op": "is", "value": "me"})
    assert [each.pk for each in given.page().items] == [row.pk]
    with pytest.raises(Denied):
        records.change("tasks", row.pk, {"subject": "Mine"}, world.act("ann"))


# how near --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "state", "word"),
    [
        (-6 * 1440, "overdue", "Overdue 6 d"),
        (-1440, "overdue", "Overdue, yesterday"),
        (-30, "overdue", "Overdue, 09:30"),
        (30, "due", "Today 10:30"),
        (1440, "soon", "Tomorrow 10:00"),
        (3 * 1440, "soon", "Thu 10:00"),
        (5 * 1440, "good", "Sat 10:00"),
        (30 * 1440, "good", "23 Dec 10:00"),
    ],
)
def test_the_time_has_a_colour_and_a_word(world: World, due: int, state: str, word: str) -> None:
    """In the words of Madrid, where it is ten when it is nine in UTC; the same in Python and in SQL."""
    row = task(world, due=minutes(due)[0])
    with clock.fixed(NINE):
        env = records.environment(world.actor("ann"))
        spec = Task.bosun_specs["due_state"]  # type: ignore[attr-defined]
        assert spec.get(row) == state
        assert spec.kind.mark(state, row, env)["word"] == word
        found = records.query("tasks", world.actor("ann"), env).filter(
            {"field": "due_state", "op": "is", "value": state}
        )
        assert [each.pk for each in found.page().items] == [row.pk]
