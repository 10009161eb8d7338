"""The company, departments, positions, rates, option lists and grades: changed, refused, undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from bosun.kernel import ports, records, stamps
from bosun.lib import colour
from bosun.modules.customers import services
from bosun.platform.jobs import running
from bosun.platform.jobs.models import Job
from tests.kernel.world import World
from tests.web.conftest import Seat

COMPANY = {"name": "Halyard Pumps", "country": "NO", "language": "en", "zone": "Europe/Oslo", "currency": "EUR"}


def only(world: World, key: str) -> Any:
    return records.query(key, world.actor("ada")).page(limit=1).items[0]


def undo_of(page: str) -> str:
    found = re.search(r'data-undo="(/undo\?batch=[0-9a-f]{32})"', page)
    assert found is not None
    return found[1]


def test_the_company_is_named_and_coloured(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    seat.post("/settings/company", 302, **COMPANY, accent="#0f766e")
    page = seat.get("/settings/company")
    assert "Halyard Pumps" in page
    assert 'href="/brand.css?c=0f766e"' in page
    sheet = seat.client.get("/brand.css?c=0f766e")
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "--accent: #0f766e;" in sheet.content.decode()
    assert (ports.company().name, ports.company().zone, ports.company().country) == (
        "Halyard Pumps",
        "Europe/Oslo",
        "NO",
    )
    seat.send(undo_of(page), 204)
    stamps.refresh()
    assert ports.company().name == "Bosun"


@pytest.mark.parametrize(
    ("field", "value"),
    [("zone", "Europe/Nowhere"), ("zone", "'; drop table x;--"), ("currency", "XXL"), ("accent", "red"),
     ("accent", "#fff;}*{background:url(//e.vil)"), ("language", "xx"), ("name", "")],
)  # fmt: skip
def test_what_is_no_zone_currency_or_colour_is_refused(
    world: World, sit: Callable[[str], Seat], field: str, value: str
) -> None:
    before = only(world, "company").version
    page = sit("ada").post("/settings/company", 422, **{**COMPANY, field: value}).content.decode()
    assert 'class="err"' in page
    assert only(world, "company").version == before


def test_a_colour_of_ones_own_stands_beside_the_palette(world: World, sit: Callable[[str], Seat]) -> None:
    sit("ada").post("/settings/company", 302, **COMPANY, accent="own", accent_own="#ffee00")
    assert only(world, "company").accent == "#ffee00"


@pytest.mark.parametrize("accent", ["#ffee00", "#0f766e", "#ffffff", "#000000", "#c2410c", "#7c3aed", "#777777"])
@pytest.mark.parametrize("dark", [False, True])
def test_every_accent_can_be_read(accent: str, dark: bool) -> None:
    held = colour.parse(accent)
    assert held is not None
    shades = {name: colour.parse(value) for name, value in colour.shades(held, dark).items()}
    surface = colour.DARK if dark else colour.LIGHT

    def contrast(one: str, other: Any) -> float:
        ink = shades[one]
        ground = shades[other] if isinstance(other, str) else other
        assert ink is not None
        assert ground is not None
        return colour.contrast(ink, ground)

    assert contrast("on-accent", "accent") >= 4.5
    assert contrast("accent-ink", surface) >= 4.5
    assert contrast("accent-ink", "accent-soft") >= 4.5


def test_departments_are_added_moved_and_taken_back(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    sales, team_a = world.departments["sales"], world.departments["team a"]
    dialog = seat.fragment(f"/settings/departments/new?parent={sales}")
    assert f'name="parent" value="{sales}"' in dialog
    seat.send(
        f"/settings/departments/new?parent={sales}",
        204,
        name="Team C",
        parent=str(sales),
        head=str(world.people["cyd"]),
    )
    page = seat.get("/settings/departments")
    assert "Team C" in page
    made = next(row for row in records.query("departments", world.actor("ada")).page().items if row.name == "Team C")
    assert made.path == f"/{sales}/{made.pk}/"
    answer = seat.send(f"/settings/departments/{sales}", 422, name="Sales", parent=str(team_a))
    assert "A record cannot be above itself." in answer.content.decode()
    assert records.get("departments", sales, world.actor("ada")).parent_id is None
    held = seat.fragment(f"/settings/departments/{team_a}/remove")
    assert "Still in use by" in held
    seat.send(f"/settings/departments/{team_a}/remove", 409)
    seat.send(undo_of(page), 204)
    assert "Team C" not in seat.get("/settings/departments")


def test_positions_and_rates_are_kept_in_dialogs(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    seat.send("/settings/positions/new", 204, name="Director")
    assert "Director" in seat.get("/settings/positions")
    made = only(world, "positions")
    seat.send(f"/settings/positions/{made.pk}", 204, name="Managing director", version=str(made.version))
    assert "Managing director" in seat.get("/settings/positions")
    seat.send(f"/settings/positions/{made.pk}/remove", 204)
    assert "Managing director" not in seat.get("/settings/positions").split('id="toasts"')[0]
    seat.send("/settings/rates/new", 204, currency="USD", day="2026-01-01", rate="0.92")
    assert "USD" in seat.get("/settings/rates")
    refused = seat.send("/settings/rates/new", 422, currency="QQQ", day="2026-01-01", rate="0.92").content.decode()
    assert "This currency is not known." in refused
    refused = seat.send("/settings/rates/new", 422, currency="USD", day="2026-01-02", rate="0").content.decode()
    assert "too small" in refused
    assert records.query("rates", world.actor("ada")).count() == (1, True)


def test_a_conflict_in_a_dialog_shows_both_values(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    seat.send("/settings/positions/new", 204, name="Director")
    made = only(world, "positions")
    records.change("positions", made.pk, {"name": "Theirs"}, world.act("ada"))
    answer = seat.send(f"/settings/positions/{made.pk}", 409, name="Mine", version=str(made.version)).content.decode()
    assert "Theirs" in answer
    assert "Mine" in answer
    assert only(world, "positions").name == "Theirs"
    version = re.search(r'name="version" value="(\d+)"', answer)
    assert version is not None
    seat.send(f"/settings/positions/{made.pk}", 204, name="Mine", keep_name="mine", version=version[1])
    assert only(world, "positions").name == "Mine"


def rows_of(page: str) -> list[dict[str, str]]:
    found = []
    for part in re.findall(r"<li data-repeat-row.*?</li>", page, re.S):
        row = dict(re.findall(r'name="(id|key|version|en|zh|es)" value="([^"]*)"', part))
        chosen = re.search(r'<option value="([^"]*)" selected', part)
        row["colour"] = chosen[1] if chosen else ""
        row["on"] = "1" if re.search(r'name="on" value="\d+" checked', part) else ""
        found.append(row)
    return found


def sent(rows: list[dict[str, str]]) -> dict[str, list[str]]:
    form = {name: [row.get(name, "") for row in rows] for name in ("id", "key", "version", "en", "zh", "es", "colour")}
    return {**form, "on": [row["id"] for row in rows if row.get("on")]}


def test_options_are_renamed_ordered_coloured_added_and_switched_off(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    rows = [row for row in rows_of(seat.get("/settings/options/maturity")) if row.get("id")]
    assert [row["key"] for row in rows] == ["new", "in_contact", "interested", "negotiating", "buying", "dormant"]
    rows[0]["en"] = "Fresh"
    rows[5]["on"] = ""
    rows[4]["colour"] = "good"
    rows.insert(1, {"en": "On hold", "zh": "搁置", "es": "En pausa"})
    rows.append(rows.pop(0))
    seat.post("/settings/options/maturity", 302, **sent(rows))
    stamps.refresh()
    held = ports.options("maturity")
    assert list(held) == ["on_hold", "in_contact", "interested", "negotiating", "buying", "dormant", "new"]
    assert held["new"].label == "Fresh"
    assert held["on_hold"].labels == {"en": "On hold", "zh-hans": "搁置", "es": "En pausa"}
    assert held["buying"].colour == "good"
    assert (held["dormant"].active, held["new"].active) == (False, True)
    seat.send(undo_of(seat.get("/settings/options/maturity")), 204)
    stamps.refresh()
    assert list(ports.options("maturity")) == ["new", "in_contact", "interested", "negotiating", "buying", "dormant"]
    assert ports.options("maturity")["new"].label == "New"


def test_one_bad_option_saves_none(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    rows = [row for row in rows_of(seat.get("/settings/options/maturity")) if row.get("id")]
    rows[0]["en"], rows[1]["en"] = "Changed", "x" * 121
    page = seat.post("/settings/options/maturity", 422, **sent(rows)).content.decode()
    assert "Nothing was saved yet." in page
    assert page.count('<div class="err">') == 1
    stamps.refresh()
    assert ports.options("maturity")["new"].label == "New"
    foreign = [row for row in rows_of(seat.get("/settings/options/source")) if row.get("id")]
    seat.post("/settings/options/maturity", 422, **sent(foreign))
    stamps.refresh()
    assert "referral" not in ports.options("maturity")
    seat.get("/settings/options/nowhere", 404)


def test_two_who_edit_one_list_do_not_overwrite_each_other(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    rows = [row for row in rows_of(seat.get("/settings/options/maturity")) if row.get("id")]
    records.change("options", int(rows[0]["id"]), {"label": "Theirs", "labels": {"en": "Theirs"}}, world.act("ada"))
    rows[0]["en"] = "Mine"
    page = seat.post("/settings/options/maturity", 422, **sent(rows)).content.decode()
    assert "changed this meanwhile" in page
    stamps.refresh()
    assert ports.options("maturity")["new"].label == "Theirs"


def test_a_grade_with_another_interval_plans_its_customers_anew(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    made = world.customer("ann", name="Halden Paper", grade="B")
    page = seat.get("/settings/grades")
    form = dict(re.findall(r'name="((?:days|version)_[A-D])" value="([^"]*)"', page))
    seat.post("/settings/grades", 302, **{**form, "days_B": "10"})
    row = records.get("customers", made.pk, world.actor("ada"))
    assert (row.next_contact - row.created_at.date()).days in (10, 11)
    page = seat.post("/settings/grades", 422, **{**form, "days_B": "soon", "days_A": "3"}).content.decode()
    assert "Nothing was saved yet." in page
    assert services.intervals()["B"] == 10
    assert services.intervals().get("A") != 3
    ann = sit("ann")
    ann.post("/settings/grades", 403, days_B="1")
    assert services.intervals()["B"] == 10


def test_many_customers_are_planned_by_a_job(
    world: World, sit: Callable[[str], Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 1)
    made = [world.customer("ann", name=f"Customer {n}", grade="C", phones=[f"+3493000010{n}"]) for n in range(3)]
    seat = sit("ada")
    seat.post("/settings/grades", 302, days_C="20")
    assert Job.objects.filter(kind="customers.replan").count() == 1
    running.drain()
    for each in made:
        row = records.get("customers", each.pk, world.actor("ada"))
        assert (row.next_contact - row.created_at.date()).days in (20, 21)
