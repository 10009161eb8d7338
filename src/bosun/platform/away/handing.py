"""The hand-over list: what is open for the time of an absence, with notes; and what was done meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bosun.kernel import access, history, records, registry
from bosun.kernel.actor import Act
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, NotFound
from bosun.kernel.history import Entry
from bosun.kernel.kinds import Moment
from bosun.platform.away import lending, rules
from bosun.platform.away.models import Delegation, Matter
from bosun.platform.org import actors
from bosun.platform.org.models import Person

MOST = 50
"""Records of one kind on a list."""
OPEN_REMINDER = {"field": "state", "op": "is", "value": "open"}


@dataclass(frozen=True)
class Line:
    """One open matter: the record as the one who is away sees it, when it is due, and what he says about it."""

    entity: Entity
    record: Any
    due: Any
    note: str


def name_of(person: int) -> str:
    """What somebody is called, also after he left."""
    return str(Person.objects.filter(pk=person).values_list("name", flat=True).first() or "")


def kinds() -> Iterator[tuple[Entity, str, Any]]:
    """What has a place on the list: entity, the field by which it is due, and what says that it is open."""
    for entity in registry.all_entities():
        if entity.key == lending.REMINDERS:
            yield entity, "due_at", OPEN_REMINDER
        elif "in_absence" in entity.extras:
            yield entity, *entity.extras["in_absence"]


def may_write(row: Delegation, env: Env) -> bool:
    """Whether somebody may write the notes: the one who is away, and those who may change the absence."""
    return access.may_row(registry.get("delegations"), env.actor, "change", row.pk)


def get(pk: int, env: Env) -> Delegation:
    """The absence of a list that somebody may read: his own, or where he stands in and it is not over."""
    row: Delegation = records.get("delegations", pk, env.actor)
    if not may_write(row, env) and (rules.state_of(row) == rules.OVER or not row.matters):
        raise NotFound()
    return row


def matters(row: Delegation) -> list[Line]:
    """What is open and falls due by the last day, as far as the one who is away may see it."""
    away = actors.load(row.person_id)
    if away is None:
        return []
    env = records.environment(away)
    notes = {(m.entity, m.record_id): m.note for m in Matter.objects.filter(delegation=row)}
    found = []
    for entity, field, condition in kinds():
        if not access.may(away, entity, "read") or field not in access.specs(entity, away):
            continue
        until = row.ends_at if isinstance(entity.specs()[field].kind, Moment) else row.last_day
        query = records.query(entity, away, env).where(owner_id=row.person_id, **{f"{field}__lte": until})
        query = query.filter(condition) if condition else query
        for record in query.sort([field]).page(limit=MOST).items:
            note = notes.get((entity.key, record.pk), "")
            found.append(Line(entity, record, getattr(record, field), note))
    return found


def write_note(row: Delegation, entity: str, pk: int, text: str, act: Act) -> None:
    """Say something about one record of the list; an empty text takes it back."""
    env = records.environment(act.actor)
    if not may_write(row, env) or act.actor.read_only:
        raise Denied()
    if not any(line.entity.key == entity and line.record.pk == pk for line in matters(row)):
        raise NotFound()
    held: dict[str, Any] = {"delegation": row, "entity": entity, "record_id": pk}
    if text:
        Matter.objects.update_or_create(**held, defaults={"note": text[:500]})
    else:
        Matter.objects.filter(**held).delete()


def done_meanwhile(row: Delegation) -> list[Entry]:
    """What whoever stood in did on the records of the one who was away, the earliest first."""
    away = actors.load(row.person_id)
    if away is None or row.begins_at is None:
        return []
    env = records.environment(away)
    found: list[Entry] = []
    for entity, _field, _condition in kinds():
        if access.may(away, entity, "read"):
            entries = history.recent(entity, env, row.begins_at, limit=200)
            found += [e for e in entries if e.actor_id == row.delegate_id and e.at < row.ends_at]
    return sorted(found, key=lambda entry: entry.at)
