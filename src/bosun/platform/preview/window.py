"""What is asked about the coming days, and one line of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bosun.kernel import access, registry
from bosun.kernel.actor import Actor
from bosun.kernel.env import Env

MOST = 500
"""Of each kind; what is more is said to be there."""
EACH = 40
"""Times of one record, or of one series."""
PAGE = 200
"""Records that are read at a time."""


@dataclass(frozen=True)
class Coming:
    """One thing of which one person will be told. `along` is the switch of an absence by which whoever stands in is
    told, or does it; empty where it stays.
    """

    person: int
    at: date | datetime
    text: str
    kind: str
    reason: str
    entity: str = ""
    pk: int | None = None
    why: str = ""
    along: str = ""


@dataclass
class Window:
    """What is asked: by whom, for whom, and until when; `more` once something was left out for its number."""

    env: Env
    people: dict[int, str]
    until: datetime
    more: bool = False

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.env.actor

    @property
    def last_day(self) -> date:
        """The last day, on the calendar of the company."""
        return self.until.astimezone(ZoneInfo(self.env.company.zone)).date()

    def first(self, found: Sequence[Any], most: int) -> Sequence[Any]:
        """So many of these, of which one more was asked for."""
        self.more = self.more or len(found) > most
        return found[:most]


def open_among(key: str, ids: Sequence[int], actor: Actor) -> set[int]:
    """Which of these records somebody may read."""
    rows = access.visible(registry.get(key), actor, few=True).filter(pk__in=ids)
    return set(rows.values_list("pk", flat=True)) if ids else set()
