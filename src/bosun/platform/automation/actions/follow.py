"""Letting people follow the record, or follow it no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _

from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.platform.automation.actions.base import Action, Doing, Json
from bosun.platform.automation.actions.notify import Audience
from bosun.platform.followers import services


@dataclass(frozen=True)
class Follow(Action):
    """Add followers and take others off; only those who may read the record follow it."""

    key: ClassVar[str] = "follow"
    icon: ClassVar[str] = "eye"
    takes: ClassVar[tuple[str, ...]] = ("add", "remove")

    add: Audience
    remove: Audience

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        if not raw.get("add") and not raw.get("remove"):
            raise Invalid(_("Say who follows it."))
        return cls(*(Audience.read(_listed(raw.get(part)), env) for part in ("add", "remove")))

    def perform(self, doing: Doing) -> dict[int, Json]:
        done = {}
        for subject in doing.subjects:
            entity, pk = subject.entity, subject.draft.id
            added = services.add(entity, pk, sorted(set(self.add.of(subject))))
            removed = services.drop(entity, pk, set(self.remove.of(subject)))
            done[pk] = {"action": self.key, "added": added, "removed": removed}
        return done

    def words(self, env: Env) -> str:
        parts = []
        if self.add.any:
            parts.append(_("let %(people)s follow it") % {"people": self.add.words(env)})
        if self.remove.any:
            parts.append(_("let %(people)s follow it no more") % {"people": self.remove.words(env)})
        return _(" and ").join(parts)


def _listed(raw: Any) -> Sequence[Any]:
    given = [raw] if isinstance(raw, str | int) else raw or []
    if not isinstance(given, Sequence):
        raise Invalid(_("Say who follows it."))
    return given
