"""What a person promised for today and has not done: matters, from whichever module knows of them.

A module offers a `Source` in the slot `day.open`. Each may be done, put off or handed to somebody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bosun.kernel import slots
from bosun.kernel.actor import Act
from bosun.kernel.env import Env
from bosun.kernel.errors import NotFound

MOST = 40
"""As many of each source."""
DONE, LATER, HAND = "done", "later", "hand"
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Matter:
    """One thing that is open; `dialog` is the form by which it is done, if any."""

    entity: str
    id: int
    text: str
    note: str = ""
    url: str = ""
    due: datetime = LAST
    ring: Mapping[str, Any] | None = None
    may: frozenset[str] = field(default_factory=frozenset)
    dialog: str = ""

    @property
    def key(self) -> str:
        """Entity and id."""
        return f"{self.entity}/{self.id}"


class Source:
    """What one entity has open today for the actor of an environment, and what one does with each."""

    key = ""

    def __call__(self, env: Env) -> list[Matter]:
        """What is open, the most pressing first."""
        return []

    def done(self, pk: int, act: Act, env: Env) -> None:
        """It is done."""
        raise NotFound()

    def later(self, pk: int, at: datetime, act: Act, env: Env) -> None:
        """It is for another time."""
        raise NotFound()

    def hand(self, pk: int, person: int, act: Act, env: Env) -> None:
        """Somebody else does it."""
        raise NotFound()


def sources() -> list[Source]:
    """All that is offered."""
    return [each for each in slots.of("day.open") if isinstance(each, Source)]


def source(key: str) -> Source:
    """The source of an entity; NotFound where there is none."""
    found = next((each for each in sources() if each.key == key), None)
    if found is None:
        raise NotFound()
    return found


def of(env: Env) -> list[Matter]:
    """Everything open today, the most pressing first."""
    return sorted((matter for each in sources() for matter in each(env)), key=lambda matter: (matter.due, matter.key))
