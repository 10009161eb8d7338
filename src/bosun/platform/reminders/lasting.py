"""How long a reminder comes: up to its last day, or until a condition on the record it is about has become true.

Both stand in one field: a date, or a condition in the shape of a filter.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from bosun.kernel import conditions, registry
from bosun.kernel.conditions import Condition, Leaf
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Date, Kind
from bosun.kernel.kinds.base import refuse
from bosun.kernel.kinds.structured import LIMIT
from bosun.kernel.specs import Column
from bosun.platform import wording

DAY = Date()


class Until(Kind):
    """A last day, or a condition. Lists compare the day; a condition counts as none there."""

    key = "date"
    widget = "until"
    operators = DAY.operators

    def parse_filled(self, raw: Any, env: Env) -> Any:
        if isinstance(raw, str) and raw.lstrip().startswith("{"):
            try:
                raw = json.loads(raw)
            except (ValueError, RecursionError):
                raise refuse(_("This is not valid JSON.")) from None
        if not isinstance(raw, Mapping):
            return DAY.parse_filled(raw, env)
        if len(json.dumps(raw)) > LIMIT:
            raise refuse(_("This is too large."))
        return dict(raw) or None

    def dump(self, value: Any) -> Any:
        return value if isinstance(value, dict) else DAY.dump(value)

    def load(self, data: Any) -> Any:
        return data if isinstance(data, dict) else DAY.load(data)

    def text(self, value: Any, env: Env) -> str:
        return _("a condition is true") if isinstance(value, dict) else DAY.text(value, env)

    def export(self, value: Any, env: Env) -> str:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else DAY.export(value, env)

    def form(self, value: Any, env: Env) -> Any:
        return self.dump(value)

    def schema(self) -> dict[str, Any]:
        said = _("A date, or a condition in the shape of a filter on the record it is about.")
        return {"type": ["string", "object"], "description": said}

    def operand(self, op: str, raw: Any, env: Env) -> Any:
        return DAY.operand(op, raw, env)

    def operand_text(self, op: str, operand: Any, env: Env) -> str:
        return DAY.operand_text(op, operand, env)

    def q(self, expr: Combinable, op: str, operand: Any) -> Q:
        return DAY.q(expr, op, operand)

    def test(self, value: Any, op: str, operand: Any) -> bool:
        return DAY.test(None if isinstance(value, dict) else value, op, operand)

    def words(self, value: Any) -> str:
        return ""

    def sample(self, rng: random.Random) -> Any:
        return DAY.sample(rng)


@dataclass(frozen=True)
class UntilColumns(Column):
    """A day in one column, a condition in another; one of them at most is filled."""

    condition: str = "until_when"

    def get(self, record: Any) -> Any:
        return super().get(record) or getattr(record, self.condition)

    def set(self, record: Any, value: Any, env: Env | None) -> None:
        super().set(record, None if isinstance(value, dict) else value, env)
        setattr(record, self.condition, value if isinstance(value, dict) else None)

    def columns(self) -> tuple[str, ...]:
        return (self.attribute, self.condition)


def until(field: Any) -> Any:
    """A column of days as the field of both."""
    plain = field.spec
    field.kind = Until()
    field.spec = lambda name, sort: replace(plain(name, sort), store=UntilColumns(field.kind, name))
    return field


def condition_of(entity: Entity, tree: Any, env: Env) -> Condition:
    """The condition on a record of this entity; Invalid where it does not fit, or compares nothing."""
    found = conditions.parse(tree, entity, env)
    if not next(_leaves(found), None):
        raise Invalid(_("Say which condition ends it."))
    return found


def _leaves(condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, Leaf):
        yield condition
        return
    for item in condition.items:
        yield from _leaves(item)


def words(row: Any, env: Env) -> str:
    """The condition of a reminder as one says it; Invalid where it does not fit what it is about any more."""
    entity = registry.find(row.about_entity or "")
    if entity is None or not row.until_when:
        return ""
    return wording.words(condition_of(entity, row.until_when, env), env)
