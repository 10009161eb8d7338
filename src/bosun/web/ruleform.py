"""A rule in a form: when, if, do; what was typed stays until it is right, and says itself in a sentence meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from django.http import QueryDict
from django.utils.translation import gettext as _

from bosun.kernel import records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, Invalid
from bosun.kernel.kinds import Reference, Text
from bosun.platform import wording
from bosun.platform.automation import actions, clauses, happenings, rulebook, telling, timing
from bosun.platform.automation.actions.base import Action, Doing
from bosun.platform.automation.models import ASK, BLOCK, Rule
from bosun.platform.automation.rulebook import Compiled
from bosun.web import fields, listdialogs, rulesteps, ruletime
from bosun.web.rulefields import Json, Place, numbers
from bosun.web.rulesteps import STEPS
from bosun.web.visit import Visit

MOST = 20
PARTS = ("name", "event", "trigger", "when", "do", "guard", "reason", "identity")
"""The parts of the form beside which errors stand."""


class Unsaid(Action):
    """An action that cannot be read yet."""

    key: ClassVar[str] = "unsaid"

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        return cls()

    def perform(self, doing: Doing) -> dict[int, Json]:
        return {}

    def words(self, env: Env) -> str:
        return "…"


@dataclass
class RuleForm:
    """What the form holds. `steps` are the actions as JSON, whatever the rule does with them."""

    visit: Visit
    entity: Entity
    event: str
    row: Any = None
    name: str = ""
    tree: Any = None
    steps: list[Json] = field(default_factory=list)
    guard: str = ""
    reason: str = ""
    identity: int | None = None
    enabled: bool = False
    version: str = ""
    trigger: Json | None = None
    errors: dict[str, list[str]] = field(default_factory=dict)
    status: int = 200

    def rule(self) -> Rule:
        """The rule as it would be, not stored. Who is no administrator tries it with his own rights only."""
        mine = self.visit.actor.id
        admin = self.visit.actor.is_admin
        owner = self.row.owner_id if self.row is not None and admin else mine
        return Rule(
            pk=self.row.pk if self.row is not None else None, name=self.name, event=self.event, when=self.tree,
            do=self.steps, guard=self.guard, identity_id=self.identity if admin else None, owner_id=owner,
            trigger=self.trigger,
        )  # fmt: skip

    def values(self) -> Json:
        """The fields of the rule, for the door."""
        found = {
            "name": self.name,
            "event": self.event,
            "trigger": self.trigger or {},
            "when": self.tree or {},
            "do": self.steps,
            "guard": self.guard,
            "reason": self.reason,
            "enabled": self.enabled,
        }
        if self.visit.actor.is_admin:
            found["identity"] = {"id": self.identity} if self.identity else None
        return found

    def acting(self) -> Env:
        """The environment of its identity, as far as there is one."""
        actor = rulebook.identity(self.rule())
        return records.environment(actor, strict=False) if actor else self.visit.env

    def compiled(self) -> Compiled:
        """The rule as far as it can be read."""
        env, rule = self.acting(), self.rule()
        try:
            condition = clauses.parse(self.tree, self.entity, env)
        except DoorError:
            condition = clauses.EVERYTHING
        found: list[Action] = []
        for step in () if self.guard else self.steps:
            try:
                found += actions.parse([step], self.entity, env)
            except DoorError:
                found.append(Unsaid())
        return Compiled(rule, self.entity, env, condition, tuple(found or [Unsaid()]), by_time=self._trigger(env))

    def _trigger(self, env: Env) -> timing.Trigger | None:
        try:
            return timing.parse(self.trigger, self.entity, env) if ruletime.is_timed(self.event) else None
        except DoorError:
            return None

    def sentence(self) -> str:
        """What it does."""
        return telling.sentence(self.compiled())

    def problems(self) -> list[str]:
        """What keeps it from being used."""
        try:
            rulebook.read(self.rule(), self.entity, self.acting())
        except Invalid as error:
            return [part.message for part in error.errors]
        except DoorError as error:
            return [error.title]
        return []

    # drawing -------------------------------------------------------------------------------------------------

    def context(self) -> Json:
        """Everything that the form shows."""
        people = registry.get("users").model
        visit = self.visit
        visit.env.refs.load(people, [self.identity] if self.identity else [])
        named = fields.field("name", _("Name"), Text(120), visit.env, raw=self.name, errors=self.errors.get("name", []))
        acts = fields.field(
            "identity", _("Acts with the rights of"), Reference(people._meta.label), visit.env, self.identity,
            errors=self.errors.get("identity", []), help_text=_("Whoever wrote the rule, unless you say."),
        )  # fmt: skip
        return {
            "named": {**named, "autofocus": True},
            "entities": [(each.key, each.plural) for each in happenings.entities()],
            "entity": self.entity.key,
            "events": [(each.key, each.label) for each in happenings.of(self.entity)],
            "event": self.event,
            "event_errors": [*self.errors.get("event", []), *self.errors.get("trigger", [])],
            "time": ruletime.context(self.trigger, self.entity, visit.env) if ruletime.is_timed(self.event) else None,
            **self.condition_context(),
            **self.steps_context(),
            "identity": acts if visit.actor.is_admin else None,
            "sentence": self.sentence(),
            "version": self.version,
            "enabled": self.enabled,
            "row": self.row,
            "form_errors": [said for name, part in self.errors.items() if name not in PARTS for said in part],
        }

    def condition_context(self) -> Json:
        """The builder of conditions."""
        offered = condition_fields(self.entity, self.visit.env)
        ops = {op: op_words(op) for each in offered for op in each["ops"]}
        tree = worded(self.tree, self.entity, self.acting()) if self.tree else {}
        return {"fields": offered, "ops": ops, "tree": tree, "when_errors": self.errors.get("when", [])}

    def steps_context(self) -> Json:
        """The actions."""
        words = rulesteps.step_words(self.entity, self.visit.env)
        told, wrong = self.reason, self.errors.get("reason", [])
        reason = fields.field("reason", _("What people are told"), Text(300), self.visit.env, raw=told, errors=wrong)
        drawn = [self.step_context(number, step, words) for number, step in enumerate(self.steps)]
        return {
            "guards": guard_words(),
            "guard": self.guard,
            "reason": reason,
            "steps": drawn,
            "do_errors": self.errors.get("do", []),
            "may_add": len(drawn) < MOST,
        }

    def step_context(self, number: int, step: Json, words: dict[str, str]) -> Json:
        """One action."""
        key = str(step.get("action", ""))
        place = Place(f"do_{number}", self.entity, self.visit.env)
        form = STEPS.get(key)
        found: Json = {"n": number, "name": place.name("action"), "action": key, "actions": list(words.items())}
        if form is None or not form.fits(step, place):
            return {**found, "kept": json.dumps(step, ensure_ascii=False), "says": self._says(step)}
        drawn = form.inputs(step, place)
        folded = [each for each in drawn if each.get("folded")]
        return {
            **found,
            "pick": form.pick(step, place),
            "inputs": [e for e in drawn if e not in folded],
            "folded": folded,
        }

    def _says(self, step: Json) -> str:
        try:
            return "; ".join(each.words(self.acting()) for each in actions.parse([step], self.entity, self.acting()))
        except DoorError:
            return json.dumps(step, ensure_ascii=False)


# reading ---------------------------------------------------------------------------------------------------------


def fresh(visit: Visit, entity: Entity, event: str = "") -> RuleForm:
    """A new rule."""
    form = RuleForm(visit, entity, event or f"{entity.key}.{happenings.SAVED}")
    form.steps = [blank(visit, entity)]
    return form


def blank(visit: Visit, entity: Entity) -> Json:
    """An action to begin with."""
    key = next(iter(rulesteps.step_words(entity, visit.env)))
    return {"action": key, **STEPS[key].read(QueryDict(), Place("do_0", entity, visit.env))}


def of_row(visit: Visit, row: Any) -> RuleForm:
    """A rule that is there."""
    found = happenings.find(str(row.event))
    entity = found.entity if found else happenings.entities()[0]
    return RuleForm(
        visit, entity, str(row.event), row, str(row.name), row.when, list(row.do or []), row.guard or "",
        row.reason or "", row.identity_id, bool(row.enabled), str(row.version), row.trigger,
    )  # fmt: skip


def posted(visit: Visit, row: Any = None) -> RuleForm:
    """What was posted."""
    post = visit.request.POST
    event = post.get("event", "")
    wanted = registry.find(post.get("entity", ""))
    entity = wanted if wanted and happenings.automatable(wanted) else happenings.entities()[0]
    moved = event.rpartition(".")[0] != entity.key
    form = RuleForm(visit, entity, f"{entity.key}.{happenings.SAVED}" if moved else event, row)
    form.name = post.get("name", "").strip()
    form.guard = post.get("guard", "") if post.get("guard") in (BLOCK, ASK) else ""
    form.reason = post.get("reason", "").strip()
    form.identity = next(iter(numbers([post.get("identity", "")])), None)
    form.version = post.get("version", "")
    form.enabled = bool(row is not None and row.enabled)
    if moved:
        form.steps = [blank(visit, entity)]
        return form
    form.tree = loads(post.get("filter", ""))
    if ruletime.is_timed(event):
        form.trigger = ruletime.read(post, row.trigger if row is not None else None)
    form.steps = [read_step(visit, entity, number) for number in post.getlist("do")[:MOST]]
    return form


def loads(text: str) -> Any:
    """The condition that the builder posted."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return {"unreadable": True}


def read_step(visit: Visit, entity: Entity, number: str) -> Json:
    """One action."""
    place = Place(f"do_{number[:4]}", entity, visit.env)
    post = visit.request.POST
    kept = post.get(place.name("kept"), "")
    key = post.get(place.name("action"), "")
    if kept:
        held = loads(kept)
        if isinstance(held, dict) and held.get("action") == key:
            return held
    form = STEPS.get(key)
    return {"action": key, **(form.read(post, place) if form else {})}


# conditions ------------------------------------------------------------------------------------------------------


def condition_fields(entity: Entity, env: Env) -> list[Json]:
    """What a condition may speak of: the fields of a filter, what was done to them, what they were, who and how."""
    plain = listdialogs.filterable(entity, env)
    found = [each if "." in each["name"] else {**each, "ops": [*each["ops"], *change_ops(each)]} for each in plain]
    people, roles = registry.get("users"), registry.get("roles")
    found += [
        {"name": "actor", "label": _("Who did it"), "kind": "ref", "ops": ["is", "is_not"],
         "pick_url": f"/{people.key}/pick"},
        {"name": "actor.roles", "label": _("Role of who did it"), "kind": "refs", "ops": ["in", "not_in"],
         "pick_url": f"/{roles.key}/pick"},
        {"name": "door", "label": _("How it was done"), "kind": "choice", "ops": ["is", "is_not", "in", "not_in"],
         "options": [{"key": key, "label": str(label)} for key, label in clauses.door_words().items()]},
    ]  # fmt: skip
    before = _("Before: %(field)s")
    found += [
        {**each, "name": f"before.{each['name']}", "label": before % {"field": each["label"]}}
        for each in plain
        if "." not in each["name"] and each["kind"] != "tags"
    ]
    return found


def change_ops(field: Json) -> list[str]:
    """What may be asked about the change of a field."""
    return list(clauses.CHANGE_OPS) if "is" in field["ops"] else ["changed"]


def op_words(op: str) -> str:
    """An operator in words."""
    changes = {"changed": _("has changed"), "changed_from": _("has changed from"), "changed_to": _("has changed to")}
    return changes.get(op) or wording.op_words(op)


def worded(tree: Any, entity: Entity, env: Env) -> Any:
    """The condition with the names of picked records; what the builder has no inputs for, as a sentence."""
    if isinstance(tree, list):
        tree = {"all": tree}
    if not isinstance(tree, dict):
        return {}
    mode = next(iter(tree), "")
    if mode in ("all", "any", "none"):
        return {mode: [worded(item, entity, env) for item in tree[mode]]}
    try:
        clause: Any = clauses.parse(tree, entity, env)
    except DoorError:
        return tree if "field" in tree else {**tree, "says": json.dumps(tree, ensure_ascii=False)}
    if isinstance(clause, clauses.RelatedClause):
        return {**tree, "says": clause.words(env)}
    found = clause.leaf if isinstance(clause, clauses.FieldClause) else clause
    kind = getattr(found, "kind", None) or found.spec.kind
    if not isinstance(kind, Reference) or tree.get("op") in ("changed", "empty", "filled"):
        return tree
    op = "is" if tree["op"] in clauses.CHANGE_OPS else tree["op"]
    return {**tree, "value": listdialogs.plain(found.operand), "words": kind.operand_text(op, found.operand, env)}


def guard_words() -> list[tuple[str, str]]:
    """What a rule may do besides acting."""
    return [("", _("Do something")), (ASK, _("Ask whether to go on")), (BLOCK, _("Block it"))]
