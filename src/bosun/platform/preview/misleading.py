"""What in the data would mislead whoever relies on being reminded: each a filter of a list, counted for its reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from bosun.kernel import records, registry
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError

UPTO = 10_000


@dataclass(frozen=True)
class Doubt:
    """Records of which one cannot rely on being reminded, and why."""

    key: str
    entity: str
    label: Any
    why: Any
    filter: dict[str, Any]


offered: dict[str, Doubt] = {}


def offer(doubt: Doubt) -> None:
    """Something that a company should look through now and then."""
    offered[doubt.key] = doubt


def found(env: Env) -> list[tuple[Doubt, int, bool]]:
    """Each with how many records there are among those open to the reader, and whether that is exact; none left out."""
    counted = []
    for doubt in offered.values():
        entity = registry.find(doubt.entity)
        if entity is None:
            continue
        try:
            count, exact = records.query(entity, env.actor, env).filter(doubt.filter).count(UPTO)
        except DoorError:
            continue
        counted.append((doubt, count, exact))
    return counted


offer(
    Doubt(
        "unreached",
        "reminders",
        _("Reminders by e-mail of people without an address"),
        _("They come in the app alone: give these people an address."),
        {
            "all": [
                {"field": "state", "op": "is", "value": "open"},
                {"field": "channels", "op": "is", "value": "email"},
                {"field": "owner.email", "op": "empty"},
            ]
        },
    )
)
offer(
    Doubt(
        "forgotten",
        "occurrences",
        _("Reminders that have stood open for more than a month"),
        _("Nobody does them: finish them, or give them to somebody else."),
        {
            "all": [
                {"field": "state", "op": "is", "value": "open"},
                {"field": "due_at", "op": "lt", "value": "today"},
                {"none": [{"field": "due_at", "op": "last_days", "value": 30}]},
            ]
        },
    )
)
offer(
    Doubt(
        "unheard",
        "reminders",
        _("Reminders of people who cannot sign in"),
        _("Nobody hears them: give them to somebody else."),
        {
            "all": [
                {"field": "state", "op": "is", "value": "open"},
                {"field": "owner.active", "op": "is", "value": False},
            ]
        },
    )
)
