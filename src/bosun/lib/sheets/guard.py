"""What a spreadsheet file really holds, before a library makes room for what it claims to hold.

A sheet with one cell in the last corner is laid out as 17 thousand million cells and ends the process.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator
from copy import copy
from typing import IO, NamedTuple

from bosun.lib.sheets.table import Limits, SheetError

_CHUNK = 2**20
_ENDLESS = 2**62
_LONGEST_ROW = 2**26
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(rb"\sr=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_ROW_NUMBER = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br=[\"'](\d{1,7})[\"']")
_USUAL_CELL = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})"')
_CELL_STARTS = (b"<c ", b"<c>", b"<c/", b"<c\t", b"<c\n", b"<c\r")
_DIGITS, _CAPITALS = b"0123456789", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_ERROR = re.compile(
    rb"<(?:\w+:)?c\s([^>]*\bt=[\"']e[\"'][^>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<", re.DOTALL
)
_ROW_END = re.compile(rb"</(?:\w+:)?row>")
_VALUE_END = re.compile(rb"</(?:\w+:)?(?:v|is)>")
_ODS_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(\s[^>]*)?>")
_ODS_REPEATED = re.compile(rb"table:number-(?:rows|columns)-repeated=[\"'](\d+)[\"']")


class Extent(NamedTuple):
    """The last filled row and column, counted from 1, and the cells that hold an error, counted from 0."""

    rows: int
    columns: int
    errors: dict[tuple[int, int], str]


def open_archive(file: IO[bytes], limits: Limits) -> zipfile.ZipFile:
    """The archive, once it is known how large it is unpacked; its own word for that is not taken."""
    try:
        archive = zipfile.ZipFile(file)
        left = limits.unpacked_bytes
        for member in archive.infolist():
            for chunk in _unpack(archive, member):
                left -= len(chunk)
                if left < 0:
                    raise SheetError("too_large")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError("unreadable") from None
    return archive


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's bytes as they come, as far as they go: a false size in its header is not believed."""
    believed = copy(member)
    believed.file_size = _ENDLESS
    with archive.open(believed) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        name.decode(): html.unescape((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


def sheet_member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The member of an XLSX file that holds this sheet."""
    try:
        book, relations = archive.read("xl/workbook.xml"), archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return None
    targets = {found.get("Id", ""): found.get("Target", "") for found in map(_attributes, _RELATION.findall(relations))}
    for found in map(_attributes, _SHEET.findall(book)):
        if found.get("name") == sheet:
            key = next((value for name, value in found.items() if name.endswith(":id")), "")
            target = targets.get(key, "")
            path = target[1:] if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            return path if path in archive.namelist() else None
    return None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _row_extent(row: bytes) -> tuple[int, int]:
    """The number that a row gives itself, 0 where it gives none, and its last filled column."""
    numbers = _ROW_NUMBER.search(row)
    end = max((match.start() for match in _VALUE_END.finditer(row)), default=-1)
    if end < 0:
        return 0, 0
    references = _REFERENCE.findall(row, 0, end)
    counted = len(_CELL.findall(row, 0, end)) if not references else 0
    column = max((_column(letters) for letters, _number in references), default=counted)
    number = int(numbers[1]) if numbers else max((int(number) for _letters, number in references), default=0)
    return number, column


def _whole_rows(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The sheet's XML in large pieces, each cut after the end of a row."""
    rest = b""
    for chunk in _unpack(archive, archive.getinfo(member)):
        text = rest + chunk
        cut = text.rfind(b"row>") + len(b"row>")
        if cut < len(b"row>") or len(text) - cut > _LONGEST_ROW:
            rest = text
            if len(rest) > _LONGEST_ROW:
                raise SheetError("too_large")
            continue
        rest = text[cut:]
        yield text[:cut]
    yield rest


def _errors(rows: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    if b't="e"' in rows or b"t='e'" in rows:
        for attributes, text in _ERROR.findall(rows):
            place = _REFERENCE.search(b" " + attributes)
            if place:
                yield (int(place[2]) - 1, _column(place[1]) - 1), text.decode("utf-8", "replace")


def _claimed_extent(archive: zipfile.ZipFile, member: str) -> Extent | None:
    """The extent with blank cells counted too, found fast; None where cells are not written as they usually are."""
    rows = columns = 0
    errors: dict[tuple[int, int], str] = {}
    for piece in _whole_rows(archive, member):
        places = _USUAL_CELL.findall(piece)
        if len(places) != sum(map(piece.count, _CELL_STARTS)) or b":c" in piece or b":row" in piece:
            return None
        joined = b" ".join(places)
        columns = max(columns, max(map(_column, set(joined.translate(None, _DIGITS).split())), default=0))
        rows = max(rows, max(map(int, set(joined.translate(None, _CAPITALS).split())), default=0))
        errors.update(_errors(piece))
    return Extent(rows, columns, errors)


def xlsx_extent(archive: zipfile.ZipFile, member: str, limits: Limits) -> Extent:
    """How far a sheet's filled cells reach, exactly where its blank ones reach beyond the limits."""
    claimed = _claimed_extent(archive, member)
    if claimed and claimed.columns <= limits.columns and claimed.rows * claimed.columns <= limits.cells:
        return claimed
    rows = columns = current = 0
    errors: dict[tuple[int, int], str] = {}
    for piece in _whole_rows(archive, member):
        for row in _ROW_END.split(piece):
            number, column = _row_extent(row)
            current = number or current + 1
            if column:
                rows, columns = max(rows, current), max(columns, column)
        errors.update(_errors(piece))
    return Extent(rows, columns, errors)


def ods_cells(archive: zipfile.ZipFile) -> int:
    """How many cells the largest table of an ODS file takes up when laid out."""
    largest = rows = height = width = row_width = column = repeat = 0
    for closing, name, attributes in _ods_tags(archive):
        times = min(int(found[1]), 2**24) if (found := _ODS_REPEATED.search(attributes)) else 1
        if name == b"table" and not closing:
            rows = height = width = 0
        elif name == b"table-row" and not closing:
            column = row_width = 0
            repeat = times
            rows += repeat
        elif name.endswith(b"table-cell") and not closing:
            column += times
            if b"value-type" in attributes or not attributes.endswith(b"/"):
                row_width = column
        elif name == b"table-row" and row_width:
            height, width = rows, max(width, row_width)
            largest = max(largest, height * width)
    return largest


def _ods_tags(archive: zipfile.ZipFile) -> Iterator[tuple[bytes, bytes, bytes]]:
    rest = b""
    try:
        content = archive.getinfo("content.xml")
    except KeyError:
        raise SheetError("unreadable") from None
    for chunk in _unpack(archive, content):
        text = rest + chunk
        cut = text.rfind(b">") + 1
        rest = text[cut:]
        if len(rest) > _LONGEST_ROW:
            raise SheetError("too_large")
        yield from _ODS_TAG.findall(text[:cut])
