"""Fields in the texts of rules are found by name; the fields of conditions stand under headings."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

from bosun.kernel import records
from bosun.platform.automation.models import Rule
from tests.kernel.world import World
from tests.web.conftest import Seat
from tests.web.test_automation_builder import built
from tests.web.test_automation_console import BASE, IT, form, make

Sit = Callable[[str], Seat]


def test_the_fields_for_a_text_are_searched_by_their_names(world: World, sit: Sit) -> None:
    ada = sit("ada")
    every = [each["id"] for each in ada.picked(f"{BASE}/fields?for=customers")["items"]]
    assert {"name", "grade", "owner", "owner.department"} <= set(every)
    found = ada.picked(f"{BASE}/fields?for=opportunities&q=CUSTOMER%20%E2%80%BA%20gr")["items"]
    assert found == [{"id": "customer.grade", "name": "Customer › Grade", "hint": "customer.grade"}]
    assert ada.picked(f"{BASE}/fields?for=opportunities&q=nothing%20of%20that%20name")["items"] == []
    for field in every:
        text = {"action": "notify", "to": ["owner"], "text": f"{{{{{field}}}}}"}
        raw = {"name": field, "event": "customers.saved", "do": [text]}
        records.create("rules", raw, world.act("ada"))
    assert Rule.objects.count() == len(every)


def test_only_who_makes_rules_searches_them(world: World, sit: Sit) -> None:
    for who in ("ann", "cyd"):
        assert sit(who).client.get(f"{BASE}/fields?for=customers").status_code in (403, 404)
    assert sit("ada").client.get(f"{BASE}/fields?for=nothing").status_code == 404
    assert sit("ada").client.get(f"{BASE}/fields").status_code == 404


def test_texts_of_actions_offer_it(world: World, sit: Sit) -> None:
    ada = sit("ada")
    typed = form(do=["0", "1", "2"], do_0_action="notify", do_1_action="set", do_1_field="address",
                 do_2_action="create", do_2_entity="tasks")  # fmt: skip
    page = ada.send(f"{BASE}/draw", 200, **typed).content.decode()
    into = re.findall(r'<insert-field data-pick-url="([^"]*)" data-for="([^"]*)"', page)
    assert {place for _url, place in into} >= {"id_do_0_text", "id_do_1_value_address", "id_do_2_tasks_subject"}
    assert {html.unescape(url) for url, _place in into} == {f"{BASE}/fields?for=customers"}
    for _url, place in into:
        assert f'id="{place}"' in page


def test_a_ready_made_rule_explains_what_is_written_there(world: World, sit: Sit) -> None:
    page = html.unescape(sit("ada").fragment(f"{BASE}/gallery/hand_over"))
    assert "{{name}} becomes its name" in page
    assert "+1d is the next day, +7d a week later" in page
    assert re.findall(r'data-for="([^"]*)"', page) == ["id_subject"]
    assert f"{BASE}/fields?for=opportunities" in page


def test_the_fields_of_a_condition_stand_under_headings(world: World, sit: Sit) -> None:
    offered = {
        each["name"]: each.get("group") for each in built(sit("ada").fragment(f"{BASE}/new?for=customers"), "fields")
    }
    assert (offered["grade"], offered["owner"]) == (None, None)
    assert offered["owner.department"] == "Owner"
    assert offered["parent.grade"] == offered["parent.industry"]
    assert offered["before.grade"] == "Before the change"
    assert offered["actor"] == offered["door"] == "Who did it, and how"
    assert offered["count:>opportunities.customer"] == "Counts and sums"


def test_where_there_is_no_condition_nothing_is_said_of_one(world: World, sit: Sit) -> None:
    ada = sit("ada")
    world.customer("ann", name="Halden", industry="it")
    for when, said in ((IT, 1), ({}, 0)):
        make(ada, filter=json.dumps(when) if when else "")
        page = ada.send(f"{BASE}/rehearse", 200, **form(filter=json.dumps(when) if when else "")).content.decode()
        assert page.count("that its condition holds for now:") == said
