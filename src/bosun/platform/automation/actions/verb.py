"""Doing a verb to the record: whatever its button does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.platform import wording
from bosun.platform.automation.actions.base import Action, Doing, Json, outcome


@dataclass(frozen=True)
class DoVerb(Action):
    """Do a verb, where it makes sense on the record as it stands."""

    key: ClassVar[str] = "verb"
    icon: ClassVar[str] = "bolt"
    takes: ClassVar[tuple[str, ...]] = ("verb", "values")

    entity: Entity
    verb: str
    values: Mapping[str, Any]

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        verb = entity.verbs.get(str(raw.get("verb", "")))
        values = raw.get("values") or {}
        if verb is None or not isinstance(values, Mapping):
            raise Invalid(_("There is no such verb here."))
        verb.read(values, env)
        return cls(entity, verb.key, dict(values))

    def perform(self, doing: Doing) -> dict[int, Json]:
        verb = self.entity.verbs[self.verb]
        ids = [each.draft.id for each in doing.subjects if verb.offered(each.record, doing.env)]
        done: dict[int, Json] = {each.draft.id: {"action": self.key, "skipped": "fits"} for each in doing.subjects}
        for draft in records.run_verb(self.entity, ids, self.verb, self.values, doing.act) if ids else ():
            done[draft.id] = {**outcome(draft, self.key), "verb": self.verb}
        return done

    def words(self, env: Env) -> str:
        return _("do “%(verb)s”") % {"verb": wording.value(str(self.entity.verbs[self.verb].label))}
