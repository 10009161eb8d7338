"""Somebody is back before his absence is over, or another stands in: what was put away meanwhile follows at once.

An absence that runs out, or is removed, is ended by the workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bosun.kernel import stamps
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import clock
from bosun.platform.away import periods, routing
from bosun.platform.away.models import Delegation
from bosun.platform.org.models import Person

RUNS = frozenset(("person", "delegate", "first_day", "last_day", "reminders"))
"""What decides for whom an absence runs, and how."""


def follow(drafts: Sequence[Draft], env: Env) -> None:
    """A projection: an absence runs otherwise than it did, or somebody is in the company again; after an undo too."""
    changed = [draft for draft in drafts if draft.verb != "created"]
    if changed and changed[0].entity.model is Delegation:
        otherwise = [draft for draft in changed if RUNS & set(draft.diff)]
        _hand_back(draft.diff.get("person", (draft.record.person_id,))[0] for draft in otherwise)
    elif changed and changed[0].entity.model is Person:
        active = [draft for draft in changed if "active" in draft.diff or draft.verb == "restored"]
        _hand_back(draft.id for draft in active if draft.record.active)


def end(entity: str, pks: Sequence[int]) -> None:
    """A purger: an absence of which an undo leaves nothing ends before it goes."""
    if entity != "delegations":
        return
    _hand_back(periods.end(pks))


def _hand_back(people: Iterable[int]) -> None:
    wanted = dict.fromkeys(people)
    if wanted:
        # What is kept in memory of absences is that of before.
        stamps.bump(periods.STAMP)
    for person in wanted:
        routing.hand_back(person, clock.now())
