"""The parts and data that `make parts` puts into the package."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tools import frontend

SVG = "{http://www.w3.org/2000/svg}"


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((frontend.PLACES / name).read_text(encoding="utf-8"))
    return found


def test_the_sprite_holds_every_icon_of_the_list_and_nothing_else() -> None:
    symbols = ElementTree.parse(frontend.VENDOR / "icons.svg").getroot().findall(f"{SVG}symbol")
    names = set(frontend.ICONS.read_text(encoding="utf-8").split())
    assert {symbol.get("id") for symbol in symbols} == {f"i-{name}" for name in names}
    assert all(symbol.get("viewBox") == "0 0 24 24" and len(symbol) for symbol in symbols)


def test_every_place_in_china_hangs_on_one_that_is_there() -> None:
    china = rows("china.json")
    codes = {row["code"] for row in china}
    assert [row for row in china if row["parent"] not in codes | {"CN"}] == []
    assert len(codes) == len(china)
    shenzhen = next(row for row in china if row["name"] == "深圳市")
    assert (shenzhen["code"], shenzhen["level"], shenzhen["parent"]) == ("440300", "city", "440000")
    haidian = next(row for row in china if row["name"] == "海淀区")
    assert (haidian["level"], haidian["parent"]) == ("district", "110000")


def test_every_subdivision_hangs_on_a_country_or_on_another() -> None:
    known = {row["code"] for row in rows("countries.json")} | {row["code"] for row in rows("subdivisions.json")}
    assert {"CN", "ES", "US", "US-CA"} <= known
    assert [row for row in rows("subdivisions.json") if row["parent"] not in known] == []


def test_a_changed_list_of_icons_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert frontend.up_to_date()
    changed = tmp_path / "icons.txt"
    changed.write_text("sun moon", encoding="utf-8")
    monkeypatch.setattr(frontend, "INPUTS", (*frontend.LOCKED, changed))
    assert not frontend.up_to_date()
