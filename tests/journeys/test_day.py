"""The day of a rep: who waits too long, a call written down in two clicks, and what was promised for tomorrow."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Desk, toast
from tools.stage import settled

pytestmark = pytest.mark.browser
TOMORROW = (datetime.now(ZoneInfo("Europe/Oslo")) + timedelta(days=1)).date()


def test_a_call_with_its_next_step_sets_an_overdue_customer_back_to_normal(desk: Desk) -> None:
    page = desk("ann")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    line = page.locator("[data-row]", has_text="Halden Paper ann")
    expect(line.locator(".cyc.overdue")).to_have_text(re.compile(r"^Overdue \d+ d$"))
    line.get_by_role("link", name="Halden Paper ann").click()
    page.wait_for_url("**/customers/*")
    head = page.locator(".rhead")
    expect(head.locator(".sub .cyc.overdue")).to_have_text(re.compile(r"^Overdue \d+ d$"))

    # Two clicks, the result and the next step; the rest is typed.
    composer = page.locator("#composer")
    page.get_by_label("What was said").fill("They take the four pumps if we hold week 9.")
    composer.get_by_text("Positive").click()
    composer.get_by_role("button", name="Next step", exact=True).click()
    page.keyboard.type("Send the revised quote")
    composer.get_by_label("Date of the next step").fill(TOMORROW.isoformat())
    page.keyboard.press("Control+Enter")

    expect(toast(page)).to_contain_text("Call")
    expect(head.locator(".sub .cyc.good")).to_have_text("In 14 days")
    expect(head.locator(".cyc.overdue")).to_have_count(0)
    expect(head).to_contain_text("Send the revised quote")
    timeline = page.locator("#timeline")
    expect(timeline).to_contain_text("They take the four pumps if we hold week 9.")
    expect(timeline.locator(".chip.good").first).to_have_text("Positive")

    page.get_by_role("link", name=re.compile("^My day")).first.click()
    expect(page.locator("[data-row]", has_text="Halden Paper ann")).to_have_count(0)
    promise = page.locator("[id^=promise-]", has_text="Send the revised quote")
    expect(promise).to_contain_text("Halden Paper ann")
    expect(promise.locator(".cyc")).to_have_text("In 1 day")

    promise.get_by_role("button", name="Later").click()
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name="In a week").click()
    dialog.get_by_role("button", name="Later").click()
    expect(promise.locator(".cyc")).to_have_text(re.compile(r"^In [678] days$"))


def test_a_call_is_written_down_from_my_day_without_leaving_it(desk: Desk) -> None:
    page = desk("sam")
    line = page.locator("[data-row]", has_text="Vestby Sawmill sam")
    expect(line.locator(".cyc.soon, .cyc.good, .cyc.due, .cyc.overdue")).to_have_count(0)
    line = page.locator("[data-row]", has_text="Kestrel Marine sam")
    expect(line.locator(".cyc.due")).to_have_text("Due today")
    # The words of the morning come a moment later and move the rows under the mouse.
    settled(page)
    line.hover()
    line.get_by_role("button", name="Record call").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What was said").fill("Nobody picks up before Monday.")
    dialog.get_by_role("button", name="Record call").click()
    expect(toast(page)).to_be_visible()
    expect(page.locator("[data-row]", has_text="Kestrel Marine sam")).to_have_count(0)
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.locator("[data-row]", has_text="Kestrel Marine sam").locator(".cyc.due")).to_have_text("Due today")


def test_a_promise_is_ticked_off(desk: Desk) -> None:
    page = desk("sam")
    page.goto("/customers?q=Larvik")
    page.get_by_role("link", name="Larvik Cement sam").click()
    page.get_by_label("What was said").fill("Wants the drawing.")
    page.locator("#composer").get_by_role("button", name="Next step", exact=True).click()
    page.get_by_label("Next step", exact=True).fill("Send the drawing")
    page.get_by_label("Date of the next step").fill(TOMORROW.isoformat())
    page.locator("#composer").get_by_role("button", name="Record call").click()
    expect(page.locator(".rhead")).to_contain_text("Send the drawing")
    page.goto("/day")
    promise = page.locator("[id^=promise-]", has_text="Send the drawing")
    promise.get_by_role("checkbox").check()
    expect(page.locator("[id^=promise-]", has_text="Send the drawing").get_by_role("checkbox")).to_be_disabled()
    page.goto("/day")
    expect(page.get_by_role("checkbox", name="Done: Send the drawing")).to_have_count(0)


def test_a_long_note_is_shown_in_part(desk: Desk) -> None:
    page = desk("sam")
    page.goto("/customers?q=Vestby")
    page.get_by_role("link", name="Vestby Sawmill sam").click()
    page.get_by_label("What was said").fill("They compare two offers, line by line. " * 40)
    page.locator("#composer").get_by_role("button", name="Record call").click()
    said = page.locator("#timeline .bd.said").first
    expect(said).to_contain_text("They compare two offers")
    height = "each => each.getBoundingClientRect().height"
    short = said.evaluate(height)
    page.locator("#timeline").get_by_role("button", name="Show all").click()
    assert said.evaluate(height) > short
