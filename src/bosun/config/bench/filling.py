"""A company of one hundred thousand customers; run as a program of its own, it prints how to get in."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from datetime import time as clock_time
from importlib import import_module
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from bosun.config.bench.names import FORMS, ROOTS, TRADES
from bosun.config.bench.usage import parent_of
from bosun.kernel import loading, records, registry, stamps
from bosun.kernel.actor import Act, system_actor
from bosun.kernel.kinds import AnyValue
from bosun.lib import clock
from bosun.lib.money import Money
from bosun.platform.accounts.models import User
from bosun.platform.accounts.services import make_token
from bosun.platform.org import actors
from bosun.platform.org.models import Person
from bosun.platform.pipelines import stages
from bosun.platform.places.models import Place
from bosun.platform.workday import days
from bosun.web.dayframe import OPENED

REPS, ZONE = 20, "Europe/Madrid"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SYSTEM = Act(system_actor(), "system", cause="bench")
PART = 20_000
"""Rows of one transaction: a million at once would fill memory and SQLite's log."""


def fill(customers: int, follow_ups: int, opportunities: int = 0) -> dict[str, Any]:
    """Fill an empty database; answers how to get in, and what there is to be asked for."""
    rng = random.Random(1)
    people = hire()
    began = time.perf_counter()
    rows, ids = customer_rows(rng, customers, people), []
    while part := list(islice(rows, PART)):
        ids += [(row.pk, row.owner_id) for row in loading.load(registry.get("customers"), part)]
    between = time.perf_counter()
    owners = dict(ids)
    told = [pk for pk, _owner in ids]
    loaded = 0
    for start in range(0, follow_ups, PART):
        count = min(PART, follow_ups - start)
        loaded += len(loading.load(registry.get("follow_ups"), follow_up_rows(rng, count, told, owners)))
    ended = time.perf_counter()
    loading.load(registry.get("opportunities"), opportunity_rows(rng, opportunities, told, owners))
    ann = Person.objects.get(username="ann")
    admin = Person.objects.get(username="admin")
    own = [pk for pk, owner in ids if owner == ann.pk]
    return {
        "name": connection.vendor,
        "customers": customers,
        "follow_ups": follow_ups,
        "opportunities": opportunities,
        "database": database_process(),
        "tokens": {"ann": make_token(ann, "bench"), "admin": make_token(admin, "bench")},
        "cookies": {"ann": cookies(ann), "admin": cookies(admin)},
        "own": rng.sample(own, min(500, len(own))),
        "loaded": {
            "customers_per_second": round(customers / (between - began)),
            "follow_ups_per_second": round(loaded / max(0.001, ended - between)),
        },
    }


def hire() -> list[int]:
    """An administrator, and those who sell."""
    department = records.create("departments", {"name": "Sales"}, SYSTEM).pk
    roles = {role.name: role.pk for role in records.query("roles", SYSTEM.actor).page(200).items}
    base = {"department": department}
    records.create("users", {**base, "username": "admin", "name": "Admin", "roles": [roles["Administrator"]]}, SYSTEM)
    names = ["ann", *(f"rep{number}" for number in range(1, REPS))]
    made = [
        records.create("users", {**base, "username": name, "name": name.title(), "roles": ["Sales rep"]}, SYSTEM).pk
        for name in names
    ]
    stamps.refresh()
    return made


def customer_rows(rng: random.Random, count: int, people: list[int]) -> Iterator[dict[str, Any]]:
    """Customers as a company has them after some years."""
    today = clock.today(ZONE)
    regions = list(Place.objects.filter(level="province").values_list("pk", flat=True)[:400]) or [None]
    industries = ["machinery", "food", "chemicals", "energy", "logistics", "it", None]
    for number in range(count):
        last = today - timedelta(days=rng.randrange(1, 400))
        since = datetime.combine(last - timedelta(days=rng.randrange(30, 900)), clock_time(10), ZoneInfo(ZONE))
        grade = rng.choice("AABBBCCCCDDDD")
        owner = people[number % len(people)]
        yield {
            "name": f"{rng.choice(ROOTS)} {rng.choice(TRADES)} {rng.choice(FORMS)} {number:06}", "kind": "company",
            "grade": grade, "owner": owner, "industry": rng.choice(industries), "region": rng.choice(regions),
            "phones": (f"+4969555{number % 100_000:05}",), "email": f"info{number}@example.com",
            "external_id": f"{number:07}", "staff": rng.randrange(5, 5000),
            "registered_capital": Money(rng.randrange(10**5, 10**9), "EUR"), "last_contact": last,
            "next_contact": last + timedelta(days={"A": 14, "B": 30, "C": 60, "D": 90}[grade]),
            "tags": rng.choice((None, None, ("fair",), ("frame contract",))), "created_at": since, "updated_at": since,
        }  # fmt: skip


def follow_up_rows(
    rng: random.Random, count: int, customers: list[int], owners: dict[int, int]
) -> Iterator[dict[str, Any]]:
    """Contacts with customers over four hundred days."""
    now = clock.now()
    notes = (
        "Wants a price for {n} pumps.",
        "Nothing new, call again.",
        "要报价,{n}台。",
        "Pide precio para {n} unidades.",
    )
    for _number in range(count):
        pk = rng.choice(customers)
        at = now - timedelta(minutes=rng.randrange(1, 576_000))
        text = rng.choice(notes).format(n=rng.randrange(2, 90))
        yield {
            "about": AnyValue("customers", pk), "customer": pk, "type": rng.choice(("call", "visit", "mail")),
            "at": at, "person": owners[pk], "created_by": owners[pk], "subject": text, "note": text,
            "result": rng.choice(("positive", "neutral", "refused", None)), "created_at": at, "updated_at": at,
        }  # fmt: skip


def opportunity_rows(
    rng: random.Random, count: int, customers: list[int], owners: dict[int, int]
) -> Iterator[dict[str, Any]]:
    """Sales in the shipped pipeline, most of them ended."""
    today = clock.today(ZONE)
    (pipeline, *_others) = stages.pipelines("opportunities")
    steps = stages.of_pipeline(pipeline.id)
    running = [one for one in steps if one.outcome == "open"]
    ended = [one for one in steps if one.outcome != "open"]
    for number in range(count):
        pk = rng.choice(customers)
        stage = rng.choice(running if rng.random() < 0.3 else ended)
        opened = today - timedelta(days=rng.randrange(1, 400))
        since = datetime.combine(opened, clock_time(10), ZoneInfo(ZONE))
        closes = opened + timedelta(days=rng.randrange(10, 120))
        yield {
            "name": f"{rng.choice(TRADES)} {number:05}", "customer": pk, "owner": owners[pk], "pipeline": pipeline.id,
            "stage": stage.id, "amount": Money(rng.randrange(10**4, 10**7), "EUR"), "opened": opened, "closes": closes,
            "closed": None if stage.outcome == "open" else closes, "stage_since": opened,
            "created_at": since, "updated_at": since,
        }  # fmt: skip


def database_process() -> int:
    """The process of the database server, where it is on this machine; 0 for a database that is a file."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return parent_of(cursor.fetchone()[0])


def cookies(person: Person) -> str:
    """What the browser of somebody holds who is signed in, and whom the first page of the day has greeted."""
    now = clock.now()
    if actor := actors.load(person.pk):
        days.opened(actor, now)
    return f"bosun={session(person)}; {OPENED}={person.pk}.{days.today_of(actor or SYSTEM.actor, now)}"


def session(person: Person) -> str:
    """The key of a session in which somebody is signed in."""
    user = User.objects.get(person=person)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), BACKEND
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


if __name__ == "__main__":
    print(json.dumps(fill(*(int(number) for number in sys.argv[1:4]))))
