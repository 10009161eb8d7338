"""Who a request comes from, for pages and API alike: the actor, the language and the time zone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from bosun.kernel import stamps
from bosun.kernel.actor import Actor
from bosun.platform.org import actors

WITHOUT_ACTOR = frozenset({"/health"})
"""Addresses that answer also while the database is away."""

logger = logging.getLogger(__name__)


def actor_of(request: HttpRequest) -> Actor | None:
    """The person signed in with a session, with the rights of this moment; None for nobody."""
    if not hasattr(request, "_bosun_actor"):
        request._bosun_actor = _signed_in(request)  # type: ignore[attr-defined]
    found: Actor | None = request._bosun_actor  # type: ignore[attr-defined]
    return found


def _signed_in(request: HttpRequest) -> Actor | None:
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return actors.load(user.person_id)


def speak(actor: Actor) -> None:
    """Let everything that follows be in the actor's language and time zone."""
    translation.activate(actor.language)
    timezone.activate(ZoneInfo(actor.zone))


class ActorMiddleware:
    """Refreshes what the process remembers, sets `request.actor`, and speaks the actor's language and zone.

    A request with an Authorization header is not asked for its session here: the API finds its own actor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = None  # type: ignore[attr-defined]
        if request.path in WITHOUT_ACTOR:
            return self.get_response(request)
        try:
            stamps.refresh()
        except DatabaseError:
            # The view will meet the same trouble and answer in its own form.
            logger.warning("the counters cannot be read", exc_info=True)
        else:
            if "Authorization" not in request.headers:
                self._find(request)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def _find(self, request: HttpRequest) -> None:
        actor = actor_of(request)
        if actor is not None:
            request.actor = actor  # type: ignore[attr-defined]
            speak(actor)
            request.LANGUAGE_CODE = translation.get_language()
