"""Rows that look like a record that is there, or like a row above: by the fields that an entity names as telling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, records
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.specs import FieldSpec
from bosun.lib import text as texts
from bosun.platform.imports.cells import SKIP, Row
from bosun.platform.imports.mapping import Step

CHUNK = 200


class Twins:
    """Looks for likely duplicates of new rows."""

    def __init__(self, step: Step, env: Env) -> None:
        self.step = step
        self.env = env
        known = access.specs(step.entity, env.actor)
        self.specs = [known[name] for name in step.entity.same if name in known] if step.duplicates != "create" else []
        self._above: dict[tuple[str, str], int] = {}

    def settle(self, rows: Sequence[Row]) -> None:
        """Leave out or refuse rows that have a twin."""
        if not self.specs:
            return
        forms = [(row, self._forms(row)) for row in rows]
        held = self._held({form for _row, mine in forms for form in mine})
        for row, mine in forms:
            twin = next((held[form] for form in mine if form in held), "")
            above = next((self._above[form] for form in mine if form in self._above), 0)
            if twin:
                self._answer(row, _("This looks like “%(name)s”.") % {"name": twin[:60]})
            elif above:
                self._answer(row, _("This looks like row %(row)s.") % {"row": above})
            else:
                self._above.update(dict.fromkeys(mine, row.line))

    def _answer(self, row: Row, message: str) -> None:
        if self.step.duplicates == "refuse":
            row.refuse("", message)
        else:
            row.note("", message)
            row.outcome = SKIP

    def _forms(self, row: Row) -> list[tuple[str, str]]:
        found = []
        for spec in self.specs:
            raw = row.raw.get(spec.name)
            if raw in (None, "", []):
                continue
            try:
                value = spec.kind.parse(raw, self.env)
            except Invalid:
                continue  # reported when the row is written
            found += [(spec.name, form) for form in forms_of(spec, value)]
        return found

    def _held(self, wanted: set[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        """Titles of records by normal form."""
        found: dict[tuple[str, str], str] = {}
        for spec in self.specs:
            values = sorted(form for name, form in wanted if name == spec.name)
            for start in range(0, len(values), CHUNK):
                for record in self._rows(spec, values[start : start + CHUNK]):
                    for form in forms_of(spec, spec.get(record)):
                        found.setdefault((spec.name, form), str(record))
        return found

    def _rows(self, spec: FieldSpec, values: list[str]) -> Any:
        query = records.query(self.step.entity, self.env.actor, self.env)
        if spec.kind.multiple:
            return query.filter({"field": spec.name, "op": "in", "value": values}).rows()
        column = f"{spec.name}_sort" if spec.title else spec.name
        return query.where(**{f"{column}__in": values}).rows()


def forms_of(spec: FieldSpec, value: Any) -> list[str]:
    """The forms in which two values are compared, as they can be looked up."""
    if value is None:
        return []
    if spec.kind.multiple:
        return spec.kind.members(value)
    return [texts.sort_key(value)[:200]] if spec.title else [str(value)]
