"""Opening one record to one more person, to read or to edit, until a day or for good."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from bosun.kernel import access, stamps
from bosun.kernel.actor import Act
from bosun.kernel.entity import Entity
from bosun.kernel.errors import NotFound
from bosun.kernel.ledger import Change, Share, actor_columns
from bosun.lib import clock

LEVELS = ("read", "edit")


def share(entity: Entity, pk: int, person: int, level: str, act: Act, until: date | None = None) -> None:
    """Open a record to a person; whoever may change it may do so. NotFound where the actor may not."""
    if level not in LEVELS:
        raise ValueError(level)
    with transaction.atomic():
        title = _changeable(entity, pk, act)
        Share.objects.update_or_create(
            entity=entity.key, record_id=pk, person_id=person, defaults={"level": level, "until": until}
        )
        _note(entity, pk, title, "shared", act)


def unshare(entity: Entity, pk: int, person: int, act: Act) -> None:
    """Take it back."""
    with transaction.atomic():
        title = _changeable(entity, pk, act)
        Share.objects.filter(entity=entity.key, record_id=pk, person_id=person).delete()
        _note(entity, pk, title, "unshared", act)


def _changeable(entity: Entity, pk: int, act: Act) -> str:
    record = access.visible(entity, act.actor, "change", few=True).filter(pk=pk).first()
    if record is None:
        raise NotFound()
    return str(record)


def _note(entity: Entity, pk: int, title: str, verb: str, act: Act) -> None:
    Change.objects.create(
        at=act.at or clock.now(),
        door=act.door,
        entity=entity.key,
        record_id=pk,
        title=title[:250],
        verb=verb,
        batch=act.batch,
        cause=act.cause[:200],
        **actor_columns(act.actor),
    )
    stamps.bump(stamps.ACCESS)


def shared_entities(person: int) -> frozenset[str]:
    """Keys of the entities of which something is shared with a person; for most people none, which spares a join."""
    return frozenset(Share.objects.filter(person_id=person).values_list("entity", flat=True).distinct())
