"""The tree of places that ships, loaded after a migration; what a newer version brings is added."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel import Locale
from django.conf import settings
from django.db import transaction

from bosun.kernel import loading, registry
from bosun.platform.org import tree
from bosun.platform.places import names
from bosun.platform.places.models import Place

DATA = Path(__file__).parent / "data"
FILES = ("countries.json", "subdivisions.json", "china.json")
FEW = {"DE", "ES", "US"}
"""Countries whose parts come even when few places are asked for."""
UNREAL = "行政区划"
"""Counties that a province governs itself are listed under a city that does not exist; it has this in its name."""
LANGUAGES = {"en": "en", "zh-hans": "zh_Hans", "es": "es"}
logger = logging.getLogger(__name__)
Row = dict[str, Any]


def seed(**_kwargs: Any) -> None:
    """Add the places that are not there yet, those above first. What the company moved to the bin stays there."""
    if not all((DATA / name).exists() for name in FILES):
        logger.warning("The data of places has not been made (make parts): regions will be missing.")
        return
    load(few=getattr(settings, "BOSUN_PLACES", "all") == "few")


def load(*, few: bool = False) -> int:
    """Load what is missing, all of it or enough to test with; answers how many places were added."""
    held = dict(Place.objects.filter(code__isnull=False).values_list("code", "pk"))
    missing = {one["code"] for name in FILES for one in _read(name) if _meant(one, few)} - held.keys()
    if not missing:
        return 0
    wanted = [row for row in shipped() if row["code"] in missing]
    with transaction.atomic():
        for level in _levels(wanted, set(held)):
            rows = [{**row, "parent": held.get(row["parent"])} for row in level]
            for made in loading.load(registry.get("places"), rows):
                held[made.code] = made.pk
        tree.fill_paths(Place)
    return len(wanted)


def _meant(one: dict[str, str], few: bool) -> bool:
    """Whether a row of the data becomes a place: China's provinces and cities come once, under their own codes."""
    if one["code"].startswith("CN-") or UNREAL in one["name"]:
        return False
    return not few or "alpha3" in one or one["parent"] in FEW or one.get("level") in ("province", "city")


def _levels(rows: list[Row], known: set[str]) -> Iterator[list[Row]]:
    """Rows in layers, so that what is above has been stored before what is below refers to it."""
    rest = rows
    while rest:
        layer = [row for row in rest if row["parent"] is None or row["parent"] in known]
        if not layer:
            return
        yield layer
        known |= {row["code"] for row in layer}
        rest = [row for row in rest if row["code"] not in known]


def shipped() -> list[Row]:
    """Every place that ships, as values of its fields; `parent` is a code."""
    return [*_countries(), *_subdivisions(), *_china()]


def _read(name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return found


def _countries() -> Iterator[Row]:
    territories = {code: Locale.parse(babel).territories for code, babel in LANGUAGES.items()}
    for one in _read("countries.json"):
        code = one["code"]
        labels = {language: known[code] for language, known in territories.items() if code in known}
        short = names.SHORT_COUNTRIES.get(code, "").split("|")
        name = labels.get("en", one["name"])
        aliases = names.distinct([name, *labels.values(), one["name"], one["alpha3"], *short])
        yield _row(code, name, None, "country", aliases, labels)


def _subdivisions() -> Iterator[Row]:
    # The provinces of China come with their cities and districts, under their own codes.
    for one in _read("subdivisions.json"):
        if not one["code"].startswith("CN-"):
            name = one["name"]
            yield _row(one["code"], names.tidy(name), one["parent"], "province", names.of_subdivision(name), None)


def _china() -> Iterator[Row]:
    iso = {one["code"]: one["name"] for one in _read("subdivisions.json") if one["code"].startswith("CN-")}
    rows = _read("china.json")
    unreal = {one["code"]: one["parent"] for one in rows if UNREAL in one["name"]}
    for one in rows:
        if one["code"] in unreal:
            continue
        aliases = names.of_chinese(one["name"])
        if one["level"] == "province":
            code = f"CN-{names.ISO_OF_PROVINCE[one['code'][:2]]}"
            aliases = names.distinct([*aliases, code, iso.get(code, "")])
        latin = names.latin_of(one["name"])
        labels = {"en": latin, "es": latin} if latin else None
        parent = unreal.get(one["parent"], one["parent"])
        yield _row(one["code"], one["name"], parent, one["level"], aliases, labels)


def _row(
    code: str, name: str, parent: str | None, level: str, aliases: list[str], labels: dict[str, str] | None
) -> Row:
    return {
        "code": code,
        "name": name,
        "parent": parent,
        "level": level,
        "aliases": tuple(aliases),
        "labels": labels,
    }
