"""Rights, applied before any surface sees a field or a row: what is not open does not exist for that actor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import Exact

from bosun.kernel import registry
from bosun.kernel.actor import Actor, FieldRight, Scope
from bosun.kernel.entity import Entity
from bosun.kernel.ledger import Share
from bosun.kernel.specs import FieldSpec
from bosun.lib import clock

ACTIONS = ("read", "create", "change", "remove", "export", "import")
lent: list[Callable[[Entity, Actor, str], Q]] = []
"""Rows that platform opens for an action beyond the roles, while somebody stands in for another; empty adds none."""


def may(actor: Actor, entity: Entity, action: str) -> bool:
    """True when the actor may do `action` on at least some records of `entity`."""
    return (entity.open_to_all and action == "read") or actor.may(entity.key, _governing(entity, actor, action))


def _governing(entity: Entity, actor: Actor, action: str) -> str:
    """The action whose scope counts: a verb that no role speaks of is governed by the right it names."""
    if action in entity.verbs and (entity.key, action) not in actor.grants:
        return entity.verbs[action].right
    return action


def specs(entity: Entity, actor: Actor) -> dict[str, FieldSpec]:
    """The fields that exist for this actor; `writable` says which of them he may set."""
    memo: dict[str, tuple[Any, dict[str, FieldSpec]]] = actor.__dict__.setdefault("_specs", {})
    everything = entity.specs()
    if entity.key not in memo or memo[entity.key][0] is not everything:
        memo[entity.key] = (everything, _cut(entity, actor, everything))
    return memo[entity.key][1]


def _cut(entity: Entity, actor: Actor, everything: dict[str, FieldSpec]) -> dict[str, FieldSpec]:
    cut: dict[str, FieldSpec] = {}
    if entity.open_to_all and not actor.may(entity.key, "read") and entity.open_fields:
        everything = {name: spec for name, spec in everything.items() if name in entity.open_fields}
    for name, spec in everything.items():
        right = min((actor.field_right(entity.key, part) for part in (name, *spec.depends)), default=FieldRight.NONE)
        if right == FieldRight.NONE:
            continue
        if hasattr(spec.store, "seen_by"):
            seen = spec.store.seen_by(actor)
            if seen is None:
                continue
            spec = replace(spec, store=seen)
        open_ = right == FieldRight.WRITE and not spec.read_only
        if open_ and spec.right:
            open_ = may(actor, entity, spec.right)
        cut[name] = spec if open_ else replace(spec, writable=False)
    return cut


def visible(entity: Entity, actor: Actor, action: str = "read", *, few: bool = False) -> QuerySet[Any]:
    """Live records on which the actor may do `action`; the one source of rows for every surface.

    `few` says that the caller goes on to name its rows, or the record on which they hang. The answer is the same, but
    the database looks at the rights of each of them, instead of gathering all that are open to the actor.
    """
    live = entity.model._default_manager.filter(deleted_at__isnull=True)
    return live.filter(rows(entity, actor, action, few=few))


def rows(entity: Entity, actor: Actor, action: str = "read", *, few: bool = False) -> Q:
    """The condition on rows that the actor's rights put."""
    if entity.open_to_all and action == "read":
        return Q()
    if not may(actor, entity, action):
        return Q(pk__in=[])
    asked, action = action, _governing(entity, actor, action)
    if actor.is_admin and not actor.read_only:
        return Q()
    scope = actor.scope(entity.key, action)
    if scope == Scope.ALL and not entity.rights_from:
        return Q()
    found = (_rows_by_parent if entity.rights_from else _scope)(entity, actor, scope, action, few)
    if entity.also_from and action in ("read", "export"):
        found |= _through_other(entity, actor, scope, action, few)
    for more in lent:
        found |= more(entity, actor, asked)
    return found


def _through_other(entity: Entity, actor: Actor, scope: Scope, action: str, few: bool) -> Q:
    """Rows that hang on a record within the same scope: the owner of the customer reads its opportunities too."""
    other = registry.of(entity.native_specs()[entity.also_from].kind.model)  # type: ignore[attr-defined]
    within = other.model._default_manager.filter(_scope(other, actor, scope, action), deleted_at__isnull=True)
    return _among(within, entity.also_from, few)


def _among(open_: QuerySet[Any], name: str, few: bool) -> Q:
    """Rows whose reference `name` leads to one of those that are open."""
    if few:
        return Q(Exists(open_.filter(pk=OuterRef(f"{name}_id"))))
    return Q(**{f"{name}_id__in": open_.values("pk")})


def parents(entity: Entity, actor: Actor, action: str) -> QuerySet[Any]:
    """The records through which `entity` takes its rights, as far as the actor may do `action` on what hangs on them.

    They must be readable, and lie within the scope that the actor's roles give for the action on `entity` itself.
    """
    parent = registry.of(entity.native_specs()[entity.rights_from].kind.model)  # type: ignore[attr-defined]
    action = _governing(entity, actor, action)
    scope = actor.scope(entity.key, action)
    found = visible(parent, actor)
    if scope == Scope.NONE:
        return found.none()
    like = "change" if action not in ("read", "export") else action
    return found if scope == Scope.ALL else found.filter(_scope(parent, actor, scope, like))


def _rows_by_parent(entity: Entity, actor: Actor, scope: Scope, action: str, few: bool) -> Q:
    name = entity.rights_from
    orphans = Q(**{f"{name}__isnull": True, "created_by_id": actor.id})
    parent = registry.of(entity.native_specs()[name].kind.model)  # type: ignore[attr-defined]
    if scope == Scope.ALL and not rows(parent, actor):
        return Q(**{f"{name}__isnull": False}) | orphans
    return _among(parents(entity, actor, action), name, few) | orphans


def _scope(entity: Entity, actor: Actor, scope: Scope, action: str, few: bool = False) -> Q:
    # A sum keeps the database from going through all that somebody owns, in their order, to find the few named ones.
    found = Q(Exact(F("owner_id") + 0, actor.id)) if few and actor.id else Q(owner_id=actor.id)
    if entity.key in actor.shared and action in ("read", "export", "change"):
        found |= Q(pk__in=_shared(entity, actor, action).values("record_id"))
    departments = {Scope.DEPARTMENT: actor.departments, Scope.BELOW: actor.below}.get(scope)
    if departments:
        people = apps.get_model(settings.BOSUN_PERSON_MODEL)._default_manager.filter(department_id__in=departments)
        found |= Q(owner_id__in=people.values("pk"))
        found |= Q(owner_id__isnull=True, department_id__in=departments)
    return found


def _shared(entity: Entity, actor: Actor, action: str) -> QuerySet[Share]:
    levels = ["edit"] if action not in ("read", "export") else ["read", "edit"]
    return Share.objects.filter(
        Q(until__isnull=True) | Q(until__gte=clock.today(actor.zone)),
        entity=entity.key,
        person_id=actor.id or 0,
        level__in=levels,
    )


def same_rows(entity: Entity, actor: Actor, left: str, right: str) -> bool:
    """True when two actions surely reach the same rows, so that one answer serves for both."""
    around = {entity.key}
    if entity.rights_from:
        around.add(registry.of(entity.native_specs()[entity.rights_from].kind.model).key)  # type: ignore[attr-defined]
    reading = [action in ("read", "export") for action in (left, right)]
    if around & actor.shared or (entity.also_from and reading[0] != reading[1]):
        return False
    if any(more(entity, actor, action) for more in lent for action in (left, right)):
        return False
    reached = [
        Scope.ALL
        if entity.open_to_all and action == "read"
        else actor.scope(entity.key, _governing(entity, actor, action))
        for action in (left, right)
    ]
    return reached[0] == reached[1]


def may_row(entity: Entity, actor: Actor, action: str, pk: int) -> bool:
    """True when the actor may do `action` on this very record."""
    return bool(visible(entity, actor, action, few=True).filter(pk=pk).exists())
