"""Pipelines and stages as declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity, Related, Section
from bosun.kernel.env import Env
from bosun.platform.pipelines.models import Pipeline, Stage
from bosun.platform.pipelines.stages import STAMP


def stage_name(row: Mapping[str, Any], language: str) -> str:
    """The name of a stage in the reader's language, else as it was first written."""
    return str((row["labels"] or {}).get(language) or row["name"])


CERTAIN = {"won": 100, "lost": 0}


def be_certain(draft: Draft, env: Env) -> None:
    """What is won is certain, and so is what is lost."""
    sure = CERTAIN.get(draft.value("outcome") or "")
    if sure is not None and draft.changes("outcome", "probability"):
        draft.put("probability", sure)


PIPELINE = Entity(
    Pipeline,
    key="pipelines",
    icon="filter",
    columns="name entity position",
    menu="settings",
    owned=False,
    sort="position",
    stamp=STAMP,
    open_to_all=True,
    timeline=False,
    related=[Related("stages", "pipeline")],
)

STAGE = Entity(
    Stage,
    key="stages",
    icon="flag",
    columns="name pipeline position probability outcome",
    menu="settings",
    form=[Section("", "name pipeline position | probability outcome colour labels")],
    owned=False,
    sort="pipeline position",
    stamp=STAMP,
    open_to_all=True,
    timeline=False,
    rules=[be_certain],
    extras={"card": ("labels",), "card_name": stage_name},
)
