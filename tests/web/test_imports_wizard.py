"""The import wizard: a file through its four steps, and everything that is asked, refused, kept and taken back."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from bosun.kernel import ports, records
from bosun.lib.sheets import write_xlsx
from bosun.platform.imports.models import Import, SavedMap
from bosun.platform.integrity import hashing
from bosun.platform.jobs import running
from tests.kernel.world import World
from tests.web.conftest import Seat

FILE = (
    "Company,Sector,Phones,Staff\nHalden Paper,IT,+34930000001,12\nOrkla,Rockets,+34930000002,many\nTine,Rockets,,7\n"
)


@pytest.fixture(autouse=True)
def no_kept_checks(db: None) -> None:
    cache.clear()


def file(content: str | bytes = FILE, name: str = "customers.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def begin(seat: Seat, content: str | bytes = FILE, name: str = "customers.csv", entity: str = "customers") -> int:
    answer = seat.post(f"/{entity}/import", 302, file=file(content, name))
    found = re.fullmatch(r"/imports/(\d+)/columns", answer.headers["Location"])
    assert found is not None, answer.headers["Location"]
    return int(found[1])


def columns(seat: Seat, pk: int, status: int = 302, **changes: Any) -> HttpResponse:
    """The form of the columns as it stands, with changes."""
    page = seat.get(f"/imports/{pk}/columns")
    sent: dict[str, Any] = {}
    for name, body in re.findall(
        r'<select class="inp[^"]*"[^>]*? name="([a-z_]+(?:_\d+)?)"[^>]*>(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        sent.setdefault(name, chosen[1] if chosen else "")
    sent.pop("const_field", None)
    return seat.post(f"/imports/{pk}/columns", status, **{**sent, **changes})


def run(seat: Seat, pk: int) -> Import:
    seat.post(f"/imports/{pk}/check")
    running.drain()
    made: Import = Import.objects.get(pk=pk)
    return made


def names(world: World, who: str = "ada") -> list[str]:
    rows = records.query("customers", world.actor(who)).sort(["name"]).page(limit=200).items
    return [row.name for row in rows]


def figures(page: str) -> dict[str, str]:
    pairs = re.findall(r'<div class="kn[^"]*"><dt>(.*?)</dt><dd class="[^"]*">([^<]*)</dd>', page, re.S)
    return {re.sub(r"<[^>]+>", "", label): text for label, text in pairs}


def test_a_file_goes_through_four_steps_and_out_again(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    before = hashing.content_hash()
    pk = begin(seat)
    page = seat.get(f"/imports/{pk}/columns")
    assert "By its name" in page
    assert "“Rockets”" in page
    assert "3 rows" in page
    columns(seat, pk)
    checked = seat.fragment(f"/imports/{pk}/preview")
    assert figures(checked) == {"Create": "2", "Update": "0", "Refuse": "1"}
    assert "Import 2 rows" in checked
    assert re.search(r'<td class="wrong" title="many">many</td>', checked)
    only = seat.fragment(f"/imports/{pk}/preview?show=error")
    assert "Orkla" in only
    assert "Halden Paper" not in only
    assert names(world) == []
    assert hashing.content_hash() == before
    run(seat, pk)
    assert names(world) == ["Halden Paper", "Tine"]
    assert "Rockets" in {info.label for info in ports.options("industry").values()}
    page = seat.get(f"/imports/{pk}")
    assert figures(page) == {"New": "2", "Updated": "0", "Refused": "1"}
    dialog = seat.fragment(f"/imports/{pk}/undo")
    assert "Removed for good: 2 Customers, 1 Option." in dialog
    seat.send(f"/imports/{pk}/undo", 204)
    assert names(world) == []
    assert hashing.content_hash() == before
    assert "3 records were removed, 0 put back." in seat.get(f"/imports/{pk}")
    seat.fragment(f"/imports/{pk}/undo", 404)


def test_the_error_file_comes_back_mended(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    pk = begin(seat)
    columns(seat, pk)
    run(seat, pk)
    assert "column “Staff”: " in seat.get(f"/imports/{pk}")
    answer = seat.client.get(f"/imports/{pk}/errors")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="import-{pk}-errors.csv"'
    content = answer.content.decode("utf-8-sig")
    assert content.splitlines()[0] == "Company,Sector,Phones,Staff,What is wrong"
    assert content.splitlines()[1].startswith("Orkla,Rockets,'+34930000002,many,Row 3:")
    again = begin(seat, content.replace(",many,", ",40,"))
    columns(seat, again)
    run(seat, again)
    assert names(world) == ["Halden Paper", "Orkla", "Tine"]
    assert seat.client.get(f"/imports/{pk}/errors?as=xlsx").content[:2] == b"PK"


def test_unknown_options_are_added_mapped_or_refused_as_chosen(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    pk = begin(seat)
    columns(seat, pk, unknown_1="refuse")
    assert figures(seat.fragment(f"/imports/{pk}/preview"))["Refuse"] == "2"
    columns(seat, pk, unknown_1="refuse", said_1="Rockets", meant_1="machinery")
    assert Import.objects.get(pk=pk).map["columns"]["Sector"] == {
        "field": "industry", "unknown": "refuse", "values": {"Rockets": "machinery"},
    }  # fmt: skip
    run(seat, pk)
    rows = records.query("customers", world.actor("ada")).page().items
    assert {row.name: row.industry for row in rows} == {"Halden Paper": "it", "Tine": "machinery"}
    assert "Rockets" not in {info.label for info in ports.options("industry").values()}


def test_a_column_can_be_left_out_and_a_value_be_the_same_for_all(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    pk = begin(seat)
    columns(
        seat, pk, target_1="", target_3="", const_field=["source", "owner"], const_value=["Trade fair", "cyd"]
    )  # fmt: skip
    made = run(seat, pk)
    assert "Sector" not in made.map["columns"]
    assert made.map["constants"] == {"source": "Trade fair", "owner": {"name": "cyd"}}
    rows = records.query("customers", world.actor("ada")).page().items
    assert [(row.source, row.owner_id) for row in rows] == [("fair", world.people["cyd"])] * 3


def test_importing_twice_creates_nothing_twice(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    for expected in ({"New": "3", "Updated": "0"}, {"New": "0", "Updated": "0", "Already as in the file": "3"}):
        pk = begin(seat, FILE.replace("many", "40"))
        columns(seat, pk)
        run(seat, pk)
        assert figures(seat.get(f"/imports/{pk}")) == expected
    assert len(names(world)) == 3


def test_a_change_of_column_is_drawn_without_losing_what_was_chosen(sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    pk = begin(seat)
    answer = seat.send(f"/imports/{pk}/columns", 200, do="redraw", target_0="name", target_2="region", dates="dmy")
    page = answer.content.decode()
    assert "If it is not there" in page
    assert '<option value="dmy" selected>' in page
    held = Import.objects.get(pk=pk).map
    assert held == {
        "entity": "customers",
        "columns": {"Company": "name", "Phones": {"field": "region", "missing": "refuse"}},
        "dates": "dmy",
    }


def test_a_map_travels_as_a_file(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    pk = begin(seat)
    columns(seat, pk, target_3="", unknown_1="empty")
    answer = seat.client.get(f"/imports/{pk}/map.json")
    raw = json.loads(answer.content)
    assert raw["columns"]["Sector"] == {"field": "industry", "unknown": "empty"}
    other = begin(seat)
    seat.post(f"/imports/{other}/columns", 302, map_file=file(answer.content, "map.json"))
    assert Import.objects.get(pk=other).map == raw
    for wrong in (b"not json", b'{"entity": "customers", "columns": {"Nowhere": "name"}}', b"[" * 5000):
        before = Import.objects.get(pk=other).map
        seat.post(f"/imports/{other}/columns", 422, map_file=file(wrong, "map.json"))
        assert Import.objects.get(pk=other).map == before


def test_a_map_of_several_steps_is_shown_and_run(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    pk = begin(seat)
    raw = {
        "steps": [
            {"entity": "departments", "columns": {"Sector": "name"}, "key": "name"},
            {"entity": "customers", "columns": {"Company": "name"}, "key": "name"},
        ]
    }
    seat.post(f"/imports/{pk}/columns", 302, map_file=file(json.dumps(raw), "map.json"))
    page = seat.get(f"/imports/{pk}/columns")
    assert "A map with several steps" in page
    assert "1. Departments" in page
    seat.post(f"/imports/{pk}/columns", 302)
    run(seat, pk)
    assert names(world) == ["Halden Paper", "Orkla", "Tine"]


def test_a_map_is_kept_under_a_name_of_ones_own(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    pk = begin(seat)
    columns(seat, pk, target_3="", do="save", save_as="From the fair")
    kept = SavedMap.objects.get(name="From the fair")
    assert "Staff" not in kept.map["columns"]
    assert "From the fair" in seat.get("/customers/import")
    answer = seat.post("/customers/import", 302, file=file(), map=str(kept.pk))
    again = int(answer.headers["Location"].split("/")[2])
    assert Import.objects.get(pk=again).map == kept.map
    assert "From the fair" not in sit("ann").get("/customers/import")
    foreign = sit("ann").post("/customers/import", 302, file=file(), map=str(kept.pk))
    assert Import.objects.get(pk=int(foreign.headers["Location"].split("/")[2])).map != kept.map


def test_how_the_file_is_read_can_be_changed(sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    pk = begin(seat, "名称;电话\n平安;010-1\n".encode("gb18030"))
    page = seat.get(f"/imports/{pk}/columns")
    assert "名称" in page
    assert '<option value="gb18030" selected>' in page
    seat.post(f"/imports/{pk}/reading", 422, encoding="utf-16", delimiter=";", header_row="1")
    assert Import.objects.get(pk=pk).headers == ["名称", "电话"]
    seat.post(f"/imports/{pk}/reading", 302, encoding="cp1252", delimiter=";", header_row="1")
    assert Import.objects.get(pk=pk).headers != ["名称", "电话"]
    seat.post(f"/imports/{pk}/reading", 302, encoding="gb18030", delimiter=",", header_row="1")
    assert Import.objects.get(pk=pk).headers == ["名称;电话"]
    seat.post(f"/imports/{pk}/reading", 422, encoding="gb18030", delimiter=";", header_row="x")
    assert Import.objects.get(pk=pk).headers == ["名称;电话"]


def test_spreadsheets_come_in_too(world: World, sit: Callable[[str], Seat]) -> None:
    out = io.BytesIO()
    write_xlsx(out, ["Company", "Staff"], [["Xena", "5"], ["Yara", "6"]])
    seat = sit("ada")
    pk = begin(seat, out.getvalue(), "people.xlsx")
    columns(seat, pk)
    run(seat, pk)
    assert names(world) == ["Xena", "Yara"]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.csv", "This file is empty."),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "a.csv", ""),
        (b"PK\x03\x04broken", "a.xlsx", ""),
    ],
)
def test_what_is_no_table_is_refused_in_words(sit: Callable[[str], Seat], content: bytes, name: str, said: str) -> None:
    page = sit("ada").post("/customers/import", 422, file=file(content, name)).content.decode()
    assert 'class="note overdue" role="alert"' in page
    assert said in page
    assert Import.objects.count() == 0


def test_without_a_file_nothing_begins(sit: Callable[[str], Seat]) -> None:
    page = sit("ada").post("/customers/import", 422).content.decode()
    assert "Choose a file first." in page


def test_what_somebody_changed_since_stays_and_is_named(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    pk = begin(seat, FILE.replace("many", "40"))
    columns(seat, pk)
    run(seat, pk)
    tine = next(row for row in records.query("customers", world.actor("ada")).page().items if row.name == "Tine")
    records.change("customers", tine.pk, {"staff": 8}, world.act("ada"))
    seat.send(f"/imports/{pk}/undo", 204)
    assert names(world) == ["Tine"]
    page = seat.get(f"/imports/{pk}")
    assert f'href="/customers/{tine.pk}"' in page
    assert "1 record was changed by somebody since, and stays." in page


def test_while_it_waits_it_can_be_stopped(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    pk = begin(seat)
    columns(seat, pk)
    seat.post(f"/imports/{pk}/check")
    polled = seat.fragment(f"/imports/{pk}/progress")
    assert 'hx-trigger="every 1s"' in polled
    assert "Waiting for its turn" in polled
    assert "evaljs" not in polled
    seat.send(f"/imports/{pk}/cancel", 204)
    running.drain()
    assert names(world) == []
    assert "Stopped" in seat.fragment(f"/imports/{pk}/progress")
    seat.post(f"/imports/{pk}/check", 404)


def test_an_import_runs_once(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    pk = begin(seat, FILE.replace("many", "40"))
    columns(seat, pk)
    seat.post(f"/imports/{pk}/check")
    seat.post(f"/imports/{pk}/check", 404)
    running.drain()
    assert len(names(world)) == 3


def test_others_imports_do_not_exist(world: World, sit: Callable[[str], Seat]) -> None:
    ada, ann = sit("ada"), sit("ann")
    pk = begin(ada)
    columns(ada, pk)
    for step in ("", "/columns", "/check", "/preview", "/progress", "/map.json", "/errors", "/undo"):
        ann.get(f"/imports/{pk}{step}", 404)
    for step in ("columns", "reading", "check", "cancel", "undo"):
        ann.send(f"/imports/{pk}/{step}", 404)
    assert Import.objects.get(pk=pk).state == "draft"
    run(ada, pk)
    assert f"/imports/{pk}" not in ann.get("/imports")
    ann.send(f"/imports/{pk}/undo", 404)
    assert names(world) == ["Halden Paper", "Tine"]
    assert f"/imports/{pk}" in ada.get("/imports")


def test_who_may_not_import_finds_no_door(world: World, sit: Callable[[str], Seat]) -> None:
    ben = sit("ben")
    ben.get("/customers/import", 403)
    ben.get("/customers/import/template", 403)
    ben.get("/imports", 403)
    ben.get("/imports/new", 403)
    assert ben.client.post("/customers/import", {"file": file()}).status_code == 403
    assert Import.objects.count() == 0
    ann = sit("ann")
    ann.get("/users/import", 403)
    assert ann.client.post("/customers/import", {"file": file(), "entity": "users"}).status_code == 403
    assert Client().get("/customers/import").status_code == 302


def test_what_people_work_with_is_offered_first(sit: Callable[[str], Seat]) -> None:
    ada = sit("ada")
    assert ada.client.get("/imports/new").headers["Location"] == "/customers/import"
    page = ada.get("/customers/import")
    assert re.search(r'value="customers".*value="contacts".*value="departments".*value="users"', page, re.DOTALL)
    assert 'value="company"' not in page


def test_hidden_fields_are_no_target(world: World, sit: Callable[[str], Seat]) -> None:
    ann = sit("ann")
    pk = begin(ann, "Company,Credit limit,id,Created,Owner\nZeta,5000,1,2020-01-01,cyd\n")
    page = ann.get(f"/imports/{pk}/columns")
    assert '<option value="credit_limit"' not in page
    assert '<option value="created_at"' not in page
    assert '<option value="id"' not in page
    ann.post(f"/imports/{pk}/columns", 422, target_0="name", target_1="credit_limit")
    ann.post(f"/imports/{pk}/columns", 302, target_0="name")
    run(ann, pk)
    row = records.query("customers", world.actor("ada")).page().items[0]
    assert (row.name, row.credit_limit_minor, row.owner_id) == ("Zeta", None, world.people["ann"])


def test_names_from_files_are_text(world: World, sit: Callable[[str], Seat]) -> None:
    evil = "<img src=x onerror=alert(1)>"
    seat = sit("ada")
    pk = begin(seat, f'Company,"{evil}"\n"{evil}","{evil}"\n', f"{evil}.csv")
    for page in (seat.get(f"/imports/{pk}/columns"), seat.get("/imports")):
        assert evil not in page
    columns(seat, pk)
    assert evil not in seat.fragment(f"/imports/{pk}/preview")
    run(seat, pk)
    for address in (f"/imports/{pk}", "/imports"):
        assert evil not in seat.get(address)
    assert names(world) == [evil]


def test_an_empty_file_with_all_columns_comes_from_the_declaration(sit: Callable[[str], Seat]) -> None:
    answer = sit("ann").client.get("/customers/import/template")
    header = answer.content.decode("utf-8-sig").splitlines()[0].split(",")
    assert header[0] == "Customer"
    assert "Credit limit" not in header
    assert "Phones" in header


def test_a_cell_too_long_far_down_is_said_at_the_first_step(sit: Callable[[str], Seat]) -> None:
    content = FILE.replace(",", ";") + "x" * 2_000_000 + ";IT;;1\n"
    page = sit("ada").post("/customers/import", 422, file=file(content)).content.decode()
    assert "A cell of this table is too long." in page
