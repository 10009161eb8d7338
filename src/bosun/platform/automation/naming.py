"""Records by name: what the file of a rule says in the place of an id, and the id that such a name stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import AnyReference, Kind, Reference
from bosun.platform.automation.walking import Json, Walk, special


def with_names(raw: Mapping[str, Any], entity: Entity, env: Env) -> Json:
    """A rule with names in the place of ids, as far as they are open to the reader."""

    def put(kind: Kind, label: str, value: Any) -> Any:
        return named(kind, value, env)

    return Walk(env, put).rule(raw, entity)


def with_ids(raw: Mapping[str, Any], entity: Entity, env: Env) -> Json:
    """A rule with ids in the place of names; Invalid names all that were not found."""
    errors: list[FieldError] = []

    def put(kind: Kind, label: str, value: Any) -> Any:
        try:
            return identified(kind, value, env)
        except Invalid as error:
            errors.extend(FieldError("do", part.message) for part in error.errors)
            return value

    found = Walk(env, put).rule(raw, entity)
    if errors:
        raise Invalid(list(dict.fromkeys(errors)))
    return found


def named(kind: Kind, value: Any, env: Env) -> Any:
    """The value as a file has it: a record by its name, anything else as it is."""
    if isinstance(kind, AnyReference) and isinstance(value, Mapping):
        other = registry.find(str(value.get("entity", "")))
        return {"entity": other.key, "name": name_of(other, value.get("id"), env)} if other else value
    if not isinstance(kind, Reference) or special(value) or not registry.has(kind.model) or _open(value):
        return value
    entity = registry.of(kind.model)
    try:
        return name_of(entity, _one(entity, value, env), env)
    except Invalid:
        return _gone(entity, value) if not isinstance(value, str) else value


def identified(kind: Kind, value: Any, env: Env) -> Any:
    """The same back: an id for a name."""
    if isinstance(kind, AnyReference) and isinstance(value, Mapping):
        other = registry.find(str(value.get("entity", "")))
        return {"entity": other.key, "id": _one(other, value.get("name"), env)} if other else value
    if not isinstance(kind, Reference) or special(value) or not registry.has(kind.model) or _open(value):
        return value
    return _one(registry.of(kind.model), value, env)


def _open(value: Any) -> bool:
    """Whether a template leaves this open."""
    return isinstance(value, Mapping) and set(value) == {"$"}


def name_of(entity: Entity, pk: Any, env: Env) -> Any:
    """What means this record and no other: its name, a code, its name with that of what it belongs to."""
    row = entity.model._default_manager.filter(pk=pk).first() if isinstance(pk, int) else None
    if row is None:
        return _gone(entity, pk)
    for name in _names(entity, row, env):
        try:
            if _one(entity, name, env) == pk:
                return name
        except Invalid:
            continue
    return _gone(entity, pk)


def _gone(entity: Entity, value: Any) -> str:
    """What stands for a record that is not there any more, or not open: nothing is found by it."""
    return f"{entity.key} ({value})"


def _names(entity: Entity, row: Any, env: Env) -> Iterator[Any]:
    if getattr(row, "username", None):
        yield row.username
    # One language for all files, whoever writes them.
    yield (getattr(row, "labels", None) or {}).get("en")
    title = entity.title_spec
    if title is not None:
        yield title.get(row)
    for name in entity.natural:
        spec = entity.specs()[name]
        if not spec.kind.multiple:
            yield spec.get(row)
    if title is not None:
        for spec in _parents(entity):
            other = spec.get(row)
            if other:
                above = registry.of(spec.kind.model)
                yield {"name": title.get(row), spec.name: name_of(above, other, env)}
    if row.external_id:
        yield {"external_id": row.external_id}


def _parents(entity: Entity) -> list[Any]:
    """The references that must be filled: a stage is one of its pipeline."""
    base = ("owner", "department", "created_by", "updated_by")
    return [spec for spec in entity.references() if spec.required and spec.name not in base]


def _one(entity: Entity, value: Any, env: Env) -> int:
    """The record of a name; Invalid where there is none, or several."""
    if isinstance(value, bool) or value in (None, ""):
        raise Invalid(_("Name a record of “%(list)s”.") % {"list": entity.plural})
    if not isinstance(value, Mapping) or set(value) & {"id", "external_id", "username"}:
        return env.refs.resolve(entity.model, value)
    hits = env.refs.find(entity.model, value.get("name"))
    specs = entity.specs()
    for name, wanted in value.items():
        if name == "name":
            continue
        spec = specs.get(str(name))
        if spec is None or not isinstance(spec.kind, Reference):
            raise Invalid(_("There is no field called “%(name)s”.") % {"name": str(name)[:80]})
        above = _one(registry.of(spec.kind.model), wanted, env)
        rows = entity.model._default_manager.in_bulk(hits)
        hits = [pk for pk in hits if pk in rows and spec.get(rows[pk]) == above]
    if len(hits) != 1:
        raise Invalid(_("“%(name)s” was not found, or is not open to you.") % {"name": str(value.get("name"))[:60]})
    return hits[0]
