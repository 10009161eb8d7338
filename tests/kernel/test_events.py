"""The outbox: an event is written with its change, told once, retried, and parked when it stays poisonous."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from bosun.kernel import events, records
from bosun.kernel.events import MAX_ATTEMPTS, Event, deliver, on
from bosun.kernel.models import Change, Outbox
from bosun.lib import clock
from tests.kernel.world import World

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def own_handlers(monkeypatch: pytest.MonkeyPatch, world: World) -> Iterator[None]:
    """Only the handlers of one test, and nothing waiting."""
    monkeypatch.setattr(events, "_handlers", {})
    Outbox.objects.all().delete()
    with clock.fixed(NOW):
        yield


def names() -> list[str]:
    return list(Outbox.objects.order_by("id").values_list("name", flat=True))


@pytest.mark.usefixtures("own_handlers")
def test_each_change_that_somebody_listens_to_leaves_one_event(world: World) -> None:
    for name in ("customers.created", "*.changed", "customers.transferred"):
        on(name)(lambda event: None)
    made = world.customer("ann")
    records.change("customers", made.pk, {"staff": 2}, world.act("ann"))
    records.change("customers", made.pk, {"staff": 2}, world.act("ann"))
    records.run_verb("customers", [made.pk], "transfer", {"owner": "cyd"}, world.act("ben"))
    assert names() == ["customers.created", "customers.changed", "customers.transferred"]


@pytest.mark.usefixtures("own_handlers")
def test_what_is_rolled_back_leaves_none(world: World) -> None:
    on("customers.created")(lambda event: None)
    with transaction.atomic():
        world.customer("ann")
        assert names() == ["customers.created"]
        transaction.set_rollback(True)
    assert names() == []
    assert not Change.objects.filter(entity="customers").exists()


@pytest.mark.usefixtures("own_handlers")
def test_a_listener_learns_what_happened(world: World) -> None:
    told: list[Event] = []
    on("customers.changed")(told.append)
    made = world.customer("ann", staff=1)
    records.change("customers", made.pk, {"staff": 2}, world.act("ann", door="inline", cause="test"))
    assert deliver() == 1
    (event,) = told
    assert (event.name, event.entity, event.record_id, event.verb) == (
        "customers.changed", "customers", made.pk, "changed",
    )  # fmt: skip
    assert (event.changes, event.actor_id, event.door, event.cause, event.depth) == (
        {"staff": [1, 2]}, world.people["ann"], "inline", "test", 0,
    )  # fmt: skip
    assert names() == []
    assert deliver() == 0
    assert len(told) == 1


@pytest.mark.usefixtures("own_handlers")
def test_a_star_hears_every_entity(world: World) -> None:
    told: list[str] = []
    on("*.created")(lambda event: told.append(event.name))
    made = world.customer("ann")
    records.create("contacts", {"name": "P", "customer": made.pk}, world.act("ann"))
    deliver()
    assert told == ["customers.created", "contacts.created"]


@pytest.mark.usefixtures("own_handlers")
def test_a_handler_that_fails_is_tried_again_later_and_keeps_nothing_half_done(world: World) -> None:
    tries: list[int] = []

    @on("customers.created")
    def fragile(event: Event) -> None:
        tries.append(event.record_id)
        if len(tries) < 3:
            world.customer("ann", name="Half")
            raise ValueError("not yet")
        world.customer("ben", name="Whole")

    made = world.customer("ann")
    assert deliver() == 1
    row = Outbox.objects.get(name="customers.created")
    assert (row.attempts, row.error, row.parked) == (1, "ValueError: not yet", False)
    assert row.due_at == NOW + timedelta(seconds=2)
    assert deliver() == 0
    with clock.fixed(NOW + timedelta(seconds=3)):
        assert deliver() == 1
    with clock.fixed(NOW + timedelta(seconds=60)):
        deliver(1)
    assert tries == [made.pk] * 3
    titles = Change.objects.filter(entity="customers", verb="created").order_by("id").values_list("title", flat=True)
    assert list(titles) == ["Tidewater", "Whole"]


@pytest.mark.usefixtures("own_handlers")
def test_a_poisonous_event_is_parked_and_does_not_stand_in_the_way(world: World) -> None:
    told: list[int] = []

    @on("customers.created")
    def poisonous(event: Event) -> None:
        if event.changes["name"][1] == "Poison":
            raise ValueError("no")
        told.append(event.record_id)

    world.customer("ann", name="Poison")
    good = world.customer("ann", name="Good")
    for hour in range(MAX_ATTEMPTS + 2):
        with clock.fixed(NOW + timedelta(hours=hour)):
            deliver()
    assert told == [good.pk]
    row = Outbox.objects.get()
    assert (row.parked, row.attempts) == (True, MAX_ATTEMPTS)


@pytest.mark.usefixtures("own_handlers")
def test_what_nobody_listens_to_is_not_written(world: World) -> None:
    on("contacts.created")(lambda event: None)
    world.customer("ann")
    assert names() == []


@pytest.mark.usefixtures("own_handlers")
def test_what_nobody_listens_to_any_more_is_dropped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    on("customers.created")(lambda event: None)
    world.customer("ann")
    monkeypatch.setattr(events, "_handlers", {})
    on("contacts.created")(lambda event: None)
    assert names() == ["customers.created"]
    assert deliver() == 0
    assert names() == []


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads an empty table from end to end")
def test_waiting_events_are_found_by_their_index() -> None:
    waiting = Outbox.objects.filter(parked=False, due_at__lte=NOW).order_by("due_at", "id")
    assert "USING INDEX outbox_due (due_at<?)" in waiting.explain()
    assert "TEMP B-TREE" not in waiting.explain()


@pytest.mark.usefixtures("own_handlers")
def test_two_handlers_of_one_event_succeed_or_fail_together(world: World) -> None:
    order: list[str] = []

    @on("customers.created")
    def first(event: Event) -> None:
        order.append("first")

    @on("*.created")
    def second(event: Event) -> None:
        order.append("second")
        if order.count("second") == 1:
            raise ValueError("once")

    world.customer("ann")
    deliver()
    with clock.fixed(NOW + timedelta(minutes=1)):
        deliver()
    assert order == ["first", "second", "first", "second"]
    assert names() == []
