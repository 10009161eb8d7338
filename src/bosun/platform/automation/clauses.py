"""The conditions of rules: those of list filters, and what only an event can tell.

Besides the leaves of `bosun.kernel.conditions` there are

- `{"field": "grade", "op": "changed"}`, `changed_from` and `changed_to` with a value: what the act did to a field;
- `{"field": "before.grade", …}`: any comparison with the value before the act;
- `{"field": "actor", …}`, `{"field": "actor.roles", …}` and `{"field": "door", "op": "in", "value": ["import"]}`: who
  did it and how;
- `{"count": "opportunities.customer", "where": {…}, "op": "gte", "value": 3}` and `{"sum": "opportunities.customer",
  "of": "amount", …}`: over the records that refer to this one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bosun.kernel import access, conditions, registry
from bosun.kernel.conditions import MAX_DEPTH, MAX_LEAVES, MODES, Leaf
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Choice, Kind, Money, Reference, References
from bosun.kernel.specs import FieldSpec
from bosun.platform import wording
from bosun.platform.automation import related
from bosun.platform.automation.subject import Subject

CHANGE_OPS = ("changed", "changed_from", "changed_to")
DOORS = ("form", "inline", "api", "bulk", "import", "verb", "rule", "merge", "restore", "command", "system", "webhook")


def door_words() -> dict[str, str]:
    """Ways in which something may have been done."""
    return {
        "form": _("a form"), "inline": _("the list or page"), "api": _("the API"), "bulk": _("a bulk edit"),
        "import": _("an import"), "verb": _("a button"), "rule": _("a rule"), "merge": _("a merge"),
        "restore": _("the bin"), "command": _("the command line"), "system": "Bosun", "webhook": _("a webhook"),
    }  # fmt: skip


def test(kind: Kind, value: Any, op: str, operand: Any, env: Env) -> bool:
    """A comparison with a value that lies in no record; amounts by their value in the base currency."""
    if isinstance(kind, Money) and value is not None:
        value = kind.base(value, env)
    return kind.test(value, op, operand)


def once_each(answer: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """The same answers, worked out once for each value: many rows of a batch hold the same."""
    known: dict[Any, bool] = {}

    def asked(value: Any) -> bool:
        try:
            if value not in known:
                known[value] = answer(value)
            return known[value]
        except TypeError:  # a list is no key
            return answer(value)

    return asked


def in_words(kind: Kind, dumped: Any, env: Env) -> str:
    """A value that was kept, for its reader."""
    value = kind.load(dumped)
    for model, pk in kind.refers(value):
        env.refs.load(model, [pk])
    return kind.text(value, env)


@dataclass(frozen=True, kw_only=True)
class Clause(ABC):
    """One comparison. `event` ones are decided by the act alone, the others by what is stored.

    `form` is its JSON form: what a run keeps of it, to be said in the language of whoever reads it.
    """

    form: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    event: ClassVar[bool] = True

    @abstractmethod
    def holds(self, subject: Subject, env: Env) -> bool:
        """Whether it is true of a record at an event."""

    def among(self, subjects: Sequence[Subject], places: Sequence[int], env: Env) -> list[int]:
        """Those of these places in a batch where it is true."""
        return [place for place in places if self.holds(subjects[place], env)]

    @abstractmethod
    def saw(self, subject: Subject, env: Env) -> Any:
        """The value that it looked at, in a form that JSON can hold."""

    @abstractmethod
    def saw_words(self, saw: Any, env: Env) -> str:
        """The same in words."""

    @abstractmethod
    def words(self, env: Env) -> str:
        """The comparison in words."""

    def fields(self) -> list[list[str]]:
        """Entity and name of every field that it looks at: who may not see one is not shown the clause."""
        return []


@dataclass(frozen=True)
class FieldClause(Clause):
    """A comparison as in list filters, also along references."""

    leaf: Leaf
    event: ClassVar[bool] = False

    @cached_property
    def at_hand(self) -> bool:
        """True when nothing but the record is needed: no reference, tree or roll-up."""
        return len(self.leaf.path) == 1 and self.leaf.op != "within" and not hasattr(self.leaf.spec.store, "fetch")

    def _at(self, subject: Subject, env: Env) -> Any:
        record = subject.record
        for step, spec in enumerate(self.leaf.path[:-1]):
            record = subject.seen.record(self.leaf.entities[step + 1], spec.get(record), env)
            if record is None:
                return None
        return record

    def holds(self, subject: Subject, env: Env) -> bool:
        if self.at_hand:
            return subject.test(self.leaf.spec, self.leaf.op, self.leaf.operand)
        record = self._at(subject, env)
        return record is not None and self.leaf.spec.test(record, self.leaf.op, self.leaf.operand)

    def among(self, subjects: Sequence[Subject], places: Sequence[int], env: Env) -> list[int]:
        spec, op, operand = self.leaf.spec, self.leaf.op, self.leaf.operand
        if not self.at_hand or isinstance(spec.kind, Money):
            return super().among(subjects, places, env)
        answer = once_each(lambda value: spec.kind.test(value, op, operand))
        return [place for place in places if answer(subjects[place].value(spec))]

    def saw(self, subject: Subject, env: Env) -> Any:
        record = self._at(subject, env)
        return None if record is None else self.leaf.spec.kind.dump(self.leaf.spec.get(record))

    def saw_words(self, saw: Any, env: Env) -> str:
        return in_words(self.leaf.spec.kind, saw, env)

    def words(self, env: Env) -> str:
        return wording.leaf_words(self.leaf, env)

    def fields(self) -> list[list[str]]:
        return [[entity.key, spec.name] for entity, spec in zip(self.leaf.entities, self.leaf.path, strict=True)]


@dataclass(frozen=True)
class RelatedClause(Clause):
    """A comparison with a count or sum of the records that refer to this one."""

    source: related.Source
    op: str
    operand: Any
    event: ClassVar[bool] = False

    def holds(self, subject: Subject, env: Env) -> bool:
        return self.compare(self.source.figures([subject], env)[0], env)

    def compare(self, figure: Any, env: Env) -> bool:
        """The comparison with a figure that has been worked out."""
        return test(self.source.kind, figure, self.op, self.operand, env)

    def saw(self, subject: Subject, env: Env) -> Any:
        return self.source.kind.dump(self.source.figures([subject], env)[0])

    def saw_words(self, saw: Any, env: Env) -> str:
        return in_words(self.source.kind, saw, env)

    def words(self, env: Env) -> str:
        value = self.source.kind.operand_text(self.op, self.operand, env)
        return wording.compared(self.source.words(env), wording.op_words(self.op), value)

    def fields(self) -> list[list[str]]:
        return self.source.fields()


@dataclass(frozen=True)
class ChangeClause(Clause):
    """What the act did to a field."""

    spec: FieldSpec
    op: str
    operand: Any
    entity: str

    def fields(self) -> list[list[str]]:
        return [[self.entity, self.spec.name]]

    def holds(self, subject: Subject, env: Env) -> bool:
        if not subject.changed(self.spec.name):
            return False
        if self.op == "changed":
            return True
        before, after = subject.draft.diff[self.spec.name]
        return test(self.spec.kind, before if self.op == "changed_from" else after, "is", self.operand, env)

    def among(self, subjects: Sequence[Subject], places: Sequence[int], env: Env) -> list[int]:
        changed = [place for place in places if subjects[place].changed(self.spec.name)]
        if self.op == "changed":
            return changed
        side = 0 if self.op == "changed_from" else 1
        answer = once_each(lambda value: test(self.spec.kind, value, "is", self.operand, env))
        return [place for place in changed if answer(subjects[place].draft.diff[self.spec.name][side])]

    def saw(self, subject: Subject, env: Env) -> Any:
        if not subject.changed(self.spec.name):
            return None
        return [self.spec.kind.dump(value) for value in subject.draft.diff[self.spec.name]]

    def saw_words(self, saw: Any, env: Env) -> str:
        if saw is None:
            return _("not changed")
        before, after = (in_words(self.spec.kind, value, env) for value in saw)
        return f"{before or '—'} → {after or '—'}"

    def words(self, env: Env) -> str:
        forms = {
            "changed": _("%(field)s has changed"),
            "changed_from": _("%(field)s has changed from %(value)s"),
            "changed_to": _("%(field)s has changed to %(value)s"),
        }
        value = "" if self.op == "changed" else self.spec.kind.operand_text("is", self.operand, env)
        return forms[self.op] % {"field": self.spec.label, "value": wording.value(value)}


@dataclass(frozen=True)
class BeforeClause(Clause):
    """A comparison with the value before the act."""

    spec: FieldSpec
    op: str
    operand: Any
    raw: Any
    entity: str

    def fields(self) -> list[list[str]]:
        return [[self.entity, self.spec.name]]

    def holds(self, subject: Subject, env: Env) -> bool:
        return test(self.spec.kind, subject.before(self.spec.name), self.op, self.operand, env)

    def saw(self, subject: Subject, env: Env) -> Any:
        return self.spec.kind.dump(subject.before(self.spec.name))

    def saw_words(self, saw: Any, env: Env) -> str:
        return in_words(self.spec.kind, saw, env)

    def words(self, env: Env) -> str:
        leaf = Leaf((self.spec,), (), self.op, self.operand, self.raw)
        return _("%(condition)s before the change") % {"condition": wording.leaf_words(leaf, env)}


@dataclass(frozen=True)
class ActClause(Clause):
    """Who did it, in which role, or through which door."""

    what: str
    kind: Kind
    op: str
    operand: Any

    def _value(self, subject: Subject) -> Any:
        if self.what == "door":
            return subject.act.door
        actor = subject.act.actor
        return actor.id if self.what == "actor" else tuple(sorted(actor.roles)) or None

    def holds(self, subject: Subject, env: Env) -> bool:
        return self.kind.test(self._value(subject), self.op, self.operand)

    def saw(self, subject: Subject, env: Env) -> Any:
        return self.kind.dump(self._value(subject))

    def saw_words(self, saw: Any, env: Env) -> str:
        return in_words(self.kind, saw, env)

    def words(self, env: Env) -> str:
        label = {"actor": pgettext("rule", "who did it"), "actor.roles": _("the role of who did it"),
                 "door": _("the way in which it was done")}[self.what]  # fmt: skip
        said = self.kind.operand_text(self.op, self.operand, env)
        return wording.compared(str(label), wording.op_words(self.op), said)


@dataclass(frozen=True)
class Group:
    """All, any or none of several conditions."""

    mode: str
    items: tuple[Node, ...]


Node = Clause | Group
EVERYTHING = Group("all", ())


def parse(raw: Any, entity: Entity, env: Env) -> Node:
    """The condition of a rule from its JSON form, checked against what its identity may see; Invalid otherwise."""
    return EVERYTHING if raw in (None, {}, []) else _Parser(entity, env).node(raw, 0)


class _Parser:
    def __init__(self, entity: Entity, env: Env) -> None:
        self.entity, self.env, self.count = entity, env, 0

    def node(self, raw: Any, depth: int) -> Node:
        if isinstance(raw, list):
            raw = {"all": raw}
        if not isinstance(raw, Mapping) or not raw:
            raise Invalid(_("This condition cannot be read."))
        if depth > MAX_DEPTH:
            raise Invalid(_("This condition is nested too deeply."))
        mode = next(iter(raw))
        if mode in MODES:
            items = raw[mode]
            if len(raw) != 1 or not isinstance(items, list | tuple):
                raise Invalid(_("This condition cannot be read."))
            return Group(mode, tuple(self.node(item, depth + 1) for item in items))
        self.count += 1
        if self.count > MAX_LEAVES:
            raise Invalid(_("This rule has too many conditions."))
        return self.leaf(raw)

    def leaf(self, raw: Mapping[str, Any]) -> Clause:
        op = str(raw.get("op", ""))
        if "count" in raw or "sum" in raw:
            source = related.parse(raw, self.entity, self.env)
            operand = self._operand(source.kind, raw.get("count") or "sum", op, raw.get("value"))
            return RelatedClause(source, op, operand, form=raw)
        if set(raw) - {"value"} != {"field", "op"}:
            raise Invalid(_("This condition cannot be read."))
        name = str(raw["field"])
        if name in ("actor", "actor.roles", "door"):
            kind = self._act_kind(name)
            return ActClause(name, kind, op, self._operand(kind, name, op, raw.get("value")), form=raw)
        if op in CHANGE_OPS:
            spec = self._own(name)
            operand = None if op == "changed" else self._operand(spec.kind, name, "is", raw.get("value"))
            return ChangeClause(spec, op, operand, self.entity.key, form=raw)
        if name.startswith("before."):
            spec = self._own(name.removeprefix("before."))
            operand = self._operand(spec.kind, name, op, raw.get("value"))
            return BeforeClause(spec, op, operand, raw.get("value"), self.entity.key, form=raw)
        found = conditions.parse(dict(raw), self.entity, self.env)
        assert isinstance(found, Leaf)  # noqa: S101 - a field and an operator are a leaf
        return FieldClause(found, form=raw)

    def _own(self, name: str) -> FieldSpec:
        spec = access.specs(self.entity, self.env.actor).get(name)
        if spec is None:
            raise Invalid([FieldError(name[:80], _("There is no field called “%(name)s”.") % {"name": name[:80]})])
        return spec

    def _act_kind(self, name: str) -> Kind:
        people = registry.get("users").model
        if name == "actor":
            return Reference(people._meta.label)
        if name == "actor.roles":
            return References(registry.get("roles").model._meta.label)
        return Choice("", door_words())

    def _operand(self, kind: Kind, name: str, op: str, value: Any) -> Any:
        if op not in kind.operators:
            raise Invalid([FieldError(name, _("“%(op)s” does not fit this field.") % {"op": op[:30]})])
        try:
            return kind.operand(op, value, self.env)
        except Invalid as error:
            raise Invalid([FieldError(name, part.message) for part in error.errors]) from None
