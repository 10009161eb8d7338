"""Pages that a module offers at an address of its own: `/pages/<key>`.

Slot drawn here: `pages`, a callable without arguments that answers a Page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase

from bosun.kernel import slots
from bosun.kernel.env import Env
from bosun.kernel.errors import NotFound
from bosun.web.visit import Visit, page


@dataclass(frozen=True)
class Page:
    """One page: its name and icon in the palette, what draws it, and for whom it is."""

    key: str
    label: Any
    icon: str
    view: Callable[[Visit], HttpResponseBase]
    open_to: Callable[[Env], bool]


def pages(env: Env) -> list[Page]:
    """Those that are open to somebody."""
    found: list[Page] = [provider() for provider in slots.of("pages")]
    return [each for each in found if each.open_to(env)]


@page("GET")
def offered(visit: Visit, name: str) -> HttpResponseBase:
    """One of them; NotFound for whom it is not."""
    found = next((each for each in pages(visit.env) if each.key == name), None)
    if found is None:
        raise NotFound()
    return found.view(visit)
