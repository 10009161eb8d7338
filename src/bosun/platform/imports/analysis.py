"""What is in a file: its columns with samples, its sheets, and how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bosun.lib.sheets import Table
from bosun.platform.imports import files

SAMPLE_ROWS = 20
LOOKED_AT_ROWS = 2000
DISTINCT = 200


@dataclass
class Column:
    """One column: its header, its first different values, and how many of the rows looked at fill it."""

    header: str
    values: list[str] = field(default_factory=list)
    filled: int = 0


@dataclass
class Analysis:
    """A file as the wizard shows it."""

    headers: list[str]
    kind: str = "csv"
    encoding: str = ""
    delimiter: str = ""
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    rows: int = 0
    damaged: bool = False
    samples: list[list[str]] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    reading: dict[str, Any] = field(default_factory=dict)


def analyse(content: bytes, name: str = "", reading: Mapping[str, Any] | None = None) -> Analysis:
    """Look through a file; Invalid when it is no table."""
    wanted = files.reading_of(reading or {})
    with files.open_as_table(content, name, wanted) as table:
        return _look(table, wanted)


def _look(table: Table, wanted: dict[str, Any]) -> Analysis:
    info = table.info
    found = Analysis(
        table.headers, info.kind, info.encoding, info.delimiter, list(info.sheets), info.sheet, reading=wanted,
        columns=[Column(header) for header in table.headers],
    )  # fmt: skip
    seen: list[dict[str, None]] = [{} for _header in table.headers]
    for cells in table.rows:
        found.rows += 1
        if found.rows <= SAMPLE_ROWS:
            found.samples.append(cells)
        if found.rows > LOOKED_AT_ROWS:
            continue
        for column, known, cell in zip(found.columns, seen, cells, strict=False):
            value = cell.strip()
            if value:
                column.filled += 1
                if len(known) < DISTINCT:
                    known[value] = None
    for column, known in zip(found.columns, seen, strict=True):
        column.values = list(known)
    found.damaged = info.damaged
    return found
