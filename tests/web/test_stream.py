"""The event stream tells the person signed in, while signed in, and goes on where a browser left off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice
from bosun.web import stream
from tests.kernel.world import World
from tests.platform.reminding import grant
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def told(world: World) -> Notice:
    """A reminder of Ann's that has just been told."""
    raw = {"text": "Call Priya", "due_at": clock.now() - timedelta(seconds=5), "nag_minutes": 1}
    records.create("reminders", raw, world.act("ann"))
    engine.tick()
    return Notice.objects.latest("pk")


def asked(seat: Seat, **how: Any) -> stream.Asked:
    held = seat.client.cookies[settings.SESSION_COOKIE_NAME].value
    return stream.Asked(how.get("method", "GET"), f"{settings.SESSION_COOKIE_NAME}={held}", how.get("last", ""), "")


def heard(hub: stream.Hub, ask: stream.Asked, then: Callable[[], Any], words: int = 3) -> list[str]:
    """What a browser hears on a stream that it opens; `then` happens once it is open."""

    async def listen() -> list[str]:
        line = await hub.open(ask)
        if isinstance(line, int):
            return [str(line)]
        found: list[str] = []
        then()
        async for text in line.texts():
            found.append(text)
            if len(found) == words:
                break
        hub.leave(line)
        return found

    held = connections["default"]
    held.inc_thread_sharing()

    def elsewhere() -> list[str]:
        connections["default"] = held
        return asyncio.run(asyncio.wait_for(listen(), 20))

    # Playwright leaves its event loop running in the thread of the tests.
    with ThreadPoolExecutor(1) as other:
        found = other.submit(elsewhere).result()
    held.dec_thread_sharing()
    return found


class Here:
    """Answers questions on the connection of the test, inside its transaction."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        held = connections["default"]

        async def ask(self: Any, question: Callable[..., Any], *given: Any) -> Any:
            connections["default"] = held
            return question(*given)

        patch.setattr(stream.Hub, "ask", ask)
        patch.setattr(stream, "LOOK_SECONDS", 0.02)
        patch.setattr(stream, "SESSIONS_SECONDS", 0.0)
        patch.setattr(stream, "QUIET_SECONDS", 0.5)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Here:
    return Here(monkeypatch)


def test_the_stream_tells_the_id_of_what_is_new(world: World, sit: Sit, here: Here) -> None:
    found = heard(stream.Hub(), asked(sit("ann")), lambda: told(world), 2)
    assert found[1] == f"id: {Notice.objects.get().pk}\nevent: notice\ndata: {Notice.objects.get().pk}\n\n"


def test_it_goes_on_from_the_last_one_heard(world: World, sit: Sit, here: Here) -> None:
    first, second = told(world), told(world)
    Notice.objects.update(made_at=clock.now() - timedelta(hours=1))
    found = heard(stream.Hub(), asked(sit("ann"), last=str(first.pk)), lambda: None, 3)
    assert found[1:] == [f"id: {second.pk}\nevent: notice\ndata: {second.pk}\n\n", ": quiet\n\n"]


def test_whoever_knew_of_none_hears_what_came_before_the_stream_was_open(world: World, sit: Sit, here: Here) -> None:
    """A page drawn while nothing stood open, whose computer then slept for an hour."""
    row, closed = told(world), told(world)
    sit("ann").send(f"/notices/{closed.pk}/close", 204)
    hour = clock.now() - timedelta(hours=1)
    Notice.objects.update(made_at=hour)
    Notice.objects.filter(pk=closed.pk).update(closed_at=hour)
    found = heard(stream.Hub(), asked(sit("ann"), last="0"), lambda: None, 3)
    assert found[1:] == [f"id: {row.pk}\nevent: notice\ndata: {row.pk}\n\n", ": quiet\n\n"]


def test_nobody_hears_what_is_told_to_others(world: World, sit: Sit, here: Here) -> None:
    """A1.12."""
    assert heard(stream.Hub(), asked(sit("cyd")), lambda: told(world), 2) == ["retry: 3000\n\n", ": quiet\n\n"]
    assert heard(stream.Hub(), asked(sit("ada")), lambda: told(world), 2) == ["retry: 3000\n\n", ": quiet\n\n"]


def test_after_signing_out_nothing_is_told(world: World, sit: Sit, here: Here) -> None:
    ann = sit("ann")
    ask = asked(ann)

    def leave() -> None:
        ann.client.logout()
        told(world)

    assert heard(stream.Hub(), ask, leave) == ["retry: 3000\n\n"]
    assert heard(stream.Hub(), ask, lambda: None) == ["401"]


def test_whoever_is_deactivated_hears_nothing_more(world: World, sit: Sit, here: Here) -> None:
    """A5.02."""

    def end() -> None:
        told(world)
        records.change("users", world.people["ann"], {"active": False}, world.act("ada"))

    assert heard(stream.Hub(), asked(sit("ann")), end) == ["retry: 3000\n\n"]


def test_a_stream_without_a_session_is_refused(world: World, here: Here) -> None:
    hub = stream.Hub()
    assert heard(hub, stream.Asked("GET", "", "", ""), lambda: None) == ["401"]
    assert heard(hub, stream.Asked("GET", f"{settings.SESSION_COOKIE_NAME}=x", "", ""), lambda: None) == ["401"]
    assert heard(hub, stream.Asked("POST", "", "", ""), lambda: None) == ["405"]


def test_a_card_closed_elsewhere_is_told(world: World, sit: Sit, here: Here) -> None:
    row = told(world)
    Notice.objects.update(made_at=clock.now() - timedelta(hours=1))
    ask = asked(sit("ann"), last=str(row.pk))
    found = heard(stream.Hub(), ask, lambda: sit("ann").send(f"/notices/{row.pk}/close", 204), 2)
    assert found[1] == f"event: closed\ndata: {row.pk}\n\n"


def test_the_stream_goes_by_the_clock_that_stamps_notices(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of a web machine may be minutes ahead of the one of the database."""
    row = told(world)
    monkeypatch.setattr(engine, "present", lambda: row.made_at + timedelta(seconds=1))
    ann = world.people["ann"]
    with clock.fixed(row.made_at + timedelta(minutes=5)):
        assert stream._news([ann], None)[1:] == ([(row.pk, ann)], [])


def test_what_was_told_while_nobody_looked_is_news(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process stood still for an hour, or the clock was set on by one."""
    row = told(world)
    late = row.made_at + timedelta(hours=1)
    monkeypatch.setattr(engine, "present", lambda: late)
    ann = world.people["ann"]
    assert stream._news([ann], row.made_at + timedelta(seconds=1)) == (late, [(row.pk, ann)], [])
    assert stream._news([ann], None) == (late, [], [])
