"""Runs keep what they saw as data; each reader has it in his language, as far as it is open to him."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils import translation

from bosun.kernel import records, registry
from bosun.platform.automation import telling
from bosun.platform.automation.models import Run
from tests.kernel.world import World
from tests.platform.test_automation_engine import IS_IT, rule


def read(run: Run, world: World, who: str, language: str) -> Any:
    """A run's condition as somebody reads it in a language, on a page."""
    actor = replace(world.actor(who), language=language)
    with translation.override(language):
        return telling.run(run, records.environment(actor, strict=False))["clauses"]


def test_each_reads_it_in_his_language(world: World) -> None:
    made = rule(
        world, "customers.changed", [{"action": "tag", "add": ["seen"]}],
        [IS_IT, {"field": "owner", "op": "changed_to", "value": "ben"}, {"field": "staff", "op": "gte", "value": 1500},
         {"count": "contacts.customer", "op": "lt", "value": 5}, {"field": "actor", "op": "is", "value": "ada"}],
    )  # fmt: skip
    with translation.override("es"):
        customer = world.customer("ann", name="Halden", industry="it", staff=1500)
        records.change("customers", customer.pk, {"owner": "ben"}, world.act("ada"))
    run = Run.objects.get(rule_id=made.pk)
    assert [each["saw"] for each in run.clauses["items"]] == [
        "it", [world.people["ann"], world.people["ben"]], 1500, 0, world.people["ada"],
    ]  # fmt: skip
    said = {language: read(run, world, "ada", language)["items"] for language in ("en", "es", "zh-hans")}
    assert [(each["says"], each["saw"]) for each in said["en"]] == [
        ("Industry is IT", "IT"), ("Owner has changed to Ben", "Ann → Ben"), ("Staff is at least 1,500", "1,500"),
        ("number of Contacts is less than 5", "0"), ("who did it is Ada", "Ada"),
    ]  # fmt: skip
    assert (said["es"][0]["says"], said["es"][0]["saw"]) == ("Sector es Informática", "Informática")
    assert "1500" in said["es"][2]["says"].replace(".", "")
    assert (said["zh-hans"][0]["says"], said["zh-hans"][0]["saw"]) == ("行业是信息技术", "信息技术")


def test_what_is_hidden_stays_hidden(world: World) -> None:
    limit = {"field": "credit_limit", "op": "gt", "value": 10}
    made = rule(world, "customers.changed", [{"action": "tag", "add": ["seen"]}], [limit, IS_IT])
    customer = world.customer("ann", name="Halden", industry="it")
    records.change("customers", customer.pk, {"credit_limit": {"amount": "50", "currency": "EUR"}}, world.act("ada"))
    run = Run.objects.get(rule_id=made.pk)
    closed = {"says": "A condition that is not open to you", "saw": None, "holds": None}
    hers = read(run, world, "ann", "en")["items"]
    assert hers == [closed, {"says": "Industry is IT", "saw": "IT", "holds": True}]
    assert "50" in read(run, world, "ada", "en")["items"][0]["saw"]


def test_what_it_spoke_of_may_be_gone_and_old_runs_are_still_read(world: World) -> None:
    entity = registry.get("customers")
    env = records.environment(world.actor("ada"))
    old = {"says": "Sector es IT", "saw": "IT", "holds": True, "of": [["customers", "industry"]]}
    assert telling.tree(old, entity, env) == {"says": "Sector es IT", "saw": "IT", "holds": True}
    gone = {"field": "owner", "op": "is", "value": 987654}
    kept = {"is": gone, "saw": 1, "holds": False, "of": [["customers", "owner"]]}
    assert telling.tree(kept, entity, env)["says"] == "A condition that is not open to you"
    assert telling.tree({}, entity, env) == {}
