"""Slots: places in pages and lists where a module above offers something by key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_offers: dict[str, list[Callable[..., Any]]] = {}

KNOWN = (
    "record.timeline",
    "record.composer",
    "record.next_step",
    "record.panels",
    "day.sections",
    "day.sentence",
    "menu.counts",
    "settings.pages",
)


def offer(slot: str, provider: Callable[..., Any]) -> None:
    """Offer something in a slot; what a provider is called with is said where the slot is drawn."""
    if slot not in KNOWN:
        raise ValueError(f"there is no slot called {slot}")
    _offers.setdefault(slot, []).append(provider)


def of(slot: str) -> list[Callable[..., Any]]:
    """Everything offered in a slot, in the order of modules."""
    return list(_offers.get(slot, ()))
