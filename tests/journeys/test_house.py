"""An administrator sets the house up; people choose their language and their light."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Desk, sign_in, toast

pytestmark = pytest.mark.browser


def test_an_option_is_added_and_offered(desk: Desk) -> None:
    page = desk("ada")
    page.goto("/settings/options/industry")
    row = page.locator(".optset [data-repeat-row]").last
    row.get_by_label("English").fill("Shipbuilding")
    row.get_by_label("中文").fill("造船")
    page.get_by_role("button", name="Save").click()
    expect(toast(page)).to_contain_text("Saved")
    page.goto("/customers/new")
    page.get_by_label("Industry").select_option(label="Shipbuilding")


def test_a_new_person_with_a_role_signs_in(desk: Desk) -> None:
    page = desk("ada")
    page.goto("/settings/people/new")
    page.get_by_label("Name", exact=False).first.fill("Nora Dahl")
    page.get_by_label("Username").fill("nora")
    page.get_by_label("Read only").check()
    page.get_by_role("button", name="Save", exact=True).click()
    secret = page.locator("#secret code")
    password = secret.inner_text()
    assert len(password) >= 12

    hers = desk()
    sign_in(hers, "nora", password)
    expect(hers.get_by_role("link", name="Customers").first).to_be_visible()
    hers.goto("/customers")
    expect(hers.locator("#create-menu").get_by_text("Customer", exact=True)).to_have_count(0)
    assert hers.request.get("/customers/new").status == 403
    assert hers.request.get("/settings/people").status == 403
    assert hers.request.get("/settings/roles").status == 403


def test_a_wrong_password_is_said_in_words(desk: Desk) -> None:
    page = desk()
    page.goto("/account/login/")
    page.get_by_label("E-mail or user name").fill("ada")
    page.get_by_label("Password", exact=True).fill("not this one")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("E-mail or user name")).to_have_value("ada")


@pytest.mark.parametrize(("label", "code", "word"), [("中文", "zh-hans", "客户"), ("Español", "es", "Clientes")])
def test_the_language_is_changed_and_stays(desk: Desk, label: str, code: str, word: str) -> None:
    page = desk("lin")
    page.goto("/customers")
    page.locator(".top .me").click()
    page.get_by_role("button", name=label).click()
    expect(page.locator("html")).to_have_attribute("lang", code)
    expect(page.locator(".side .nav").first).to_contain_text(word)
    page.goto("/day")
    expect(page.locator("html")).to_have_attribute("lang", code)
    page.locator(".top .me").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_dark_theme_is_chosen_and_stays(desk: Desk) -> None:
    page = desk("lin")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator(".top .me").click()
    with page.expect_response("**/preferences"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Escape")
    page.goto("/customers")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate(ground)
    assert dark != light
    assert sum(map(int, re.findall(r"\d+", dark)[:3])) < 120
    page.locator(".top .me").click()
    with page.expect_response("**/preferences"):
        page.get_by_role("button", name="System").click()


def test_a_page_behind_the_door_asks_to_sign_in_and_comes_back(desk: Desk) -> None:
    page = desk()
    page.goto("/customers?q=Kestrel")
    expect(page).to_have_url(re.compile(r"/account/login/\?next="))
    page.get_by_label("E-mail or user name").fill("lin")
    page.get_by_label("Password", exact=True).fill("a calm sea 47")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(r"/customers\?q=Kestrel$"))
    expect(page.locator("tbody")).to_contain_text("Kestrel Marine lin")
