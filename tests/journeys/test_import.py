"""A file comes in: matched, checked, run, its bad row handed back, and the whole of it undone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser
TABLE = """Company,Telephone,Grade,Sector
Skien Cold Store,+47 69 55 10 01,A,Food and drink
Elverum Timber,by pigeon,B,Construction
Brightwell Ceramics,+34 912 345 678,C,Manufacturing
"""


def begin(page: Page, table: str) -> None:
    """Steps 1 and 2, as far as the check."""
    page.goto("/customers/import")
    file: FilePayload = {"name": "companies.csv", "mimeType": "text/csv", "buffer": table.encode()}
    page.get_by_label("Choose a file").set_input_files(file)
    page.get_by_role("button", name="Match the columns").click()
    expect(page.get_by_label("Goes to: Company")).to_have_value("name")
    expect(page.get_by_label("Goes to: Telephone")).to_have_value("phones")
    page.get_by_label("Goes to: Sector").select_option("industry")
    page.get_by_role("button", name="Check").click()


def customers(page: Page) -> int:
    """How many there are."""
    page.goto("/customers")
    foot = page.locator("#totals b")
    expect(foot).to_have_text(re.compile(r"^\d+$"))
    return int(foot.inner_text())


def test_a_file_comes_in_its_bad_row_goes_out_and_all_is_undone(desk: Desk, tmp_path: Path) -> None:
    page = desk("ivo")
    before = customers(page)
    begin(page, TABLE)
    rows = page.locator("table.preview tbody tr")
    expect(rows.locator(".chip")).to_have_text(["Create", "Refuse", "Create"])
    expect(rows.nth(1)).to_contain_text("is not a phone number")
    page.get_by_role("button", name="Import 2 rows").click()

    expect(page.get_by_text("Some rows stayed out")).to_be_visible(timeout=30_000)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    returned = tmp_path / "errors.csv"
    waiting.value.save_as(returned)
    lines = returned.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("Company,Telephone,Grade,Sector,")
    assert lines[1].startswith("Elverum Timber,by pigeon,B,Construction,")
    result = page.url

    assert customers(page) == before + 2
    page.goto(result)
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Undo")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        re.compile("undone|taken back", re.IGNORECASE), timeout=30_000
    )
    assert customers(page) == before


def test_a_mended_error_file_comes_in_with_the_same_matching(desk: Desk) -> None:
    page = desk("ivo")
    begin(
        page, TABLE.replace("by pigeon", "+47 22 11 00 99").replace("Skien", "Larvik").replace("Brightwell", "Rjukan")
    )
    expect(page.locator("table.preview tbody .chip")).to_have_text(["Create"] * 3)
    page.get_by_role("link", name="Back to the columns").click()
    expect(page.get_by_label("Goes to: Sector")).to_have_value("industry")


def test_a_file_that_is_no_table_is_refused_in_words(desk: Desk) -> None:
    page = desk("ivo")
    page.goto("/customers/import")
    file: FilePayload = {"name": "picture.xlsx", "mimeType": "application/octet-stream", "buffer": b"\x89PNG\r\n" * 40}
    page.get_by_label("Choose a file").set_input_files(file)
    page.get_by_role("button", name="Match the columns").click()
    expect(page.get_by_role("alert")).to_be_visible()
