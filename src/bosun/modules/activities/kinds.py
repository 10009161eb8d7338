"""Kinds that tasks bring: how near the due time is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bosun.kernel.env import Env
from bosun.kernel.kinds import Choice
from bosun.platform.reminders import nearness
from bosun.platform.reminders.kinds import Checklist, Recurrence

__all__ = ["DUE_STATE", "Checklist", "DueState", "Recurrence"]


class DueState(Choice):
    """How near the due time of a task is, by colour and word."""

    key = "state"
    cell = "state"
    groupable = False

    def mark(self, value: Any, record: Any, env: Env) -> Mapping[str, Any] | None:
        if value is None or record is None or record.due is None:
            return None
        return nearness.ring(record.due, record.created_at or env.now, env)


DUE_STATE = DueState("", nearness.STATES)
