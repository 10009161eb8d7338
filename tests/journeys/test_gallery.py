"""The ten everyday rules, each from an empty console: gallery, rehearsal, switched on, what Ann does, what the page
says of it, and the explanation on the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.automating import (
    empty_console,
    enter,
    explained,
    from_the_gallery,
    put_rules_away,
    rehearse_and_switch_on,
)
from tests.journeys.conftest import Watch, ask, opened, toast

pytestmark = pytest.mark.browser
TAGS = 'dd[data-name="tags"]'


@dataclass(frozen=True)
class Case:
    """One rule of the gallery: what Ada fills in, what Ann does, what her page says, and why."""

    name: str
    act: Callable[[Page], None]
    says: str
    because: str
    given: dict[str, str] = field(default_factory=dict)
    reader: str = "ann"
    """Who reads the explanation: whoever has the record afterwards."""
    record: str = ""
    """The list and the name by which it is found, unless it is the page on which Ann is."""
    ready: Callable[[Locator], None] = lambda _dialog: None
    """What else Ada does in the dialog."""
    then: Callable[[Page], None] = lambda _page: None
    """What else is read in the end."""


def customer(page: Page, name: str, **values: str) -> None:
    """Ann enters a customer."""
    enter(page, "customers", name=name, **values)
    page.wait_for_url("**/customers/*")


def sale(page: Page, name: str, **values: str) -> None:
    """Ann enters an opportunity."""
    enter(page, "opportunities", name=name, **values)
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def won(page: Page, name: str, **values: str) -> None:
    """Ann enters an opportunity and wins it."""
    sale(page, name, **values)
    page.locator("[data-verb=win]").first.click()
    expect(toast(page)).to_be_visible()


def lost(page: Page) -> None:
    """Ann loses a sale."""
    sale(page, "Filter press", customer="Halden Paper ann")
    page.locator("[data-verb=lose]").first.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("select[name=lost_reason]").select_option("price")
    dialog.locator("button.pri").click()
    expect(toast(page)).to_be_visible()


def the_customer_is_tagged(page: Page) -> None:
    """On the customer's own page."""
    page.goto("/customers")
    page.get_by_role("link", name="Halden Paper ann").first.click()
    expect(page.locator(TAGS)).to_have_text("Lost")


def insert_the_name(dialog: Locator) -> None:
    """A text with a field in it, by keyboard alone."""
    keyboard = dialog.page.keyboard
    dialog.locator("[name=subject]").focus()
    keyboard.press("Control+A")
    keyboard.type("Hand over ")
    keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Insert field: Task")).to_be_focused()
    keyboard.press("Enter")
    keyboard.type("name")
    expect(dialog.locator("[role=option][aria-selected=true] .cut")).to_have_text("Opportunity")
    keyboard.press("Enter")
    expect(dialog.locator("[name=subject]")).to_have_value("Hand over {{name}}")
    expect(dialog.locator("[name=subject]")).to_be_focused()


def refused(page: Page) -> None:
    """Ann records a call that was refused."""
    page.goto("/customers")
    page.get_by_role("link", name="Vestby Sawmill ann").first.click()
    page.get_by_label("What was said").fill("Not this year.")
    page.locator("#composer").get_by_text("Refused").click()
    page.keyboard.press("Control+Enter")
    expect(toast(page)).to_be_visible()


CASES = {
    "region_industry": Case(
        "Region and industry go to a rep",
        lambda page: customer(page, "Lotus Pumps", region="Hamburg", industry="IT"),
        "Owner: Ann Berg → Lea Novak", "Industry is IT", {"region": "Hamburg", "industry": "IT", "rep": "Lea Novak"},
        "lea", "customers/Lotus Pumps",
    ),
    "capital_staff_source": Case(
        "Large customers from one source get a grade",
        lambda page: customer(page, "Norsk Hydro", registered_capital="60000000", staff="900", source="Social media"),
        "Grade: — → A", "Staff is more than 100",
    ),
    "province_in_turn": Case(
        "A province is shared out in turn",
        lambda page: customer(page, "Reed Water", region="Hamburg"),
        "Owner: Ann Berg → Lea Novak", "Region is within", {"region": "Hamburg", "people": "Lea Novak"},
        "lea", "customers/Reed Water",
    ),
    "new_class": Case(
        "A new class A customer is reported",
        lambda page: customer(page, "Statkraft", grade="A"),
        "Told Ben Okafor", "Grade has changed to A",
    ),
    "result_tag": Case(
        "The result of a follow-up tags the customer", refused,
        "Tags", "Result has changed to Refused", {"result": "Refused", "tag": "not now"},
        "ann", "follow_ups/Vestby Sawmill ann",
    ),
    "big": Case(
        "A big opportunity is reported",
        lambda page: sale(page, "Pumping station", amount="2000000"),
        "Told Ben Okafor", "Amount is at least",
    ),
    "hand_over": Case(
        "Won: a task to hand over",
        lambda page: won(page, "Booster set"),
        "Made “Hand over Booster set” in Tasks", "",
        ready=insert_the_name,
    ),
    "ended_marks": Case(
        "Won or lost marks the customer", lost, "Tags: — → Lost", "Stage has changed", then=the_customer_is_tagged,
    ),
    "stage_told": Case(
        "People are told of a new stage",
        lambda page: won(page, "Dosing skid"),
        "Told Ben Okafor", "Stage has changed",
    ),
    "won_total_grade": Case(
        "What a customer bought decides the grade",
        lambda page: won(page, "Cooling line", customer="Østfold Dairy ann", amount="700000"),
        "Grade: C → A", "A condition that is not open to you",
    ),
}  # fmt: skip


@dataclass
class Office:
    """Who sits here, each at a browser that stays open: the ten cases are one day's work."""

    browser: Browser
    watch: Watch
    pages: dict[str, Page] = field(default_factory=dict)

    def seat(self, who: str) -> Page:
        """Somebody's browser, signed in."""
        if who not in self.pages:
            self.pages[who] = opened(self.browser, self.watch, who)
        return self.pages[who]


@pytest.fixture(scope="module")
def office(town: str, browser: Browser) -> Iterator[Office]:
    """The place where the cases are gone through."""
    found = Office(browser, Watch(town))
    yield found
    for page in found.pages.values():
        page.context.close()


@pytest.fixture
def seat(office: Office) -> Iterator[Callable[[str], Page]]:
    """`seat("ann")` is Ann's browser; no case ends with anything to complain of."""
    yield office.seat
    assert office.watch.faults == []


@pytest.mark.parametrize("key", CASES)
def test_from_the_gallery_to_the_explanation(seat: Callable[[str], Page], key: str) -> None:
    case, ada, ann = CASES[key], seat("ada"), seat("ann")
    empty_console(ada)
    from_the_gallery(ada, case.name, case.given, case.ready)
    rehearse_and_switch_on(ada, case.name)
    case.act(ann)
    expect(toast(ann)).to_contain_text(f"Rule “{case.name}”")
    expect(toast(ann)).to_contain_text(case.says)
    reader = seat(case.reader)
    made = ""
    if case.record:
        page, _slash, name = case.record.partition("/")
        reader.goto(f"/{page}")
        link = reader.locator("tbody tr").filter(has_text=name).first.locator("a").first
        made = link.get_attribute("href") or ""
        link.click()
    run = explained(reader, case.name)
    expect(run).to_contain_text(case.says)
    expect(run).to_contain_text(case.because)
    case.then(reader)
    put_rules_away(ada)
    if case.record.startswith("customers/"):
        # The lists of other journeys know the town as it was.
        ask(ada, "DELETE", made.removeprefix("/"))
