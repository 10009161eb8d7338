"""The rules that are on, read and checked, by event; kept in memory until a rule, a right or a field changes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import records, registry, stamps
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, FieldError, Invalid
from bosun.lib import clock
from bosun.platform.automation import actions, clauses, happenings, throttle, timing
from bosun.platform.automation.actions.base import Action
from bosun.platform.automation.models import Rule
from bosun.platform.customize.loader import STAMP as FIELDS
from bosun.platform.org import actors

STAMP = "automation"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Compiled:
    """A rule that has been read. `env` is that of its identity; `broken` says why it cannot be used."""

    row: Rule
    entity: Entity
    env: Env
    condition: clauses.Node
    actions: tuple[Action, ...]
    broken: str = ""
    by_time: timing.Trigger | None = None
    throttle: throttle.Throttle | None = None
    first: int = 0
    """The place of the first of `actions` in the rule: above 0 where it goes on after waiting."""

    @property
    def at_once(self) -> tuple[Action, ...]:
        """What is done before it waits, the wait included."""
        waits = [place for place, action in enumerate(self.actions, 1) if action.key == "wait"]
        return self.actions[: waits[0]] if waits else self.actions

    @property
    def trigger(self) -> timing.Trigger:
        """When it acts, of a rule that acts by time."""
        if self.by_time is None:
            raise ValueError("this rule does not act by time")
        return self.by_time

    @property
    def id(self) -> int:
        """The rule's number."""
        return int(self.row.pk)

    @property
    def stops(self) -> bool:
        """True when no rule after it is asked."""
        return any(action.key == "stop" for action in self.at_once)


_only: ContextVar[tuple[Compiled, ...] | None] = ContextVar("only", default=None)


@contextmanager
def alone(rule: Compiled | None) -> Iterator[None]:
    """Let this rule act and no other, be it on or off; none at all without one. For whoever tries a rule."""
    token = _only.set(() if rule is None else (rule,))
    try:
        yield
    finally:
        _only.reset(token)


def of(entity: Entity, words: Sequence[str], guards: bool = False) -> list[Compiled]:
    """The rules that are on for these events of an entity, in the console's order.

    Guards that cannot be used any more are among them: what they would have stopped must not go through in silence.
    """
    only = _only.get()
    if only is not None:
        return [each for each in only if each.entity is entity and _meant(each.row, words, guards)]
    rows = _rows().get(entity.key, ())
    wanted = [row for row in rows if _meant(row, words, guards)]
    return [each for each in map(_compiled, wanted) if guards or not each.broken]


def _meant(row: Rule, words: Sequence[str], guards: bool) -> bool:
    return row.event.rpartition(".")[2] in words and bool(row.guard) == guards


def by_time() -> list[Compiled]:
    """The rules that are on and act by time."""
    rows = [row for held in _rows().values() for row in held if row.event.endswith(f".{happenings.TIME}")]
    return [found for row in rows if not (found := _compiled(row)).broken]


def broken() -> list[Compiled]:
    """The rules that are on and cannot be used any more."""
    return [found for held in _rows().values() for row in held if (found := _compiled(row)).broken]


def any_for(entity: Entity) -> bool:
    """Whether any rule that is on is about an entity."""
    return _only.get() is None and bool(_rows().get(entity.key))


def waits_for_records(entity: Entity) -> bool:
    """Whether a rule that is on may wait for a date or a condition of such records."""
    found: frozenset[str] = stamps.cached(STAMP, "waits", _waits)
    return entity.key in found


def _waits() -> frozenset[str]:
    found = set()
    for key, rows in _rows().items():
        steps = [step for row in rows if not row.guard for step in row.do or ()]
        if any(step.get("action") == "wait" and ("field" in step or "until" in step) for step in steps):
            found.add(key)
    return frozenset(found)


def _rows() -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = stamps.cached(STAMP, "rows", _load)
    return found


def _load() -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for row in Rule.objects.filter(deleted_at__isnull=True, enabled=True).order_by("position", "pk"):
        found.setdefault(row.event.rpartition(".")[0], []).append(row)
    return found


def _compiled(row: Rule) -> Compiled:
    """The rule as read within this minute: "today" and "the last 30 days" move on."""
    # Three counters decide what a rule means; each of these objects is another one once its counter was raised.
    state = tuple(stamps.cached(stamp, "rules", object) for stamp in (STAMP, stamps.ACCESS, FIELDS))
    minute = clock.now().replace(second=0, microsecond=0)
    held: dict[int, tuple[tuple[object, ...], datetime, Compiled]] = stamps.cached(STAMP, "compiled", dict)
    known = held.get(row.pk)
    if known is None or known[0] != state or known[1] != minute:
        known = held[row.pk] = (state, minute, compile_rule(row))
    return known[2]


def identity(row: Rule) -> Actor | None:
    """With whose rights a rule acts: the person it names, else its owner; None when that person is gone."""
    who = row.identity_id or row.owner_id
    return actors.load(who) if who else None


def compile_rule(row: Rule) -> Compiled:
    """Read a rule; what cannot be used any more says why."""
    found = happenings.find(row.event)
    actor = identity(row)
    entity = found.entity if found else registry.get("rules")
    env = records.environment(actor or Actor(id=None, name=""))
    if found is None:
        return Compiled(row, entity, env, clauses.EVERYTHING, (), "event")
    if actor is None:
        return Compiled(row, entity, env, clauses.EVERYTHING, (), "identity")
    try:
        return read(row, entity, env)
    except DoorError as error:
        log.warning("rule %s cannot be read: %s", row.pk, error)
        return Compiled(row, entity, env, clauses.EVERYTHING, (), error.title)


def read(row: Rule, entity: Entity, env: Env) -> Compiled:
    """Read a rule for a known identity; Invalid says what is wrong."""
    try:
        condition = clauses.parse(row.when, entity, env)
    except Invalid as error:
        raise Invalid([type(part)("when", part.message) for part in error.errors]) from None
    timed = row.event.endswith(f".{happenings.TIME}")
    if timed and row.guard:
        raise Invalid([FieldError("guard", _("What happens by time cannot be blocked."))])
    if row.guard and row.event.endswith(f".{happenings.HOOK}"):
        raise Invalid(
            [FieldError("guard", _("What a webhook has brought is there already: block the creating instead."))]
        )
    if row.guard and row.do and not isinstance(row.do, list | tuple):
        raise Invalid([FieldError("do", _("Write what the rule does as a list."))])
    trigger = timing.parse(row.trigger, entity, env) if timed else None
    done = [] if row.guard else actions.parse(row.do, entity, env)
    if done and done[-1].key == "wait":
        raise Invalid([FieldError("do", _("Say what is done after the wait."))])
    if row.event.endswith(".deleted") and any(action.key == "wait" for action in done):
        raise Invalid([FieldError("do", _("What was deleted cannot be waited for."))])
    limit = throttle.parse(row.throttle)
    if limit and row.guard:
        raise Invalid([FieldError("throttle", _("What blocks or asks has no limit."))])
    return Compiled(row, entity, env, condition, tuple(done), by_time=trigger, throttle=limit)


def going_on(rule: Rule, held: Mapping[str, Any], version: int, step: int) -> Compiled:
    """A rule as it was when it began to wait, from one of its actions on; what cannot be used any more says why."""
    row = Rule(
        pk=rule.pk, name=rule.name, owner_id=rule.owner_id, enabled=rule.enabled, version=version,
        event=held["event"], when=held["when"], do=held["do"], identity_id=held["identity"],
    )  # fmt: skip
    found = happenings.find(row.event)
    actor = identity(row)
    env = records.environment(actor or Actor(id=None, name=""))
    entity = found.entity if found else registry.get("rules")
    broken = "" if found and actor else "event" if actor else "identity"
    try:
        condition = clauses.EVERYTHING if broken else clauses.parse(row.when, entity, env)
        done = () if broken else tuple(actions.parse(held["do"][step:], entity, env))
    except DoorError as error:
        broken, condition, done = error.title, clauses.EVERYTHING, ()
    return Compiled(row, entity, env, condition, done, broken, first=step)
