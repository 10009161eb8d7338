"""Followers of a record over the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from bosun.api.dispatch import Call, answer, number_of
from bosun.kernel import records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Denied, NotFound
from bosun.platform.followers import services


def _about(call: Call, entity: str, pk: str) -> tuple[Entity, int]:
    found, number = call.readable(entity), number_of(pk)
    records.get(found, number, call.actor)
    return found, number


def _people(call: Call, found: Entity, pk: int) -> list[dict[str, Any]]:
    model, people = registry.get("users").model, services.of(found, pk)
    call.env.refs.load(model, people)
    return [dict(card) for person in people if (card := call.env.refs.card(model, person)) is not None]


def _who(call: Call, raw: Any) -> int:
    if raw in (None, "me"):
        if call.actor.id is None:
            raise Denied()
        return call.actor.id
    raw = int(raw) if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 19 else raw
    return call.env.refs.resolve(registry.get("users").model, raw)


def followers(call: Call, entity: str, pk: str) -> HttpResponse:
    """Who follows a record."""
    found, number = _about(call, entity, pk)
    return answer({"items": _people(call, found, number), "next": None})


def follow(call: Call, entity: str, pk: str) -> HttpResponse:
    """Follow it oneself, or let `person` follow it; 201, or 200 where he did already."""
    found, number = _about(call, entity, pk)
    new = services.follow(found, number, _who(call, call.body().get("person")), call.actor)
    return answer({"items": _people(call, found, number), "next": None}, 201 if new else 200)


def unfollow(call: Call, entity: str, pk: str, person: str) -> HttpResponse:
    """Follow it no more; 204."""
    found, number = _about(call, entity, pk)
    if not services.unfollow(found, number, _who(call, person), call.actor):
        raise NotFound()
    return HttpResponse(status=204)
