"""Opening a table, whatever kind of file it is in."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO

from bosun.lib.sheets import book, delimited
from bosun.lib.sheets.table import DEFAULT_LIMITS, Limits, SheetError, Table

_BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def _open(source: str | os.PathLike[str] | bytes) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb")


def open_table(
    source: str | os.PathLike[str] | bytes,
    filename: str = "",
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_row: int = 1,
    limits: Limits = DEFAULT_LIMITS,
) -> Table:
    """Read a table from a path or from bytes; what kind of file it is shows in its content, not in its name.

    `header_row` counts from 1 as a spreadsheet does, blank rows after it are passed over; 0 says that there is none.
    """
    file = _open(source)
    try:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        if size > limits.bytes:
            raise SheetError("too_large")
        head = file.read(8)
        file.seek(0)
        if head.startswith(_BOOKS):
            return book.read(file, limits, sheet=sheet, header_row=header_row).closes(file.close)
        if delimiter is None and filename.lower().endswith((".tsv", ".tab")):
            delimiter = "\t"
        return delimited.read(file, limits, encoding=encoding, delimiter=delimiter, header_row=header_row)
    except BaseException:
        file.close()
        raise
