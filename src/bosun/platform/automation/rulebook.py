"""The rules that are on, read and checked, by event; kept in memory until a rule, a right or a field changes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from bosun.kernel import records, registry, stamps
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, FieldError, Invalid
from bosun.lib import clock
from bosun.platform.automation import actions, clauses, happenings, timing
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
        return any(action.key == "stop" for action in self.actions)


def of(entity: Entity, words: Sequence[str], guards: bool = False) -> list[Compiled]:
    """The rules that are on for these events of an entity, in the console's order."""
    rows = _rows().get(entity.key, ())
    wanted = [row for row in rows if row.event.rpartition(".")[2] in words and bool(row.guard) == guards]
    return [found for row in wanted if not (found := _compiled(row)).broken] if wanted else []


def by_time() -> list[Compiled]:
    """The rules that are on and act by time."""
    rows = [row for held in _rows().values() for row in held if row.event.endswith(f".{happenings.TIME}")]
    return [found for row in rows if not (found := _compiled(row)).broken]


def any_for(entity: Entity) -> bool:
    """Whether any rule that is on is about an entity."""
    return bool(_rows().get(entity.key))


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
    trigger = timing.parse(row.trigger, entity, env) if timed else None
    done = [] if row.guard else actions.parse(row.do, entity, env)
    return Compiled(row, entity, env, condition, tuple(done), by_time=trigger)
