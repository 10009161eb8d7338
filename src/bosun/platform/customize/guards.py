"""An invented object stays as long as something refers to it, whichever door it is removed through."""

from __future__ import annotations

from collections.abc import Sequence

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft, guard
from bosun.kernel.env import Env
from bosun.kernel.errors import Objection
from bosun.platform.customize.objectservices import held_back


def used_objects(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """A guard: the object goes when nothing holds it back."""
    for draft in drafts:
        reason = held_back(draft.record)
        if reason:
            draft.object(Objection("in_use", reason))


guard("custom_objects.removed", used_objects)
