"""A request knows its actor, and everything in it is said in that person's language and zone."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation

from bosun.kernel import records, stamps
from bosun.kernel.actor import Act, system_actor
from bosun.platform.accounts.models import User
from bosun.platform.accounts.requests import ActorMiddleware, actor_of

SYSTEM = Act(system_actor(), "system")


@pytest.fixture
def olga(db: None) -> User:
    held = {"name": "Olga", "username": "olga", "language": "es", "zone": "America/Lima"}
    person = records.create("users", held, SYSTEM)
    stamps.refresh()
    return User.objects.get(person_id=person.pk)


def seen_by_view(user: Any, path: str = "/", **headers: str) -> dict[str, Any]:
    """What a view finds behind the middleware."""
    found: dict[str, Any] = {}

    def view(request: HttpRequest) -> HttpResponse:
        found["actor"] = request.actor  # type: ignore[attr-defined]
        found["language"] = translation.get_language()
        found["zone"] = timezone.get_current_timezone_name()
        return HttpResponse()

    request = RequestFactory().get(path, headers=headers)
    request.user = user
    with translation.override("en"):
        ActorMiddleware(view)(request)
    return found


def test_somebody_signed_in(olga: User) -> None:
    found = seen_by_view(olga)
    assert (found["actor"].username, found["language"], found["zone"]) == ("olga", "es", "America/Lima")
    assert timezone.get_current_timezone_name() == "UTC"


def test_nobody(olga: User) -> None:
    assert seen_by_view(AnonymousUser()) == {"actor": None, "language": "en", "zone": "UTC"}
    assert seen_by_view(olga, "/health")["actor"] is None
    assert seen_by_view(olga, Authorization="Bearer x")["actor"] is None


def test_somebody_who_left(olga: User) -> None:
    request = RequestFactory().get("/")
    request.user = olga
    records.change("users", olga.person_id, {"active": False}, SYSTEM)
    stamps.refresh()
    assert actor_of(request) is None


def test_a_database_that_is_away_is_the_view_s_affair(olga: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("disk is full")

    monkeypatch.setattr(stamps, "refresh", fail)
    assert seen_by_view(olga)["actor"] is None
