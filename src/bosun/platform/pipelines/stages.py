"""Reading stages, and keeping the stays of records in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bosun.kernel import stamps
from bosun.kernel.drafts import Draft
from bosun.platform.pipelines.models import Pipeline, Stage, Stay

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


def all_stages() -> Mapping[int, StageInfo]:
    """Live stages by id, in their order; kept in memory until one changes."""
    found: Mapping[int, StageInfo] = stamps.cached(STAMP, "stages", _load)
    return found


def _load() -> Mapping[int, StageInfo]:
    rows = Stage.objects.filter(deleted_at__isnull=True).order_by("pipeline_id", "position", "pk")
    return {
        row.pk: StageInfo(row.pk, row.name, row.pipeline_id, row.position, row.probability, row.outcome) for row in rows
    }


def first_pipeline(entity: str) -> int | None:
    """The pipeline that new records of an entity go into."""
    live = Pipeline.objects.filter(deleted_at__isnull=True, entity=entity)
    return live.order_by("position", "pk").values_list("pk", flat=True).first()


def of_pipeline(pipeline: int) -> list[StageInfo]:
    """The stages of one pipeline in order."""
    return sorted((s for s in all_stages().values() if s.pipeline == pipeline), key=lambda s: (s.position, s.id))


def with_outcome(pipeline: int, outcome: str) -> StageInfo | None:
    """The stage of a pipeline that has an outcome."""
    return next((stage for stage in of_pipeline(pipeline) if stage.outcome == outcome), None)


def keep_stays(drafts: Sequence[Draft], field: str, days: Mapping[int, tuple[date, date | None]]) -> None:
    """End the open stay and begin the next, for records whose stage changed.

    `days` gives for each record id the day the first stay began and the day of this change; an import brings both.
    """
    entity = drafts[0].entity.key
    moved = [draft for draft in drafts if field in draft.diff and draft.diff[field][1] is not None]
    changed = [draft.id for draft in moved if draft.verb != "created"]
    for stay in Stay.objects.filter(entity=entity, record_id__in=changed, left_on__isnull=True):
        stay.left_on = days[stay.record_id][1] or days[stay.record_id][0]
        stay.save(update_fields=["left_on"])
    fresh: list[Stay] = []
    for draft in moved:
        began, now = days[draft.id]
        stage = all_stages()[draft.diff[field][1]]
        if draft.verb == "created" and stage.outcome != "open" and now is not None and now > began:
            earlier = [s for s in of_pipeline(stage.pipeline) if s.outcome == "open"]
            if earlier:
                fresh.append(
                    Stay(entity=entity, record_id=draft.id, stage_id=earlier[-1].id, entered_on=began, left_on=now)
                )
        entered = now if (now is not None and (draft.verb != "created" or stage.outcome != "open")) else began
        fresh.append(Stay(entity=entity, record_id=draft.id, stage_id=stage.id, entered_on=entered))
    Stay.objects.bulk_create(fresh, batch_size=500)
