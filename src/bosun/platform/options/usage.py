"""Which options records hold: their key stands there as text, without a reference."""

from __future__ import annotations

from collections.abc import Sequence

from bosun.kernel import registry
from bosun.kernel.entity import Entity
from bosun.kernel.kinds import Choice
from bosun.kernel.specs import FieldSpec
from bosun.platform.options.models import Option


def in_use(key: str, pks: Sequence[int]) -> set[int]:
    """Those options among these that some record holds."""
    if key != "options":
        return set()
    fields: dict[str, list[tuple[Entity, FieldSpec]]] = {}
    for entity in registry.all_entities():
        for spec in entity.specs().values():
            if isinstance(spec.kind, Choice) and spec.kind.list_key:
                fields.setdefault(spec.kind.list_key, []).append((entity, spec))
    held: set[int] = set()
    for option in Option.objects.filter(pk__in=pks):
        places = fields.get(option.list_key, ())
        if any(_holds(entity, spec, option.key) for entity, spec in places):
            held.add(option.pk)
    return held


def _holds(entity: Entity, spec: FieldSpec, key: str) -> bool:
    return bool(entity.model._default_manager.filter(spec.q(entity.key, "in", [key])).exists())
