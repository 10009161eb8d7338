"""Reading many records: filter, search, sort by up to four levels, keyset pages, totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from bosun.kernel import access, conditions, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Money, Reference
from bosun.kernel.paging import Step, phases, read_cursor, write_cursor
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
    few: bool = False

    def filter(self, raw: Any) -> Query:
        """Narrow by a condition tree (JSON form or parsed)."""
        parsed = (
            raw if isinstance(raw, conditions.Leaf | conditions.Group) else conditions.parse(raw, self.entity, self.env)
        )
        return replace(self, condition=conditions.Group("all", (self.condition, parsed)))

    def where(self, **columns: Any) -> Query:
        """Narrow by columns, for code that knows them; not for what users send."""
        return replace(self, extra=self.extra & Q(**columns))

    def near(self, **columns: Any) -> Query:
        """The same, to the rows that hang on one record, or that are named: few, each looked at by itself."""
        return replace(self.where(**columns), few=True)

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
        found = access.visible(self.entity, self.env.actor, self.action, few=self.few)
        found = found.filter(self.extra, conditions.to_q(self.condition, self.env))
        if self.text:
            found = found.filter(searcher[0](self.entity, self.text, self.env))
        return found

    # pages ---------------------------------------------------------------------------------------------------

    def _ordered(self, backwards: bool = False) -> tuple[QuerySet[Any], list[Step]]:
        rows = self.rows()
        steps: list[Step] = []
        for number, level in enumerate(self.levels):
            if level.spec.custom and isinstance(level.spec.kind, Reference):
                rows = rows.annotate(**{f"_r{number}": level.spec.store.expr()})
            rows = rows.annotate(**{f"_s{number}": self._sort_expr(level, number)})
            steps.append(Step(f"_s{number}", level.down))
        steps.append(Step("pk", self.levels[-1].down if self.levels else True))
        return rows.order_by(*(step.order(backwards) for step in steps)), steps

    def _sort_expr(self, level: Level, number: int) -> Combinable:
        kind = level.spec.kind
        if not isinstance(kind, Reference):
            return level.spec.store.sort()
        target = registry.of(kind.model)
        title = target.title_spec
        if title is None or title.name not in access.specs(target, self.env.actor):
            return level.spec.store.expr()
        column = f"_r{number}" if level.spec.custom else f"{level.spec.name}_id"
        seen = access.visible(target, self.env.actor).filter(pk=OuterRef(column))
        return Subquery(seen.values(f"{title.name}_sort")[:1])

    def page(self, limit: int = 50, cursor: str = "") -> Page:
        """At most `limit` records after (or before) the cursor."""
        limit = max(1, min(limit, MAX_LIMIT))
        backwards, held = self._read_cursor(cursor)
        rows, steps = self._ordered(backwards)
        found: list[Any] = []
        for phase in phases(steps, held, backwards) if held is not None else [Q()]:
            if len(found) <= limit:
                found += rows.filter(phase)[: limit + 1 - len(found)]
        more, found = len(found) > limit, found[:limit]
        if backwards:
            found.reverse()
        if not found:
            return Page([], "")
        forward, back = (True, more) if backwards else (more, held is not None)
        signature = self._signature()
        return Page(
            found,
            write_cursor("n", signature, found[-1], steps) if forward else "",
            write_cursor("p", signature, found[0], steps) if back else "",
        )

    def _signature(self) -> str:
        return ",".join(("-" if level.down else "") + level.spec.name for level in self.levels)

    def _read_cursor(self, cursor: str) -> tuple[bool, list[Any] | None]:
        if not cursor:
            return False, None
        try:
            return read_cursor(cursor, self._signature(), len(self.levels) + 1)
        except ValueError:
            message = _("This page marker is out of date. Start the list again.")
            raise Invalid([FieldError("cursor", message)]) from None

    def walk(self, chunk: int = 500) -> Any:
        """Every record in order, a page at a time, for exports."""
        page = self.page(min(chunk, MAX_LIMIT))
        yield page.items
        while page.next:
            page = self.page(min(chunk, MAX_LIMIT), page.next)
            yield page.items

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
        bad = next((name for name in names if name not in wanted), None)
        if bad is not None:
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
