"""What a change of stage leaves behind."""

from __future__ import annotations

from collections.abc import Sequence

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.platform.pipelines import stages


def note_stages(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """Keep the stays in stages; an import's own dates count, otherwise today."""
    moved = [draft for draft in drafts if "stage" in draft.diff]
    if not moved:
        return
    days = {}
    for draft in moved:
        began = draft.record.opened or env.today
        days[draft.id] = (began, draft.record.closed or (None if draft.verb == "created" else env.today))
    stages.keep_stays(moved, "stage", days)
