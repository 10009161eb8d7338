"""My day: who waits, what was promised, what changed; and the errors in our hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bosun.kernel import ports, records
from bosun.lib import clock
from bosun.modules.customers import closing
from bosun.platform.accounts.services import make_token
from bosun.platform.org.models import Person
from bosun.web import day, errors
from tests.kernel.world import REP, World
from tests.web.conftest import Seat


def call(world: World, customer: int, days: int, **more: object) -> None:
    at = (clock.now() - timedelta(days=days)).isoformat()
    raw = {"about": {"entity": "customers", "id": customer}, "type": "call", "at": at, **more}
    records.create("follow_ups", raw, world.act("ann"))


@pytest.fixture
def busy(world: World) -> World:
    for name, days in (("Late Mill", 20), ("Due Foods", 14), ("Soon Ceramics", 12), ("Calm Dairy", 2)):
        made = world.customer("ann", name=name, grade="A")
        call(world, made.pk, days)
    world.customer("cyd", name="CNRY-foreign", grade="A")
    return world


def test_who_waits_stands_in_order_with_words(busy: World, sit: Callable[[str], Seat]) -> None:
    page = sit("ann").get("/day")
    places = [page.index(name) for name in ("Late Mill", "Due Foods", "Soon Ceramics")]
    assert places == sorted(places)
    assert "Calm Dairy" not in page
    assert "CNRY" not in page
    for word in (
        "1 customer is waiting too long.",
        "Overdue 6 d",
        "Due today",
        "In 2 days",
        "Overdue 1",
        "Due 1",
        "Soon 1",
    ):
        assert word in page, word


def test_who_put_all_off_is_told_so_and_not_that_nothing_is_late(busy: World, sit: Callable[[str], Seat]) -> None:
    busy.grant("rep", {**REP, "reminders": dict.fromkeys(("read", "create", "change"), "own")})
    env = records.environment(busy.actor("ann"))
    for row in closing.asking(env).page().items:
        closing.Contacts().later(row.pk, clock.now() + timedelta(days=2), busy.act("ann"), env)
    page = sit("ann").get("/day")
    assert "2 customers are put off to another day." in page
    assert "Nothing is late" not in page


def test_a_promise_is_kept_or_put_off(busy: World, sit: Callable[[str], Seat]) -> None:
    made = records.query("customers", busy.actor("ann")).page().items[0]
    today = clock.today(ports.company().zone).isoformat()
    call(busy, made.pk, 1, next_step="Send the quote", next_step_on=today)
    step = records.query("follow_ups", busy.actor("ann")).where(next_step__isnull=False).page().items[0]
    seat = sit("ann")
    page = seat.get("/day")
    assert "Send the quote" in page
    assert "1 promise is due." in page
    seat.send(f"/follow_ups/{step.pk}/verbs/postpone", 204, on="2027-01-05")
    assert "promise falls due" not in seat.get("/day")
    seat.send(f"/follow_ups/{step.pk}/verbs/postpone", 422, on="soon")
    seat.send(f"/follow_ups/{step.pk}/verbs/complete", 204)
    assert "disabled" in seat.get("/day")


def test_a_promise_without_a_date_stands_behind_those_with_one(busy: World, sit: Callable[[str], Seat]) -> None:
    made = records.query("customers", busy.actor("ann")).page().items[0]
    raw = {"about": {"entity": "customers", "id": made.pk}, "type": "call", "next_step": "Think about it"}
    client = Client(headers={"authorization": f"Bearer {make_token(Person.objects.get(pk=busy.people['ann']))}"})
    answer = client.post("/api/v1/follow_ups", json.dumps(raw), content_type="application/json")
    assert answer.status_code == 201
    today = clock.today(ports.company().zone).isoformat()
    call(busy, made.pk, 1, next_step="Send the quote", next_step_on=today)
    page = sit("ann").get("/day")
    section = page[page.index("<h2>Promised</h2>") :]
    assert "2 open" in section
    assert section.index("Send the quote") < section.index("Think about it")
    assert "No date" in section
    assert "1 promise is due." in page
    assert "Think about it" not in sit("ben").get("/day")
    assert "Think about it" in sit("ann").get("/follow_ups?view=promised")
    sit("ann").send(f"/follow_ups/{answer.json()['id']}/verbs/complete", 204)
    assert "1 open" in sit("ann").get("/day")


def test_what_others_changed_on_ones_records_is_told(busy: World, sit: Callable[[str], Seat]) -> None:
    made = records.query("customers", busy.actor("ann")).filter({"field": "name", "op": "is", "value": "Calm Dairy"})
    records.change("customers", made.page().items[0].pk, {"grade": "B"}, busy.act("ben"))
    page = sit("ann").get("/day")
    assert "Calm Dairy" in page
    assert "<b>Ben</b>" in page
    assert "All quiet" in sit("cyd").get("/day")


def test_a_calm_day_says_so(world: World, sit: Callable[[str], Seat]) -> None:
    page = sit("cyd").get("/day")
    assert "Nobody is waiting for you" in page
    assert "Nothing is late." in page


def test_a_day_costs_the_same_however_many_wait(busy: World, sit: Callable[[str], Seat]) -> None:
    def count() -> int:
        seat = sit("ann")
        seat.get("/day")
        with CaptureQueriesContext(connection) as seen:
            seat.get("/day")
        return len(seen)

    def add(times: int) -> None:
        for number in range(times):
            more = busy.customer("ann", name=f"Late {number}", grade="A")
            call(busy, more.pk, 20, next_step="Call", next_step_on=clock.today(ports.company().zone).isoformat())

    add(9)
    few = count()
    add(20)
    assert count() == few


def test_errors_say_what_is_safe_and_never_how_we_are_built(
    world: World, sit: Callable[[str], Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sit("ann").get("/customers/987654", 404)
    assert "There is nothing here" in page
    assert 'href="/customers"' in page
    assert "There is nothing here" in Client().get("/no/such/address").content.decode()
    client = sit("ann").client
    client.raise_request_exception = False

    def broken(*_args: object) -> None:
        raise OperationalError("disk full, secret path")

    monkeypatch.setattr(day, "headline", broken)
    answer = client.get("/day")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert b"secret path" not in answer.content

    def failing(*_args: object) -> None:
        raise RuntimeError("secret path")

    monkeypatch.setattr(day, "headline", failing)
    answer = client.get("/day")
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content
    assert b"secret path" not in answer.content


def test_a_page_that_was_open_too_long_keeps_what_was_typed(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/customers/new", {"name": "x"})
    assert answer.status_code == 403
    assert b"This page was open for too long" in answer.content
    assert errors.csrf_failure.__doc__


def test_methods_that_a_page_does_not_take_are_refused(world: World, sit: Callable[[str], Seat]) -> None:
    client = sit("ann").client
    assert client.post("/customers").status_code == 405
    assert client.get("/undo").status_code == 405
    assert client.put("/customers/new").status_code == 405
    assert client.head("/customers").status_code == 200
