"""Creating a record from a template, with values taken from the one that the rule is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _

from bosun.kernel import access, conditions, kinds, records, registry
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, Invalid
from bosun.kernel.specs import FieldSpec
from bosun.platform import wording
from bosun.platform.automation import merging
from bosun.platform.automation.actions.base import Action, Doing, Json
from bosun.platform.automation.actions.fields import checked, in_order, value_words, writable
from bosun.platform.automation.subject import Subject

RECORD = "record"
IN_DAYS = re.compile(r"\+(\d{1,4})d")


@dataclass(frozen=True)
class Create(Action):
    """Make a record. Its values may be `record` (the one that the rule is about), merge fields, and `+3d` for a day."""

    key: ClassVar[str] = "create"
    icon: ClassVar[str] = "plus"
    takes: ClassVar[tuple[str, ...]] = ("entity", "values")

    entity: Entity
    target: Entity
    values: Mapping[str, Any]

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        target = registry.find(str(raw.get("entity", "")))
        if target is None or not access.may(env.actor, target, "read"):
            raise Invalid(_("Say what kind of record is made."))
        if not access.may(env.actor, target, "create"):
            raise Denied()
        given = raw.get("values")
        if not isinstance(given, Mapping) or not given:
            raise Invalid(_("Say which fields are written."))
        for name, value in given.items():
            spec = writable(target, str(name), env)
            if not _special(value, spec.kind):
                checked(spec, value, entity, env)
        return cls(entity, target, dict(given))

    def perform(self, doing: Doing) -> dict[int, Json]:
        drafts = [Draft(self.target, self._raw(subject, doing.env), verb="created") for subject in doing.subjects]
        records.save(drafts, doing.act, doing.env)
        return {
            subject.draft.id: {"action": self.key, "error": str(draft.failure.title)}
            if draft.failure
            else {"action": self.key, "entity": self.target.key, "id": draft.id, "title": str(draft.record)[:120]}
            for subject, draft in zip(doing.subjects, drafts, strict=True)
        }

    def _raw(self, subject: Subject, env: Env) -> dict[str, Any]:
        return {name: self._value(name, value, subject, env) for name, value in self.values.items()}

    def _value(self, name: str, value: Any, subject: Subject, env: Env) -> Any:
        kind = self.target.specs()[name].kind
        if value == RECORD and isinstance(kind, kinds.AnyReference):
            return {"entity": subject.entity.key, "id": subject.draft.id}
        if value == RECORD and isinstance(kind, kinds.Reference):
            return subject.draft.id
        days = IN_DAYS.fullmatch(value) if isinstance(value, str) else None
        if days and kind.key == "date":
            return (env.today + timedelta(days=int(days[1]))).isoformat()
        if days and kind.key == "datetime":
            return (env.now + timedelta(days=int(days[1]))).isoformat()
        return merging.raw(value, self.entity, subject.record, env)

    def words(self, env: Env) -> str:
        known = self.target.specs()
        said = []
        for name, value in in_order(self.values, known):
            if value == RECORD and _special(value, known[name].kind):
                continue
            said.append(f"{known[name].label}: {wording.value(self._said(known[name], value, env))}")
        return _("make a record in %(list)s (%(values)s)") % {"list": self.target.plural, "values": ", ".join(said)}

    def _said(self, spec: FieldSpec, value: Any, env: Env) -> str:
        if _special(value, spec.kind):
            days = str(value)[1:-1]
            return _("in one day") if days == "1" else _("in %(n)s days") % {"n": days}
        whole = merging.FIELD.fullmatch(value.strip()) if isinstance(value, str) else None
        if whole is None:
            return value_words(spec, value, env)
        path, _entities = conditions.walk(self.entity, whole[1], env)
        return _("%(field)s of the record") % {"field": wording.path(each.label for each in path)}


def _special(value: Any, kind: kinds.Kind) -> bool:
    if value == RECORD:
        return isinstance(kind, kinds.AnyReference | kinds.Reference)
    return isinstance(value, str) and bool(IN_DAYS.fullmatch(value)) and kind.key in ("date", "datetime")
