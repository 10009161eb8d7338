"""Workers are killed while reminders come once, daily, weekly and until done, through all kinds of channels: nothing is
lost, nothing is told twice in the app, no copy outside has a second key, and each series has one next time.

Half of the kills fall at random, half right before or after a commit, or between sending and marking.
`BOSUN_KILLS=1000` kills a thousand times instead of fifty, `BOSUN_DAY=6` lets a day take six seconds instead of two.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

import pytest
from django.db import connection

from bosun.kernel import records, registry
from bosun.kernel.drafts import Draft
from bosun.lib import clock, recurrence
from bosun.platform.deliveries import claiming, sending
from bosun.platform.deliveries.channels import robots
from bosun.platform.deliveries.models import CANCELLED, QUEUED, SENT, Delivery
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from tests.kernel.world import SYSTEM, create
from tests.machine import ROOT
from tests.platform.delivering import choose, tell_many
from tests.platform.post import serving
from tests.platform.reminder_kinds import CHANNELS, PLACES, Gateways, gateways
from tests.platform.test_jobs_killed import database_url, wait_for
from tests.platform.test_reminders_killed import gone, kill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS = int(os.environ.get("BOSUN_KILLS") or 50)
EACH = 3
"""Reminders that come once, for each kill."""
DAY = float(os.environ.get("BOSUN_DAY") or 2)
"""Seconds that stand for a day: the workers' clock runs so much faster. On a busy machine a day should take longer."""
SPEED = 86_400 / DAY
PACE = 0.2 * DAY
"""Seconds for each kill, about."""
NAG = 720
"""Minutes: half a day, by the quick clock."""
NAGGING = 5
"""So many nag at the same time."""
MOST = 150
"""So many may wait to be sent before the next kill."""
PLANS: tuple[list[str], ...] = (
    ["email"], [], ["sms"], ["slack"], ["email", "sms"], ["webpush"], list(CHANNELS),
)  # fmt: skip
SERIES: tuple[tuple[str, str, list[str]], ...] = (
    ("FREQ=DAILY", "Europe/Berlin", ["email", "sms"]),
    ("FREQ=DAILY", "Australia/Lord_Howe", []),
    ("FREQ=DAILY;INTERVAL=2", "America/New_York", ["slack", "webpush"]),
    ("FREQ=WEEKLY;BYDAY=MO,FR", "Asia/Kathmandu", list(CHANNELS)),
    ("FREQ=WEEKLY", "Europe/London", ["email"]),
)
CODE = """
import django; django.setup()
from datetime import datetime
from tests.platform import reminder_kinds
reminder_kinds.serve(datetime.fromisoformat({begun!r}), {speed})
"""


class Workers:
    """Workers forked from one warm parent, and their clock."""

    def __init__(self, begun: datetime, speed: float) -> None:
        environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "bosun.config.settings"}
        code = CODE.format(begun=begun.isoformat(), speed=speed)
        self.parent = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        self.started: list[int] = []
        assert self._hear() == "ready"
        self.begun, self.speed, self.launched = begun, speed, datetime.now(UTC)

    def _hear(self) -> str:
        assert self.parent.stdout is not None
        return self.parent.stdout.readline().strip()

    def now(self) -> datetime:
        """What their clock shows, about."""
        return self.begun + (datetime.now(UTC) - self.launched) * self.speed

    def spawn(self) -> int:
        """One more; its number."""
        assert self.parent.stdin is not None
        self.parent.stdin.write("\n")
        self.parent.stdin.flush()
        self.started.append(int(self._hear()))
        return self.started[-1]

    def end(self) -> None:
        """Those that are left, and the parent."""
        for pid in self.started[-16:]:
            kill(pid)
        self.parent.kill()
        self.parent.wait()


@pytest.fixture
def launch() -> Iterator[Callable[..., Workers]]:
    """Starts the parent of workers."""
    made: list[Workers] = []

    def start(begun: datetime, speed: float = 1.0) -> Workers:
        made.append(Workers(begun, speed))
        return made[-1]

    yield start
    for each in made:
        each.end()


@dataclass
class Made:
    """What there is to be told."""

    people: list[int]
    once: list[Any] = field(default_factory=list)
    series: list[Any] = field(default_factory=list)
    nagging: list[Any] = field(default_factory=list)
    ended: dict[int, int] = field(default_factory=dict)
    """Those that nag and are done, with the last notice that was told before."""


def make(begun: datetime) -> Made:
    """Reminders of three people over the time of the campaign, and gateways for all of them."""
    people = [
        create("users", name=name, username=name, email=f"{name}@house.example", phones=[f"+8613812345{n}"]).pk
        for n, name in enumerate(("ann", "ben", "cyd"), 670)
    ]

    def at(seconds: float) -> datetime:
        return begun + timedelta(seconds=round(seconds * SPEED))

    made = Made(people)
    once = [
        {"due_at": at(1 + PACE * n / EACH), "owner": people[n % 3], "channels": PLANS[n % len(PLANS)]}
        for n in range(EACH * KILLS)
    ]
    nagging = [
        {"due_at": at(0.5 + 5 * PACE * n), "owner": people[n % 3], "channels": PLANS[n % 3], "nag_minutes": NAG}
        for n in range(KILLS // 5)
    ]
    series = [
        {
            "due_at": at(0.7 + 0.1 * n),
            "rule": rule,
            "timezone": zone,
            "channels": plan,
            "owner": people[0],
            "people": people,
        }
        for n, (rule, zone, plan) in enumerate(SERIES)
    ]
    for kept, raws in ((made.once, once), (made.nagging, nagging), (made.series, series)):
        with clock.fixed(begun):
            for first in range(0, len(raws), 100):
                part = [{"text": f"Call {first + n}", **raw} for n, raw in enumerate(raws[first : first + 100])]
                drafts = [Draft(registry.get("reminders"), raw, verb="created") for raw in part]
                records.save(drafts, SYSTEM)
                assert [draft.failure for draft in drafts] == [None] * len(drafts)
                kept += [draft.record for draft in drafts]
    return made


def finish(made: Made, workers: Workers) -> None:
    """Of those that nag and were told, all but the latest few are done: they must not become more and more."""
    left = [row for row in made.nagging if row.pk not in made.ended]
    told = set(Notice.objects.filter(reminder__in=left).values_list("reminder", flat=True).distinct())
    for row in [row for row in left if row.pk in told][:-NAGGING]:
        with clock.fixed(workers.now()):
            draft = records.run_verb("reminders", [row.pk], "done", {}, SYSTEM)[0]
        assert draft.failure is None
        last = Notice.objects.filter(reminder=row).order_by("-pk")
        made.ended[row.pk] = int(last.values_list("pk", flat=True)[0])


def strike(pid: int, rng: random.Random) -> bool:
    """End a worker: at once, or at the next commit or send that it comes to; True where it came to one."""
    aimed = rng.random() < 0.5
    if aimed:
        kill(pid, rng.choice(PLACES))
        aimed = wait_for(lambda: gone(pid), 1)
    kill(pid)
    return aimed


def test_killed_workers_lose_nothing_and_double_nothing(
    launch: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, began, aimed = random.Random(20261122), time.monotonic(), 0
    begun = clock.now()
    with gateways() as outside:
        made = make(begun)
        outside.set_up(made.people)
        workers = launch(begun, SPEED)
        alive = [workers.spawn() for _number in range(3)]
        for number in range(KILLS):
            time.sleep(rng.uniform(0.05, 0.35))
            # A busy machine must not fall behind so far that workers are killed before they have sent anything.
            wait_for(lambda: under_way() < MOST, 10)
            victim = rng.randrange(3)
            aimed += strike(alive[victim], rng)
            alive[victim] = workers.spawn()
            if number % 5 == 4:
                finish(made, workers)
        last = [row.pk for row in (*made.once, *made.nagging)]

        def all_told() -> bool:
            return Notice.objects.filter(reminder__in=last).values("reminder").distinct().count() == len(last)

        assert wait_for(all_told, 60 + KILLS)
        for pid in alive:
            kill(pid, signal.SIGTERM)
        assert wait_for(lambda: all(gone(pid) for pid in alive), 30)
        monkeypatch.setattr(robots, "MINUTE", 0.0)
        end = finish_up(workers.now())
        outside.read_mail()
    found = count(made, outside)
    print(
        f"\n{connection.vendor}: kills {KILLS}, {aimed} of them where aimed; {found.words()}; "
        f"{time.monotonic() - began:.0f} s"
    )
    assert (found.lost, found.double, found.second_keys, found.wrong_series, found.strange) == ([], [], [], [], [])
    assert all(row.next_at > end for row in Reminder.objects.filter(pk__in=[row.pk for row in made.series]))
    assert aimed >= KILLS // 10
    assert found.again, "aimed kills leave copies, each recognisable"


def under_way() -> int:
    """How many are to be sent, those that wait for their time included."""
    return int(Delivery.objects.filter(state=QUEUED).count())


def finish_up(now: datetime) -> datetime:
    """When nobody works any more: what is due at this moment, told and sent; what is tried again, until it went out."""
    with clock.fixed(now):
        engine.tick()
    claiming.take_back()
    for hours in range(100):
        with clock.fixed(now + timedelta(hours=hours)):
            sending.drain()
        if not Delivery.objects.filter(state=QUEUED).exists():
            return now
    raise AssertionError(list(Delivery.objects.filter(state=QUEUED).values("channel", "tries", "lease", "next_at")))


@dataclass
class Found:
    """What the campaign counts."""

    reminders: int
    notices: int
    outside: int
    again: int
    """Copies beyond the first one, each under the key of the first."""
    lost: list[Any] = field(default_factory=list)
    double: list[Any] = field(default_factory=list)
    second_keys: list[Any] = field(default_factory=list)
    wrong_series: list[Any] = field(default_factory=list)
    strange: list[Any] = field(default_factory=list)

    def words(self) -> str:
        """In a line."""
        return (
            f"reminders {self.reminders}, told in the app {self.notices}, outside {self.outside} and {self.again} "
            f"copies; lost {len(self.lost)}, double in the app {len(self.double)}, second keys "
            f"{len(self.second_keys)}, series wrong {len(self.wrong_series)}"
        )


def count(made: Made, outside: Gateways) -> Found:
    """Everything that was to be told against what was told."""
    copies = sum(sum(keys.values()) for keys in outside.arrived.values())
    found = Found(Reminder.objects.count(), Notice.objects.count(), len(outside.arrived), copies - len(outside.arrived))
    told = Counter(Notice.objects.values_list("reminder", "due_at", "person_id"))
    found.double = [place for place, times in told.items() if times > 1]
    found.lost = [row.pk for row in made.once if told[row.pk, row.due_at, row.owner_id] != 1]
    for row in made.nagging:
        count_nag(row, made.ended.get(row.pk), found)
    for row in made.series:
        count_series(row, made.people, found)
    count_outside({row.pk: row.channels or [] for row in (*made.once, *made.nagging, *made.series)}, outside, found)
    found.strange += outside.strange
    return found


def count_nag(row: Any, last: int | None, found: Found) -> None:
    """It was told at each time of its grid on which somebody could, from the first on; and never after it was done."""
    times = list(Notice.objects.filter(reminder=row).order_by("due_at").values_list("due_at", flat=True))
    one = Occurrence.objects.get(reminder=row)
    step = timedelta(minutes=NAG)
    if not times or times[0] != row.due_at:
        found.lost.append((row.pk, times[:1]))
    elif last is None and one.next_nag_at != times[-1] + step * ((one.next_nag_at - times[-1]) // step):
        found.wrong_series.append((row.pk, one.next_nag_at))
    if any((moment - times[0]) % step for moment in times):
        found.strange.append((row.pk, times))
    if last is not None and (one.next_nag_at or Notice.objects.filter(reminder=row, pk__gt=last).exists()):
        found.double.append((row.pk, "after done"))


def count_series(row: Any, people: list[int], found: Found) -> None:
    """Each time came once for each person, none was left out, and there is one next time: the one that follows."""
    row.refresh_from_db()
    begin = datetime.fromisoformat(row.wall)
    coming = recurrence.times(row.rule, begin, row.due_at - timedelta(seconds=1), row.timezone)
    wanted = list(takewhile(lambda moment: moment < row.next_at, coming))
    before = wanted[-1] if wanted else row.due_at - timedelta(seconds=1)
    if next(recurrence.times(row.rule, begin, before, row.timezone)) != row.next_at:
        found.wrong_series.append((row.pk, row.next_at))
    for person in people:
        mine = Occurrence.objects.filter(reminder=row, owner_id=person).order_by("due_at")
        if list(mine.values_list("due_at", "state")) != [
            (moment, "open" if moment == wanted[-1] else "missed") for moment in wanted
        ]:
            found.wrong_series.append((row.pk, person))
        told = Notice.objects.filter(reminder=row, person_id=person).order_by("due_at")
        if list(told.values_list("due_at", flat=True)) != wanted:
            found.lost.append((row.pk, person))
        if told.filter(closed_at__isnull=True).count() != min(1, len(wanted)):
            found.double.append((row.pk, person, "open cards"))


def count_outside(plans: dict[int, list[str]], outside: Gateways, found: Found) -> None:
    """Each notice has a row for each channel, and each row that was not overtaken by a later one arrived."""
    rows = {row.pk: row for row in Delivery.objects.select_related("notice")}
    by_notice: dict[int, Counter[str]] = {}
    for row in rows.values():
        by_notice.setdefault(row.notice_id, Counter())[row.channel] += 1
    for pk, reminder in Notice.objects.values_list("pk", "reminder_id"):
        # Mail is what the house sends to whoever has not read it.
        if by_notice.get(pk) != Counter({"app", "email", *plans[reminder]}):
            found.lost.append((pk, by_notice.get(pk)))
    for row in rows.values():
        if row.channel == "app":
            continue
        arrived = outside.arrived.get((row.channel, row.pk), Counter())
        overtaken = row.state == CANCELLED and row.notice.closed_at is not None
        if not arrived and not overtaken:
            found.lost.append((row.key, row.state, row.said))
        key = {"sms": row.key, "webpush": row.key, "slack": ""}.get(row.channel, row.reference)
        if len(arrived) > 1 or (row.sent_at and set(arrived) != {key}):
            found.second_keys.append((row.key, arrived))
    found.strange += [place for place in outside.arrived if place[1] not in rows]
    keys = Counter(next(iter(each)) for (channel, _pk), each in outside.arrived.items() if channel != "slack")
    found.second_keys += [key for key, times in keys.items() if times > 1]


def test_eight_workers_send_each_message_once(launch: Callable[..., Workers]) -> None:
    """F4.01."""
    total = 200
    person = create("users", name="Ann", email="ann@house.example").pk
    choose(person)
    with serving() as post:
        post.set_up()
        tell_many(person, total, clock.now())
        workers = launch(clock.now())
        eight = [workers.spawn() for _number in range(8)]
        assert wait_for(lambda: Delivery.objects.filter(channel="email", state=SENT).count() == total, 240)
        for pid in eight:
            kill(pid, signal.SIGTERM)
        assert wait_for(lambda: all(gone(pid) for pid in eight), 60)
        assert len(post.ids) == len(set(post.ids)) == total
