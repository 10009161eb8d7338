"""Adding and taking off tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _

from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.platform.automation.actions.base import Action, Doing, Json, write
from bosun.platform.automation.actions.fields import writable
from bosun.platform.automation.subject import Subject


@dataclass(frozen=True)
class Tag(Action):
    """Add tags to a record, and take others off."""

    key: ClassVar[str] = "tag"
    icon: ClassVar[str] = "tag"
    takes: ClassVar[tuple[str, ...]] = ("add", "remove")
    writes: ClassVar[bool] = True

    entity: Entity
    add: tuple[str, ...]
    remove: tuple[str, ...]

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        spec = writable(entity, "tags", env)
        add = spec.kind.parse(raw.get("add"), env) or ()
        remove = spec.kind.parse(raw.get("remove"), env) or ()
        if not add and not remove:
            raise Invalid(_("Name a tag."))
        return cls(entity, tuple(add), tuple(remove))

    def _wanted(self, record: Any) -> list[str]:
        held = list(self.entity.specs()["tags"].get(record) or ())
        off = {each.casefold() for each in self.remove}
        kept = [each for each in held if each.casefold() not in off]
        there = {each.casefold() for each in kept}
        return [*kept, *(each for each in self.add if each.casefold() not in there)]

    def perform(self, doing: Doing) -> dict[int, Json]:
        raws = {subject.draft.id: {"tags": self._wanted(subject.record)} for subject in doing.subjects}
        return write(doing, raws, self.key, self.entity)

    def differs(self, subject: Subject, env: Env) -> bool:
        return self._wanted(subject.record) != list(self.entity.specs()["tags"].get(subject.record) or ())

    def words(self, env: Env) -> str:
        parts = []
        if self.add:
            parts.append(_("tag it %(tags)s") % {"tags": ", ".join(self.add)})
        if self.remove:
            parts.append(_("take off the tag %(tags)s") % {"tags": ", ".join(self.remove)})
        return _(" and ").join(parts)
