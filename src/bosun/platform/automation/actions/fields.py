"""Writing fields: of the record itself, and of one that it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _

from bosun.kernel import access, kinds
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.specs import FieldSpec
from bosun.lib import formula
from bosun.platform import wording
from bosun.platform.automation import merging
from bosun.platform.automation.actions.base import Action, Doing, Json, write
from bosun.platform.automation.reaching import Reach
from bosun.platform.automation.subject import Subject


def writable(entity: Entity, name: str, env: Env) -> FieldSpec:
    """A field that the rule's identity may write; Invalid otherwise."""
    spec = access.specs(entity, env.actor).get(name)
    if spec is None:
        raise Invalid([FieldError(name[:80], _("There is no field called “%(name)s”.") % {"name": name[:80]})])
    if not spec.writable:
        raise Invalid([FieldError(name, _("“%(field)s” cannot be changed here.") % {"field": spec.label})])
    return spec


def checked(spec: FieldSpec, value: Any, entity: Entity, env: Env) -> Any:
    """A value that a rule is to write: readable by the field's kind, or a text with merge fields."""
    if any(True for _name in merging.names(value)):
        return merging.check(str(value), entity, env)
    if spec.required and value in (None, "", []):
        raise Invalid(_("“%(field)s” cannot be emptied: every record has one.") % {"field": spec.label})
    try:
        spec.kind.parse(value, env)
    except Invalid as error:
        said = error.errors[0].message
        message = _("“%(field)s”: %(error)s") % {"field": spec.label, "error": said}
        raise Invalid([FieldError(spec.name, message)]) from None
    return value


def in_order(values: Mapping[str, Any], known: Mapping[str, FieldSpec]) -> list[tuple[str, Any]]:
    """Values by the order of the fields: PostgreSQL keeps the keys of JSON in one of its own."""
    return [(name, values[name]) for name in known if name in values]


def value_words(spec: FieldSpec, value: Any, env: Env) -> str:
    """A value that a rule writes, in words."""
    if any(True for _name in merging.names(value)):
        return f"“{value}”"
    parsed = spec.kind.parse(value, env)
    env.refs.load(*_models(spec, parsed)) if spec.kind.refers(parsed) else None
    return spec.kind.text(parsed, env) or _("nothing")


def _models(spec: FieldSpec, parsed: Any) -> tuple[Any, list[int]]:
    pairs = spec.kind.refers(parsed)
    return pairs[0][0], [pk for _model, pk in pairs]


@dataclass(frozen=True)
class Set(Action):
    """Write a value, or the result of a formula, into a field."""

    key: ClassVar[str] = "set"
    icon: ClassVar[str] = "pencil"
    takes: ClassVar[tuple[str, ...]] = ("field", "value", "formula")
    writes: ClassVar[bool] = True

    spec: FieldSpec
    entity: Entity
    value: Any = None
    worked_out: formula.Formula | None = None

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        spec = writable(entity, str(raw.get("field", "")), env)
        text = raw.get("formula")
        if text in (None, ""):
            return cls(spec, entity, checked(spec, raw.get("value"), entity, env))
        known = {name for name, each in access.specs(entity, env.actor).items() if isinstance(each.kind, kinds.Number)}
        try:
            return cls(spec, entity, worked_out=formula.read(str(text), known))
        except formula.FormulaError as error:
            raise Invalid(_("This formula cannot be read: %(part)s") % {"part": error.at or text}) from None

    def given(self, subject: Subject, env: Env) -> Any:
        """What it writes to this record."""
        if self.worked_out is None:
            return merging.raw(self.value, self.entity, subject.record, env)
        known = access.specs(self.entity, env.actor)
        held: dict[str, formula.Value] = {}
        for name in self.worked_out.names & set(known):
            number = known[name].get(subject.record)
            held[name] = None if number is None else Decimal(number)
        value = self.worked_out.value(held)
        return None if value is None else formula.as_text(value)

    def perform(self, doing: Doing) -> dict[int, Json]:
        raws = {subject.draft.id: {self.spec.name: self.given(subject, doing.env)} for subject in doing.subjects}
        return write(doing, raws, self.key, self.entity)

    def differs(self, subject: Subject, env: Env) -> bool:
        try:
            wanted = self.spec.kind.parse(self.given(subject, env), env)
        except Invalid:
            return False
        return not self.spec.kind.same(self.spec.get(subject.record), wanted)

    def words(self, env: Env) -> str:
        said = self.worked_out.text if self.worked_out else value_words(self.spec, self.value, env)
        return _("set %(field)s to %(value)s") % {"field": self.spec.label, "value": wording.value(said)}


@dataclass(frozen=True)
class ChangeRelated(Action):
    """Write fields of the record that this one refers to."""

    key: ClassVar[str] = "change"
    icon: ClassVar[str] = "link"
    takes: ClassVar[tuple[str, ...]] = ("record", "set")

    way: Reach
    values: Mapping[str, Any]

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        way = Reach.read(str(raw.get("record", "")), entity, env)
        given = raw.get("set")
        if not isinstance(given, Mapping) or not given:
            raise Invalid(_("Say which fields are written."))
        values = {name: checked(writable(way.target, name, env), value, entity, env) for name, value in given.items()}
        return cls(way, values)

    def perform(self, doing: Doing) -> dict[int, Json]:
        owners: dict[int, int] = {}
        raws: dict[int, Mapping[str, Any]] = {}
        for subject in doing.subjects:
            pk = self.way.pk(subject, doing.env)
            if pk is not None:
                owners[subject.draft.id] = pk
                raws[pk] = {
                    name: merging.raw(value, subject.entity, subject.record, doing.env)
                    for name, value in self.values.items()
                }
        done = write(doing, raws, self.key, self.way.target)
        return {
            subject.draft.id: done[owners[subject.draft.id]]
            if subject.draft.id in owners
            else {"action": self.key, "skipped": "nothing"}
            for subject in doing.subjects
        }

    def words(self, env: Env) -> str:
        known = self.way.target.specs()
        said = ", ".join(
            f"{known[name].label}: {wording.value(value_words(known[name], v, env))}"
            for name, v in in_order(self.values, known)
        )
        return _("change the %(record)s (%(values)s)") % {"record": self.way.label, "values": said}
