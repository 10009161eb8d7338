"""Deliveries for tests: people with addresses, what is due told, and what is due sent."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.deliveries import sending
from bosun.platform.deliveries.models import CompanyPlan, Delivery, Preference
from bosun.platform.reminders import engine, notices
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World, create


def people(world: World, *names: str) -> list[int]:
    """Give people an address each, after their names."""
    ids = [world.people[name] for name in names]
    for name, pk in zip(names, ids, strict=True):
        records.change("users", pk, {"email": f"{name}@house.example"}, SYSTEM)
    return ids


def choose(person: int, channel: str = "email", when: str = "now", kind: str = "reminder") -> None:
    """Somebody chooses a channel for a kind of notice."""
    held, _made = Preference.objects.get_or_create(pk=person)
    held.kinds = {**held.kinds, kind: {**held.kinds.get(kind, {}), channel: when}}
    held.save()


def company(kind: str = "reminder", **values: Any) -> None:
    """The company's plan for a kind."""
    CompanyPlan.objects.update_or_create(pk=kind, defaults=values)


def remind(person: int, due: datetime, **values: Any) -> Any:
    """A reminder of one person, made the day before, whenever the test runs."""
    with clock.fixed(due - timedelta(days=1)):
        return create("reminders", **{"text": "Call Priya", "due_at": due, "owner": person, **values})


def tell_many(person: int, count: int, at: datetime, kind: str = "reminder") -> None:
    """So many notices at once, without the door of reminders, which takes its time."""
    rows = [
        Notice(key=f"many:{n}:{person}", kind=kind, person_id=person, text=f"Call {n}", due_at=at, made_at=at)
        for n in range(count)
    ]
    with clock.fixed(at), transaction.atomic():
        notices.enter(rows)


def look(moment: datetime) -> None:
    """What workers do at a moment: tell what is due, then send what is due."""
    with clock.fixed(moment):
        engine.tick()
        sending.drain()


def states(**only: Any) -> dict[str, int]:
    """How many deliveries outside the app are in which state."""
    rows = Delivery.objects.filter(**only).exclude(channel="app")
    return dict(Counter(rows.values_list("state", flat=True)))
