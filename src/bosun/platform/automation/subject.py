"""What a rule looks at: one record at one event, with what it was before and who did it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bosun.kernel import access
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Money
from bosun.kernel.specs import FieldSpec


@dataclass
class Seen:
    """Records fetched on the way along references, once for each; emptied when a rule has written something."""

    held: dict[tuple[str, int, int | None], Any] = field(default_factory=dict)

    def record(self, entity: Entity, pk: int | None, env: Env) -> Any:
        """A live record that the rule's identity may read; None otherwise."""
        if pk is None:
            return None
        key = (entity.key, pk, env.actor.id)
        if key not in self.held:
            self.held[key] = access.visible(entity, env.actor).filter(pk=pk).first()
        return self.held[key]


@dataclass
class Subject:
    """One record as it stands after (or, for guards, would stand after) an act."""

    draft: Draft
    record: Any
    act: Act
    seen: Seen
    due_at: datetime | None = None
    """When it was due, of a rule that acts by time."""
    told: Sequence[bool] | None = None
    """What the clauses about the act said, of a rule that goes on after waiting."""
    notes: Sequence[dict[str, Any]] = ()
    """What its run says before anything that was done."""
    occasion: str = ""
    """What tells this time from others, where no act does."""
    _of: Any = None
    _held: dict[str, Any] = field(default_factory=dict)

    def test(self, spec: FieldSpec, op: str, operand: Any) -> bool:
        """A comparison with a field of the record itself."""
        if isinstance(spec.kind, Money):
            return spec.test(self.record, op, operand)
        return spec.kind.test(self.value(spec), op, operand)

    def value(self, spec: FieldSpec) -> Any:
        """What a field of the record holds, taken out once for all rules."""
        if self._of is not self.record:
            self._of, self._held = self.record, {}
        if spec.name not in self._held:
            self._held[spec.name] = spec.get(self.record)
        return self._held[spec.name]

    @property
    def entity(self) -> Entity:
        """The record's entity."""
        return self.draft.entity

    def changed(self, name: str) -> bool:
        """True when the act wrote another value there; of a new record, when it has one at all."""
        return name in self.draft.diff and self.draft.diff[name][0] != self.draft.diff[name][1]

    def before(self, name: str) -> Any:
        """The value before the act."""
        if name in self.draft.diff:
            return self.draft.diff[name][0]
        if self.draft.verb == "created":
            return None
        return self.entity.specs()[name].get(self.record)


def renew(subjects: Sequence[Subject], touched: Sequence[Subject]) -> None:
    """Give subjects their records as they are after some of them were written to."""
    touched[0].seen.held.clear()
    ids = [each.draft.id for each in touched if each.record.deleted_at is None]
    held: dict[int, Any] = touched[0].entity.model._default_manager.in_bulk(ids)
    for each in subjects:
        each.record = held.get(each.draft.id, each.record)
