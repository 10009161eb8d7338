"""What the campaign of kills over reminders needs: workers with a quick clock that end where they are told to, and
gateways that keep what they were sent.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import FrameType
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from bosun.kernel import stamps
from bosun.lib import clock
from bosun.platform.automation import ticking
from bosun.platform.deliveries import claiming, configured, sending
from bosun.platform.deliveries.channels import robots
from bosun.platform.deliveries.channels.port import Outcome
from bosun.platform.deliveries.models import Delivery
from bosun.platform.jobs import declared, queue, schedule, worker
from bosun.platform.push import browsers
from tests.kernel.world import create
from tests.platform import post
from tests.platform.rule_kinds import AFTER_COMMIT, AT_SEND, BEFORE_COMMIT, Aim, commit, reach
from tests.platform.test_channels_push import Fake

PLACES = (BEFORE_COMMIT, AFTER_COMMIT, AT_SEND, AT_SEND)
"""Right before and after a commit; between sending and marking twice as often."""
CHANNELS = ("email", "sms", "slack", "webpush")
LINK = re.compile(r"/told/(\d+)")
PAUSE = 0.3
"""Real seconds between one try and the next."""
_whole_mark = sending.mark_sent


# workers ---------------------------------------------------------------------------------------------------------


def aim(number: int, _frame: FrameType | None) -> None:
    """The campaign asks for an end at one of these places, now or at the next time."""
    Aim.place, Aim.left = number, random.randrange(2)


def mark_sent(held: Sequence[tuple[Sequence[Delivery], Outcome]], lease: str) -> bool:
    """A mark with a place before it: it was sent, and nobody has written that down."""
    reach(AT_SEND)
    return _whole_mark(held, lease)


def serve(begun: datetime, speed: float) -> None:
    """Fork a worker for each line that comes in: warm, as none would live long enough to import."""
    launched = datetime.now(UTC)
    clock.follow(lambda: begun + (datetime.now(UTC) - launched) * speed)
    worker.POLL_SECONDS, worker.WATCH_SECONDS = 0.05, 0.5
    declared.periodic.clear()  # what is done every few minutes would be done all the time
    ticking.EVERY = timedelta(seconds=speed)
    # What a killed worker held is soon taken up again, so that there is always work to be killed at.
    queue.LEASE = schedule.TURN = timedelta(seconds=2 * speed)
    claiming.LEASE, claiming.RENEW_SECONDS = timedelta(seconds=5 * speed), 1.0
    sending.PAUSES = (PAUSE * speed,) * 8  # type: ignore[assignment]
    robots.MINUTE = 0.0
    BaseDatabaseWrapper.commit = commit  # type: ignore[method-assign]
    sending.mark_sent = mark_sent
    print("ready", flush=True)
    for _line in sys.stdin:
        pid = os.fork()
        if not pid:
            random.seed(os.getpid())
            for number in set(PLACES):
                signal.signal(number, aim)
            os._exit(worker.run())
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        print(pid, flush=True)


# gateways --------------------------------------------------------------------------------------------------------


def refused_at_first(pk: int) -> bool:
    """One delivery in eight is refused once, so that it has to be tried again."""
    return pk % 8 == 3


@dataclass
class Gateways:
    """What arrived outside: by channel and delivery, how often under which key."""

    mail: post.Post
    port: int = 0
    arrived: dict[tuple[str, int], Counter[str]] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)
    """What speaks of no delivery."""
    browsers: dict[str, Fake] = field(default_factory=dict)
    _refused: set[tuple[str, int]] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def take(self, channel: str, text: str, key: str) -> bool:
        """Keep one copy; False where it is refused."""
        found = LINK.search(text)
        if found is None:
            self.strange.append(text)
            return True
        place = (channel, int(found[1]))
        with self._lock:
            if refused_at_first(place[1]) and place not in self._refused:
                self._refused.add(place)
                return False
            self.arrived.setdefault(place, Counter())[key] += 1
        return True

    def answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        """What a gateway answers that is called over HTTP."""
        channel, _slash, which = path.strip("/").partition("/")
        if channel == "webpush":
            told = self.browsers[which].read(body)
            return (201 if self.take(channel, told["url"], told["tag"]) else 503), b""
        told = json.loads(body)
        if not self.take(channel, told["text"], told.get("key", "")):
            return 503, b"later"
        return 200, b"ok" if channel == "slack" else b'{"code": 0}'

    def set_up(self, people: Sequence[int]) -> None:
        """Let Bosun use them all, and give each of these people a browser."""
        create("allowed_hosts", host=f"127.0.0.1:{self.port}")
        stamps.refresh()
        base = f"http://127.0.0.1:{self.port}"
        self.mail.set_up()
        sms = {"url": f"{base}/sms", "body": '{"to": "{to}", "text": "{text}", "key": "{key}"}'}
        configured.save("sms", {**sms, "success_at": "code", "success": "0"}, True)
        configured.save("slack", {"url": f"{base}/slack"}, True)
        configured.save("webpush", {"contact": "it@house.example"}, True)
        for pk in people:
            self.browsers[str(pk)] = Fake(f"{base}/webpush/{pk}")
            browsers.take(pk, self.browsers[str(pk)].offered, "Firefox")

    def read_mail(self) -> None:
        """Sort the mail that came: each stands for one copy."""
        for _to, mail in self.mail.taken:
            part = mail.get_body(("plain",))
            found = LINK.search(part.get_content() if part is not None else "")
            if found is None:
                self.strange.append(str(mail["Subject"]))
                continue
            self.arrived.setdefault(("email", int(found[1])), Counter())[str(mail["Message-ID"])] += 1


@contextmanager
def gateways() -> Iterator[Gateways]:
    """A mail server, and one that is called over HTTP for all other channels, while they run."""
    with post.serving() as mail:
        about, refused = Gateways(mail), set[str]()

        def once(key: str) -> str:
            # One in eight; it is known by its Message-ID alone.
            if sum(key.encode()) % 8 or key in refused:
                return "250 OK"
            refused.add(key)
            return "451 4.2.0 later"

        mail.to_message = once

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                status, said = about.answer(self.path, self.rfile.read(int(self.headers["Content-Length"] or 0)))
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_said: Any) -> None:
                """Nothing is printed."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_about: Any) -> None:
                """Whoever was killed hears no answer; nothing is printed."""

        server = Server(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        about.port = server.server_port
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield about
        finally:
            server.shutdown()
            server.server_close()
