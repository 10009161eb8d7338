"""The sending loop: each channel in a thread of its own, so that one that is slow holds up nobody else.

A delivery is leased, sent outside any transaction, then marked. Whoever dies between sending and marking leaves a
delivery that is sent again under the same key.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from threading import Event, RLock, Thread, current_thread

from django.db import DatabaseError, close_old_connections, connections, transaction

from bosun.kernel import bulk, stamps
from bosun.platform.deliveries import asking, claiming, configured, entering, failing, heard, writing
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.channels.port import Message, Outcome
from bosun.platform.deliveries.models import ARRIVED, DELIVERED, FAILED, LADDER, QUEUED, Delivery
from bosun.platform.jobs import worker
from bosun.platform.org import actors
from bosun.platform.reminders import engine

log = logging.getLogger(__name__)
PAUSES = (60, 300, 900, 1800, 3600, 7200, 14_400, 28_800)
"""Seconds between one try and the next; after the last one it is given up."""
SAID = 1000
POLITE_SECONDS = 18.0
TOGETHER, QUICK_SECONDS = 10, 0.05
"""So many that were sent are marked at once where one follows the other quickly. Whoever dies before leaves as many
copies, so that there should be few."""
FRESH_SECONDS = 0.25
"""So long what is known of the next ones holds: a quick server has taken them by then, a slow one a few."""
SENDING = (
    "state", "sent_at", "next_at", "delivered_at", "reference", "said", "tries", "lease", "lease_until",
)  # fmt: skip
"""What a mark writes."""
Group = tuple[Message, list[Delivery]]


class Loop:
    """What one worker sends."""

    def __init__(self, stop: Event) -> None:
        self.stop = stop
        self.active: dict[str, list[Thread]] = {}
        self.leases: set[str] = set()
        self.lock = RLock()
        self._renewed = self._freed = 0.0

    def run(self) -> None:
        """Look for what is due until told to stop; come back when nothing is in hand any more."""
        try:
            while not self.stop.is_set():
                stamps.refresh()
                entering.outside.clear()
                self.look()
                entering.outside.wait(worker.POLL_SECONDS)
        finally:
            until = time.monotonic() + POLITE_SECONDS
            while any(self.at_work(key) for key in tuple(self.active)) and time.monotonic() < until:
                self.keep()
                time.sleep(0.05)

    def look(self) -> None:
        """Start a thread for each channel that has something to send and none at work."""
        self.keep()
        for key in claiming.due(engine.present()):
            if not self.at_work(key):
                self.start(key)

    def at_work(self, key: str) -> list[Thread]:
        """The threads of a channel."""
        return [each for each in self.active.get(key, ()) if each.is_alive()]

    def start(self, key: str) -> None:
        """One thread more."""
        made = Thread(target=self._channel, args=(key,), name=f"send-{key}", daemon=True)
        with self.lock:
            self.active[key] = [*self.at_work(key), made]
            made.start()

    def keep(self) -> None:
        """Prolong what is in hand; free what others of this machine left behind."""
        now = time.monotonic()
        if now - self._freed > 1.0:
            self._freed = now
            claiming.take_back()
        if now - self._renewed > claiming.RENEW_SECONDS:
            self._renewed = now
            with self.lock:
                held = list(self.leases)
            if held:
                claiming.renew(held, engine.present())

    def _channel(self, key: str) -> None:
        try:
            while not self.stop.is_set() and self.batch(key):
                close_old_connections()
        except DatabaseError as error:
            log.warning("the database does not answer: %s", error)
        except Exception:
            log.exception("the channel %s stumbled and goes on", key)
        finally:
            connections.close_all()

    def batch(self, key: str) -> bool:
        """The next of a channel; True while there may be more."""
        if key not in claiming.due(engine.present()):
            return False
        lease, rows = claiming.claim(key, engine.present())
        with self.lock:
            self.leases.add(lease)
        try:
            if current_thread() in self.active.get(key, ()) and len(rows) >= claiming.BATCH:
                self.help(key)
            goes_on = send(key, lease, rows, self.stop, self.others(key))
        finally:
            with self.lock:
                self.leases.discard(lease)
            claiming.let_go(lease)
        return bool(rows) and goes_on

    def help(self, key: str) -> None:
        """There is a lot: one more thread, where the channel bears it."""
        with self.lock:
            if len(self.at_work(key)) < getattr(CHANNELS.get(key), "parallel", 1):
                self.start(key)

    def others(self, key: str) -> bool:
        """Whether other threads of a channel are at work."""
        return any(each is not current_thread() for each in self.at_work(key))


def run(stop: Event) -> None:
    """What every worker does besides its jobs."""
    Loop(stop).run()


def drain() -> int:
    """Send all that is due, in this process and without threads; how many batches that were."""
    loop, count = Loop(Event()), 0
    stamps.refresh()
    for key in claiming.due(engine.present()):
        while loop.batch(key):
            count += 1
    return count


# one batch -------------------------------------------------------------------------------------------------------


def send(key: str, lease: str, rows: Sequence[Delivery], stop: Event, others: bool = False) -> bool:
    """Send what is still wanted, each marked as soon as it is known what became of it.

    False for one who is sent away while `others` are served: a server takes only so many connections.
    """
    wanted = asking.still_wanted(rows, engine.present(), lease)
    if key == LADDER:
        for row in wanted:
            if asking.not_over([row]):
                failing.climb(row, engine.present())
        return True
    held, groups = configured.rows().get(key), dict[str, list[Delivery]]()
    taken, down, probing = False, False, held is not None and held.failing_since is not None
    outcomes, marks = CHANNELS[key].send(_one_by_one(wanted, groups), configured.values_of(key)), Marks(lease)
    try:
        for message, said in outcomes:
            outcome = heard.fit(key, said)
            if outcome.down:
                down = True
                if not others:
                    configured.badly(key, outcome.said, True, outcome.wait)
                break
            if not marks.take(groups.pop(message.key), outcome):
                break
            if outcome.state == "again" and probing and not taken:
                # It answers, but takes nothing yet: the others stay where they are.
                configured.badly(key, outcome.said, True, outcome.wait)
            elif outcome.state in ARRIVED or outcome.dead:
                # Whoever says of one address that it is not there takes what goes to others.
                taken = taken or _well(key)
            if stop.is_set():
                break
    finally:
        marks.flush()
        close = getattr(outcomes, "close", None)
        if close is not None:
            close()
    return not (down and others)


class Marks:
    """What became of the messages of one batch, written down at once; several together where they go quickly."""

    def __init__(self, lease: str) -> None:
        self.lease = lease
        self.held: list[tuple[list[Delivery], Outcome]] = []
        self.last = 0.0

    def take(self, rows: list[Delivery], outcome: Outcome) -> bool:
        """One message; False where somebody else has it by now."""
        if outcome.state not in ARRIVED:
            return self.flush() and mark(rows, self.lease, outcome)
        self.held.append((rows, outcome))
        before, self.last = self.last, time.monotonic()
        return (self.last - before < QUICK_SECONDS and len(self.held) < TOGETHER) or self.flush()

    def flush(self) -> bool:
        """Write down what is held back."""
        held, self.held = self.held, []
        return not held or mark_sent(held, self.lease)


def _one_by_one(rows: Sequence[Delivery], groups: dict[str, list[Delivery]]) -> Iterator[Message]:
    """Each message as it is asked for; what it stands for is remembered by its key."""
    for message, held in written(rows):
        groups[message.key] = held
        yield message


def _well(key: str) -> bool:
    configured.well(key)
    return True


def written(rows: Sequence[Delivery]) -> Iterator[Group]:
    """The messages of some deliveries in hand, of those that are not over when it is their turn; what is told in one
    digest is one message.
    """
    groups: dict[str, list[Delivery]] = {}
    for row in rows:
        groups.setdefault(row.bundle or row.key, []).append(row)
    writer = writing.Writer(rows)
    for held in _not_over(list(groups.values())):
        reader = actors.load(held[0].person_id)
        if reader is not None:
            yield writer.message(held, reader), held


def _not_over(groups: Sequence[list[Delivery]]) -> Iterator[list[Delivery]]:
    """Each group when it is its turn, without what is over by then; asked for several at once where they go quickly."""
    asked, known, left = 0.0, 0, set[int]()
    for number, held in enumerate(groups):
        if number >= known or time.monotonic() - asked > FRESH_SECONDS:
            asked, known = time.monotonic(), number + TOGETHER
            left = asking.not_over([row for each in groups[number:known] for row in each])
        wanted = [row for row in held if row.pk in left]
        if wanted:
            yield wanted


def mark_sent(held: Sequence[tuple[Sequence[Delivery], Outcome]], lease: str) -> bool:
    """Write down that these were sent; False where somebody else has one of them by now."""
    now = engine.present()
    ids = [row.pk for rows, _outcome in held for row in rows]
    with transaction.atomic():
        mine = set(
            Delivery.objects.filter(pk__in=ids, lease=lease, state=QUEUED)
            .order_by("pk")
            .select_for_update(of=("self",))
            .values_list("pk", flat=True)
        )
        sent = [_sent(row, outcome, now) for rows, outcome in held for row in rows if row.pk in mine]
        if sent:
            bulk.update_objects(sent, SENDING)
    return len(mine) == len(ids)


def _sent(row: Delivery, outcome: Outcome, now: datetime) -> Delivery:
    row.state, row.sent_at, row.next_at = outcome.state, now, None
    row.delivered_at = now if outcome.state == DELIVERED else row.delivered_at
    row.reference, row.said, row.tries = outcome.reference[:200], outcome.said[:SAID], row.tries + 1
    row.lease, row.lease_until = "", None
    return row


def mark(rows: Sequence[Delivery], lease: str, outcome: Outcome) -> bool:
    """Write down what became of a message; False where somebody else has it by now."""
    if outcome.state in ARRIVED:
        return mark_sent([(rows, outcome)], lease)
    now = engine.present()
    mine = Delivery.objects.filter(pk__in=[row.pk for row in rows], lease=lease, state=QUEUED)
    free = {"lease": "", "lease_until": None, "said": outcome.said[:SAID], "tries": rows[0].tries + 1}
    if outcome.state == "again" and rows[0].tries < len(PAUSES):
        return bool(claiming.set_in_order(mine, next_at=_later(rows[0], outcome, now), **free))
    with transaction.atomic():
        marked = claiming.set_in_order(mine, state=FAILED, failed_at=now, next_at=None, **free)
        if marked:
            for row in rows:
                failing.give_up(row, outcome, now)
    configured.badly(rows[0].channel, outcome.said, False)
    return bool(marked)


def _later(row: Delivery, outcome: Outcome, now: datetime) -> datetime:
    return now + timedelta(seconds=max(outcome.wait, PAUSES[row.tries] if not outcome.wait else 0))
