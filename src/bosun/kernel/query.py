"""Reading many records: filter, search, sort by up to four levels, keyset pages, totals."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable, OrderBy
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual
from django.utils.translation import gettext as _

from bosun.kernel import access, conditions, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Money, Reference
from bosun.kernel.refs import Refs
from bosun.kernel.specs import FieldSpec
from bosun.lib.money import Money as Amount

MAX_LIMIT, MAX_LEVELS, COUNT_TO = 200, 4, 10_000
searcher: list[Callable[[Entity, str, Env], Q]] = []
"""Platform's search: the condition on rows that a typed text puts."""


@dataclass(frozen=True)
class Level:
    """One level of an order."""

    spec: FieldSpec
    down: bool


@dataclass(frozen=True)
class Page:
    """One page of records; `next` and `previous` are cursors, empty at the ends."""

    items: list[Any]
    next: str
    previous: str = ""


def environment(actor: Any, **how: Any) -> Env:
    """An environment with references of its own."""
    return Env(actor=actor, refs=Refs(actor), **how)


@dataclass(frozen=True)
class Query:
    """Records of one entity that one actor may see, narrowed step by step; nothing runs before a page is asked for."""

    entity: Entity
    env: Env
    action: str = "read"
    condition: conditions.Condition = conditions.EVERYTHING
    text: str = ""
    levels: tuple[Level, ...] = ()
    extra: Q = Q()

    def filter(self, raw: Any) -> Query:
        """Narrow by a condition tree (JSON form or parsed)."""
        parsed = (
            raw if isinstance(raw, conditions.Leaf | conditions.Group) else conditions.parse(raw, self.entity, self.env)
        )
        return replace(self, condition=conditions.Group("all", (self.condition, parsed)))

    def where(self, **columns: Any) -> Query:
        """Narrow by columns, for code that knows them; not for what users send."""
        return replace(self, extra=self.extra & Q(**columns))

    def search(self, text: str) -> Query:
        """Narrow by words, through the index."""
        return replace(self, text=text.strip()[:200])

    def sort(self, names: Sequence[str]) -> Query:
        """Order by up to four fields, a minus sign for down."""
        if len(names) > MAX_LEVELS:
            raise Invalid(_("Sort by at most four fields."))
        known = access.specs(self.entity, self.env.actor)
        levels = []
        for name in names:
            spec = known.get(name.lstrip("-"))
            if spec is None:
                raise Invalid([FieldError("sort", _("There is no field called “%(name)s”.") % {"name": name[:80]})])
            if not spec.kind.sortable:
                raise Invalid([FieldError("sort", _("Lists cannot be sorted by “%(name)s”.") % {"name": spec.label})])
            levels.append(Level(spec, name.startswith("-")))
        return replace(self, levels=tuple(levels))

    def rows(self) -> QuerySet[Any]:
        """The narrowed rows, unordered."""
        found = access.visible(self.entity, self.env.actor, self.action)
        if self.extra:
            found = found.filter(self.extra)
        q = conditions.to_q(self.condition, self.env)
        if q:
            found = found.filter(q)
        if self.text:
            found = found.filter(searcher[0](self.entity, self.text, self.env))
        return found

    # pages ---------------------------------------------------------------------------------------------------

    def _ordered(self, backwards: bool = False) -> tuple[QuerySet[Any], list[tuple[str, Combinable, bool]]]:
        rows = self.rows()
        steps: list[tuple[str, Combinable, bool]] = []
        for number, level in enumerate(self.levels):
            rows, expr = self._sort_expr(rows, level, number)
            steps.append((f"_s{number}", expr, level.down))
        steps.append(("pk", F("pk"), self.levels[-1].down if self.levels else True))
        rows = rows.annotate(**{name: expr for name, expr, _down in steps if name != "pk"})
        return rows.order_by(*(_order(F(name), down != backwards) for name, _expr, down in steps)), steps

    def _sort_expr(self, rows: QuerySet[Any], level: Level, number: int) -> tuple[QuerySet[Any], Combinable]:
        kind = level.spec.kind
        if not isinstance(kind, Reference):
            return rows, level.spec.store.sort()
        target = registry.of(kind.model)
        title = target.title_spec
        if title is None or title.name not in access.specs(target, self.env.actor):
            return rows, level.spec.store.expr()
        seen = access.visible(target, self.env.actor).filter(pk=OuterRef(f"{level.spec.name}_id"))
        return rows, Subquery(seen.values(f"{title.name}_sort")[:1])

    def page(self, limit: int = 50, cursor: str = "") -> Page:
        """At most `limit` records after (or before) the cursor."""
        limit = max(1, min(limit, MAX_LIMIT))
        backwards, held = self._read_cursor(cursor)
        rows, steps = self._ordered(backwards)
        if held is not None:
            rows = rows.filter(_after(steps, held, backwards))
        found = list(rows[: limit + 1])
        more = len(found) > limit
        found = found[:limit]
        if backwards:
            found.reverse()
        forward = self._cursor(found[-1], steps, "n") if found and (more or backwards) else ""
        back = (
            self._cursor(found[0], steps, "p")
            if found and ((held is not None and not backwards) or (backwards and more))
            else ""
        )
        return Page(found, forward, back)

    def _signature(self) -> str:
        return ",".join(("-" if level.down else "") + level.spec.name for level in self.levels)

    def _cursor(self, record: Any, steps: list[tuple[str, Combinable, bool]], way: str) -> str:
        values = [_plain(getattr(record, name)) for name, _expr, _down in steps]
        return base64.urlsafe_b64encode(json.dumps([way, self._signature(), values]).encode()).decode().rstrip("=")

    def _read_cursor(self, cursor: str) -> tuple[bool, list[Any] | None]:
        if not cursor:
            return False, None
        try:
            way, signature, values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if signature != self._signature() or len(values) != len(self.levels) + 1 or way not in ("n", "p"):
                raise ValueError
            return way == "p", [_unplain(value) for value in values]
        except (ValueError, TypeError, KeyError, binascii.Error, UnicodeDecodeError):
            raise Invalid([FieldError("cursor", _("This page marker is out of date. Start the list again."))]) from None

    def walk(self, chunk: int = 500) -> Any:
        """Every record in order, a page at a time, for exports."""
        cursor = ""
        while True:
            page = self.page(min(chunk, MAX_LIMIT), cursor)
            yield page.items
            cursor = page.next
            if not cursor:
                return

    # figures -------------------------------------------------------------------------------------------------

    def count(self, upto: int = COUNT_TO) -> tuple[int, bool]:
        """How many, and whether that is exact; stops counting at `upto` (0 counts all)."""
        if not upto:
            return self.rows().count(), True
        found = self.rows().order_by()[: upto + 1].count()
        return (found, True) if found <= upto else (upto, False)

    def sums(self, names: Sequence[str]) -> dict[str, Any]:
        """Sums of number and money fields over all rows; money in the base currency."""
        known = access.specs(self.entity, self.env.actor)
        wanted = {name: known[name] for name in names if name in known and "sum" in known[name].kind.aggregates}
        if len(wanted) != len(names):
            bad = next(name for name in names if name not in wanted)
            raise Invalid([FieldError("sum", _("There is no field called “%(name)s”.") % {"name": bad[:80]})])
        raw = self.rows().aggregate(**{f"v_{name}": Sum(spec.store.expr()) for name, spec in wanted.items()})
        return {name: self._figure(spec, raw[f"v_{name}"]) for name, spec in wanted.items()}

    def _figure(self, spec: FieldSpec, stored: Any) -> Any:
        if isinstance(spec.kind, Money):
            return Amount(int(stored or 0), self.env.company.currency)
        return spec.kind.from_db(int(stored or 0))

    def groups(self, name: str, sums: Sequence[str] = ()) -> list[tuple[Any, int, dict[str, Any]]]:
        """Value, count and sums for each value of a field, the largest first."""
        known = access.specs(self.entity, self.env.actor)
        spec = known.get(name)
        if spec is None or not spec.kind.groupable:
            raise Invalid([FieldError("group", _("There is no field called “%(name)s”.") % {"name": name[:80]})])
        wanted = {part: known[part] for part in sums if part in known and "sum" in known[part].kind.aggregates}
        rows = (
            self.rows()
            .order_by()
            .values(_g=spec.store.expr())
            .annotate(_n=Count("pk"), **{f"v_{part}": Sum(known[part].store.expr()) for part in wanted})
        )
        found = [
            (spec.kind.from_db(row["_g"]), row["_n"], {p: self._figure(s, row[f"v_{p}"]) for p, s in wanted.items()})
            for row in rows[:1000]
        ]
        return sorted(found, key=lambda group: (-group[1], str(group[0])))


AGGREGATES = {"sum": Sum, "avg": Avg, "min": Min, "max": Max}


def _order(expr: F, down: bool) -> OrderBy:
    if connection.vendor == "postgresql":
        return expr.desc(nulls_last=True) if down else expr.asc(nulls_first=True)
    return expr.desc() if down else expr.asc()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return {"d": value.isoformat()} if isinstance(value, date) else value


def _unplain(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["t"]) if "t" in value else date.fromisoformat(value["d"])
    if value is None or isinstance(value, str | int | bool):
        return value
    raise ValueError


def _after(steps: list[tuple[str, Combinable, bool]], values: list[Any], backwards: bool) -> Q:
    """Rows behind the held values in the order of `steps`; empty values count as the smallest."""
    found = Q()
    equal = Q()
    for (name, _expr, down), value in zip(steps, values, strict=True):
        expr, falling = F(name), down != backwards
        if value is None:
            beyond = Q(pk__in=[]) if falling else Q(IsNull(expr, False))
            same = Q(IsNull(expr, True))
        else:
            beyond = Q(LessThan(expr, value)) | Q(IsNull(expr, True)) if falling else Q(GreaterThan(expr, value))
            if name == "pk":
                beyond = Q(LessThan(expr, value)) if falling else Q(GreaterThan(expr, value))
            same = Q(Exact(expr, value))
        found |= equal & beyond
        equal &= same
    return found & _bound(steps[0], values[0], backwards)


def _bound(step: tuple[str, Combinable, bool], value: Any, backwards: bool) -> Q:
    """A plain range on the first level, so that the index is entered at the right place."""
    name, _expr, down = step
    if value is None:
        return Q()
    if down == backwards:
        return Q(GreaterThanOrEqual(F(name), value))
    return Q(LessThanOrEqual(F(name), value)) if name == "pk" else Q()
