"""Real tables, imported with the maps that ship: what is in them is in Bosun, once, and undone without a trace."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from bosun.kernel import records
from bosun.platform.imports import files, services
from bosun.platform.integrity.hashing import content_hash
from tests.kernel.world import World
from tests.platform.importing import columns, counts, example, found, imported, names, problems, table

pytestmark = pytest.mark.django_db

TEAMS = table(
    "sales_agent | manager | regional_office",
    "Ada Snell | Dustin Brink | Central", "Cecily Lamp | Dustin Brink | Central", "Violet Mac | Cara Losch | East",
    "Zane Levy | Summer Sew | East",
)  # fmt: skip
ACCOUNTS = table(
    "account | sector | year_established | revenue | employees | office_location | subsidiary_of",
    "Bluth Company | technolgy | 1993 | 1242.32 | 3027 | Spain | Acme Corporation",
    "Cancity | employment | 2001 | 718.62 | 2448 | Korea |",
    "Acme Corporation | retail | 1996 | 1100.04 | 2822 | Philipines |",
)
COMPANIES = table(
    "code | name | industry | area | pe",
    "600336 | 澳柯玛 | 家用电器 | 山东 | 25.95", "000001 | 平安银行 | 银行 | 深圳 | 7.1",
    "000523 | 广州浪奇 | 日用化工 | 广东 | 9",
    "600298 | 中铁宝桥 | 银行 |  | 0",
)  # fmt: skip


def within(world: World, place: str) -> int:
    wish = {"field": "region", "op": "within", "value": [place]}
    return int(records.query("customers", world.actor("ada")).filter(wish).count(0)[0])


def tree(world: World) -> list[tuple[str, str, str]]:
    """Departments with the one above and their head."""
    rows = found("departments", world.actor("ada"), pk__gt=max(world.departments.values()))
    return [(row.name, str(row.parent or ""), str(row.head or "")) for row in rows]


def test_sales_teams_make_offices_teams_with_heads_and_people(world: World) -> None:
    made = imported(TEAMS, example("maven_sales_teams"), world.actor("ada"))
    assert counts(made) == {"create": 2 + 3 + 3 + 4, "update": 3, "same": 2 + 1 + 1 + 1 + 0}
    assert tree(world) == [
        ("Central", "", ""), ("East", "", ""), ("Team Dustin Brink", "Central", "Dustin Brink"),
        ("Team Cara Losch", "East", "Cara Losch"), ("Team Summer Sew", "East", "Summer Sew"),
    ]  # fmt: skip
    people = found("users", world.actor("ada"), active=False)
    assert {(row.name, row.department.name, row.email, row.username) for row in people} == {
        ("Dustin Brink", "Team Dustin Brink", None, None), ("Cara Losch", "Team Cara Losch", None, None),
        ("Summer Sew", "Team Summer Sew", None, None), ("Ada Snell", "Team Dustin Brink", None, None),
        ("Cecily Lamp", "Team Dustin Brink", None, None), ("Violet Mac", "Team Cara Losch", None, None),
        ("Zane Levy", "Team Summer Sew", None, None),
    }  # fmt: skip


def test_parents_further_down_are_found_and_options_translated_or_added(world: World) -> None:
    made = imported(ACCOUNTS, example("maven_accounts"), world.actor("ada"))
    assert counts(made) == {"create": 3}
    rows = [
        (row.name, row.industry, row.staff, str(row.parent or "")) for row in found("customers", world.actor("ada"))
    ]
    assert rows == [
        ("Bluth Company", "it", 3027, "Acme Corporation"), ("Cancity", "employment", 2448, ""),
        ("Acme Corporation", "retail", 2822, ""),
    ]  # fmt: skip
    places = [str(row.region) for row in found("customers", world.actor("ada"))]
    assert [place for place in places if place == "None"] == []
    assert names("options", world.actor("ada"), list_key="industry", key="employment") == ["employment"]


def test_codes_stay_text_and_places_are_known_by_their_short_names(world: World) -> None:
    made = imported(COMPANIES, example("cn_listed_companies"), world.actor("ada"))
    assert counts(made) == {"create": 4, "noted": 1}
    assert columns(world.actor("ada"), "customers", ["external_id"]) == [
        ("600336",),
        ("000001",),
        ("000523",),
        ("600298",),
    ]
    assert problems(made) == [(5, "note", [["region", "“Region” is empty."]])]
    assert (within(world, "广东"), within(world, "深圳"), within(world, "山东")) == (2, 1, 1)


@pytest.mark.parametrize(
    ("content", "name"),
    [(TEAMS, "maven_sales_teams"), (ACCOUNTS, "maven_accounts"), (COMPANIES, "cn_listed_companies")],
)
def test_twice_makes_nothing_twice_and_undo_leaves_no_trace(world: World, content: bytes, name: str) -> None:
    before = content_hash()
    first = imported(content, example(name), world.actor("ada"))
    between = content_hash()
    second = imported(content, example(name), world.actor("ada"))
    assert counts(second).keys() <= {"same", "noted"}
    assert content_hash() == between != before
    for made in (second, first):
        assert services.undo(made, world.actor("ada")).left_alone == []
    assert content_hash() == before


@pytest.mark.data
def test_the_maven_accounts(world: World, data_folder: Path) -> None:
    content = (data_folder / "maven_crm" / "accounts.csv").read_bytes()
    said = list(csv.DictReader(content.decode().splitlines()))
    made = imported(content, example("maven_accounts"), world.actor("ada"))
    rows = found("customers", world.actor("ada"))
    controls = json.loads((data_folder / "controls.json").read_text(encoding="utf-8"))["maven_crm"]
    assert counts(made) == {"create": controls["accounts"]}
    assert [row.name for row in rows] == [row["account"] for row in said]
    assert [str(row.parent or "") for row in rows] == [row["subsidiary_of"] for row in said]
    assert sum(row.staff for row in rows) == sum(int(row["employees"]) for row in said)
    assert [row.name for row in rows if row.region is None] == []


@pytest.mark.data
def test_the_maven_sales_teams(world: World, data_folder: Path) -> None:
    content = (data_folder / "maven_crm" / "sales_teams.csv").read_bytes()
    said = list(csv.DictReader(content.decode().splitlines()))
    imported(content, example("maven_sales_teams"), world.actor("ada"))
    made = tree(world)
    offices = [name for name, above, head in made if not above and not head]
    teams = {name: (above, head) for name, above, head in made if head}
    people = {row.name: row for row in found("users", world.actor("ada"), active=False)}
    assert (len(offices), len(teams), len(people)) == (3, 6, 35 + 6)
    for row in said:
        team = f"Team {row['manager']}"
        assert teams[team] == (row["regional_office"], row["manager"])
        assert people[row["sales_agent"]].department.name == people[row["manager"]].department.name == team
    assert {person.email for person in people.values()} == {None}


@pytest.mark.data
@pytest.mark.slow
def test_the_chinese_listed_companies(world: World, data_folder: Path) -> None:
    before = content_hash()
    content = (data_folder / "cn_listed_companies" / "stock_basic.csv").read_bytes()
    ada = world.actor("ada")
    made = imported(content, example("cn_listed_companies"), ada)
    assert counts(made) == {"create": 3621, "noted": 4}
    codes = [code for (code,) in columns(ada, "customers", ["external_id"])]
    assert sum(code.startswith("0") for code in codes) == 1396
    assert [row[2] for row in problems(made)] == [[["region", "“Region” is empty."]]] * 4
    assert (within(world, "广东"), within(world, "深圳"), within(world, "北京")) == (594, 287, 319)
    for typed in ("平安", "zgpa", "zhongguo pingan"):
        hits = {str(row) for row in records.query("customers", ada).search(typed).page().items}
        assert "中国平安" in hits, typed
    again = imported(content, example("cn_listed_companies"), ada)
    assert counts(again) == {"same": 3621, "noted": 4}
    assert (services.undo(made, ada).left_alone, content_hash()) == ([], before)


@pytest.mark.data
def test_csv_spectrum_arrives_as_it_is(world: World, data_folder: Path) -> None:
    folder = data_folder / "csv_spectrum"
    # The answer beside location_coordinates.csv is that of another table.
    paths = [path for path in sorted((folder / "csvs").glob("*.csv")) if path.stem != "location_coordinates"]
    assert len(paths) == 11
    for path in paths:
        wanted: list[dict[str, str]] = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        made = services.receive(path.read_bytes(), path.name, world.actor("ada"))
        with files.table_of(made) as read:
            rows = [dict(zip(read.headers, cells, strict=True)) for cells in read.rows]
        assert [flat(row) for row in rows] == [flat(row) for row in wanted], path.name


def flat(row: dict[str, str]) -> dict[str, str]:
    """Line ends as one; the files differ in them, their answers do not."""
    return {name: value.replace("\r\n", "\n") for name, value in row.items()}


@pytest.mark.data
def test_phone_numbers_arrive_in_their_normal_form(world: World, data_folder: Path) -> None:
    content = (data_folder / "phone_examples" / "phone_examples.csv").read_bytes()
    said = list(csv.DictReader(content.decode().splitlines()))
    raw: dict[str, Any] = {
        "entity": "customers",
        "columns": {
            "region": "name", "type": "name",
            "country_code": {"field": "phones", "text": "+{}"},
            "example_national_number": {"field": "phones", "join": ""},
        },
    }  # fmt: skip
    made = imported(content, raw, world.actor("ada"))
    assert counts(made) == {"create": len(said)}
    numbers = [row.phones for row in found("customers", world.actor("ada"))]
    assert numbers == [[f"+{row['country_code']}{row['example_national_number']}"] for row in said]
