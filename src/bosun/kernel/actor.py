"""Who acts, with what rights; and the act itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from uuid import uuid4


class Scope(IntEnum):
    """Which rows a right reaches; the widest of all roles wins."""

    NONE = 0
    OWN = 1
    DEPARTMENT = 2
    BELOW = 3
    ALL = 4


SCOPE_KEYS = {
    "none": Scope.NONE,
    "own": Scope.OWN,
    "department": Scope.DEPARTMENT,
    "below": Scope.BELOW,
    "all": Scope.ALL,
}


class FieldRight(IntEnum):
    """What a role may do with one field; a field that no role speaks of follows its entity."""

    NONE = 0
    READ = 1
    WRITE = 2


FIELD_RIGHT_KEYS = {"none": FieldRight.NONE, "read": FieldRight.READ, "write": FieldRight.WRITE}


@dataclass(frozen=True)
class Actor:
    """A person (or the system) with the rights of this moment.

    `grants` maps (entity key, action) to a scope; actions are read, create, change, remove, export,
    import and verb keys. `field_rights` maps (entity key, field name) to a right. `shared` names the entities of which
    something is shared with the actor, `departments` are the actor's own, `below` those and all under them.
    """

    id: int | None
    name: str
    username: str = ""
    grants: Mapping[tuple[str, str], Scope] = field(default_factory=dict)
    field_rights: Mapping[tuple[str, str], FieldRight] = field(default_factory=dict)
    departments: frozenset[int] = frozenset()
    below: frozenset[int] = frozenset()
    department: int | None = None
    is_admin: bool = False
    language: str = "en"
    zone: str = "UTC"
    roles: frozenset[int] = frozenset()
    shared: frozenset[str] = frozenset()
    read_only: bool = False

    def scope(self, entity: str, action: str) -> Scope:
        """The widest scope in which this actor may do `action` on `entity`."""
        if self.read_only and action not in ("read", "export"):
            return Scope.NONE
        if self.is_admin:
            return Scope.ALL
        return self.grants.get((entity, action), Scope.NONE)

    def may(self, entity: str, action: str) -> bool:
        """True when the action is open on at least some rows."""
        return self.scope(entity, action) > Scope.NONE

    def field_right(self, entity: str, name: str) -> FieldRight:
        """The right on one field; unmentioned fields follow the entity."""
        if self.is_admin:
            return FieldRight.WRITE
        return self.field_rights.get((entity, name), FieldRight.WRITE)


def system_actor(name: str = "Bosun") -> Actor:
    """The identity of the software itself, for migrations, derived fields and the command line."""
    return Actor(id=None, name=name, username="", is_admin=True)


@dataclass(frozen=True)
class Act:
    """One doing: by whom, through which door, and why. Written into the ledger with each change.

    `door` is form, inline, api, bulk, import, verb, rule, merge, restore, command or system. `batch` groups the changes
    of one import or bulk edit for undo. `confirm` holds the keys of guards that the actor has answered. `at` back-dates
    what an import brings.
    """

    actor: Actor
    door: str
    batch: str = ""
    cause: str = ""
    depth: int = 0
    confirm: frozenset[str] = frozenset()
    at: datetime | None = None

    def by_system(self, cause: str) -> Act:
        """The same act carried on by the software: derived fields that the actor has no right to write by hand."""
        system = replace(system_actor(), id=self.actor.id, language=self.actor.language, zone=self.actor.zone)
        return replace(self, actor=system, cause=cause, depth=self.depth + 1)


def new_batch() -> str:
    """A key that groups changes which can be undone together."""
    return uuid4().hex
