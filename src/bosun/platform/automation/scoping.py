"""Which records are open to somebody as they are stored, the bin included, or would be once they are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bosun.kernel import access, registry
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Denied, NotFound
from bosun.platform.org import managers


def open_ids(entity: Entity, ids: Iterable[int], actor: Actor, action: str = "read") -> set[int]:
    """Those of these records on which the actor may do `action`, whether they are live or in the bin."""
    wanted = set(ids)
    rows = entity.model._default_manager.filter(pk__in=wanted)
    allowed = access.rows(entity, actor, action, few=True)
    found = set(rows.filter(allowed).values_list("pk", flat=True))
    above = _above(entity)
    if found == wanted or above is None or action != "read" or not access.may(actor, entity, action):
        return found
    # What goes to the bin with another record was open through that one, which lies there already.
    name, other = above
    left = rows.exclude(pk__in=found).filter(**{f"{name}__deleted_at__isnull": False})
    held = dict(left.values_list("pk", f"{name}_id"))
    reached = open_ids(other, held.values(), _reaching(entity, other, actor)) if held else set()
    return found | {pk for pk, at in held.items() if at in reached}


def may(entity: Entity, pk: int, actor: Actor, action: str = "read") -> bool:
    """The same for one record."""
    return pk in open_ids(entity, [pk], actor, action)


def open_records(records: Iterable[tuple[str, int]], actor: Actor) -> set[tuple[str, int]]:
    """Those of these records, by key and id, that the actor may read."""
    by_key: dict[str, set[int]] = {}
    for key, pk in records:
        by_key.setdefault(key, set()).add(pk)
    known = {key: entity for key in by_key if (entity := registry.find(key)) is not None}
    return {(key, pk) for key, entity in known.items() for pk in open_ids(entity, by_key[key], actor)}


def insist(rule: int, actor: Actor) -> None:
    """Denied to whoever may not change this very rule; NotFound where he may not even read it."""
    entity = registry.get("rules")
    if access.may(actor, entity, "change") and may(entity, rule, actor, "change"):
        return
    raise NotFound() if access.may(actor, entity, "change") and not may(entity, rule, actor) else Denied()


def would_read(entity: Entity, records: Sequence[Any], actor: Actor, maker: int | None) -> list[bool]:
    """Whether the actor could read each of these records once `maker` has made them as they are."""
    if not access.may(actor, entity, "read"):
        return [False] * len(records)
    if not access.rows(entity, actor):
        return [True] * len(records)
    above, reached = _above(entity), set()
    if above is not None:
        ids = {pk for each in records if (pk := getattr(each, f"{above[0]}_id")) is not None}
        reached = open_ids(above[1], ids, _reaching(entity, above[1], actor))
    departments, people = _departments(entity, actor)
    found = []
    for each in records:
        at = getattr(each, f"{above[0]}_id") if above else None
        if at in reached:
            found.append(True)
        elif entity.rights_from:
            found.append(at is None and maker is not None and maker == actor.id)
        elif each.owner_id is None:
            found.append(each.department_id in departments)
        else:
            found.append(each.owner_id == actor.id or each.owner_id in people)
    return found


def _departments(entity: Entity, actor: Actor) -> tuple[frozenset[int], set[int]]:
    """The departments that lie within the scope in which somebody reads, and the people in them."""
    scope = actor.scope(entity.key, "read")
    departments = managers.reached(actor, scope)
    people = registry.get("users").model._default_manager.filter(department_id__in=departments)
    return departments, set(people.values_list("pk", flat=True)) if departments else set()


def _above(entity: Entity) -> tuple[str, Entity] | None:
    """The reference through which records are reached besides their own owner, and the entity to which it leads."""
    name = entity.rights_from or entity.also_from
    return (name, registry.of(entity.native_specs()[name].kind.model)) if name else None  # type: ignore[attr-defined]


def _reaching(entity: Entity, other: Entity, actor: Actor) -> Actor:
    """The actor with the scope on `other` within which he reaches the records of `entity`."""
    scope = actor.scope(entity.key, "read")
    if entity.rights_from:
        scope = min(scope, actor.scope(other.key, "read"))
    return replace(actor, grants={**actor.grants, (other.key, "read"): scope})
