"""The views of a list: everything, the presets that ship, and what people saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel.entity import Entity
from bosun.kernel.env import Env


@dataclass(frozen=True)
class View:
    """One view: a named filter with its order and columns. `id` is that of a saved one."""

    key: str
    label: str
    filter: Any = None
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    id: int | None = None
    mine: bool = False
    shared: bool = False


def may_save(env: Env) -> bool:
    """Whether this person may keep views."""
    return False


def of(entity: Entity, env: Env) -> list[View]:
    """The views of an entity for this person, the one of everything first."""
    presets = [
        View(
            preset.key,
            str(preset.label),
            preset.filter,
            tuple(preset.sort.split()),
            tuple(preset.columns.split()),
        )
        for preset in entity.lists
    ]
    return [View("", _("All")), *presets]
