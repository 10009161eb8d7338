"""What a note is called."""

from __future__ import annotations

from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env

LONGEST = 120


def title_of(body: str | None) -> str | None:
    """The first line that says something."""
    line = next((line.strip(" \t#*-") for line in (body or "").splitlines() if line.strip(" \t#*-")), "")
    return line[:LONGEST].strip() or None


def name_it(draft: Draft, env: Env) -> None:
    """The first line is the title."""
    if "body" in draft.values:
        draft.put("title", title_of(draft.values["body"]))
