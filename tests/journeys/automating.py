"""What people do with rules in a browser: the administrator at the console, a rep at her records."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import ask, toast

CONSOLE = "/settings/automation"


def empty_console(page: Page) -> None:
    """The console with no rule in it; what other journeys left goes to the bin."""
    put_rules_away(page)
    page.goto(CONSOLE)
    expect(page.get_by_role("heading", name="No rules yet")).to_be_visible()


def put_rules_away(page: Page) -> None:
    """Every rule goes to the bin."""
    for rule in ask(page, "GET", "rules?limit=200")["items"]:
        ask(page, "DELETE", f"rules/{rule['id']}")


def give(place: Page | Locator, name: str, value: str) -> None:
    """A value into the input of that name, whatever its kind."""
    page = place if isinstance(place, Page) else place.page
    several = place.locator(f"tags-input[data-name='{name}'] input[type=text]")
    held = place.locator(f"[name='{name}']").first
    if several.count():
        several.fill(value)
        page.get_by_role("option", name=value).first.click()
    elif held.get_attribute("type") == "hidden":
        place.locator(f"ref-picker:has([name='{name}']) [role=combobox]").fill(value)
        page.get_by_role("option", name=re.compile(value)).first.click()
    elif held.evaluate("(input) => input.tagName") == "SELECT":
        held.select_option(label=value)
    else:
        held.fill(value)


def from_the_gallery(
    page: Page, name: str, given: Mapping[str, str], ready: Callable[[Locator], None] = lambda _dialog: None
) -> None:
    """From the empty console to a rule that is made, and off."""
    page.get_by_role("link", name="Ready-made rules").first.click()
    page.get_by_role("button", name=f"Use: {name}").click()
    dialog = page.get_by_role("dialog")
    for part, value in given.items():
        give(dialog, part, value)
    ready(dialog)
    dialog.get_by_role("button", name="Make the rule").click()
    expect(page.get_by_role("switch", name=f"On: {name}")).not_to_be_checked()


def rehearse_and_switch_on(page: Page, name: str) -> None:
    """In the rule's panel: what it would have done, and on."""
    page.get_by_role("button", name=name, exact=True).click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("button", name="Rehearse").click()
    expect(panel.locator("#rule-rehearsal")).to_contain_text("in 90 days")
    panel.get_by_role("button", name="Switch on").click()
    expect(toast(page)).to_contain_text(f"{name} is saved and on.")
    expect(page.get_by_role("switch", name=f"On: {name}")).to_be_checked()


def enter(page: Page, entity: str, **values: str) -> None:
    """A record through its form."""
    page.goto(f"/{entity}/new")
    for name, value in values.items():
        give(page, name, value)
    page.keyboard.press("Control+Enter")


def explained(page: Page, name: str) -> Locator:
    """The latest run of a rule, on the page of a record."""
    page.get_by_role("link", name="Automation", exact=True).click()
    run = page.locator(".autoruns > li").filter(has_text=name).first
    expect(run).to_be_visible()
    return run


def clauses(place: Locator) -> list[tuple[str, str, bool]]:
    """The comparisons of an explanation in order: what each says, what it saw, whether it held."""
    found = place.locator(".clause").all()
    return [
        (each.locator("span:not(.vh)").first.inner_text(), each.locator(".saw").inner_text(), "holds" in classes)
        for each in found
        for classes in [(each.get_attribute("class") or "").split()]
    ]
