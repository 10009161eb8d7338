"""Opportunities on every surface: list, form, record with its path and stays, the customer's page, and the API."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from bosun.kernel import ports, records
from bosun.lib import clock
from bosun.platform.accounts.services import make_token
from bosun.platform.org.models import Person
from tests.kernel.world import World
from tests.modules.conftest import deal, now, stage
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]
DAY = "2026-03-02T10:00:00Z"


def program(world: World, who: str) -> Callable[..., tuple[int, Any]]:
    """Somebody's program at the API."""
    token = make_token(Person.objects.get(pk=world.people[who]), "test")
    headers = {"Authorization": f"Bearer {token}"}

    def ask(method: str, address: str, body: Any = None, **params: str) -> tuple[int, Any]:
        data = "" if body is None else json.dumps(body)
        answer = Client().generic(
            method, f"/api/v1{address}", data, "application/json", headers=headers, query_params=params
        )
        return answer.status_code, json.loads(answer.content)

    return ask


def test_each_view_holds_what_it_says(world: World, sit: Sit) -> None:
    today = clock.today(ports.company().zone)
    deal(world, name="This month", closes=today.isoformat())
    deal(world, name="Without a day")
    deal(world, name="Bought", at="Won")
    deal(world, name="Gone", at="Lost", lost_reason="price")
    records.create("opportunities", {"name": "Of Ben"}, world.act("ben"))
    names = ("This month", "Without a day", "Bought", "Gone", "Of Ben")
    ben = sit("ben")
    found = {}
    for view in ("mine", "open", "closing", "stuck", "won", "lost"):
        page = ben.get("/opportunities", view=view)
        found[view] = {name for name in names if f">{name}<" in page}
    assert found == {
        "mine": {"Of Ben"}, "open": {"This month", "Without a day", "Of Ben"}, "closing": {"This month"},
        "stuck": {"This month", "Without a day", "Of Ben"}, "won": {"Bought"}, "lost": {"Gone"},
    }  # fmt: skip


def test_the_form_shows_the_outcome_where_there_is_one(world: World, sit: Sit) -> None:
    page = sit("ann").get("/opportunities/new")
    shown = [json.loads(each.replace("&quot;", '"')) for each in re.findall(r'data-shown-when="([^"]+)"', page)]
    lost, ended = [str(stage("Lost"))], [str(stage("Won")), str(stage("Lost"))]
    assert sorted((each["field"], each["op"], tuple(sorted(each["value"]))) for each in shown) == sorted(
        [("stage", "in", tuple(sorted(ended))), ("stage", "in", tuple(lost)), ("stage", "in", tuple(lost))]
    )
    assert "cost_price" not in page


def test_the_record_shows_its_path_and_a_click_goes_on(world: World, sit: Sit) -> None:
    with time_machine.travel("2026-02-20T10:00:00Z", tick=False):
        made = deal(world, at="Engaging")
    with time_machine.travel(DAY, tick=False):
        ann = sit("ann")
        page = ann.get(f"/opportunities/{made.pk}")
        path = page[page.index('<ol class="path"') : page.index("</ol>", page.index('<ol class="path"'))]
        assert re.findall(r'<li class="(\w*)', path) == ["been", "now", "", ""]
        assert 'aria-current="step"><span class="at">Engaging <small>10 days</small>' in path
        go = re.search(r'data-post="([^"]+)">Proposal', path)
        assert go is not None
        answer = ann.send(go[1].replace("&amp;", "&"), 204)
        assert answer.headers["HX-Refresh"] == "true"
    assert now(made.pk, world.actor("ann")).stage_id == stage("Proposal")
    assert "Lost because" not in page


def test_the_next_step_says_how_many_follow(world: World, sit: Sit) -> None:
    one = deal(world)
    about = {"entity": "opportunities", "id": one.pk}
    for day, subject in enumerate(("Call", "Visit", "Quote"), 1):
        task = {"subject": subject, "about": about, "due": f"2030-01-0{day}T10:00:00Z"}
        records.create("tasks", task, world.act("ada"))
    page = sit("ada").get(f"/opportunities/{one.pk}")
    assert '<b title="Call">' in page
    assert "2 more after it" in page


def test_whoever_only_reads_sees_the_path_without_buttons(world: World, sit: Sit) -> None:
    customer = world.customer("ann").pk
    made = deal(world, "ada", customer=customer)
    page = sit("ann").get(f"/opportunities/{made.pk}")
    assert '<ol class="path"' in page
    assert f"/opportunities/{made.pk}/move" not in page


def test_the_stays_are_a_page_of_the_record(world: World, sit: Sit) -> None:
    with time_machine.travel("2026-02-20T10:00:00Z", tick=False):
        made = deal(world)
    with time_machine.travel("2026-02-25T10:00:00Z", tick=False):
        records.change("opportunities", made.pk, {"stage": "Proposal"}, world.act("ann"))
    with time_machine.travel(DAY, tick=False):
        page = sit("ann").get(f"/opportunities/{made.pk}/pages/stages")
    rows = re.findall(r'<th scope="row">(\w+)</th>.*?<td class="num tn">(\d+) days', page)
    assert rows == [("Proposal", "5"), ("Prospecting", "5")]
    sit("ann").get(f"/customers/{world.customer('ann').pk}/pages/stages", 404)


def test_the_customer_lists_what_may_be_sold_there(world: World, sit: Sit) -> None:
    customer = world.customer("ann").pk
    deal(world, name="Pump station", customer=customer)
    deal(world, name="Elsewhere")
    page = sit("ann").get(f"/customers/{customer}")
    assert "Pump station" in page
    assert "Elsewhere" not in page
    assert f"/opportunities/new?customer={customer}&amp;back=/customers/{customer}" in page


def test_the_api_knows_money_stages_and_verbs(world: World) -> None:
    ask = program(world, "ann")
    raw = {"name": "Line 3", "amount": {"amount": "1054.00", "currency": "EUR"}, "external_id": "OP-1"}
    status, made = ask("POST", "/opportunities", raw)
    assert (status, made["stage"]["name"], made["probability"]) == (201, "Prospecting", 6)
    assert made["weighted"] == {"amount": "63.24", "currency": "EUR"}
    assert "cost_price" not in made
    address = f"/opportunities/{made['id']}"
    assert ask("PATCH", address, {"stage": "Negotiation"})[1]["stage"]["id"] == stage("Negotiation")
    status, problem = ask("POST", f"{address}/verbs/lose", {})
    assert (status, [each["field"] for each in problem["errors"]]) == (422, ["lost_reason"])
    status, lost = ask("POST", f"{address}/verbs/lose", {"lost_reason": "price", "lost_to": "in_house"})
    today = clock.today(ports.company().zone).isoformat()
    assert (status, lost["stage"]["name"], lost["closed"]) == (200, "Lost", today)
    assert ask("POST", f"{address}/verbs/reopen", {})[1]["closed"] is None
    assert ask("POST", f"{address}/verbs/win", {})[1]["probability"] == 100


def test_totals_by_stage_by_month_and_behind_references(world: World) -> None:
    customer = world.customer("ann", grade="A").pk
    deal(world, at="Proposal", customer=customer, closes="2030-05-02")
    deal(world, at="Proposal", closes="2030-05-30", amount={"amount": "50.5", "currency": "EUR"})
    deal(world, at="Won", closes="2030-06-01")
    deal(world, "cyd", at="Won", closes="2030-06-01")
    ask = program(world, "ann")
    _status, by_stage = ask("GET", "/opportunities/totals", group="stage", sum="amount")
    assert [(g["label"], g["count"], g["sums"]["amount"]["amount"]) for g in by_stage["groups"]] == [
        ("Proposal", 2, "1050.50"), ("Won", 1, "1000.00"),
    ]  # fmt: skip
    _status, by_month = ask("GET", "/opportunities/totals", group="closes:month", sum="weighted")
    assert [(g["value"], g["label"], g["sums"]["weighted"]["amount"]) for g in by_month["groups"]] == [
        ("2030-05-01", "May 2030", "262.62"), ("2030-06-01", "Jun 2030", "1000.00"),
    ]  # fmt: skip
    _status, by_grade = ask("GET", "/opportunities/totals", group="customer.grade")
    assert [(g["value"], g["count"]) for g in by_grade["groups"]] == [(None, 2), ("A", 1)]
    _status, both = ask("GET", "/opportunities/totals", group="stage,owner")
    assert [(g["label"], g["count"]) for g in both["groups"]] == [(["Proposal", "Ann"], 2), (["Won", "Ann"], 1)]


def test_totals_tell_nothing_of_what_is_hidden(world: World) -> None:
    customer = world.customer("cyd", grade="B").pk
    deal(world, "ada", customer=customer, owner="ann")
    ask = program(world, "ann")
    _status, found = ask("GET", "/opportunities/totals", group="customer.grade")
    assert [(g["value"], g["count"]) for g in found["groups"]] == [(None, 1)]
    hidden = ask("GET", "/opportunities/totals", group="customer.credit_limit")
    nothing = ask("GET", "/opportunities/totals", group="customer.nonsense")
    assert hidden[0] == nothing[0] == 422
    for wrong in ("closes:nonsense", "stage:month", "name", "customer.", ":month"):
        assert ask("GET", "/opportunities/totals", group=wrong)[0] == 422, wrong
