"""The hand-over list: what is open for the time of an absence, with notes; and what was done meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from bosun.kernel import access, history, records, registry
from bosun.kernel.actor import Act
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, NotFound
from bosun.kernel.history import Entry
from bosun.kernel.kinds import Moment
from bosun.platform.away import along, lending, rules
from bosun.platform.away.along import Along
from bosun.platform.away.models import Delegation, Matter
from bosun.platform.org import actors
from bosun.platform.org.models import Person
from bosun.platform.reminders.models import Occurrence, Reminder

MOST = 50
"""Records of one kind on a list."""


@dataclass(frozen=True)
class Line:
    """One open matter: the record as the one who is away sees it, when it is due, what is to be done where that is not
    its title, what he says about it, and who reminds him of it where that is another.
    """

    entity: Entity
    record: Any
    due: Any
    text: str
    note: str
    asker: str = ""


def name_of(person: int) -> str:
    """What somebody is called, also after he left."""
    return str(Person.objects.filter(pk=person).values_list("name", flat=True).first() or "")


def kinds() -> Iterator[tuple[Entity, Along]]:
    """What has a place on the list; of what others remind him, his own times."""
    for entity in registry.all_entities():
        if entity.key in (lending.REMINDERS, lending.OCCURRENCES):
            yield entity, lending.REMINDER
        elif (declared := along.of(entity)) is not None:
            yield entity, declared


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
    for entity, of in kinds():
        if not access.may(away, entity, "read") or not {of.due, of.who} <= set(access.specs(entity, away)):
            continue
        until = row.ends_at if isinstance(entity.specs()[of.due].kind, Moment) else row.last_day
        query = records.query(entity, away, env).where(**{f"{of.who}_id": row.person_id, f"{of.due}__lte": until})
        query = query.filter(of.open) if of.open else query
        if entity.key == lending.OCCURRENCES:
            query = query.where(reminder__in=Reminder.objects.exclude(owner=row.person_id).values("pk"))
        items = query.sort([of.due]).page(limit=MOST).items
        askers = _askers(items) if entity.key == lending.OCCURRENCES else {}
        for record in items:
            text = str(getattr(record, of.text) or "") if of.text else ""
            note = notes.get((entity.key, record.pk), "")
            due = (getattr(record, of.moved) if of.moved else None) or getattr(record, of.due)
            found.append(Line(entity, record, due, text, note, askers.get(record.pk, "")))
    return found


def _askers(items: Sequence[Any]) -> dict[int, str]:
    """Who reminds him of each."""
    rows = Occurrence.objects.filter(pk__in=[each.pk for each in items])
    return {pk: name or "" for pk, name in rows.values_list("pk", "reminder__owner__name")}


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
    times = _stood_in(row)
    found: list[Entry] = []
    for entity, _along in kinds():
        if access.may(away, entity, "read"):
            entries = history.recent(entity, env, row.begins_at, limit=200)
            if entity.key == lending.OCCURRENCES:
                entries = _told_alone(entries, row)
            found += [
                e for e in entries if any(e.actor_id == who and since <= e.at < until for who, since, until in times)
            ]
    return sorted(found, key=lambda entry: entry.at)


def _told_alone(entries: Sequence[Entry], row: Delegation) -> list[Entry]:
    """Without the times of his own reminders that come once: those are done with them."""
    once = Q(reminder__rule__isnull=True) | Q(reminder__rule="")
    own = Occurrence.objects.filter(once, pk__in=[e.record_id for e in entries], reminder__owner=row.person_id)
    left_out = set(own.values_list("pk", flat=True))
    return [e for e in entries if e.record_id not in left_out]


def _stood_in(row: Delegation) -> set[tuple[int, datetime, datetime]]:
    """Who stood in and when: the delegate, and whoever stood in for him meanwhile."""
    found: set[tuple[int, datetime, datetime]] = set()
    front = [(row.delegate_id, row.begins_at, row.ends_at)]
    while front:
        step = who, since, until = front.pop()
        if step in found:
            continue
        found.add(step)
        further = Delegation.objects.filter(
            person_id=who, deleted_at__isnull=True, begins_at__lt=until, ends_at__gt=since
        )
        front += [(each.delegate_id, max(since, each.begins_at), min(until, each.ends_at)) for each in further]
    return {step for step in found if step[0] != row.person_id}
