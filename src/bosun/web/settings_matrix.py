"""Rights as a table: entity by action by scope, and what a form of it posts. Drawn for roles and for single people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bosun.kernel import access, registry
from bosun.kernel.actor import FIELD_RIGHT_KEYS, SCOPE_KEYS
from bosun.kernel.entity import Entity

Grants = dict[str, dict[str, str]]
ACTIONS = {
    "read": gettext_lazy("See"),
    "create": gettext_lazy("Create"),
    "change": gettext_lazy("Change"),
    "remove": gettext_lazy("Remove"),
    "transfer": gettext_lazy("Hand over"),
    "export": gettext_lazy("Export"),
    "import": gettext_lazy("Import"),
}
SCOPES = {
    "none": pgettext_lazy("scope", "No"),
    "own": gettext_lazy("Own"),
    "department": gettext_lazy("Department"),
    "below": gettext_lazy("Dept. + below"),
    "all": gettext_lazy("All"),
}
FIELD_LEVELS = {
    "write": gettext_lazy("Read and write"),
    "read": gettext_lazy("Read"),
    "none": gettext_lazy("Hidden"),
}
ROLE, PERSON = "role", "person"


def actions_of(entity: Entity) -> dict[str, Any]:
    """The actions that rights can speak of: the common ones, then the entity's own verbs."""
    own = {key: verb.label for key, verb in entity.verbs.items() if key not in ACTIONS}
    common = {
        key: label for key, label in ACTIONS.items() if key != "transfer" or entity.owned or "transfer" in entity.verbs
    }
    return {**common, **own}


def scopes_of(entity: Entity) -> dict[str, Any]:
    """The scopes that make sense: records without an owner are open wholly or not at all."""
    if entity.owned or entity.rights_from:
        return dict(SCOPES)
    return {key: SCOPES[key] for key in ("none", "all")}


def entities() -> list[Entity]:
    """What rights are given on: what people work with first, then what is set up."""
    found = [entity for entity in registry.all_entities() if entity.menu or entity.key == "company"]
    return sorted(found, key=lambda entity: entity.menu != "main")


def role_rows(grants: Any, field_rights: Any) -> list[dict[str, Any]]:
    """The table of a role."""
    return [
        {
            **_head(entity),
            "cells": [
                _cell(entity, action, (grants or {}).get(entity.key, {}).get(action, "none")) for action in ACTIONS
            ],
            "verbs": _verb_cells(entity, (grants or {}).get(entity.key, {}), "none"),
            "fields": _field_cells(entity, (field_rights or {}).get(entity.key, {})),
            "changed": len((field_rights or {}).get(entity.key, {})),
        }
        for entity in entities()
    ]


def person_rows(extra: Any, withdrawn: Any, by_roles: Mapping[tuple[str, str], Any]) -> list[dict[str, Any]]:
    """The table of one person: as the roles say, unless something is given or taken here."""
    held = {
        key: {**(extra or {}).get(key, {}), **dict.fromkeys((withdrawn or {}).get(key, {}), "none")} for key in _keys()
    }
    found = []
    for entity in entities():
        mine = held.get(entity.key, {})
        cells = [_cell(entity, action, mine.get(action, ""), by_roles.get((entity.key, action))) for action in ACTIONS]
        found.append({**_head(entity), "cells": cells, "verbs": _verb_cells(entity, mine, "", by_roles), "fields": []})
    return found


def _keys() -> list[str]:
    return [entity.key for entity in entities()]


def _head(entity: Entity) -> dict[str, Any]:
    return {"key": entity.key, "label": entity.plural, "icon": entity.icon}


def _cell(entity: Entity, action: str, value: str, by_roles: Any = None) -> dict[str, Any]:
    offered = actions_of(entity)
    if action not in offered:
        return {"action": action, "kind": "none"}
    options = [{"key": key, "label": str(label)} for key, label in scopes_of(entity).items()]
    if value and value not in {each["key"] for each in options}:
        options.append({"key": value, "label": str(SCOPES.get(value, value))})
    return {
        "action": action,
        "label": str(offered[action]),
        "kind": "scope",
        "value": value,
        "options": options,
        "given": given(by_roles),
    }


def given(scope: Any) -> str:
    """What the roles say, in words."""
    word = next((key for key, held in SCOPE_KEYS.items() if held == scope), "none")
    return _("By role: %(scope)s") % {"scope": str(SCOPES[word])}


def _verb_cells(
    entity: Entity, mine: Mapping[str, str], default: str, by_roles: Mapping[tuple[str, str], Any] | None = None
) -> list[dict[str, Any]]:
    own = [key for key in actions_of(entity) if key not in ACTIONS]
    return [_cell(entity, key, mine.get(key, default), (by_roles or {}).get((entity.key, key))) for key in own]


def _field_cells(entity: Entity, rights: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": name, "label": str(spec.label), "value": rights.get(name, "write")}
        for name, spec in entity.specs().items()
        if not spec.internal
    ]


def levels() -> list[dict[str, str]]:
    """The rights on one field."""
    return [{"key": key, "label": str(label)} for key, label in FIELD_LEVELS.items()]


def heads() -> list[dict[str, str]]:
    """The columns."""
    return [{"key": key, "label": str(label)} for key, label in ACTIONS.items()]


def read_role(post: QueryDict) -> tuple[Grants, Grants]:
    """Rights and field rights of a posted table. Words that are not known go to the door as they are, to be refused."""
    grants: Grants = {}
    rights: Grants = {}
    for entity in entities():
        for action in actions_of(entity):
            word = post.get(f"{entity.key}.{action}", "none")
            if word != "none":
                grants.setdefault(entity.key, {})[action] = word
        for name in entity.specs():
            level = post.get(f"{entity.key}.field.{name}", "write")
            if level != "write":
                rights.setdefault(entity.key, {})[name] = level
    return grants, rights


def read_person(post: QueryDict) -> tuple[Grants, Grants]:
    """Extra and withdrawn rights of a posted table."""
    extra: Grants = {}
    withdrawn: Grants = {}
    for entity in entities():
        for action in actions_of(entity):
            word = post.get(f"{entity.key}.{action}", "")
            if word:
                (withdrawn if word == "none" else extra).setdefault(entity.key, {})[action] = word
    return extra, withdrawn


def in_order(scopes: Mapping[tuple[str, str], Any], entity: Entity) -> dict[str, Any]:
    """What of these scopes speaks of an entity, in the order of the actions."""
    return {a: scopes[entity.key, a] for a in (*actions_of(entity), *access.ACTIONS) if (entity.key, a) in scopes}


def word_of_level(right: Any) -> str:
    """A field right in words."""
    return next(str(FIELD_LEVELS[key]) for key, held in FIELD_RIGHT_KEYS.items() if held == right)


def word_of_scope(scope: Any) -> str:
    """A scope in words."""
    return next(str(SCOPES[key]) for key, held in SCOPE_KEYS.items() if held == scope)
