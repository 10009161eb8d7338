"""The only door. Every surface reads and writes records through these functions, with the rights of an actor.

`entity` is an Entity or its key, `raw` maps field names to what a program or person gave, `act` says who does it,
through which door and why. Refusals are the exceptions of `bosun.kernel.errors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bosun.kernel import access, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import NotFound
from bosun.kernel.kinds import Kind
from bosun.kernel.ledger import Removal
from bosun.kernel.query import Query, environment
from bosun.kernel.removal import binned, purge, remove, restorable, restore, what_goes
from bosun.kernel.undo import Undone, authors, extent, undo
from bosun.kernel.writing import save

__all__ = [
    "Query",
    "Undone",
    "authors",
    "binned",
    "bulk_change",
    "change",
    "create",
    "environment",
    "extent",
    "get",
    "preload",
    "purge",
    "query",
    "remove",
    "remove_one",
    "restorable",
    "restore",
    "run_verb",
    "save",
    "undo",
    "what_goes",
]


def entity_of(entity: Entity | str) -> Entity:
    """The entity meant; NotFound for a key that does not exist."""
    if isinstance(entity, Entity):
        return entity
    found = registry.find(entity)
    if found is None:
        raise NotFound()
    return found


def query(entity: Entity | str, actor: Actor, env: Env | None = None, action: str = "read") -> Query:
    """Records of an entity that are open to the actor."""
    return Query(entity_of(entity), env or environment(actor), action)


def get(entity: Entity | str, pk: int, actor: Actor, action: str = "read") -> Any:
    """One record, or NotFound when it is absent or not open to the actor."""
    rows = access.visible(entity_of(entity), actor, action, few=True)
    found = rows.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise NotFound()
    return found


def create(entity: Entity | str, raw: Mapping[str, Any], act: Act, env: Env | None = None) -> Any:
    """A new record."""
    draft = Draft(entity_of(entity), raw, verb="created")
    save([draft], act, env)
    return _settled(draft).record


def change(
    entity: Entity | str, pk: int, raw: Mapping[str, Any], act: Act, seen: int | None = None, env: Env | None = None
) -> Draft:
    """Change fields of one record. `seen` is the version that the writer looked at; None writes just these fields."""
    draft = Draft(entity_of(entity), raw, pk=pk, seen=seen, verb="changed")
    save([draft], act, env)
    return _settled(draft)


def bulk_change(entity: Entity | str, ids: Sequence[int], raw: Mapping[str, Any], act: Act) -> list[Draft]:
    """Change the same fields of many records; each draft says how it went."""
    drafts = [Draft(entity_of(entity), raw, pk=pk, verb="changed") for pk in ids]
    for start in range(0, len(drafts), 500):
        save(drafts[start : start + 500], act)
    return drafts


def run_verb(entity: Entity | str, ids: Sequence[int], verb: str, raw: Mapping[str, Any], act: Act) -> list[Draft]:
    """Do a verb to records; each draft says how it went. NotFound for a verb that does not exist."""
    found = entity_of(entity)
    if verb not in found.verbs:
        raise NotFound()
    return found.verbs[verb].run(found, ids, raw, act)


def remove_one(entity: Entity | str, pk: int, act: Act) -> Removal:
    """One record to the bin."""
    return remove(entity_of(entity), [pk], act)


def preload(entity: Entity, rows: Sequence[Any], env: Env, names: Sequence[str] = ()) -> None:
    """Fetch the names of everything that these rows refer to, one query for each kind of record."""
    specs = access.specs(entity, env.actor)
    wanted: dict[type, set[int]] = {}
    for name in names or specs:
        spec = specs.get(name)
        if spec is not None and hasattr(spec.store, "fetch"):
            spec.store.fetch(rows)
        if spec is None or type(spec.kind).refers is Kind.refers:
            continue
        for row in rows:
            for model, target in spec.kind.refers(spec.get(row)):
                wanted.setdefault(model, set()).add(target)
    for model, ids in wanted.items():
        env.refs.load(model, ids)


def _settled(draft: Draft) -> Draft:
    if draft.failure is not None:
        raise draft.failure
    return draft
