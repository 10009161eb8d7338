"""A task that nags every minute: a card and a sound, snooze, again, done, silence, in two tabs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Desk, ask
from tools.stage import settled

pytestmark = pytest.mark.browser
HOOK = """
window.rings = 0;
const original = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.rings += 1; return original.call(this); };
"""
QUIET = 3500
"""Milliseconds in which worker and stream have looked several times."""


def card(page: Page) -> Any:
    return page.locator("[data-popup]", has_text="Call Priya")


def rings(*tabs: Page) -> int:
    return sum(int(tab.evaluate("window.rings")) for tab in tabs)


def heard(count: int, *tabs: Page) -> None:
    """So many sounds in all tabs together, and no more a moment later."""
    tabs[0].wait_for_timeout(1500)
    assert rings(*tabs) == count


def make_task(page: Page, now: datetime) -> None:
    """From the keyboard: C, T; reminded at the time and every minute after."""
    page.keyboard.press("c")
    page.keyboard.press("t")
    page.wait_for_url("**/tasks/new")
    due = now.astimezone(ZoneInfo("Europe/Oslo")).replace(tzinfo=None) + timedelta(minutes=2)
    page.get_by_label("Task", exact=False).first.fill("Call Priya")
    page.locator("#id_due").fill(due.isoformat(timespec="minutes"))
    page.get_by_label("When").last.select_option("0")
    page.get_by_label("How often").select_option("1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Call Priya")).to_be_visible()


def test_a_task_that_nags_rings_once_for_all_tabs_until_it_is_done(
    desk: Desk, push: Callable[[float], datetime]
) -> None:
    first = desk("kim")
    first.context.add_init_script(HOOK)
    first.goto("/day")
    make_task(first, push(0))
    second = first.context.new_page()
    second.goto("/customers")
    for tab in (first, second):
        tab.mouse.click(720, 24)
        expect(card(tab)).to_have_count(0)

    push(3)
    for tab in (first, second):
        expect(card(tab)).to_be_visible()
        expect(tab.locator("#bell [data-count]")).to_have_text("1")
    heard(1, first, second)
    expect(second).to_have_title("(1) Customers · Halyard Pumps")

    card(second).get_by_role("button", name="Snooze").click()
    second.get_by_role("button", name="10 minutes").click()
    for tab in (first, second):
        expect(card(tab)).to_have_count(0)
    push(5)
    second.wait_for_timeout(QUIET)
    assert (card(first).count(), card(second).count(), rings(first, second)) == (0, 0, 1)

    push(6)
    for tab in (first, second):
        expect(card(tab)).to_be_visible()
    heard(2, first, second)
    push(1)
    second.wait_for_timeout(QUIET)
    assert (card(first).count(), card(second).count(), rings(first, second)) == (1, 1, 3)

    card(first).get_by_role("button", name="Done").click()
    for tab in (first, second):
        expect(card(tab)).to_have_count(0)
    push(30)
    second.wait_for_timeout(QUIET)
    assert (card(first).count(), card(second).count(), rings(first, second)) == (0, 0, 3)
    second.goto("/tasks?view=done")
    expect(second.get_by_role("link", name="Call Priya")).to_be_visible()

    # What was told stands in the bell, once however often it nagged; nothing is unread for long.
    second.keyboard.press("n")
    panel = second.locator("#notices")
    expect(panel.get_by_role("link", name="Call Priya")).to_have_count(1)


def test_the_sound_is_switched_off_for_good(desk: Desk, push: Callable[[float], datetime]) -> None:
    page = desk("kim", viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.context.add_init_script(HOOK)
    page.goto("/day")
    page.locator("#bell").click()
    page.get_by_role("button", name="Sound on").click()
    expect(page.get_by_role("button", name="Sound off")).to_be_visible()
    page.keyboard.press("Escape")
    make_task(page, push(0))
    push(3)
    expect(card(page)).to_be_visible()
    heard(0, page)
    box = card(page).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    card(page).get_by_role("button", name="Done").click()
    expect(card(page)).to_have_count(0)


def test_a_double_press_finishes_one_and_the_next_takes_its_place(
    desk: Desk, push: Callable[[float], datetime]
) -> None:
    page = desk("kim")
    page.goto("/day")
    now = push(0)
    for name in ("One", "Two", "Three", "Four"):
        ask(page, "POST", "reminders", {"text": f"Ring {name}", "due_at": now.isoformat()})
    push(3)
    shown = page.locator("[data-popup]", has_text="Ring ")
    expect(shown).to_have_count(3)
    expect(page.locator("[data-popups-count]")).to_have_text("4 reminders")
    assert [each.is_visible() for each in shown.all()] == [False, False, True]
    page.get_by_role("button", name="3 more").click()
    expect(page.locator("[data-popups-count]")).to_have_text("3/4 reminders")
    assert [each.is_visible() for each in shown.all()] == [True, True, True]
    shown.last.get_by_role("button", name="Done").dblclick()
    expect(page.locator("[data-popups-count]")).to_have_text("3 reminders")
    expect(shown).to_have_count(3)
    assert (
        len(ask(page, "GET", "reminders?filter=" + quote('{"field":"state","op":"is","value":"open"}'))["items"]) >= 3
    )
    page.wait_for_timeout(600)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator("[data-popups-count]")).to_have_text("3/4 reminders")
    for each in ask(page, "GET", "reminders?limit=200")["items"]:
        if each["text"].startswith("Ring "):
            ask(page, "DELETE", f"reminders/{each['id']}")


def test_cards_fold_to_a_pile_that_counts_them_and_a_tab_remembers_it(
    desk: Desk, push: Callable[[float], datetime]
) -> None:
    page = desk("kim")
    page.goto("/day")
    make_task(page, push(0))
    push(3)
    expect(card(page)).to_be_visible()
    page.get_by_role("button", name="1 reminder Fold").click()
    expect(card(page)).to_be_hidden()
    page.goto("/customers")
    expect(page.get_by_role("button", name="1 reminder Show")).to_be_visible()
    expect(card(page)).to_be_hidden()
    page.get_by_role("button", name="1 reminder Show").click()
    card(page).get_by_role("button", name="Done").click()
    expect(card(page)).to_have_count(0)
    expect(page.locator("[data-popups-fold]")).to_be_hidden()


def test_cards_lead_to_what_waits_behind_them_and_leave_forms_free(
    desk: Desk, push: Callable[[float], datetime]
) -> None:
    page = desk("kim")
    page.goto("/day")
    now = push(0)
    made = [ask(page, "POST", "reminders", {"text": f"Wait {n}", "due_at": now.isoformat()})["id"] for n in range(1, 6)]
    push(3)
    expect(page.locator("[data-popup]", has_text="Wait 5")).to_be_visible()
    page.locator("[data-popups-spread]").click()
    page.get_by_role("button", name=re.compile(r"^\d+ more in the bell$")).click()
    expect(page.locator("#notices").get_by_role("link", name="Wait 1")).to_be_visible()

    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/memos/new")
        page.get_by_role("button", name=re.compile("reminders Show$")).click()
        expect(page.locator("[data-popup]").last).to_be_visible()
        save = page.get_by_role("button", name="Save", exact=True).bounding_box()
        cards = page.locator("#popups").bounding_box()
        assert save
        assert cards
        assert cards["y"] + cards["height"] <= save["y"]
        assert cards["y"] >= 48, "nor over the bar at the top"
    page.set_viewport_size({"width": 1440, "height": 620})
    page.goto("/me/notices")
    expect(page.locator("[data-popup]").last).to_be_visible()
    last = page.get_by_role("button", name="Change").last
    page.locator(".set > .body").evaluate("body => body.scrollTo(0, body.scrollHeight)")
    free, cards = last.bounding_box(), page.locator("#popups").bounding_box()
    assert free
    assert cards
    assert free["y"] + free["height"] <= cards["y"]
    for pk in made:
        ask(page, "DELETE", f"reminders/{pk}")


def test_the_condition_that_ends_a_reminder_is_built_for_what_it_is_about(desk: Desk) -> None:
    page = desk("kim")
    made = ask(page, "POST", "customers", {"name": "Halden Paper", "grade": "B"})
    page.goto("/reminders/new")
    page.get_by_label("Remind of").fill("Ask for the order")
    page.locator("#id_due_at").fill("2030-11-25T10:00")
    page.locator("#id_until").select_option("when")
    expect(page.locator(".until .when")).to_contain_text("Say first what it is about")
    page.locator("#id_about").fill("Halden Pa")
    page.get_by_role("option", name="Halden Paper").first.click()
    # The builder is drawn for what it is about, a moment later.
    settled(page)
    row = page.locator(".until .fbrow")
    row.locator("select").first.select_option("grade")
    row.locator("select").nth(2).select_option("A")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Ask for the order")).to_be_visible()
    expect(page.locator(".rel", has_text="Until Grade is A")).to_contain_text("It is not true yet.")
    ask(page, "PATCH", f"customers/{made['id']}", {"grade": "A"})
    page.reload()
    expect(page.locator(".rel", has_text="Until Grade is A")).to_contain_text("It is true now.")
    page.keyboard.press("e")
    expect(page.locator(".until .fbrow select").nth(2)).to_have_value("A")


def test_when_it_was_due_is_read_whole_in_the_list(desk: Desk) -> None:
    page = desk("kim")
    due = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    made = ask(page, "POST", "reminders", {"text": "Call Priya", "due_at": due})
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("/reminders")
        cell = page.locator('td[data-name="due_at"]').first
        cell.locator(".cyc").evaluate("(ring) => ring.lastChild.textContent = 'Overdue, yesterday'")
        expect(cell).to_have_text("Overdue, yesterday")
        assert cell.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth"), width
    ask(page, "DELETE", f"reminders/{made['id']}")
