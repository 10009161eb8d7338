"""Records, entries of the history and acts as JSON; each kind of field says how its values look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, records
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.history import Entry, verb_words
from bosun.kernel.kinds import Kind
from bosun.kernel.slots import Happening
from bosun.kernel.specs import Column, FieldSpec, Store
from bosun.platform.automation import guarding

ALWAYS = ("id", "version")
Writer = Callable[[Any], Any]


def chosen(entity: Entity, env: Env, names: str) -> dict[str, FieldSpec]:
    """The fields asked for by name, all that are open without a name."""
    known = access.specs(entity, env.actor)
    if not names:
        return known
    found = {}
    for name in (part.strip() for part in names.split(",")):
        if name in ALWAYS:
            continue
        if name not in known:
            message = _("There is no field called “%(name)s”.") % {"name": name[:80]}
            raise Invalid([FieldError("fields", message)])
        found[name] = known[name]
    return found


def many(entity: Entity, rows: Sequence[Any], env: Env, specs: Mapping[str, FieldSpec]) -> list[dict[str, Any]]:
    """Records as JSON, the names of what they refer to fetched in one query for each kind."""
    if specs:
        records.preload(entity, rows, env, list(specs))
    writers = [(name, _writer(spec, env)) for name, spec in specs.items()]
    return [_one(row, writers) for row in rows]


def one(entity: Entity, row: Any, env: Env) -> dict[str, Any]:
    """One record as JSON, with every field that is open."""
    return many(entity, [row], env, access.specs(entity, env.actor))[0]


def _one(row: Any, writers: Sequence[tuple[str, Writer]]) -> dict[str, Any]:
    found: dict[str, Any] = {"id": row.pk, "version": row.version}
    for name, write in writers:
        found[name] = write(row)
    return found


def _writer(spec: FieldSpec, env: Env) -> Writer:
    """How a field is read off a row and written, chosen once for all rows."""
    get, to_json, kind = _reader(spec.store), spec.kind.to_json, type(spec.kind)
    if kind.to_json is Kind.to_json and kind.dump is Kind.dump and kind.to_db is Kind.to_db:
        return get
    return lambda row: to_json(get(row), env)


def _reader(store: Store) -> Writer:
    if isinstance(store, Column) and type(store) is Column and type(store.kind).from_db is Kind.from_db:
        return attrgetter(store.attribute)
    return store.get


def moment(at: datetime) -> str:
    """A moment in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def happening(part: Happening) -> dict[str, Any]:
    """What a module tells about a record."""
    return {
        "at": moment(part.at),
        "entity": part.entity,
        "id": part.id,
        "what": part.what,
        "actor": {"id": part.who_id, "name": part.who},
        "icon": part.icon,
        "body": part.body,
        "result": part.result or None,
        "result_label": part.result_label or None,
    }


def entry(entry: Entry, env: Env, answers: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    """One act of the history, with the fields that this reader may see, and what was said to rules that asked."""
    return {
        "id": entry.id,
        "at": moment(entry.at),
        "actor": {"id": entry.actor_id, "name": entry.actor},
        "door": entry.door,
        "verb": entry.verb,
        "said": verb_words(entry.verb),
        "cause": entry.cause,
        "version": entry.version,
        "changes": [
            {
                "field": line.spec.name,
                "label": str(line.spec.label),
                "before": line.spec.kind.to_json(line.before, env),
                "after": line.spec.kind.to_json(line.after, env),
            }
            for line in entry.lines
        ],
        "answers": [{"rule": rule, "text": text} for rule, text in answers],
    }


def entries(found: Iterable[Entry], env: Env) -> list[dict[str, Any]]:
    """Several acts, the latest first."""
    acts = list(found)
    answers = guarding.answers(part.id for part in acts)
    return [entry(part, env, answers.get(part.id, ())) for part in acts]
