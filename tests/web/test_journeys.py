"""Journeys in Chromium: a rep's day, a list by keyboard, nothing typed lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bosun.kernel import ports, records
from bosun.lib import clock
from bosun.platform.accounts import services
from bosun.platform.accounts.models import User
from bosun.platform.workday import days
from tests.kernel.world import World, build
from tests.web.conftest import every_fortnight

pytestmark = pytest.mark.browser
PASSWORD = "correct horse 9"


@pytest.fixture
def company(transactional_db: None) -> World:
    """Ann with a password, a late customer and a calm one."""
    world = build()
    services.set_password(User.objects.get(person_id=world.people["ann"]), PASSWORD)
    days.keep_wish(world.people["ann"], days.Wish(0, False))  # whatever time it is, no sheet asks how the day went
    every_fortnight(world)
    for name, since in (("Halden Paper Mill", 20), ("Castellan Foods", 2), ("Kestrel Marine", 3)):
        made = world.customer("ann", name=name, grade="A")
        records.create("contacts", {"name": f"Eva of {name}", "customer": made.pk}, world.act("ann"))
        at = (clock.now() - timedelta(days=since)).isoformat()
        raw = {"about": {"entity": "customers", "id": made.pk}, "type": "call", "at": at}
        records.create("follow_ups", raw, world.act("ann"))
    return world


@pytest.fixture
def ann(company: World, page: Page, live_server: Any) -> Iterator[Page]:
    """Ann at her browser, signed in; scripts must not fail, and nothing may leave the machine."""
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: trouble.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("dialog", lambda dialog: trouble.append(dialog.message) if dialog.type == "alert" else dialog.accept())
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((live_server.url, "data:", "blob:")) else trouble.append(asked.url),
    )
    page.goto(live_server.url)
    page.get_by_label("E-mail or user name").fill("ann")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/day$"))
    # The address is there before the page hears any key.
    page.wait_for_load_state("load")
    yield page
    assert trouble == []


def row(page: Page, name: str) -> Any:
    return page.locator("tr[data-row]", has_text=name)


def test_a_reps_day(ann: Page, company: World) -> None:
    expect(ann.locator("#due")).to_contain_text("Overdue 6 d")
    expect(ann.get_by_text("1 customer is waiting too long.")).to_be_visible()
    ann.get_by_role("link", name="Halden Paper Mill").click()
    expect(ann.locator(".rhead")).to_contain_text("Overdue 6 d")
    ann.locator(".rhead [data-verb=call]").click()
    ann.get_by_label("What was said").fill("She agrees to week 9")
    ann.locator("#composer").get_by_text("Positive").click()
    ann.locator("[data-next-on]").click()
    ann.get_by_label("Next step", exact=True).fill("Send the torque table")
    expect(ann.locator("[data-composer] [name=next_date]")).not_to_have_value("")
    tomorrow = (clock.today(ports.company().zone) + timedelta(days=1)).isoformat()
    ann.get_by_label("Date of the next step").fill(tomorrow)
    ann.locator("#composer [data-save-label]").click()
    expect(ann.locator(".rhead")).to_contain_text("In 14 days")
    expect(ann.locator("#timeline")).to_contain_text("She agrees to week 9")
    expect(ann.locator("#toasts")).to_contain_text("Call recorded.")
    ann.goto(ann.url.split("/customers")[0] + "/day")
    expect(ann.locator("#promised")).to_contain_text("Send the torque table")
    expect(ann.locator("#due")).not_to_contain_text("Halden")


def test_two_clicks_log_a_call(ann: Page, company: World) -> None:
    ann.locator("#due li", has_text="Halden").hover()
    ann.locator("#due li", has_text="Halden").get_by_role("button", name="Record call").click()
    ann.locator("#dialog [data-save-label]").click()
    expect(ann.locator("#due")).to_contain_text("Nobody is waiting for you")


def test_a_list_without_the_mouse(ann: Page, company: World) -> None:
    ann.keyboard.press("g")
    ann.keyboard.press("c")
    expect(ann).to_have_url(re.compile("/customers$"))
    # The address is there before the page hears any key.
    ann.wait_for_load_state("load")
    ann.keyboard.press("j")
    ann.keyboard.press("j")
    expect(row(ann, "Halden")).to_have_class(re.compile("cur"))
    ann.keyboard.press("Space")
    expect(ann.locator("#panel")).to_contain_text("Halden Paper Mill")
    ann.keyboard.press("j")
    expect(ann.locator("#panel")).to_contain_text("Kestrel Marine")
    ann.keyboard.press("Escape")
    ann.keyboard.press("x")
    ann.keyboard.press("k")
    ann.keyboard.press("x")
    expect(ann.locator("[data-selected-count]")).to_have_text("2 selected")
    ann.keyboard.press("Escape")
    expect(ann.locator("#bulk")).to_be_hidden()


def test_cells_are_edited_in_place(ann: Page, company: World) -> None:
    ann.goto(ann.url.replace("/day", "/customers?columns=industry,grade"))
    row(ann, "Halden").locator('[data-name="grade"]').click()
    field = row(ann, "Halden").locator("select")
    field.select_option("B")
    expect(row(ann, "Halden").locator('[data-name="grade"]')).to_have_text("B")
    row(ann, "Halden").locator('[data-name="grade"]').click()
    expect(row(ann, "Halden").locator("select")).to_be_focused()
    ann.keyboard.press("Escape")
    expect(row(ann, "Halden").locator("select")).to_have_count(0)
    grades = {each.name: each.grade for each in records.query("customers", company.actor("ann")).page().items}
    assert grades["Halden Paper Mill"] == "B"


def test_many_are_changed_and_put_back(ann: Page, company: World) -> None:
    ann.goto(ann.url.replace("/day", "/customers?columns=grade"))
    ann.locator("[data-select-all]").check()
    ann.locator("#bulk").get_by_text("Set a field").click()
    ann.locator("#dialog").get_by_role("button", name="Grade", exact=True).click()
    ann.locator("#dialog select").select_option("C")
    ann.locator("#dialog").get_by_role("button", name="Set", exact=True).click()
    expect(row(ann, "Halden").locator('[data-name="grade"]')).to_have_text("C")
    ann.locator("#toasts [data-undo]").click()
    expect(row(ann, "Halden").locator('[data-name="grade"]')).to_have_text("A")


def test_a_filter_is_built_and_read_back(ann: Page, company: World) -> None:
    ann.goto(ann.url.replace("/day", "/customers"))
    ann.keyboard.press("f")
    dialog = ann.locator("#dialog")
    dialog.get_by_label("Field").select_option("name")
    dialog.get_by_label("Comparison").last.select_option("contains")
    dialog.get_by_label("Value").fill("mill")
    dialog.get_by_role("button", name="Show", exact=True).click()
    expect(ann.locator("tr[data-row]")).to_have_count(1)
    expect(ann.locator(".chips")).to_contain_text("Customer contains mill")
    ann.locator(".chips .off").click()
    expect(ann.locator("tr[data-row]")).to_have_count(3)


def test_nothing_typed_is_lost_when_the_session_ends(ann: Page, company: World, context: BrowserContext) -> None:
    ann.goto(ann.url.replace("/day", "/customers/new"))
    ann.get_by_label("Customer required").fill("Brightwell Ceramics")
    ann.get_by_label("Address").fill("Quay 4")
    ann.wait_for_timeout(400)
    context.clear_cookies(name="bosun")
    ann.get_by_role("button", name="Save", exact=True).click()
    ann.get_by_label("E-mail or user name").fill("ann")
    ann.get_by_label("Password", exact=True).fill(PASSWORD)
    ann.get_by_role("button", name="Sign in", exact=True).click()
    expect(ann).to_have_url(re.compile("/customers/new"))
    expect(ann.get_by_label("Customer required")).to_have_value("Brightwell Ceramics")
    expect(ann.get_by_label("Address")).to_have_value("Quay 4")
    ann.keyboard.press("Control+Enter")
    expect(ann.locator(".rhead")).to_contain_text("Brightwell Ceramics")


def test_a_script_in_a_name_stays_a_name(ann: Page, company: World) -> None:
    bad = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    made = company.customer("ann", name=bad, grade="A", tags=[bad])
    for place in ("/customers", f"/customers/{made.pk}", f"/customers/{made.pk}/edit", "/day"):
        ann.goto(ann.url.split("/customers")[0].split("/day")[0] + place)
    ann.goto(ann.url.replace("/day", "/customers"))
    ann.keyboard.press("Control+k")
    ann.keyboard.type("img")
    expect(ann.locator("#palette-found")).to_contain_text("onerror=alert(1)")
    ann.keyboard.press("Escape")


def test_a_phone_is_enough(ann: Page, company: World) -> None:
    ann.set_viewport_size({"width": 390, "height": 844})
    ann.goto(ann.url.replace("/day", "/customers"))
    assert ann.evaluate("document.documentElement.scrollWidth") <= 390
    ann.get_by_role("link", name="Halden Paper Mill").click()
    expect(ann.locator(".rhead h1")).to_have_text("Halden Paper Mill")
    assert ann.evaluate("document.documentElement.scrollWidth") <= 390
    ann.get_by_role("tab", name="Facts").click()
    expect(ann.locator(".rbody > .l")).to_be_visible()
    ann.locator(".rhead [data-verb=call]").click()
    ann.locator("#composer [data-save-label]").click()
    expect(ann.locator(".rhead")).to_contain_text("In 14 days")
