"""A list by mouse and by keys: filter, four levels of order, cells edited in place, many at once, a look aside."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.conftest import Desk, toast

pytestmark = pytest.mark.browser


def names(page: Page) -> Locator:
    """The first column."""
    return page.locator("tbody [data-open]")


def cell(page: Page, name: str, field: str) -> Locator:
    """One cell of the row of a customer."""
    return page.locator("tr[data-row]", has_text=name).locator(f"td[data-name={field}]")


def test_a_filter_is_built_and_taken_away(desk: Desk) -> None:
    page = desk("lea")
    page.goto("/customers")
    expect(names(page)).to_have_count(6)
    page.get_by_role("button", name="Filter").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Field").select_option("grade")
    dialog.get_by_label("Comparison").last.select_option("in")
    dialog.get_by_label("A", exact=True).check()
    dialog.get_by_role("button", name="Group").click()
    group = dialog.locator(".fbgroup .fbgroup")
    group.get_by_label("Comparison").first.select_option("none")
    group.get_by_label("Field").select_option("name")
    group.get_by_label("Comparison").last.select_option("contains")
    group.get_by_label("Value").fill("kestrel")
    dialog.get_by_role("button", name="Show").click()
    expect(names(page)).to_have_text([re.compile("Halden Paper lea"), re.compile("Larvik Cement lea")])
    expect(page.locator(".chips .fc").first).to_contain_text("Grade A")
    expect(page.locator("#totals")).to_contain_text("2 customers")
    page.get_by_role("link", name="Remove Grade").click()
    expect(names(page)).to_have_count(5)
    page.get_by_role("link", name="Clear").click()
    expect(names(page)).to_have_count(6)


def test_a_menu_that_is_open_stays_when_the_counts_of_the_views_arrive(desk: Desk) -> None:
    page = desk("lea")
    held: list[Route] = []
    page.route("**/customers/counts*", lambda route: held.append(route))
    page.goto("/customers")
    page.get_by_role("button", name="More for this list").click()
    entry = page.get_by_role("button", name="Subscribe")
    expect(entry).to_be_visible()
    with page.expect_response("**/customers/counts*"):
        held.pop().continue_()
    expect(page.locator(".tabs [aria-current] .n")).to_have_text("6")
    expect(entry).to_be_visible()


def test_a_list_is_sorted_by_four_levels(desk: Desk) -> None:
    page = desk("lea")
    page.goto("/customers")
    page.locator(".chips .end button").first.click()
    dialog = page.get_by_role("dialog")
    levels = dialog.locator(".level")
    for place, (field, down) in enumerate((("grade", True), ("industry", False), ("staff", True), ("name", False))):
        if place:
            dialog.get_by_role("button", name="Level").click()
        levels.nth(place).get_by_label("Field").select_option(field)
        if down:
            levels.nth(place).get_by_text("Down", exact=True).click()
    expect(dialog.get_by_role("button", name="Level")).to_be_hidden()
    dialog.get_by_role("button", name="Sort").click()
    expect(page.locator(".chips .lv")).to_have_text(["Grade", "Industry", "Staff", "Customer"])
    assert parse_qs(urlsplit(page.url).query)["sort"] == ["-grade,industry,-staff,name"]
    wanted = ("Vestby", "Østfold", "Castellan", "Larvik", "Kestrel", "Halden")
    expect(names(page)).to_have_text([re.compile(name) for name in wanted])


def test_a_cell_is_edited_where_it_stands(desk: Desk) -> None:
    page = desk("lea")
    page.goto("/customers?columns=staff,grade&sort=name")
    staff = cell(page, "Castellan", "staff")
    staff.click()
    staff.get_by_role("textbox").fill("999")
    page.keyboard.press("Escape")
    expect(staff).to_have_text("20")
    staff.click()
    staff.get_by_role("textbox").fill("many")
    page.keyboard.press("Enter")
    expect(staff.locator(".err")).to_be_visible()
    expect(staff.get_by_role("textbox")).to_have_value("many")
    staff.get_by_role("textbox").fill("21")
    page.keyboard.press("Enter")
    expect(cell(page, "Castellan", "staff")).to_have_text("21")
    page.reload()
    expect(cell(page, "Castellan", "staff")).to_have_text("21")


def test_a_cell_that_was_changed_is_put_back_from_its_toast(desk: Desk) -> None:
    page = desk("lea")
    page.goto("/customers?columns=staff,grade&sort=name")
    before = cell(page, "Kestrel", "staff").inner_text()
    staff = cell(page, "Kestrel", "staff")
    staff.click()
    staff.get_by_role("textbox").fill("77")
    page.keyboard.press("Enter")
    expect(cell(page, "Kestrel", "staff")).to_have_text("77")
    toast(page).get_by_role("button", name="Undo").click()
    expect(cell(page, "Kestrel", "staff")).to_have_text(before)


def test_many_are_changed_at_once_and_back(desk: Desk) -> None:
    page = desk("lea")
    page.goto("/customers?columns=maturity&sort=name")
    page.get_by_label("Select Halden Paper lea").check()
    page.get_by_label("Select Kestrel Marine lea").check()
    bar = page.locator("#bulk")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Set a field").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Maturity").click()
    expect(dialog).to_contain_text("2 records")
    dialog.get_by_label("Maturity").select_option("negotiating")
    dialog.get_by_role("button", name="Set", exact=True).click()
    expect(toast(page)).to_contain_text("set on 2")
    for name in ("Halden", "Kestrel"):
        expect(cell(page, name, "maturity")).to_have_text("Negotiating")
    expect(cell(page, "Larvik", "maturity")).to_have_text("–")
    toast(page).get_by_role("button", name="Undo").click()
    expect(toast(page)).to_contain_text("Undone")
    for name in ("Halden", "Kestrel"):
        expect(cell(page, name, "maturity")).to_have_text("–")


def test_keys_walk_select_and_peek(desk: Desk) -> None:
    page = desk("lea")
    page.goto("/customers?sort=name")
    current = page.locator("tr.cur")
    for key, name in (("j", "Castellan"), ("j", "Halden"), ("j", "Kestrel"), ("k", "Halden")):
        page.keyboard.press(key)
        expect(current).to_contain_text(name)
    page.keyboard.press("x")
    expect(current.get_by_role("checkbox")).to_be_checked()
    expect(page.locator("#bulk")).to_contain_text("1 selected")
    page.keyboard.press("x")
    expect(page.locator("#bulk")).to_be_hidden()
    page.keyboard.press("Space")
    panel = page.locator("#panel")
    expect(panel.get_by_role("heading", level=2).first).to_have_text("Halden Paper lea")
    expect(panel).to_contain_text("They ask for a price.")
    page.keyboard.press("j")
    expect(panel.get_by_role("heading", level=2).first).to_have_text("Kestrel Marine lea")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Kestrel Marine lea")


def test_escape_does_one_thing_at_a_time(desk: Desk) -> None:
    page = desk("lea")
    page.goto("/customers?sort=name")
    for key in ("j", "x", "Space"):
        page.keyboard.press(key)
    expect(page.locator("#panel").get_by_role("heading", level=2).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#bulk")).to_contain_text("1 selected")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()


def test_a_row_that_is_walked_to_is_not_under_the_head(desk: Desk) -> None:
    page = desk("lea", viewport={"width": 1440, "height": 340})
    page.goto("/customers?sort=name")
    expect(names(page)).to_have_count(6)
    for key in "jjjjjjkkkkk":
        page.keyboard.press(key)
    expect(page.locator("tr.cur")).to_contain_text("Castellan")
    under = "document.querySelector('.grid thead').getBoundingClientRect().bottom"
    assert page.evaluate(f"document.querySelector('tr.cur').getBoundingClientRect().top >= {under} - 1")


def test_a_slash_looks_through_the_list(desk: Desk) -> None:
    page = desk("lea")
    page.goto("/customers?view=mine")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search this list")).to_be_focused()
    page.keyboard.type("Kestrel")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=Kestrel"))
    expect(names(page)).to_have_count(1)
