"""The version of a record in the wizard, in the file of an export and in the empty one: one word everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache

from bosun.kernel import records
from bosun.platform.imports.models import Import
from tests.kernel.world import World
from tests.web.conftest import Seat
from tests.web.test_exports import lines
from tests.web.test_imports_wizard import begin, columns, figures, run


@pytest.fixture(autouse=True)
def no_kept_checks(db: None) -> None:
    cache.clear()


def test_a_whole_export_comes_back_and_tells_what_was_changed_since(world: World, sit: Callable[[str], Seat]) -> None:
    one, two = (world.customer("ann", name=name, staff=5).pk for name in ("Harbour", "Tidewater"))
    seat = sit("ada")
    header, *rows = lines(seat, "/customers/export?columns=staff&sort=name", which="all")
    assert header.split(",")[-1] == "Version"
    assert [row.split(",")[-1] for row in rows] == ["1", "1"]
    records.change("customers", one, {"staff": 6}, world.act("ben"))
    records.change("customers", two, {"address": "Quay 4"}, world.act("ben"))
    content = "Customer,Staff,Version\nHarbour,9,1\nTidewater,9,1\n"
    pk = begin(seat, content)
    page = seat.get(f"/imports/{pk}/columns")
    chosen = re.search(r'name="target_2".*?<option value="([^"]+)" selected>([^<]+)<', page)
    assert chosen is not None
    assert chosen.groups() == ("version", "Version")
    columns(seat, pk)
    assert Import.objects.get(pk=pk).map["columns"] == {"Customer": "name", "Staff": "staff", "Version": "version"}
    said = "“Staff” was changed since this version: “6” stands there, the file says “9”."
    assert said in seat.fragment(f"/imports/{pk}/preview")
    made = run(seat, pk)
    shown = figures(seat.get(f"/imports/{made.pk}"))
    assert (shown["Updated"], shown["Refused"]) == ("1", "1")
    ada = world.actor("ada")
    assert [records.get("customers", pk, ada).staff for pk in (one, two)] == [6, 9]
    assert records.get("customers", two, ada).address == "Quay 4"


def test_it_can_be_chosen_and_left_out(world: World, sit: Callable[[str], Seat]) -> None:
    one = world.customer("ann", name="Harbour", staff=5).pk
    records.change("customers", one, {"staff": 6}, world.act("ben"))
    seat = sit("ada")
    pk = begin(seat, "Customer,Staff,State\nHarbour,9,1\n")
    assert columns(seat, pk, target_2="version").headers["Location"] == f"/imports/{pk}/check"
    assert Import.objects.get(pk=pk).map["columns"]["State"] == "version"
    columns(seat, pk, target_2="")
    run(seat, pk)
    assert records.get("customers", one, world.actor("ada")).staff == 9


def test_the_empty_file_has_a_place_for_it(sit: Callable[[str], Seat]) -> None:
    answer = sit("ann").client.get("/customers/import/template")
    assert answer.content.decode("utf-8-sig").splitlines()[0].split(",")[-1] == "Version"
