"""What the campaign of kills needs in its workers: events, an effect outside the database, and where they end."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any, ClassVar, Self
from urllib.request import Request, urlopen

from django.db.backends.base.base import BaseDatabaseWrapper

from bosun.kernel import records, registry
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.lib import clock
from bosun.platform.automation import actions, ticking
from bosun.platform.automation.actions.base import Action, Doing, Json
from bosun.platform.jobs import declared, queue, schedule, worker
from bosun.platform.jobs.declared import job
from bosun.platform.jobs.running import Running
from bosun.platform.outbound import client
from tests.kernel.world import SYSTEM

BATCH = 10
BEFORE_COMMIT, AFTER_COMMIT, AT_SEND = signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP
_whole_commit, _whole_fetch = BaseDatabaseWrapper.commit, client.fetch


# events ----------------------------------------------------------------------------------------------------------


@job("test.storm", attempts=1_000_000)
def storm(running: Running) -> None:
    """Customers are made and changed, ten at once, each batch with its progress in the same transaction."""
    first, steps = int(running.args["first"]), int(running.args["steps"])
    for step in range(running.row.done, steps):
        numbers = range(first + step // 2 * BATCH, first + (step // 2 + 1) * BATCH)
        with running.atomic(done=step + 1, total=steps):
            if step % 2 == 0:
                raws = [{"name": f"E {n}", "external_id": f"e{n}", "staff": n % 5, "owner": "ann"} for n in numbers]
                drafts = [Draft(registry.get("customers"), raw, verb="created") for raw in raws]
                records.save(drafts, SYSTEM)
            else:
                rows = registry.get("customers").model._default_manager.filter(
                    external_id__in=[f"e{n}" for n in numbers]
                )
                drafts = records.bulk_change("customers", [row.pk for row in rows], {"source": "fair"}, SYSTEM)
            assert [draft.failure for draft in drafts] == [None] * BATCH


# an effect outside the database ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Post(Action):
    """Send something to an address: through the queue, under a key that is the same however often it goes."""

    key: ClassVar[str] = "test.post"
    takes: ClassVar[tuple[str, ...]] = ("url",)
    url: str

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        return cls(str(raw["url"]))

    def perform(self, doing: Doing) -> dict[int, Json]:
        for subject in doing.subjects:
            key = f"{doing.rule}-{doing.number}-{subject.draft.change_id}-{subject.draft.id}"
            queue.enqueue("test.send", {"url": self.url, "key": key}, unique=f"send:{key}")
        return {subject.draft.id: {"action": "stop"} for subject in doing.subjects}

    def words(self, env: Env) -> str:
        return "send it"


@job("test.send", attempts=1_000_000)
def send(running: Running) -> None:
    """At least once, under one key."""
    reach(AT_SEND)
    request = Request(str(running.args["url"]), method="POST", headers={"Idempotency-Key": str(running.args["key"])})
    with urlopen(request, timeout=10) as answer:
        assert answer.status == 200
    reach(AT_SEND)


# where a worker dies ---------------------------------------------------------------------------------------------


class Aim:
    """The place at which this process ends itself, and how often it passes by there before."""

    place: int = 0
    left: int = 0


def aim(number: int, _frame: FrameType | None) -> None:
    """The campaign asks for an end at one of these places."""
    Aim.place, Aim.left = number, random.randrange(4)


def reach(place: int) -> None:
    """One of these places: as if the machine ended here."""
    if Aim.place == place:
        if Aim.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        Aim.left -= 1


def commit(self: BaseDatabaseWrapper) -> None:
    """A commit with a place before and one after it."""
    reach(BEFORE_COMMIT)
    _whole_commit(self)
    reach(AFTER_COMMIT)


def fetch(*args: Any, **named: Any) -> client.Answer:
    """The guarded client, with a place before and one after it: what webhooks send goes through here."""
    reach(AT_SEND)
    answer = _whole_fetch(*args, **named)
    reach(AT_SEND)
    return answer


def know() -> None:
    """Let rules name the action of this test."""
    actions.KNOWN[Post.key] = Post


def serve(begun: datetime, speed: float) -> None:
    """Fork a worker for each line that comes in: warm, as none would live long enough to import."""
    know()
    clock.follow(lambda: begun + (datetime.now(UTC) - begun) * speed)
    worker.POLL_SECONDS, worker.WATCH_SECONDS = 0.02, 0.3
    declared.periodic.clear()  # what is done every few minutes would be done all the time
    ticking.behind = lambda: (ticking.open_for() + timedelta(seconds=1)) * speed
    ticking.EVERY = timedelta(seconds=speed / 2)  # else every poll of the fast clock would take SQLite's one lock
    # What a killed worker held is soon taken up again, so that there is always work to be killed at.
    queue.LEASE = schedule.TURN = timedelta(seconds=2 * speed)
    queue.LONGEST_PAUSE = int(speed / 4)
    BaseDatabaseWrapper.commit = commit  # type: ignore[method-assign]
    client.fetch = fetch
    for _line in sys.stdin:
        pid = os.fork()
        if not pid:
            random.seed(os.getpid())
            for number in (BEFORE_COMMIT, AFTER_COMMIT, AT_SEND):
                signal.signal(number, aim)
            os._exit(worker.run())
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        print(pid, flush=True)
