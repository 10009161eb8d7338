"""Slots: places in pages and lists where a module above offers something by key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_offers: dict[str, list[Callable[..., Any]]] = {}

KNOWN = (
    "record.timeline", "record.composer", "record.next_step", "record.panels",
    "day.sections", "day.sentence", "day.open", "menu.counts", "settings.pages", "form.parts", "pages",
)  # fmt: skip


@dataclass(frozen=True)
class Happening:
    """One entry that a module puts into the timeline of a record; everything in it is open to the reader.

    A provider of `record.timeline` is called as `provider(entity, record, env, limit, before)` and answers at most
    `limit` of these, by moment and id with the latest first, none later than the moment `before` where that is not
    None. `entity` and `id` name the record that the entry stands for, `what` its headline, `body` the words below it
    and `said` whether a person wrote them, `result` a key and `result_label` its words.
    """

    at: datetime
    entity: str
    id: int
    what: str
    who: str = ""
    who_id: int | None = None
    icon: str = "message"
    body: str = ""
    said: bool = False
    result: str = ""
    result_label: str = ""


def offer(slot: str, provider: Callable[..., Any]) -> None:
    """Offer something in a slot; what a provider is called with is said where the slot is drawn."""
    if slot not in KNOWN:
        raise ValueError(f"there is no slot called {slot}")
    _offers.setdefault(slot, []).append(provider)


def of(slot: str) -> list[Callable[..., Any]]:
    """Everything offered in a slot, in the order of modules."""
    return list(_offers.get(slot, ()))
