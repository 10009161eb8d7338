"""Rows out of a text file with delimiters."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import IO

from bosun.lib.sheets.encodings import chosen, detect
from bosun.lib.sheets.table import Limits, SheetError, Table, TableInfo
from bosun.lib.sheets.writing import unprotect

DELIMITERS = (",", ";", "\t", "|")

_SAMPLE = 2**16
_SAMPLE_ROWS = 100
_DECLARED = re.compile(r"sep=(.)\r?\n")
_BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"{\\rtf",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x7fELF",
    b"MZ\x90",
)
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|head|body)", re.IGNORECASE)


def _rows(lines: Iterator[str] | io.StringIO, delimiter: str, *, spaced: bool) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=spaced)


def _sample_rows(sample: str, delimiter: str, *, whole: bool) -> list[list[str]]:
    """The first rows of the sample; the last one is left out where the sample ends inside it."""
    rows: list[list[str]] = []
    try:
        for row in _rows(io.StringIO(sample, newline=""), delimiter, spaced=False):
            rows.append(row)
            if len(rows) > _SAMPLE_ROWS:
                break
    except csv.Error:
        return []
    if not whole and len(rows) > 1:
        rows.pop()
    return [row for row in rows if any(row)]


def guess_delimiter(sample: str, *, whole: bool) -> str:
    """The sign that cuts the sample's rows into the same number of cells, most often and most of them."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        rows = _sample_rows(sample, delimiter, whole=whole)
        widths = Counter(len(row) for row in rows)
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
        if len(rows[0]) > 1 and widths[len(rows[0])] * 2 >= times:
            width, times = len(rows[0]), widths[len(rows[0])]
        score = (round(times / len(rows), 2), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _limited(rows: Iterator[list[str]], file: IO[bytes]) -> Iterator[list[str]]:
    line = 0
    try:
        for row in rows:
            line += 1
            yield row if not any(cell.startswith("'") for cell in row) else [unprotect(cell) for cell in row]
    except csv.Error as error:
        raise SheetError("cell_too_long" if "field larger" in str(error) else "unreadable", line + 1) from None
    except UnicodeError:
        raise SheetError("encoding", line + 1) from None
    finally:
        file.close()


def read(file: IO[bytes], limits: Limits, *, encoding: str | None, delimiter: str | None, header_row: int) -> Table:
    """The table in this file, which is closed with it."""
    head = file.read(64)
    file.seek(0)
    if not head:
        raise SheetError("empty")
    if head.startswith(_BINARY) or _MARKUP.match(head):
        raise SheetError("not_a_table")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise SheetError("delimiter")
    found = chosen(encoding, file) if encoding else detect(file)
    errors = "replace" if found.damaged else "strict"
    file.seek(found.skip)
    text = io.TextIOWrapper(file, found.name, errors, newline="")
    try:
        sample = text.read(_SAMPLE)
    except UnicodeError:
        raise SheetError("encoding") from None
    declared = _DECLARED.match(sample)
    start = declared.end() if declared else 0
    sign = delimiter or (declared[1] if declared else guess_delimiter(sample, whole=len(sample) < _SAMPLE))
    spaced = any(cell.startswith(' "') for row in _sample_rows(sample, sign, whole=True) for cell in row)
    file.seek(found.skip)
    text = io.TextIOWrapper(text.detach(), found.name, errors, newline="")
    text.read(start)
    csv.field_size_limit(max(csv.field_size_limit(), limits.cell_length + 1))
    info = TableInfo("csv", encoding=found.name, delimiter=sign, damaged=found.damaged)
    return Table(_limited(_rows(text, sign, spaced=spaced), file), info, limits, header_row).closes(text.close)
