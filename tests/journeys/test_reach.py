"""Everybody can use it: axe finds no serious fault on any screen, nothing runs over, a thumb meets its aim."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import FilePayload, Page

from tests.journeys.conftest import Desk, Watch, ask
from tests.journeys.test_inventing import add_field
from tests.machine import ROOT
from tools.stage import settled

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [pytest.mark.browser, pytest.mark.slow]

RUN = """
async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .map((each) => each.id + ": " + each.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | "))
"""
FULL = (
    "contact_state,grade,maturity,region,industry,source,owner,staff,registered_capital,tags,phones,email,last_contact"
)
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


def columns(page: Page) -> None:
    file: FilePayload = {
        "name": "few.csv",
        "mimeType": "text/csv",
        "buffer": b"name,phone\nSkien,1\nLarvik,+4722110099\n",
    }
    page.locator("input[name=file]").set_input_files(file)
    page.locator(".fbar button.pri").click()
    page.locator("table.maps").wait_for()


def check(page: Page) -> None:
    columns(page)
    page.locator(".fbar button.pri").click()
    page.locator("table.preview").wait_for()


def palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#palette [role=option]").first.wait_for()


def keys(page: Page) -> None:
    page.keyboard.press("?")
    page.locator("#keys").wait_for()


def ticked(page: Page) -> None:
    page.locator("[data-pick]").first.check()


def cell(page: Page) -> None:
    page.locator("td[data-edit]").first.click()
    page.locator("td.editing").wait_for()


def call(page: Page) -> None:
    page.locator("[data-row] .act button").first.dispatch_event("click")
    page.locator("#dialog textarea").wait_for()


def organisation(page: Page) -> None:
    record(page)
    page.goto(f"{page.url}/pages/organisation")


def roles(page: Page) -> None:
    page.get_by_role("link", name="Sales rep").click()
    page.locator("table.matrix").wait_for()


def rule(page: Page) -> None:
    page.get_by_role("button", name="New rule").first.click()
    page.locator("#dialog form").wait_for()


Screens = dict[str, tuple[str, str, Callable[[Page], None]]]
SCREENS: Screens = {
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
    "palette": ("ann", "/day", palette),
    "keys": ("ann", "/day", keys),
    "call from my day": ("ann", "/day", call),
    "ticked rows": ("ann", "/customers", ticked),
    "a cell in work": ("ann", "/customers", cell),
    "nothing found": ("ann", "/customers?q=nothing-like-this", nothing),
    "full": ("ada", f"/customers?columns={FULL}", nothing),
    "contacts": ("ann", "/contacts", nothing),
    "organisation": ("ann", "/customers", organisation),
    "import": ("ann", "/customers/import", nothing),
    "import columns": ("ann", "/customers/import", columns),
    "search": ("ann", "/search?q=Kestrel", nothing),
    "bin": ("ann", "/bin", nothing),
    "not there": ("ann", "/customers/999999999", nothing),
    "not open": ("ann", "/settings/roles", nothing),
    "profile": ("ann", "/me", nothing),
    "devices": ("ann", "/me/devices", nothing),
    "people": ("ada", "/settings/people", nothing),
    "departments": ("ada", "/settings/departments", nothing),
    "options": ("ada", "/settings/options/industry", nothing),
    "grades": ("ada", "/settings/grades", nothing),
    "running": ("ada", "/settings/system", nothing),
}
TELLING: Screens = {
    "board": ("ann", "/opportunities/board", nothing),
    "tasks": ("ann", "/tasks", nothing),
    "reminders": ("ann", "/reminders", nothing),
    "bell": ("ann", "/notices", nothing),
    "coming up": ("ann", "/preview", nothing),
    "how I hear": ("ann", "/me/notices", nothing),
    "away": ("ann", "/me/away", nothing),
    "my calendar": ("ann", "/me/calendar", nothing),
    "my subscriptions": ("ann", "/me/subscriptions", nothing),
    "a day's frame": ("ann", "/me/day", nothing),
    "notes": ("ann", "/notepad", nothing),
    "memos": ("ann", "/memos", nothing),
    "coming up for all": ("ada", "/preview", nothing),
    "channels": ("ada", "/settings/channels", nothing),
    "a channel": ("ada", "/settings/channels/email", nothing),
    "what was told": ("ada", "/settings/deliveries", nothing),
    "plans": ("ada", "/settings/plans", nothing),
    "working hours": ("ada", "/settings/workdays", nothing),
    "rules": ("ada", "/settings/automation", nothing),
    "gallery": ("ada", "/settings/automation/gallery", nothing),
    "a new rule": ("ada", "/settings/automation", rule),
    "what waits": ("ada", "/settings/automation/waiting", nothing),
    "webhooks": ("ada", "/settings/webhooks", nothing),
    "objects": ("ada", "/settings/objects", nothing),
    "fields": ("ada", "/settings/fields/customers", nothing),
}
ALL: dict[str, Screens] = {"records": SCREENS, "telling": TELLING}
PAINTED = "() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))"
"""Colours are those of the theme before until the page is painted again."""
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


def shown(desk: Desk, screens: Screens, **how: Any) -> Iterator[tuple[str, Page]]:
    """Each screen, one after the other."""
    pages: dict[str, Page] = {}
    for name, (who, address, do) in screens.items():
        if who not in pages:
            pages[who] = desk(who, **how)
        pages[who].goto(address)
        do(pages[who])
        settled(pages[who])
        yield name, pages[who]


@pytest.fixture
def filled(desk: Desk) -> None:
    """Something on the screens that would be empty: they show other faults with it than without."""
    ann, ada = desk("ann"), desk("ada")
    if ask(ada, "GET", "webhooks")["items"]:
        return
    ask(ada, "POST", "webhooks", {"name": "ERP", "url": "https://erp.example/in"})
    ask(ann, "POST", "opportunities", {"name": "Booster for the quay", "amount": "12000"})
    ask(ann, "POST", "reminders", {"text": "Order the seals", "due_at": "2020-01-01T09:00:00Z", "nag_minutes": 30})
    ask(ann, "POST", "reminders", {"text": "Fair", "rule": "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9", "timezone": "Europe/Oslo"})
    ask(ann, "POST", "memos", {"subject": "Spare parts lie in the old hall"})
    ask(ann, "POST", "tasks", {"subject": "Measure the flow"})
    ada.goto("/settings/objects")
    ada.get_by_role("button", name="Object", exact=True).click()
    panel = ada.get_by_role("dialog")
    panel.locator("#object_name").fill("Boat")
    panel.locator("#object_plural").fill("Boats")
    panel.locator("#object_title_label").fill("Call sign")
    panel.get_by_role("button", name="Save").click()
    ada.wait_for_url("**/settings/fields/x_boats")
    ada.goto("/settings/fields/customers")
    add_field(ada, "Jetty", "text")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("screens", ALL)
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_serious_and_a_thumb_meets_its_aim(desk: Desk, watch: Watch, size: str, screens: str) -> None:
    found: dict[str, list[str]] = {}
    # The content policy refuses what a test brings along; only here is it set aside.
    for name, page in shown(desk, ALL[screens], bypass_csp=True, **SIZES[size]):
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        faults = [f"{width} pixels wider than the screen"] if width > 0 else []
        if size == "phone":
            faults += page.evaluate(THUMB)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.evaluate(PAINTED)
            faults += [f"{theme}: {fault}" for fault in page.evaluate(RUN)]
        if faults:
            found[name] = faults
    # Two of the pages are refusals, of which the browser tells too.
    watch.faults[:] = [fault for fault in watch.faults if not re.search("status of 40[34] ", fault)]
    assert found == {}, json.dumps(found, indent=1, ensure_ascii=False)


def test_a_task_about_somebody_on_my_day_is_met_by_a_thumb(desk: Desk) -> None:
    page = desk("ann", **SIZES["phone"])
    customer = ask(page, "GET", "customers?limit=1")["items"][0]["id"]
    about = {"entity": "customers", "id": customer}
    given = {"subject": "Send the drawing of the pump house", "about": about, "due": "2020-01-01T09:00:00Z"}
    task = ask(page, "POST", "tasks", given)["id"]
    try:
        page.goto("/day")
        page.locator(f"#task-{task}").scroll_into_view_if_needed()
        assert page.evaluate(THUMB) == []
    finally:
        ask(page, "DELETE", f"tasks/{task}")


def test_axe_itself_is_the_one_of_the_lock_file() -> None:
    assert re.search(r"axe v[\d.]+", AXE.read_text(encoding="utf-8")[:200])
