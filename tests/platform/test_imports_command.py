"""`bosun import` and `bosun export`, and files of every odd kind."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from bosun.config import cli
from bosun.config.failure import Failure
from bosun.kernel.errors import Invalid
from bosun.lib import clock
from bosun.platform.imports import files, services
from bosun.platform.imports.analysis import analyse
from bosun.platform.imports.models import Import
from bosun.platform.integrity.hashing import content_hash
from bosun.platform.jobs import declared, queue
from tests.kernel.world import World
from tests.platform.importing import MAPS, given, names, table

pytestmark = pytest.mark.django_db
COMPANIES = table("Company | Staff", "Tidewater | 5", "Harbour | many")
MAP = {"columns": {"Company": "name", "Staff": "staff"}, "key": "name"}


@pytest.fixture
def paths(tmp_path: Path) -> tuple[str, str]:
    """A table and its map."""
    (tmp_path / "companies.csv").write_bytes(COMPANIES)
    (tmp_path / "map.json").write_text(json.dumps(MAP), encoding="utf-8")
    return str(tmp_path / "companies.csv"), str(tmp_path / "map.json")


def bosun(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], list[str]]:
    """Status, what it says, and what it complains about."""
    capsys.readouterr()
    status = cli.main(arguments)
    said = capsys.readouterr()
    return status, said.out.splitlines(), said.err.splitlines()


def test_import_tells_what_became_of_each_row_and_undo_takes_it_back(
    world: World, paths: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, chosen = paths
    before = content_hash()
    errors = tmp_path / "errors.csv"
    status, out, err = bosun(
        capsys, "import", "customers", file, "--map", chosen, "--user", "ann", "--errors", str(errors)
    )
    batch = Import.objects.get().batch
    assert (status, out) == (1, [f"batch {batch}", "created 1, failed 1"])
    assert err == ["row 3: error: staff: This is not a number."]
    assert names("customers", world.actor("ann")) == ["Tidewater"]
    assert errors.read_bytes().decode("utf-8-sig").splitlines() == [
        "Company,Staff,What is wrong", "Harbour,many,Row 3: Staff: This is not a number.",
    ]  # fmt: skip
    status, out, _err = bosun(capsys, "import", "--undo", batch, "--user", "ann")
    assert (status, out, content_hash()) == (0, ["removed 1, put back 0, left alone 0"], before)


def test_a_rehearsal_leaves_nothing(world: World, paths: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    file, chosen = paths
    before = content_hash()
    status, out, err = bosun(capsys, "import", "customers", file, "--map", chosen, "--user", "ann", "--dry-run")
    assert (status, out, err) == (1, ["created 1, failed 1"], ["row 3: error: Staff: This is not a number."])
    assert (content_hash(), Import.objects.count(), world.actor("ann").name) == (before, 0, "Ann")


def test_a_map_is_proposed_and_needs_not_be_written(
    world: World, paths: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _err = bosun(capsys, "import", "customers", paths[0], "--user", "ann", "--propose")
    assert status == 0
    assert json.loads("\n".join(out)) == {"entity": "customers", **MAP, "on_match": "update"}
    status, out, _err = bosun(capsys, "import", "customers", paths[0], "--user", "ann")
    assert (out[-1], names("customers", world.actor("ann"))) == ("created 1, failed 1", ["Tidewater"])


def test_export_writes_what_import_reads(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("Tidewater", "Harbour"):
        world.customer("ann", name=name)
    path = tmp_path / "out.csv"
    status, _out, err = bosun(
        capsys, "export", "customers", "--user", "ann", "--columns", "name,owner", "--sort=-name", "-o", str(path),
        "--filter", '{"field": "name", "op": "starts", "value": "t"}',
    )  # fmt: skip
    assert (status, err) == (0, ["1 rows"])
    assert path.read_bytes().decode("utf-8-sig").splitlines() == ["Customer,Owner", "Tidewater,ann"]
    assert bosun(capsys, "export", "customers", "--user", "ann", "-o", str(tmp_path / "out.xlsx"))[0] == 0
    assert (tmp_path / "out.xlsx").read_bytes().startswith(b"PK")


def test_a_mistake_is_one_sentence(
    world: World, paths: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*arguments: str) -> str:
        try:
            status, _out, err = bosun(capsys, *arguments)
        except Failure as failure:
            return str(failure)
        assert status != 0
        return err[0]

    file, chosen = paths
    assert "There is no file" in fails("import", "customers", str(tmp_path / "absent.csv"), "--user", "ann")
    assert "Nobody signs in as 'zoe'" in fails("import", "customers", file, "--user", "zoe")
    assert "You do not have the right" in fails("import", "users", file, "--map", chosen, "--user", "ann")
    (tmp_path / "map.json").write_text('{"columns": {"Nam": "name"}}', encoding="utf-8")
    assert "The file has no column “Nam”." in fails("import", "customers", file, "--map", chosen, "--user", "ann")
    (tmp_path / "map.json").write_text("{", encoding="utf-8")
    assert "map.json" in fails("import", "customers", file, "--map", chosen, "--user", "ann")
    assert "does not exist" in fails("import", "--undo", "abc", "--user", "ann")
    assert "no JSON" in fails("export", "customers", "--user", "ann", "--filter", "{")
    assert "right" in fails("export", "users", "--user", "ann")
    assert names("customers", world.actor("ada")) == []


def test_the_maps_of_the_manual_can_be_read(world: World) -> None:
    found = sorted(path.stem for path in MAPS.glob("*.json"))
    assert found == ["cn_listed_companies", "maven_accounts", "maven_sales_pipeline", "maven_sales_teams"]
    for path in MAPS.glob("*.json"):
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        columns = {column for step in raw.get("steps", [raw]) for column in step["columns"]}
        made = given(
            table(" | ".join(sorted(columns)), " | ".join("x" for _column in columns)), raw, world.actor("ada")
        )
        assert made.map == raw


def test_dates_that_can_be_read_in_two_ways_are_pointed_out(world: World) -> None:
    world.customer("ada", name="Tidewater")
    raw = {"entity": "contacts", "columns": {"Name": "name", "At": "customer", "Born": "birthday"}}
    content = table("Name | At | Born", "Ana | Tidewater | 03/02/1980", "Eva | Tidewater | 04/05/1981")
    said = services.check(given(content, raw, world.actor("ada")), world.actor("ada")).warnings
    assert said == ["Dates such as 03/02/1980 can be read in two ways. Say which part is the day."]
    for sure in (content.replace(b"04/05", b"25/05"), content.replace(b"03/02/1980", b"1980-02-03")):
        more = {**raw, "dates": "dmy"} if b"1980-" in sure else raw
        assert services.check(given(sure, more, world.actor("ada")), world.actor("ada")).warnings == []


def test_files_that_nobody_needs_are_cleared_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    old = services.receive(table("a", "1"), "a.csv", world.actor("ann"))
    rehearsed = services.receive(table("a", "2"), "b.csv", world.actor("ann"))
    run = given(table("Name", "c"), {"entity": "customers", "columns": {"Name": "name"}}, world.actor("ann"))
    services.start(run, world.actor("ann"))
    rehearsed.delete()
    monkeypatch.setattr(
        type(default_storage), "get_modified_time", lambda *_path: clock.now() - timedelta(days=3), False
    )
    with clock.fixed(clock.now() + timedelta(days=3)):
        declared.periodic["imports.purge"].task()
    kept = [
        digest for digest in (old.digest, rehearsed.digest, run.digest) if default_storage.exists(files.path_of(digest))
    ]
    assert (kept, list(Import.objects.all()), len(queue.of_owner(world.actor("ann")))) == ([run.digest], [run], 1)


@pytest.mark.data
def test_every_odd_table_is_read_or_refused_in_words(data_folder: Path) -> None:
    read, refused = 0, []
    for path in sorted((data_folder / "tables_frictionless").iterdir()):
        try:
            found = analyse(path.read_bytes(), path.name)
        except Invalid as refusal:
            refused.append((path.name, refusal.title))
            continue
        read += 1
        assert len(found.headers) == len(set(found.headers)), path.name
        assert all(found.headers), path.name
    assert read >= 80
    assert all(title.endswith(".") for _name, title in refused), refused


def test_cells_that_somebody_forgot_are_pointed_out(world: World) -> None:
    raw = {"entity": "customers", "columns": {"Company": "name", "Site": "address", "Note": "external_id"}}
    lines = [f"Firm {number} | Quay {number} | " for number in range(39)]
    said = services.check(
        given(table("Company | Site | Note", *lines, "Firm 39 |  | "), raw, world.actor("ada")), world.actor("ada")
    ).warnings
    assert said == ["“Address” is empty in 1 row."]
