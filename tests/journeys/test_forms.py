"""Forms: nothing that was typed is lost, and two people who write the same field both see it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def open_form(page: Page, name: str) -> None:
    """The form of a customer, by way of the list."""
    page.goto(f"/customers?q={name.split()[0]}")
    page.get_by_role("link", name=name).click()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    page.keyboard.press("e")
    page.wait_for_url("**/edit")


def test_an_error_keeps_everything_that_was_typed(desk: Desk) -> None:
    page = desk("finn")
    page.goto("/customers/new")
    page.get_by_label("Customer required").fill("Rjukan Tank Farm")
    page.get_by_label("Grade").select_option("B")
    page.get_by_label("Staff").fill("about forty")
    page.get_by_label("Address").fill("Havnegata 4")
    page.keyboard.press("Control+Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("One field needs another look")
    expect(page.get_by_label("Staff")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Staff")).to_have_value("about forty")
    expect(page.get_by_label("Customer required")).to_have_value("Rjukan Tank Farm")
    expect(page.get_by_label("Grade")).to_have_value("B")
    expect(page.get_by_label("Address")).to_have_value("Havnegata 4")
    page.get_by_label("Staff").fill("40")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Rjukan Tank Farm")


def test_what_was_typed_comes_back_after_leaving(desk: Desk) -> None:
    page = desk("finn")
    page.goto("/customers/new")
    page.get_by_label("Customer required").fill("Glomma River Works")
    page.get_by_label("Address").fill("Storgata 1")
    expect(page.locator("#record-form[data-dirty]")).to_be_attached()
    # Longer than typing is gathered before it is kept.
    page.wait_for_timeout(400)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/day")
    page.goto("/customers/new")
    expect(page.get_by_text("What you typed here before has come back.")).to_be_visible()
    expect(page.get_by_label("Customer required")).to_have_value("Glomma River Works")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Customer required")).to_have_value("")


def test_what_was_saved_slowly_does_not_come_back(desk: Desk) -> None:
    page = desk("finn")

    def hold(route: Route) -> None:
        # Longer than typing is gathered before it is kept.
        page.wait_for_timeout(600)
        route.continue_()

    page.goto("/customers/new")
    page.get_by_label("Customer required").fill("Otra Paper Mill")
    page.get_by_label("Address").fill("Elvegata 3")
    page.route(lambda url: url.endswith("/customers/new"), hold)
    # A press on Save leaves the field: it changes at the very moment at which it is sent.
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    page.unroute_all()
    page.goto("/customers/new")
    expect(page.get_by_label("Customer required")).to_have_value("")
    expect(page.get_by_text("What you typed here before has come back.")).to_be_hidden()


def test_two_writers_of_one_field_see_both_values(desk: Desk) -> None:
    finn, ben = desk("finn"), desk("ben")
    open_form(finn, "Castellan Foods finn")
    open_form(ben, "Castellan Foods finn")
    ben.get_by_label("Address").fill("Dock 9")
    ben.get_by_label("Staff").fill("25")
    ben.keyboard.press("Control+Enter")
    ben.wait_for_url(re.compile(r"/customers/\d+$"))

    finn.get_by_label("Address").fill("Quay 12")
    finn.get_by_label("Web site").fill("castellan.example")
    finn.keyboard.press("Control+Enter")
    clash = finn.get_by_role("group", name="Ben Okafor changed this while you were writing")
    expect(clash.locator("fieldset")).to_have_count(1)
    expect(clash).to_contain_text("Dock 9")
    expect(clash).to_contain_text("Quay 12")
    expect(finn.get_by_label("Web site")).to_have_value(re.compile("castellan.example"))
    clash.get_by_text("What you wrote").click()
    finn.keyboard.press("Control+Enter")
    finn.wait_for_url(re.compile(r"/customers/\d+$"))
    facts = finn.locator(".rbody .l")
    expect(facts).to_contain_text("Quay 12")
    expect(facts).to_contain_text("25")
    expect(facts).to_contain_text("castellan.example")


def test_a_likely_duplicate_is_hinted_at(desk: Desk) -> None:
    page = desk("finn")
    page.goto("/customers/new")
    page.get_by_label("Customer required").fill("Kestrel Marine finn")
    expect(page.get_by_text("This may be here already")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/customers")
