"""The board in a browser: a card goes by mouse, by keys, and out by being won or lost with its reason."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Desk, toast

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def enter(page: Page, name: str) -> None:
    """An opportunity through its form."""
    page.goto("/opportunities/new")
    page.locator("input[name=name]").fill(name)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def column(page: Page, label: str) -> Locator:
    return page.locator(f'[data-column][data-label="{label}"]')


def card(page: Page, name: str) -> Locator:
    return page.locator(f'[data-card][data-name="{name}"]')


def ready(page: Page) -> None:
    """The board's script has come: from then on cards can be carried."""
    expect(page.locator('[data-board] [data-card][tabindex="0"]')).to_have_count(1)


def carry(page: Page, what: Locator, to: Locator) -> None:
    """By mouse, as a hand does it."""
    begin = what.bounding_box()
    assert begin is not None
    page.mouse.move(begin["x"] + 40, begin["y"] + 16)
    page.mouse.down()
    page.mouse.move(begin["x"] + 70, begin["y"] + 40, steps=8)
    end = to.bounding_box()
    assert end is not None
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + min(60, end["height"] / 2), steps=20)
    page.mouse.move(end["x"] + end["width"] / 2 + 3, end["y"] + min(60, end["height"] / 2) + 2, steps=2)
    page.mouse.up()


def test_a_sale_is_moved_won_and_another_lost(desk: Desk) -> None:
    page = desk("sam")
    for name in ("Dosing station", "Sludge tank"):
        enter(page, name)
    page.goto("/opportunities/board?view=mine")
    station, tank = card(page, "Dosing station"), card(page, "Sludge tank")
    expect(column(page, "Prospecting").locator("[data-card]")).to_have_count(2)
    ready(page)
    carry(page, station, column(page, "Proposal").locator("[data-stack]"))
    expect(column(page, "Proposal").locator("[data-card]")).to_have_count(1)
    expect(toast(page).filter(has_text="Dosing station: Proposal")).to_be_visible()
    expect(page.locator("#board-total")).to_contain_text("2 opportunities")
    tank.focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-board-said]")).to_contain_text("Sludge tank picked up, in Prospecting")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(column(page, "Prospecting").locator("[data-card]")).to_have_count(1)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(toast(page).filter(has_text="Sludge tank: Engaging")).to_be_visible()
    page.reload()
    expect(column(page, "Engaging").locator("[data-card]")).to_have_count(1)
    ready(page)
    begin = tank.bounding_box()
    assert begin is not None
    page.mouse.move(begin["x"] + 40, begin["y"] + 16)
    page.mouse.down()
    page.mouse.move(begin["x"] + 70, begin["y"] + 60, steps=8)
    carry_on(page, page.locator(".zone.overdue"))
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Lost because")
    dialog.locator("select[name=lost_reason]").select_option("price")
    dialog.get_by_role("button", name="Lost", exact=True).click()
    expect(tank).to_have_count(0)
    page.goto("/opportunities/board?view=mine")
    station.locator("a").click()
    page.get_by_role("button", name="Won", exact=True).click()
    expect(page.locator(".path .now.won")).to_contain_text("Won")


def carry_on(page: Page, to: Locator) -> None:
    """To a place that appeared only while something was carried."""
    # What appears moves what is there: by the second look it stands where it stays.
    for steps in (20, 2):
        end = to.bounding_box()
        assert end is not None
        page.mouse.move(end["x"] + end["width"] / 2 + steps, end["y"] + end["height"] / 2, steps=steps)
    page.mouse.up()
