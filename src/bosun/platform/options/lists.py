"""Option lists: declared by modules with what ships in them, read by every choice field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bosun.kernel import records, stamps
from bosun.kernel.actor import Act, system_actor
from bosun.kernel.ports import OptionInfo
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
