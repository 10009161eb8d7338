"""The pipelines that ship: declared by the module whose records go through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bosun.kernel import records
from bosun.kernel.actor import Act, system_actor
from bosun.platform.pipelines.models import Pipeline


@dataclass(frozen=True)
class ShippedStage:
    """A stage that ships, with its names in three languages."""

    en: str
    zh: str
    es: str
    probability: int
    outcome: str = "open"


declared: dict[str, tuple[str, Sequence[ShippedStage]]] = {}


def declare(entity: str, name: str, stages: Sequence[ShippedStage]) -> None:
    """Say what pipeline every new company has for an entity."""
    declared[entity] = (name, tuple(stages))


def seed(**_kwargs: Any) -> None:
    """Make the shipped pipeline of each entity that has none."""
    act = Act(system_actor(), "system", cause="first start")
    for entity, (name, stages) in declared.items():
        if Pipeline.objects.filter(entity=entity).exists():
            continue
        pipeline = records.create("pipelines", {"name": name, "entity": entity}, act)
        for place, stage in enumerate(stages):
            labels = {"en": stage.en, "zh-hans": stage.zh, "es": stage.es}
            values = {"name": stage.en, "labels": labels, "pipeline": pipeline.pk, "position": (place + 1) * 10}
            records.create("stages", {**values, "probability": stage.probability, "outcome": stage.outcome}, act)
