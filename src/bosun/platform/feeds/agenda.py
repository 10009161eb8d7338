"""Dates that people have: which field of which entity says when, whose it is, and while it is open.

An entity takes part by `offer`; whoever asks reads through the door, with the rights of that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from typing import Any

from bosun.kernel import access, records, registry
from bosun.kernel.actor import system_actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError
from bosun.kernel.query import Query
from bosun.platform.feeds import series

MOST = 1000
PAGE = 200


@dataclass(frozen=True)
class Dates:
    """Where the dates of an entity stand. Names are those of fields; empty where there is none.

    `at` says when, `moved` takes its place where it is filled, `who` whose it is, `rule` how it comes again,
    counted from `start` on the wall clock of `zone` (of the person where there is none), `until` its last day.
    `named` holds the people whose it is instead, where any are; `over` says of which of them somebody has done his
    part. What is not in `feed` is of the preview alone, into which its module brings it.
    """

    entity: str
    at: str
    open: Any
    reason: Any
    who: str = "owner"
    text: str = ""
    moved: str = ""
    rule: str = ""
    start: str = ""
    zone: str = ""
    until: str = ""
    named: str = ""
    over: Callable[[int], Any] | None = None
    note: str = ""
    rings: bool = False
    feed: bool = True


@dataclass(frozen=True)
class Item:
    """One date of one person, as far as its reader may see it."""

    of: Dates
    pk: int
    person: int
    at: date | datetime
    text: str
    about: str
    note: str
    rule: str
    start: datetime | None
    zone: str
    version: int
    created_at: datetime
    changed_at: datetime


offered: dict[str, Dates] = {}


def offer(dates: Dates) -> None:
    """The dates of an entity are dates of people."""
    offered[dates.entity] = dates


def query(dates: Dates, env: Env, people: Collection[int]) -> Query | None:
    """What stands open for people, of what the reader may read; None where what is needed is hidden from him."""
    entity = registry.find(dates.entity)
    if entity is None or not {dates.at, dates.who} <= set(access.specs(entity, env.actor)):
        return None
    try:
        found = records.query(entity, env.actor, env).filter(dates.open)
    except DoorError:
        return None
    return found.where(**{f"{dates.who}_id__in": sorted(people), f"{dates.at}__isnull": False})


def of_person(env: Env, most: int = MOST) -> list[Item]:
    """All open dates of whoever asks, for a feed; the latest first where there are too many."""
    found: list[Item] = []
    for dates in offered.values():
        if not dates.feed or (asked := query(dates, env, [env.actor.id or 0])) is None:
            continue
        held = list(islice(chain.from_iterable(asked.sort([f"-{dates.at}"]).walk(min(PAGE, most))), most))
        found += items(dates, _of_those_named(dates, held, env, most), env)
    return found


def _of_those_named(dates: Dates, own: Sequence[Any], env: Env, most: int) -> Sequence[Any]:
    """One's own that name nobody else, and those of others that name whoever asks: he is told of them in any case."""
    if not dates.named:
        return own
    entity, me = registry.get(dates.entity), env.actor.id
    mine = [row for row in own if not getattr(row, dates.named) or me in getattr(row, dates.named)]
    names_me = entity.specs()[dates.named].q(entity.key, "in", [str(me)])
    rows = records.query(entity, system_actor()).filter(dates.open).rows().filter(names_me)
    if dates.over is not None and me is not None:
        over = set(dates.over(me))
        mine = [row for row in mine if row.pk not in over]
        rows = rows.exclude(pk__in=over)
    others = rows.filter(**{f"{dates.at}__isnull": False}).exclude(pk__in=[row.pk for row in mine])
    return [*mine, *others.order_by(f"-{dates.at}", "-pk")[: most - len(mine)]]


def items(dates: Dates, rows: Sequence[Any], env: Env) -> list[Item]:
    """Records as dates; the names of what they are about are fetched at once."""
    entity = registry.get(dates.entity)
    known = access.specs(entity, env.actor)
    shown = [name for name in ("about", "customer", "contact") if name in known]
    records.preload(entity, rows, env, shown)
    return [_item(dates, entity, known, shown, row, env) for row in rows]


def _item(dates: Dates, entity: Entity, known: Any, shown: Sequence[str], row: Any, env: Env) -> Item:
    def value(name: str) -> Any:
        # A field that another version of the entity will bring is empty until then.
        return getattr(row, name, None) if not name or name not in entity.specs() or name in known else None

    text = str(value(dates.text) or "") if dates.text else (str(row) if _title_open(entity, known) else "")
    names = dict.fromkeys(known[name].kind.text(known[name].get(row), env) for name in shown)
    rule = str(value(dates.rule) or "") if dates.rule else ""
    zone = str(value(dates.zone) or "") if dates.zone else ""
    if rule and dates.until and (last := value(dates.until)) is not None:
        rule = series.ending(rule, last, value(dates.start) or value(dates.at), zone or env.actor.zone)
    # One time of a series that is put off moves the series no further.
    moved = value(dates.moved) if dates.moved and not rule else None
    return Item(
        dates,
        row.pk,
        getattr(row, f"{dates.who}_id"),
        moved or value(dates.at),
        text or entity.label,
        " · ".join(name for name in names if name and name != text),
        str(value(dates.note) or "") if dates.note else "",
        rule,
        value(dates.start) if dates.start else None,
        zone,
        row.version,
        row.created_at,
        row.updated_at,
    )


def title(entity: Entity, row: Any, env: Env) -> str:
    """The title of a record, where it is open to the reader; else what kind of record it is."""
    return str(row) if _title_open(entity, access.specs(entity, env.actor)) else entity.label


def _title_open(entity: Entity, known: Any) -> bool:
    return entity.title_spec is not None and entity.title_spec.name in known
