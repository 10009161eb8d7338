"""Whether a field is shown on a record that is being written: `shown_when` on values that are not stored yet."""

from __future__ import annotations

from typing import Any

from bosun.kernel import conditions
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.kinds import Money
from bosun.kernel.specs import FieldSpec


def is_shown(spec: FieldSpec, draft: Draft, env: Env) -> bool:
    """True when the field has no condition, or its condition holds on the draft."""
    if not spec.shown_when:
        return True
    return _holds(spec.shown_when, draft, env)


def _holds(raw: Any, draft: Draft, env: Env) -> bool:
    if "field" not in raw:
        mode, items = next(iter(raw.items()))
        results = [_holds(item, draft, env) for item in items]
        return all(results) if mode == "all" else any(results) if mode == "any" else not any(results)
    name, _dot, rest = str(raw["field"]).partition(".")
    value = draft.value(name)
    if rest:
        path, entities = conditions.walk(draft.entity, raw["field"], env)
        leaf = conditions.Leaf(path, entities, raw["op"], path[-1].kind.operand(raw["op"], raw.get("value"), env))
        target = entities[1].model._default_manager.filter(pk=value).first() if value else None
        tail = conditions.Leaf(path[1:], entities[1:], leaf.op, leaf.operand)
        return target is not None and conditions.matches(tail, target, env)
    kind = draft.entity.specs()[name].kind
    if isinstance(kind, Money) and value is not None:
        value = kind.base(value, env)
    return kind.test(value, raw["op"], kind.operand(raw["op"], raw.get("value"), env))
