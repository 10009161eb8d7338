"""What whoever is reminded knows of the reminder behind it, though that be somebody else's: who asks, and what is to be
prepared. No more than this is open to him.
"""

from __future__ import annotations

from typing import Any

from bosun.kernel import access, registry
from bosun.kernel.env import Env
from bosun.platform.org.models import Person
from bosun.platform.reminders import engine


def asker(each: Any, reminder: Any, env: Env) -> str:
    """The name of whoever reminds somebody else by this time of it; nothing where that is the reader."""
    owner = reminder.owner_id
    if owner in (None, each.owner_id, env.actor.id):
        return ""
    card = env.refs.card(Person, owner)
    return str(card["name"]) if card else ""


def lines(each: Any, reminder: Any, env: Env) -> list[dict[str, Any]]:
    """What is to be prepared, each line done or not; nothing where the field is hidden, and nothing of what it has
    become to whoever is reminded no more.
    """
    if not reminder.checklist or "checklist" not in access.specs(registry.get("reminders"), env.actor):
        return []
    if each.owner_id not in engine.people_of(reminder):
        return []
    own = each.owner_id == env.actor.id
    if not own and not access.may_row(registry.get("occurrences"), env.actor, "read", each.pk):
        return []
    return list(reminder.checklist)
