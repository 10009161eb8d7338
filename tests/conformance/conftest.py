"""The fixture world, made once for each file of tests, and people who look at it through every door."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from bosun.api import limits
from bosun.config.demo import fixture
from bosun.config.demo.fixture import Canary, World
from bosun.kernel import records, registry, stamps
from bosun.kernel.actor import Actor
from bosun.platform.accounts.models import User
from bosun.platform.integrity import hashing
from bosun.platform.org import actors
from tests.conformance.furniture import Kept, furnish

WHO = {"ann": "repA1", "ben": "mgrA", "cyd": "repB1", "admin": "admin"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ABSENT = 987_654_321_987
CLOSED = ("credit_limit", "id_no", "cost_price", "x_chassis", "x_closed", "x_hint", "x_paper", "x_deed")
INVENTED = ("x_vehicles", "x_samples")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made in a transaction that is taken back after the last test of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        stamps.forget()
        stamps.refresh()
        yield fixture.build(with_passwords=False)
        transaction.set_rollback(True)
    stamps.forget()
    stamps._seen.clear()


@pytest.fixture(scope="module")
def untouched(world: World) -> str:
    """The hash of the content as every test finds it."""
    return hashing.content_hash()


@pytest.fixture(scope="module")
def kept(world: World) -> Kept:
    """The world with what people keep beside their records."""
    return furnish(world)


@pytest.fixture(autouse=True)
def nothing_stays(world: World, db: None) -> Iterator[None]:
    """Whatever a test writes is taken back; nothing is remembered."""
    limits.forget()
    yield
    stamps.forget()
    stamps._seen.clear()


@pytest.fixture(params=list(WHO))
def person(request: pytest.FixtureRequest, world: World) -> Person:
    """Ann, Ben, Cyd and the administrator, one after the other."""
    return Person(str(request.param), world)


@dataclass
class Person:
    """One of the four, and what he may not see."""

    name: str
    world: World

    @property
    def key(self) -> str:
        """The name in the world's books."""
        return WHO[self.name]

    @property
    def actor(self) -> Actor:
        """His rights."""
        stamps.refresh()
        found = actors.load(self.world.people[self.key])
        assert found is not None
        return found

    def leaks(self, text: str) -> list[str]:
        """Canaries in a text that are closed to him."""
        held = text.casefold()
        return [
            f"{one.entity}.{one.field} of {one.id}: {one.text}"
            for one in self.world.canaries
            if self.key not in one.seen_by and self.sings(one, held)
        ]

    @staticmethod
    def sings(one: Canary, folded: str) -> bool:
        """True when a text in lower case holds a canary."""
        return any(form in folded for form in _forms(one.text))

    def closed_fields(self) -> list[tuple[str, str]]:
        """Entity and field of what is hidden from him everywhere."""
        found = {(one.entity, one.field) for one in self.world.canaries if one.field in CLOSED}
        return sorted(found) if self.key in ("repA1", "repB1") else []

    def names(self, text: str) -> list[str]:
        """Fields hidden from him that a text names."""
        return [name for _key, name in self.closed_fields() if re.search(rf"(?<![a-z_]){name}(?![a-z_])", text)]

    def own(self, entity: str) -> list[int]:
        """Ids of records that are open to him."""
        return list(records.query(entity, self.actor).rows().values_list("pk", flat=True))

    def foreign(self, entity: str) -> list[int]:
        """Ids of records that are there, but not open to him; those in the bin too."""
        every = registry.get(entity).model._default_manager.values_list("pk", flat=True)
        return sorted(set(every) - set(self.own(entity)))

    def seat(self) -> Seat:
        """His browser."""
        client = Client(raise_request_exception=False)
        client.force_login(User.objects.get(person_id=self.world.people[self.key]), BACKEND)
        return Seat(client, {})

    @cached_property
    def desk(self) -> Seat:
        """One browser for all he looks at in a test."""
        return self.seat()

    def program(self) -> Seat:
        """A program with his token."""
        token = self.world.tokens[f"tok{self.key[0].upper()}{self.key[1:]}"]
        return Seat(Client(raise_request_exception=False), {"Authorization": f"Bearer {token}"}, "/api/v1")


@dataclass
class Seat:
    """Somebody who sends requests."""

    client: Client
    headers: dict[str, str]
    base: str = ""

    def get(self, address: str, /, fragment: bool = False, **params: Any) -> tuple[int, str]:
        """Status, and headers with body as text."""
        query = urlencode({name: v if isinstance(v, str) else json.dumps(v) for name, v in params.items()})
        headers = {**self.headers, **({"HX-Request": "true"} if fragment else {})}
        return read(self.client.get(self.base + address + (f"?{query}" if query else ""), headers=headers))

    def send(self, method: str, address: str, body: Any = None) -> tuple[int, str]:
        """The same with a body, as programs send it."""
        data = json.dumps(body) if body is not None else ""
        answer = self.client.generic(method, self.base + address, data, "application/json", headers=self.headers)
        return read(answer)

    def post(self, address: str, **values: Any) -> tuple[int, str]:
        """A form, as browsers send it."""
        return read(self.client.post(self.base + address, values, headers={**self.headers, "HX-Request": "true"}))


def read(answer: HttpResponseBase) -> tuple[int, str]:
    """Status, and everything that was answered."""
    parts = answer.streaming_content if answer.streaming else [answer.content]  # type: ignore[attr-defined]
    body = b"".join(parts)
    told = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return answer.status_code, f"{told}\n\n{body.decode('utf-8', 'replace')}"


@lru_cache(maxsize=2000)
def _forms(text: str) -> list[str]:
    """A canary as it may be written: amounts with separators of thousands."""
    if not text.isdigit():
        return [text.casefold()]
    thousands = [text[i : i + 3] for i in range(0, len(text), 3)]
    return [text, *(mark.join(thousands) for mark in (",", ".", "\u00a0", "\u202f", " "))]
