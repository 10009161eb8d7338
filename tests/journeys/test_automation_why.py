"""Why a rule ran and why it did not, read on two customers' pages after Ole has graded both: six nested clauses over
relations, an old value and a sum, each with the value it saw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.automating import clauses
from tests.journeys.conftest import Desk, ask, toast

pytestmark = pytest.mark.browser
NAME = "Key accounts by their sales"
WON = {"field": "stage.outcome", "op": "is", "value": "won"}
BY_FOOD_OR_IMPORT = [
    {"field": "industry", "op": "is", "value": "food"},
    {"field": "door", "op": "is", "value": "import"},
]
WHEN = {
    "all": [
        {"field": "grade", "op": "changed_to", "value": "A"},
        {
            "any": [
                {"field": "before.staff", "op": "gt", "value": 100},
                {"all": [{"field": "owner.department", "op": "filled"}, {"none": BY_FOOD_OR_IMPORT}]},
            ]
        },
        {"sum": "opportunities.customer", "of": "amount", "where": WON, "op": "gte", "value": 1500},
    ]
}
SUM = "sum of Amount over Opportunities (Stage Outcome is Won) is at least €1,500.00"
"""The grade, the old staff, the department of the owner, none of industry and door, and the sum."""


def told(industry: tuple[str, bool], won: tuple[str, bool]) -> list[tuple[str, str, bool]]:
    """The six clauses as the page says them, with what they saw and whether they held."""
    return [
        ("Grade has changed to A", "B → A", True),
        ("Staff is more than 100 before the change", "50", False),
        ("Owner Department is filled", "Team North", True),
        ("Industry is Food and drink", *industry),
        ("the way in which it was done is an import", "a form", False),
        (SUM, *won),
    ]


@pytest.fixture
def ada(desk: Desk) -> Iterator[Page]:
    """Ada with the rule, switched on; it is gone afterwards."""
    page = desk("ada")
    do = [{"action": "tag", "add": ["key"]}]
    given = {"name": NAME, "event": "customers.changed", "when": WHEN, "do": do, "enabled": True}
    rule = ask(page, "POST", "rules", given)["id"]
    yield page
    ask(page, "DELETE", f"rules/{rule}")


@pytest.fixture
def ole(desk: Desk) -> Iterator[tuple[Page, dict[str, int]]]:
    """Ole with two customers: an IT firm that has bought twice, and a dairy that has bought once."""
    page, made, sold = desk("ole"), {}, []
    for name, industry, times in (("Halden Data", "it", 2), ("Tromp Dairy", "food", 1)):
        values = {"name": name, "industry": industry, "grade": "B", "staff": 50}
        made[name] = ask(page, "POST", "customers", values)["id"]
        for number in range(times):
            deal: dict[str, Any] = {"name": f"{name} {number}", "customer": made[name]}
            deal["amount"] = {"amount": "1000", "currency": "EUR"}
            sold.append(ask(page, "POST", "opportunities", deal)["id"])
            ask(page, "POST", f"opportunities/{sold[-1]}/verbs/win", {})
    yield page, made
    for pk in sold:
        ask(page, "DELETE", f"opportunities/{pk}")
    for pk in made.values():
        ask(page, "DELETE", f"customers/{pk}")


def grade(page: Page, pk: int) -> Locator:
    """Ole grades a customer and counts its staff anew; the word that comes."""
    page.goto(f"/customers/{pk}/edit")
    page.get_by_label("Grade").select_option("A")
    page.get_by_label("Staff").fill("900")
    page.keyboard.press("Control+Enter")
    said: Locator = toast(page)
    return said


def ask_why(page: Page, pk: int) -> Locator:
    """The answer on a customer's page."""
    page.goto(f"/customers/{pk}")
    page.get_by_role("link", name="Automation", exact=True).click()
    page.get_by_label("Rule", exact=True).select_option(label=NAME)
    page.get_by_role("button", name="Explain").click()
    return page.locator("#why-answer")


def test_why_and_why_not_with_what_each_clause_saw(ada: Page, ole: tuple[Page, dict[str, int]]) -> None:
    rep, customers = ole
    data, dairy = customers.values()
    expect(grade(rep, data)).to_contain_text(f"Rule “{NAME}”: Tags: — → key")
    expect(grade(rep, dairy)).to_be_visible()
    expect(toast(rep)).not_to_contain_text("Rule")

    answer = ask_why(ada, data)
    expect(answer).to_contain_text("It ran")
    ran = told(("IT", False), ("€2,000.00", True))
    assert clauses(answer) == ran
    run = ada.locator(".autoruns > li")
    expect(run).to_have_count(1)
    expect(run).to_contain_text("Tags: — → key")
    assert clauses(run) == ran

    answer = ask_why(ada, dairy)
    expect(answer).to_contain_text("It has not run on this record")
    expect(answer.locator(".reasonlist li")).to_have_text(["Its condition did not hold, as marked."])
    assert clauses(answer) == told(("Food and drink", True), ("€1,000.00", False))
    expect(answer.locator(".clausemode")).to_have_text(
        ["All of these", "Any of these", "All of these", "None of these"]
    )
    expect(ada.locator(".autoruns > li")).to_have_count(0)
