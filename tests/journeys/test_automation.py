"""Ada builds a rule with the keyboard alone, rehearses it and switches it on; a rep's next save says what it did."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Desk, toast

pytestmark = pytest.mark.browser
MOST_TABS = 30
MOST_KEYS = 150
"""To build a rule of two conditions and two actions from nothing, its texts included."""
COUNT = "window.pressed = 0; addEventListener('keydown', () => { window.pressed += 1; }, true);"


SAID = "When a customer is created or changed, if Industry is Construction and Staff is more than 10: set Grade to A"


def tab_to(page: Page, selector: str) -> None:
    """On with the Tab key until the focus is there."""
    for _step in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the focus never came to {selector}")


def arrow_to(page: Page, value: str) -> None:
    """Down a list to a choice."""
    for _step in range(MOST_TABS):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"there is no {value}")


def say_when_and_if(page: Page) -> None:
    """The name, two conditions, and the value of the action that is there."""
    page.locator(".ptitle").get_by_role("button", name="New rule").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    page.keyboard.type("Builders first")
    tab_to(page, "[data-add=row]")
    page.keyboard.press("Enter")
    page.keyboard.type("Industry")
    tab_to(page, ".fbrow > select:nth-child(2)")
    tab_to(page, ".fbrow > select:nth-child(3)")
    page.keyboard.type("Construction")
    tab_to(page, "[data-add=row]")
    page.keyboard.press("Enter")
    page.keyboard.type("Staff")
    tab_to(page, ".fbrow:nth-child(2) > select:nth-child(2)")
    arrow_to(page, "gt")
    tab_to(page, ".fbrow:nth-child(2) > input:nth-child(3)")
    page.keyboard.type("10")
    tab_to(page, "[name=do_0_value_grade]")
    page.keyboard.type("A")
    expect(page.locator("#rule-says")).to_have_text(f"{SAID}.")


def add_a_task(page: Page) -> None:
    """A second action."""
    tab_to(page, "#rule-add")
    page.keyboard.press("Enter")
    expect(page.locator("#rule-do_1_action")).to_be_focused()
    page.keyboard.type("Make")
    expect(page.locator("[name=do_1_tasks_subject]")).to_be_visible()
    expect(page.locator("#rule-do_1_action")).to_be_focused()
    tab_to(page, "[name=do_1_tasks_subject]")
    page.keyboard.type("Look at the site")
    tab_to(page, "[name=do_1_tasks_due]")
    page.keyboard.type("3")
    more = "then make a record in Tasks (Task: Look at the site, Due: in 3 days, Owner: Owner of the record)."
    expect(page.locator("#rule-says")).to_have_text(f"{SAID}, {more}")
    assert page.evaluate("window.pressed") <= MOST_KEYS


def rehearse_and_switch_on(page: Page) -> None:
    """What it would have done, and on."""
    tab_to(page, "#rule-rehearse")
    page.keyboard.press("Enter")
    expect(page.locator("#rule-rehearsal")).to_contain_text("0 times in 90 days")
    expect(page.locator("#rule-on")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("switch", name="On: Builders first")).to_be_checked()


def test_a_rule_by_keyboard_and_what_it_did(desk: Desk) -> None:
    ada, rep = desk("ada"), desk("ole")
    ada.add_init_script(COUNT)
    ada.goto("/settings/automation")
    expect(ada.get_by_role("heading", name="No rules yet")).to_be_visible()
    say_when_and_if(ada)
    add_a_task(ada)
    rehearse_and_switch_on(ada)

    rep.goto("/customers")
    rep.get_by_role("link", name="Castellan Foods ole").first.click()
    rep.get_by_role("link", name="Edit").click()
    rep.get_by_label("Industry").select_option("construction")
    rep.keyboard.press("Control+Enter")
    expect(toast(rep)).to_contain_text("Rule “Builders first”: Grade: B → A")
    expect(toast(rep)).to_contain_text("Made “Look at the site” in Tasks")
    expect(rep.locator("#timeline")).to_contain_text("by rule “Builders first”")
    rep.get_by_role("link", name="Automation", exact=True).click()
    run = rep.locator(".autoruns > li")
    expect(run).to_have_count(1)
    expect(run).to_contain_text("Industry is Construction")

    rep.goto("/customers")
    rep.get_by_role("link", name="Larvik Cement ole").first.click()
    rep.get_by_role("link", name="Automation", exact=True).click()
    rep.get_by_role("button", name="Explain").click()
    expect(rep.locator("#why-answer")).to_contain_text("It has not run on this record")
    expect(rep.locator("#why-answer .fails").filter(has_text="Food").last).to_be_visible()

    ada.get_by_role("switch", name="On: Builders first").click()
    expect(ada.get_by_role("switch", name="On: Builders first")).not_to_be_checked()


def test_rules_on_a_phone(desk: Desk) -> None:
    page = desk("ada", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto("/settings/automation?for=tasks")
    page.get_by_role("button", name="New rule: Tasks, created", exact=True).tap()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Name").fill("Urgent")
    panel.get_by_role("button", name="Condition").tap()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert panel.evaluate("(panel) => [...panel.querySelectorAll('*')].every((e) => e.scrollWidth <= innerWidth)")
    panel.get_by_role("button", name="Save").tap()
    expect(panel.locator(".fbrow").get_by_role("alert")).to_have_text("Give a value, or take this condition off.")
    panel.locator(".fbrow").get_by_role("button", name="Remove").tap()
    panel.get_by_role("button", name="Save").tap()
    expect(toast(page)).to_contain_text("Urgent is saved. It is off.")
    expect(page.get_by_role("switch", name="On: Urgent")).not_to_be_checked()
