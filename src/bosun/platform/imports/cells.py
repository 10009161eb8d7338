"""The cells of a row as raw values for the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel.drafts import Draft
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import AnyReference, Money, Reference
from bosun.lib import text as texts
from bosun.platform.exports import version
from bosun.platform.imports.mapping import Step, Target

MOST_DIGITS = 10
CREATE, UPDATE, SAME, SKIP, ERROR = "create", "update", "same", "skip", "error"


@dataclass
class Row:
    """One row on its way in: what it says, what stands against it, and what becomes of it."""

    line: int
    cells: list[str]
    raw: dict[str, Any] = field(default_factory=dict)
    blank: set[str] = field(default_factory=set)
    links: dict[str, Any] = field(default_factory=dict)
    problems: list[FieldError] = field(default_factory=list)
    notes: list[FieldError] = field(default_factory=list)
    outcome: str = ""
    draft: Draft | None = None
    match: int | None = None
    seen: int | None = None

    def refuse(self, name: str, message: str) -> None:
        """Stand against the row because of one field."""
        self.problems.append(FieldError(name, message))
        self.outcome = ERROR

    def note(self, name: str, message: str) -> None:
        """Say something about the row that does not stop it."""
        self.notes.append(FieldError(name, message))

    @property
    def open(self) -> bool:
        """True while nothing has been decided."""
        return not self.outcome


def rows_of(step: Step, lines: Sequence[tuple[int, list[str]]], width: int) -> list[Row]:
    """Rows with the raw values of their cells."""
    targets = [(target, folded_values(target)) for target in step.targets]
    rows = []
    for line, cells in lines:
        row = Row(line, cells)
        if len(cells) > width:
            row.refuse("", _("This row has more cells than the table has columns."))
        for target, values in targets:
            _fill(row, target, cells[target.place].strip(), values)
        row.raw.update(step.constants)
        try:
            row.seen = seen_of(step, cells)
        except Invalid as error:
            row.refuse(version.NAME, error.title)
        rows.append(row)
    return rows


def seen_of(step: Step, cells: Sequence[str]) -> int | None:
    """The version that the writer of a row looked at; None where the file does not say."""
    cell = cells[step.version].strip() if step.version is not None else ""
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit() and len(cell) < MOST_DIGITS):
        raise Invalid(_("A version is a whole number, as an export writes it. Empty the cell to go without."))
    return int(cell)


def folded_values(target: Target) -> Mapping[str, Any]:
    """The translations of a target, without regard to case."""
    return {texts.fold(str(said)): meant for said, meant in target.values.items()}


def _fill(row: Row, target: Target, cell: str, values: Mapping[str, Any]) -> None:
    name = target.spec.name
    meant: Any = cell
    if cell and values:
        meant = values.get(texts.fold(cell), cell)
    if meant is None or meant == "":
        if target.empty == "report":
            row.note(name, _("“%(field)s” is empty.") % {"field": target.spec.label})
        if name not in row.raw:
            row.blank.add(name)
            if target.empty == "clear":
                row.raw[name] = None
        return
    if target.text:
        meant = target.text.replace("{}", str(meant))
    if name in row.raw and row.raw[name] is not None and name not in row.blank:
        meant = f"{_plain(row.raw[name])}{target.join}{meant}"
    row.blank.discard(name)
    row.raw[name] = _shape(target, meant)


def _plain(raw: Any) -> Any:
    """The text of a value that was shaped for its kind."""
    if isinstance(raw, list):
        return ", ".join(str(_plain(part)) for part in raw)
    if isinstance(raw, Mapping):
        return raw.get("name") or raw.get("external_id") or raw.get("username") or raw.get("amount") or ""
    return raw


def _shape(target: Target, meant: Any) -> Any:
    """Text in the shape in which a kind cannot mistake it: digits in a cell are a name, never an id of ours."""
    if isinstance(target.kind, AnyReference):
        return {"entity": target.entity, **_named(target, meant)}
    if isinstance(target.kind, Reference):
        if target.kind.multiple:
            return [_named(target, part) for part in str(meant).replace(";", ",").split(",") if part.strip()]
        return _named(target, meant)
    if isinstance(target.kind, Money) and target.currency and isinstance(meant, str):
        return {"amount": meant, "currency": target.currency}
    return meant


def _named(target: Target, meant: Any) -> dict[str, Any]:
    if isinstance(meant, Mapping):
        return dict(meant)
    return {target.by or "name": str(meant).strip()}
