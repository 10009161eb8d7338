"""The plain sentence under a rule, word for word in three languages (`sentences.json`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from bosun.kernel import records, stamps
from bosun.platform.automation import rulebook, telling
from bosun.platform.automation.models import Rule
from tests.kernel.world import World

LANGUAGES = ("en", "zh-hans", "es")
WON = {"field": "stage.outcome", "op": "is", "value": "won"}
A = {"action": "set", "field": "grade", "value": "A"}
IT = {"field": "industry", "op": "is", "value": "it"}
Json = dict[str, Any]
WORDS = json.loads(Path(__file__).with_name("sentences.json").read_text("utf-8"))

RULES: dict[str, Callable[[Mapping[str, int]], Json]] = {
    "assign": lambda who: {
        "event": "customers.saved", "when": {"all": [IT, {"field": "staff", "op": "gte", "value": 100}]},
        "do": [{"action": "assign", "to": who["ann"]}],
    },
    "nested": lambda who: {
        "event": "customers.changed",
        "when": {
            "all": [
                {"field": "grade", "op": "changed_to", "value": "A"},
                {"any": [IT, {"all": [{"field": "staff", "op": "gt", "value": 10},
                                      {"none": [{"field": "source", "op": "is", "value": "referral"},
                                                {"field": "owner", "op": "is", "value": who["cyd"]}]}]}]},
            ]
        },
        "do": [{"action": "tag", "add": ["vip"]}],
    },
    "before and who": lambda who: {
        "event": "customers.changed",
        "when": {"all": [{"field": "before.grade", "op": "is", "value": "B"},
                         {"field": "grade", "op": "changed_from", "value": "B"},
                         {"field": "actor", "op": "is_not", "value": who["ben"]},
                         {"field": "door", "op": "in", "value": ["import", "api"]}]},
        "do": [{"action": "notify", "to": ["owner", "manager"], "text": "{{name}}"}],
    },
    "count": lambda who: {
        "event": "customers.saved",
        "when": {"count": "opportunities.customer", "where": WON, "op": "gte", "value": 3},
        "do": [A],
    },
    "sum": lambda who: {
        "event": "opportunities.won",
        "when": {"sum": "opportunities.customer", "of": "amount", "at": "customer", "where": WON, "op": "gt",
                 "value": 500},
        "do": [{"action": "change", "record": "customer", "set": {"grade": "A"}}],
    },
    "table": lambda who: {
        "event": "customers.created",
        "do": [{"action": "assign", "table": [{"when": IT, "to": who["ann"]}, {"when": {}, "to": who["cyd"]}]}],
    },
    "in turn": lambda who: {
        "event": "customers.created",
        "do": [{"action": "assign", "among": [who["ann"], who["cyd"]], "how": "turn"}],
    },
    "by load": lambda who: {
        "event": "customers.created",
        "do": [{"action": "assign", "among": [who["ann"], who["cyd"]], "how": "load"}],
    },
    "create": lambda who: {
        "event": "opportunities.won",
        "do": [{"action": "create", "entity": "tasks",
                "values": {"subject": "Call", "about": "record", "owner": "{{owner}}", "due": "+3d"}}],
    },
    "before a date": lambda who: {
        "event": "opportunities.time", "trigger": {"at": "closes", "offset": -3, "unit": "workdays", "hour": 9},
        "do": [{"action": "notify", "to": [who["ben"]], "text": "Soon"}],
    },
    "every week": lambda who: {
        "event": "customers.time", "trigger": {"every": "FREQ=WEEKLY;BYDAY=MO", "hour": 8},
        "when": {"field": "next_contact", "op": "last_days", "value": 7}, "do": [A, {"action": "stop"}],
    },
    "guard": lambda who: {"event": "customers.deleted", "guard": "ask", "when": {"none": [IT]}},
}  # fmt: skip


def said(world: World, name: str) -> dict[str, str]:
    """The sentence of a rule in each language, for a reader of that language."""
    found = {}
    for language in LANGUAGES:
        records.change("users", world.people["ada"], {"language": language}, world.act("ada"))
        stamps.refresh()
        with translation.override(language):
            row = Rule(name=name, owner_id=world.people["ada"], **RULES[name](world.people))
            found[language] = telling.sentence(rulebook.compile_rule(row))
    return found


@pytest.mark.parametrize("name", RULES)
def test_the_sentence_of_a_rule(world: World, name: str) -> None:
    assert said(world, name) == WORDS[name]
