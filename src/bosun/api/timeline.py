"""The timeline of a record: its history together with what modules tell about it, the latest first.

A page marker is a moment and how many entries of that very moment were shown, for several often share one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpResponse

from bosun.api import shapes
from bosun.api.dispatch import Call, answer, number_of, takes
from bosun.api.reading import limit_of, stale_cursor
from bosun.kernel import history, records, slots
from bosun.kernel.entity import Entity

MOST_AT_ONCE = 1000
TICK = timedelta(microseconds=1)
Key = tuple[float, int, int]
Item = tuple[Key, datetime, dict[str, Any]]


@takes("limit", "cursor")
def timeline(call: Call, entity: str, pk: str) -> HttpResponse:
    """One page of a record's timeline."""
    found = call.about(entity)
    row = records.get(found, number_of(pk), call.actor)
    limit = limit_of(call)
    moment, shown = _read(call.params.get("cursor", ""))
    items, edge = _gather(call, found, row, limit + shown, moment)
    part = items[shown : shown + limit]
    marker = None
    if len(items) > shown + limit or edge is not None:
        marker = _write(part, moment, shown) if part else _past(edge)
    return answer({"items": [body for _key, _at, body in part], "next": marker})


def _gather(call: Call, entity: Entity, row: Any, limit: int, moment: datetime | None) -> tuple[list[Item], Any]:
    """What all sources tell, in order, cut where the first of them broke off."""
    entries, more = history.until(entity, row.pk, call.env, limit, moment)
    acts = shapes.entries(entries, call.env)
    items: list[Item] = [
        (_key(e.at, 0, e.id), e.at, {"kind": "change", **act}) for e, act in zip(entries, acts, strict=True)
    ]
    edges = [(_key(more[0], 0, more[1]), more[0])] if more else []
    for number, provider in enumerate(slots.of("record.timeline"), 1):
        told = list(provider(entity, row, call.env, limit + 1, moment))
        items += [(_key(h.at, number, h.id), h.at, {"kind": "happening", **shapes.happening(h)}) for h in told[:limit]]
        if len(told) > limit:
            last = told[limit - 1]
            edges.append((_key(last.at, number, last.id), last.at))
    edge = min(edges, default=None)
    items.sort(key=lambda item: item[0])
    return [item for item in items if edge is None or item[0] <= edge[0]], edge


def _key(at: datetime, source: int, pk: int) -> Key:
    return (-at.timestamp(), source, -pk)


def _write(part: list[Item], moment: datetime | None, shown: int) -> str:
    last = part[-1][1]
    same = sum(1 for _key, at, _body in part if at == last) + (shown if last == moment else 0)
    return f"{last.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{same}"


def _past(edge: tuple[Key, datetime] | None) -> str | None:
    return None if edge is None else f"{edge[1].astimezone(UTC) - TICK:%Y%m%dT%H%M%S.%fZ}-0"


def _read(cursor: str) -> tuple[datetime | None, int]:
    if not cursor:
        return None, 0
    moment, _dash, shown = cursor.partition("-")
    try:
        found = datetime.strptime(moment, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        raise stale_cursor() from None
    if not (shown.isascii() and shown.isdigit() and len(shown) < 5 and int(shown) <= MOST_AT_ONCE):
        raise stale_cursor()
    return found, int(shown)
