"""Subscriptions: at their times, once, with the rights of that moment, and only if there is something to say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from bosun.kernel import records
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.lib import clock
from bosun.platform.jobs import queue, running
from bosun.platform.jobs.models import Job
from bosun.platform.reminders.models import Notice
from bosun.platform.subscriptions import making, planning, services
from bosun.platform.subscriptions.models import Issue, Standing, Subscription
from tests.kernel.world import MANAGER, REP, SYSTEM, World

pytestmark = pytest.mark.django_db
OWN = dict.fromkeys(("read", "create", "change", "remove"), "own")
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    world.grant("rep", {**REP, "subscriptions": OWN})
    world.grant("manager", {**MANAGER, "subscriptions": OWN})


def subscribe(world: World, who: str = "ann", at: datetime = SUNDAY, **values: Any) -> Any:
    raw = {"name": "Customers", "entity": "customers", "rule": "FREQ=DAILY", "starts": MONDAY, "columns": "grade"}
    with clock.fixed(at):
        return records.create("subscriptions", {**raw, **values}, world.act(who))


@contextmanager
def worker(now: datetime) -> Iterator[None]:
    """The clock held while a worker looks and does all it finds."""
    with clock.fixed(now):
        planning.tick()
        running.drain()
        yield


def issues_at(now: datetime) -> list[Issue]:
    """What is made at a moment."""
    before = set(Issue.objects.values_list("pk", flat=True))
    with worker(now):
        return list(Issue.objects.exclude(pk__in=before).order_by("pk"))


def next_of(row: Any) -> datetime | None:
    found: datetime | None = Standing.objects.get(pk=row.pk).next_at
    return found


def test_an_issue_comes_at_its_time_with_the_table_and_a_notice(world: World) -> None:
    world.customer("ann", grade="A")
    world.customer("ann", name="Harbour")
    world.customer("cyd", name="Foreign")
    row = subscribe(world, sort="name")
    assert issues_at(MONDAY - timedelta(seconds=1)) == []
    (made,) = issues_at(MONDAY)
    assert (made.person_id, made.state, made.count, made.due_at) == (world.people["ann"], "made", 2, MONDAY)
    assert [line[0] for line in made.body["rows"]] == ["Harbour", "Tidewater"]
    assert len(made.body["heads"]) == len(made.body["rows"][0]) == 2
    told = Notice.objects.get()
    assert (told.person_id, told.kind, told.text) == (world.people["ann"], "subscription", "Customers: 2 records")
    assert (told.entity, told.record_id) == ("subscriptions", row.pk)
    assert issues_at(MONDAY) == []
    assert len(issues_at(MONDAY + DAY)) == 1


def test_the_hour_on_the_wall_is_kept_over_daylight_saving(world: World) -> None:
    start = datetime(2027, 3, 26, 8, tzinfo=UTC)
    row = subscribe(world, at=start - DAY, starts=start, timezone="Europe/Madrid")
    found = []
    for _each in range(4):
        at = next_of(row)
        assert at is not None
        issues_at(at)
        found.append(at.hour)
    assert found == [8, 8, 7, 7]


def test_after_an_outage_the_last_issue_comes_once(world: World) -> None:
    row = subscribe(world)
    back = MONDAY + 3 * DAY + timedelta(hours=2)
    (made,) = issues_at(back)
    assert (made.due_at, made.made_at) == (MONDAY + 3 * DAY, back)
    assert next_of(row) == MONDAY + 4 * DAY
    assert issues_at(back + timedelta(minutes=1)) == []
    # The notice is new now, whenever the issue was due: open pages show it.
    assert Notice.objects.get().made_at == back


def test_two_workers_and_one_that_is_killed_make_one_issue(world: World) -> None:
    subscribe(world)
    with clock.fixed(MONDAY):
        assert (planning.tick(), planning.tick()) == (1, 0)
        first = queue.claim("one")
        assert first is not None
        due = datetime.fromisoformat(first.args["due"])

        class Killed(Exception):
            pass

        @contextmanager
        def dies() -> Iterator[None]:
            with transaction.atomic():
                yield
                raise Killed

        with pytest.raises(Killed):
            services.issue(first.args["subscription"], due, dies)
        assert (Issue.objects.count(), Notice.objects.count()) == (0, 0)
        # Its lease runs out, another one does it; and the first, that was only slow, comes to its end as well.
        once = services.issue(first.args["subscription"], due)
        again = services.issue(first.args["subscription"], due)
    assert once is not None
    assert again is not None
    assert once.pk == again.pk
    assert (Issue.objects.count(), Notice.objects.count()) == (1, 1)


def test_a_file_is_made_once_under_the_key_of_its_issue(world: World) -> None:
    world.customer("ann")
    subscribe(world, format="csv")
    (made,) = issues_at(MONDAY)
    with services.open_file(made) as content:
        assert b"Tidewater" in content.read()
    assert made.file_name == "customers-2026-11-23.csv"
    with clock.fixed(MONDAY + 100 * DAY):
        assert services.purge() == 1
    with pytest.raises(NotFound):
        services.open_file(made)


def files() -> set[str]:
    """The files of issues, those of other tests among them."""
    return set(default_storage.listdir("issues")[1]) if default_storage.exists("issues") else set()


def test_a_worker_that_comes_to_its_end_late_takes_no_file_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.customer("ann")
    row = subscribe(world, format="csv")
    first: list[Any] = []
    make = making.content

    def slow(*given: Any) -> Any:
        found = make(*given)
        if not first:
            # While one worker reads, its lease runs out and another one makes the issue.
            first.append(None)
            first[0] = services.issue(row.pk, MONDAY)
        return found

    monkeypatch.setattr(making, "content", slow)
    before = files()
    with clock.fixed(MONDAY):
        late = services.issue(row.pk, MONDAY)
    assert late is not None
    assert late.pk == first[0].pk
    with services.open_file(Issue.objects.get()) as content:
        assert b"Tidewater" in content.read()
    assert files() - before == {Issue.objects.get().stored.removeprefix("issues/")}
    assert Notice.objects.count() == 1


def test_only_if_there_is_something(world: World) -> None:
    subscribe(world, only_if="filled")
    (made,) = issues_at(MONDAY)
    assert (made.state, made.why, Notice.objects.count()) == ("skipped", "There was nothing.", 0)
    world.customer("ann")
    assert [each.state for each in issues_at(MONDAY + DAY)] == ["made"]


def test_only_if_changed(world: World) -> None:
    customer = world.customer("ann")
    subscribe(world, only_if="changed")
    states = [issues_at(MONDAY)[0].state, issues_at(MONDAY + DAY)[0].state]
    records.change("customers", customer.pk, {"grade": "A"}, world.act("ann"))
    states += [issues_at(MONDAY + 2 * DAY)[0].state, issues_at(MONDAY + 3 * DAY)[0].state]
    assert states == ["made", "skipped", "made", "skipped"]
    assert Notice.objects.count() == 2


def test_only_above_a_number(world: World) -> None:
    with pytest.raises(Invalid):
        subscribe(world, only_if="above")
    subscribe(world, only_if="above", above=1)
    world.customer("ann")
    (first,) = issues_at(MONDAY)
    assert (first.state, first.why) == ("skipped", "1 is not above 1.")
    world.customer("ann", name="Second")
    assert [each.state for each in issues_at(MONDAY + DAY)] == ["made"]


def test_figures_are_counted_with_the_readers_rights(world: World) -> None:
    for who, grade in (("ann", "A"), ("ann", "B"), ("ann", "A"), ("cyd", "A")):
        world.customer(who, name=f"{who} {grade}", grade=grade)
    subscribe(world, group="grade")
    (made,) = issues_at(MONDAY)
    assert [row[1] for row in made.body["rows"]] == ["2", "1"]
    assert (made.count, made.body["links"]) == (3, [])


def test_a_sum_of_a_field_that_is_closed_since_is_no_number_of_records(world: World) -> None:
    records.change("roles", world.roles["rep"], {"field_rights": {}}, SYSTEM)
    for number in range(3):
        world.customer("ann", name=f"Number {number}")
    subscribe(world, group="grade", sum="credit_limit", only_if="above", above=2, columns="")
    assert [each.state for each in issues_at(MONDAY)] == ["skipped"]
    records.change("roles", world.roles["rep"], {"field_rights": {"customers": {"credit_limit": "none"}}}, SYSTEM)
    [made] = issues_at(MONDAY + DAY)
    assert (made.state, made.body) == ("failed", {})
    assert made.why == "This subscription adds up a field that is not open to you."


def test_rights_are_those_of_the_moment(world: World) -> None:
    customer = world.customer("ann")
    subscribe(world, filter={"field": "grade", "op": "is", "value": "A"})
    row = subscribe(world, name="All")
    records.change("customers", customer.pk, {"owner": world.people["cyd"]}, SYSTEM)
    assert {each.count for each in issues_at(MONDAY)} == {0}
    records.change("roles", world.roles["rep"], {"field_rights": {"customers": {"grade": "none"}}}, SYSTEM)
    made = {each.subscription_id: each for each in issues_at(MONDAY + DAY)}
    assert sorted(each.state for each in made.values()) == ["failed", "made"]
    assert len(made[row.pk].body["heads"]) == 1
    failed = next(each for each in made.values() if each.state == "failed")
    assert failed.body == {}
    assert "grade" not in failed.why.lower() or "“grade”" in failed.why
    world.grant("rep", {"subscriptions": OWN})
    assert {each.state for each in issues_at(MONDAY + 2 * DAY)} == {"failed"}


def test_whoever_may_not_sign_in_gets_nothing(world: World) -> None:
    subscribe(world)
    records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    assert issues_at(MONDAY) == []
    assert not Notice.objects.exists()
    assert not Job.objects.filter(state="parked").exists()
    records.change("users", world.people["ann"], {"active": True}, SYSTEM)
    assert len(issues_at(MONDAY + DAY)) == 1


def test_one_that_cannot_go_on_keeps_no_other_from_coming(world: World) -> None:
    rows = [subscribe(world, name=name) for name in ("Customers", "Others")]
    Subscription.objects.filter(pk=rows[0].pk).update(timezone="Mars/Olympus")
    assert {each.subscription_id for each in issues_at(MONDAY)} == {row.pk for row in rows}
    assert (next_of(rows[0]), next_of(rows[1])) == (None, MONDAY + DAY)


def test_off_or_in_the_bin_nothing_comes_and_restored_it_goes_on(world: World) -> None:
    row = subscribe(world)
    with clock.fixed(MONDAY - timedelta(hours=1)):
        records.change("subscriptions", row.pk, {"enabled": False}, world.act("ann"))
    assert (issues_at(MONDAY), next_of(row)) == ([], None)
    with clock.fixed(MONDAY + timedelta(hours=1)):
        records.change("subscriptions", row.pk, {"enabled": True}, world.act("ann"))
        removal = records.remove_one("subscriptions", row.pk, world.act("ann"))
    assert issues_at(MONDAY + DAY) == []
    with clock.fixed(MONDAY + DAY + timedelta(hours=1)):
        records.restore(removal.pk, world.act("ann"))
    assert next_of(row) == MONDAY + 2 * DAY


@pytest.mark.parametrize(
    "wrong",
    [
        {"entity": "nothing"},
        {"entity": "rules"},
        {"view": "v999"},
        {"filter": {"field": "credit_limit", "op": "filled"}},
        {"filter": {"field": "nothing", "op": "filled"}},
        {"sort": "credit_limit"},
        {"columns": "name credit_limit"},
        {"group": "credit_limit"},
        {"group": "grade", "sum": "credit_limit"},
        {"sum": "grade"},
        {"rule": "FREQ=SECONDLY"},
        {"rule": "often"},
        {"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"},
        {"rule": "FREQ=DAILY;UNTIL=20200101"},
        {"timezone": "Mars/Olympus"},
        {"format": "pdf"},
        {"only_if": "sometimes"},
        {"above": -1},
    ],
)
def test_what_cannot_be_answered_is_refused_at_once(world: World, wrong: dict[str, Any]) -> None:
    with pytest.raises((Invalid, NotFound, Denied)):
        subscribe(world, **wrong)
    assert not Standing.objects.exists()


def test_a_file_needs_the_right_to_export(world: World) -> None:
    world.grant("rep", {**REP, "customers": {"read": "own"}, "subscriptions": OWN})
    with pytest.raises(Invalid):
        subscribe(world, format="xlsx")
    assert subscribe(world).format == "table"


def test_subscriptions_and_issues_are_ones_own(world: World) -> None:
    row = subscribe(world)
    (made,) = issues_at(MONDAY)
    with pytest.raises(NotFound):
        records.get("subscriptions", row.pk, world.actor("cyd"))
    for who in ("ben", "cyd", "ada"):
        assert services.issues(row.pk, world.actor(who)) == []
        with pytest.raises(NotFound):
            services.get(made.pk, world.actor(who))
    assert services.get(made.pk, world.actor("ann")).pk == made.pk


def test_one_asked_for_comes_at_once_whatever_it_holds(world: World) -> None:
    row = subscribe(world, only_if="filled", enabled=False)
    asked = MONDAY + timedelta(hours=1, seconds=20)
    with clock.fixed(asked):
        for _press in range(2):
            records.run_verb("subscriptions", [row.pk], "send_now", {}, world.act("ann"))
        (stranger,) = records.run_verb("subscriptions", [row.pk], "send_now", {}, world.act("cyd"))
    assert isinstance(stranger.failure, NotFound)
    (made,) = issues_at(asked)
    assert (made.state, made.count, made.due_at) == ("made", 0, MONDAY + timedelta(hours=1))
    assert Notice.objects.get().text == "Customers: 0 records"
    assert next_of(row) is None
