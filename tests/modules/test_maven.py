"""The pipeline of a real company, days written in three ways: each figure as its owner knows it, once, and undone."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from bosun.config import cli
from bosun.kernel import records, stamps
from bosun.platform.figures import groups
from bosun.platform.imports import services
from bosun.platform.imports.models import Import
from bosun.platform.integrity.hashing import content_hash
from bosun.platform.pipelines.models import Stay
from tests.kernel.world import SYSTEM, World
from tests.modules.conftest import stays
from tests.platform.importing import MAPS, counts, example, imported, table

pytestmark = pytest.mark.django_db
WON = {"field": "stage.outcome", "op": "is", "value": "won"}
REGION, MANAGER = "owner.department.parent", "owner.department.head"
PIPELINE = table(
    "opportunity_id | sales_agent | product | account | deal_stage | engage_date | close_date | close_value",
    "1C1I7A6R | Ann | GTX Plus Basic | Cancity | Won | 2016-10-20 | 2017-03-01 | 1054",
    "Z063OYW0 | Ann | GTXPro | Isdom | Won | 2016-10-25 | 2017-03-11 | 4514",
    "HAXMC4IX | Cyd | MG Special |  | Engaging | 2016-11-03 |  |",
    "UP409DSB | Cyd | MG Advanced | Cancity | Lost | 2016-11-10 | 2017-03-07 | 0",
    "PE84CX4O | Ann | GTX Basic | Isdom | Prospecting |  |  |",
)  # fmt: skip


def in_dollars(world: World) -> None:
    """The seller reckons in dollars."""
    (company,) = records.query("company", SYSTEM.actor).page(limit=1).items
    records.change("company", company.pk, {"currency": "USD"}, SYSTEM)
    stamps.refresh()


def by(world: World, name: str, sums: tuple[str, ...] = (), only: Any = None) -> dict[str, tuple[int, dict[str, str]]]:
    """Groups by what they are called: how many, and sums."""
    query = records.query("opportunities", world.actor("ada")).filter(only)
    key = groups.read(query.entity, name, query.env)
    return {
        key.text(group.values[0], query.env): (group.count, {n: s.amount_text for n, s in group.sums.items()})
        for group in groups.count(query, [name], sums)
    }


def amounts(found: dict[str, tuple[int, dict[str, str]]]) -> dict[str, float]:
    return {name: float(sums["amount"]) for name, (_count, sums) in found.items()}


def test_a_pipeline_comes_in_with_its_own_days(world: World) -> None:
    in_dollars(world)
    for name in ("Cancity", "Isdom"):
        world.customer("ann", name=name)
    before = content_hash()
    made = imported(PIPELINE, example("maven_sales_pipeline"), world.actor("ada"))
    assert counts(made) == {"create": 5}
    rows = {row.external_id: row for row in records.query("opportunities", world.actor("ada")).rows()}
    won, lost, open_ = rows["1C1I7A6R"], rows["UP409DSB"], rows["HAXMC4IX"]
    assert (str(won.opened), str(won.closed), won.amount_minor) == ("2016-10-20", "2017-03-01", 105400)
    assert stays(won.pk) == [("", "2016-10-20", "2017-03-01"), ("Won", "2017-03-01", "")]
    assert stays(lost.pk) == [("", "2016-11-10", "2017-03-07"), ("Lost", "2017-03-07", "")]
    assert stays(open_.pk) == [("Engaging", "2016-11-03", "")]
    assert (lost.lost_reason, open_.customer_id) == (None, None)
    assert amounts(by(world, "stage", ("amount",), WON)) == {"Won": 5568.0}
    assert {name: count for name, (count, _sums) in by(world, "x_product").items()} == {
        "GTX Plus Basic": 1, "GTXPro": 1, "MG Special": 1, "MG Advanced": 1, "GTX Basic": 1,
    }  # fmt: skip
    again = imported(PIPELINE, example("maven_sales_pipeline"), world.actor("ada"))
    assert counts(again) == {"same": 5}
    for done in (again, made):
        assert services.undo(done, world.actor("ada")).left_alone == []
    assert content_hash() == before
    assert not Stay.objects.filter(entity="opportunities").exists()


@pytest.mark.data
@pytest.mark.slow
def test_the_maven_pipeline(world: World, data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = data_folder / "maven_crm"
    said = json.loads((data_folder / "controls.json").read_text(encoding="utf-8"))["maven_crm"]
    in_dollars(world)
    ada = world.actor("ada")
    imported((folder / "sales_teams.csv").read_bytes(), example("maven_sales_teams"), ada)
    imported((folder / "accounts.csv").read_bytes(), example("maven_accounts"), ada)
    before = content_hash()
    arguments = ["import", "opportunities", str(folder / "sales_pipeline.csv"), "--user", "ada"]
    assert cli.main([*arguments, "--map", str(MAPS / "maven_sales_pipeline.json")]) == 0
    assert "created 8800\n" in capsys.readouterr().out
    check_figures(world, said)
    check_history(folder)
    between = content_hash()
    renamed = (folder / "sales_pipeline.csv").read_text(encoding="utf-8").count(",GTXPro,")
    made = [Import.objects.latest("pk")]
    for name in ("variant_us_dates", "variant_dmy_dates"):
        content = (folder / f"{name}_sales_pipeline.csv").read_bytes()
        made.append(imported(content, example("maven_sales_pipeline"), ada))
    assert counts(made[1]) == {"same": 8800}
    assert counts(made[2]) == {"same": 8800 - renamed, "update": renamed}
    assert services.undo(made[2], ada).left_alone == []
    assert content_hash() == between
    assert services.undo(made[0], ada).left_alone == []
    assert content_hash() == before


def check_figures(world: World, said: dict[str, Any]) -> None:
    """Counts by stage, what was won, and by whom."""
    query = records.query("opportunities", world.actor("ada"))
    assert query.count(0) == (said["opportunities"], True)
    assert {name: count for name, (count, _sums) in by(world, "stage").items()} == said["by_stage"]
    assert float(query.filter(WON).sums(["amount"])["amount"].amount_text) == said["won_value"]
    assert query.filter({"field": "customer", "op": "empty"}).count(0)[0] == said["no_account"]
    assert amounts(by(world, REGION, ("amount",), WON)) == said["won_by_region"]
    assert amounts(by(world, MANAGER, ("amount",), WON)) == said["won_by_manager"]
    quarters = amounts(by(world, "closed:quarter", ("amount",), WON))
    assert {f"{name[3:]}{name[:2]}": amount for name, amount in quarters.items()} == said["won_by_quarter"]


def check_history(folder: Path) -> None:
    """Every stay has the days of the file."""
    rows = list(csv.DictReader((folder / "sales_pipeline.csv").read_text(encoding="utf-8").splitlines()))
    ended = sorted((row["engage_date"], row["close_date"]) for row in rows if row["close_date"])
    held = Stay.objects.filter(entity="opportunities", stage__isnull=True).values_list("entered_on", "left_on")
    assert sorted((str(entered), str(left)) for entered, left in held) == [pair for pair in ended if pair[0] < pair[1]]
    begun = Stay.objects.filter(entity="opportunities", stage__name="Engaging").values_list("entered_on", flat=True)
    assert sorted(map(str, begun)) == sorted(row["engage_date"] for row in rows if row["deal_stage"] == "Engaging")
