"""What touches an entity or a field, read from the declarations, the roles and those who listen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from bosun.kernel import drafts, events, registry
from bosun.kernel.actor import FIELD_RIGHT_KEYS
from bosun.kernel.entity import Entity
from bosun.kernel.kinds import Reference
from bosun.kernel.specs import FieldSpec
from bosun.platform.org.models import Role

Section = tuple[str, list[str]]
ACTS = ("created", "changed", "removed", "restored")


def field(entity: Entity, spec: FieldSpec) -> list[Section]:
    """Everything about one field."""
    return [
        (f"{entity.key}.{spec.name}, “{spec.label}”", list(_nature(spec))),
        ("Rights", [*_rights_of_field(entity, spec)]),
        ("Made of, and in", [*_derivations(entity, spec)]),
        ("Stands in", [*_places(entity, spec)]),
        ("Rules, effects and guards of its entity", [*_code(entity)]),
        ("Listened to by", [*_listeners(entity)]),
    ]


def whole(entity: Entity) -> list[Section]:
    """Everything about one entity."""
    lists = [f"{preset.key}: {preset.label}" for preset in entity.lists]
    return [
        (f"{entity.key}, “{entity.plural}”", list(_frame(entity))),
        ("Fields", [_line(spec) for spec in entity.specs().values()]),
        ("Rights", [*_rights(entity)]),
        ("Lists that ship", lists),
        ("Verbs", [f"{verb.key}: {verb.label}, by the right {verb.right}" for verb in entity.verbs.values()]),
        ("Rules, effects and guards", [*_code(entity)]),
        ("Listened to by", [*_listeners(entity)]),
        ("Referred to by", [*_pointing(entity)]),
    ]


def _line(spec: FieldSpec) -> str:
    return f"{spec.name}: {spec.kind.key}{', required' if spec.required else ''}, “{spec.label}”"


def _nature(spec: FieldSpec) -> Iterator[str]:
    yield f"kind {spec.kind.key}; conditions: {', '.join(spec.kind.operators)}"
    said = [
        word
        for word, true in (
            ("required", spec.required), ("unique", spec.unique), ("names the record", spec.title),
            ("set by the software", spec.read_only), ("invented here", spec.custom), ("not in forms", spec.internal),
            ("sortable", spec.kind.sortable), ("groupable", spec.kind.groupable), ("holds several", spec.kind.multiple),
        )
        if true
    ]  # fmt: skip
    yield ", ".join(said) or "optional"
    choices = getattr(spec.kind, "options", None)
    if choices is not None:
        source = getattr(spec.kind, "list_key", "")
        yield f"options{f' of the list {source}' if source else ''}: {', '.join(choices())}"
    if isinstance(spec.kind, Reference):
        yield f"refers to {registry.of(spec.kind.model).key}"
    if spec.shown_when:
        yield f"shown when {json.dumps(spec.shown_when, ensure_ascii=False)}"
    if spec.right:
        yield f"written with the right {spec.right}"


def _roles() -> list[Any]:
    return list(Role.objects.filter(deleted_at__isnull=True).order_by("name"))


def _rights_of_field(entity: Entity, spec: FieldSpec) -> Iterator[str]:
    for role in _roles():
        grants = (role.grants or {}).get(entity.key, {})
        if role.administrator:
            yield f"{role.name}: write"
        elif "read" not in grants and not entity.open_to_all:
            yield f"{role.name}: none, for the role does not read {entity.plural}"
        else:
            closed = (role.field_rights or {}).get(entity.key, {})
            words = [closed.get(name, "write") for name in (spec.name, *spec.depends)]
            word = min(words, key=lambda each: FIELD_RIGHT_KEYS[each])
            scope = grants.get("read", "all")
            writable = word == "write" and "change" in grants and not spec.read_only
            yield f"{role.name}: {'write' if writable else 'none' if word == 'none' else 'read'}, rows: {scope}"


def _rights(entity: Entity) -> Iterator[str]:
    if entity.open_to_all:
        yield "everybody who signs in reads it"
    for role in _roles():
        grants = (role.grants or {}).get(entity.key, {})
        said = ", ".join(f"{action} {scope}" for action, scope in grants.items())
        yield f"{role.name}: {'everything' if role.administrator else said or 'nothing'}"


def _derivations(entity: Entity, spec: FieldSpec) -> Iterator[str]:
    if spec.depends:
        yield f"made of {', '.join(spec.depends)}"
    for other in entity.specs().values():
        if spec.name in other.depends:
            yield f"{other.name} is made of it"
        if other.shown_when and spec.name in _names_in(other.shown_when):
            yield f"{other.name} is shown by it"


def _names_in(condition: Any) -> set[str]:
    if isinstance(condition, dict):
        inner = [_names_in(part) for name, part in condition.items() if name != "value"]
        own = {str(condition["field"]).partition(".")[0]} if "field" in condition else set()
        return own.union(*inner)
    return set().union(*map(_names_in, condition)) if isinstance(condition, list) else set()


def _places(entity: Entity, spec: FieldSpec) -> Iterator[str]:
    if spec.name in entity.columns:
        yield "the columns of the list"
    for section in entity.form:
        if spec.name in section.names():
            yield f"the form and the page, section “{section.label or entity.label}”"
    said = {
        "search": [name.partition(".")[0] for name in entity.search], "the key numbers": entity.key_numbers,
        "the header": entity.highlight, "the look for duplicates": entity.same, "the order of the list": entity.sort,
        "how people name a record": entity.natural, "the colour of a row": [entity.state],
        "whose rights count": [entity.rights_from], "the way to the customer": [entity.customer_path.partition(".")[0]],
    }  # fmt: skip
    yield from (place for place, names in said.items() if spec.name in [name.lstrip("-") for name in names])
    for preset in entity.lists:
        if spec.name in _names_in(preset.filter) or spec.name in preset.sort.replace("-", "").split():
            yield f"the list “{preset.label}”"


def _name(code: Callable[..., Any]) -> str:
    return f"{code.__module__}.{getattr(code, '__qualname__', type(code).__name__)}"


def _code(entity: Entity) -> Iterator[str]:
    yield from (f"rule {_name(rule)}" for rule in entity.rules)
    yield from (f"effect {_name(effect)}" for effect in entity.effects)
    for act in (*ACTS, *(verb.past for verb in entity.verbs.values())):
        yield from (f"guard {_name(guard)} of {entity.key}.{act}" for guard in drafts.guards_of(entity.key, act))


def _listeners(entity: Entity) -> Iterator[str]:
    for act in (*ACTS, *(verb.past for verb in entity.verbs.values())):
        name = f"{entity.key}.{act}"
        yield from (f"{name}: {_name(handler)}" for handler in events.handlers_of(name))


def _frame(entity: Entity) -> Iterator[str]:
    yield f"model {entity.model.__module__}.{entity.model.__name__}"
    if entity.rights_from:
        yield f"takes its rights from {entity.rights_from}"
    if entity.customer_path:
        yield f"leads to the customer by {entity.customer_path}"
    yield f"found by {', '.join(entity.search) or 'nothing'}; sorted by {', '.join(entity.sort) or 'age'}"


def _pointing(entity: Entity) -> Iterator[str]:
    for other in registry.all_entities():
        for spec in other.specs().values():
            if isinstance(spec.kind, Reference) and spec.kind.model is entity.model:
                yield f"{other.key}.{spec.name}"
