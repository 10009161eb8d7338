"""What every action answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.platform.automation.clauses import Node
from bosun.platform.automation.models import Rule
from bosun.platform.automation.subject import Subject

Json = dict[str, Any]


@dataclass(frozen=True)
class Doing:
    """A rule at work: as whom, as part of what, on which records. `row` is the rule, `number` the action's place."""

    rule: int
    number: int
    env: Env
    act: Act
    subjects: Sequence[Subject]
    event: str
    row: Rule
    condition: Node


class Action(ABC):
    """One thing that a rule does. `takes` are the keys of its JSON form besides `action`.

    `perform` answers, for each record's id, what came of it: JSON that holds no words, but keys and values from which a
    page makes them for its reader; `error` in it says that it failed, and undoes the rule for that record.
    """

    key: ClassVar[str] = ""
    icon: ClassVar[str] = "bolt"
    takes: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[bool] = False
    """True when it writes to the very record, so that doing it again may be a loop."""

    @classmethod
    @abstractmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        """The action from its JSON form; Invalid says what is wrong with it."""

    @abstractmethod
    def perform(self, doing: Doing) -> dict[int, Json]:
        """Do it to all records at once."""

    def differs(self, subject: Subject, env: Env) -> bool:
        """Whether doing it once more would write something else to the record."""
        return False

    @abstractmethod
    def words(self, env: Env) -> str:
        """What it does, as the end of a sentence: "set Grade to A"."""


def write(doing: Doing, raws: Mapping[int, Mapping[str, Any]], key: str, entity: Entity) -> dict[int, Json]:
    """Write field values to records of one entity through the door; what came of each."""
    drafts = [Draft(entity, raw, pk=pk, verb="changed") for pk, raw in raws.items()]
    for start in range(0, len(drafts), 500):
        records.save(drafts[start : start + 500], doing.act, doing.env)
    return {draft.id: outcome(draft, key) for draft in drafts}


def outcome(draft: Draft, key: str) -> Json:
    """What came of one draft, for the run."""
    if draft.failure is not None:
        return {"action": key, "error": str(draft.failure.title) + _fields(draft)}
    known = draft.entity.specs()
    fields = {n: [known[n].kind.dump(old), known[n].kind.dump(new)] for n, (old, new) in draft.diff.items()}
    return {"action": key, "entity": draft.entity.key, "id": draft.id, "fields": fields}


def _fields(draft: Draft) -> str:
    errors = getattr(draft.failure, "errors", [])
    said = "; ".join(error.message for error in errors)
    return f" ({said})" if len(errors) > 1 else ""
