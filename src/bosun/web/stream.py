"""The event stream: tells open pages that there is a notice for the person signed in, and that a card was closed.

Only ids travel here. What a notice says is fetched from an ordinary page, with the rights of that moment; so nothing is
told to anybody else, and nothing after signing out. One look at the database each second serves all open streams.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import DatabaseError, close_old_connections, connections
from django.http import HttpRequest, parse_cookie
from django.utils import timezone

from bosun.kernel import stamps
from bosun.platform.org import actors
from bosun.platform.reminders import engine, notices

PATH = "/stream"
LOOK_SECONDS = 1.0
SESSIONS_SECONDS = 4.0
QUIET_SECONDS = 15.0
WINDOW = timedelta(seconds=30)
MOST_EACH = 24
HEADERS = [
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "private, no-store"),
    ("x-content-type-options", "nosniff"),
    ("x-accel-buffering", "no"),
]
log = logging.getLogger(__name__)
Found = TypeVar("Found")
Told = list[tuple[int, int]]
"""Notices, each with the person whose it is."""


@dataclass(frozen=True)
class Asked:
    """What a browser sent when it opened a stream."""

    method: str
    cookie: str
    last_event: str
    query: str

    @property
    def session(self) -> str:
        """The key of the session, unproven."""
        return str(parse_cookie(self.cookie).get(settings.SESSION_COOKIE_NAME, ""))

    @property
    def last(self) -> int:
        """The last notice that the browser knows of; 0 where none stood open."""
        given = self.last_event or (parse_qs(self.query).get("after") or [""])[0]
        return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


def person_of(session: str) -> int | None:
    """The person signed in with a session, as every page finds him; None for nobody, or not any more."""
    if not session:
        return None
    stamps.refresh()
    request = HttpRequest()
    request.session = SessionStore(session)
    user: Any = get_user(request)
    if not user.is_authenticated:
        return None
    actor = actors.load(user.person_id)
    return actor.id if actor else None


def alive(sessions: Iterable[str]) -> set[str]:
    """Which sessions have not ended."""
    rows = Session.objects.filter(session_key__in=list(sessions), expire_date__gt=timezone.now())
    return set(rows.values_list("session_key", flat=True))


class Line:
    """One open stream."""

    def __init__(self, hub: Hub, person: int, session: str, missed: list[int]) -> None:
        self.hub, self.person, self.session = hub, person, session
        self.waiting: asyncio.Queue[tuple[str, int] | None] = asyncio.Queue()
        self.told: set[int] = set()
        for pk in missed:
            self.tell("notice", pk)

    def tell(self, event: str, pk: int) -> None:
        """Something for the browser; a notice at most once."""
        if event == "notice":
            if pk in self.told:
                return
            self.told.add(pk)
        self.waiting.put_nowait((event, pk))

    def end(self) -> None:
        """No more."""
        self.waiting.put_nowait(None)

    async def texts(self) -> AsyncIterator[str]:
        """What is sent, until the session or the process ends."""
        yield "retry: 3000\n\n"
        while True:
            try:
                item = await asyncio.wait_for(self.waiting.get(), QUIET_SECONDS)
            except TimeoutError:
                yield ": quiet\n\n"
                continue
            # Asked anew before each word: signed out, deactivated or a new password since.
            if item is None or await self.hub.ask(person_of, self.session) != self.person:
                return
            event, pk = item
            mark = f"id: {pk}\n" if event == "notice" else ""
            yield f"{mark}event: {event}\ndata: {pk}\n\n"


class Hub:
    """All open streams of this process."""

    def __init__(self) -> None:
        self.lines: set[Line] = set()
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="stream")
        self.looking: asyncio.Task[None] | None = None
        self.shut: set[tuple[int, int]] = set()
        self.sessions_seen = 0.0
        self.looked: datetime | None = None

    async def ask(self, question: Callable[..., Found], *given: Any) -> Found:
        """Ask the database without holding up the loop."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, _asked, question, given)

    async def open(self, asked: Asked) -> Line | int:
        """A stream for whoever asks, or the status of a refusal."""
        if asked.method != "GET":
            return 405
        session = asked.session
        try:
            person = await self.ask(person_of, session)
            if person is None:
                return 401
            missed = await self.ask(_missed, person, asked.last)
        except DatabaseError:
            return 503
        line = Line(self, person, session, missed)
        held = [each for each in self.lines if each.person == person]
        if len(held) >= MOST_EACH:
            return 429
        self.lines.add(line)
        if self.looking is None or self.looking.done():
            self.looking = asyncio.ensure_future(self._watch())
        return line

    def leave(self, line: Line) -> None:
        """A stream has ended."""
        self.lines.discard(line)

    def hang_up(self) -> None:
        """End all streams; browsers come back by themselves."""
        for line in self.lines:
            line.end()

    def close(self) -> None:
        """The process ends."""
        self.hang_up()
        self.thread.shutdown(wait=False)

    async def _watch(self) -> None:
        """Look for news while anybody listens."""
        self.looked = None
        while self.lines:
            try:
                await self._look()
            except DatabaseError as error:
                log.warning("the stream cannot read: %s", error)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        by_person: dict[int, list[Line]] = {}
        for line in self.lines:
            by_person.setdefault(line.person, []).append(line)
        self.looked, made, closed = await self.ask(_news, list(by_person), self.looked)
        for pk, person in made:
            for line in by_person[person]:
                line.tell("notice", pk)
        for pk, person in set(closed) - self.shut:
            for line in by_person[person]:
                line.tell("closed", pk)
        self.shut = set(closed)
        if time.monotonic() - self.sessions_seen > SESSIONS_SECONDS:
            self.sessions_seen = time.monotonic()
            known = await self.ask(alive, {line.session for line in self.lines})
            for line in list(self.lines):
                if line.session not in known:
                    line.end()


def _asked(question: Callable[..., Found], given: tuple[Any, ...]) -> Found:
    close_old_connections()
    try:
        return question(*given)
    except DatabaseError:
        connections.close_all()
        raise


def _missed(person: int, last: int) -> list[int]:
    # A browser that knows of none (0) was drawn when none stood open: each that does was made since, before it listened
    # or while it slept.
    return [row.pk for row in notices.after(person, last)]


def _news(people: list[int], looked: datetime | None) -> tuple[datetime, Told, Told]:
    now = engine.present()  # notices bear the time of that clock
    # A process that stood still, or a clock that was set on, leaves nothing out.
    since = min(looked or now, now) - WINDOW
    return now, notices.fresh(since, people), notices.closed(since, people)
