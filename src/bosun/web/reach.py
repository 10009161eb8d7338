"""What the reader may do to the records of a page, each reach asked of the database once.

For drawing only. Who writes goes through the door, which asks anew.
"""

from __future__ import annotations

from bosun.kernel import access
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env


def seen(entity: Entity, pk: int, env: Env) -> None:
    """The record came through the door: the reader may read it."""
    _asked(entity, pk, env)["read"] = True


def may_row(entity: Entity, env: Env, action: str, pk: int) -> bool:
    """True when the reader may do `action` on this very record, as it stood when a page first asked."""
    asked = _asked(entity, pk, env)
    for known, answer in asked.items():
        if known == action or access.same_rows(entity, env.actor, known, action):
            return answer
    asked[action] = access.may_row(entity, env.actor, action, pk)
    return asked[action]


def _asked(entity: Entity, pk: int, env: Env) -> dict[str, bool]:
    """What is known of a record in this request, by action."""
    known: dict[tuple[str, int], dict[str, bool]] = env.__dict__.setdefault("_asked", {})
    return known.setdefault((entity.key, pk), {})
