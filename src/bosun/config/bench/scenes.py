"""What is measured: pages that people open and calls that programs make, many times with other values."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

CSRF = "b" * 32
WORDS = ("harb", "海通", "pump", "tidewater 0", "kestrel foods", "bodegas", "gmbh 012", "oakh")


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Scene:
    """One line of the table, as JSON or as a page."""

    name: str
    form: str
    calls: Callable[[random.Random], Iterator[Call]]


def query(path: str, **params: Any) -> str:
    """An address with its values."""
    return f"{path}?{urlencode(params)}" if params else path


def scenes(world: dict[str, Any]) -> list[Scene]:
    """Every line, JSON and HTML."""
    doors = {who: api(world, who) for who in ("ann", "admin")}
    seats = {who: page(world, who) for who in ("ann", "admin")}
    by_last = "/customers?sort=-last_contact"
    fresh = random.Random()
    numbers = itertools.count()

    def fixed(door: Callable[..., Call], path: str) -> Callable[[random.Random], Iterator[Call]]:
        return lambda rng: (door("GET", path) for _n in itertools.count())

    def record(door: Callable[..., Call], base: str, *parts: str) -> Callable[[random.Random], Iterator[Call]]:
        def calls(rng: random.Random) -> Iterator[Call]:
            while True:
                pk = rng.choice(world["own"])
                yield from (door("GET", f"{base}/{pk}{part}") for part in parts)

        return calls

    def words(door: Callable[..., Call], path: str) -> Callable[[random.Random], Iterator[Call]]:
        return lambda rng: (
            door("GET", query(path, q=rng.choice((*WORDS, *world["words"])))) for _n in itertools.count()
        )

    def create(door: Callable[..., Call], path: str, as_json: bool) -> Callable[[random.Random], Iterator[Call]]:
        def calls(rng: random.Random) -> Iterator[Call]:
            while True:
                number = next(numbers)
                # Never the same twice, also not in another run: a duplicate would be asked about.
                name = f"{fresh.randrange(10**12):x} {fresh.randrange(10**12):x} {number}"
                phone = f"+3491{fresh.randrange(10**6, 10**7)}"
                values = {"name": name, "grade": "B", "phones": [phone] if as_json else phone, "staff": 12}
                yield door("POST", path, values)

        return calls

    return [
        Scene("list of own, 50", "json", fixed(doors["ann"], "/api/v1/customers?sort=next_contact&limit=50")),
        Scene("list of own, 50", "html", fixed(seats["ann"], "/customers?view=mine")),
        Scene("list of all by last contact, 50", "json", fixed(doors["admin"], f"/api/v1{by_last}&limit=50")),
        Scene("list of all by last contact, 50", "html", fixed(seats["admin"], by_last)),
        Scene("record, then its timeline", "json", record(doors["ann"], "/api/v1/customers", "", "/timeline")),
        Scene("record with its timeline", "html", record(seats["ann"], "/customers", "")),
        Scene("my day", "html", fixed(seats["ann"], "/day")),
        Scene("search everywhere", "json", words(doors["ann"], "/api/v1/search")),
        Scene("search everywhere", "html", words(seats["ann"], "/search")),
        Scene("search in the list of all", "json", words(doors["admin"], "/api/v1/customers")),
        Scene("search in the list of all", "html", words(seats["admin"], "/customers")),
        Scene("create, duplicates looked for", "json", create(doors["ann"], "/api/v1/customers", True)),
        Scene("create, duplicates looked for", "html", create(seats["ann"], "/customers/new", False)),
    ]  # fmt: skip


def api(world: dict[str, Any], who: str) -> Callable[..., Call]:
    """A program with somebody's token."""
    held = {"Authorization": f"Bearer {world['tokens'][who]}", "Content-Type": "application/json"}

    def door(method: str, path: str, values: Any = None) -> Call:
        return Call(method, path, held, json.dumps(values).encode() if values is not None else b"")

    return door


def page(world: dict[str, Any], who: str) -> Callable[..., Call]:
    """Somebody's browser."""
    held = {"Cookie": f"bosun={world['sessions'][who]}; bosun-csrf={CSRF}", "X-CSRFToken": CSRF}
    held["Content-Type"] = "application/x-www-form-urlencoded"

    def door(method: str, path: str, values: Any = None) -> Call:
        return Call(method, path, held, urlencode(values).encode() if values is not None else b"")

    return door
