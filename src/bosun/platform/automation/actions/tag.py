"""Adding and taking off tags, of the record or of one that it refers to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _

from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.platform import wording
from bosun.platform.automation import merging
from bosun.platform.automation.actions.base import Action, Doing, Json, write
from bosun.platform.automation.actions.fields import writable
from bosun.platform.automation.reaching import Reach
from bosun.platform.automation.subject import Subject


@dataclass(frozen=True)
class Tag(Action):
    """Add tags, which may be merge fields, and take others off."""

    key: ClassVar[str] = "tag"
    icon: ClassVar[str] = "tag"
    takes: ClassVar[tuple[str, ...]] = ("add", "remove", "record")
    writes: ClassVar[bool] = True

    entity: Entity
    add: tuple[str, ...]
    remove: tuple[str, ...]
    way: Reach | None = None

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        way = Reach.read(str(raw["record"]), entity, env) if raw.get("record") else None
        kind = writable(way.target if way else entity, "tags", env).kind
        add, remove = (_listed(raw.get(key)) for key in ("add", "remove"))
        if not add and not remove:
            raise Invalid(_("Name a tag."))
        for text in (*add, *remove):
            merging.check(text, entity, env)
            kind.parse([text], env)
        return cls(entity, add, remove, way)

    def _wanted(self, held: Sequence[str], subject: Subject, env: Env) -> list[str]:
        def named(texts: Sequence[str]) -> list[str]:
            filled = (merging.fill(text, self.entity, subject.record, env) for text in texts)
            return [text for text in filled if text and text != merging.HIDDEN]

        off = {each.casefold() for each in named(self.remove)}
        kept = [each for each in held if each.casefold() not in off]
        there = {each.casefold() for each in kept}
        return [*kept, *(each for each in named(self.add) if each.casefold() not in there)]

    def _target(self, subject: Subject, env: Env) -> Any:
        if self.way is None:
            return subject.record
        return subject.seen.record(self.way.target, self.way.pk(subject, env), env)

    def perform(self, doing: Doing) -> dict[int, Json]:
        target = self.way.target if self.way else self.entity
        tags = target.specs()["tags"]
        wanted: dict[int, list[str]] = {}
        owners: dict[int, int] = {}
        for subject in doing.subjects:
            record = self._target(subject, doing.env)
            if record is not None:
                owners[subject.draft.id] = record.pk
                held = wanted.get(record.pk, list(tags.get(record) or ()))
                wanted[record.pk] = self._wanted(held, subject, doing.env)
        done = write(doing, {pk: {"tags": held} for pk, held in wanted.items()}, self.key, target)
        return {
            subject.draft.id: done[owners[subject.draft.id]]
            if subject.draft.id in owners
            else {"action": self.key, "skipped": "nothing"}
            for subject in doing.subjects
        }

    def differs(self, subject: Subject, env: Env) -> bool:
        held = list(self.entity.specs()["tags"].get(subject.record) or ()) if self.way is None else []
        return self.way is None and self._wanted(held, subject, env) != held

    def words(self, env: Env) -> str:
        whose = {
            "record": self.way.label if self.way else "",
            "tags": wording.value(wording.listed(self.add)) if self.add else "",
        }
        parts = []
        if self.add:
            parts.append((_("tag the %(record)s %(tags)s") if self.way else _("tag it %(tags)s")) % whose)
        if self.remove:
            parts.append(_("take off the tag %(tags)s") % {"tags": wording.value(wording.listed(self.remove))})
        return _(" and ").join(parts)


def _listed(raw: Any) -> tuple[str, ...]:
    given = [raw] if isinstance(raw, str) else raw or []
    if not isinstance(given, Sequence) or not all(isinstance(each, str) for each in given):
        raise Invalid(_("Name a tag."))
    return tuple(dict.fromkeys(each.strip() for each in given if each.strip()))
