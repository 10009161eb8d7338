"""Charts and the forecast: the figures are right, each leads to its records, and what is hidden is not drawn."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from bosun.web import charts
from bosun.web.charts import Part
from tests.kernel.world import World
from tests.modules.conftest import deal
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]
ROW = re.compile(r'<th scope="row">(?:<a href="([^"]*)">)?([^<]*)(?:</a>)?</th><td class="num tn">([^<]*)</td>'
                 r'<td class="num tn">([^<]*)</td>')  # fmt: skip


def rows(page: str) -> list[tuple[str, str, str]]:
    """The table under a chart: value, how many, how much."""
    return [(label, count, text) for _url, label, count, text in ROW.findall(page)]


def links(page: str) -> dict[str, str]:
    return {label: html.unescape(url) for url, label, _count, _text in ROW.findall(page)}


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


@pytest.mark.parametrize("kind", list(charts.KINDS))
def test_stages_in_their_order_with_their_sums(world: World, sit: Sit, kind: str) -> None:
    deal(world, at="Negotiation", amount=money("300"))
    deal(world, at="Prospecting", amount=money("100"))
    deal(world, at="Prospecting", amount=money("50"))
    deal(world, "cyd", at="Prospecting", amount=money("9000"))
    page = sit("ann").get("/opportunities/chart", by="stage", sum="amount", kind=kind)
    assert rows(page) == [("Prospecting", "2", "€150"), ("Negotiation", "1", "€300")]
    assert f'<svg class="{kind}"' in page
    assert "Prospecting: €150" in page


def test_each_part_leads_to_its_records(world: World, sit: Sit) -> None:
    ann = sit("ann")
    deal(world, name="Early", closes="2030-05-02")
    deal(world, name="Late", closes="2030-06-30")
    deal(world, name="Whenever")
    page = ann.get("/opportunities/chart", by="closes:month")
    assert rows(page) == [("May 2030", "1", "1"), ("Jun 2030", "1", "1"), ("Empty", "1", "1")]
    for label, name in (("May 2030", "Early"), ("Jun 2030", "Late"), ("Empty", "Whenever")):
        found = ann.get(links(page)[label])
        assert {each for each in ("Early", "Late", "Whenever") if f">{each}<" in found} == {name}


def test_the_filter_stays_and_fields_behind_references_count(world: World, sit: Sit) -> None:
    ann = sit("ann")
    for grade, amount in (("A", "10"), ("A", "20"), ("B", "40")):
        customer = world.customer("ann", name=f"{grade} {amount}", grade=grade).pk
        deal(world, customer=customer, amount=money(amount))
    low = {"field": "amount", "op": "lt", "value": "40"}
    page = ann.get("/opportunities/chart", by="customer.grade", sum="amount", filter=low)
    assert rows(page) == [("A", "2", "€30")]
    assert rows(ann.get(links(page)["A"].replace("/opportunities?", "/opportunities/chart?") + "&by=owner")) == [
        ("Ann", "2", "2")
    ]


def test_nothing_hidden_is_drawn(world: World, sit: Sit) -> None:
    deal(world)
    ann = sit("ann")
    page = ann.get("/opportunities/chart")
    assert "cost_price" not in page
    assert "Cost" not in page
    assert rows(ann.get("/opportunities/chart", sum="cost_price")) == rows(page)
    hidden = ann.fragment("/opportunities/chart?by=customer.credit_limit", 422)
    nothing = ann.fragment("/opportunities/chart?by=customer.nonsense", 422)
    assert hidden.replace("credit_limit", "X") == nothing.replace("nonsense", "X")


def test_every_list_has_a_chart(world: World, sit: Sit) -> None:
    for name, grade in (("One", "A"), ("Two", "A"), ("Three", "B")):
        world.customer("ann", name=name, grade=grade)
    page = sit("ann").get("/customers/chart", by="grade", kind="pie")
    assert rows(page) == [("A", "2", "2"), ("B", "1", "1")]
    assert "A · 67%" in page
    assert sit("ann").get("/contacts/chart").count("There is nothing to draw here.") == 1


def test_the_forecast_by_month_and_owner(world: World, sit: Sit) -> None:
    deal(world, at="Negotiation", amount=money("1000"), closes="2030-05-10")
    deal(world, at="Proposal", amount=money("400"), closes="2030-05-20")
    deal(world, "ben", at="Negotiation", amount=money("80"), closes="2030-06-01")
    deal(world, at="Won", amount=money("7777"), closes="2030-05-01")
    deal(world, "ben", at="Prospecting", amount=money("100"))
    page = sit("ben").get("/opportunities/forecast")
    table = page[page.index("<table") : page.index("</table>")]
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', table)
    assert heads == ["Month", "Ann", "Ben", "Together"]
    lines = [re.sub(r"<[^>]+>", " ", line).split() for line in re.findall(r"<tr>.*?</tr>", table)[1:]]
    assert lines == [
        ["May", "2030", "€600", "–", "€600"], ["Jun", "2030", "–", "€40", "€40"],
        ["Without", "a", "day", "–", "€6", "€6"], ["Together", "€600", "€46", "€646"],
    ]  # fmt: skip
    cell = re.search(r'<a href="([^"]*)">€40</a>', table)
    assert cell is not None
    assert sit("ben").get(html.unescape(cell[1])).count("data-row=") == 1
    sit("ben").get("/customers/forecast", 404)


def test_slices_make_a_whole_and_an_empty_list_draws_nothing() -> None:
    parts = [Part(str(n), size, "", "", "") for n, size in enumerate((5.0, 3.0, 2.0, *([1.0] * 10)))]
    made = charts.drawn("pie", parts)
    assert made is not None
    assert [shape["share"] for shape in made["shapes"]] == ["25%", "15%", "10%", *["5%"] * 5, "25%"]
    assert charts.drawn("bar", []) is None
    assert charts.drawn("bar", [Part("zero", 0.0, "0", "0", "")]) is None
    whole: Any = charts.drawn("pie", parts[:1])
    assert whole["shapes"][0]["share"] == "100%"
