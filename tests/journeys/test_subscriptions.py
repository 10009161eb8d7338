"""Subscribe to a report, receive it, cancel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Desk, toast

pytestmark = pytest.mark.browser


def test_a_list_is_subscribed_to_received_and_cancelled(desk: Desk, push: Callable[[float], datetime]) -> None:
    page = desk("una")
    page.goto("/customers")
    page.get_by_role("button", name="More for this list").click()
    page.get_by_role("button", name="Subscribe").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Subscribe")).to_be_visible()
    dialog.locator("#id_name").fill("My morning list")
    dialog.locator("#id_rule").select_option("FREQ=DAILY")
    now = push(0).astimezone(ZoneInfo("Europe/Oslo"))
    coming = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    dialog.locator("#id_hour").select_option(str(coming.hour))
    dialog.get_by_role("button", name="Subscribe").click()
    expect(toast(page).first).to_contain_text("Subscribed")

    push((coming - now) / timedelta(minutes=1) + 1)
    card = page.locator("[data-popup]", has_text="My morning list")
    expect(card).to_be_visible()
    expect(card).to_contain_text("6 records")
    expect(card.get_by_role("button", name="Done")).to_have_count(0)  # it is read, and nothing else
    card.get_by_role("link", name="Open").click()
    page.wait_for_url("**/issues/*")
    expect(page.get_by_role("heading", name="My morning list")).to_be_visible()
    expect(page.get_by_role("rowheader")).to_have_count(6)

    page.on("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="Cancel the subscription").click()
    page.wait_for_url("**/me/subscriptions")
    expect(page.get_by_text("You have subscribed to nothing.")).to_be_visible()
