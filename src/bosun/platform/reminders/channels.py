"""The channels that a reminder may name; whoever carries notices further adds to them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

KNOWN: dict[str, Any] = {"app": _("In the app")}
"""Key → what people read."""

usable: list[Callable[[], Collection[str]]] = []
"""Whoever knows which of them are set up."""


def any_usable() -> bool:
    """Whether there is anything to choose besides the app."""
    return any(ask() for ask in usable)
