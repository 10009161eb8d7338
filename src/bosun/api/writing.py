"""Writing one record: create, change, remove, a verb, and bringing back from the bin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from bosun.api import shapes
from bosun.api.dispatch import Call, answer, number_of, takes
from bosun.api.once import Done, mark, once
from bosun.api.reading import etag
from bosun.kernel import access, records
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Conflict, Denied, NotFound, Unreadable
from bosun.platform.automation import coming, services

IF_MATCH = re.compile(r'(?:W/)?"(\d{1,18})"|(\d{1,18})', re.ASCII)
MOST_CONFIRMED = 50


@takes(several=("confirm",))
def create(call: Call, entity: str) -> HttpResponse:
    """A new record; 201 with its address."""
    found = call.about(entity)
    raw = call.body()
    confirm = confirmed(call, raw)

    def work() -> int:
        return int(records.create(found, raw, call.act(confirm=confirm), call.env).pk)

    done = once(call, found.key, work)
    body, headers = _as_now(call, found, done)
    body |= effects(call, found, services.of_new(found, done.record_id, call.env), new=done.record_id)
    return mark(answer(body, 201, {**headers, "Location": f"/api/v1/{found.key}/{done.record_id}"}), done)


def _as_now(call: Call, entity: Entity, done: Done) -> tuple[dict[str, Any], dict[str, str]]:
    """The record as it stands; its id alone when it is not open to the caller, who may have given it away."""
    try:
        row = records.get(entity, done.record_id, call.actor)
    except NotFound:
        return {"id": done.record_id}, {}
    return shapes.one(entity, row, call.env), etag(row.version)


def confirmed(call: Call, raw: dict[str, Any]) -> frozenset[str]:
    """The guards that the caller has answered, in the address or in the body (where it is taken out)."""
    given = raw.pop("confirm", None) or []
    parts = given if isinstance(given, list) else [given]
    parts += [part for part in call.params.get("confirm", "").split(",") if part]
    if len(parts) > MOST_CONFIRMED or not all(isinstance(part, str) for part in parts):
        raise Unreadable(_("“confirm” is a list of the words that guards asked for."))
    return frozenset(parts)


def seen_version(call: Call, raw: Mapping[str, Any]) -> int | None:
    """The version that the writer looked at, from If-Match or the body; None when he does not say."""
    header = call.request.headers.get("If-Match", "").strip()
    said: set[int] = set()
    if header and header != "*":
        match = IF_MATCH.fullmatch(header)
        if match is None:
            raise Unreadable(_('If-Match holds one version, as in "3".'))
        said.add(int(match[1] or match[2]))
    if raw.get("version") is not None:
        version = raw["version"]
        if isinstance(version, bool) or not isinstance(version, int) or version < 0:
            raise Unreadable(_("“version” is a whole number."))
        said.add(version)
    if len(said) > 1:
        raise Unreadable(_("If-Match and “version” differ."))
    return said.pop() if said else None


@takes(several=("confirm",))
def change(call: Call, entity: str, pk: str) -> HttpResponse:
    """Change the fields that were sent."""
    found, number = call.about(entity), number_of(pk)
    raw = call.body()
    seen, confirm = seen_version(call, raw), confirmed(call, raw)
    draft = records.change(found, number, raw, call.act(confirm=confirm), seen, call.env)
    body, headers = _as_now(call, found, Done(number))
    said = effects(call, found, services.after(found, draft.change_id, call.env), [draft.change_id])
    return answer(body | said, headers=headers)


def effects(
    call: Call,
    entity: Entity,
    runs: list[dict[str, Any]],
    changes: Sequence[int | None] = (),
    new: int | None = None,
) -> dict[str, Any]:
    """What rules did because of an act, and what they will do later, where they did anything."""
    if not runs:
        return {}
    if new is not None:
        waits = coming.of_new(entity, new, call.env)
    else:
        waits = coming.after(entity, [change for change in changes if change], call.env)
    return {"effects": runs, "later": waits}


@takes(several=("confirm",))
def remove(call: Call, entity: str, pk: str) -> HttpResponse:
    """To the bin; the answer names the removal, by which it can be brought back."""
    found, number = call.about(entity), number_of(pk)
    confirm = confirmed(call, {})
    seen = seen_version(call, {})
    with transaction.atomic():
        row = records.get(found, number, call.actor)
        if seen is not None and row.version > seen:
            raise Conflict([], row.version)
        removal = records.remove_one(found, number, call.act(confirm=confirm))
    return HttpResponse(status=204, headers={"Bosun-Removal": str(removal.pk)})


@takes(several=("confirm",))
def verb(call: Call, entity: str, pk: str, verb: str) -> HttpResponse:
    """Do a verb to one record; the body holds what the verb asks for."""
    found, number = call.about(entity), number_of(pk)
    if verb not in found.verbs or not access.may(call.actor, found, "read"):
        raise NotFound()
    raw = call.body()
    confirm = confirmed(call, raw)

    changes: list[int | None] = []

    def work() -> int:
        row = records.get(found, number, call.actor)
        if not access.may(call.actor, found, verb):
            raise Denied()
        unfit = found.verbs[verb].unfit(row, call.env)
        if unfit is not None:
            raise unfit
        draft = records.run_verb(found, [number], verb, raw, call.act("verb", confirm=confirm))[0]
        if draft.failure is not None:
            raise draft.failure
        changes.append(draft.change_id)
        return number

    done = once(call, found.key, work)
    body, headers = _as_now(call, found, done)
    runs = [run for change in changes for run in services.after(found, change, call.env)]
    body |= effects(call, found, runs, changes)
    return mark(answer(body, headers=headers), done)


def restore(call: Call, removal: str) -> HttpResponse:
    """Bring back what went in one removal."""
    number = number_of(removal)
    if not [found for found in records.binned(call.actor, 1, number + 1) if found.pk == number]:
        raise NotFound()
    found = records.restore(number, call.act("restore"), call.env)
    return answer({"entity": found.entity, "id": found.record_id})
