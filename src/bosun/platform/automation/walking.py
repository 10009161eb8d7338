"""Going through a rule as JSON, value by value, each with the kind of field that it belongs to.

From this follow names in the place of ids in a rule's file, and what kind of value a template leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bosun.kernel import conditions, registry
from bosun.kernel.conditions import MODES
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Kind, Number, Reference, Text
from bosun.platform.automation.actions.create import IN_DAYS, RECORD
from bosun.platform.automation.actions.notify import FOLLOWS
from bosun.platform.automation.merging import FIELD

Json = dict[str, Any]
Put = Callable[[Kind, str, Any], Any]
"""What stands in the place of a value, given its kind, what it is called, and the value."""
ROLE = "role:"
PEOPLE = ("to", "among", "otherwise", "people", "followers")
CONDITIONS = ("when", "until", "while", "if")
STRUCTURE = frozenset(
    ("action", "field", "record", "entity", "verb", "how", "unit", "then", "again", "check", "formula")
)
"""What says how an action works, and is no value."""


def users() -> Reference:
    """The kind of a person named in a rule."""
    return Reference(registry.get("users").model._meta.label)


def roles() -> Reference:
    """The kind of a role named in a rule."""
    return Reference(registry.get("roles").model._meta.label)


@dataclass(frozen=True)
class Walk:
    """One way through a rule; `put` answers what stands in the place of each value.

    With `whole` several values in one place are met as one.
    """

    env: Env
    put: Put
    whole: bool = False

    def rule(self, raw: Mapping[str, Any], entity: Entity) -> Json:
        """The parts of a rule that hold values: its condition and its actions."""
        found = dict(raw)
        if raw.get("when"):
            found["when"] = self.condition(raw["when"], entity)
        if isinstance(raw.get("do"), list | tuple):
            found["do"] = [self.action(each, entity) for each in raw["do"]]
        return found

    def condition(self, raw: Any, entity: Entity) -> Any:
        """A condition; what cannot be read stays as it is, and is refused when the rule is saved."""
        if isinstance(raw, list | tuple):
            return [self.condition(each, entity) for each in raw]
        if not isinstance(raw, Mapping):
            return raw
        mode = next(iter(raw), "")
        if mode in MODES:
            return {mode: self.condition(raw[mode], entity)}
        if "count" in raw or "sum" in raw:
            return self._figure(raw)
        kind, label = self._kind(str(raw.get("field", "")), entity)
        return {**raw, "value": self.value(kind, label, raw["value"])} if "value" in raw else dict(raw)

    def _figure(self, raw: Mapping[str, Any]) -> Json:
        other = registry.find(str(raw.get("count") or raw.get("sum")).partition(".")[0])
        found = dict(raw)
        if "where" in raw and other is not None:
            found["where"] = self.condition(raw["where"], other)
        if "value" in raw:
            spec = other.specs().get(str(raw.get("of", ""))) if other else None
            label = str(spec.label if spec else other.plural if other else "")
            found["value"] = self.value(spec.kind if spec else Number(), label, raw["value"])
        return found

    def _kind(self, name: str, entity: Entity) -> tuple[Kind, str]:
        if name == "actor":
            return users(), pgettext("rule", "who did it")
        if name == "actor.roles":
            return roles(), _("the role of who did it")
        try:
            path = conditions.walk(entity, name.removeprefix("before."), self.env)[0]
        except Invalid:
            return Text(200), name
        return path[-1].kind, " ".join(str(spec.label) for spec in path)

    def value(self, kind: Kind, label: str, raw: Any) -> Any:
        """A value, or each of several."""
        if isinstance(raw, list | tuple) and not self.whole:
            return [self.value(kind, label, each) for each in raw]
        return self.put(kind, label, raw)

    def action(self, raw: Any, entity: Entity) -> Any:
        """One action."""
        if not isinstance(raw, Mapping):
            return raw
        found, key = dict(raw), str(raw.get("action", ""))
        for name, given in raw.items():
            if name in CONDITIONS and isinstance(given, Mapping | list):
                found[name] = self.condition(given, entity)
            elif name == "table" and isinstance(given, Sequence):
                found[name] = [self.action(each, entity) for each in given]
            elif key == "webhook" and name == "to":
                found[name] = self._webhook(given)
            elif name in PEOPLE or (key == "follow" and name in ("add", "remove")):
                found[name] = self._person(given)
            elif name not in STRUCTURE:
                found[name] = self._other(key, name, given, raw, entity)
        return found

    def _webhook(self, raw: Any) -> Any:
        hooks = registry.find("webhooks")
        if hooks is None or (isinstance(raw, str) and "://" in raw):
            return raw
        return self.put(Reference(hooks.model._meta.label), hooks.label, raw)

    def _person(self, raw: Any) -> Any:
        label = registry.get("users").label
        if isinstance(raw, list | tuple):
            if self.whole and not any(_follows(each) for each in raw):
                return self.put(users(), label, raw)
            return [self._person(each) for each in raw]
        if isinstance(raw, str) and raw.startswith(ROLE) and not self.whole:
            return f"{ROLE}{self.put(roles(), registry.get('roles').label, raw.removeprefix(ROLE))}"
        return raw if _follows(raw) else self.put(users(), label, raw)

    def _other(self, key: str, name: str, given: Any, raw: Mapping[str, Any], entity: Entity) -> Any:
        """Values of fields and of what a verb asks for; anything else is text."""
        if key == "set" and name == "value":
            return self._written(given, entity, str(raw.get("field", "")))
        if name in ("values", "set") and isinstance(given, Mapping):
            if key == "verb":
                return self._asked(given, entity, str(raw.get("verb", "")))
            target = self._target(key, raw, entity)
            return {each: self._written(value, target, each) for each, value in given.items()} if target else given
        return self.value(Text(200), name, given) if isinstance(given, str | int | list | Mapping) else given

    def _asked(self, given: Mapping[str, Any], entity: Entity, name: str) -> Json:
        verb = entity.verbs.get(name)
        asked = {param.name: param for param in verb.params} if verb else {}
        return {
            each: self.value(asked[each].kind, str(asked[each].label), value) if each in asked else value
            for each, value in given.items()
        }

    def _target(self, key: str, raw: Mapping[str, Any], entity: Entity) -> Entity | None:
        if key == "create":
            return registry.find(str(raw.get("entity", "")))
        kind = self._kind(str(raw.get("record", "")), entity)[0]
        return registry.of(kind.model) if isinstance(kind, Reference) and registry.has(kind.model) else None

    def _written(self, raw: Any, entity: Entity, name: str) -> Any:
        spec = entity.specs().get(name)
        return self.value(spec.kind, str(spec.label), raw) if spec else raw


def _follows(raw: Any) -> bool:
    return isinstance(raw, str) and (raw in FOLLOWS or raw.startswith(ROLE))


def special(raw: Any) -> bool:
    """Whether a text is no value but stands for one: a merge field, the record itself, a day, nothing."""
    if not isinstance(raw, str):
        return raw is None
    return raw in ("", "me", RECORD) or bool(FIELD.search(raw) or IN_DAYS.fullmatch(raw))
