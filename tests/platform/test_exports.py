"""Tables taken out: one's own rows and fields, safe to open, readable by an import, and noted."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage

from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.kernel.ledger import Change
from bosun.lib import clock
from bosun.lib.sheets import open_table
from bosun.platform.exports import services
from bosun.platform.exports.models import Export
from bosun.platform.exports.tables import Wish
from bosun.platform.integrity.hashing import content_hash
from bosun.platform.jobs import running
from tests.kernel.world import REP, World
from tests.platform.importing import columns, counts, imported

pytestmark = pytest.mark.django_db


def out(world: World, who: str, entity: str = "customers", **wish: Any) -> list[list[str]]:
    """Headers and rows of an export."""
    name, file = services.file_of(entity, world.actor(who), Wish(**wish))
    with file, open_table(file.read(), name) as read:
        return [read.headers, *read.rows]


def test_a_table_holds_ones_own_rows_in_order(world: World) -> None:
    for who, name in (("ann", "Tidewater"), ("ann", "harbour"), ("cyd", "Quay")):
        world.customer(who, name=name, staff=5)
    assert out(world, "ann", columns=["name", "staff", "owner"], sort=["name"]) == [
        ["Customer", "Staff", "Owner"], ["harbour", "5", "ann"], ["Tidewater", "5", "ann"],
    ]  # fmt: skip
    assert out(world, "ann", columns=["name"], filter={"field": "name", "op": "contains", "value": "tide"}) == [
        ["Customer"], ["Tidewater"],
    ]  # fmt: skip
    assert out(world, "ann", columns=["name"], search="harb")[1:] == [["harbour"]]


def test_the_right_to_export_is_a_right_of_its_own(world: World) -> None:
    world.customer("ann", name="Tidewater")
    with pytest.raises(Denied):
        services.file_of("customers", world.actor("ben"), Wish())
    with pytest.raises(Denied):
        services.start("contacts", world.actor("ann"), Wish())
    world.grant("rep", {**REP, "customers": {**REP["customers"], "export": "all"}})
    world.customer("cyd", name="Quay")
    assert out(world, "ann", columns=["name"])[1:] == [["Tidewater"]]


def test_hidden_fields_are_not_there(world: World) -> None:
    world.customer("ada", name="Tidewater", credit_limit="1 EUR")
    for wish in (Wish(columns=["credit_limit"]), Wish(sort=["credit_limit"]), Wish(columns=["nothing"])):
        with pytest.raises(Invalid, match=r"credit_limit|nothing"):
            services.file_of("customers", world.actor("ann"), wish)
    with pytest.raises(Invalid):
        services.file_of("customers", world.actor("ann"), Wish(filter={"field": "credit_limit", "op": "filled"}))
    with pytest.raises(Invalid):
        services.file_of("customers", world.actor("ann"), Wish(how="pdf"))


def test_nothing_in_a_cell_is_computed(world: World) -> None:
    for name in ("=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3"):
        world.customer("ann", name=name)
    name, file = services.file_of("customers", world.actor("ann"), Wish(columns=["name"], sort=["created_at"]))
    with file:
        raw = file.read().decode("utf-8-sig")
    assert raw.splitlines()[1:] == ["'=1+1", "'@SUM(A1)", "'+cmd|' /C calc'!A0", "'-2+3"]
    assert name.endswith(".csv")
    _name, book = services.file_of("customers", world.actor("ann"), Wish(columns=["name"], how="xlsx"))
    with book, zipfile.ZipFile(book) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet


@pytest.mark.parametrize("how", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again_as_it_was(world: World, how: str) -> None:
    values = {
        "name": "Tidewater 青岛, “x”", "phones": ["+4969555014", "+34915550199"],
        "tags": ["fair", "大客户"], "staff": 1200,
        "registered_capital": {"amount": "1054.10", "currency": "EUR"}, "industry": "it", "external_id": "00042",
        "region": "广东", "kind": "company", "email": "a@b.example", "address": "1\u00a0Quay", "parent": None,
    }  # fmt: skip
    one = world.customer("ada", **values)
    world.customer("ada", name="Child", external_id="7", parent=one.pk)
    names = [*values, "parent"]
    name, file = services.file_of("customers", world.actor("ada"), Wish(columns=names, how=how))
    with file:
        content = file.read()
    before = content_hash()
    with open_table(content, name) as read:
        headers = read.headers
    raw = {
        "entity": "customers",
        "key": "external_id",
        "columns": dict(zip(headers, dict.fromkeys(names), strict=True)),
    }
    made = imported(content, raw, world.actor("ada"), name)
    assert counts(made) == {"same": 2}
    assert content_hash() == before


def test_numbers_and_dates_of_a_spreadsheet_are_such(world: World) -> None:
    world.customer("ann", name="Tidewater", staff=1200)
    _name, book = services.file_of("customers", world.actor("ann"), Wish(columns=["staff", "next_contact"], how="xlsx"))
    with book, zipfile.ZipFile(book) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>1200</v>" in sheet
    assert sheet.count('t="s"') + sheet.count('t="inlineStr"') == 2


def test_an_export_is_noted_and_changes_nothing(world: World) -> None:
    world.customer("ann", name="Tidewater")
    before = content_hash()
    out(world, "ann", columns=["name"])
    noted = Change.objects.get(verb="exported")
    assert (noted.actor_name, noted.door, noted.entity, noted.record_id) == ("Ann", "export", "customers", 0)
    assert noted.diff == {"rows": [None, 1], "columns": [None, ["name"]]}
    assert content_hash() == before


def test_a_large_export_is_a_file_of_ones_own(world: World) -> None:
    for number in range(3):
        world.customer("ann", name=f"Firm {number}")
    ann = world.actor("ann")
    assert not services.is_large("customers", ann, Wish())
    made = services.start("customers", ann, Wish(columns=["name"], sort=["name"]))
    with pytest.raises(NotFound):
        services.open_file(made, ann)
    running.drain()
    with services.open_file(made, ann) as file, open_table(file.read()) as read:
        assert list(read.rows) == [["Firm 0"], ["Firm 1"], ["Firm 2"]]
    for other in ("ada", "cyd"):
        with pytest.raises(NotFound):
            services.get(made.pk, world.actor(other))
    (row, job), *rest = services.latest(ann)
    assert (row.rows, job and job.state, rest) == (3, "done", [])
    assert Change.objects.filter(verb="exported").count() == 1


def test_files_go_after_a_week(world: World) -> None:
    world.customer("ann", name="Tidewater")
    made = services.start("customers", world.actor("ann"), Wish())
    running.drain()
    made.refresh_from_db()
    assert default_storage.exists(made.stored)
    with clock.fixed(clock.now() + timedelta(days=8)):
        assert services.purge_old() == 1
    assert (default_storage.exists(made.stored), Export.objects.count()) == (False, 0)


def test_more_than_some_thousand_rows_are_large(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 2)
    for number in range(3):
        world.customer("ann", name=f"Firm {number}")
    assert services.is_large("customers", world.actor("ann"), Wish())
    assert columns(world.actor("ann"), "customers", ["name"])[0] == ("Firm 0",)


def test_every_entity_can_be_taken_out(world: World) -> None:
    world.customer("ann", name="Tidewater")
    for entity in ("users", "departments", "roles", "options", "customers", "places"):
        buffer = io.BytesIO()
        assert services.write(entity, world.actor("ada"), Wish(), buffer) > 0
        assert buffer.getvalue().startswith(b"\xef\xbb\xbf")
