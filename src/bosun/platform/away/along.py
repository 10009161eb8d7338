"""What of a kind of record goes along to whoever stands in, and has a place on the hand-over list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bosun.kernel.entity import Entity


@dataclass(frozen=True)
class Along:
    """Declared by an entity as its extra `in_absence`. Names are those of fields.

    `due` says when a record falls due, `moved` takes its place where it is filled, `open` which are open (all where
    None), `who` whose they are, `text` what is to be done where that is not the title. `verb` is what whoever
    stands in does with them; without one they are on the list alone.
    """

    due: str
    open: Any = None
    who: str = "owner"
    text: str = ""
    verb: str = ""
    moved: str = ""


def of(entity: Entity) -> Along | None:
    """What goes along of an entity; None where nothing does."""
    found = entity.extras.get("in_absence")
    return found if isinstance(found, Along) else None
