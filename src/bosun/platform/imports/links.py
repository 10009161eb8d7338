"""References to rows further down, set when all rows of a step are in; circles among them are found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.platform.imports.cells import seen_of
from bosun.platform.imports.mapping import Step
from bosun.platform.imports.models import ERROR, NOTE, ImportRow
from bosun.platform.imports.refusals import reasons

LONGEST_CHAIN = 100


def link(step: Step, rows: Sequence[ImportRow], act: Act, env: Env) -> tuple[list[ImportRow], list[ImportRow]]:
    """Set the references of these rows; answers the rows that are linked, and those that failed with their reasons."""
    env.refs.forget_misses(step.entity.model)
    drafts = [
        Draft(step.entity, row.links, pk=row.record_id, seen=seen_of(step, row.cells), verb="changed") for row in rows
    ]
    circular = _circular(step, rows, env)
    records.save([draft for draft in drafts if draft.pk not in circular], act, env)
    for draft in drafts:
        if draft.pk in circular:
            # One at a time, so that the entity's own rule sees the first half of the circle when the second comes.
            records.save([draft], act, env)
    done, failed = [], []
    for row, draft in zip(rows, drafts, strict=True):
        if draft.failure is None:
            done.append(row)
            continue
        errors = reasons(draft, act.actor)
        row.problems = [*row.problems, *([error.field, error.message] for error in errors)]
        # With a key the row can be imported again and meets its record; without one it would make a second.
        row.outcome = ERROR if step.key else NOTE
        failed.append(row)
    return done, failed


def _circular(step: Step, rows: Sequence[ImportRow], env: Env) -> set[int]:
    """Records that would stand above themselves if all these references were set at once."""
    found: set[int] = set()
    for name in {name for row in rows for name in row.links}:
        edges: dict[int, int] = {}
        for row in rows:
            target = _target(step, row.links.get(name), env) if row.record_id is not None else None
            if target is not None and row.record_id is not None:
                edges[row.record_id] = target
        above = _above(step, name, set(edges) | set(edges.values()))
        above.update(edges)
        found |= {child for child in edges if _returns(child, above)}
    return found


def _target(step: Step, raw: Any, env: Env) -> int | None:
    if raw is None:
        return None
    try:
        hits = env.refs.find(step.entity.model, raw)
    except Invalid:
        return None
    return hits[0] if len(hits) == 1 else None


def _above(step: Step, name: str, ids: Iterable[int]) -> dict[int, int]:
    """What the records and all above them refer to now."""
    known: dict[int, int] = {}
    front = set(ids)
    looked: set[int] = set()
    while front and len(looked) < 100_000:
        looked |= front
        rows = step.entity.model._default_manager.filter(pk__in=front, **{f"{name}_id__isnull": False})
        fresh = dict(rows.values_list("pk", f"{name}_id"))
        known.update(fresh)
        front = set(fresh.values()) - looked
    return known


def _returns(child: int, above: Mapping[int, int]) -> bool:
    at = above.get(child)
    for _step in range(LONGEST_CHAIN):
        if at is None:
            return False
        if at == child:
            return True
        at = above.get(at)
    return True
