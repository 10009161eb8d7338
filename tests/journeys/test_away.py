"""The delegate week: somebody says that he is away, another stands in, and everything comes back when it is over."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser
OSLO = ZoneInfo("Europe/Oslo")
DAY = 24 * 60


def make_task(page: Page, subject: str, due: datetime) -> None:
    """A task, reminded at its time."""
    page.goto("/tasks/new")
    page.get_by_label("Task", exact=False).first.fill(subject)
    page.locator("#id_due").fill(due.astimezone(OSLO).replace(tzinfo=None).isoformat(timespec="minutes"))
    page.get_by_label("When").last.select_option("0")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=subject)).to_be_visible()


def leave(page: Page, first: datetime, last: datetime) -> None:
    """From one's own settings: two days, and who stands in."""
    page.goto("/me/away")
    page.get_by_role("link", name="I am away").last.click()
    page.wait_for_url("**/delegations/new**")
    page.locator("#id_first_day").fill(first.astimezone(OSLO).date().isoformat())
    page.locator("#id_last_day").fill(last.astimezone(OSLO).date().isoformat())
    page.locator("ref-picker:has([name='delegate']) [role=combobox]").fill("Vic")
    page.get_by_role("option", name=re.compile("Vic Stone")).first.click()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/me/away")


def card(page: Page, text: str) -> Any:
    return page.locator("[data-popup]", has_text=text)


def test_the_delegate_week(desk: Desk, push: Callable[[float], datetime]) -> None:
    now = push(0)
    uma, vic = desk("uma"), desk("vic")
    make_task(uma, "Send the offer", now + timedelta(days=1))
    make_task(uma, "Call Priya", now + timedelta(days=1, minutes=1))
    leave(uma, now, now + timedelta(days=3))
    expect(uma.get_by_text("Vic Stone stands in")).to_be_visible()
    uma.get_by_role("link", name="Hand-over list").click()
    uma.get_by_label("Note about Send the offer").first.fill("The price is in the mail.")
    uma.get_by_role("button", name="Save notes").click()

    vic.goto("/day")
    banner = vic.locator("#standing")
    expect(banner.get_by_text("You stand in for Uma Reed until")).to_be_visible()
    banner.get_by_role("link", name="Hand-over list").click()
    expect(vic.get_by_text("The price is in the mail.").first).to_be_visible()

    push(DAY + 2)
    vic.goto("/day")
    vic.locator("[data-popups-spread]").click()
    expect(card(vic, "For Uma Reed: Send the offer")).to_be_visible()
    uma.goto("/day")
    expect(uma.locator("[data-popup]")).to_have_count(0)
    card(vic, "For Uma Reed: Send the offer").get_by_role("button", name="Done").click()
    expect(card(vic, "For Uma Reed: Send the offer")).to_have_count(0)

    push(4 * DAY)
    uma.get_by_role("button", name="1 more").click(timeout=90_000)
    expect(card(uma, "Call Priya")).to_be_visible()
    vic.goto("/day")
    expect(vic.locator("#standing")).to_have_count(0)
    uma.goto("/me/away")
    uma.get_by_role("link", name="Hand-over list").click()
    expect(uma.get_by_text("Vic Stone for Uma Reed").first).to_be_visible()
    uma.goto("/tasks?view=done")
    expect(uma.get_by_role("link", name="Send the offer")).to_be_visible()
