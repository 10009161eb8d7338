"""What a table is, whatever file it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field


class SheetError(ValueError):
    """A file that is no table we read or write; `row` is counted as a spreadsheet does, 0 where it is the whole file.

    `code` is "empty", "not_a_table", "unreadable", "encrypted", "format", "encoding", "delimiter", "no_sheet",
    "too_large", "too_many_rows", "too_many_columns", "too_many_cells" or "cell_too_long".
    """

    def __init__(self, code: str, row: int = 0) -> None:
        super().__init__(f"{code} (row {row})" if row else code)
        self.code = code
        self.row = row


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a stranger's file is read."""

    bytes: int = 100 * 2**20
    unpacked_bytes: int = 1000 * 2**20
    rows: int = 1_000_000
    columns: int = 1_000
    cells: int = 20_000_000
    cell_length: int = 200_000


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class TableInfo:
    """How a file was read; `total_rows` counts the rows under the headers where that costs nothing."""

    kind: str
    encoding: str = ""
    delimiter: str = ""
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    total_rows: int | None = None
    damaged: bool = False


class Table:
    """Headers, each different from the others, and the rows under them, read once and one at a time.

    Every row has at least as many cells as there are headers; a longer one has filled cells beyond them.
    Rows without any filled cell are left out. `line` is the number of the row that was read last, counted as a
    spreadsheet does: the headers are usually 1.
    """

    def __init__(self, raw: Iterable[list[str]], info: TableInfo, limits: Limits, header_row: int = 1) -> None:
        self.info = info
        self.line = 0
        self._raw = iter(raw)
        self._limits = limits
        self._close: Callable[[], None] | None = None
        self._pushed_back: list[str] | None = None
        self.headers = self._read_headers(header_row)
        self.rows: Iterator[list[str]] = self._rows()

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def closes(self, close: Callable[[], None]) -> Table:
        """Name what is to be closed with this table."""
        self._close = close
        return self

    def close(self) -> None:
        """Let go of the file."""
        if self._close:
            self._close()
            self._close = None

    def _read_headers(self, header_row: int) -> list[str]:
        for row in self._raw:
            self.line += 1
            if self.line < header_row or not any(row):
                continue
            self._check(row)
            if header_row == 0:
                self._pushed_back = row
                return unique_headers([""] * len(row))
            return unique_headers(row)
        raise SheetError("empty")

    def _rows(self) -> Iterator[list[str]]:
        width, count = len(self.headers), 0
        if self._pushed_back is not None:
            count += 1
            yield self._pushed_back
        for row in self._raw:
            self.line += 1
            if not any(row):
                continue
            count += 1
            if count > self._limits.rows:
                raise SheetError("too_many_rows", self.line)
            self._check(row)
            if len(row) < width:
                row = row + [""] * (width - len(row))
            while len(row) > width and not row[-1]:
                row.pop()
            yield row
        self.close()

    def _check(self, row: list[str]) -> None:
        if len(row) > self._limits.columns:
            raise SheetError("too_many_columns", self.line)
        if max(map(len, row)) > self._limits.cell_length:
            raise SheetError("cell_too_long", self.line)


def unique_headers(cells: list[str]) -> list[str]:
    """Each header on one line, "Column 3" where it is blank, "Name 2" where it stood before."""
    plain = [" ".join(cell.split()) for cell in cells]
    taken = set(plain)
    used: set[str] = set()
    headers: list[str] = []
    for place, name in enumerate(plain, 1):
        header, number = name or f"Column {place}", 1
        while header in used or (header != name and header in taken):
            number += 1
            header = f"{name or f'Column {place}'} {number}"
        used.add(header)
        headers.append(header)
    return headers
