from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from bosun.lib.sheets import Limits, SheetError, Value, open_table, write_xlsx
from tests.lib.data import shared

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def repacked(data: bytes, **members: str) -> bytes:
    """The archive with some members replaced; `__` in a name stands for its last slash."""
    out = io.BytesIO()
    replaced = {name.replace("__", "/") + ".xml": text for name, text in members.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, replaced.pop(name) if name in replaced else old.read(name))
    assert not replaced
    return out.getvalue()


def xlsx(*rows: list[str]) -> bytes:
    file = io.BytesIO()
    write_xlsx(file, rows[0], rows[1:])
    return file.getvalue()


def with_cells(cells: str, dimension: str = "A1") -> bytes:
    sheet = f'<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/><sheetData>{cells}</sheetData></worksheet>'
    return repacked(xlsx(["a"]), xl__worksheets__sheet1=sheet)


def ods(rows: str) -> bytes:
    out = io.BytesIO()
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/></manifest:manifest>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="S">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


ODS_CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
ODS_EMPTY_ROWS = (
    '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="16384"/>'
    "</table:table-row>"
)


def all_kinds_of_cells(*, since_1904: bool) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"date_1904": since_1904}) as book:
        sheet = book.add_worksheet("All")
        formats = {name: book.add_format({"num_format": name}) for name in ("yyyy-mm-dd", "hh:mm", "[h]:mm:ss", "0.00")}
        sheet.write_row(
            0, 0, ["day", "moment", "time", "hours", "code", "number", "long", "sum", "small", "yes", "error"]
        )
        sheet.write_datetime(1, 0, dt.date(2026, 3, 1), formats["yyyy-mm-dd"])
        sheet.write_datetime(1, 1, dt.datetime.fromisoformat("2026-03-01T10:59:59"), formats["yyyy-mm-dd"])
        sheet.write_datetime(1, 2, dt.time(10, 30), formats["hh:mm"])
        sheet.write_datetime(1, 3, dt.timedelta(hours=30, minutes=5), formats["[h]:mm:ss"])
        sheet.write_string(1, 4, "000720")
        sheet.write_number(1, 5, 1054)
        sheet.write_number(1, 6, 1234567890123456)
        sheet.write_formula(1, 7, "=0.1+0.2", formats["0.00"], 0.1 + 0.2)
        sheet.write_number(1, 8, 0.0000001)
        sheet.write_boolean(1, 9, True)
        sheet.write_formula(1, 10, "=1/0", None, "#DIV/0!")
    return file.getvalue()


@pytest.mark.parametrize("since_1904", [False, True])
def test_every_kind_of_cell_becomes_text_without_loss(since_1904: bool) -> None:
    table = open_table(all_kinds_of_cells(since_1904=since_1904), "a.xlsx")
    assert (table.info.kind, table.info.sheets, table.info.total_rows) == ("xlsx", ["All"], 1)
    assert list(table.rows) == [
        [
            "2026-03-01", "2026-03-01T10:59:59", "10:30:00", "30:05:00", "000720", "1054", "1234567890123456",
            "0.3", "0.0000001", "TRUE", "#DIV/0!",
        ]
    ]  # fmt: skip


def test_errors_stand_in_their_own_cells_wherever_the_table_begins() -> None:
    cells = (
        '<row r="3"><c r="B3" t="str"><v>name</v></c><c r="C3" t="str"><v>sum</v></c></row>'
        '<row r="5"><c r="B5" t="e"><v>#REF!</v></c><c r="C5"><v>7</v></c></row>'
        '<row r="6"><c r="B6" t="str"><v>x</v></c><c r="C6" t="e"><f>1/0</f><v>#N/A</v></c></row>'
    )
    table = open_table(with_cells(cells), "a.xlsx")
    assert (table.headers, table.line) == (["name", "sum"], 3)
    assert list(table.rows) == [["#REF!", "7"], ["x", "#N/A"]]
    assert table.line == 6


def test_a_sheet_is_chosen_by_name_and_hidden_ones_come_last() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for name in ("Notes & co", "名单"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, [name, "b"])
            sheet.write_row(1, 0, ["1", "2"])
            if name != "名单":
                sheet.hide()
        book.worksheets()[1].activate()
    data = file.getvalue()
    table = open_table(data, "a.xlsx")
    assert (table.info.sheet, table.info.sheets, table.headers[0]) == ("名单", ["Notes & co", "名单"], "名单")
    assert open_table(data, "a.xlsx", sheet="Notes & co").headers == ["Notes & co", "b"]
    with pytest.raises(SheetError) as caught:
        open_table(data, "a.xlsx", sheet="Other")
    assert caught.value.code == "no_sheet"


def test_what_a_sheet_says_about_its_size_is_not_believed() -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row><row r="1048576"/>'
    table = open_table(with_cells(cells, "A1:XFD1048576"), "a.xlsx")
    assert (table.headers, list(table.rows)) == (["1"], [["2"]])


def test_a_million_blank_rows_are_nothing() -> None:
    blank = "".join(f'<row r="{number}"><c r="A{number}" s="0"/></row>' for number in range(3, 100_000))
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    table = open_table(with_cells(cells + blank), "a.xlsx")
    assert list(table.rows) == [["2"]]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            "too_many_columns",
        ),
        (
            '<row r="1"><c r="AZ1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>',
            "too_many_cells",
        ),
        ('<x:row xmlns:x="urn:x" r="1"><x:c r="XFD1"><x:v>1</x:v></x:c></x:row>', "too_many_columns"),
        ("", "empty"),
    ],
)
def test_a_sheet_too_large_to_lay_out_is_refused(cells: str, code: str) -> None:
    with pytest.raises(SheetError) as caught:
        open_table(with_cells(cells), "a.xlsx")
    assert caught.value.code == code


def test_an_ods_file_is_read_and_its_repetitions_are_guarded() -> None:
    row = f"<table:table-row>{ODS_CELL}{ODS_CELL}</table:table-row>"
    table = open_table(ods(row + row + ODS_EMPTY_ROWS.format(1_048_574)), "a.ods")
    assert (table.info.kind, table.headers, list(table.rows)) == ("ods", ["x", "x 2"], [["x", "x"]])
    many = ODS_CELL.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="16384"')
    bomb = f'<table:table-row table:number-rows-repeated="1048576">{many}</table:table-row>'
    for rows in (row + bomb, row + ODS_EMPTY_ROWS.format(90_000_000) + row):
        with pytest.raises(SheetError) as caught:
            open_table(ods(rows), "a.ods")
        assert caught.value.code == "too_many_cells"


def test_an_archive_that_unpacks_to_too_much_is_refused_whatever_it_says() -> None:
    data = repacked(xlsx(["a"]), docProps__core="x" * 3_000_000)
    small = Limits(unpacked_bytes=1_000_000)
    with pytest.raises(SheetError) as caught:
        open_table(data, "a.xlsx", limits=small)
    assert caught.value.code == "too_large"
    lying = data.replace((3_000_000).to_bytes(4, "little"), (30).to_bytes(4, "little"))
    assert lying != data
    with pytest.raises(SheetError) as caught:
        open_table(lying, "a.xlsx", limits=small)
    assert caught.value.code == "too_large"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 nothing more", "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unreadable"),
        (xlsx(["a"])[:-200], "unreadable"),
    ],
)
def test_a_broken_file_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(SheetError) as caught:
        open_table(data, "a.xlsx")
    assert caught.value.code == code


def test_other_archives_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(SheetError) as caught:
        open_table(out.getvalue(), "a.docx")
    assert caught.value.code == "not_a_table"


def test_texts_are_written_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    texts = ["=1+1", "+8613800138000", "https://example.com", "000720", "1054", "@a", "", "two\nlines", "名称"]
    write_xlsx(path, [f"h{number}" for number in range(len(texts))], [texts])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
    with open_table(path, path.name) as table:
        assert list(table.rows) == [texts]


def test_numbers_dates_and_nothing_are_written_as_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    moment = dt.datetime(2026, 3, 1, 10, 0, tzinfo=dt.UTC)
    values: list[Value] = [
        5,
        Decimal("1054.10"),
        True,
        dt.date(2026, 3, 1),
        moment.replace(tzinfo=None),
        moment,
        None,
        2**62,
        "x\x01",
    ]
    write_xlsx(path, list("abcdefghi"), [values])
    with open_table(path) as table:
        assert list(table.rows) == [
            [
                "5",
                "1054.1",
                "TRUE",
                "2026-03-01",
                "2026-03-01T10:00:00",
                "2026-03-01T10:00:00+00:00",
                "",
                str(2**62),
                "x",
            ]
        ]


def test_a_cell_too_long_for_a_spreadsheet_is_refused_and_not_cut() -> None:
    with pytest.raises(SheetError) as caught:
        write_xlsx(io.BytesIO(), ["a"], [["short"], ["x" * 32_768]])
    assert (caught.value.code, caught.value.row) == ("cell_too_long", 3)


plain = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20)


@given(st.lists(st.lists(plain, min_size=2, max_size=2).filter(all), min_size=1, max_size=5))
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    table = open_table(xlsx(["a", "b"], *rows), "a.xlsx")
    assert list(table.rows) == rows


@pytest.mark.parametrize(
    ("name", "kind", "first"),
    [
        ("table.xls", "xls", ["1", "english"]),
        ("table.ods", "ods", ["1", "english"]),
        ("table.xlsx", "xlsx", ["1", "english"]),
        ("table-with-ints-floats-dates.xls", "xls", ["2013", "3.3", "2009-08-16"]),
        ("table-with-ints-floats-dates.ods", "ods", ["2013", "3.3", "2009-08-16", "2009-08-16T05:43:21"]),
        ("cast-int-to-string-issue-1251.xls", "xls", ["001", "b", "1", "a", "1"]),
        (
            "adjust-floating-point-error.xlsx",
            "xlsx",
            ["P-1-94-AR P21 16-20cm Pi split 3", "60.565", "242.26", "242.26"],
        ),
        ("table-with-booleans.ods", "ods", ["1", "TRUE"]),
        ("issue-312.xlsx", "xlsx", ["1", "english", "", "", ""]),
    ],
)
def test_files_of_other_programs(name: str, kind: str, first: list[str]) -> None:
    base = shared("tables_frictionless")
    if base:
        table = open_table(base / name, name)
        assert table.info.kind == kind
        assert next(table.rows) == first
    else:
        assert list(open_table(xlsx(["id", "name"], ["1", "english"]), name).rows) == [["1", "english"]]
