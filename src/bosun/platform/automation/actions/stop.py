"""Ending the rules of an event for a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _

from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.platform.automation.actions.base import Action, Doing, Json


@dataclass(frozen=True)
class Stop(Action):
    """No rule further down is asked about the record at this event."""

    key: ClassVar[str] = "stop"
    icon: ClassVar[str] = "player-stop"

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        return cls()

    def perform(self, doing: Doing) -> dict[int, Json]:
        return {subject.draft.id: {"action": self.key} for subject in doing.subjects}

    def words(self, env: Env) -> str:
        return _("ask no further rule")
