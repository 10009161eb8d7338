"""People do with reminders whatever they like, in any order, while days go by: nothing that is open is ever without a
card or a time to come, nobody has two of one, and each card is with the one who is to have it.

`BOSUN_SEEDS=200` tries so many random months instead of three; a failure names its seed and what was done.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bosun.kernel import records, removal, stamps, undo
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import DoorError
from bosun.lib import clock
from bosun.platform.away import handlers, periods, routing
from bosun.platform.away.models import Delegation
from bosun.platform.reminders import engine, opening, series
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from tests.kernel.world import World
from tests.platform.test_away import team  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
SEEDS = int(os.environ.get("BOSUN_SEEDS") or 3)
STEPS = 100
BEGINS = datetime(2027, 3, 25, 8, tzinfo=UTC)
"""Summer time begins three days later."""
MINUTES = (0.5, 1, 5, 31, 60, 61, 240, 600, 1440, 1441, 4000)
AWAY_FROM_NOW = (-3000, -200, -5, 1, 10, 45, 600, 1500)
RULES = (
    None, "FREQ=DAILY", "FREQ=DAILY;COUNT=2", "FREQ=DAILY;COUNT=3", "FREQ=DAILY;INTERVAL=2", "FREQ=HOURLY",
    "FREQ=MINUTELY;INTERVAL=30", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=WEEKLY;COUNT=1", "FREQ=MONTHLY",
)  # fmt: skip
ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")


class Month:
    """Some weeks of one random life."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.rng, self.now = world, random.Random(seed), BEGINS
        self.done: list[str] = [f"seed {seed}"]
        self.batch = ""
        self.removals: list[int] = []
        self.steps: list[tuple[int, Callable[[], Any]]] = [
            (14, self.make), (30, self.wait), (9, self.edit), (6, self.verb), (14, self.verb_of_one), (4, self.name),
            (5, self.transfer), (4, self.remove), (4, self.restore), (3, self.take_back), (3, self.open),
            (5, self.leave), (4, self.change_absence),
        ]  # fmt: skip

    def step(self) -> None:
        """One thing that somebody does, or tries; then the workers look."""
        weights, acts = zip(*self.steps, strict=True)
        (act,) = self.rng.choices(acts, weights)
        with clock.fixed(self.now):
            try:
                said = act()
            except DoorError as refusal:
                said = f"refused: {refusal}"
        self.done.append(f"{self.now:%m-%d %H:%M:%S} {act.__name__} {said}")
        self.now += timedelta(seconds=1)
        with clock.fixed(self.now):
            stamps.refresh()
            while engine.tick():
                pass
            handlers.hand_back()
            while engine.tick():
                pass

    # what people do ----------------------------------------------------------------------------------------------

    def make(self) -> Any:
        values: dict[str, Any] = {
            "text": f"t{len(self.done)}", "due_at": self.now + timedelta(minutes=self.rng.choice(AWAY_FROM_NOW)),
            "rule": self.rng.choice(RULES), "nag_minutes": self.rng.choice((0, 0, 1, 30, 60)),
            "on_opening": self.rng.random() < 0.15,
        }  # fmt: skip
        if values["rule"]:
            values["timezone"] = self.rng.choice(ZONES)
        who = self.rng.choice(("ann", "ben", "ada", "cyd"))
        if who == "ada" and self.rng.random() < 0.6:
            values["people"] = self.some_people()
        row = records.create("reminders", values, self.act(who))
        return who, row.pk, values

    def wait(self) -> Any:
        self.now += timedelta(minutes=self.rng.choice(MINUTES))

    def edit(self) -> Any:
        later = self.now + timedelta(minutes=self.rng.choice((-30, 1, 30, 600, 2000)))
        day = (self.now + timedelta(days=self.rng.choice((0, 1, 3)))).date()
        values: dict[str, Any] = self.rng.choice((
            {"due_at": later}, {"rule": self.rng.choice(RULES)}, {"timezone": self.rng.choice(ZONES)},
            {"nag_minutes": self.rng.choice((0, 1, 30))}, {"until": self.rng.choice((None, day))},
            {"on_opening": self.rng.random() < 0.5},
        ))  # fmt: skip
        row = self.any_reminder()
        records.change("reminders", row.pk, values, self.act(self.owner_or_ada(row)))
        return row.pk, values

    def verb(self) -> Any:
        row, name = self.any_reminder(), self.rng.choice(("done", "reopen", "end", "snooze"))
        self.run("reminders", row, name, self.owner_or_ada(row))
        return row.pk, name

    def verb_of_one(self) -> Any:
        rows = Occurrence.objects.filter(deleted_at__isnull=True).order_by("pk")
        opened = rows.filter(state="open")
        row = self.one(list(opened if opened and self.rng.random() < 0.8 else rows))
        stands_in = routing.deputy(row.owner_id, "reminders", self.now, routing.there())
        who = self.name_of(stands_in if stands_in and self.rng.random() < 0.6 else row.owner_id)
        later = rows.filter(reminder=row.reminder_id, owner=row.owner_id, due_at__gt=row.due_at)
        # Who opens an earlier time again beside the latest means to have two.
        name = self.rng.choice(("done", "snooze", "snooze") + (() if later.exists() else ("reopen",)))
        self.run("occurrences", row, name, who)
        return who, row.pk, name

    def transfer(self) -> Any:
        row, to = self.any_reminder(), self.rng.choice(("ann", "ben", "cyd"))
        given = {"owner": self.world.people[to]}
        draft = records.run_verb("reminders", [row.pk], "transfer", given, self.act("ada"))[0]
        return row.pk, to, draft.failure

    def name(self) -> Any:
        row, people = self.any_reminder(), self.rng.choice(([], self.some_people()))
        records.change("reminders", row.pk, {"people": people}, self.act("ada"))
        return row.pk, people

    def remove(self) -> Any:
        row = self.any_reminder()
        self.removals.append(records.remove_one("reminders", row.pk, self.act(self.owner_or_ada(row))).pk)
        return row.pk

    def restore(self) -> Any:
        return removal.restore(self.one(self.removals), self.act("ada"))

    def take_back(self) -> Any:
        return undo.undo(self.batch, self.world.act("ada"))

    def open(self) -> Any:
        opening.forget()
        return opening.opened(self.world.people[self.rng.choice(("ann", "ben", "cyd"))], self.now)

    def leave(self) -> Any:
        who, delegate = self.rng.sample(("ann", "ben", "cyd"), 2)
        first = self.now + timedelta(days=self.rng.choice((0, 0, 1)))
        values = {
            "person": self.world.people[who], "delegate": self.world.people[delegate], "first_day": first.date(),
            "last_day": (first + timedelta(days=self.rng.choice((0, 0, 1, 2)))).date(),
            "reminders": self.rng.random() < 0.85,
        }  # fmt: skip
        records.create("delegations", values, self.act("ada"))
        return who, delegate, values

    def change_absence(self) -> Any:
        row = self.one(list(Delegation.objects.filter(deleted_at__isnull=True).order_by("pk")))
        if self.rng.random() < 0.5:
            records.remove_one("delegations", row.pk, self.act("ada"))
            return row.pk
        days = timedelta(days=self.rng.choice((0, 2)))
        delegate = self.world.people[self.rng.choice(("ann", "ben", "cyd"))]
        values: dict[str, Any] = self.rng.choice(
            ({"delegate": delegate}, {"last_day": (self.now + days).date()}, {"reminders": self.rng.random() < 0.5})
        )
        records.change("delegations", row.pk, values, self.act("ada"))
        return row.pk, values

    # helpers -----------------------------------------------------------------------------------------------------

    def act(self, who: str) -> Any:
        self.batch = new_batch()
        return self.world.act(who, batch=self.batch)

    def run(self, entity: str, row: Any, name: str, who: str) -> None:
        given = {"minutes": self.rng.choice((5, 60, 1500))} if name == "snooze" else {}
        draft = records.run_verb(entity, [row.pk], name, given, self.act(who))[0]
        if draft.failure is not None:
            raise draft.failure

    def one(self, rows: list[Any]) -> Any:
        return self.rng.choice(rows) if rows else self.make_first()

    def make_first(self) -> Any:
        self.make()
        raise DoorError()

    def any_reminder(self) -> Any:
        return self.one(list(Reminder.objects.filter(deleted_at__isnull=True).order_by("pk")))

    def some_people(self) -> list[int]:
        return [self.world.people[name] for name in self.rng.sample(("ann", "ben", "cyd"), self.rng.randint(1, 2))]

    def name_of(self, person: int | None) -> str:
        return next(name for name, pk in self.world.people.items() if pk == person)

    def owner_or_ada(self, row: Any) -> str:
        return self.name_of(row.owner_id) if self.rng.random() < 0.7 else "ada"


def faults(now: datetime) -> list[str]:
    """What is wrong with all reminders at a moment at which the workers have looked."""
    found: list[str] = []
    for row in Reminder.objects.filter(deleted_at__isnull=True).order_by("pk"):
        times = list(Occurrence.objects.filter(reminder=row, deleted_at__isnull=True).order_by("pk"))
        opened = [each for each in times if each.state == "open"]
        found += [f"reminder {row.pk}: {fault}" for fault in _of_reminder(row, times, opened, now)]
        for each in opened:
            found += [f"occurrence {each.pk} of {row.pk}: {fault}" for fault in _of_time(row, each, times, now)]
    over = Notice.objects.filter(closed_at__isnull=True, occurrence__isnull=False).exclude(
        occurrence__state="open", reminder__state="open", reminder__deleted_at__isnull=True
    )
    return found + [f"an open card of what is closed: {key}" for key in over.values_list("key", flat=True)]


def _of_reminder(row: Any, times: list[Any], opened: list[Any], now: datetime) -> list[str]:
    coming = next(series.coming(row, now), None) if row.rule and row.wall else None
    owners = Counter(each.owner_id for each in opened)
    wrong = {
        "somebody has two": any(count > 1 for count in owners.values()),
        "somebody has it whom it does not remind": bool(set(owners) - set(engine.people_of(row))),
        "nothing stands open, and nothing comes": row.state == "open" and row.next_at is None and not opened,
        "its time has come and is not told": row.next_at is not None and row.next_at <= now,
        "ended, and there is more": row.state != "open" and bool(opened or row.next_at),
        "another time comes than its rule says": row.state == "open" and bool(coming and _another(row, times, coming)),
    }
    return [fault for fault, holds in wrong.items() if holds]


def _another(row: Any, times: list[Any], coming: datetime) -> bool:
    """Its next time is not that of its rule; a time that was told by a clock ahead, or moved since, is left out."""
    told_ahead = any(each.due_at >= coming for each in times)
    return bool(row.next_at != coming and not told_ahead)


def _of_time(row: Any, each: Any, times: list[Any], now: datetime) -> list[str]:
    target = routing.deputy(each.owner_id, "reminders", now, routing.there()) or each.owner_id
    absence = periods.absence_of(each.owner_id, now)
    cards = list(Notice.objects.filter(occurrence=each, closed_at__isnull=True))
    asleep = each.snoozed_until is not None and each.snoozed_until > now
    his_own = target != each.owner_id and any((one.owner_id, one.due_at) == (target, each.due_at) for one in times)
    told_before = [card for card in cards if absence and card.person_id == each.owner_id]
    wrong = {
        "two cards": len(cards) > 1,
        "a card while it is put off": asleep and bool(cards),
        "the card is with another": any(card.person_id != target for card in cards if card not in told_before),
        "it nags no more": bool(row.nag_minutes) and not each.waits and each.next_nag_at is None,
        "its nag has come and is not told": each.next_nag_at is not None and each.next_nag_at <= now,
        "no card, and none to come": not (cards or each.waits or his_own) and each.next_nag_at is None,
    }
    return [fault for fault, holds in wrong.items() if holds]


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.usefixtures("openings")
def test_nothing_is_lost_or_doubled_whatever_people_do(team: World, seed: int) -> None:  # noqa: F811
    month = Month(team, seed)
    for _step in range(STEPS):
        month.step()
        with clock.fixed(month.now):
            wrong = faults(month.now)
        assert not wrong, "\n".join([*wrong, *month.done[-40:]])
    assert Notice.objects.count() > SEEDS
