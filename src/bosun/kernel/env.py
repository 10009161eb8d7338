"""What a value is read against: who asks, in which language and zone, at which moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from bosun.kernel import ports
from bosun.kernel.actor import Actor
from bosun.lib import clock


class RefResolver(Protocol):
    """Turns what people and programs write for a reference into an id that the actor may see."""

    def resolve(self, model: type[Any], raw: object) -> int:
        """An id, or Invalid."""

    def find(self, model: type[Any], raw: object) -> list[int]:
        """Every id that `raw` may mean; empty when there is none."""

    def forget_misses(self, model: type[Any]) -> None:
        """Look again for what was not found before."""

    def expect(self, model: type[Any], raws: Iterable[object]) -> None:
        """Look up many references at once; later calls of resolve cost nothing."""

    def load(self, model: type[Any], ids: Iterable[int]) -> None:
        """Fetch what may be shown of many ids at once."""

    def card(self, model: type[Any], pk: int) -> Mapping[str, Any] | None:
        """What may be shown of one id (id, name, username); None when it is not open to the actor."""


@dataclass(frozen=True)
class Env:
    """One reading of clock, company and actor, shared by everything that happens in one request or batch."""

    actor: Actor
    refs: RefResolver
    company: ports.Company = field(default_factory=lambda: ports.company())
    now: datetime = field(default_factory=clock.now)
    strict: bool = True
    """True for programs (API: ISO dates, points in numbers); False for what people type or a file holds."""
    date_order: Literal["ymd", "dmy", "mdy"] | None = None

    @property
    def language(self) -> str:
        """The reader's language code (en, zh-hans, es)."""
        return self.actor.language

    @property
    def today(self) -> date:
        """Today in the company's zone: dates of the contact cycle are the same for everybody."""
        return self.now.astimezone(ZoneInfo(self.company.zone)).date()
