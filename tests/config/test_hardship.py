"""A served Bosun under kills and under crowds: what was acknowledged is there, whole, and once.

`BOSUN_KILLS=200` kills web processes two hundred times instead of ten; `BOSUN_EDITS=500` lets each of the 32 clients
edit five hundred times instead of ten.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from bosun.kernel import registry
from bosun.kernel.ledger import Change
from bosun.lib import openfiles
from bosun.platform.accounts import services
from bosun.platform.org.models import Person
from bosun.platform.search.models import Document
from tests.kernel.world import build
from tests.machine import ROOT
from tests.platform.test_jobs_killed import database_url, wait_for
from tools.stage import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS = int(os.environ.get("BOSUN_KILLS") or 10)
EDITS = int(os.environ.get("BOSUN_EDITS") or 10)
CLIENTS = 32
PATIENCE = 180
Answer = tuple[int, Any]


@dataclass
class Served:
    """A web server on the test's database."""

    process: subprocess.Popen[bytes]
    port: int
    token: str

    def once(self, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        """One call over a connection of its own; OSError or HTTPException where the server died meanwhile."""
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        try:
            wire.request(method, f"/api/v1/{path}", json.dumps(body) if body is not None else None, headers)
            answer = wire.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            wire.close()

    def until_answered(self, method: str, path: str, body: Any, key: str) -> Answer:
        """The same call under the same key until it is answered, as a program does."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.once(method, path, body, key)
            except (OSError, http.client.HTTPException):
                assert time.monotonic() < deadline, "never answered"
                time.sleep(0.05)

    def workers(self) -> list[int]:
        """The processes that answer: the children of the one that keeps them."""
        return [pid for keeper in children(self.process.pid) if b"\0web\0" in said(keeper) for pid in children(keeper)]


def children(pid: int) -> list[int]:
    """The processes that a process began."""
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def said(pid: int) -> bytes:
    """The command of a process; empty for one that is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@contextmanager
def serving(home: Path, files: int | None = None, processes: int = 2) -> Iterator[Served]:
    """Web processes for Ann, each with so many open files at most."""
    ann = build().people["ann"]
    token = services.make_token(Person.objects.get(pk=ann), "test")
    environment = {**os.environ, "DATABASE_URL": database_url(), "BOSUN_HOME": str(home), "BOSUN_API_RATE": "0"}
    environment |= {"BOSUN_WEB_PROCESSES": str(processes)}
    port = free_port()
    command = [sys.executable, "-m", "bosun.config.cli", "serve", "--port", str(port)]
    if files:
        command = ["sh", "-c", f'ulimit -n {files}; exec "$@"', "sh", *command]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    found = Served(process, port, token)
    try:
        found.until_answered("GET", "customers", None, "")
        yield found
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Two web processes."""
    with serving(tmp_path) as found:
        yield found


@dataclass
class Books:
    """What the clients were told."""

    kept: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Name of a customer: its id, and its staff as last acknowledged."""
    refused: list[Answer] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


def client(served: Served, number: int, books: Books) -> None:
    """Make a customer, change it, and go on until it is over; every call is repeated until it is answered."""
    turn = 0
    while not books.over.is_set():
        turn += 1
        name = f"Keeper {number:02} {turn:05}"
        made = served.until_answered("POST", "customers?confirm=duplicate", {"name": name}, f"make {name}")
        if made[0] != 201:
            books.refused.append(made)
            return
        changed = served.until_answered("PATCH", f"customers/{made[1]['id']}", {"staff": turn}, f"change {name}")
        if changed[0] != 200:
            books.refused.append(changed)
            return
        books.kept[name] = (made[1]["id"], turn)


def test_web_processes_killed_inside_saves(served: Served) -> None:
    """Each call that a client repeats under its key takes effect once, whole or not at all."""
    books, rng = Books(), random.Random(7)
    killed = 0
    with ThreadPoolExecutor(4) as pool:
        working = [pool.submit(client, served, number, books) for number in range(4)]
        try:
            while killed < KILLS:
                found = served.workers()
                before = len(books.kept)
                if found:
                    os.kill(rng.choice(found), signal.SIGKILL)
                    killed += 1
                deadline = time.monotonic() + PATIENCE
                while len(books.kept) < before + 3 and not books.refused and time.monotonic() < deadline:
                    time.sleep(rng.uniform(0.005, 0.1))
                if books.refused:
                    break
        finally:
            books.over.set()
        for one in working:
            one.result()
    assert books.refused == []
    assert killed == KILLS
    _assert_true(books)


def test_a_crowd_edits_different_customers(served: Served) -> None:
    """No lock error, and the last value that was acknowledged is the one that is stored."""
    books = Books()

    def edit(number: int) -> None:
        name = f"Crowd {number:02}"
        made = served.once("POST", "customers?confirm=duplicate", {"name": name})
        if made[0] != 201:
            books.refused.append(made)
            return
        for turn in range(1, EDITS + 1):
            changed = served.once("PATCH", f"customers/{made[1]['id']}", {"staff": turn})
            if changed[0] != 200:
                books.refused.append(changed)
                return
            books.kept[name] = (made[1]["id"], turn)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(edit, range(CLIENTS)))
    assert books.refused == []
    assert {turn for _pk, turn in books.kept.values()} == {EDITS}
    assert len(books.kept) == CLIENTS
    _assert_true(books)


def test_more_clients_than_files_may_be_open(tmp_path: Path) -> None:
    """F2.04: 64 files, and 200 clients that keep their connections: some are answered, the others told to come back."""
    with serving(tmp_path, files=64, processes=1) as served:
        (worker,) = served.workers()

        def ask(wire: http.client.HTTPConnection, token: str) -> tuple[int, bool]:
            wire.request("GET", "/api/v1/customers", headers={"Authorization": f"Bearer {token}"})
            answer = wire.getresponse()
            return answer.status, answer.read().startswith(b"{")

        for token, status in ((served.token, 200), ("nobody's", 401), (served.token, 200)):
            wires = [http.client.HTTPConnection("127.0.0.1", served.port, timeout=60) for _number in range(200)]
            with ThreadPoolExecutor(50) as pool:
                answers = Counter(pool.map(ask, wires, [token] * 200))
            assert set(answers) == {(status, True), (503, True)}
            for wire in wires:
                wire.close()
            assert wait_for(lambda: open_files(worker) < 64 - openfiles.SPARE, 30)
            assert served.once("GET", "customers")[0] == 200
        assert served.workers() == [worker]


def open_files(pid: int) -> int:
    """How many a process has."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _assert_true(books: Books) -> None:
    """Every customer once, with the last value acknowledged, its history and its words."""
    connections.close_all()
    model: Any = registry.get("customers").model
    rows = {row.name: row for row in model._default_manager.filter(pk__in=[pk for pk, _staff in books.kept.values()])}
    assert {name: (row.pk, row.staff) for name, row in rows.items()} == books.kept
    names = Counter(model._default_manager.values_list("name", flat=True))
    assert [name for name, count in names.items() if count > 1] == []
    made = Counter(Change.objects.filter(entity="customers", verb="created").values_list("record_id", flat=True))
    assert {made[pk] for pk, _staff in books.kept.values()} == {1}
    worded = set(Document.objects.filter(entity="customers").values_list("record_id", flat=True))
    assert {pk for pk, _staff in books.kept.values()} - worded == set()
