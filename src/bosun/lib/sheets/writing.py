"""Tables into files, such that a spreadsheet program computes nothing that was not asked for."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from bosun.lib.sheets.table import SheetError

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_PROTECTED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_NEGATIVE = re.compile(r"-\d+(?:\.\d+)?")
_LONGEST_CELL = 32_767
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_EXACT_DIGITS = 15
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Value = str | int | Decimal | bool | dt.date | dt.datetime | None


def protect(text: str) -> str:
    """A text that a spreadsheet would take for a formula, with an apostrophe before it; plain numbers stay."""
    return "'" + text if _FORMULA.match(text) and not _NEGATIVE.fullmatch(text) else text


def unprotect(text: str) -> str:
    """What `protect` was given."""
    return text[1:] if _PROTECTED.match(text) and not _NEGATIVE.fullmatch(text[1:]) else text


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def write_csv(file: IO[bytes], headers: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write UTF-8 with the mark that Excel needs; the file is left open."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    try:
        writer.writerow([protect(header) for header in headers])
        for row in rows:
            writer.writerow([protect(_text(value)) for value in row])
    finally:
        text.detach()


def _write_text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    plain = text if text.isprintable() else _NOT_XML.sub("", text)
    if len(plain) * 2 > _LONGEST_CELL and len(plain.encode("utf-16-le")) // 2 > _LONGEST_CELL:
        raise SheetError("cell_too_long", row + 1)
    sheet.write_string(row, column, plain)


def _write_cell(sheet: Worksheet, row: int, column: int, value: Value, formats: dict[type, object]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        _write_text(sheet, row, column, value)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | Decimal) and len(str(value)) <= _EXACT_DIGITS:
        sheet.write_number(row, column, value)
    elif isinstance(value, dt.datetime) and value.tzinfo is None:
        sheet.write_datetime(row, column, value, formats[dt.datetime])
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        sheet.write_datetime(row, column, value, formats[dt.date])
    else:
        _write_text(sheet, row, column, _text(value))


def write_xlsx(
    path: str | os.PathLike[str] | IO[bytes], headers: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    """Write rows as they come; a text stays a text, whether it looks like a formula, a number or a link."""
    target = path if hasattr(path, "write") else os.fspath(path)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    if len(headers) > _MOST_COLUMNS:
        raise SheetError("too_many_columns", 1)
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet()
        formats: dict[type, object] = {
            dt.date: book.add_format({"num_format": "yyyy-mm-dd"}),
            dt.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        sheet.freeze_panes(1, 0)
        for column, header in enumerate(headers):
            _write_cell(sheet, 0, column, header, formats)
        for number, values in enumerate(rows, 1):
            if number >= _MOST_ROWS:
                raise SheetError("too_many_rows", number + 1)
            for column, value in enumerate(values):
                _write_cell(sheet, number, column, value, formats)
