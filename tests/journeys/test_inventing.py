"""An administrator invents vehicles with seven fields and a relation; a rep enters one on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
FIELDS = (
    ("Customer", "ref"), ("Seats", "number"), ("Price", "money"), ("Bought", "date"), ("Fuel", "choice"),
    ("Roadworthy", "boolean"), ("Note", "text"),
)  # fmt: skip


def add_field(page: Page, label: str, kind: str) -> None:
    """One field in the panel; its preview shows before it is saved."""
    page.get_by_role("button", name="Field", exact=True).click()
    panel = page.get_by_role("dialog")
    panel.locator("#field_label").fill(label)
    panel.locator("#field_kind").select_option(kind)
    if kind == "ref":
        panel.locator("#field_target").select_option("customers")
    if kind == "choice":
        panel.locator("#field_new_options").fill("Diesel\nElectric")
    expect(panel.locator(".preview code")).to_have_text(f"x_{label.lower()}")
    panel.get_by_role("button", name="Save").click()
    expect(page.locator(".fieldset-list").first).to_contain_text(label)


def invent(page: Page) -> None:
    """Vehicles, for sales reps."""
    page.goto("/settings/objects")
    page.get_by_role("button", name="Object", exact=True).click()
    panel = page.get_by_role("dialog")
    panel.locator("#object_name").fill("Vehicle")
    panel.locator("#object_plural").fill("Vehicles")
    panel.locator("#object_title_label").fill("Number plate")
    panel.get_by_label("truck").check(force=True)
    panel.get_by_label("Sales rep", exact=True).select_option("own")
    panel.get_by_role("button", name="Save").click()
    page.wait_for_url("**/settings/fields/x_vehicles")
    for label, kind in FIELDS:
        add_field(page, label, kind)
    expect(page.locator(".fieldset-list").first.locator("li")).to_have_count(len(FIELDS))


def fits(page: Page) -> bool:
    """True when nothing hangs over the edge of the phone."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_vehicles_are_invented_and_driven(desk: Desk) -> None:
    invent(desk("ada"))
    page = desk("nia", **PHONE)
    page.goto("/x_vehicles")
    assert fits(page)
    page.goto("/x_vehicles/new")
    expect(page.get_by_label("Number plate required")).to_be_visible()
    assert fits(page)
    page.get_by_label("Number plate required").fill("OK 1234")
    page.get_by_label("Seats").fill("5")
    page.get_by_label("Fuel").select_option("electric")
    page.get_by_label("Note").fill("Tow bar")
    page.get_by_role("combobox", name="Customer").fill("Halden")
    page.get_by_role("option", name=re.compile("Halden Paper nia")).click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile(r"/x_vehicles/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("OK 1234")
    assert fits(page)
    page.goto("/x_vehicles")
    expect(page.get_by_text("OK 1234")).to_be_visible()
    page.goto("/customers?q=Halden")
    page.get_by_role("link", name="Halden Paper nia").click()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    expect(page.locator("a.rl", has_text="OK 1234")).to_be_attached()


def test_a_file_is_chosen_in_a_form_and_changed_in_place(desk: Desk) -> None:
    page = desk("ada")
    page.goto("/settings/fields/customers")
    page.get_by_role("button", name="Field", exact=True).click()
    panel = page.get_by_role("dialog")
    panel.locator("#field_label").fill("Contract")
    panel.locator("#field_kind").select_option("file")
    panel.get_by_role("button", name="Save").click()
    expect(page.locator(".fieldset-list").first).to_contain_text("Contract")
    page = desk("nia")
    page.goto("/customers/new")
    page.locator("#id_name").fill("Quay Works")
    page.locator("#id_staff").fill("many")
    chosen: FilePayload = {"name": "first.pdf", "mimeType": "application/pdf", "buffer": b"first"}
    another: FilePayload = {"name": "second.pdf", "mimeType": "application/pdf", "buffer": b"second"}
    page.locator("#id_x_contract").set_input_files(chosen)
    field = page.locator('[data-field="x_contract"]')
    expect(field).to_contain_text("first.pdf")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator('[data-field="staff"] .err')).to_be_visible()
    expect(field.locator(".chip")).to_have_text("first.pdf")
    page.locator("#id_staff").fill("4")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    fact = page.locator('dd[data-name="x_contract"]')
    expect(fact.locator("a.chip")).to_have_text("first.pdf")
    fact.hover()
    fact.locator(".pen").click()
    fact.locator("input[type=file]").set_input_files(another)
    expect(fact.locator("a.chip")).to_have_text("second.pdf")
    with page.expect_download() as caught:
        fact.locator("a.chip").click()
    assert caught.value.suggested_filename == "second.pdf"
    assert caught.value.path().read_bytes() == b"second"
