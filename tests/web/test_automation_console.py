"""An administrator makes rules through the pages; everybody sees what they did, as far as his rights go."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from bosun.kernel import records, stamps
from bosun.platform.automation.models import Rule, Run
from tests.kernel.world import REP, World
from tests.web.conftest import Seat

Sit = Callable[[str], Seat]
BASE = "/settings/automation"
IT = {"all": [{"field": "industry", "op": "is", "value": "it"}]}


def form(**more: Any) -> dict[str, Any]:
    """The panel as Ada fills it in."""
    return {
        "name": "IT is ours", "entity": "customers", "event": "customers.saved", "filter": json.dumps(IT), "guard": "",
        "reason": "", "identity": "", "do": ["0"], "do_0_action": "set", "do_0_field": "grade",
        "do_0_value_grade": "A", **more,
    }  # fmt: skip


def make(seat: Seat, **more: Any) -> Rule:
    """A rule that Ada has made and switched on in the panel."""
    seat.send(f"{BASE}/new", 204, **form(switch_on="1", **more))
    stamps.refresh()
    made: Rule = Rule.objects.latest("pk")
    return made


def text(page: str) -> str:
    """What a page says, without its markup."""
    flat = re.sub(r"</?b>", "", page)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", flat)).split())


def test_ada_makes_a_rule(world: World, sit: Sit) -> None:
    ada = sit("ada")
    assert "No rules yet" in ada.get(BASE)
    assert "When a customer is created or changed" in text(ada.fragment(f"{BASE}/new?for=customers"))
    ada.send(f"{BASE}/new", 204, **form())
    row = Rule.objects.get()
    assert (row.name, row.event, row.enabled, row.when) == ("IT is ours", "customers.saved", False, IT)
    assert row.do == [{"action": "set", "field": "grade", "value": "A"}]
    assert row.owner_id == world.people["ada"]
    page = text(ada.get(BASE))
    assert "When a customer is created or changed, if Industry is IT: set Grade to A. Has not run yet" in page
    ada.send(f"{BASE}/{row.pk}/switch", 204)
    stamps.refresh()
    customer = world.customer("ann", name="Halden", industry="it")
    assert records.get("customers", customer.pk, world.actor("ann")).grade == "A"
    assert "Ran once in 30 days" in text(ada.get(BASE))
    assert "Created or changed" not in text(ada.get(BASE, 200, **{"for": "contacts"}))
    ada.get(f"{BASE}?for=rules", 404)
    ada.send(f"{BASE}/{row.pk}/switch", 204)
    row.refresh_from_db()
    assert not row.enabled


def test_the_sentence_in_three_languages(world: World, sit: Sit) -> None:
    ada = sit("ada")
    said = {
        "en": "When a customer is created or changed, if Industry is IT: set Grade to A.",
        "zh-hans": "当客户被新建或修改时，如果行业是信息技术：将等级设为A。",
        "es": "Cuando se crea o modifica un registro de cliente, si Sector es Informática: poner Clase en A.",
    }
    found = {}
    for language in said:
        records.change("users", world.people["ada"], {"language": language}, world.act("ada"))
        stamps.refresh()
        found[language] = text(ada.send(f"{BASE}/sentence", 200, **form()).content.decode())
    assert found == said


def test_a_sentence_stands_also_while_it_is_incomplete(world: World, sit: Sit) -> None:
    ada = sit("ada")
    typed = form(do=["0", "1"], do_1_action="notify", do_1_text="")
    page = ada.send(f"{BASE}/sentence", 200, **typed).content.decode()
    assert text(page).endswith("if Industry is IT: set Grade to A, then ….")
    page = ada.send(f"{BASE}/rehearse", 200, **typed).content.decode()
    assert "It cannot be rehearsed yet" in page
    assert "2. Say whom to tell." in page


def test_a_rep_is_refused(world: World, sit: Sit) -> None:
    row = make(sit("ada"))
    before = Rule.objects.values().get()
    for name in ("ann", "ben"):
        seat = sit(name)
        assert BASE not in seat.get("/me")
        for address in (BASE, f"{BASE}/new", f"{BASE}/{row.pk}", f"{BASE}/failed", f"{BASE}/{row.pk}/remove"):
            seat.get(address, 403)
        for address in ("new", "draw", "sentence", "rehearse", f"{row.pk}", f"{row.pk}/switch", "order/customers"):
            seat.send(f"{BASE}/{address}", 403, **form(name="Mine"))
    assert list(Rule.objects.values()) == [before]


def test_nobody_tries_a_rule_with_the_rights_of_somebody_else(world: World, sit: Sit) -> None:
    theirs = make(sit("ada"))
    world.grant("rep", {**REP, "rules": {"read": "all", "create": "all", "change": "all"}})
    for name in ("Halden", "Tromp"):
        world.customer("cyd", name=name, industry="it")
    world.customer("ann", name="Rjukan", industry="it")
    ann = sit("ann")
    page = text(ann.send(f"{BASE}/rehearse", 200, **form(identity=str(world.people["ada"]))).content.decode())
    assert "Customers that its condition holds for now: 1" in page
    assert "Halden" not in page
    ann.send(f"{BASE}/new", 204, **form(name="Mine", identity=str(world.people["ada"])))
    mine = Rule.objects.latest("pk")
    assert (mine.owner_id, mine.identity_id) == (world.people["ann"], None)
    ann.send(f"{BASE}/{theirs.pk}", 422, **form(name="Taken", version=str(theirs.version), filter=""))
    theirs.refresh_from_db()
    assert theirs.name == "IT is ours"


def test_what_is_wrong_stands_beside_its_part_and_nothing_is_lost(world: World, sit: Sit) -> None:
    ada = sit("ada")
    wrong = form(
        name="", filter=json.dumps({"all": [{"field": "staff", "op": "gt", "value": "many"}]}),
        do=["0", "1"], do_1_action="notify", do_1_text="Look at {{name}}",
    )  # fmt: skip
    page = ada.send(f"{BASE}/new", 422, **wrong).content.decode()
    assert "many" in page
    assert "Look at {{name}}" in page
    assert not Rule.objects.exists()
    page = ada.send(f"{BASE}/new", 422, **{**wrong, "name": "Tell", "filter": ""}).content.decode()
    assert "2. Say whom to tell." in page
    assert 'value="Tell"' in page
    assert not Rule.objects.exists()


def test_every_action_has_a_form_that_brings_back_what_was_kept(world: World, sit: Sit) -> None:
    ada, ann = sit("ada"), str(world.people["ann"])
    cyd = str(world.people["cyd"])
    typed = form(
        do=["3", "0", "1", "2", "4", "5", "6"], do_1_action="assign", do_1_how="to", do_1_to=ann, do_2_action="tag",
        do_2_add=["new", "it"], do_3_action="create", do_3_entity="tasks", do_3_tasks_subject="Call {{name}}",
        do_3_tasks_due="3", do_3_tasks_owner="", do_3_tasks_owner_follows="1", do_4_action="notify",
        do_4_follows=["owner", "manager"], do_4_people=[cyd], do_4_text="New: {{name}}", do_5_action="assign",
        do_5_how="turn", do_5_among=[ann, cyd], do_6_action="stop",
    )  # fmt: skip
    row = make(ada, **typed)
    people = world.people
    kept = [
        {
            "action": "create", "entity": "tasks",
            "values": {"about": "record", "subject": "Call {{name}}", "owner": "{{owner}}", "due": "+3d"},
        },
        {"action": "set", "field": "grade", "value": "A"},
        {"action": "assign", "to": people["ann"]},
        {"action": "tag", "add": ["new", "it"]},
        {"action": "notify", "to": ["owner", "manager", people["cyd"]], "text": "New: {{name}}"},
        {"action": "assign", "among": [people["ann"], people["cyd"]], "how": "turn"},
        {"action": "stop"},
    ]  # fmt: skip
    assert row.do == kept
    page = ada.fragment(f"{BASE}/{row.pk}")
    assert "Due: in 3 days, Owner: Owner of the record" in text(page)
    again = {name: value for name, value in typed.items() if not name.startswith("do")}
    posted = {**again, **posted_of(page), "version": str(row.version)}
    ada.send(f"{BASE}/{row.pk}", 204, **posted)
    row.refresh_from_db()
    assert row.do == kept


class Inputs(HTMLParser):
    """What a browser would post of a form that nobody touched."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Inputs as they are; of a select the chosen option, else its first."""
        held = {name: value or "" for name, value in attrs}
        name = held.get("name", "")
        if tag == "input" and name and (held.get("type") != "checkbox" or "checked" in held):
            self.found.setdefault(name, []).append(held.get("value", ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in held or self.select not in self.found):
            self.found[self.select] = [held.get("value", "")]


def posted_of(page: str) -> dict[str, list[str]]:
    """The actions in a panel that nobody touched, as they would be posted."""
    inputs = Inputs()
    inputs.feed(page)
    return {name: values for name, values in inputs.found.items() if name.startswith("do")}


def test_actions_are_added_moved_and_taken_off(world: World, sit: Sit) -> None:
    ada = sit("ada")
    typed = form(do=["0", "1"], do_1_action="tag", do_1_add=["new"])

    def actions(ask: str) -> list[str]:
        page = ada.send(f"{BASE}/draw{ask}", 200, **typed).content.decode()
        return re.findall(r'<option value="(\w+)" selected>[^<]*</option>', page.split('class="rulesteps"')[1])

    assert actions("") == ["set", "grade", "A", "tag"]
    assert actions("?do=up&at=1") == ["tag", "set", "grade", "A"]
    assert actions("?do=drop&at=0") == ["tag"]
    assert actions("?do=add")[:4] == ["set", "grade", "A", "tag"]
    page = ada.send(f"{BASE}/draw?part=all", 200, **{**typed, "entity": "tasks"}).content.decode()
    assert "When a task is created or changed" in page


def test_what_has_no_form_is_kept(world: World, sit: Sit) -> None:
    ada = sit("ada")
    count = {"count": "contacts.customer", "op": "gte", "value": 2}
    table = {"action": "assign", "table": [{"when": IT, "to": world.people["ann"]}], "otherwise": world.people["cyd"]}
    made = records.create(
        "rules",
        {"name": "Table", "event": "customers.saved", "when": {"all": [count]}, "do": [table]},
        world.act("ada"),
    )
    page = ada.fragment(f"{BASE}/{made.pk}")
    assert "number of Contacts is at least 2" in html.unescape(page)
    assert "assign it: if Industry is IT to Ann" in text(page)
    kept = form(name="Still", filter=json.dumps({"all": [count]}), **posted_of(page), version=str(made.version))
    ada.send(f"{BASE}/{made.pk}", 204, **kept)
    made.refresh_from_db()
    assert (made.name, made.when, made.do) == ("Still", {"all": [count]}, [table])


def test_a_guard_is_made(world: World, sit: Sit) -> None:
    ada = sit("ada")
    typed = form(name="A stays", event="customers.deleted", guard="block", do=[], reason="Ask Ben first.")
    page = ada.send(f"{BASE}/draw", 200, **typed).content.decode()
    assert 'value="Ask Ben first."' in page
    assert 'class="rulesteps"' not in page
    assert 'name="do_0_action"' in ada.send(f"{BASE}/draw", 200, **{**typed, "guard": ""}).content.decode()
    said = text(ada.send(f"{BASE}/sentence", 200, **typed).content.decode())
    assert said == "When a customer is deleted, if Industry is IT: block it."
    ada.send(f"{BASE}/new", 204, **typed, switch_on="1")
    stamps.refresh()
    row = Rule.objects.get()
    assert (row.guard, row.reason, row.do or []) == ("block", "Ask Ben first.", [])
    customer = world.customer("ann", name="Halden", industry="it")
    answer = sit("ann").send(f"/customers/{customer.pk}/remove", 409)
    assert "Ask Ben first." in answer.content.decode()
    assert records.get("customers", customer.pk, world.actor("ann")).deleted_at is None


def test_rules_are_put_in_order(world: World, sit: Sit) -> None:
    ada = sit("ada")
    first, second, third = (make(ada, name=name) for name in ("One", "Two", "Three"))
    assert [row.position for row in (first, second, third)] == [10, 20, 30]
    ada.send(f"{BASE}/order/customers", 204, id=[str(third.pk), str(first.pk), str(second.pk)])
    found = Rule.objects.order_by("position").values_list("name", "position")
    assert list(found) == [("Three", 10), ("One", 20), ("Two", 30)]


def test_a_rehearsal_shows_what_would_be_done(world: World, sit: Sit) -> None:
    for name, industry in (("Halden", "it"), ("Tromp", "retail")):
        world.customer("ann", name=name, industry=industry)
    page = text(sit("ada").send(f"{BASE}/rehearse", 200, **form()).content.decode())
    assert "Once in 90 days" in page
    assert "Customers that its condition holds for now: 1" in page
    assert "Halden" in page
    assert "Tromp" not in page
    assert "set Grade to A" in page
    assert not Rule.objects.exists()
    assert not Run.objects.exists()
    assert {row.grade for row in records.query("customers", world.actor("ada")).page().items} == {None}


def test_a_record_says_what_rules_did_and_why_not(world: World, sit: Sit) -> None:
    row = make(sit("ada"))
    ann = sit("ann")
    ann.post("/customers/new", 302, name="Halden", owner=str(world.people["ann"]), industry="it")
    customer = records.query("customers", world.actor("ann")).page().items[0]
    said = text(ann.get(f"/customers/{customer.pk}"))
    assert "Halden saved. Rule “IT is ours”: Grade: — → A" in said
    assert "by rule “IT is ours”" in said
    page = text(ann.get(f"/customers/{customer.pk}/pages/automation"))
    assert "Grade: — → A" in page
    assert "True: Industry is IT IT" in page
    assert "by rule “IT is ours”" in text(ann.get(f"/customers/{customer.pk}/history"))
    other = world.customer("ann", name="Tromp", industry="retail")
    page = text(ann.get(f"/customers/{other.pk}/pages/automation", rule=str(row.pk)))
    assert "It has not run on this record Its condition did not hold, as marked. False: Industry is IT Retail" in page
    assert "No rule has done anything here." in page
    sit("cyd").get(f"/customers/{customer.pk}/pages/automation", 404)


def test_the_panel_is_cut_for_ann(world: World, sit: Sit) -> None:
    value = {"field": "credit_limit", "op": "gt", "value": "7"}
    make(
        sit("ada"), name="Credit", event="customers.changed", filter=json.dumps({"all": [value]}),
        do_0_field="credit_limit", do_0_value_credit_limit="4711", do_0_value_credit_limit_currency="EUR",
    )  # fmt: skip
    limit = {"amount": "8888", "currency": "EUR"}
    sent = {"name": "Halden", "owner": world.people["ann"], "credit_limit": limit}
    customer = records.create("customers", sent, world.act("ada"))
    ann = sit("ann")
    ann.send(f"/customers/{customer.pk}/cell?field=staff", 200, staff="3", version=str(customer.version))
    page = ann.get(f"/customers/{customer.pk}/pages/automation")
    assert "A condition that is not open to you" in page
    for told in (page, ann.get(f"/customers/{customer.pk}"), ann.get(f"/customers/{customer.pk}/history")):
        assert not any(secret in text(told) for secret in ("8888", "8,888", "4711", "4,711", "Credit limit"))
    assert "8,888" in sit("ada").get(f"/customers/{customer.pk}/pages/automation")


def test_failed_runs_are_listed(world: World, sit: Sit) -> None:
    ada = sit("ada")
    assert "No run has failed." in ada.get(f"{BASE}/failed")
    make(ada, name="Long", do_0_field="name", do_0_value_name="{{tax_number}}")
    customer = world.customer("ann", name="Halden", industry="it")
    assert records.get("customers", customer.pk, world.actor("ann")).name == "Halden"
    page = text(ada.get(f"{BASE}/failed"))
    assert "Long Halden · Customer, created or changed" in page
    assert "1 failed" in text(ada.get(BASE))


@pytest.mark.parametrize("door", ["inline", "verb", "bulk"])
def test_every_door_says_what_rules_did(world: World, sit: Sit, door: str) -> None:
    customers = [world.customer("ann", name=name, industry="it") for name in ("Halden", "Tromp")]
    make(sit("ada"), event="customers.changed")
    ann, pk = sit("ann"), customers[0].pk
    if door == "inline":
        told = ann.send(f"/customers/{pk}/cell?field=staff&columns=staff", 200, staff="3").headers["HX-Trigger"]
        assert "Rule \\u201cIT is ours\\u201d: Grade: \\u2014 \\u2192 A" in told
    elif door == "verb":
        make(
            sit("ada"), name="Urgent", entity="tasks", event="tasks.done", filter="", do_0_field="priority",
            do_0_value_priority="high",
        )  # fmt: skip
        task = records.create("tasks", {"subject": "Call"}, world.act("ada"))
        ada = sit("ada")
        ada.send(f"/tasks/{task.pk}/verbs/done", 204)
        assert "Rule “Urgent”: Priority: Normal → High." in text(ada.get("/tasks"))
        assert [run.state for run in Run.objects.all()] == ["done"]
    else:
        ann.send(f"/customers/bulk/edit?ids={pk},{customers[1].pk}&field=staff", 204, staff="9")
        assert "Rule “IT is ours”: 2 times." in text(ann.get("/customers"))


def test_a_rule_that_acts_by_time_is_made(world: World, sit: Sit) -> None:
    ada = sit("ada")
    timed = {"event": "opportunities.time", "entity": "opportunities", "filter": ""}
    page = ada.send(f"{BASE}/draw?part=all", 200, **form(**timed)).content.decode()
    assert 'name="time_offset"' in page
    given = {**timed, "time_at": "closes", "time_offset": "3", "time_side": "before", "time_unit": "workdays"}
    step = {"do": "0", "do_0_action": "tag", "do_0_add": "soon"}
    ada.send(f"{BASE}/new", 204, **{**form(**given, time_hour="8"), **step})
    row = Rule.objects.get()
    assert row.trigger == {"hour": 8, "missed": "late", "at": "closes", "offset": -3, "unit": "workdays"}
    assert "For Opportunities, 3 working days before Expected close" in text(ada.get(BASE))
    ada.send(f"{BASE}/new", 422, **{**form(**given, time_hour="8"), **step, "time_unit": "hours"})
    assert Rule.objects.count() == 1


def test_a_ready_made_rule_is_used(world: World, sit: Sit) -> None:
    ada = sit("ada")
    assert "A big opportunity is reported" in text(ada.get(f"{BASE}/gallery"))
    assert "1000000" in ada.fragment(f"{BASE}/gallery/big").replace(",", "")
    ada.send(f"{BASE}/gallery/region_industry", 422, industry="it")
    ada.send(f"{BASE}/gallery/big", 204, amount="2000")
    row = Rule.objects.get()
    assert (row.name, row.enabled) == ("A big opportunity is reported", False)
    assert str(row.when["all"][1]["value"]) == "2000"
    ada.get(f"{BASE}/gallery/nothing", 404)
    sit("ann").get(f"{BASE}/gallery", 403)


def test_a_failed_run_is_done_again_from_its_page(world: World, sit: Sit) -> None:
    ada = sit("ada")
    raw = {"name": "Counts", "event": "customers.created", "enabled": True,
           "do": [{"action": "set", "field": "staff", "value": "{{name}}"}]}  # fmt: skip
    records.create("rules", raw, world.act("ada"))
    stamps.refresh()
    customer = world.customer("ann", name="Halden")
    assert "Do it again" in ada.get(f"{BASE}/failed")
    records.change("customers", customer.pk, {"name": "44"}, world.act("ann"))
    ada.post(f"{BASE}/failed/{Run.objects.get(state='failed').pk}/replay")
    assert records.get("customers", customer.pk, world.actor("ada")).staff == 44
    assert "No run has failed." in ada.get(f"{BASE}/failed")
