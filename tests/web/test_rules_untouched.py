"""A rule that is opened in its panel and saved as it is stays as it is, to the last value: each of the gallery."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from bosun.kernel import records
from bosun.kernel.ledger import Change
from bosun.platform.automation import gallery
from bosun.platform.automation.models import Rule
from tests.kernel.world import World
from tests.modules.test_rule_gallery import GIVEN, TEN
from tests.web.conftest import Seat
from tests.web.test_automation_builder import built
from tests.web.test_automation_console import BASE, Inputs

Sit = Callable[[str], Seat]
TAG = [{"action": "tag", "add": ["large"]}]
GROUPS = ("all", "any", "none")
SAID = ("name", "event", "trigger", "when", "do", "throttle", "guard", "reason", "needs_text", "identity_id", "enabled")


def as_posted(tree: Any) -> Any:
    """What the builder makes of the condition that it is given: groups of rows whose values are what stands in them."""
    mode = next((each for each in GROUPS if each in tree), "")
    if mode:
        return {mode: [as_posted(each) for each in tree[mode]]}
    leaf = {name: value for name, value in tree.items() if name not in ("words", "says", "worded", "where")}
    if set(leaf) & {"count", "sum"}:
        leaf.pop("field")
    if tree.get("where"):
        inner = as_posted(tree["worded"])
        leaf["where"] = inner if set(inner) & set(GROUPS) else {"all": [inner]}
    if "value" in leaf:
        value = leaf["value"]
        leaf["value"] = [str(each) for each in value] if isinstance(value, list) else str(value)
    return leaf


def untouched(page: str) -> dict[str, Any]:
    """The panel as a browser posts it where nobody has touched anything."""
    inputs = Inputs()
    inputs.feed(page)
    tree = built(page, "tree")
    posted = as_posted(tree) if tree else None
    if posted and not set(posted) & set(GROUPS):
        posted = {"all": [posted]}
    return {**inputs.found, "filter": json.dumps(posted) if posted else ""}


def said(row: Rule) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SAID}


@pytest.mark.parametrize("key", TEN)
def test_a_rule_of_the_gallery_stays_as_it_is(world: World, sit: Sit, key: str) -> None:
    ada, row = sit("ada"), gallery.use(key, GIVEN.get(key, {}), world.act("ada"))
    before, acts = said(row), Change.objects.count()
    typed = untouched(ada.fragment(f"{BASE}/{row.pk}"))
    assert typed["version"] == [str(row.version)]
    ada.send(f"{BASE}/{row.pk}", 204, **typed)
    row.refresh_from_db()
    assert said(row) == before
    assert Change.objects.count() == acts, "nothing is written down where nothing was changed"
    ada.send(f"{BASE}/{row.pk}", 204, **{**typed, "name": "Another name"})
    row.refresh_from_db()
    assert said(row) == {**before, "name": "Another name"}


def test_a_value_that_was_changed_is_kept(world: World, sit: Sit) -> None:
    ada, row = sit("ada"), gallery.use("capital_staff_source", {}, world.act("ada"))
    typed = untouched(ada.fragment(f"{BASE}/{row.pk}"))
    tree = json.loads(typed["filter"])
    tree["all"][1]["value"] = "1000"
    ada.send(f"{BASE}/{row.pk}", 204, **{**typed, "filter": json.dumps(tree)})
    row.refresh_from_db()
    assert [each["value"] for each in row.when["all"]] == ["50000000", "1000", "social_media"]


def test_an_amount_stands_in_its_row_as_one_types_it_and_stays(world: World, sit: Sit) -> None:
    amount = {"amount": "1000.50", "currency": "EUR"}
    over = {"field": "amount", "op": "gt", "value": amount}
    summed = {"sum": "opportunities.customer", "of": "amount", "op": "gt", "value": amount, "at": "customer"}
    raw = {"name": "Large", "event": "opportunities.saved", "when": {"all": [over, summed]}, "do": TAG}
    row, ada = records.create("rules", raw, world.act("ada")), sit("ada")
    page = ada.fragment(f"{BASE}/{row.pk}")
    assert [each["value"] for each in built(page, "tree")["all"]] == ["1000.50 EUR", "1000.50 EUR"]
    ada.send(f"{BASE}/{row.pk}", 204, **{**untouched(page), "name": "Larger"})
    row.refresh_from_db()
    assert (row.name, row.when) == ("Larger", raw["when"])
    shown = ada.fragment(f"/opportunities/filter?filter={quote(json.dumps(over))}")
    assert built(shown, "tree")["value"] == "1000.50 EUR"
