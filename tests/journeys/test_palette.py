"""Ctrl+K: go somewhere, create something, do a verb; and the other keys that work anywhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Desk, toast

pytestmark = pytest.mark.browser


def palette(page: Page, typed: str) -> Locator:
    """The palette, open, with something typed."""
    page.keyboard.press("Control+k")
    box = page.get_by_role("dialog", name="Search or run a command")
    expect(box).to_be_visible()
    box.get_by_role("combobox").fill(typed)
    return box


def test_the_palette_goes_creates_and_does(desk: Desk) -> None:
    page = desk("pia")
    box = palette(page, "contac")
    expect(box.get_by_role("option").first).to_contain_text("Contacts")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts")

    box = palette(page, "kestrel")
    expect(box.get_by_role("option", selected=True)).to_contain_text("Kestrel Marine pia")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    record = page.url

    box = palette(page, "edit")
    expect(box.get_by_role("option", selected=True)).to_have_text(re.compile("^Edit"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{record}/edit")

    box = palette(page, "new cust")
    expect(box.get_by_role("option", selected=True)).to_contain_text("New customer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/new")


def test_a_verb_is_done_from_the_palette(desk: Desk) -> None:
    page = desk("ben")
    page.goto("/customers?q=Larvik")
    page.get_by_role("link", name="Larvik Cement pia").click()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    box = palette(page, "hand")
    expect(box.get_by_role("option", selected=True)).to_have_text("Hand over")
    page.keyboard.press("Enter")
    dialog = page.locator("#dialog")
    dialog.get_by_role("combobox").fill("Sam")
    page.get_by_role("option", name=re.compile("Sam Reyes")).click()
    dialog.get_by_role("button", name="Hand over").click()
    expect(toast(page)).to_contain_text("Handed over to ")
    expect(page.locator(".rhead .sub")).to_contain_text("Sam Reyes")
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".rhead .sub")).to_contain_text("Pia Lund")


def test_letters_go_and_create(desk: Desk) -> None:
    page = desk("pia")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/customers")
    page.keyboard.press("c")
    menu = page.locator("#create-menu")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Search or run a command")
    page.goto("/day")
    page.keyboard.press("/")
    expect(page.get_by_role("dialog", name="Search or run a command")).to_be_visible()


def test_a_search_finds_by_words_and_by_figures(desk: Desk) -> None:
    page = desk("pia")
    page.goto("/search?q=ostfold")
    expect(page.locator("#page")).to_contain_text("Østfold Dairy pia")
    page.goto("/search?q=nothing-like-this")
    expect(page.locator("#page")).not_to_contain_text("Østfold")
