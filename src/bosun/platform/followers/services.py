"""Following a record, no longer following it, and who hears of it: those who may still read it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from bosun.kernel import access
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.platform.followers.models import Follower
from bosun.platform.org import actors


def of(entity: Entity, pk: int) -> list[int]:
    """The people who follow a record and may read it, the first one first."""
    rows = Follower.objects.filter(entity=entity.key, record_id=pk).order_by("pk")
    return [person for person in rows.values_list("person_id", flat=True) if may_follow(entity, pk, person)]


def may_follow(entity: Entity, pk: int, person: int) -> bool:
    """Whether somebody may sign in and read the record."""
    reader = actors.load(person)
    return reader is not None and access.may_row(entity, reader, "read", pk)


def follows(entity: Entity, pk: int, person: int | None) -> bool:
    """Whether somebody follows a record."""
    return Follower.objects.filter(entity=entity.key, record_id=pk, person_id=person or 0).exists()


def add(entity: Entity, pk: int, people: Iterable[int]) -> list[int]:
    """Let people follow a record, as far as they may read it; those who did not before."""
    held = set(Follower.objects.filter(entity=entity.key, record_id=pk).values_list("person_id", flat=True))
    fresh = [person for person in dict.fromkeys(people) if person not in held and may_follow(entity, pk, person)]
    made = [Follower(entity=entity.key, record_id=pk, person_id=person) for person in fresh]
    Follower.objects.bulk_create(made, ignore_conflicts=True)
    return fresh


def drop(entity: Entity, pk: int, people: Iterable[int]) -> list[int]:
    """Let people follow a record no more; those who did."""
    named = {"entity": entity.key, "record_id": pk, "person_id__in": set(people)}
    gone = sorted(Follower.objects.filter(**named).values_list("person_id", flat=True))
    Follower.objects.filter(**named).delete()
    return gone


# for people ------------------------------------------------------------------------------------------------------


def follow(entity: Entity, pk: int, person: int, actor: Actor) -> bool:
    """Follow a record oneself, or let somebody follow one that one may change; False where he did already."""
    _allowed(entity, pk, person, actor)
    if not may_follow(entity, pk, person):
        raise Invalid(_("Whoever may not read this record cannot follow it."))
    return bool(add(entity, pk, [person]))


def unfollow(entity: Entity, pk: int, person: int, actor: Actor) -> bool:
    """The reverse; whoever follows may always stop."""
    if person != actor.id:
        _allowed(entity, pk, person, actor)
    elif actor.read_only:
        raise Denied()
    return bool(drop(entity, pk, [person]))


def _allowed(entity: Entity, pk: int, person: int, actor: Actor) -> None:
    if not access.may_row(entity, actor, "read", pk):
        raise NotFound()
    if actor.read_only or (person != actor.id and not access.may_row(entity, actor, "change", pk)):
        raise Denied()
