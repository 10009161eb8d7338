"""The parts of the OpenAPI document that are the same for every entity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel.entity import Entity
from bosun.kernel.query import MAX_LIMIT

Json = dict[str, Any]

SCHEMAS: Json = {
    "Card": {
        "type": "object",
        "properties": {
            "id": {"type": ["integer", "null"]},
            "name": {"type": "string"},
            "username": {"type": "string"},
        },
        "required": ["id", "name"],
    },
    "Problem": {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                    "required": ["field", "message"],
                },
            },
            "guards": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "rule": {"type": "string"},
                        "reason": {"type": "string"},
                        "confirm": {"type": ["string", "null"]},
                        "text": {"type": "boolean"},
                    },
                    "required": ["rule", "reason", "confirm"],
                },
            },
            "version": {"type": "integer"},
            "conflicts": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"field": {"type": "string"}, "label": {"type": "string"}, "theirs": {}, "yours": {}},
                    "required": ["field", "theirs", "yours"],
                },
            },
        },
        "required": ["type", "title", "status", "code"],
    },
    "Filter": {
        "oneOf": [
            {
                "type": "object",
                "properties": {"field": {"type": "string"}, "op": {"type": "string"}, "value": {}},
                "required": ["field", "op"],
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": {
                    mode: {"type": "array", "items": {"$ref": "#/components/schemas/Filter"}}
                    for mode in ("all", "any", "none")
                },
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
            },
        ]
    },
}
PROBLEM: Json = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
RESPONSES: Json = {"Problem": {"description": "Problem", "content": PROBLEM}}
ID: Json = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "format": "int64"}}
LIMIT_SCHEMA: Json = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}
FILTER_CONTENT: Json = {"application/json": {"schema": {"$ref": "#/components/schemas/Filter"}}}
PARAMETERS: Json = {
    "filter": {"name": "filter", "in": "query", "content": FILTER_CONTENT},
    "q": {"name": "q", "in": "query", "schema": {"type": "string", "maxLength": 200}},
    "sort": {"name": "sort", "in": "query", "schema": {"type": "string"}},
    "fields": {"name": "fields", "in": "query", "schema": {"type": "string"}},
    "limit": {"name": "limit", "in": "query", "schema": LIMIT_SCHEMA},
    "cursor": {"name": "cursor", "in": "query", "schema": {"type": "string"}},
    "entity": {"name": "entity", "in": "query", "schema": {"type": "string"}},
    "entities": {"name": "entities", "in": "query", "schema": {"type": "string"}},
    "group": {"name": "group", "in": "query", "schema": {"type": "string"}},
    "sum": {"name": "sum", "in": "query", "schema": {"type": "string"}},
    "exact": {"name": "exact", "in": "query", "schema": {"enum": ["0", "1"]}},
    "confirm": {"name": "confirm", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
    "if_match": {"name": "If-Match", "in": "header", "schema": {"type": "string"}},
    "once": {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}},
}


def operation(name: str, summary: str, params: Sequence[str], ok: Json, status: str = "200", **more: Any) -> Json:
    """One operation; every refusal is a problem."""
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [{"$ref": f"#/components/parameters/{part}"} for part in params],
        "responses": {status: ok, "default": {"$ref": "#/components/responses/Problem"}},
        **more,
    }


def reply(schema: Json) -> Json:
    """An answer of one shape."""
    return {"description": "OK", "content": {"application/json": {"schema": schema}}}


def sent(schema: Json, required: bool = True) -> Json:
    """A body of one shape."""
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def ref(name: str) -> Json:
    """A schema by name."""
    return {"$ref": f"#/components/schemas/{name}"}


def items_of(schema: Json) -> Json:
    """One page of something."""
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": schema}, "next": {"type": ["string", "null"]}},
        "required": ["items"],
    }


def listing(entity: Entity, name: str) -> Json:
    """A page of a list."""
    params = ["filter", "q", "sort", "fields", "limit", "cursor"]
    return operation(f"list{name}", entity.plural, params, reply(items_of(ref(name))), tags=[entity.key])


def totals(entity: Entity, name: str) -> Json:
    """Counts and sums."""
    summary = _("How many, and sums")
    figures = {"count": {"type": "integer"}, "exact": {"type": "boolean"}, "sums": {"type": "object"}}
    shape = {
        "type": "object",
        "properties": {**figures, "groups": {"type": "array", "items": {"type": "object"}}},
        "required": ["count", "exact"],
    }
    params = ["filter", "q", "group", "sum", "exact"]
    return operation(f"total{name}", summary, params, reply(shape), tags=[entity.key])


def reading(entity: Entity, name: str) -> Json:
    """One record."""
    return operation(f"get{name}", entity.label, ["fields"], reply(ref(name)), tags=[entity.key])


def creating(entity: Entity, name: str, needed: Sequence[str]) -> Json:
    """A new record."""
    schema: Json = ref(f"{name}Input")
    if needed:
        schema = {"allOf": [schema, {"required": list(needed)}]}
    return operation(
        f"create{name}", _("Create"), ["once", "confirm"], reply(ref(name)), "201",
        requestBody=sent(schema), tags=[entity.key],
    )  # fmt: skip


def changing(entity: Entity, name: str) -> Json:
    """Some fields."""
    return operation(
        f"change{name}", _("Change"), ["if_match", "confirm"], reply(ref(name)),
        requestBody=sent(_with_version(name)), tags=[entity.key],
    )  # fmt: skip


def _with_version(name: str) -> Json:
    extra = {"version": {"type": "integer", "minimum": 0}, "confirm": {"type": "array", "items": {"type": "string"}}}
    return {"allOf": [ref(f"{name}Input"), {"type": "object", "properties": extra}]}


def removing(entity: Entity, name: str) -> Json:
    """To the bin."""
    said = {"description": _("Moved to the bin")}
    return operation(f"remove{name}", _("Move to the bin"), ["if_match", "confirm"], said, "204", tags=[entity.key])


def pages(name: str, entity: Entity, summary: str) -> Json:
    """History or timeline."""
    shape = items_of({"type": "object"})
    return operation(name, summary, ["limit", "cursor"], reply(shape), tags=[entity.key])


def why(entity: Entity, name: str) -> Json:
    """Why a rule ran on a record, or did not."""
    rule = {"name": "rule", "in": "query", "required": True, "schema": {"type": "integer", "minimum": 1}}
    found = operation(f"why{name}", _("Why a rule ran, or did not"), [], reply({"type": "object"}), tags=[entity.key])
    return {**found, "parameters": [rule]}


def gallery(name: str) -> Json:
    """The ready-made rules, and using one."""
    key = {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}
    told = operation("listRuleTemplates", _("Ready-made rules"), [], reply(items_of({"type": "object"})))
    made = operation(
        "useRuleTemplate", _("Use a ready-made rule"), [], reply(ref(name)), "201",
        requestBody=sent({"type": "object"}, False),
    )  # fmt: skip
    anything = reply({"type": "object"})
    return {
        "/rule-templates": {"get": told},
        "/rule-templates/{key}/verbs/use": {"parameters": [key], "post": made},
        "/rule-runs/failed": {"get": operation("listFailedRuns", _("Runs that failed"), [], anything)},
        "/rule-runs/{id}/verbs/replay": {
            "parameters": [ID], "post": operation("replayRun", _("Do it again"), [], anything)
        },
        "/preview": {
            "get": {
                **operation("preview", _("Who will be told of what, and why"), [], anything),
                "parameters": [
                    {"name": "days", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 31}},
                    *(
                        {"name": name, "in": "query", "schema": {"type": "integer", "format": "int64"}}
                        for name in ("person", "rule")
                    ),
                ],
            }
        },
        "/rule-waits": {"get": operation("listWaits", _("What rules wait for"), [], anything)},
        "/rule-waits/{id}/verbs/cancel": {
            "parameters": [ID],
            "post": operation("cancelWait", _("Cancel"), [], {"description": "No Content"}, "204"),
        },
        "/rule-runs/{id}/verbs/undo": {
            "parameters": [ID], "post": operation("undoRun", _("Take back"), ["confirm"], anything)
        },
        "/rule-rehearsals/{id}": {
            "parameters": [ID], "get": operation("getRehearsal", _("A rehearsal in the background"), [], anything)
        },
        "/rule-rehearsals/{id}/verbs/cancel": {
            "parameters": [ID], "post": operation("cancelRehearsal", _("Stop"), [], anything)
        },
    }  # fmt: skip


def keeping(base: str) -> Json:
    """Versions of a rule, and the tests inside it."""
    anything, wanted = reply({"type": "object"}), {"type": "object", "properties": {"version": {"type": "integer"}}}
    tested = operation("testRule", _("Run tests"), [], anything)
    back = operation("returnRule", _("Go back to a version"), [], anything, requestBody=sent(wanted, True))
    told = operation("versionsRule", _("Versions"), ["limit"], reply(items_of({"type": "object"})))
    return {
        f"{base}/{{id}}/versions": {"parameters": [ID], "get": told},
        f"{base}/{{id}}/verbs/return": {"parameters": [ID], "post": back},
        f"{base}/{{id}}/verbs/test": {"parameters": [ID], "post": tested},
    }


def rehearsing(entity: Entity) -> Json:
    """What a rule would do."""
    schema = {"type": "object", "properties": {"days": {"type": "integer", "minimum": 1, "maximum": 3650}}}
    return operation(
        "rehearse", _("Rehearse"), [], reply({"type": "object"}), requestBody=sent(schema, False), tags=[entity.key]
    )


def file(entity: Entity, name: str, field: str, label: str) -> Json:
    """The file in a field."""
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    told = {"description": "OK", "content": content}
    return operation(f"{field}{name}", label, [], told, tags=[entity.key])


def doing(entity: Entity, name: str, key: str, label: str, params: Json, required: Sequence[str]) -> Json:
    """A verb."""
    schema: Json = {"type": "object", "properties": params}
    if required:
        schema["required"] = list(required)
    return operation(
        f"{key}{name}", label, ["once", "confirm"], reply(ref(name)),
        requestBody=sent(schema, bool(required)), tags=[entity.key],
    )  # fmt: skip


def bulk(entity: Entity, name: str, verbs: Sequence[str]) -> Json:
    """Many at once."""
    versions = {"type": "object", "additionalProperties": {"type": "integer"}}
    doing: Json = {"set": {"type": "object"}, "versions": versions, "remove": {"const": True}}
    if verbs:
        doing |= {"verb": {"enum": list(verbs)}, "params": {"type": "object"}}
    shape: Json = {
        "type": "object",
        "properties": {
            "ids": {"type": "array", "items": {"type": "integer"}},
            "filter": ref("Filter"),
            "q": {"type": "string"},
            **doing,
        },
        "additionalProperties": False,
    }
    done = {"batch": {"type": "string"}, "changed": {"type": "integer"}, "failed_count": {"type": "integer"}}
    told = {"type": "object", "properties": {**done, "failed": {"type": "array", "items": {"type": "object"}}}}
    return operation(f"bulk{name}", _("Many at once"), [], reply(told), requestBody=sent(shape), tags=[entity.key])


def fixed() -> Json:
    """The addresses that belong to no entity."""
    anything = reply({"type": "object"})
    items = reply(items_of({"type": "object"}))
    batch = {"type": "object", "properties": {"batch": {"type": "string"}}, "required": ["batch"]}
    removal = {"name": "removal", "in": "path", "required": True, "schema": {"type": "integer", "format": "int64"}}
    return {
        "/me": {"get": operation("me", _("Who the caller is"), [], anything)},
        "/schema": {"get": operation("schema", _("What there is"), [], anything)},
        "/openapi.json": {"get": operation("openapi", _("This document"), [], anything)},
        "/search": {"get": operation("search", _("Search"), ["q", "entities", "limit"], items)},
        "/bin": {"get": operation("bin", _("Bin"), ["limit", "cursor", "entity"], items)},
        "/bin/{removal}/restore": {
            "parameters": [removal],
            "post": operation("restore", _("Bring back"), [], anything),
        },
        "/undo": {"post": operation("undo", _("Take back"), ["confirm"], anything, requestBody=sent(batch))},
    }
