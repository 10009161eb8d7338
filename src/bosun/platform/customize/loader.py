"""Specs of invented fields, kept in memory until a field changes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from bosun.kernel import stamps
from bosun.kernel.specs import FieldSpec, JsonKey
from bosun.platform.customize import kindlist
from bosun.platform.customize.models import CustomField

STAMP = "customize"
FIRST = 100_000
"""Invented fields stand behind those that ship."""


class Label:
    """A label in the language of whoever reads it at that moment."""

    def __init__(self, label: str, labels: dict[str, str]) -> None:
        self.label, self.labels = label, labels

    def __str__(self) -> str:
        return self.labels.get(get_language() or "") or self.label


def specs_of(entity: str) -> dict[str, FieldSpec]:
    """Invented fields of an entity, by name."""
    everything: dict[str, dict[str, FieldSpec]] = stamps.cached(STAMP, "fields", _load)
    return everything.get(entity, {})


def _load() -> dict[str, dict[str, FieldSpec]]:
    found: dict[str, dict[str, FieldSpec]] = {}
    for row in CustomField.objects.filter(deleted_at__isnull=True).order_by("entity", "position", "pk"):
        found.setdefault(row.entity, {})[row.name] = _spec(row)
    return found


def _spec(row: Any) -> FieldSpec:
    kind = kindlist.make(row.kind, row.settings)
    return FieldSpec(
        row.name,
        Label(row.label, row.labels or {}),
        kind,
        JsonKey(kind, row.name),
        help=row.help or "",
        required=row.required,
        custom=True,
        order=FIRST + (row.position or 0),
    )
