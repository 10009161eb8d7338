"""Reading: lists, totals, one record, its history, the bin, and who the caller is."""

from __future__ import annotations

from typing import Any

from django.db import DataError, ProgrammingError
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from bosun.api import bodies, shapes
from bosun.api.dispatch import Call, answer, number_of, takes
from bosun.kernel import access, history, records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.errors import FieldError, Invalid, NotFound, Unreadable
from bosun.kernel.query import COUNT_TO, MAX_LIMIT, Query
from bosun.platform.figures import groups
from bosun.platform.files import keeping, names
from bosun.platform.files.views import handed_out

DEFAULT_LIMIT = 50
MOST_SUMS = 20
MOST_GROUPS = 2


# lists -----------------------------------------------------------------------------------------------------------


@takes("filter", "q", "sort", "fields", "limit", "cursor")
def page(call: Call, entity: str) -> HttpResponse:
    """One page of a list."""
    found = call.readable(entity)
    specs = shapes.chosen(found, call.env, call.params.get("fields", ""))
    asked = narrowed(call, found).sort(_names(call.params.get("sort", "")) or found.sort)
    cursor = call.params.get("cursor", "")
    try:
        part = asked.page(limit_of(call), cursor)
    except (ValueError, TypeError, OverflowError, DataError, ProgrammingError):
        if not cursor:
            raise
        # A marker is readable JSON: values that somebody put into it reach the database as they are.
        raise stale_cursor() from None
    items = shapes.many(found, part.items, call.env, specs)
    return answer({"items": items, "next": part.next or None, "previous": part.previous or None})


def narrowed(call: Call, entity: Entity) -> Query:
    """The records that `filter` and `q` ask for."""
    asked = records.query(entity, call.actor, call.env)
    if call.params.get("filter"):
        asked = asked.filter(bodies.loads(call.params["filter"]))
    if call.params.get("q"):
        asked = asked.search(call.params["q"])
    return asked


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def limit_of(call: Call, default: int = DEFAULT_LIMIT) -> int:
    """How many are asked for, 1 to 200."""
    given = call.params.get("limit", "")
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 6 and 0 < int(given) <= MAX_LIMIT):
        raise Unreadable(_("“limit” is a number from 1 to %(most)s.") % {"most": MAX_LIMIT})
    return int(given)


@takes("filter", "q", "group", "sum", "exact")
def totals(call: Call, entity: str) -> HttpResponse:
    """How many, sums, and both for each value of a field."""
    found = call.readable(entity)
    asked = narrowed(call, found)
    sums = _names(call.params.get("sum", ""))
    if len(sums) > MOST_SUMS:
        raise Invalid([FieldError("sum", _("Ask for at most %(most)s sums at once.") % {"most": MOST_SUMS})])
    exact = call.params.get("exact", "0")
    if exact not in ("0", "1"):
        raise Unreadable(_("“exact” is 0 or 1."))
    count, is_exact = asked.count(0 if exact == "1" else COUNT_TO)
    result: dict[str, Any] = {"count": count, "exact": is_exact}
    specs = access.specs(found, call.actor)
    if sums:
        result["sums"] = {n: specs[n].kind.to_json(v, call.env) for n, v in asked.sums(sums).items()}
    if call.params.get("group"):
        result["groups"] = _groups(call, found, asked, call.params["group"], sums)
    return answer(result)


def _groups(call: Call, entity: Entity, asked: Query, name: str, sums: list[str]) -> list[dict[str, Any]]:
    parts = _names(name)
    if len(parts) > MOST_GROUPS or len(set(parts)) < len(parts):
        raise Invalid([FieldError("group", _("Count by one or two fields, each named once."))])
    keys = [groups.read(entity, part, call.env) for part in parts]
    found = groups.count(asked, [key.name for key in keys], sums)
    groups.names_of(keys, found, call.env)
    specs = access.specs(entity, call.actor)
    drawn = []
    for group in found:
        values = [key.to_json(value, call.env) for key, value in zip(keys, group.values, strict=True)]
        labels = [
            key.text(value, call.env) if value is not None else ""
            for key, value in zip(keys, group.values, strict=True)
        ]
        drawn.append(
            {
                "value": values[0] if len(values) == 1 else values,
                "label": labels[0] if len(labels) == 1 else labels,
                "count": group.count,
                "sums": {part: specs[part].kind.to_json(figure, call.env) for part, figure in group.sums.items()},
            }
        )
    return drawn


# one record ------------------------------------------------------------------------------------------------------


@takes("fields")
def record(call: Call, entity: str, pk: str) -> HttpResponse:
    """One record."""
    found = call.about(entity)
    row = records.get(found, number_of(pk), call.actor)
    specs = shapes.chosen(found, call.env, call.params.get("fields", ""))
    return answer(shapes.many(found, [row], call.env, specs)[0], headers=etag(row.version))


def etag(version: int) -> dict[str, str]:
    """The version as a header, for If-Match."""
    return {"ETag": f'"{version}"'}


@takes("limit", "cursor")
def past(call: Call, entity: str, pk: str) -> HttpResponse:
    """What happened to one record: who, when, through which door, from what to what."""
    found = call.about(entity)
    row = records.get(found, number_of(pk), call.actor)
    before = _id_cursor(call)
    entries, following = history.page(found, row.pk, call.env, limit_of(call), before)
    return answer({"items": shapes.entries(entries, call.env), "next": str(following) if following else None})


def _id_cursor(call: Call) -> int:
    cursor = call.params.get("cursor", "")
    if not cursor:
        return 0
    try:
        return number_of(cursor)
    except NotFound:
        raise stale_cursor() from None


def stale_cursor() -> Invalid:
    """A page marker that does not belong here."""
    return Invalid([FieldError("cursor", _("This page marker is out of date. Start the list again."))])


def file(call: Call, entity: str, pk: str, name: str) -> HttpResponseBase:
    """The file in a field of one record."""
    held, content = keeping.open_field(call.about(entity), number_of(pk), name, call.actor)
    return handed_out(content, held.name, names.type_of(held.name, b""))


# the bin and the caller ------------------------------------------------------------------------------------------


@takes("limit", "cursor", "entity")
def binned(call: Call) -> HttpResponse:
    """What was removed and can be brought back by the caller, the latest first."""
    only = call.readable(call.params["entity"]) if call.params.get("entity") else None
    limit = limit_of(call)
    found = records.binned(call.actor, limit + 1, _id_cursor(call), only)
    more, found = len(found) > limit, found[:limit]
    titled = {r.entity: _title_open(call, r.entity) for r in found}
    items = [
        {
            "id": removal.pk,
            "at": shapes.moment(removal.at),
            "by": removal.actor_id,
            "entity": removal.entity,
            "record": removal.record_id,
            "title": removal.title if titled[removal.entity] else None,
            "counts": {key: n for key, n in removal.counts.items() if _open(call, key)},
        }
        for removal in found
    ]
    return answer({"items": items, "next": str(found[-1].pk) if more else None})


def _open(call: Call, key: str) -> bool:
    entity = registry.find(key)
    return entity is not None and access.may(call.actor, entity, "read")


def _title_open(call: Call, key: str) -> bool:
    entity = registry.get(key)
    return entity.title_spec is not None and entity.title_spec.name in access.specs(entity, call.actor)


def me(call: Call) -> HttpResponse:
    """Who the caller is and what he may do."""
    actor = call.actor
    rights = {
        entity.key: [action for action in (*access.ACTIONS, *entity.verbs) if access.may(actor, entity, action)]
        for entity in registry.all_entities()
    }
    return answer(
        {
            "id": actor.id,
            "name": actor.name,
            "username": actor.username,
            "language": actor.language,
            "zone": actor.zone,
            "administrator": actor.is_admin,
            "read_only": actor.read_only,
            "rights": {key: actions for key, actions in rights.items() if actions},
        }
    )
