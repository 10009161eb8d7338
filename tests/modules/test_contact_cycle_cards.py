"""Cards of the contact cycle: nobody is left out or told twice, and a card goes when it does not hold any more."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from bosun.kernel import records, registry, removal, stamps, undo
from bosun.kernel.actor import new_batch
from bosun.lib import clock
from bosun.modules.customers import telling
from bosun.modules.customers.models import Customer, Told
from bosun.platform.away import handlers as absences
from bosun.platform.reminders import notices
from bosun.platform.reminders.models import Notice
from tests.kernel.world import REP, SYSTEM, World
from tests.modules.test_contact_cycle import MONDAY, TODAY, cycle, due
from tests.platform.reminding import OWN
from tests.platform.test_away import away

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HALDEN = "Contact Halden: due today"


@pytest.fixture(autouse=True)
def _cycles(world: World) -> Any:
    """Customers of grade A want contact each week, and one is reminded on the day."""
    with clock.fixed(MONDAY):
        cycle("A", 7, before=0)
    yield
    stamps.forget()


def halden(world: World, **values: Any) -> Any:
    """A customer of Ann's, due today."""
    with clock.fixed(MONDAY):
        return due(world, "ann", "Halden", TODAY, grade="A", **values)


def several(world: World, count: int = 6) -> list[Any]:
    with clock.fixed(MONDAY):
        return [due(world, "ann", f"Plant {number}", TODAY, grade="A") for number in range(count)]


def tell(at: datetime = MONDAY) -> int:
    """Let a worker look at this moment."""
    with clock.fixed(at):
        return telling.remind(at)


def texts(world: World, who: str = "ann", **only: Any) -> list[str]:
    rows = Notice.objects.filter(person_id=world.people[who], kind="cycle", **only)
    return list(rows.order_by("pk").values_list("text", flat=True))


def shown(world: World, who: str = "ann") -> list[str]:
    """What stands open for somebody."""
    return texts(world, who, closed_at=None)


def call(world: World, row: Any, at: datetime = MONDAY + HOUR) -> Any:
    """Ann was in touch."""
    with clock.fixed(at):
        raw = {"about": {"entity": "customers", "id": row.pk}, "type": "call", "note": "Spoke with them"}
        return records.create("follow_ups", raw, world.act("ann"))


def hand(world: World, row: Any, who: str, at: datetime = MONDAY + HOUR, **how: Any) -> None:
    with clock.fixed(at):
        records.change("customers", row.pk, {"owner": world.people[who]}, world.act("ada", **how))


# nobody is left out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "said"), [(1, ["overdue 1 d"]), (30, ["overdue 30 d"]), (31, [])])
def test_what_nobody_told_on_its_day_is_told_later(world: World, days: int, said: list[str]) -> None:
    halden(world)
    at = MONDAY + days * DAY
    assert (tell(at), tell(at + HOUR)) == (len(said), 0)
    assert shown(world) == [f"Contact Halden: {when}" for when in said]


def test_what_nobody_told_ahead_is_told_later(world: World) -> None:
    row = halden(world)
    with clock.fixed(MONDAY):
        cycle("A", 7, before=3)
    Customer.objects.filter(pk=row.pk).update(next_contact=TODAY + 4 * DAY)
    assert (tell(), tell(MONDAY + 2 * DAY), tell(MONDAY + 3 * DAY)) == (0, 1, 0)
    assert shown(world) == ["Contact Halden: in 2 days"]
    assert tell(MONDAY + 4 * DAY) == 1
    assert shown(world) == [HALDEN]


def test_nobody_is_told_ahead_who_was_in_touch_since(world: World) -> None:
    row = halden(world)
    with clock.fixed(MONDAY):
        cycle("A", 2, before=3)
    call(world, row)
    assert Customer.objects.get(pk=row.pk).next_contact == TODAY + 2 * DAY
    assert [tell(MONDAY + n * DAY) for n in range(1, 4)] == [0, 1, 0]
    assert shown(world) == [HALDEN]


def test_one_more_than_were_told_together_is_told(world: World) -> None:
    several(world)
    assert tell() == 1
    halden(world)
    assert (tell(MONDAY + HOUR), tell(MONDAY + 2 * HOUR)) == (1, 0)
    assert shown(world) == ["6 customers want contact.", HALDEN]


def test_of_somebody_who_left_whoever_leads_is_told(world: World) -> None:
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    row = halden(world)
    records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    stamps.refresh()
    assert (tell(), tell(MONDAY + HOUR)) == (1, 0)
    assert (shown(world), shown(world, "ben")) == ([], [f"For Ann: {HALDEN}"])
    hand(world, row, "ben")
    assert tell(MONDAY + HOUR) == 1
    assert shown(world, "ben") == [HALDEN]


def test_more_than_are_told_at_once_are_told_the_next_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "MOST", 2)
    several(world, 3)
    assert (tell(), tell(MONDAY + HOUR), tell(MONDAY + 2 * HOUR)) == (2, 1, 0)


# nobody is told twice --------------------------------------------------------------------------------------------


def test_those_that_are_left_of_several_are_not_told_again(world: World) -> None:
    row, *_others = several(world)
    assert tell() == 1
    call(world, row)
    assert tell(MONDAY + HOUR) == 0
    assert texts(world) == ["6 customers want contact."]


def test_a_sixth_does_not_tell_the_five_again(world: World) -> None:
    several(world, 5)
    assert tell() == 5
    halden(world)
    assert tell(MONDAY + HOUR) == 1
    assert texts(world) == [*(f"Contact Plant {number}: due today" for number in range(5)), HALDEN]


def test_a_card_put_away_stays_away(world: World) -> None:
    halden(world)
    tell()
    with clock.fixed(MONDAY):
        notices.close(Notice.objects.get().pk, world.actor("ann"))
    assert (tell(MONDAY + HOUR), tell(MONDAY + DAY)) == (0, 0)
    assert shown(world) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [1, 6])
def test_four_workers_at_once_tell_each_customer_once(world: World, count: int) -> None:
    several(world, count)
    start = Barrier(4)

    def work() -> int:
        try:
            start.wait(30)
            return telling.remind(MONDAY)
        finally:
            connections.close_all()

    with clock.fixed(MONDAY), ThreadPoolExecutor(4) as pool:
        told = [pool.submit(work) for _ in range(4)]
        assert sum(each.result() for each in told) == 1
    assert Notice.objects.count() == 1
    assert Told.objects.count() == count


def test_many_customers_take_no_more_queries_than_one(world: World) -> None:
    def queries(at: datetime) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert tell(at) == 1
        return len(captured)

    halden(world)
    tell()  # what is kept in memory is there
    several(world, 6)
    few = queries(MONDAY)
    several(world, 40)
    assert queries(MONDAY + HOUR) == few


# a card goes when it does not hold any more ----------------------------------------------------------------------


def removed(world: World, row: Any) -> None:
    with clock.fixed(MONDAY + HOUR):
        records.remove_one("customers", row.pk, world.act("ada"))


def paused(world: World, row: Any) -> None:
    with clock.fixed(MONDAY + HOUR):
        values = {"paused_until": "2027-03-01", "pause_reason": "Plant closed"}
        records.change("customers", row.pk, values, world.act("ann"))


def purged(world: World, row: Any) -> None:
    with clock.fixed(MONDAY + HOUR):
        removal.purge(registry.get("customers"), [row.pk], SYSTEM)


@pytest.mark.parametrize("step", [call, removed, paused, purged])
def test_the_card_goes(world: World, step: Callable[[World, Any], Any]) -> None:
    row = halden(world)
    with clock.fixed(MONDAY):
        other = Notice.objects.create(
            key="rule:1", kind="rule", person_id=world.people["ann"], text="A rule says", entity="customers",
            record_id=row.pk, due_at=MONDAY,
        )  # fmt: skip
    tell()
    assert shown(world) == [HALDEN]
    step(world, row)
    assert (tell(MONDAY + 2 * HOUR), shown(world), texts(world)) == (0, [], [HALDEN])
    assert Notice.objects.get(pk=other.pk).closed_at is None


def test_the_card_stays_while_it_holds(world: World) -> None:
    row = halden(world, own_interval=7)
    tell()
    with clock.fixed(MONDAY + HOUR):
        records.change("customers", row.pk, {"phones": ["+34 600 100 200"], "next_contact": TODAY}, SYSTEM)
        records.change("customers", row.pk, {"name": "Halden Works"}, world.act("ann"))
    assert (tell(MONDAY + HOUR), shown(world)) == (0, [HALDEN])


def test_the_card_goes_with_the_customer(world: World) -> None:
    row = halden(world)
    tell()
    hand(world, row, "cyd")
    assert (shown(world), shown(world, "cyd")) == ([], [])
    assert (tell(MONDAY + HOUR), tell(MONDAY + 2 * HOUR)) == (1, 0)
    assert (shown(world), shown(world, "cyd")) == ([], [HALDEN])


def test_a_hand_over_that_is_undone_brings_the_card_back(world: World) -> None:
    row = halden(world)
    tell()
    batch = new_batch()
    hand(world, row, "cyd", batch=batch)
    tell(MONDAY + HOUR)
    with clock.fixed(MONDAY + 2 * HOUR):
        undo.undo(batch, world.act("ada"))
    assert (tell(MONDAY + 2 * HOUR), tell(MONDAY + 3 * HOUR)) == (1, 0)
    assert (shown(world), shown(world, "cyd")) == ([HALDEN], [])


def test_a_customer_who_comes_back_brings_the_card_back(world: World) -> None:
    row = halden(world)
    tell()
    with clock.fixed(MONDAY + HOUR):
        gone = records.remove_one("customers", row.pk, world.act("ada"))
        assert telling.remind(MONDAY + HOUR) == 0
        removal.restore(gone.pk, world.act("ada"))
    assert (tell(MONDAY + 2 * HOUR), tell(MONDAY + 3 * HOUR)) == (1, 0)
    assert shown(world) == [HALDEN]


def test_a_call_that_was_none_brings_the_card_back(world: World) -> None:
    row = halden(world)
    with clock.fixed(MONDAY):
        Customer.objects.filter(pk=row.pk).update(own_interval=7, last_contact=TODAY - 7 * DAY, next_contact=TODAY)
    call(world, row, MONDAY - 7 * DAY)
    tell()
    made = call(world, row)
    assert (shown(world), tell(MONDAY + HOUR)) == ([], 0)
    with clock.fixed(MONDAY + 2 * HOUR):
        records.remove_one("follow_ups", made.pk, SYSTEM)
    assert (Customer.objects.get(pk=row.pk).next_contact, tell(MONDAY + 2 * HOUR)) == (TODAY, 1)
    assert shown(world) == [HALDEN]


def test_one_card_for_several_goes_with_the_last_of_them(world: World) -> None:
    made = several(world)
    tell()
    for row in made[:4]:
        call(world, row)
    hand(world, made[4], "cyd")
    assert shown(world) == ["6 customers want contact."]
    removed(world, made[5])
    assert (shown(world), Told.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_two_who_call_the_last_two_of_one_card_at_once_close_it(world: World) -> None:
    made = several(world)
    tell()
    for row in made[2:]:
        call(world, row)
    began = Event()

    def first() -> None:
        with transaction.atomic():
            call(world, made[0])
            began.set()
            sleep(1)

    def second() -> None:
        assert began.wait(30)
        call(world, made[1])

    def work(step: Callable[[], None]) -> None:
        try:
            step()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [first, second]))
    assert (shown(world), Told.objects.count()) == ([], 0)


def test_who_is_handed_several_is_told_of_them_together(world: World) -> None:
    made = several(world)
    tell()
    for row in made:
        hand(world, row, "cyd")
    assert (tell(MONDAY + HOUR), tell(MONDAY + 2 * HOUR)) == (1, 0)
    assert (shown(world), shown(world, "cyd")) == ([], ["6 customers want contact."])


# absences --------------------------------------------------------------------------------------------------------


def minute(at: datetime) -> None:
    stamps.refresh()
    with clock.fixed(at):
        absences.hand_back()


@pytest.mark.parametrize("count", [1, 6])
def test_the_card_of_whoever_stands_in_goes_as_well(world: World, count: int) -> None:
    world.grant("rep", {**REP, "customers": {**REP["customers"], "read": "all"}, "delegations": OWN})
    made = several(world, count)
    away(world)
    said = "6 customers want contact." if count > 1 else "Contact Plant 0: due today"
    assert (tell(), tell(MONDAY + HOUR)) == (1, 0)
    minute(MONDAY + HOUR)
    assert (shown(world), shown(world, "cyd")) == ([], [f"For Ann: {said}"])
    for row in made:
        call(world, row)
    minute(MONDAY + 2 * HOUR)
    assert (shown(world), shown(world, "cyd")) == ([], [])
    minute(MONDAY + 7 * DAY)
    assert (shown(world), shown(world, "cyd")) == ([], [])


def test_after_an_absence_the_card_is_back_and_goes_when_one_was_in_touch(world: World) -> None:
    world.grant("rep", {**REP, "delegations": OWN})
    row = halden(world)
    away(world, last_day="2026-11-23")
    tell()
    minute(MONDAY + DAY)
    assert (shown(world), shown(world, "cyd")) == ([HALDEN], [])
    call(world, row, MONDAY + DAY)
    minute(MONDAY + DAY + MINUTE)
    assert (shown(world), shown(world, "cyd")) == ([], [])
