"""The shape of rights as roles and people hold them, and their check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.actor import FIELD_RIGHT_KEYS, SCOPE_KEYS, FieldRight, Scope
from bosun.kernel.errors import Invalid

Grants = dict[str, dict[str, str]]


def check_grants(raw: Any) -> Grants:
    """`{entity: {action: scope}}`, every word of it known; Invalid otherwise."""
    return _check(raw, SCOPE_KEYS, _actions)


def check_field_rights(raw: Any) -> Grants:
    """`{entity: {field: right}}`, every word of it known; Invalid otherwise."""
    return _check(raw, FIELD_RIGHT_KEYS, _fields)


def _actions(entity: Any) -> set[str]:
    return {*access.ACTIONS, *entity.verbs, "transfer"}


def _fields(entity: Any) -> set[str]:
    return set(entity.specs())


def _check(raw: Any, words: Mapping[str, Any], names: Any) -> Grants:
    if not isinstance(raw, Mapping):
        raise Invalid(_("These rights cannot be read."))
    checked: Grants = {}
    for key, part in raw.items():
        entity = registry.find(str(key))
        if entity is None or not isinstance(part, Mapping):
            raise Invalid(_("These rights cannot be read."))
        for name, word in part.items():
            if name not in names(entity) or word not in words:
                raise Invalid(_("These rights cannot be read."))
            checked.setdefault(entity.key, {})[str(name)] = str(word)
    return checked


def unite(roles: Iterable[Mapping[str, Any]]) -> tuple[dict[tuple[str, str], Scope], dict[tuple[str, str], FieldRight]]:
    """The widest of several roles. A role that may read an entity and is silent on a field leaves it open."""
    scopes: dict[tuple[str, str], Scope] = {}
    held = list(roles)
    for role in held:
        for entity, part in (role["grants"] or {}).items():
            for action, word in part.items():
                scopes[entity, action] = max(scopes.get((entity, action), Scope.NONE), SCOPE_KEYS[word])
    named = {(e, f) for role in held for e, part in (role["field_rights"] or {}).items() for f in part}
    rights = {}
    for entity, name in named:
        said = [
            FIELD_RIGHT_KEYS[(role["field_rights"] or {}).get(entity, {}).get(name, "write")]
            for role in held
            if (role["grants"] or {}).get(entity) or name in (role["field_rights"] or {}).get(entity, {})
        ]
        rights[entity, name] = max(said)
    return scopes, rights


def adjust(scopes: dict[tuple[str, str], Scope], extra: Any, withdrawn: Any) -> None:
    """Add a person's extra rights to what roles give, then take the withdrawn ones away."""
    for entity, part in (extra or {}).items():
        for action, word in part.items():
            scopes[entity, action] = max(scopes.get((entity, action), Scope.NONE), SCOPE_KEYS[word])
    for entity, part in (withdrawn or {}).items():
        for action in part:
            scopes.pop((entity, action), None)
