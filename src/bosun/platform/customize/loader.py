"""Specs of invented fields, kept in memory until a field or an object changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language

from bosun.kernel import registry, stamps
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Kind
from bosun.kernel.specs import FieldSpec, JsonKey
from bosun.platform.customize import computed, kindlist
from bosun.platform.customize.models import CustomField
from bosun.platform.customize.secret import Secret
from bosun.platform.files.kind import File, FileKey

STAMP = "customize"
NONE: dict[str, FieldSpec] = {}
FIRST = 100_000
"""Invented fields stand behind those that ship."""


class Label:
    """A label in the language of whoever reads it at that moment."""

    def __init__(self, label: str, labels: dict[str, str] | None) -> None:
        self.label, self.labels = label, labels or {}

    def __str__(self) -> str:
        return self.labels.get(get_language() or "") or self.label


def specs_of(entity: str) -> dict[str, FieldSpec]:
    """Invented fields of an entity, by name."""
    everything: dict[str, dict[str, FieldSpec]] = stamps.cached(STAMP, "fields", _load)
    return everything.get(entity, NONE)


def _load() -> dict[str, dict[str, FieldSpec]]:
    found: dict[str, dict[str, FieldSpec]] = {}
    later = []
    for row in CustomField.objects.filter(deleted_at__isnull=True).order_by("entity", "position", "pk"):
        target = (row.settings or {}).get("target")
        if row.kind in kindlist.COMPUTED:
            later.append(row)
        elif target is None or registry.find(target) is not None:
            found.setdefault(row.entity, {})[row.name] = spec_of(row)
    # Roll-ups may be over formulas.
    for row in sorted(later, key=lambda row: kindlist.ORDER[row.kind]):
        spec = computed_spec(row, lambda key: {**registry.get(key).native_specs(), **found.get(key, {})})
        if spec is not None:
            found.setdefault(row.entity, {})[row.name] = spec
    return {key: dict(sorted(part.items(), key=lambda pair: pair[1].order)) for key, part in found.items()}


def spec_of(row: Any) -> FieldSpec:
    """The spec of one declared field whose values are written."""
    settings = row.settings or {}
    if row.kind == "secret":
        kind: Kind = Secret(f"{row.entity}.{row.name}", settings.get("clear_to", ()))
    elif row.kind == "file":
        kind = File(row.entity, row.name)
    else:
        kind = kindlist.make(row.kind, settings)
    return FieldSpec(
        row.name,
        Label(row.label, row.labels),
        kind,
        store_of(kind, row.name),
        help=row.help or "",
        required=row.required,
        unique=row.unique,
        default=given(kind, settings["default"]) if settings.get("default") not in (None, "") else None,
        custom=row.pk or -1,
        order=FIRST + (row.position or 0),
    )


def store_of(kind: Kind, name: str) -> JsonKey:
    """Where values that are written live."""
    return FileKey(kind, name) if isinstance(kind, File) else JsonKey(kind, name)


def computed_spec(row: Any, specs: Callable[[str], Mapping[str, FieldSpec]]) -> FieldSpec | None:
    """The spec of a field that is worked out; None where what it needs is not there any more."""
    settings = row.settings or {}
    made: JsonKey | None = None
    depends: tuple[str, ...] = ()
    if registry.find(row.entity) is None:
        return None
    if row.kind == "formula":
        known = computed.usable(specs(row.entity))
        made = computed.formula_store(row.entity, row.name, kindlist.gives(settings), settings["formula"], set(known))
        depends = tuple(sorted(made.formula.names)) if made and made.formula else ()
    else:
        made = computed.rollup_store(row.name, settings, specs)
    if made is None:
        return None
    return FieldSpec(
        row.name,
        Label(row.label, row.labels),
        made.kind,
        made,
        help=row.help or "",
        read_only=True,
        depends=depends,
        custom=row.pk or -1,
        order=FIRST + (row.position or 0),
    )


def with_kind(spec: FieldSpec, kind: Kind) -> FieldSpec:
    """The same field with another kind, to be looked at before it is kept."""
    return replace(spec, kind=kind, store=store_of(kind, spec.name))


def given(kind: Kind, raw: Any) -> Callable[[Env], Any]:
    """What a new record begins with; nothing where that cannot be read any more (an option that was taken off)."""

    def begin(env: Env) -> Any:
        try:
            return kind.parse(raw, replace(env, strict=True))
        except Invalid:
            return None

    return begin
