"""Reminders beside what they are about: what stands on the day by itself, and how records are called."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from bosun.kernel import access, records, registry
from bosun.kernel.env import Env
from bosun.kernel.kinds import Moment
from bosun.kernel.refs import Refs
from bosun.lib import dates
from bosun.platform.away import lending
from bosun.platform.reminders.models import Reminder


def midnight(env: Env) -> datetime:
    """The end of today, by the clock of whoever asks."""
    zone = env.actor.zone
    return dates.localise(env.now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1), time(), zone)


def names_nobody(of: str = "") -> Q:
    """Reminders of their owners alone; `of` leads to the reminder."""
    return Q(**{f"{of}people__isnull": True}) | Q(**{f"{of}people": []})


def done_elsewhere(env: Env, prefix: str = "") -> Q:
    """Reminders of what stands on this day by itself: one's own that is open and falls due by tonight."""
    found = Q(pk__in=())
    for entity in registry.all_entities():
        along = lending.lendable(entity)
        if along is None or entity.model is Reminder or not access.may(env.actor, entity, "read"):
            continue
        moment = isinstance(entity.specs()[along.due].kind, Moment)
        until = midnight(env) if moment else env.now.astimezone(ZoneInfo(env.actor.zone)).date() + timedelta(days=1)
        query = records.query(entity, env.actor, env).filter(along.open)
        due = query.where(**{f"{along.who}_id": env.actor.id, f"{along.due}__lt": until}).rows()
        found |= Q(**{f"{prefix}about_entity": entity.key, f"{prefix}about_id__in": due.order_by().values("pk")})
    return found


def names_of(rows: Iterable[Any], env: Env) -> dict[tuple[str, int], str]:
    """How the records are called that they are about, as far as these are open."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.about_entity and row.about_id:
            wanted.setdefault(row.about_entity, set()).add(row.about_id)
    refs, found = Refs(env.actor), {}
    for key, ids in wanted.items():
        entity = registry.find(key)
        if entity is None:
            continue
        refs.load(entity.model, list(ids))
        for pk in ids:
            card = refs.card(entity.model, pk)
            if card is not None:
                found[key, pk] = str(card["name"])
    return found
