"""Option lists: declared by modules with what ships in them, read by every choice field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bosun.kernel import records, stamps
from bosun.kernel.actor import Act, system_actor
from bosun.kernel.ports import OptionInfo
from bosun.lib import text as texts
from bosun.platform.options.models import Option

STAMP = "options"


@dataclass(frozen=True)
class Shipped:
    """An option that ships: key, and its label in the three languages."""

    key: str
    en: str
    zh: str
    es: str
    colour: str = ""


@dataclass(frozen=True)
class OptionList:
    """A list that a company may edit."""

    key: str
    label: Any
    shipped: Sequence[Shipped] = field(default_factory=tuple)


declared: dict[str, OptionList] = {}
further: list[Callable[[], Mapping[str, OptionList]]] = []
"""Lists that users made, told by whoever keeps them."""


def known() -> dict[str, OptionList]:
    """Every list that a company may edit: those that are declared, then those that users made."""
    found = dict(declared)
    for told in further:
        found.update(told())
    return found


def declare(key: str, label: Any, shipped: Sequence[Shipped]) -> OptionList:
    """Make a list known; called by the module that has a field for it."""
    declared[key] = OptionList(key, label, tuple(shipped))
    return declared[key]


def options(list_key: str) -> Mapping[str, OptionInfo]:
    """Entries of a list by key, in order; kept in memory until an option changes."""
    everything: dict[str, dict[str, OptionInfo]] = stamps.cached(STAMP, "", _load)
    return everything.get(list_key, {})


def _load() -> dict[str, dict[str, OptionInfo]]:
    found: dict[str, dict[str, OptionInfo]] = {}
    rows = Option.objects.filter(deleted_at__isnull=True).order_by("list_key", "position", "pk")
    for row in rows:
        info = OptionInfo(row.key, row.label, row.labels or {}, row.active, row.colour or "")
        found.setdefault(row.list_key, {})[row.key] = info
    return found


def seed(**_kwargs: Any) -> None:
    """Fill lists that have no entry yet with what ships."""
    act = Act(system_actor(), "system", cause="first start")
    held = set(Option.objects.values_list("list_key", flat=True))
    for item in declared.values():
        if item.key in held:
            continue
        for place, option in enumerate(item.shipped):
            labels = {"en": option.en, "zh-hans": option.zh, "es": option.es}
            values = {"list_key": item.key, "key": option.key, "label": option.en, "labels": labels}
            records.create("options", {**values, "position": (place + 1) * 10, "colour": option.colour}, act)


def fresh_key(label: str, taken: set[str]) -> str:
    """A key for a new option, made from its label: plain letters, and not there yet."""
    plain = re.sub(r"[^a-z0-9]+", "_", texts.sort_key(label).lower()).strip("_")[:40] or "option"
    key, number = plain, 2
    while key in taken:
        key, number = f"{plain}_{number}", number + 1
    return key
