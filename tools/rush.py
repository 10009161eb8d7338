"""How fast reminders are told: `python -m tools.rush mails` and `python -m tools.rush morning`, in a home of its own.

`mails`: a thousand due at once, until a mail server on this machine has taken the last; with `--kill` every worker is
killed in the middle. `morning`: a hundred thousand of five hundred people due at one moment, until the last is in the
app, while pages are opened. DATABASE_URL may name an empty PostgreSQL; `tools/postgres.py --safe` starts one.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bosun.config.bench.client import Line
from bosun.config.bench.scenes import Call, browser
from bosun.config.bench.usage import busy_seconds, cpu_seconds, pace
from bosun.config.commands.bench import BOSUN, STARTER, free_port, program, say, wait_for

PATIENCE = 1200
"""Seconds after which a run is given up."""
NOTICE = 4.0
"""Seconds between setting the time and the time."""
READERS = 4
PAUSE = 0.8
"""Seconds between two pages of one reader: all together they open five a second."""


# programs inside Bosun, each run as one of its own -----------------------------------------------------------------


def within(command: Sequence[str]) -> None:
    """One of the programs below."""
    programs: dict[str, Callable[..., None]] = {
        "fill": fill, "set": set_time, "watch": watch, "mail": set_up_mail, "post": post,
    }  # fmt: skip
    programs[command[0]](*command[1:])


def fill(count: str, people: str, channels: str) -> None:
    """So many people, and so many reminders of theirs that are due at no time yet."""
    from bosun.config.bench.filling import SYSTEM
    from bosun.kernel import loading, records, registry
    from bosun.lib import clock

    department = records.query("departments", SYSTEM.actor).page(1).items[0].pk
    held = [
        records.create(
            "users",
            {"name": f"Person {n}", "username": f"p{n}", "email": f"p{n}@house.example", "department": department},
            SYSTEM,
        ).pk
        for n in range(int(people))
    ]
    entity, now = registry.get("reminders"), clock.now()
    named = tuple(channels.split(",")) if channels else None
    for first in range(0, int(count), 20_000):
        loading.load(entity, (
            {"text": f"Call customer {n}", "due_at": now, "owner": held[n % len(held)], "channels": named,
             "state": "open", "nag_minutes": 0, "follows_owner": True}
            for n in range(first, min(int(count), first + 20_000))
        ), indexed=False)  # fmt: skip


def set_time() -> None:
    """All of them due in a moment; prints when."""
    from datetime import UTC, datetime, timedelta

    from bosun.platform.reminders.models import Reminder

    began = time.time()
    Reminder.objects.update(due_at=datetime.now(UTC) + timedelta(days=1))
    at = datetime.now(UTC) + timedelta(seconds=2 * (time.time() - began) + NOTICE)
    Reminder.objects.update(due_at=at, next_at=at)
    late = max(0.0, time.time() - at.timestamp())
    print(json.dumps({"at": at.timestamp(), "late": late}))


def watch(count: str, at: str) -> None:
    """Wait until so many were told; prints how many seconds after the time a half, and all, were."""
    from bosun.platform.reminders.models import Notice

    total, half, told = int(count), 0.0, 0
    while told < total and time.time() < float(at) + PATIENCE:
        time.sleep(0.25)
        told = Notice.objects.count()
        if not half and told >= total / 2:
            half = time.time() - float(at)
    once = Notice.objects.values("reminder").distinct().count()
    print(json.dumps({"half": half, "all": time.time() - float(at), "told": told, "once": once}))


def set_up_mail(port: str) -> None:
    """Mail goes to the server on this machine."""
    from bosun.platform.deliveries import configured

    held = {"host": "127.0.0.1", "port": int(port), "security": "none", "sender": "Bosun <crm@house.example>"}
    configured.save("email", held, True)


def post(file: str) -> None:
    """A mail server; each mail that it takes is a line of the file: when, and its Message-ID."""
    import re

    from aiosmtpd.controller import Controller

    with Path(file).open("w", buffering=1, encoding="utf-8") as kept:

        class Taking:
            async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
                found = re.search(rb"(?im)^Message-ID: *(\S+)", envelope.content)
                kept.write(f"{time.time()} {found[1].decode() if found else '?'}\n")
                return "250 OK"

        controller = Controller(Taking(), hostname="127.0.0.1", port=free_port())
        controller.start()
        print(controller.port, flush=True)
        sys.stdin.read()
        controller.stop(no_assert=True)


# measuring ---------------------------------------------------------------------------------------------------------


@contextmanager
def serving(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Bosun as for a company: web and worker."""
    server = subprocess.Popen([*BOSUN, "serve", "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        time.sleep(4)
        yield server
    finally:
        server.terminate()
        server.wait(60)


def workers_of(server: int) -> list[int]:
    """The processes that work: the children of the one that has everything loaded."""
    [parent] = workers_below(server)
    return workers_below(parent)


def workers_below(parent: int) -> list[int]:
    """The workers that a process began."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            above = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            continue
        if above == parent and b"worker" in words:
            found.append(int(entry.name))
    return found


def mails(options: argparse.Namespace, home: Path) -> None:
    """A thousand at once."""
    world = json.loads(program("filling", "20", "20"))
    own("fill", str(options.reminders), "20", "email")
    kept = home / "mails"
    command = [sys.executable, "-c", STARTER, "tools.rush", "within", "post", str(kept)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        own("mail", server.stdout.readline().strip())
        with serving(free_port()) as bosun:
            roots = [pid for pid in (bosun.pid, world["database"]) if pid]
            used = cpu_seconds(roots)
            at = json.loads(own("set"))["at"]
            lines = taken(kept, at, options, bosun.pid)
            used = cpu_seconds(roots) - used
        server.terminate()
    ids = [line.split()[1] for line in lines]
    last = max(float(line.split()[0]) for line in lines) - at
    first = min(float(line.split()[0]) for line in lines) - at
    when = sorted(float(line.split()[0]) for line in lines)
    pause = max((after - before for before, after in itertools.pairwise(when)), default=0.0)
    state = "killed in the middle" if options.kill else "not killed"
    print(
        f"{world['name']}, {state}: {len(set(ids)):,} mails, {len(ids) - len(set(ids))} of them twice under one key; "
        f"the first after {first:.1f} s, the last after {last:.1f} s, the longest pause {pause:.1f} s; "
        f"{used:.1f} s of processor time; {around()}"
    )


def taken(kept: Path, at: float, options: argparse.Namespace, server: int) -> list[str]:
    """The lines of the mail server, once all are there; some seconds more, for copies."""
    lines: list[str] = []
    workers = workers_of(server) if options.kill else []
    while len({line.split()[1] for line in lines}) < options.reminders:
        time.sleep(0.02)
        lines = kept.read_text().splitlines()
        while workers and len(lines) >= options.reminders // 2:
            os.kill(workers.pop(), signal.SIGKILL)
        if time.time() > at + PATIENCE:
            raise SystemExit(f"{len(lines)} mails after {PATIENCE} seconds")
    time.sleep(3)
    return kept.read_text().splitlines()


def morning(options: argparse.Namespace, _home: Path) -> None:
    """A hundred thousand at nine."""
    world = json.loads(program("filling", "5000", "15000"))
    say("filling")
    own("fill", str(options.reminders), str(options.people), "")
    port = free_port()
    with serving(port) as bosun:
        roots = [pid for pid in (bosun.pid, world["database"]) if pid]
        before = Pages(port, world)
        time.sleep(20)
        before.end()
        at = json.loads(own("set"))
        time.sleep(max(0.0, at["at"] - time.time()))
        used, busy = cpu_seconds(roots), busy_seconds()
        meanwhile = Pages(port, world)
        told = json.loads(own("watch", str(options.reminders), str(at["at"])))
        used, busy = cpu_seconds(roots) - used, busy_seconds() - busy
        meanwhile.end()
    print(
        f"{world['name']}: {told['told']:,} notices of {told['once']:,} reminders, {options.people} people; half "
        f"after {told['half']:.0f} s, all after {told['all']:.0f} s; {used:.0f} s of processor time; the machine was "
        f"busy for {busy:.0f} s on {os.cpu_count()} cores; pages before: {before.words()}; meanwhile: "
        f"{meanwhile.words()}; {around()}"
    )


class Pages:
    """Readers who open page after page, until it is over."""

    def __init__(self, port: int, world: dict[str, Any]) -> None:
        self.over = threading.Event()
        self.times: list[float] = []
        self.wrong = 0
        own_door, boss = browser(world, "ann"), browser(world, "admin")
        calls = [own_door("GET", "/day"), own_door("GET", "/customers?view=mine"), boss("GET", "/customers")]
        calls += [own_door("GET", f"/customers/{pk}") for pk in world["own"][:3]]
        self.readers = [threading.Thread(target=self._read, args=(port, calls, n)) for n in range(READERS)]
        for each in self.readers:
            each.start()

    def _read(self, port: int, calls: Sequence[Call], number: int) -> None:
        line, rng = Line(port), random.Random(number)
        for call in itertools.islice(itertools.cycle(calls), number, None):
            if self.over.wait(PAUSE * rng.uniform(0.5, 1.5)):
                break
            began = time.perf_counter()
            fits, _size = line.send(call)
            self.times.append(time.perf_counter() - began)
            self.wrong += not fits
        line.close()

    def end(self) -> None:
        """No more pages."""
        self.over.set()
        for each in self.readers:
            each.join()

    def words(self) -> str:
        """How long they took."""
        held = sorted(self.times)

        def share(part: float) -> float:
            return held[min(len(held) - 1, int(len(held) * part))] * 1000

        return f"{len(held)} (wrong {self.wrong}), p50 {share(0.5):.0f} ms, p95 {share(0.95):.0f} ms"


def around() -> str:
    """How hard-pressed the machine is."""
    return f"load {os.getloadavg()[0]:.1f}, ten million additions {pace():.2f} s"


def own(name: str, *arguments: str) -> str:
    """What one of the programs above prints."""
    command = [sys.executable, "-c", STARTER, "tools.rush", "within", name, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> None:
    """Fill, serve, measure, print."""
    if sys.argv[1:2] == ["within"]:
        within(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("mails", "morning"))
    parser.add_argument("--reminders", type=int, help="how many; a thousand mails, a hundred thousand in the morning")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--kill", action="store_true", help="kill all workers when half of the mails are taken")
    options = parser.parse_args()
    options.reminders = options.reminders or (1000 if options.what == "mails" else 100_000)
    home = Path(tempfile.mkdtemp(prefix="bosun-rush-"))
    os.environ |= {"BOSUN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "bosun.config.settings"}
    os.environ["BOSUN_LOG_LEVEL"] = "ERROR"
    try:
        subprocess.run([*BOSUN, "migrate", "--quiet"], check=True)
        {"mails": mails, "morning": morning}[options.what](options, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
