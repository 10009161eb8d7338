"""What is measured: pages that people open and calls that programs make, each time with other values."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bosun.config.bench.names import FORMS, ROOTS, TRADES

CSRF = "b" * 32
WORDS = ("harb", "海通", "pump", "oakh", "bodegas", "energ", "物流", "ltd")
"""Beginnings of words that thousands of customers have."""
Door = Callable[..., "Call"]
Pages = Callable[[random.Random], Iterator[tuple["Call", ...]]]


@dataclass(frozen=True)
class Call:
    """One request; `status` and `leads` (the beginning of Location) tell the right answer from a refusal."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    status: int = 200
    leads: str = ""

    def wire(self) -> bytes:
        """The request as it is sent."""
        held = {"Host": "127.0.0.1", **self.headers, "Content-Length": str(len(self.body))}
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in held.items())]
        return "\r\n".join((*lines, "", "")).encode() + self.body

    def fits(self, head: bytes) -> bool:
        """True for the head of the right answer."""
        return head[9:12] == str(self.status).encode() and (
            not self.leads or f"\r\nlocation: {self.leads}".encode() in head.lower()
        )


@dataclass(frozen=True)
class Scene:
    """One line of the table, as JSON or as a page; a page may take several calls."""

    name: str
    form: str
    pages: Pages


def scenes(world: dict[str, Any]) -> list[Scene]:
    """Every line, JSON and HTML."""
    ann, admin = api(world, "ann"), api(world, "admin")
    own, boss = browser(world, "ann"), browser(world, "admin")
    by_last = "/customers?sort=-last_contact"
    totals = "/api/v1/opportunities/totals?group=stage,owner&sum=amount"
    to_contacts = "/customers?sort=next_contact"
    return [
        Scene("list of own by next contact", "json", fixed(ann, f"/api/v1{to_contacts}&limit=50")),
        Scene("list of own by next contact", "html", fixed(own, "/customers?view=mine")),
        Scene("list of all by last contact", "json", fixed(admin, f"/api/v1{by_last}&limit=50")),
        Scene("list of all by last contact", "html", fixed(boss, by_last)),
        Scene("record with timeline", "json", record(world, ann, "/api/v1/customers", "", "/timeline")),
        Scene("record with timeline", "html", record(world, own, "/customers", "")),
        Scene("my day", "html", fixed(own, "/day")),
        Scene("search by fragment", "json", words(ann, "/api/v1/search")),
        Scene("search by fragment", "html", words(own, "/search")),
        Scene("search inside a list", "json", words(admin, "/api/v1/customers")),
        Scene("search inside a list", "html", words(boss, "/customers")),
        Scene("board", "html", fixed(boss, "/opportunities/board")),
        Scene(
            "totals by stage and owner",
            "json",
            fixed(admin, totals),
        ),
        Scene("create, duplicates looked for", "json", create(ann, "/api/v1/customers", as_json=True)),
        Scene("create, duplicates looked for", "html", create(own, "/customers/new", as_json=False)),
    ]


def fixed(door: Door, path: str) -> Pages:
    """The same address again and again."""
    return lambda rng: ((door("GET", path),) for _number in itertools.count())


def record(world: dict[str, Any], door: Door, base: str, *parts: str) -> Pages:
    """One customer after the other."""

    def pages(rng: random.Random) -> Iterator[tuple[Call, ...]]:
        while True:
            pk = rng.choice(world["own"])
            yield tuple(door("GET", f"{base}/{pk}{part}") for part in parts)

    return pages


def words(door: Door, path: str) -> Pages:
    """By turns what thousands have, what a hundred have, and the beginning of a code that ten have."""

    def typed(rng: random.Random) -> Iterator[str]:
        while True:
            yield rng.choice(WORDS)
            yield f"{rng.choice(ROOTS).lower()} {rng.choice(TRADES).lower()[:4]} {rng.randrange(10):02}"
            yield f"{rng.randrange(10_000):05}"

    return lambda rng: ((door("GET", f"{path}?{urlencode({'q': text})}"),) for text in typed(rng))


def create(door: Door, path: str, *, as_json: bool) -> Pages:
    """Customers who are never the same as another, also not as one of an earlier run: that would be asked about."""

    def pages(rng: random.Random) -> Iterator[tuple[Call, ...]]:
        while True:
            code = f"{rng.randrange(16**10):x}"
            phone = f"+34{rng.randrange(600_000_000, 700_000_000)}"
            values = {
                "name": f"{rng.choice(ROOTS)} {rng.choice(TRADES)} {rng.choice(FORMS)} {code}",
                "grade": "B", "industry": "machinery", "staff": 12,
                "phones": [phone] if as_json else phone, "email": f"{code}@example.com",
            }  # fmt: skip
            yield (door("POST", path, values),)

    return pages


def api(world: dict[str, Any], who: str) -> Door:
    """A program with somebody's token."""
    held = {"Authorization": f"Bearer {world['tokens'][who]}", "Content-Type": "application/json"}

    def door(method: str, path: str, values: Any = None) -> Call:
        if values is None:
            return Call(method, path, held)
        return Call(method, path, held, json.dumps(values).encode(), 201, "/api/v1/customers/")

    return door


def browser(world: dict[str, Any], who: str) -> Door:
    """Somebody's browser, signed in and not for the first time today."""
    held = {"Cookie": f"{world['cookies'][who]}; bosun-csrf={CSRF}", "X-CSRFToken": CSRF}
    held["Content-Type"] = "application/x-www-form-urlencoded"

    def door(method: str, path: str, values: Any = None) -> Call:
        if values is None:
            return Call(method, path, held)
        return Call(method, path, held, urlencode(values).encode(), 302, "/customers/")

    return door
