"""A real company's sales replayed in order of time through the API, under the rules of the gallery: each runs as often
as a count over the file says. One sale in ten: the rows 1, 11, 21 … of 8,800."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bosun.kernel import records, stamps
from bosun.platform.accounts import services
from bosun.platform.automation import gallery
from bosun.platform.automation.models import Run
from bosun.platform.org.models import Person
from tests.api.conftest import Api
from tests.kernel.world import World
from tests.modules.test_maven import in_dollars

STEP, BIG, TOTAL = 10, 3000, 20_000
GIVEN: dict[str, dict[str, Any]] = {
    "new_class": {"grade": "A"}, "big": {"amount": BIG}, "hand_over": {}, "ended_marks": {}, "stage_told": {},
    "won_total_grade": {"total": TOTAL}, "capital_staff_source": {}, "result_tag": {"tag": "x"},
}  # fmt: skip


def sales(folder: Path) -> list[dict[str, str]]:
    """One row in ten."""
    return list(csv.DictReader((folder / "sales_pipeline.csv").read_text("utf-8").splitlines()))[::STEP]


def in_time(rows: list[dict[str, str]]) -> list[tuple[str, int, int]]:
    """What happens, as (day, 0 for its beginning and 1 for its end, place in the list); who never began is first."""
    begun = [(row["engage_date"], 0, place) for place, row in enumerate(rows)]
    return sorted(begun + [(row["close_date"], 1, place) for place, row in enumerate(rows) if row["close_date"]])


def expected(rows: list[dict[str, str]]) -> Counter[str]:
    """How often each rule must run, counted over the file."""
    ended = [row for row in rows if row["deal_stage"] in ("Won", "Lost")]
    found = Counter(
        big=sum(float(row["close_value"] or 0) >= BIG for row in rows),
        hand_over=sum(row["deal_stage"] == "Won" for row in rows),
        ended_marks=sum(bool(row["account"]) for row in ended),
        stage_told=len(ended),
    )
    totals: dict[str, float] = defaultdict(float)
    for _day, end, place in in_time(rows):
        row = rows[place]
        if end and row["deal_stage"] == "Won" and row["account"]:
            before = totals[row["account"]]
            totals[row["account"]] = after = before + float(row["close_value"])
            found["won_total_grade"] += after >= TOTAL
            found["new_class"] += before < TOTAL <= after
    return found


@pytest.mark.data
@pytest.mark.slow
def test_each_rule_runs_as_often_as_the_file_says(world: World, data_folder: Path) -> None:
    in_dollars(world)
    names = {}
    for key, given in GIVEN.items():
        made = gallery.use(key, given, world.act("ada"))
        records.change("rules", made.pk, {"enabled": True}, world.act("ada"))
        names[made.pk] = key
    stamps.refresh()
    token = services.make_token(Person.objects.get(pk=world.people["ada"]), "replay", "full")
    api = Api(token, Client(raise_request_exception=False))
    rows = sales(data_folder / "maven_crm")
    accounts = {
        name: api.send("POST", "customers", {"name": name}, 201)["id"] for name in {r["account"] for r in rows} - {""}
    }
    held: dict[int, int] = {}
    for _day, end, place in in_time(rows):
        row = rows[place]
        if not end:
            raw: dict[str, Any] = {"name": row["opportunity_id"]}
            if row["account"]:
                raw["customer"] = accounts[row["account"]]
            if row["close_value"]:
                raw["amount"] = {"amount": row["close_value"], "currency": "USD"}
            held[place] = api.send("POST", "opportunities", raw, 201)["id"]
        elif row["deal_stage"] == "Won":
            api.send("POST", f"opportunities/{held[place]}/verbs/win", {})
        else:
            api.send("POST", f"opportunities/{held[place]}/verbs/lose", {"lost_reason": "price"})
    ran = Counter(names[rule] for rule in Run.objects.values_list("rule_id", flat=True))
    assert set(Run.objects.values_list("state", flat=True)) == {"done"}
    assert ran == expected(rows)
    assert ran["new_class"] > 0
