"""Stays in stages: an index beside the records, kept in the transaction of each change, undo included.

It follows every entity that names a board. `extras={"stay_days": ("opened", "closed")}` names the days that a record
brings along when it comes from elsewhere: then its history has those, and not the day of the import.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.platform.pipelines import stages
from bosun.platform.pipelines.models import Stay


@dataclass(frozen=True)
class Spell:
    """One stay as a page tells it; no stage where only its days are known."""

    stage: int | None
    entered_on: date
    left_on: date | None
    days: int


def follow(drafts: Sequence[Draft], env: Env) -> None:
    """End the stay of each record whose stage changed, and begin the next."""
    entity = drafts[0].entity
    moved = [d for d in drafts if entity.board and d.diff.get(entity.board, (None, None))[1] is not None]
    fresh = [stay for draft in moved if draft.verb == "created" for stay in _first(draft, env)]
    fresh += _next([draft for draft in moved if draft.verb != "created"], env)
    Stay.objects.bulk_create(fresh, batch_size=500)


def _days(entity: Entity, record: Any) -> tuple[date | None, date | None]:
    """When a record says it was opened and closed."""
    names: Sequence[str] = entity.extras.get("stay_days", ())
    found = [getattr(record, name) for name in names]
    return (found[0], found[1]) if len(found) == 2 else (None, None)


def _first(draft: Draft, env: Env) -> list[Stay]:
    """The stay of a new record; of one that is closed already also the time before, in stages that nobody noted."""
    entity, stage = draft.entity, draft.diff[draft.entity.board][1]
    opened, closed = _days(entity, draft.record)
    known = stages.all_stages().get(stage)
    ended = closed if known and known.outcome != "open" else None
    began = opened or ended or env.today
    here = Stay(entity=entity.key, record_id=draft.id, stage_id=stage, entered_on=ended or began)
    if ended is None or ended <= began:
        return [here]
    return [Stay(entity=entity.key, record_id=draft.id, entered_on=began, left_on=ended), here]


def _next(moved: Sequence[Draft], env: Env) -> list[Stay]:
    """The stays of records that went on; whoever goes back on the day he came has not been away."""
    if not moved:
        return []
    entity = moved[0].entity
    held: dict[int, list[Stay]] = {}
    rows = Stay.objects.filter(entity=entity.key, record_id__in=[draft.id for draft in moved]).order_by("pk")
    for stay in rows:
        held.setdefault(stay.record_id, []).append(stay)
    fresh: list[Stay] = []
    for draft in moved:
        earlier = held.get(draft.id, [])
        stage = draft.diff[entity.board][1]
        known = stages.all_stages().get(stage)
        day = (_days(entity, draft.record)[1] if known and known.outcome != "open" else None) or env.today
        if len(earlier) > 1 and earlier[-2].stage_id == stage and earlier[-1].entered_on >= day:
            Stay.objects.filter(pk=earlier[-1].pk).delete()
            Stay.objects.filter(pk=earlier[-2].pk).update(left_on=None)
            continue
        if earlier:
            Stay.objects.filter(pk=earlier[-1].pk).update(left_on=max(day, earlier[-1].entered_on))
        fresh.append(Stay(entity=entity.key, record_id=draft.id, stage_id=stage, entered_on=day))
    return fresh


def forget(entity: str, pks: Sequence[int]) -> None:
    """Records that are gone for good have been nowhere; a stage that is gone for good has no name any more."""
    if entity == "stages":
        Stay.objects.filter(stage_id__in=list(pks)).update(stage=None)
    Stay.objects.filter(entity=entity, record_id__in=list(pks)).delete()


def of_record(entity: Entity, pk: int, today: date) -> list[Spell]:
    """The stays of one record, the first one first."""
    rows = Stay.objects.filter(entity=entity.key, record_id=pk).order_by("pk")
    return [
        Spell(row.stage_id, row.entered_on, row.left_on, ((row.left_on or today) - row.entered_on).days) for row in rows
    ]


def tell(entity: Entity, told: Mapping[int, Sequence[tuple[int, date]]]) -> None:
    """Put the stays of records in the place of those that are kept: stage and first day of each, in order."""
    forget(entity.key, list(told))
    rows = []
    for pk, spells in told.items():
        ends: list[date | None] = [day for _stage, day in spells[1:]]
        for (stage, day), end in zip(spells, [*ends, None], strict=True):
            rows.append(Stay(entity=entity.key, record_id=pk, stage_id=stage, entered_on=day, left_on=end))
    Stay.objects.bulk_create(rows, batch_size=500)
