"""What the builder of a rule offers beyond fields: counts and sums with a filter of their own, tables of cases."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from bosun.kernel import records
from bosun.platform.automation import gallery
from bosun.platform.automation.models import Rule
from tests.kernel.world import World
from tests.web.conftest import Seat
from tests.web.test_automation_console import BASE, IT, form, make, posted_of, text

Sit = Callable[[str], Seat]
WON = {"all": [{"field": "stage.outcome", "op": "is", "value": "won"}]}


def built(page: str, part: str) -> Any:
    """What the first builder of a panel was given."""
    found = re.search(rf'data-{part}="([^"]*)"', page)
    assert found
    return json.loads(html.unescape(found[1]))


def test_counts_and_sums_are_offered_with_the_fields_of_what_they_count(world: World, sit: Sit) -> None:
    ada = sit("ada")
    page = ada.fragment(f"{BASE}/new?for=customers")
    offered = {each["name"]: each for each in built(page, "fields")}
    assert offered["count:>opportunities.customer"]["label"] == "Number of Opportunities"
    assert offered["count:>opportunities.customer"]["leaf"] == {"count": "opportunities.customer"}
    assert offered["sum:>opportunities.customer:amount"]["label"] == "Sum of Amount over Opportunities"
    assert "stage.outcome" in {each["name"] for each in built(page, "over")["opportunities"]}
    page = ada.fragment(f"{BASE}/new?for=opportunities")
    offered = {each["name"]: each for each in built(page, "fields")}
    way = offered["sum:customer>opportunities.customer:amount"]
    assert way["label"] == "Customer › sum of Amount over Opportunities"
    assert way["leaf"] == {"sum": "opportunities.customer", "of": "amount", "at": "customer"}


def test_a_count_comes_back_into_its_row(world: World, sit: Sit) -> None:
    ada = sit("ada")
    tree = {"all": [{"count": "opportunities.customer", "where": WON, "op": "gte", "value": "2"}]}
    row = make(ada, filter=json.dumps(tree))
    assert row.when == tree
    (kept,) = built(ada.fragment(f"{BASE}/{row.pk}"), "tree")["all"]
    assert (kept["field"], kept["worded"], kept["op"], kept["value"]) == (
        "count:>opportunities.customer", WON, "gte", "2",
    )  # fmt: skip


def test_a_table_of_cases_is_built_line_by_line(world: World, sit: Sit) -> None:
    ada, people = sit("ada"), world.people
    typed = form(
        do_0_action="assign", do_0_how="table", do_0_line=["0"], do_0_when_0=json.dumps(IT),
        do_0_to_0=str(people["ann"]), do_0_otherwise=str(people["ben"]), filter="",
    )  # fmt: skip
    page = ada.send(f"{BASE}/draw?do=line&at=0", 200, **typed).content.decode()
    assert re.findall(r'name="do_0_line" value="(\d)"', page) == ["0", "1"]
    both = {**typed, "do_0_line": ["0", "1"], "do_0_when_1": "", "do_0_to_1": str(people["cyd"])}
    row = make(ada, **both)
    assert row.do == [
        {
            "action": "assign",
            "table": [{"when": IT, "to": people["ann"]}, {"when": {}, "to": people["cyd"]}],
            "otherwise": people["ben"],
        }
    ]
    said = text(ada.send(f"{BASE}/sentence", 200, **both).content.decode())
    assert said.endswith("assign it: if Industry is IT to Ann; always to Cyd; otherwise to Ben.")
    page = ada.send(f"{BASE}/draw?do=unline&at=0&line=0", 200, **both).content.decode()
    assert re.findall(r'name="do_0_to_\d" value="(\d+)"', page) == [str(people["cyd"])]
    row.refresh_from_db()
    again = {**form(filter=""), **posted_of(ada.fragment(f"{BASE}/{row.pk}")), "version": str(row.version)}
    kept = row.do
    ada.send(f"{BASE}/{row.pk}", 204, **again)
    assert Rule.objects.get().do == kept
    customer = world.customer("ben", industry="it")
    assert records.get("customers", customer.pk, world.actor("ada")).owner_id == people["ann"]


def test_half_a_comparison_stays_in_its_row_and_is_not_kept(world: World, sit: Sit) -> None:
    ada, people = sit("ada"), world.people
    half = {"field": "staff", "op": "gt", "half": True}
    where = {"all": [{"field": "amount", "op": "gt", "half": True}]}
    counted = {"count": "opportunities.customer", "where": where}
    line = {"all": [*IT["all"], half]}
    typed = form(
        do_0_action="assign", do_0_how="table", do_0_line=["0"], do_0_when_0=json.dumps(line),
        do_0_to_0=str(people["ann"]), filter=json.dumps({"any": [half, {**counted, "op": "gt", "half": True}]}),
    )  # fmt: skip
    page = ada.send(f"{BASE}/draw?do=line&at=0", 200, **typed).content.decode()
    assert built(page, "tree") == line
    page = ada.send(f"{BASE}/draw?part=all", 200, **typed).content.decode()
    staff, count = built(page, "tree")["any"]
    assert staff == half
    assert (count["field"], count["worded"]) == ("count:>opportunities.customer", counted["where"])
    said = text(ada.send(f"{BASE}/sentence", 200, **typed).content.decode())
    assert said.endswith("When a customer is created or changed: assign it: if Industry is IT to Ann.")
    wrong = {"wrong": "Give a value, or take this condition off."}
    page = ada.send(f"{BASE}/new", 422, **typed).content.decode()
    staff, count = built(page, "tree")["any"]
    assert (staff, count["wrong"]) == ({**half, **wrong}, wrong["wrong"])
    assert count["worded"] == {"all": [{**where["all"][0], **wrong}]}
    page = ada.send(f"{BASE}/new", 422, **{**typed, "filter": ""}).content.decode()
    assert html.escape(json.dumps(wrong["wrong"])) in page
    inner = json.dumps({"any": [{**counted, "op": "gt", "value": "1"}]})
    ada.send(f"{BASE}/new", 422, **{**typed, "do_0_when_0": json.dumps(IT), "filter": inner})
    assert Rule.objects.count() == 0
    whole = {"any": [{"count": "opportunities.customer", "op": "gt", "value": "1"}]}
    row = make(ada, **{**typed, "do_0_when_0": json.dumps(IT), "filter": json.dumps(whole)})
    assert row.when == whole
    assert row.do == [{"action": "assign", "table": [{"when": IT, "to": people["ann"]}]}]
    ada.send(f"{BASE}/{row.pk}", 422, **{**typed, "version": str(row.version)})
    row.refresh_from_db()
    assert row.when == whole


@pytest.mark.parametrize("key", ["result_tag", "ended_marks"])
def test_a_tag_on_a_related_record_outlives_the_panel(world: World, sit: Sit, key: str) -> None:
    ada = sit("ada")
    row = gallery.use(key, {"tag": "late"} if key == "result_tag" else {}, world.act("ada"))
    before = row.do
    assert before[0]["record"] == "customer"
    page = ada.fragment(f"{BASE}/{row.pk}")
    typed = {name: value for name, value in form().items() if not name.startswith("do")}
    typed |= {"entity": row.event.partition(".")[0], "event": row.event, "filter": json.dumps(row.when)}
    ada.send(f"{BASE}/{row.pk}", 204, **typed, **posted_of(page), version=str(row.version))
    row.refresh_from_db()
    assert row.do == before
    assert row.name == "IT is ours"


def test_a_table_without_a_person_is_refused(world: World, sit: Sit) -> None:
    typed = form(do_0_action="assign", do_0_how="table", do_0_line=["0"], do_0_when_0=json.dumps(IT), filter="")
    page = sit("ada").send(f"{BASE}/new", 422, **typed).content.decode()
    assert "1. Say to whom." in page
    assert not Rule.objects.exists()


def test_the_meaning_of_load_is_said(world: World, sit: Sit) -> None:
    typed = form(do_0_action="assign", do_0_how="load", do_0_among=[str(world.people["ann"])])
    page = sit("ada").send(f"{BASE}/draw", 200, **typed).content.decode()
    assert "The next one goes to whoever has the fewest of Customers; those in the bin do not count." in page
