"""A year of follow-ups for the customers of the demo, and what was promised in them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bosun.kernel import loading, registry
from bosun.kernel.kinds import AnyValue
from bosun.lib import clock
from bosun.modules.activities.demo_notes import GOODS, NOTES, Said
from bosun.modules.activities.rules import CONTACTS
from bosun.modules.customers.demo import Plan

YEAR = timedelta(days=365)
OFTEN = {"A": 15, "B": 9, "C": 5, "D": 3}
SPANS = {"call": (5, 35), "visit": (60, 180), "meeting": (30, 120)}
Row = dict[str, Any]


def plan(
    found: Sequence[Plan], rng: random.Random, today: date, promises: Mapping[int | None, Sequence[int]]
) -> list[list[Row]]:
    """Follow-ups for each customer, the latest last; writes next contact's step into the customers' rows.

    `promises` gives, by seller, on how many days from today the promises of his first customers fall due.
    """
    waiting = {person: list(days) for person, days in promises.items()}
    told = []
    for one in found:
        rows = list(_told(one, one.last, rng)) if one.last else []
        if rows:
            days = waiting.get(one.seller.person) or []
            _promise(rows, one, rng, today, days.pop(0) if days else None, bool(one.seller.states))
            one.row["next_step"], one.row["next_step_on"] = rows[-1].get("next_step"), rows[-1].get("next_step_on")
        told.append(rows)
    return told


def store(found: Sequence[Plan], told: Sequence[list[Row]]) -> int:
    """Store them, now that customers and people have ids; how many there are."""
    rows = [
        _stored(one, row) for one, some in zip(found, told, strict=True) for row in some
    ]  # fmt: skip
    rows.sort(key=lambda row: row["at"])
    return len(loading.load(registry.get("follow_ups"), rows))


def _stored(one: Plan, row: Row) -> Row:
    held = {name: value for name, value in row.items() if name != "whom"}
    about = AnyValue("customers", one.pk)
    return {**held, "about": about, "customer": one.pk, "contact": one.contacts[row["whom"]]}


def _told(one: Plan, last: date, rng: random.Random) -> Iterator[Row]:
    """Contacts from when the customer came to the last one, at working hours."""
    first = max(one.since.date(), last - YEAR)
    count = rng.randrange(max(2, OFTEN[one.row["grade"]] - 2), OFTEN[one.row["grade"]] + 3)
    span = max(1, (last - first).days)
    days = sorted({first + timedelta(days=rng.randrange(span)) for _n in range(count - 1)})
    days = [day for day in days if day.weekday() < 5 and day < last]
    for day in days:
        yield _row(one, rng, day, rng.choice(NOTES[one.language]))
    reaching = [said for said in NOTES[one.language] if said[0] in CONTACTS]
    yield _row(one, rng, last, rng.choice(reaching))


def _row(one: Plan, rng: random.Random, day: date, said: Said) -> Row:
    kind, result, note, step = said
    whom = min(rng.choice((0, 0, 1, 1, 2)), len(one.people) - 1)
    words = {"p": _called(one, whom), "g": rng.choice(GOODS[one.language]), "n": rng.randrange(2, 24)}
    at = datetime.combine(day, time(rng.randrange(9, 18), rng.randrange(60)), ZoneInfo(one.seller.zone))
    at = min(at, clock.now() - timedelta(minutes=rng.randrange(5, 50)))
    text = note.format(**words)
    spans = SPANS.get(kind)
    return {
        "type": kind, "result": result or None, "note": text, "subject": text.splitlines()[0][:200], "at": at,
        "person": one.seller.person, "created_by": one.seller.person, "created_at": at, "updated_at": at, "whom": whom,
        "minutes": rng.randrange(*spans) if spans else None,
        "next_step": step.format(**words) or None,
        "next_step_on": day + timedelta(days=rng.randrange(2, 15)) if step else None,
        "step_done_at": at + timedelta(days=rng.randrange(1, 6), hours=1) if step else None,
    }  # fmt: skip


def _called(one: Plan, whom: int) -> str:
    name = str(one.people[whom]["name"])
    return name if one.language == "zh" else name.split()[0]


def _promise(rows: list[Row], one: Plan, rng: random.Random, today: date, due: int | None, chosen: bool) -> None:
    """What stands open at the end: the last follow-up promises something, or nothing."""
    now = clock.now()
    for row in rows:
        if row["step_done_at"] is not None and row["step_done_at"] > now:
            row["step_done_at"] = now - timedelta(minutes=1)
    last = rows[-1]
    if due is None and (chosen or rng.random() > 0.35):
        last["next_step"] = last["next_step_on"] = last["step_done_at"] = None
        return
    if due is not None or last["next_step"] is None:
        steps = [said[3] for said in NOTES[one.language] if said[3] and said[1] != "refused"]
        last["next_step"] = rng.choice(steps).format(p=_called(one, last["whom"]))
    last["next_step_on"] = today + timedelta(days=rng.randrange(-2, 15) if due is None else due)
    last["step_done_at"] = None
