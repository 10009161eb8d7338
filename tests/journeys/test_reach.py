"""Everybody can use it: axe finds no serious fault on the ten screens, nothing runs over, a thumb meets its aim."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import FilePayload, Page

from tests.journeys.conftest import Desk
from tests.machine import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [pytest.mark.browser, pytest.mark.slow]

RUN = """
async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .map((each) => each.id + ": " + each.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | "))
"""
THUMB = (Path(__file__).parent / "thumb.js").read_text(encoding="utf-8").split("\n", 2)[2]


def nothing(_page: Page) -> None:
    """The page as it comes."""


def filters(page: Page) -> None:
    page.locator("[data-key=filter]").click()
    page.locator("filter-builder .fbrow").first.wait_for()


def panel(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("Space")
    page.locator("#panel h2").first.wait_for()


def record(page: Page) -> None:
    page.goto(page.locator("tbody [data-open]").first.get_attribute("href") or "")


def history(page: Page) -> None:
    page.goto(f"{page.locator('tbody [data-open]').first.get_attribute('href')}/history")


def wrong(page: Page) -> None:
    page.get_by_label("Staff").fill("about forty")
    page.keyboard.press("Control+Enter")
    page.locator(".fsum").wait_for()


def check(page: Page) -> None:
    file: FilePayload = {
        "name": "few.csv",
        "mimeType": "text/csv",
        "buffer": b"name,phone\nSkien,1\nLarvik,+4722110099\n",
    }
    page.locator("input[name=file]").set_input_files(file)
    page.locator(".fbar button.pri").click()
    page.locator("table.maps").wait_for()
    page.locator(".fbar button.pri").click()
    page.locator("table.preview").wait_for()


def roles(page: Page) -> None:
    page.get_by_role("link", name="Sales rep").click()
    page.locator("table.matrix").wait_for()


SCREENS: dict[str, tuple[str, str, Callable[[Page], None]]] = {
    "my day": ("ann", "/day", nothing),
    "list": ("ann", "/customers", nothing),
    "filters": ("ann", "/customers", filters),
    "side panel": ("ann", "/customers", panel),
    "record": ("ann", "/customers", record),
    "form with an error": ("ann", "/customers/new", wrong),
    "import check": ("ann", "/customers/import", check),
    "roles": ("ada", "/settings/roles", roles),
    "sign-in": ("", "/account/login/", nothing),
    "history": ("ann", "/customers", history),
}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


def screens(desk: Desk, **how: Any) -> Iterator[tuple[str, Page]]:
    """Each screen, one after the other."""
    pages: dict[str, Page] = {}
    for name, (who, address, do) in SCREENS.items():
        if who not in pages:
            pages[who] = desk(who, **how)
        pages[who].goto(address)
        do(pages[who])
        pages[who].wait_for_load_state("networkidle")
        yield name, pages[who]


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_serious_and_a_thumb_meets_its_aim(desk: Desk, size: str) -> None:
    found: dict[str, list[str]] = {}
    # The content policy refuses what a test brings along; only here is it set aside.
    for name, page in screens(desk, bypass_csp=True, **SIZES[size]):
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        faults = [f"{width} pixels wider than the screen"] if width > 0 else []
        if size == "phone":
            faults += page.evaluate(THUMB)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            faults += [f"{theme}: {fault}" for fault in page.evaluate(RUN)]
        if faults:
            found[name] = faults
    assert found == {}, json.dumps(found, indent=1, ensure_ascii=False)


def test_axe_itself_is_the_one_of_the_lock_file() -> None:
    assert re.search(r"axe v[\d.]+", AXE.read_text(encoding="utf-8")[:200])
