"""Counts and sums over the records that refer to one, with a filter of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from bosun.kernel import access, conditions, registry
from bosun.kernel.conditions import Condition
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Kind, Money, Number, Reference
from bosun.kernel.specs import FieldSpec
from bosun.lib.money import Money as Amount
from bosun.platform import wording
from bosun.platform.automation.reaching import Reach
from bosun.platform.automation.subject import Subject


@dataclass(frozen=True)
class Source:
    """Records of `entity` that refer to another by `ref`, counted, or `of` summed."""

    entity: Entity
    ref: FieldSpec
    of_field: FieldSpec | None
    where: Condition
    kind: Kind
    at: Reach | None = None

    def of(self, ids: Sequence[int], env: Env) -> dict[int, Any]:
        """The figure for each of these records, in one query; amounts in the base currency."""
        rows = access.visible(self.entity, env.actor).annotate(_ref=self.ref.store.expr()).filter(_ref__in=ids)
        narrowed = conditions.to_q(self.where, env)
        rows = rows.filter(narrowed) if narrowed else rows
        made = Sum(self.of_field.store.expr()) if self.of_field else Count("pk")
        found = dict(rows.order_by().values("_ref").annotate(_v=made).values_list("_ref", "_v"))
        return {pk: self._value(found.get(pk) or 0, env) for pk in ids}

    def figures(self, subjects: Sequence[Subject], env: Env) -> list[Any]:
        """The figure of each subject, or of the record to which its way leads."""
        ids = [self.at.pk(each, env) if self.at else each.draft.pk for each in subjects]
        found = self.of(sorted({pk for pk in ids if pk is not None}), env)
        return [self._value(0, env) if pk is None else found[pk] for pk in ids]

    def fields(self) -> list[list[str]]:
        """Entity and name of every field that it looks at."""
        own = [self.ref, *([self.of_field] if self.of_field else [])]
        led = [[e.key, spec.name] for e, spec in zip(self.at.entities, self.at.path, strict=True)] if self.at else []
        return [*led, *([self.entity.key, spec.name] for spec in own), *_leaves(self.where)]

    def _value(self, stored: Any, env: Env) -> Any:
        if isinstance(self.kind, Money):
            return Amount(int(stored), env.company.currency)
        return self.kind.from_db(int(stored))

    def words(self, env: Env) -> str:
        """What is counted or summed, in words."""
        said = {"records": self.entity.plural, "field": self.of_field.label if self.of_field else ""}
        what = _("sum of %(field)s over %(records)s") if self.of_field else _("number of %(records)s")
        narrowed = wording.words(self.where, env)
        told = (what % said) + (wording.inserted(narrowed) if narrowed else "")
        return wording.path((self.at.label, told)) if self.at else told


def parse(raw: Mapping[str, Any], entity: Entity, env: Env) -> Source:
    """What a count or sum is over; Invalid where it does not refer to the entity, or may not be read."""
    how = "count" if "count" in raw else "sum"
    allowed = {how, "where", "op", "value", "at"} | ({"of"} if how == "sum" else set())
    if set(raw) - allowed or not isinstance(raw[how], str):
        raise Invalid(_("This condition cannot be read."))
    way = Reach.read(str(raw["at"]), entity, env) if raw.get("at") else None
    key, _dot, name = raw[how].partition(".")
    other = registry.find(key)
    ref = access.specs(other, env.actor).get(name) if other and access.may(env.actor, other, "read") else None
    if other is None or ref is None or not _leads_to(ref, way.target if way else entity):
        raise Invalid([FieldError(raw[how][:80], _("There is no list of such records here."))])
    where = conditions.parse(raw.get("where"), other, env)
    if how == "count":
        return Source(other, ref, None, where, Number(), way)
    summed = access.specs(other, env.actor).get(str(raw.get("of", "")))
    if summed is None or "sum" not in summed.kind.aggregates:
        raise Invalid([FieldError(str(raw.get("of"))[:80], _("This field cannot be summed."))])
    return Source(other, ref, summed, where, summed.kind, way)


def _leads_to(spec: FieldSpec, entity: Entity) -> bool:
    kind = spec.kind
    return isinstance(kind, Reference) and not kind.multiple and kind.model is entity.model


def _leaves(condition: Condition) -> Iterator[list[str]]:
    if isinstance(condition, conditions.Leaf):
        for entity, spec in zip(condition.entities, condition.path, strict=True):
            yield [entity.key, spec.name]
        return
    for item in condition.items:
        yield from _leaves(item)
