"""The day's frame in a browser: asked at sign-out, done with one key; a note kept as one types, turned into a task."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Desk, toast

pytestmark = pytest.mark.browser
OSLO = ZoneInfo("Europe/Oslo")
Push = Callable[[float], datetime]


def next_noon(push: Push) -> datetime:
    """Push the clock to the next working day's noon in Oslo."""
    now = push(0).astimezone(OSLO)
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    while noon <= now or noon.weekday() > 4:
        noon += timedelta(days=1)
    return push((noon - now).total_seconds() / 60).astimezone(OSLO)


def task(page: Page, subject: str, due: datetime) -> None:
    page.goto("/tasks/new")
    page.get_by_label("Task", exact=False).first.fill(subject)
    page.locator("#id_due").fill(due.replace(tzinfo=None).isoformat(timespec="minutes"))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=subject)).to_be_visible()


def sign_out(page: Page) -> None:
    page.locator(".top .me").click()
    page.get_by_role("button", name="Sign out").click()


def test_a_delivery_date_promised_before_five_is_asked_for_at_sign_out(desk: Desk, push: Push) -> None:
    noon = next_noon(push)
    page = desk("eva")
    expect(page.locator("[data-morning]")).to_have_count(0)
    sign_out(page)
    page.wait_for_url("**/account/login/**")

    # Nothing was open, and nothing was asked. Now something is.
    page = desk("eva")
    task(page, "Name the delivery date", noon.replace(hour=17))
    task(page, "Order the seals", noon.replace(hour=16))
    sign_out(page)
    sheet = page.get_by_role("dialog", name="Before you sign out")
    expect(sheet).to_contain_text("Still open today: 2")
    expect(sheet.locator("[data-matter]").first.get_by_role("button", name="Done")).to_be_focused()
    sheet.get_by_role("button", name="All later").click()
    expect(sheet.locator(".settled")).to_have_count(2)
    expect(sheet).to_contain_text("Nothing is left for today.")
    expect(sheet.get_by_role("button", name="All later")).to_be_hidden()
    for line in ("Name the delivery date", "Order the seals"):
        sheet.locator(".settled", has_text=line).get_by_role("button", name="Undo").click()
        expect(sheet.get_by_role("link", name=line)).to_be_visible()
    expect(sheet.locator("[data-matter]").first.get_by_role("link", name="Order the seals")).to_be_visible()
    sheet.locator("[data-matter]").first.get_by_role("button", name="Done").focus()
    page.keyboard.press("l")
    expect(sheet.locator(".settled", has_text="Order the seals")).to_contain_text("09:00")
    page.keyboard.press("d")
    expect(sheet.locator(".settled", has_text="Name the delivery date")).to_contain_text("Done")
    expect(sheet).to_contain_text("Nothing is left for today.")
    page.keyboard.press("a")
    page.wait_for_url("**/account/login/**")

    page = desk("eva")
    page.goto("/tasks?view=done")
    expect(page.get_by_role("link", name="Name the delivery date")).to_be_visible()


def test_before_the_day_ends_one_is_asked_in_one_tab_and_may_leave_it(desk: Desk, push: Push) -> None:
    noon = next_noon(push)
    page = desk("eva", viewport={"width": 390, "height": 844}, color_scheme="dark")
    task(page, "Answer the harbour", noon.replace(hour=17))
    push(5 * 60 + 35)
    page.goto("/day")
    sheet = page.get_by_role("dialog", name="Before the day ends")
    expect(sheet).to_contain_text("Answer the harbour")
    for button in sheet.get_by_role("button").all():
        box = button.bounding_box()
        assert box is None or (box["x"] >= 0 and box["x"] + box["width"] <= 390)
    line = sheet.locator("[data-matter]", has_text="Answer the harbour")
    line.get_by_role("button", name="Hand over").first.click()
    line.get_by_label("To whom").fill("Ann")
    page.get_by_role("option", name=re.compile("Ann Berg")).click()
    line.locator("[data-part=hand]").get_by_role("button", name="Hand over").click()
    expect(sheet.locator(".settled")).to_contain_text("With Ann Berg")
    page.keyboard.press("u")
    expect(sheet.get_by_role("link", name="Answer the harbour")).to_be_visible()
    sheet.get_by_role("button", name=re.compile("^Leave it for another day")).click()
    expect(sheet).to_be_hidden()
    page.goto("/tasks")
    page.wait_for_timeout(500)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_note_is_kept_as_one_types_survives_a_crash_and_becomes_a_task(desk: Desk) -> None:
    page = desk("eva")
    page.goto("/notepad?new=1")
    page.get_by_label("Text").fill("Ask the harbour about berth 7\nand the crane")
    expect(page.locator("[data-note-says]")).to_have_text("Saved")
    expect(page.locator(".notelist")).to_contain_text("Ask the harbour about berth 7")

    # Typed while the server is away, and the browser is gone before it is back.
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    page.get_by_label("Text").press_sequentially(" on Friday")
    again = page.context.new_page()
    page.close()
    again.goto("/notepad")
    expect(again.get_by_label("Text")).to_have_value(re.compile("and the crane on Friday$"))
    expect(again.locator("[data-note-says]")).to_have_text("Saved")

    again.get_by_role("button", name="Task", exact=True).click()
    expect(toast(again)).to_contain_text("Now a task: Ask the harbour about berth 7")
    expect(again.locator(".notelist")).to_have_count(0)
    toast(again).get_by_role("button", name="Undo").click()
    expect(again.locator(".notelist")).to_contain_text("Ask the harbour about berth 7")
    again.goto("/tasks")
    expect(again.get_by_role("link", name="Ask the harbour about berth 7")).to_have_count(0)
