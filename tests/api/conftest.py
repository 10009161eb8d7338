"""A small company, and programs that call the API with the tokens of its people."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from bosun.platform.accounts import services
from bosun.platform.org.models import Person
from tests.kernel.world import World, build


@dataclass
class Api:
    """Calls with one token."""

    token: str
    client: Client

    def __call__(self, method: str, address: str, body: Any = None, **headers: str) -> HttpResponse:
        data = body if isinstance(body, str | bytes) else "" if body is None else json.dumps(body)
        kind = headers.pop("content_type", "application/json")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        return self.client.generic(method, f"/api/v1/{address}", data, kind, headers=sent)  # type: ignore[return-value]

    def get(self, address: str, status: int = 200) -> Any:
        """The JSON of an answer that has this status."""
        answer = self("GET", address)
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)

    def send(self, method: str, address: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        """The same with a body."""
        answer = self(method, address, body, **headers)
        assert answer.status_code == status, answer.content
        return json.loads(answer.content) if answer.content else None


@pytest.fixture
def world(db: None) -> World:
    """Ann, Ben, Cyd and Ada with their departments and roles."""
    return build()


@pytest.fixture
def api(world: World) -> Callable[..., Api]:
    """`api("ann")` calls as Ann; a second argument says the token's scope."""

    def make(name: str, scope: str = "full") -> Api:
        person = Person.objects.get(pk=world.people[name])
        return Api(services.make_token(person, "test", scope), Client(raise_request_exception=False))

    return make
