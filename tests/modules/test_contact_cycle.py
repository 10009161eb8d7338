"""The contact cycle in full: by grade and maturity, exceptions, pauses, reminders, and who is behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records
from bosun.kernel.errors import Invalid
from bosun.lib import clock
from bosun.modules.customers import load, services, telling
from bosun.modules.customers.models import ContactCycle, Customer
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.web.conftest import Seat, sit

__all__ = ["sit"]
pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def cycle(grade: str, days: int, maturity: str | None = None, before: int | None = None) -> Any:
    """What holds for a grade, and a maturity; of a grade that has one already, changed."""
    held = ContactCycle.objects.filter(grade=grade, maturity=maturity, deleted_at__isnull=True).first()
    values = {"interval_days": days, "remind_before": before}
    if held:
        return records.change("contact_cycles", held.pk, values, SYSTEM)
    name = f"{grade} {maturity or ''}".strip()
    return records.create("contact_cycles", {**values, "name": name, "grade": grade, "maturity": maturity}, SYSTEM)


def next_of(row: Any) -> date:
    """The day of the next contact, as it is kept."""
    found: date = Customer.objects.get(pk=row.pk).next_contact
    return found


def due(world: World, who: str, name: str, day: date, **values: Any) -> Any:
    """A customer whose next contact is on a day."""
    row = world.customer(who, name=name, **values)
    Customer.objects.filter(pk=row.pk).update(next_contact=day)
    return row


def test_the_maturity_makes_a_difference_where_it_is_set(world: World) -> None:
    with clock.fixed(MONDAY):
        cycle("A", 14)
        cycle("A", 5, "negotiating")
        row = world.customer("ann", grade="A", maturity="new")
        assert next_of(row) == TODAY + timedelta(days=14)
        records.change("customers", row.pk, {"maturity": "negotiating"}, world.act("ann"))
        assert next_of(row) == TODAY + timedelta(days=5)
        cycle("A", 7, "negotiating")
        assert next_of(row) == TODAY + timedelta(days=7)
    assert services.intervals()["A"] == 14


def test_a_grade_and_maturity_have_one_cycle(world: World) -> None:
    cycle("A", 5, "negotiating")
    before = ContactCycle.objects.count()
    for maturity in (None, "negotiating"):
        raw = {"name": "Again", "grade": "A", "maturity": maturity, "interval_days": 3}
        with pytest.raises(Invalid):
            records.create("contact_cycles", raw, SYSTEM)
    assert ContactCycle.objects.count() == before


def test_one_customer_is_an_exception(world: World) -> None:
    with clock.fixed(MONDAY):
        row = world.customer("ann", grade="D", own_interval=3)
        assert next_of(row) == TODAY + timedelta(days=3)
        cycle("D", 60)
        assert next_of(row) == TODAY + timedelta(days=3)
        records.change("customers", row.pk, {"own_interval": None}, world.act("ann"))
        assert next_of(row) == TODAY + timedelta(days=60)


def test_a_pause_has_a_reason_and_an_end(world: World) -> None:
    with clock.fixed(MONDAY):
        cycle("A", 14)
        row = world.customer("ann", grade="A")
        with pytest.raises(Invalid) as error:
            records.change("customers", row.pk, {"paused_until": "2027-03-01"}, world.act("ann"))
        assert [part.message for part in error.value.errors] == ["Say why this customer is left in peace."]
        assert next_of(row) == TODAY + timedelta(days=14)
        pause = {"paused_until": "2027-03-01", "pause_reason": "Plant closed"}
        records.change("customers", row.pk, pause, world.act("ann"))
        assert next_of(row) == date(2027, 3, 1)
        with pytest.raises(Invalid):
            records.change("customers", row.pk, {"paused_until": "2029-03-01"}, world.act("ann"))
        records.change("customers", row.pk, {"paused_until": None}, world.act("ann"))
        assert next_of(row) == TODAY + timedelta(days=14)


def test_reminders_come_before_and_on_the_day_once_and_only_where_switched_on(world: World) -> None:
    with clock.fixed(MONDAY):
        cycle("A", 14, before=2)
        cycle("B", 14)
        today, ahead = due(world, "ann", "Halden", TODAY, grade="A"), due(world, "ann", "Larvik", TODAY, grade="A")
        Customer.objects.filter(pk=ahead.pk).update(next_contact=TODAY + timedelta(days=2))
        due(world, "ann", "Kestrel", TODAY, grade="B")
        due(world, "ann", "Vestby", TODAY + timedelta(days=1), grade="A")
        assert telling.remind(MONDAY.replace(hour=6)) == 0
        assert telling.remind(MONDAY) == 2
        assert telling.remind(MONDAY + timedelta(hours=1)) == 0
    told = Notice.objects.order_by("record_id").values_list("person_id", "kind", "text", "record_id")
    ann = world.people["ann"]
    assert list(told) == [
        (ann, "cycle", "Contact Halden: due today", today.pk),
        (ann, "cycle", "Contact Larvik: in 2 days", ahead.pk),
    ]


def test_many_at_once_are_one_notice(world: World) -> None:
    with clock.fixed(MONDAY):
        cycle("A", 14, before=0)
        for number in range(telling.EACH + 1):
            due(world, "ann", f"Plant {number}", TODAY, grade="A")
        assert telling.remind(MONDAY) == 1
    assert Notice.objects.get().text == "6 customers want contact."


def test_the_manager_sees_who_is_behind_and_what_the_week_holds(world: World, sit: Callable[[str], Seat]) -> None:
    with clock.fixed(MONDAY):
        for name, days in (("Halden", -9), ("Larvik", -2), ("Kestrel", 0), ("Vestby", 6), ("Moss", 7)):
            due(world, "ann", name, TODAY + timedelta(days=days))
        due(world, "cyd", "Elsewhere", TODAY - timedelta(days=30))
        rows, whole = load.of_people(records.environment(world.actor("ben")))
        ann, cyd = world.people["ann"], world.people["cyd"]
        assert whole
        assert rows == [load.Row(ann, 2, 9, [1, 0, 0, 0, 0, 0, 1])]
        everybody, _whole = load.of_people(records.environment(world.actor("ada")))
        assert [(row.person, row.behind, row.longest) for row in everybody] == [(cyd, 1, 30), (ann, 2, 9)]
        page = sit("ben").get("/pages/contacts")
        assert "Ann" in page
        assert "Cyd" not in page
        assert "/pages/contacts" in sit("ben").get("/day")
        assert "/pages/contacts" not in sit("cyd").get("/day")


def test_the_settings_of_the_cycle(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    page = seat.get("/settings/grades")
    assert 'name="days_A.negotiating"' in page
    held = ContactCycle.objects.get(grade="A", maturity__isnull=True)
    form = {"days_A": "14", "version_A": str(held.version), "remind_A": "1", "days_A.negotiating": "5"}
    for grade in "BCD":
        form[f"days_{grade}"] = "60"
    seat.post("/settings/grades", 302, **form)
    assert services.cycle_of("A", "new") == (14, 1)
    assert services.cycle_of("A", "negotiating") == (5, 1)
    assert services.cycle_of("B", "negotiating") == (60, None)
    assert services.cycle_of(None, None) == (90, None)
