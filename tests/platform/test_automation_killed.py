"""Workers are killed while rules act: every effect in the database once, every one outside at least once, none lost.

Half of the kills fall at random, half right before or after a commit, or around a send. `BOSUN_KILLS=1000` kills a
thousand times instead of fifty; there are twenty events for each kill, or `BOSUN_EVENTS`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from bosun.kernel import registry, stamps
from bosun.lib import clock
from bosun.platform.automation import actions
from bosun.platform.automation.models import Run, Waiting
from bosun.platform.jobs import queue
from bosun.platform.jobs.models import Job
from bosun.platform.reminders.models import Notice
from bosun.platform.webhooks.models import WAITING, Delivery
from tests.kernel.world import World, create
from tests.machine import ROOT
from tests.platform.rule_kinds import AFTER_COMMIT, AT_SEND, BATCH, BEFORE_COMMIT, Post
from tests.platform.test_automation_engine import rule
from tests.platform.test_jobs_killed import database_url, wait_for
from tests.platform.test_reminders_killed import gone, kill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS = int(os.environ.get("BOSUN_KILLS") or 50)
EVENTS = int(os.environ.get("BOSUN_EVENTS") or 20 * KILLS) // (4 * BATCH) * (4 * BATCH)
SPEED = 1200.0
"""The workers' clock: an hour is three seconds."""
CODE = """
import django; django.setup()
from datetime import datetime
from tests.platform import rule_kinds
rule_kinds.serve(datetime.fromisoformat({begun!r}), {speed})
"""
PLACES = (BEFORE_COMMIT, AFTER_COMMIT, AT_SEND)
Spawn = Callable[[], int]


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts a worker; its number. Those that are left are ended."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "bosun.config.settings"}
    code = CODE.format(begun=clock.now().isoformat(), speed=SPEED)
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert parent.stdin is not None
    assert parent.stdout is not None
    tell, hear = parent.stdin, parent.stdout
    started: list[int] = []

    def start() -> int:
        tell.write("\n")
        tell.flush()
        started.append(int(hear.readline()))
        return started[-1]

    yield start
    for pid in started[-4:]:
        kill(pid)
    parent.kill()
    parent.wait()


@dataclass
class Heard:
    """What a receiver on this machine was sent: how often each key came, and what was said under it."""

    port: int = 0
    keys: Counter[str] = field(default_factory=Counter)
    """Those of the test's own action."""
    messages: Counter[str] = field(default_factory=Counter)
    """Those of webhooks."""
    said: dict[str, set[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/"

    def answer(self, request: BaseHTTPRequestHandler) -> int:
        """Take a request. One message in eight is refused at first, so that it has to be tried again."""
        length = int(request.headers["Content-Length"] or 0)
        body = request.rfile.read(length)
        if len(body) < length:
            return 400  # who sent it was killed between the head and the body
        key = request.headers["webhook-id"]
        if key is None:
            self.keys[request.headers["Idempotency-Key"]] += 1
            return 200
        self.messages[key] += 1
        self.said.setdefault(key, set()).add(body)
        return 503 if self.messages[key] == 1 and key[-1] in "07" else 200


@pytest.fixture
def heard() -> Iterator[Heard]:
    """A receiver on this machine."""
    about = Heard()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(about.answer(self))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_said: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    about.port = server.server_port
    Thread(target=server.serve_forever, daemon=True).start()
    yield about
    server.shutdown()
    server.server_close()


def rules(world: World, address: str) -> dict[str, Any]:
    """Rules that act in the save, wait, act by time, send, and call webhooks."""
    create("allowed_hosts", host=address.removeprefix("http://").rstrip("/"))
    create("webhooks", name="ERP", url=address)
    stamps.refresh()

    def made(name: str, event: str, do: list[dict[str, Any]], when: Any = None, **more: Any) -> Any:
        return rule(world, event, do, when, name=name, **more)

    def contact(name: str) -> dict[str, Any]:
        return {"action": "create", "entity": "contacts", "values": {"name": name, "customer": "record"}}

    hours = {"action": "wait", "unit": "hours"}
    grade = {"action": "set", "field": "grade", "value": "A"}
    news = {"action": "notify", "to": ["owner"], "text": "{{name}}"}
    done = {"action": "tag", "add": ["done"]}
    source = {"field": "source", "op": "changed"}
    tries = [
        made("save", "customers.created", [grade, contact("Desk of {{name}}"), news]),
        made("change", "customers.changed", [{"action": "set", "field": "staff", "formula": "staff + 1"}], source),
        made("wait", "customers.created", [{**hours, "for": 2}, contact("Later {{name}}"), {**hours, "for": 1}, done]),
        made("time", "customers.time", [contact("Timed {{name}}")], trigger={
            "at": "created_at", "offset": 3, "unit": "hours",
        }),
        made("send", "customers.created", [{"action": "test.post", "url": address}], {
            "field": "staff", "op": "is", "value": 0,
        }),
        made("hook", "customers.created", [{"action": "webhook", "to": "ERP"}, {"action": "webhook", "to": address}], {
            "field": "staff", "op": "is", "value": 1,
        }),
    ]  # fmt: skip
    return {each.name: each.pk for each in tries}


def strike(pid: int, rng: random.Random) -> None:
    """End a worker: at once, or at the next commit or send that it comes to."""
    if rng.random() < 0.5:
        kill(pid, rng.choice(PLACES))
        wait_for(lambda: gone(pid), 0.5)
    kill(pid)


def test_killed_workers_lose_no_effect_and_double_none(
    world: World, spawn: Spawn, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(actions.KNOWN, Post.key, Post)
    rng, began = random.Random(20261123), time.monotonic()
    ids = rules(world, heard.address)
    half = EVENTS // 2
    for first in (0, half // 2):
        queue.enqueue("test.storm", {"first": first, "steps": half // BATCH})
    customers = registry.get("customers").model._default_manager
    workers = [spawn(), spawn()]
    assert wait_for(customers.exists)
    for number in range(KILLS):
        time.sleep(rng.uniform(0.02, 0.4))
        # The kills keep pace with the events, so that they fall on all kinds of work.
        wanted = min(half, half * number // KILLS)
        wait_for(lambda wanted=wanted: customers.count() >= wanted, 30)  # type: ignore[misc]
        victim = rng.randrange(2)
        strike(workers[victim], rng)
        workers[victim] = spawn()

    def settled() -> bool:
        if Job.objects.exclude(state="done").exclude(kind="periodic").exists() or Waiting.objects.exists():
            return False
        if Delivery.objects.filter(state=WAITING).exists():
            return False
        return Run.objects.filter(rule_id=ids["time"]).count() >= half

    assert wait_for(settled, 180 + 2 * KILLS), list(Job.objects.exclude(state="done").values("kind", "state", "error"))
    for worker in workers:
        kill(worker, signal.SIGTERM)
    assert wait_for(lambda: all(gone(worker) for worker in workers), 30)
    report(heard, half, time.monotonic() - began)
    check(ids, heard, half)


def names() -> Counter[str]:
    """How often each contact is there."""
    return Counter(registry.get("contacts").model._default_manager.values_list("name", flat=True))


def wanted_names(half: int) -> set[str]:
    return {f"{word} E {n}" for n in range(half) for word in ("Desk of", "Later", "Timed")}


def report(heard: Heard, half: int, seconds: float) -> None:
    """The figures of a long campaign."""
    held, wanted = names(), wanted_names(half)
    lost = len(wanted - set(held)) + Delivery.objects.exclude(key__in=heard.messages).count()
    double = sum(count - 1 for count in held.values())

    def sent(keys: Counter[str]) -> str:
        return f"{len(keys)} keys, {sum(count > 1 for count in keys.values())} of them more than once"

    print(
        f"\n{connection.vendor}: kills {KILLS}, events {2 * half}, runs {Run.objects.count()}, lost {lost}, "
        f"double {double}; sent {sent(heard.keys)}; webhooks {sent(heard.messages)}; {seconds:.0f} s"
    )


def check(ids: dict[str, int], heard: Heard, half: int) -> None:
    """Every effect in the database once, every one outside at least once under its key."""
    assert names() == Counter(wanted_names(half))
    rows = list(registry.get("customers").model._default_manager.values_list("pk", "name", "staff", "tags", "grade"))
    assert sorted((name, staff, tags, grade) for _pk, name, staff, tags, grade in rows) == sorted(
        (f"E {n}", n % 5 + 1, ["done"], "A") for n in range(half)
    )
    runs = Counter(Run.objects.values_list("rule_id", "step", "record_id", "state"))
    steps = [(ids[name], step) for name, step in (("save", 0), ("change", 0), ("wait", 0), ("wait", 1), ("wait", 3))]
    steps.append((ids["time"], 0))
    expected = [(number, step, pk, "done") for number, step in steps for pk, *_rest in rows]
    zero, one = ([pk for pk, name, *_rest in rows if int(name.removeprefix("E ")) % 5 == n] for n in (0, 1))
    expected += [(ids[name], 0, pk, "done") for name, those in (("send", zero), ("hook", one)) for pk in those]
    assert runs == Counter(expected)
    assert Notice.objects.filter(entity="customers").count() == half
    changes = dict(Run.objects.filter(rule_id=ids["send"]).values_list("record_id", "change_id"))
    assert set(heard.keys) == {f"{ids['send']}-0-{changes[pk]}-{pk}" for pk in zero}
    check_messages(ids["hook"], heard)


def check_messages(hook: int, heard: Heard) -> None:
    """Each action of each run has one message; every message came, and every copy of it says the same."""
    told = {
        (run.pk, number): done["delivery"]
        for run in Run.objects.filter(rule_id=hook)
        for number, done in enumerate(run.results)
    }
    assert len(told) == 2 * Run.objects.filter(rule_id=hook).count()
    assert Counter(told.values()) == Counter(heard.messages.keys())
    assert Counter(Delivery.objects.values_list("key", "state")) == Counter((key, "sent") for key in told.values())
    assert {key: {json.loads(body)["run"] for body in bodies} for key, bodies in heard.said.items()} == {
        key: {run} for (run, _number), key in told.items()
    }
    assert {len(bodies) for bodies in heard.said.values()} == {1}
