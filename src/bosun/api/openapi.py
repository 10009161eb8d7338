"""The OpenAPI 3.1 document of one caller: what is not open to him is not in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from bosun import __version__
from bosun.api import deliveries, hookdocs, operations
from bosun.api.describe import open_entities, open_verbs
from bosun.api.dispatch import Call, answer
from bosun.kernel import access
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.kinds import Kind, Reference, References
from bosun.kernel.specs import FieldSpec
from bosun.platform.files.kind import File

Json = dict[str, Any]


def document(call: Call) -> HttpResponse:
    """The whole document."""
    return answer(build(call.actor))


def build(actor: Actor) -> Json:
    """The document as the actor may see it."""
    paths: Json = {**operations.fixed(), **deliveries.described()}
    schemas: Json = dict(operations.SCHEMAS)
    for entity in open_entities(actor):
        schemas[_name(entity)] = _shown(entity, actor)
        if _writable(entity, actor):
            schemas[f"{_name(entity)}Input"] = _input(entity, actor)
        paths.update(_paths(entity, actor))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bosun", "version": __version__, "description": _("Everything that is open to you.")},
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": operations.RESPONSES,
            "parameters": operations.PARAMETERS,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _name(entity: Entity) -> str:
    return "".join(part.title() for part in entity.key.split("_"))


# schemas ---------------------------------------------------------------------------------------------------------


def _shown(entity: Entity, actor: Actor) -> Json:
    fields: Json = {"id": {"type": "integer", "format": "int64"}, "version": {"type": "integer"}}
    for name, spec in access.specs(entity, actor).items():
        fields[name] = _described(spec, _or_null(_out(spec.kind)))
    return {"type": "object", "title": entity.label, "required": ["id", "version"], "properties": fields}


def _input(entity: Entity, actor: Actor) -> Json:
    fields = {
        name: _described(spec, _or_null(spec.kind.schema()))
        for name, spec in access.specs(entity, actor).items()
        if spec.writable and not spec.read_only
    }
    return {"type": "object", "title": entity.label, "properties": fields}


def _writable(entity: Entity, actor: Actor) -> bool:
    return any(access.may(actor, entity, action) for action in ("create", "change"))


def _described(spec: FieldSpec, schema: Json) -> Json:
    found: Json = {"title": str(spec.label), **schema}
    if spec.help:
        found["description"] = str(spec.help)
    if spec.read_only or not spec.writable:
        found["readOnly"] = True
    return found


def _out(kind: Kind) -> Json:
    """The shape that is answered, where it differs from the one that is taken."""
    card = {"$ref": "#/components/schemas/Card"}
    if isinstance(kind, References):
        return {"type": "array", "items": card}
    return card if isinstance(kind, Reference) else kind.schema()


def _or_null(schema: Json) -> Json:
    """The same schema, empty values included."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    found = dict(schema)
    types = found.get("type")
    if types is not None:
        found["type"] = [*(types if isinstance(types, list) else [types]), "null"]
    if "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found


# paths -----------------------------------------------------------------------------------------------------------


def _paths(entity: Entity, actor: Actor) -> Json:
    name, base = _name(entity), f"/{entity.key}"
    may = {action for action in access.ACTIONS if access.may(actor, entity, action)}
    listed: Json = {"get": operations.listing(entity, name)}
    one: Json = {"parameters": [operations.ID], "get": operations.reading(entity, name)}
    if "create" in may:
        needed = [n for n, s in access.specs(entity, actor).items() if s.required and s.writable and s.default is None]
        listed["post"] = operations.creating(entity, name, needed)
    if "change" in may:
        one["patch"] = operations.changing(entity, name)
    if "remove" in may:
        one["delete"] = operations.removing(entity, name)
    paths: Json = {base: listed, f"{base}/{{id}}": one, f"{base}/totals": {"get": operations.totals(entity, name)}}
    told_of = {"history": _("What happened to it"), "timeline": _("Timeline"), "automation": _("What rules did to it")}
    for part, summary in told_of.items():
        told = operations.pages(f"{part}{name}", entity, summary)
        paths[f"{base}/{{id}}/{part}"] = {"parameters": [operations.ID], "get": told}
    paths[f"{base}/{{id}}/automation/why"] = {"parameters": [operations.ID], "get": operations.why(entity, name)}
    paths.update(hookdocs.followers(entity.key, name, base, actor.read_only))
    for field, spec in access.specs(entity, actor).items():
        if isinstance(spec.kind, File):
            handed = operations.file(entity, name, field, str(spec.label))
            paths[f"{base}/{{id}}/files/{field}"] = {"parameters": [operations.ID], "get": handed}
    if entity.key == "webhooks":
        paths.update(hookdocs.webhooks(base))
    if entity.key == "rules":
        paths.update(operations.gallery(name))
        paths[f"{base}/{{id}}/verbs/rehearse"] = {"parameters": [operations.ID], "post": operations.rehearsing(entity)}
        paths.update(operations.keeping(base))
    verbs = open_verbs(entity, actor)
    for verb in verbs:
        params = {param.name: {"title": str(param.label), **param.kind.schema()} for param in verb.params}
        required = [param.name for param in verb.params if param.required]
        paths[f"{base}/{{id}}/verbs/{verb.key}"] = {
            "parameters": [operations.ID],
            "post": operations.doing(entity, name, verb.key, str(verb.label), params, required),
        }
    if verbs or may & {"change", "remove"}:
        paths[f"{base}/bulk"] = {"post": operations.bulk(entity, name, [verb.key for verb in verbs if verb.bulk])}
    return paths
