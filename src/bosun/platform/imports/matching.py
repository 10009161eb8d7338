"""Which record a row is: found by its key, many rows at a time, among what is open to the actor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, records
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Reference
from bosun.kernel.specs import FieldSpec
from bosun.lib import text as texts
from bosun.platform.imports.cells import Row
from bosun.platform.imports.mapping import Step

CHUNK = 200


class Matcher:
    """Finds the records of the rows of one step."""

    def __init__(self, step: Step, env: Env) -> None:
        self.step = step
        self.env = env
        known = access.specs(step.entity, env.actor)
        self.specs = [known[name] for name in step.key]

    def match(self, rows: Sequence[Row]) -> dict[tuple[Any, ...], list[Row]]:
        """Set `match` of rows that are there; answers the rows by key, for those that stand there more than once."""
        by_key: dict[tuple[Any, ...], list[Row]] = {}
        if not self.specs:
            return by_key
        self._expect(rows)
        for row in rows:
            values = self._values(row) if row.open else None
            if values is not None:
                by_key.setdefault(values, []).append(row)
        held = self._held(list(by_key))
        for values, same in by_key.items():
            found = held.get(values, [])
            for row in same:
                if len(found) > 1:
                    row.refuse(self.specs[0].name, _("Several records have this key."))
                elif found:
                    row.match = found[0]
        return by_key

    def _expect(self, rows: Sequence[Row]) -> None:
        for spec in self.specs:
            spec.kind.expect([row.raw[spec.name] for row in rows if spec.name in row.raw], self.env)

    def _values(self, row: Row) -> tuple[Any, ...] | None:
        """The comparable values of the key; None where a part of it is empty or cannot be read."""
        values = []
        for spec in self.specs:
            try:
                value = spec.kind.parse(row.raw.get(spec.name), self.env)
            except Invalid as error:
                row.problems += [FieldError(spec.name, part.message) for part in error.errors]
                row.outcome = "error"
                return None
            comparable = comparable_of(spec, value)
            if comparable is None and spec is self.specs[0]:
                return None
            values.append(comparable)
        return tuple(values)

    def _held(self, keys: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], list[int]]:
        """Ids of live records by key."""
        first = self.specs[0]
        found: dict[tuple[Any, ...], list[int]] = {}
        query = records.query(self.step.entity, self.env.actor, self.env)
        wanted = sorted({key[0] for key in keys})
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            for record in _rows(query, first, part):
                for key in self._keys_of(record):
                    found.setdefault(key, []).append(record.pk)
        return found

    def _keys_of(self, record: Any) -> list[tuple[Any, ...]]:
        first, *rest = self.specs
        value = first.get(record)
        tail = tuple(comparable_of(spec, spec.get(record)) for spec in rest)
        if first.kind.multiple:
            return [(member, *tail) for member in first.kind.members(value)]
        return [(comparable_of(first, value), *tail)]


def comparable_of(spec: FieldSpec, value: Any) -> Any:
    """What two values of a key are compared by: titles without regard to case, all else as stored."""
    if value is None:
        return None
    if spec.kind.multiple:
        members = spec.kind.members(value)
        return members[0] if members else None
    return texts.fold(value) if spec.title else spec.kind.dump(value)


def _lookup(spec: FieldSpec, values: Sequence[Any]) -> dict[str, Any]:
    if spec.title:
        # The sort key is coarser than the folded text; what it finds too much is left out by the comparison.
        return {f"{spec.name}_sort__in": sorted({texts.sort_key(value)[:200] for value in values})}
    column = f"{spec.name}_id" if isinstance(spec.kind, Reference) else spec.name
    return {f"{column}__in": list(values)}


def _rows(query: Any, spec: FieldSpec, values: Sequence[Any]) -> Any:
    if not spec.kind.multiple:
        return query.where(**_lookup(spec, values)).rows()
    return query.filter({"field": spec.name, "op": "in", "value": list(values)}).rows()
