"""`FieldSpec`: native, custom and computed fields look alike to every surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Collate

from bosun.kernel.env import Env
from bosun.kernel.kinds import AnyValue, Kind, Money
from bosun.kernel.ledger import Member
from bosun.lib import text as texts
from bosun.lib.money import Money as Amount


class Store(Protocol):
    """Where the stored form of a field lives."""

    def get(self, record: Any) -> Any:
        """The stored form."""

    def set(self, record: Any, value: Any, env: Env | None) -> None:
        """Keep a value on the record."""

    def expr(self) -> Combinable:
        """What conditions compare."""

    def sort(self) -> Combinable:
        """What lists sort by."""

    def columns(self) -> tuple[str, ...]:
        """The attributes that an UPDATE must write."""


@dataclass(frozen=True)
class Column:
    """One column; a title keeps a second one by which it is sorted."""

    kind: Kind
    attribute: str
    sort_attribute: str = ""

    def get(self, record: Any) -> Any:
        return self.kind.from_db(getattr(record, self.attribute))

    def set(self, record: Any, value: Any, env: Env | None) -> None:
        setattr(record, self.attribute, self.kind.to_db(value))
        if self.sort_attribute:
            setattr(record, self.sort_attribute, None if value is None else texts.sort_key(value)[:200])

    def expr(self) -> Combinable:
        return F(self.attribute)

    def sort(self) -> Combinable:
        return F(self.sort_attribute or self.attribute)

    def columns(self) -> tuple[str, ...]:
        return (self.attribute, self.sort_attribute) if self.sort_attribute else (self.attribute,)


@dataclass(frozen=True)
class MoneyColumns:
    """Minor units, currency, and the base value of the day it was written."""

    kind: Money
    name: str

    def get(self, record: Any) -> Any:
        minor = getattr(record, f"{self.name}_minor")
        return None if minor is None else Amount(minor, getattr(record, f"{self.name}_currency"))

    def set(self, record: Any, value: Any, env: Env | None) -> None:
        setattr(record, f"{self.name}_minor", None if value is None else value.minor)
        setattr(record, f"{self.name}_currency", None if value is None else value.currency)
        base = None if value is None or env is None else self.kind.base(value, env)
        setattr(record, f"{self.name}_base", base)

    def expr(self) -> Combinable:
        return F(f"{self.name}_base")

    sort = expr

    def base(self, record: Any) -> Any:
        """What conditions compare, of one record."""
        return getattr(record, f"{self.name}_base")

    def columns(self) -> tuple[str, ...]:
        return (f"{self.name}_minor", f"{self.name}_currency", f"{self.name}_base")


@dataclass(frozen=True)
class AnyColumns:
    """Entity key and id of a reference to any record."""

    name: str

    def get(self, record: Any) -> Any:
        entity, pk = getattr(record, f"{self.name}_entity"), getattr(record, f"{self.name}_id")
        return None if pk is None else AnyValue(entity, pk)

    def set(self, record: Any, value: Any, env: Env | None) -> None:
        setattr(record, f"{self.name}_entity", None if value is None else value.entity)
        setattr(record, f"{self.name}_id", None if value is None else value.id)

    def expr(self) -> Combinable:
        return F(f"{self.name}_id")

    sort = expr

    def columns(self) -> tuple[str, ...]:
        return (f"{self.name}_entity", f"{self.name}_id")


class AtPath(Func):
    """What stands under a key of the JSON column, or in one place of a list there.

    The path is part of the statement and no parameter, so that an index over the same expression is used; names are
    plain letters, digits and underscores, which their rule sees to.
    """

    output_field = TextField()

    def __init__(self, column: Any, name: str = "", place: int | None = None) -> None:
        super().__init__(F(column) if isinstance(column, str) else column, name=name, place=place)

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        end = "" if self.extra["place"] is None else f"[{self.extra['place']}]"
        path = f"""'$."{self.extra["name"]}"{end}'"""
        return super().as_sql(compiler, connection, template=f"JSON_EXTRACT(%(expressions)s, {path})")

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        place, name = self.extra["place"], self.extra["name"]
        path = f"->> '{name}'" if place is None else f"-> '{name}' ->> {place}"
        return super().as_sql(compiler, connection, template=f"(%(expressions)s {path})")


@dataclass(frozen=True)
class JsonKey:
    """A key of the JSON column in which custom fields live."""

    kind: Kind
    name: str

    def get(self, record: Any) -> Any:
        return self.kind.load((record.custom or {}).get(self.name))

    def set(self, record: Any, value: Any, env: Env | None) -> None:
        held = dict(record.custom or {})
        if value is None:
            held.pop(self.name, None)
        else:
            held[self.name] = self.kind.keep(value)
            if isinstance(self.kind, Money):
                held[self.name].append(None if env is None else self.kind.base(value, env))
        record.custom = held

    def base(self, record: Any) -> Any:
        """What conditions compare of an amount: the third part of what is kept."""
        held = (record.custom or {}).get(self.name)
        return held[2] if held else None

    def expr(self) -> Combinable:
        if isinstance(self.kind, Money):
            return Cast(AtPath("custom", self.name, 2), BigIntegerField())
        path = AtPath("custom", self.name)
        if self.kind.json_type == "boolean":
            return Cast(path, BooleanField())
        if self.kind.json_type == "integer" and not self.kind.multiple:
            return Cast(path, BigIntegerField())
        return Collate(path, "C") if connection.vendor == "postgresql" else path

    def operand(self, operand: Any) -> Any:
        """The right side of a condition in the form in which values are kept here."""
        if isinstance(operand, list | tuple):
            return type(operand)(self.operand(part) for part in operand)
        return self.kind.keep(operand) if isinstance(operand, date) else operand

    sort = expr

    def columns(self) -> tuple[str, ...]:
        return ("custom",)


@dataclass(frozen=True)
class Derived:
    """A value computed from other fields; never stored by hand."""

    value: Callable[[Any], Any]
    expression: Callable[[], Combinable]

    def get(self, record: Any) -> Any:
        return self.value(record)

    def set(self, record: Any, value: Any, env: Env | None) -> None:
        raise TypeError("a computed field is not written")

    def expr(self) -> Combinable:
        return self.expression()

    sort = expr

    def columns(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True)
class FieldSpec:
    """One field as every surface sees it, already cut to the rights of one actor where `access` made it.

    `depends` names the fields a computed one is made of: hiding one hides it too. `internal` fields have no place in
    forms and lists but are readable over the API. `custom` is the id of an invented field, 0 for those that ship.
    """

    name: str
    label: Any
    kind: Kind
    store: Store
    help: Any = ""
    required: bool = False
    unique: bool = False
    title: bool = False
    default: Any = None
    shown_when: Mapping[str, Any] | None = None
    read_only: bool = False
    internal: bool = False
    custom: int = 0
    depends: tuple[str, ...] = ()
    writable: bool = True
    order: int = 0
    right: str = field(default="", compare=False)
    """The action that an actor needs to write this field, besides changing the record (owner: transfer)."""

    def get(self, record: Any) -> Any:
        """The value on a record."""
        return self.store.get(record)

    def q(self, entity: str, op: str, operand: Any) -> Q:
        """A condition on this field, in SQL."""
        if not self.kind.multiple or op in ("empty", "filled"):
            return self.kind.q(self.store.expr(), op, self.held(operand))
        values = operand if isinstance(operand, list) else [operand]
        found = Q(pk__in=Member.objects.filter(field=f"{entity}.{self.name}", value__in=values).values("record_id"))
        return ~found if op in ("not_in", "is_not") else found

    def held(self, stored: Any) -> Any:
        """A stored form as `store.expr` answers it."""
        return self.store.operand(stored) if isinstance(self.store, JsonKey) else stored

    def test(self, record: Any, op: str, operand: Any) -> bool:
        """The same condition in Python; amounts are compared by their base value."""
        if isinstance(self.kind, Money) and isinstance(self.store, MoneyColumns | JsonKey):
            return self.kind.test(self.store.base(record), op, operand)
        return self.kind.test(self.get(record), op, operand)

    def to_comparable(self, value: Any) -> Any:
        """A form in which two values of this field can be compared."""
        return self.kind.dump(value)

    def default_value(self, env: Env) -> Any:
        """What a new record has unless something else is given."""
        return self.default(env) if callable(self.default) else self.default
