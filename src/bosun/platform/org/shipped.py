"""Roles that every new company begins with; each module says what they may do with its records."""

from __future__ import annotations

from collections.abc import Mapping

ROLES = {
    "rep": "Sales rep",
    "manager": "Sales manager",
    "marketing": "Marketing",
    "service": "Service",
    "finance": "Finance",
    "reader": "Read only",
}
"""Keys by which modules speak of the roles, and the names under which a company finds and changes them."""

Rights = Mapping[str, str]
_grants: dict[str, dict[str, dict[str, str]]] = {key: {} for key in ROLES}
_fields: dict[str, dict[str, dict[str, str]]] = {key: {} for key in ROLES}


def scopes(scope: str, actions: str) -> dict[str, str]:
    """One scope for several actions: `scopes("own", "read create change")`."""
    return dict.fromkeys(actions.split(), scope)


def grant(entity: str, roles: Mapping[str, Rights], fields: Mapping[str, Rights] | None = None) -> None:
    """Say what the roles may do with an entity, and which of its fields are closed to some of them."""
    for key, actions in roles.items():
        _grants[key][entity] = dict(actions)
    for key, rights in (fields or {}).items():
        _fields[key][entity] = dict(rights)


def roles() -> list[dict[str, object]]:
    """The roles as the door takes them."""
    return [
        {"name": name, "grants": _grants[key] or None, "field_rights": _fields[key] or None}
        for key, name in ROLES.items()
    ]
