"""Fields that are worked out: formulas over the same record, and roll-ups over the records that refer to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import BigIntegerField, Count, Max, Min, OuterRef, Subquery, Sum, Value
from django.db.models.expressions import Combinable

from bosun.kernel import access, kinds, ports, registry
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.specs import Derived, FieldSpec, JsonKey
from bosun.lib import formula, money
from bosun.lib.formula import Formula
from bosun.lib.money import Money as Amount

READABLE = (kinds.Number, kinds.Money, kinds.Boolean, kinds.Date, kinds.Text, kinds.Email, kinds.Url, kinds.Choice)
"""Kinds whose values a formula can work with."""
SUMMED = (kinds.Number, kinds.Money)
COMPARED = (kinds.Number, kinds.Money, kinds.Date)
AGGREGATES = {"sum": Sum, "min": Min, "max": Max}


# formulas --------------------------------------------------------------------------------------------------------


def usable(specs: Mapping[str, FieldSpec]) -> dict[str, FieldSpec]:
    """The fields that a formula may name: what is stored, and no other formula."""
    return {
        name: spec
        for name, spec in specs.items()
        if isinstance(spec.kind, READABLE)
        and not spec.kind.multiple
        and not isinstance(spec.store, Derived | FormulaKey | Rollup)
    }


@dataclass(frozen=True)
class FormulaKey(JsonKey):
    """The value of a formula, kept beside the fields it follows from and made anew whenever the record is written.

    Kept, it is filtered, sorted, summed and indexed like any other number or text, the same on both databases.
    """

    entity: str = ""
    formula: Formula | None = None

    def set(self, record: Any, value: Any, env: Env | None) -> None:
        raise TypeError("a formula is not written")

    def fill(self, record: Any) -> None:
        """Work it out from the fields of the record."""
        known = registry.get(self.entity).specs()
        names = self.formula.names if self.formula else ()
        value = self.formula.value({n: _given(known[n], record) for n in names if n in known}) if self.formula else None
        held = dict(record.custom or {})
        held.pop(self.name, None)
        kept = _result(self.kind, value)
        if kept is not None:
            held[self.name] = kept
        record.custom = held


def _given(spec: FieldSpec, record: Any) -> formula.Value:
    """A value as formulas know it; amounts in the base currency."""
    if isinstance(spec.kind, kinds.Money):
        minor = spec.store.base(record)  # type: ignore[attr-defined]
        digits = money.digits(ports.company().currency)
        return None if minor is None else Decimal(minor).scaleb(-digits)
    value = spec.get(record)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, str | date) else Decimal(value)


def _result(kind: kinds.Kind, value: formula.Value) -> Any:
    """The value as it is kept; nothing where it is not of the kind that the formula was said to give."""
    if value is None:
        return None
    if isinstance(kind, kinds.Boolean):
        return value if isinstance(value, bool) else None
    if isinstance(kind, kinds.Date):
        return kind.keep(value) if isinstance(value, date) else None
    if isinstance(kind, kinds.Text):
        return formula.as_text(value)[: kind.max_length] or None
    if not isinstance(value, Decimal):
        return None
    digits = kind.digits if isinstance(kind, kinds.Number) else money.digits(ports.company().currency)
    minor = int(value.scaleb(digits).to_integral_value(rounding=ROUND_HALF_UP))
    if abs(minor) >= 2**63:
        return None
    return minor if isinstance(kind, kinds.Number) else [minor, ports.company().currency, minor]


# roll-ups --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rollup(JsonKey):
    """A count, sum, least or greatest over the records that refer to this one, as far as one reader may read them.

    Nothing of it is kept, since it differs from reader to reader: one query answers it for a whole page.
    """

    source: str = ""
    ref: str = ""
    how: str = "count"
    of: str = ""
    actor: Actor | None = None

    def seen_by(self, actor: Actor) -> Rollup | None:
        """The same for one reader; None where the reader may not read the other records, or a field that it needs."""
        entity = registry.find(self.source)
        return replace(self, actor=actor) if entity and _open(entity, {self.ref, self.of} - {""}, actor) else None

    def set(self, record: Any, value: Any, env: Env | None) -> None:
        raise TypeError("a roll-up is not written")

    def _specs(self) -> Mapping[str, FieldSpec] | None:
        """The fields of the other entity; None where the reader may not read it, or one of the fields needed."""
        entity = registry.find(self.source)
        if self.actor is None or entity is None or not access.may(self.actor, entity, "read"):
            return None
        known = access.specs(entity, self.actor)
        return known if {self.ref, *([self.of] if self.of else [])} <= set(known) else None

    def _grouped(self, known: Mapping[str, FieldSpec]) -> Any:
        assert self.actor is not None  # noqa: S101 - without a reader there are no specs
        rows = access.visible(registry.get(self.source), self.actor)
        made = Count("pk") if self.how == "count" else AGGREGATES[self.how](known[self.of].store.expr())
        return rows.annotate(_ref=known[self.ref].store.expr()).order_by(), made

    def expr(self) -> Combinable:
        known = self._specs()
        if known is None:
            return Value(None, output_field=BigIntegerField())
        rows, made = self._grouped(known)
        return Subquery(rows.filter(_ref=OuterRef("pk")).values("_ref").annotate(_v=made).values("_v"))

    sort = expr

    def operand(self, operand: Any) -> Any:
        known = self._specs()
        source = known[self.of].store if known and self.of else None
        return super().operand(operand) if isinstance(source, JsonKey) else operand

    def fetch(self, records: Sequence[Any]) -> None:
        """Work it out for many records at once."""
        known = self._specs()
        if known is None:
            return
        rows, made = self._grouped(known)
        found = rows.filter(_ref__in=[record.pk for record in records]).values("_ref").annotate(_v=made)
        figures = dict(found.values_list("_ref", "_v"))
        for record in records:
            _memo(record)[self._place()] = figures.get(record.pk)

    def _place(self) -> tuple[str, Any]:
        return self.name, self.actor.id if self.actor else None

    def _stored(self, record: Any) -> Any:
        if record.pk is None or self.actor is None:
            return None
        held = _memo(record)
        if self._place() not in held:
            self.fetch([record])
        return held.get(self._place())

    def get(self, record: Any) -> Any:
        stored = self._stored(record)
        if stored is None:
            return 0 if self.how == "count" and self._specs() is not None else None
        if isinstance(self.kind, kinds.Money):
            return Amount(int(stored), ports.company().currency)
        if isinstance(self.kind, kinds.Date):
            return stored if isinstance(stored, date) else self.kind.load(stored)
        return self.kind.from_db(int(stored))

    def base(self, record: Any) -> Any:
        return self._stored(record)

    def columns(self) -> tuple[str, ...]:
        return ()


def _open(entity: Entity, names: set[str], actor: Actor) -> bool:
    """Whether a reader sees these fields; not asked of `access.specs`, as two entities may roll up over each other."""
    known = entity.specs()
    if not access.may(actor, entity, "read") or not names <= set(known):
        return False
    if entity.open_to_all and entity.open_fields and not actor.may(entity.key, "read"):
        return names <= set(entity.open_fields)
    return all(actor.field_right(entity.key, part) for name in names for part in (name, *known[name].depends))


def _memo(record: Any) -> dict[Any, Any]:
    held: dict[Any, Any] = record.__dict__.setdefault("_rollups", {})
    return held


def leading_here(entity: Entity) -> list[tuple[Entity, FieldSpec]]:
    """References of any entity to this one, over which it may roll up."""
    return [
        (other, spec)
        for other in registry.all_entities()
        if other.menu == "main" or other.extras.get("invented")
        for spec in other.references()
        if registry.has(spec.kind.model) and registry.of(spec.kind.model) is entity  # type: ignore[attr-defined]
    ]


# from a declaration ----------------------------------------------------------------------------------------------


def formula_store(entity: str, name: str, kind: kinds.Kind, text: str, known: set[str]) -> FormulaKey | None:
    """The store of a declared formula; None where it can no longer be read, as a field in it is gone."""
    try:
        return FormulaKey(kind, name, entity, formula.read(text, known))
    except formula.FormulaError:
        return None


def rollup_store(
    name: str, settings: Mapping[str, Any], specs: Callable[[str], Mapping[str, FieldSpec]]
) -> Rollup | None:
    """The store of a declared roll-up; None where its records or fields are not there, or do not fit."""
    key, _dot, ref = str(settings.get("source", "")).partition(".")
    how, of = settings.get("how", "count"), str(settings.get("of", "")).rpartition(".")[2]
    if registry.find(key) is None:
        return None
    known = specs(key)
    if ref not in known or not isinstance(known[ref].kind, kinds.Reference) or known[ref].kind.multiple:
        return None
    kind = rolled_kind(how, known.get(of))
    return None if kind is None else Rollup(kind, name, key, ref, how, "" if how == "count" else of)


def rolled_kind(how: str, spec: FieldSpec | None) -> kinds.Kind | None:
    """The kind of a roll-up; None where the field cannot be worked out so."""
    if how == "count":
        return kinds.Number()
    allowed = SUMMED if how == "sum" else COMPARED
    if spec is None or not isinstance(spec.kind, allowed) or isinstance(spec.store, Derived | Rollup):
        return None
    return spec.kind
