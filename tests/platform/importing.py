"""Shortcuts for tests of imports: a table in, an import run, and what became of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bosun.kernel import records
from bosun.kernel.actor import Actor
from bosun.platform.imports import services
from bosun.platform.imports.models import Import
from bosun.platform.jobs import running
from tests.machine import ROOT

MAPS = ROOT / "docs" / "examples" / "imports"


def example(name: str) -> dict[str, Any]:
    """A map that ships with the manual."""
    found: dict[str, Any] = json.loads((MAPS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def table(headers: str, *rows: str) -> bytes:
    """A CSV file: cells are separated by bars."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(cell.strip() for cell in headers.split("|"))
    writer.writerows([cell.strip() for cell in row.split("|")] for row in rows)
    return out.getvalue().encode()


def given(content: bytes, raw: Mapping[str, Any], actor: Actor, name: str = "table.csv") -> Import:
    """An import with its map."""
    made = services.receive(content, name, actor)
    services.use_map(made, raw, actor)
    return made


def imported(content: bytes, raw: Mapping[str, Any], actor: Actor, name: str = "table.csv") -> Import:
    """An import that has run in this process."""
    made = given(content, raw, actor, name)
    running.here(services.start(made, actor))
    made.refresh_from_db()
    return made


def counts(made: Import) -> dict[str, int]:
    """The counts that are not zero."""
    return {name: number for name, number in services.totals(made.counts).items() if number}


def problems(made: Import) -> list[tuple[int, str, list[list[str]]]]:
    """Line, outcome and reasons of the rows that need a look."""
    return [(row.line, row.outcome, row.problems) for row in services.problems(made)]


def found(entity: str, actor: Actor, **where: Any) -> list[Any]:
    """Records that the actor sees, in the order in which they were made."""
    return list(records.query(entity, actor).where(**where).rows().order_by("pk"))


def names(entity: str, actor: Actor, **where: Any) -> list[str]:
    """Their titles."""
    return [str(record) for record in found(entity, actor, **where)]


def columns(actor: Actor, entity: str, fields: Sequence[str], **where: Any) -> list[tuple[Any, ...]]:
    """Values of fields of the records."""
    return [tuple(getattr(record, name) for name in fields) for record in found(entity, actor, **where)]
