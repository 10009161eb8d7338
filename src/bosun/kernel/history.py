"""Reading the ledger, cut to what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.actor import Act
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.ledger import Change, actor_columns
from bosun.kernel.specs import FieldSpec
from bosun.lib import clock


@dataclass(frozen=True)
class Line:
    """One field of an entry, before and after."""

    spec: FieldSpec
    before: Any
    after: Any


@dataclass(frozen=True)
class Entry:
    """One act on one record as this reader may see it."""

    id: int
    at: datetime
    actor_id: int | None
    actor: str
    door: str
    verb: str
    entity: Entity
    record_id: int
    title: str
    cause: str
    version: int
    lines: tuple[Line, ...]


def of_record(entity: Entity, pk: int, env: Env, limit: int = 50, before: int = 0) -> list[Entry]:
    """What happened to one record, the latest first. The caller has seen that the record is open to the reader."""
    return page(entity, pk, env, limit, before)[0]


def page(entity: Entity, pk: int, env: Env, limit: int = 50, before: int = 0) -> tuple[list[Entry], int]:
    """The same, and the id before which the next page begins; 0 at the end."""
    rows = Change.objects.filter(entity=entity.key, record_id=pk).order_by("-id")
    if before:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    return cut(found[:limit], env), found[limit - 1].pk if len(found) > limit else 0


def until(
    entity: Entity, pk: int, env: Env, limit: int, before: datetime | None
) -> tuple[list[Entry], tuple[datetime, int] | None]:
    """What happened no later than a moment, by the time that is shown; and moment and id of the last act looked at
    where there are more."""
    rows = Change.objects.filter(entity=entity.key, record_id=pk).order_by("-at", "-id")
    if before is not None:
        rows = rows.filter(at__lte=before)
    found = list(rows[: limit + 1])
    more = len(found) > limit
    return cut(found[:limit], env), (found[limit - 1].at, found[limit - 1].pk) if more else None


def recent(entity: Entity, env: Env, since: datetime, limit: int = 20, others: bool = True) -> list[Entry]:
    """What changed lately on records that are open to the reader, by others where asked."""
    own = access.visible(entity, env.actor, few=True).filter(owner_id=env.actor.id, pk=OuterRef("record_id"))
    rows = Change.objects.filter(Exists(own), entity=entity.key, at__gte=since)
    if others:
        rows = rows.exclude(actor_id=env.actor.id)
    return cut(rows.order_by("-at")[:limit], env)


def acts(entity: Entity, since: datetime) -> QuerySet[Change]:
    """Acts on the records of an entity as the ledger holds them, the latest first, for rules that are tried on them.

    The caller answers for the rights of whoever reads what comes of it.
    """
    return Change.objects.filter(entity=entity.key, at__gte=since, record_id__gt=0).order_by("-id")


def of_one(entity: Entity, pk: int, limit: int) -> list[Change]:
    """The same for one record."""
    return list(Change.objects.filter(entity=entity.key, record_id=pk).order_by("-id")[:limit])


def cut(rows: Iterable[Change], env: Env) -> list[Entry]:
    """Entries without the fields that are hidden from the reader; acts on hidden fields alone are left out."""
    entries = []
    for row in rows:
        entity = registry.find(row.entity)
        if entity is None:
            continue
        specs = access.specs(entity, env.actor)
        lines = tuple(
            Line(specs[name], specs[name].kind.load(old), specs[name].kind.load(new))
            for name, (old, new) in row.diff.items()
            if name in specs
        )
        if row.diff and not lines and row.verb == "changed":
            continue
        entries.append(Entry(
            row.pk, row.at, row.actor_id, row.actor_name, row.door, row.verb, entity, row.record_id, row.title,
            row.cause, row.version, lines,
        ))  # fmt: skip
    preload(entries, env)
    return entries


def preload(entries: Sequence[Entry], env: Env) -> None:
    """Fetch the names of everything that the entries refer to, one query for each kind of record."""
    wanted: dict[type, set[int]] = {}
    for entry in entries:
        for line in entry.lines:
            for value in (line.before, line.after):
                for model, pk in line.spec.kind.refers(value):
                    wanted.setdefault(model, set()).add(pk)
    for model, ids in wanted.items():
        env.refs.load(model, ids)


def note(entity: Entity, verb: str, act: Act, diff: Mapping[str, Any], pk: int = 0) -> None:
    """Write down an act that changes no field: on one record, or (without `pk`) on many, such as an export."""
    Change.objects.create(
        at=act.at or clock.now(), door=act.door, entity=entity.key, record_id=pk,
        title=entity.plural[:250],
        verb=verb, diff=dict(diff), batch=act.batch, cause=act.cause[:200], **actor_columns(act.actor),
    )  # fmt: skip


def verb_words(verb: str) -> str:
    """The past of an act, for a sentence that begins with who did it."""
    words = {
        "created": _("created"),
        "changed": _("changed"),
        "removed": _("moved to the bin"),
        "restored": _("brought back"),
        "merged": _("merged"),
        "transferred": _("handed over"),
        "undone": _("undid"),
        "exported": _("exported"),
        "attached": _("added a file"),
        "detached": _("took a file away"),
        "done": _("did"),
    }
    return words.get(verb, verb)
