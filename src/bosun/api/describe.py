"""What there is, as open to the caller: entities, fields, kinds, operators and verbs."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from bosun.api.dispatch import Call, answer
from bosun.kernel import access, registry
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Kind, Reference
from bosun.kernel.specs import FieldSpec
from bosun.kernel.verbs import Verb


def schema(call: Call) -> HttpResponse:
    """Every entity that the caller may read."""
    return answer({"entities": [_entity(entity, call.env) for entity in open_entities(call.actor)]})


def open_entities(actor: Actor) -> list[Entity]:
    """The entities that exist for this actor."""
    return [entity for entity in registry.all_entities() if access.may(actor, entity, "read")]


def open_verbs(entity: Entity, actor: Actor) -> list[Verb]:
    """The verbs that the actor may do to at least some records."""
    return [verb for verb in entity.verbs.values() if access.may(actor, entity, verb.key)]


def _entity(entity: Entity, env: Env) -> dict[str, Any]:
    specs = access.specs(entity, env.actor)
    return {
        "key": entity.key,
        "label": entity.label,
        "plural": entity.plural,
        "icon": entity.icon,
        "actions": [action for action in access.ACTIONS if access.may(env.actor, entity, action)],
        "title": next((name for name, spec in specs.items() if spec.title), None),
        "fields": [_field(spec, env) for spec in specs.values()],
        "verbs": [_verb(verb, env) for verb in open_verbs(entity, env.actor)],
        "lists": [{"key": preset.key, "label": str(preset.label), "sort": preset.sort} for preset in entity.lists],
    }


def _field(spec: FieldSpec, env: Env) -> dict[str, Any]:
    kind = spec.kind
    return {
        "name": spec.name,
        "label": str(spec.label),
        "help": str(spec.help or ""),
        **_kind(kind, env),
        "required": spec.required,
        "unique": spec.unique,
        "writable": spec.writable and not spec.read_only,
        "custom": spec.custom,
        "operators": list(kind.operators),
        "sortable": kind.sortable,
        "groupable": kind.groupable,
        "aggregates": list(kind.aggregates),
    }


def _kind(kind: Kind, env: Env) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": kind.key}
    choices = kind.choices(env)
    if choices is not None:
        found["choices"] = [{"key": key, "label": label} for key, label in choices]
    if isinstance(kind, Reference) and registry.has(kind.model):
        target = registry.of(kind.model)
        found["target"] = target.key if access.may(env.actor, target, "read") else None
    return found


def _verb(verb: Verb, env: Env) -> dict[str, Any]:
    return {
        "key": verb.key,
        "label": str(verb.label),
        "bulk": verb.bulk,
        "params": [
            {"name": param.name, "label": str(param.label), "required": param.required, **_kind(param.kind, env)}
            for param in verb.params
        ],
    }
