"""Reading pipelines and stages; kept in memory until one changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bosun.kernel import stamps
from bosun.platform.pipelines.models import Pipeline, Stage

STAMP = "pipelines"


@dataclass(frozen=True)
class StageInfo:
    """A stage as rules need it."""

    id: int
    name: str
    pipeline: int
    position: int
    probability: int
    outcome: str
    colour: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The name in the reader's language, else as it was first written."""
        return self.labels.get(language) or self.name


@dataclass(frozen=True)
class PipelineInfo:
    """A pipeline as pages need it."""

    id: int
    name: str
    entity: str


def all_stages() -> Mapping[int, StageInfo]:
    """Live stages by id, in their order; kept in memory until one changes."""
    found: Mapping[int, StageInfo] = stamps.cached(STAMP, "stages", _load)
    return found


def _load() -> Mapping[int, StageInfo]:
    rows = Stage.objects.filter(deleted_at__isnull=True).order_by("pipeline_id", "position", "pk")
    return {
        row.pk: StageInfo(
            row.pk, row.name, row.pipeline_id, row.position, row.probability, row.outcome, row.colour or "",
            row.labels or {},
        )
        for row in rows
    }  # fmt: skip


def pipelines(entity: str) -> list[PipelineInfo]:
    """The live pipelines of an entity in their order; kept in memory until one changes."""
    held: list[PipelineInfo] = stamps.cached(STAMP, "pipelines", _load_pipelines)
    return [one for one in held if one.entity == entity]


def _load_pipelines() -> list[PipelineInfo]:
    rows = Pipeline.objects.filter(deleted_at__isnull=True).order_by("position", "pk")
    return [PipelineInfo(row.pk, row.name, row.entity) for row in rows]


def first_pipeline(entity: str) -> int | None:
    """The pipeline that new records of an entity go into."""
    found = pipelines(entity)
    return found[0].id if found else None


def of_pipeline(pipeline: int) -> list[StageInfo]:
    """The stages of one pipeline in order."""
    return sorted((s for s in all_stages().values() if s.pipeline == pipeline), key=lambda s: (s.position, s.id))


def with_outcome(pipeline: int, outcome: str) -> StageInfo | None:
    """The stage of a pipeline that has an outcome."""
    return next((stage for stage in of_pipeline(pipeline) if stage.outcome == outcome), None)
