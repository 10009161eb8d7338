"""What is about to be written: one record, old and new, and what stands against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bosun.kernel.actor import Act
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, FieldError, Objected, Objection


@dataclass
class Draft:
    """One record on its way through the door.

    `raw` is what was sent, `values` what it was read as, `before` the values that stood there. After the door,
    `failure` says why it did not go through, and `diff` what changed. `verb` is created, changed, removed,
    restored or the past of a verb; `unfit` is asked of the record, once it is locked, whether the verb fits it no
    more. `at` and `author` (id and name) say when and by whom a new record was first
    written down, elsewhere.
    """

    entity: Entity
    raw: Mapping[str, Any]
    record: Any = None
    pk: int | None = None
    seen: int | None = None
    verb: str = ""
    line: int = 0
    at: datetime | None = None
    author: tuple[int | None, str] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    diff: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    failure: DoorError | None = None
    change_id: int | None = None
    unfit: Callable[[Any, Env], DoorError | None] | None = None

    @property
    def new(self) -> bool:
        """True for a record that does not exist yet."""
        return self.pk is None and self.verb == "created"

    @property
    def id(self) -> int:
        """The id of a record that exists; a draft has one as soon as it is written."""
        if self.pk is None:
            raise ValueError("this draft has not been written")
        return self.pk

    @property
    def alive(self) -> bool:
        """True while nothing stands against it."""
        return self.failure is None

    def value(self, name: str) -> Any:
        """The value after the change, of any field."""
        if name in self.values:
            return self.values[name]
        return self.entity.specs()[name].get(self.record)

    def put(self, name: str, value: Any) -> None:
        """Set a further value from a rule, whatever the rights of the actor."""
        self.values[name] = value

    def changes(self, *names: str) -> bool:
        """True when one of these fields will differ, or the record is new."""
        return self.new or any(name in self.values for name in names)

    def refuse(self, name: str, message: str) -> None:
        """Stand against the draft because of one field."""
        self.errors.append(FieldError(name, message))

    def object(self, objection: Objection) -> None:
        """Stand against the draft until it is confirmed, or for good."""
        self.objections.append(objection)


Rule = Callable[[Draft, Env], None]
"""A pure decision on one draft: refuse it, or put further values."""

Effect = Callable[[Sequence[Draft], Act, Env], None]
"""What follows in the same transaction, for a whole batch at once."""

Guard = Callable[[Sequence[Draft], Act, Env], None]
"""Another module's veto or question, for a whole batch at once."""

Projection = Callable[[Sequence[Draft], Env], None]
"""An index kept beside the records: search, duplicates."""

guards: dict[str, list[Guard]] = {}
projections: list[Projection] = []
reactions: list[Effect] = []
"""What follows a write of any entity, last of all: the rules of automation."""


def guard(event: str, check: Guard) -> None:
    """Let `check` look at drafts of `event` (entity.created, *.created, or * for all) before they are written."""
    guards.setdefault(event, []).append(check)


def guards_of(entity: str, verb: str) -> list[Guard]:
    """The guards of an event, those of every entity included."""
    return [*guards.get(f"{entity}.{verb}", ()), *guards.get(f"*.{verb}", ()), *guards.get("*", ())]


def insist(entity: str, verb: str, drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """Objected where a guard stands against any of these drafts, as far as the actor has not answered it."""
    for check in guards_of(entity, verb):
        check(drafts, act, env)
    left = [
        each for draft in drafts for each in draft.objections if not each.confirm or each.confirm not in act.confirm
    ]
    if left:
        raise Objected(left)
