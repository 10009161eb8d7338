"""Rows that look like a record that is there, or like a row above: by the fields that an entity names as telling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.platform.dedupe import keys, limits, services
from bosun.platform.dedupe.keys import Form
from bosun.platform.imports.cells import SKIP, Row
from bosun.platform.imports.mapping import Step


class Twins:
    """Looks for likely duplicates of new rows."""

    def __init__(self, step: Step, env: Env) -> None:
        self.step = step
        self.env = env
        self.known = access.specs(step.entity, env.actor)
        self._above: dict[Form, int] = {}

    def settle(self, rows: Sequence[Row]) -> None:
        """Leave out or refuse rows that have a twin."""
        if self.step.duplicates == "create" or not self.step.entity.same:
            return
        forms = [(row, self._forms(row)) for row in rows]
        held = self._held([form for _row, mine in forms for form in mine])
        for row, mine in forms:
            said = next((held[form] for form in mine if form in held), "")
            above = next((self._above[form] for form in mine if form in self._above), 0)
            if said:
                self._answer(row, said)
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

    def _forms(self, row: Row) -> list[Form]:
        values: dict[str, Any] = {}
        for name in self.step.entity.same:
            raw = row.raw.get(name)
            if name not in self.known or raw in (None, "", []):
                continue
            try:
                values[name] = self.known[name].kind.parse(raw, self.env)
            except Invalid:
                continue  # reported when the row is written
        return keys.forms(self.step.entity, values.get, self.known)

    def _held(self, wanted: Sequence[Form]) -> Mapping[Form, str]:
        """What to say of each form that a record has. Of records that are not open no more than elsewhere is told."""
        entity = self.step.entity
        found = services.held(entity, wanted) if wanted else {}
        if not found:
            return {}
        open_ = {row.pk: str(row) for row in access.visible(entity, self.env.actor).filter(pk__in=list(found))}
        hidden = [form for pk, forms in found.items() if pk not in open_ for form in forms]
        told = not hidden or limits.allows(entity, hidden, self.env.actor)
        said: dict[Form, str] = {}
        for pk, forms in found.items():
            if pk in open_:
                said.update(dict.fromkeys(forms, _("This looks like “%(name)s”.") % {"name": open_[pk][:60]}))
            elif told:
                for form in forms:
                    said.setdefault(
                        form, _("This record is there already, and is not open to you. Ask an administrator.")
                    )
        return said
