"""Tables out of files and into files: CSV of any kind, and XLSX, XLS and ODS."""

from __future__ import annotations

from bosun.lib.sheets.encodings import ENCODINGS
from bosun.lib.sheets.opening import open_table
from bosun.lib.sheets.table import DEFAULT_LIMITS, Limits, SheetError, Table, TableInfo
from bosun.lib.sheets.writing import Value, protect, unprotect, write_csv, write_xlsx

__all__ = [
    "DEFAULT_LIMITS",
    "ENCODINGS",
    "Limits",
    "SheetError",
    "Table",
    "TableInfo",
    "Value",
    "open_table",
    "protect",
    "unprotect",
    "write_csv",
    "write_xlsx",
]
