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
from bosun.platform.automation import actions, clauses, happenings, rulebook, telling, throttle, timing
from bosun.platform.automation.actions.base import Action, Doing
from bosun.platform.automation.models import ASK, BLOCK, Rule
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.throttle import Throttle
from bosun.web import fields, ruleconditions, rulepace, rulesteps, ruletime
from bosun.web.rulefields import Json, Place, loads, numbers
from bosun.web.rulesteps import STEPS
from bosun.web.visit import Visit

MOST = 20
PARTS = ("name", "event", "trigger", "when", "do", "guard", "reason", "identity", "throttle")
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
    """What the form holds. `steps` are the actions as JSON, whatever the rule does with them; they and `tree` may have
    comparisons that are half typed, of which the rule itself knows nothing."""

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
    throttle: Json | None = None
    needs_text: bool = False
    errors: dict[str, list[str]] = field(default_factory=dict)
    status: int = 200

    @property
    def when(self) -> Any:
        """The condition, as far as it is typed."""
        return ruleconditions.whole(self.tree) if isinstance(self.tree, dict) else self.tree

    @property
    def do(self) -> list[Json]:
        """The actions, as far as they are typed."""
        forms = [STEPS.get(str(step.get("action", ""))) for step in self.steps]
        return [form.whole(step) if form else step for form, step in zip(forms, self.steps, strict=True)]

    @property
    def is_half(self) -> bool:
        """Whether some comparison has no value yet, which a rule that is kept must have."""
        return ruleconditions.is_half([self.tree, [] if self.guard else self.steps])

    def mark_halves(self) -> None:
        """Say so at each of them."""
        self.tree, self.steps = ruleconditions.marked(self.tree), ruleconditions.marked(self.steps)
        self.status = 422

    def rule(self) -> Rule:
        """The rule as it would be, not stored. Who is no administrator tries it with his own rights only."""
        mine = self.visit.actor.id
        admin = self.visit.actor.is_admin
        owner = self.row.owner_id if self.row is not None and admin else mine
        return Rule(
            pk=self.row.pk if self.row is not None else None, name=self.name, event=self.event, when=self.when,
            do=self.do, guard=self.guard, identity_id=self.identity if admin else None, owner_id=owner,
            trigger=self.trigger, throttle=self.throttle,
        )  # fmt: skip

    def values(self) -> Json:
        """The fields of the rule, for the door."""
        found = {
            "name": self.name,
            "event": self.event,
            "trigger": self.trigger or {},
            "when": self.when or {},
            "do": self.do,
            "guard": self.guard,
            "reason": self.reason,
            "throttle": None if self.guard else self.throttle,
            "needs_text": self.needs_text and self.guard == ASK,
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
            condition = clauses.parse(self.when, self.entity, env)
        except DoorError:
            condition = clauses.EVERYTHING
        found: list[Action] = []
        for step in () if self.guard else self.do:
            try:
                found += actions.parse([step], self.entity, env)
            except DoorError:
                found.append(Unsaid())
        done = tuple(found or [Unsaid()])
        return Compiled(rule, self.entity, env, condition, done, by_time=self._trigger(env), throttle=self._limit())

    def _limit(self) -> Throttle | None:
        try:
            return None if self.guard else throttle.parse(self.throttle)
        except DoorError:
            return None

    def _trigger(self, env: Env) -> timing.Trigger | None:
        try:
            return timing.parse(self.trigger, self.entity, env) if ruletime.is_timed(self.event) else None
        except DoorError:
            return None

    def sentence(self) -> str:
        """What it does, its values marked (`bold_values`)."""
        with wording.marking():
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
            **self.steps_context(),
            "limit": rulepace.limit_context(self.throttle, self.errors.get("throttle", [])),
            **self.condition_context(),
            "identity": acts if visit.actor.is_admin else None,
            "sentence": self.sentence(),
            "version": self.version,
            "enabled": self.enabled,
            "row": self.row,
            "form_errors": [said for name, part in self.errors.items() if name not in PARTS for said in part],
        }

    def condition_context(self) -> Json:
        """The builder of conditions."""
        return {
            **ruleconditions.builder(self.tree, self.entity, self.visit.env, self.acting()),
            "when_errors": self.errors.get("when", []),
        }

    def steps_context(self) -> Json:
        """The actions."""
        words = rulesteps.step_words(self.entity, self.visit.env)
        told, wrong = self.reason, self.errors.get("reason", [])
        reason = fields.field("reason", _("What people are told"), Text(300), self.visit.env, raw=told, errors=wrong)
        drawn = [self.step_context(number, step, words) for number, step in enumerate(self.steps)]
        offered = (
            ruleconditions.builder(None, self.entity, self.visit.env) if any(e.get("table") for e in drawn) else {}
        )
        return {
            **{part: offered[part] for part in ("fields", "ops", "over") if offered},
            "guards": guard_words(),
            "guard": self.guard,
            "reason": reason,
            "needs_text": self.needs_text if self.guard == ASK else None,
            "steps": drawn,
            "do_errors": self.errors.get("do", []),
            "may_add": len(drawn) < MOST,
        }

    def step_context(self, number: int, step: Json, words: dict[str, str]) -> Json:
        """One action."""
        key = str(step.get("action", ""))
        place = Place(f"do_{number}", self.entity, self.visit.env)
        form = STEPS.get(key)
        words = words if key in words else {key: rulesteps.every_word().get(key, key), **words}
        found: Json = {"n": number, "name": place.name("action"), "action": key, "actions": list(words.items())}
        if form is None or not form.fits(step, place):
            return {**found, "kept": json.dumps(step, ensure_ascii=False), "says": self._says(step)}
        drawn = form.inputs(step, place)
        folded = [each for each in drawn if each.get("folded")]
        return {
            **found,
            "pick": form.pick(step, place),
            "table": form.table(step, place),
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
        row.throttle,
        bool(row.needs_text),
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
    form.needs_text = post.get("needs_text") == "1"
    form.identity = next(iter(numbers([post.get("identity", "")])), None)
    form.version = post.get("version", "")
    form.throttle = rulepace.read_limit(post)
    form.enabled = bool(row is not None and row.enabled)
    if moved:
        form.steps = [blank(visit, entity)]
        return form
    form.tree = loads(post.get("filter", ""))
    if row is not None and ruleconditions.same(form.tree, ruleconditions.worded(row.when, entity, form.acting())):
        form.tree = row.when
    if ruletime.is_timed(event):
        form.trigger = ruletime.read(post, row.trigger if row is not None else None)
    form.steps = [read_step(visit, entity, number) for number in post.getlist("do")[:MOST]]
    return form


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


def guard_words() -> list[tuple[str, str]]:
    """What a rule may do besides acting."""
    return [("", _("Do something")), (ASK, _("Ask whether to go on")), (BLOCK, _("Block it"))]
