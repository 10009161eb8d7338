"""Records that may be the same as one that is being typed, cut to what the person may know of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bosun.kernel.entity import Entity
from bosun.web.visit import Visit


def hints(visit: Visit, entity: Entity, values: Mapping[str, Any], own: int | None = None) -> list[dict[str, Any]]:
    """Likely duplicates in the shape of form/duplicates.html."""
    return []
