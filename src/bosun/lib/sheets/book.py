"""Rows out of a spreadsheet file."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from bosun.lib.sheets.guard import ods_cells, open_archive, sheet_member, xlsx_extent
from bosun.lib.sheets.table import Limits, SheetError, Table, TableInfo

_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_EXACT = 2**53

type_of_cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def _number(value: float) -> str:
    """As the spreadsheet shows it: whole numbers whole, others with 15 digits, never an exponent."""
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f")


def _duration(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def cell_text(value: type_of_cell) -> str:
    """A cell's value as text, without loss and the same in every language."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dt.timedelta):
        return _duration(value)
    if isinstance(value, dt.datetime):
        # Spreadsheets store days as fractions: the nearest second is the one that was typed.
        return (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0).isoformat()
    return value.isoformat() if isinstance(value, dt.date) else value.replace(microsecond=0).isoformat()


def _kind(file: IO[bytes], limits: Limits) -> tuple[str, zipfile.ZipFile | None]:
    head = file.read(8)
    file.seek(0)
    if not head.startswith(b"PK"):
        return "xls", None
    archive = open_archive(file, limits)
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return "xlsx", archive
    if "mimetype" in names and archive.read("mimetype").strip().startswith(_ODS):
        return "ods", archive
    raise SheetError("format" if "xl/workbook.bin" in names else "not_a_table")


def _chosen_sheet(book: CalamineWorkbook, wanted: str | None) -> str:
    """The sheet asked for, else the first that is shown."""
    if wanted is not None:
        if wanted not in book.sheet_names:
            raise SheetError("no_sheet")
        return wanted
    shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    if not book.sheet_names:
        raise SheetError("empty")
    return (shown or book.sheet_names)[0]


def _guarded(kind: str, archive: zipfile.ZipFile | None, sheet: str, limits: Limits) -> dict[tuple[int, int], str]:
    """Refuse a sheet too large to lay out; give the cells that hold an error."""
    if archive is None or kind != "xlsx":
        return {}
    member = sheet_member(archive, sheet)
    if member is None:
        raise SheetError("unreadable")
    extent = xlsx_extent(archive, member, limits)
    if extent.columns > limits.columns:
        raise SheetError("too_many_columns")
    if extent.rows * extent.columns > limits.cells:
        raise SheetError("too_many_cells")
    return extent.errors


def _rows(sheet: CalamineSheet, errors: dict[tuple[int, int], str]) -> Iterator[list[str]]:
    left = sheet.start[1] if sheet.start else 0
    for number, cells in enumerate(sheet.iter_rows()):
        row = [cell_text(cell) for cell in cells]
        if errors:
            for place in range(len(row)):
                if not row[place]:
                    row[place] = errors.get((number, place + left), "")
        yield row


def read(file: IO[bytes], limits: Limits, *, sheet: str | None, header_row: int) -> Table:
    """The table in this sheet, else in the first that is shown."""
    kind, archive = _kind(file, limits)
    if archive is not None and kind == "ods" and ods_cells(archive) > limits.cells:
        raise SheetError("too_many_cells")
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
        name = _chosen_sheet(book, sheet)
        errors = _guarded(kind, archive, name, limits)
        found = book.get_sheet_by_name(name)
    except PasswordError:
        raise SheetError("encrypted") from None
    except CalamineError:
        raise SheetError("unreadable") from None
    info = TableInfo(kind, sheets=list(book.sheet_names), sheet=name)
    table = Table(_rows(found, errors), info, limits, header_row)
    if found.end is not None and header_row:
        info.total_rows = found.end[0] + 1 - table.line
    return table
