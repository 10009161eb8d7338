"""Places as declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bosun.kernel.entity import Entity, Section
from bosun.platform.org import tree
from bosun.platform.places.models import Place


def place_name(row: Mapping[str, Any], language: str) -> str:
    """The name of a place in the reader's language, else as it is called there."""
    return str((row["labels"] or {}).get(language) or row["name"])


PLACE = Entity(
    Place,
    key="places",
    icon="map-pin",
    columns="name level parent code",
    menu="settings",
    owned=False,
    form=[Section("", "name level parent | code labels aliases")],
    search="name aliases",
    sort="name",
    natural="code aliases",
    rules=[tree.no_circle],
    effects=[tree.keep_paths],
    stamp="places",
    open_to_all=True,
    timeline=False,
    extras={"card": ("labels",), "card_name": place_name},
)
