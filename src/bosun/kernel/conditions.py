"""One condition tree with two interpreters, SQL and Python; `bosun.platform.wording` is the third, which says it.

A leaf is `{"field", "op", "value"}`; a group `{"all": […]}`, `{"any": […]}` or `{"none": […]}`. A field may go through
references (`customer.region`); each step sees only what the actor may see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Reference
from bosun.kernel.specs import FieldSpec

MAX_DEPTH, MAX_LEAVES, MAX_STEPS = 6, 60, 4
MODES = ("all", "any", "none")


@dataclass(frozen=True)
class Leaf:
    """One comparison. `path` are the fields walked through, the last one being compared."""

    path: tuple[FieldSpec, ...]
    entities: tuple[Entity, ...]
    op: str
    operand: Any
    raw: Any = None

    @property
    def spec(self) -> FieldSpec:
        """The field compared."""
        return self.path[-1]


@dataclass(frozen=True)
class Group:
    """All, any or none of several conditions."""

    mode: str
    items: tuple[Condition, ...]


Condition = Leaf | Group
EVERYTHING = Group("all", ())


def parse(raw: Any, entity: Entity, env: Env) -> Condition:
    """A condition from its JSON form, checked against what the actor may see; Invalid otherwise."""
    if raw in (None, {}, []):
        return EVERYTHING
    return _Parser(entity, env).node(raw, 0)


class _Parser:
    def __init__(self, entity: Entity, env: Env) -> None:
        self.entity, self.env, self.leaves = entity, env, 0

    def node(self, raw: Any, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise Invalid(_("This filter is nested too deeply."))
        if isinstance(raw, list):
            raw = {"all": raw}
        if not isinstance(raw, Mapping):
            raise Invalid(_("This filter cannot be read."))
        if set(raw) == {"field", "op", "value"} or set(raw) == {"field", "op"}:
            return self.leaf(raw)
        if len(raw) != 1 or next(iter(raw)) not in MODES:
            raise Invalid(_("This filter cannot be read."))
        mode, items = next(iter(raw.items()))
        if not isinstance(items, Sequence) or isinstance(items, str):
            raise Invalid(_("This filter cannot be read."))
        return Group(mode, tuple(self.node(item, depth + 1) for item in items))

    def leaf(self, raw: Mapping[str, Any]) -> Leaf:
        self.leaves += 1
        if self.leaves > MAX_LEAVES:
            raise Invalid(_("This filter has too many conditions."))
        name, op = str(raw["field"]), str(raw["op"])
        path, entities = walk(self.entity, name, self.env)
        if op not in path[-1].kind.operators:
            raise Invalid([FieldError(name, _("“%(op)s” does not fit this field.") % {"op": op[:30]})])
        try:
            operand = path[-1].kind.operand(op, raw.get("value"), self.env)
        except Invalid as error:
            raise Invalid([FieldError(name, part.message) for part in error.errors]) from None
        return Leaf(path, entities, op, operand, raw.get("value"))


def walk(entity: Entity, name: str, env: Env) -> tuple[tuple[FieldSpec, ...], tuple[Entity, ...]]:
    """The fields and entities along a dotted path, for this actor."""
    path: list[FieldSpec] = []
    entities: list[Entity] = []
    steps = name.split(".")
    for number, step in enumerate(steps):
        spec = access.specs(entity, env.actor).get(step)
        last = number == len(steps) - 1
        if (
            spec is None
            or len(steps) > MAX_STEPS
            or not (last or (isinstance(spec.kind, Reference) and not spec.kind.multiple))
        ):
            raise Invalid([FieldError(name[:80], _("There is no field called “%(name)s”.") % {"name": name[:80]})])
        path.append(spec)
        entities.append(entity)
        if not last:
            entity = registry.of(spec.kind.model)  # type: ignore[attr-defined]
    return tuple(path), tuple(entities)


def to_q(condition: Condition, env: Env) -> Q:
    """The condition in SQL."""
    if isinstance(condition, Leaf):
        return _leaf_q(condition, env, 0)
    parts = [to_q(item, env) for item in condition.items]
    if condition.mode == "all":
        found = Q()
        for part in parts:
            found &= part
        return found
    if not parts:
        return Q(pk__in=[]) if condition.mode == "any" else Q()
    found = parts[0]
    for part in parts[1:]:
        # An empty Q means everything, and would vanish in an "or".
        found = (found or Q(pk__isnull=False)) | (part or Q(pk__isnull=False))
    if condition.mode == "any":
        return found
    return ~(found or Q(pk__isnull=False))


def _leaf_q(leaf: Leaf, env: Env, step: int) -> Q:
    spec, entity = leaf.path[step], leaf.entities[step]
    if step == len(leaf.path) - 1:
        return spec.q(entity.key, leaf.op, leaf.operand)
    target = leaf.entities[step + 1]
    behind = access.visible(target, env.actor).filter(_leaf_q(leaf, env, step + 1))
    return (
        Q(**{f"{spec.name}_id__in": behind.values("pk")})
        if not spec.custom
        else Q(
            pk__in=entity.model._default_manager.annotate(_r=spec.store.expr())
            .filter(_r__in=behind.values("pk"))
            .values("pk")
        )
    )


def matches(condition: Condition, record: Any, env: Env) -> bool:
    """The condition in Python, on one record."""
    if isinstance(condition, Leaf):
        return _leaf_matches(condition, record, env)
    results = (matches(item, record, env) for item in condition.items)
    if condition.mode == "all":
        return all(results)
    return any(results) if condition.mode == "any" else not any(results)


def _leaf_matches(leaf: Leaf, record: Any, env: Env) -> bool:
    for step, spec in enumerate(leaf.path[:-1]):
        pk = spec.get(record)
        record = access.visible(leaf.entities[step + 1], env.actor, few=True).filter(pk=pk).first() if pk else None
        if record is None:
            return False
    return leaf.spec.test(record, leaf.op, leaf.operand)
