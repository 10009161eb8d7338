"""Counts and sums by the values of fields.

A field is named as in a filter, through references (`customer.region`), and a day may be taken by its `:week`,
`:month`, `:quarter` or `:year` (`closes:month`). What lies behind a reference counts only where the reader may see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from django.db.models import Count, DateField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncDate, TruncMonth, TruncQuarter, TruncWeek, TruncYear
from django.utils.translation import gettext as _

from bosun.kernel import access, conditions
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Money
from bosun.kernel.query import Query
from bosun.kernel.specs import FieldSpec
from bosun.lib import locales
from bosun.lib.money import Money as Amount

UNITS: dict[str, type[Any]] = {"week": TruncWeek, "month": TruncMonth, "quarter": TruncQuarter, "year": TruncYear}
MOST = 1000
DAYS = ("date", "datetime")


@dataclass(frozen=True)
class By:
    """A field by whose values one counts."""

    name: str
    path: tuple[FieldSpec, ...]
    entities: tuple[Entity, ...]
    unit: str = ""

    @property
    def spec(self) -> FieldSpec:
        """The field itself."""
        return self.path[-1]

    @property
    def label(self) -> str:
        """What it is called."""
        return " › ".join(str(spec.label) for spec in self.path)

    def text(self, value: Any, env: Env) -> str:
        """A value in words."""
        if value is None:
            return _("Empty")
        if self.unit:
            return period(value, self.unit, env)
        return str(self.spec.kind.text(value, env))

    def to_json(self, value: Any, env: Env) -> Any:
        """A value as the API gives it; a period by its first day."""
        if value is None:
            return None
        return value.isoformat() if self.unit else self.spec.kind.to_json(value, env)


@dataclass(frozen=True)
class Group:
    """One value of each field, how many there are, and their sums by field name."""

    values: tuple[Any, ...]
    count: int
    sums: dict[str, Any]


def read(entity: Entity, name: str, env: Env) -> By:
    """What a name means; Invalid where there is no such field for the reader, or it cannot be counted by."""
    plain, _colon, unit = name.partition(":")
    unknown = Invalid([FieldError("group", _("There is no field called “%(name)s”.") % {"name": name[:80]})])
    try:
        path, entities = conditions.walk(entity, plain, env)
    except Invalid:
        raise unknown from None
    spec = path[-1]
    dated = spec.kind.key in DAYS
    if (unit and (unit not in UNITS or not dated)) or not (spec.kind.groupable or dated):
        raise unknown
    return By(name, path, entities, unit or ("month" if dated else ""))


def count(query: Query, names: Sequence[str], sums: Sequence[str] = ()) -> list[Group]:
    """Groups of a query by one or more fields, the largest first."""
    env, entity = query.env, query.entity
    keys = [read(entity, name, env) for name in names]
    known = access.specs(entity, env.actor)
    wanted = {name: known[name] for name in sums if name in known and "sum" in known[name].kind.aggregates}
    rows = query.rows().order_by()
    for number, key in enumerate(keys):
        rows = _along(rows, key.path, key.entities, env, f"_g{number}", key)
    held = [f"_g{number}" for number in range(len(keys))]
    counted = rows.values(*held).annotate(
        _n=Count("pk"), **{f"v_{name}": Sum(spec.store.expr()) for name, spec in wanted.items()}
    )
    found = [
        Group(
            tuple(_value(key, row[column]) for key, column in zip(keys, held, strict=True)),
            row["_n"],
            {name: figure(spec, row[f"v_{name}"], env) for name, spec in wanted.items()},
        )
        for row in counted[:MOST]
    ]
    return sorted(found, key=lambda group: (-group.count, str(group.values)))


def figure(spec: FieldSpec, stored: Any, env: Env) -> Any:
    """A sum as a value of its kind; money in the base currency."""
    if isinstance(spec.kind, Money):
        return Amount(int(stored or 0), env.company.currency)
    return spec.kind.from_db(int(stored or 0))


def _along(
    rows: QuerySet[Any], path: Sequence[FieldSpec], entities: Sequence[Entity], env: Env, name: str, key: By
) -> QuerySet[Any]:
    """Rows with the value at the end of a path beside them, as far as the reader may see what lies on the way."""
    found: QuerySet[Any]
    expr = path[0].store.expr()
    if len(path) == 1:
        found = rows.annotate(**{name: _cut(expr, key, env)})
        return found
    behind = access.visible(entities[1], env.actor).filter(pk=OuterRef(f"{name}_at"))
    behind = _along(behind, path[1:], entities[1:], env, f"{name}_b", key)
    found = rows.annotate(**{f"{name}_at": expr})
    found = found.annotate(**{name: Subquery(behind.values(f"{name}_b")[:1])})
    return found


def _cut(expr: Combinable, key: By, env: Env) -> Combinable:
    if not key.unit:
        return expr
    zone = ZoneInfo(env.company.zone)
    day: Any = TruncDate(expr, tzinfo=zone) if key.spec.kind.key == "datetime" else expr
    return UNITS[key.unit](day, output_field=DateField())  # type: ignore[no-any-return]


def _value(key: By, stored: Any) -> Any:
    if stored is None:
        return None
    if key.unit:
        return stored.date() if isinstance(stored, datetime) else stored
    return key.spec.kind.from_db(stored)


def names_of(keys: Sequence[By], groups: Sequence[Group], env: Env) -> None:
    """Fetch the names of everything that groups refer to."""
    wanted: dict[type[Any], set[int]] = {}
    for group in groups:
        for key, value in zip(keys, group.values, strict=True):
            for model, pk in () if key.unit else key.spec.kind.refers(value):
                wanted.setdefault(model, set()).add(pk)
    for model, ids in wanted.items():
        env.refs.load(model, ids)


def period(day: date, unit: str, env: Env) -> str:
    """A week, month, quarter or year in the reader's words."""
    locale = locales.find(env.language)
    if unit == "year":
        return str(day.year)
    if unit == "quarter":
        return _("Q%(quarter)s %(year)s") % {"quarter": (day.month + 2) // 3, "year": day.year}
    if unit == "month":
        return str(format_skeleton("yMMM", day, locale=locale))
    return str(format_date(day, "medium", locale=locale))
