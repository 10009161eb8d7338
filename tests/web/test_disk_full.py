"""No room left: what writes is refused in words, what reads goes on; with room again everything goes on by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from threading import Event
from typing import Any, NamedTuple

import pytest
from django.db import OperationalError, connection
from django.test import Client

from bosun.kernel import registry
from bosun.lib import clock
from bosun.platform.accounts.services import make_token
from bosun.platform.integrity import checks
from bosun.platform.jobs import worker as working
from bosun.platform.org.models import Person
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice
from tests.kernel.world import World
from tests.platform.delivering import remind
from tests.platform.reminding import NINE
from tests.web.conftest import Seat

Sit = Callable[[str], Seat]
LONG = "x" * 290


class Disk(NamedTuple):
    """What `shutil.disk_usage` answers."""

    total: int
    used: int
    free: int


def room(pages: int) -> None:
    """So many pages more than there are, in SQLite's own count: past them it says that the disk is full."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # what tests before this one left free would be written to
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        held = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {held + pages}")


def customers() -> int:
    """How many there are, those in the bin included."""
    return int(registry.get("customers").model._default_manager.count())


def until_refused(call: Callable[[int], Any]) -> tuple[int, Any]:
    """How often it went well, while half-empty pages took it, and the answer with which it was refused."""
    for count in range(500):
        answer = call(count)
        if answer.status_code >= 400:
            return count, answer
    raise AssertionError("never refused")


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_refuses_writes_in_words_and_loses_nothing(world: World, sit: Sit) -> None:
    """F2.01."""
    if connection.vendor != "sqlite":
        pytest.skip("a server's disk is not ours to fill")
    ann = world.people["ann"]
    rows = [remind(ann, NINE, text=f"Call {n} {'y' * 150}") for n in range(60)]
    seat, program = sit("ann"), Client()
    bearer = {"Authorization": f"Bearer {make_token(Person.objects.get(pk=ann), 'test')}"}
    before = customers()
    room(0)
    try:

        def form(n: int) -> Any:
            return seat.client.post("/customers/new", {"name": f"Kestrel {n}", "address": LONG})

        def call(n: int) -> Any:
            body = {"name": f"Oakhurst {n}", "address": LONG}
            return program.post("/api/v1/customers", body, content_type="application/json", headers=bearer)

        count, said = until_refused(form)
        assert (said.status_code, "Bosun cannot reach its data right now" in said.content.decode()) == (503, True)
        more, told = until_refused(call)
        assert (told.status_code, told["Retry-After"]) == (503, "30")
        before += count + more
        with clock.fixed(NINE), pytest.raises(OperationalError, match="full"):
            engine.tick()
        assert "My day" in seat.get("/day")
        assert program.get("/api/v1/customers", headers=bearer).status_code == 200
        assert (customers(), Notice.objects.count()) == (before, 0)
    finally:
        room(1_000_000)
    with clock.fixed(NINE):
        assert engine.tick() == 60
    assert Notice.objects.filter(reminder__in=[row.pk for row in rows]).count() == 60
    seat.post("/customers/new", name="Kestrel", address=LONG)
    assert customers() == before + 1
    assert list(checks.breaches()) == []
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_can_only_be_read_refuses_writes_in_words(world: World, sit: Sit) -> None:
    """F2.03."""
    if connection.vendor != "sqlite":
        pytest.skip("a server's disk is not ours to lock")
    ann = world.people["ann"]
    remind(ann, NINE)
    seat, program = sit("ann"), Client()
    bearer = {"Authorization": f"Bearer {make_token(Person.objects.get(pk=ann), 'test')}"}
    before = customers()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")  # SQLite says the same of a disk that was mounted anew
    try:
        assert (
            "Bosun cannot reach its data right now" in seat.post("/customers/new", 503, name="Kestrel").content.decode()
        )
        told = program.post("/api/v1/customers", {"name": "Oak"}, content_type="application/json", headers=bearer)
        assert (told.status_code, told["Retry-After"]) == (503, "30")
        with clock.fixed(NINE), pytest.raises(OperationalError, match="readonly"):
            engine.tick()
        assert "My day" in seat.get("/day")
        assert program.get("/api/v1/customers", headers=bearer).status_code == 200
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = OFF")
    assert (customers(), Notice.objects.count()) == (before, 0)
    with clock.fixed(NINE):
        assert engine.tick() == 1
    seat.post("/customers/new", name="Kestrel")
    assert customers() == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_outlives_a_full_disk(world: World) -> None:
    """F2.01: what cannot be written now is tried again."""

    def full() -> bool:
        raise OperationalError("database or disk is full")

    held = working.Worker(Event())
    held.stop.set()  # so that it does not wait
    assert held._guard(full) is False
    remind(world.people["ann"], NINE)
    with clock.fixed(NINE):
        held._guard(held.watch)
    assert Notice.objects.count() == 1


@pytest.mark.django_db
def test_administrators_are_told_before_the_disk_is_full(world: World, sit: Sit, monkeypatch: Any) -> None:
    """F2.01: the banner."""
    assert "nearly full" not in sit("ada").get("/day")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Disk(10**10, 10**10, 100 * 1024 * 1024))
    assert "The disk is nearly full: 100 MB are left." in sit("ada").get("/day")
    assert "nearly full" not in sit("ann").get("/day")
