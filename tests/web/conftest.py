"""People at their browsers, without a browser: each has a session of his own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from bosun.kernel import records
from bosun.platform.accounts.models import User
from tests.kernel.world import World, build

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class Seat:
    """Somebody at a browser."""

    client: Client

    def get(self, address: str, status: int = 200, /, **params: Any) -> str:
        """The page at an address."""
        query = (
            f"?{urlencode({k: v if isinstance(v, str) else json.dumps(v) for k, v in params.items()})}"
            if params
            else ""
        )
        answer = self.client.get(address + query)
        assert answer.status_code == status, (answer.status_code, answer.content[:2000])
        return str(answer.content.decode())

    def fragment(self, address: str, status: int = 200) -> str:
        """What a script gets from an address."""
        answer = self.client.get(address, headers={"HX-Request": "true"})
        assert answer.status_code == status, (answer.status_code, answer.content[:2000])
        return str(answer.content.decode())

    def post(self, address: str, status: int = 302, /, **values: Any) -> HttpResponse:
        """A form sent."""
        answer = self.client.post(address, values)
        assert answer.status_code == status, (answer.status_code, answer.content[:3000])
        return answer  # type: ignore[return-value]

    def send(self, address: str, status: int = 200, /, **values: Any) -> HttpResponse:
        """A form sent by a script."""
        answer = self.client.post(address, values, headers={"HX-Request": "true"})
        assert answer.status_code == status, (answer.status_code, answer.content[:3000])
        return answer  # type: ignore[return-value]

    def picked(self, address: str) -> Any:
        """The JSON at an address."""
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)


def every_fortnight(world: World) -> None:
    """Customers of grade A want contact every fourteen days."""
    cycles = records.query("contact_cycles", world.actor("ada")).where(grade="A").page().items
    if cycles:
        records.change("contact_cycles", cycles[0].pk, {"interval_days": 14}, world.act("ada"))
    else:
        records.create("contact_cycles", {"name": "A", "grade": "A", "interval_days": 14}, world.act("ada"))


@pytest.fixture
def world(db: None) -> World:
    """Ann, Ben, Cyd and Ada with their departments and roles."""
    return build()


@pytest.fixture
def sit(world: World) -> Callable[[str], Seat]:
    """`sit("ann")` is Ann, signed in."""

    def make(name: str) -> Seat:
        client = Client(raise_request_exception=True)
        client.force_login(User.objects.get(person_id=world.people[name]), BACKEND)
        return Seat(client)

    return make
