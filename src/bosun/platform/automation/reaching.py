"""From a record along its references to another one: whose customer, whose owner's department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from bosun.kernel import conditions, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Reference
from bosun.kernel.specs import FieldSpec
from bosun.platform import wording
from bosun.platform.automation.subject import Subject


@dataclass(frozen=True)
class Reach:
    """A way along references, as `customer` or `customer.parent`, and the entity to which it leads."""

    path: tuple[FieldSpec, ...]
    entities: tuple[Entity, ...]
    target: Entity

    @classmethod
    def read(cls, name: str, entity: Entity, env: Env) -> Self:
        """The way of that name; Invalid where it does not lead to one record."""
        path, entities = conditions.walk(entity, name, env)
        kind = path[-1].kind
        if not isinstance(kind, Reference) or kind.multiple or not registry.has(kind.model):
            raise Invalid([FieldError(name[:80], _("Choose a field that refers to one record."))])
        return cls(path, entities, registry.of(kind.model))

    def pk(self, subject: Subject, env: Env) -> int | None:
        """The record to which it leads; None where the way ends before, or is not open to the rule's identity."""
        record = subject.record
        for step, spec in enumerate(self.path[:-1]):
            record = subject.seen.record(self.entities[step + 1], spec.get(record), env)
            if record is None:
                return None
        found: int | None = self.path[-1].get(record)
        return found

    @property
    def label(self) -> str:
        """The way in words."""
        return wording.path(spec.label for spec in self.path)
