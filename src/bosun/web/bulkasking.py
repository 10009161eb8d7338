"""Guards that ask in an act on many records: the records that ask, and the act once more on them with the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bosun.kernel.drafts import Draft
from bosun.kernel.errors import Objected
from bosun.web.present import name_of, record_url
from bosun.web.verbs import blocked, guards_of
from bosun.web.visit import Visit

SHOWN = 20
OWN = ("csrfmiddlewaretoken", "confirm", "batch", "before")


def asking(drafts: Sequence[Draft]) -> list[Draft]:
    """Those that somebody may let go on; what is blocked for good is told as left."""
    return [each for each in drafts if isinstance(each.failure, Objected) and not blocked(each.failure)]


def asks(drafts: Sequence[Draft]) -> bool:
    """Whether anything has to be answered before all is done."""
    return bool(asking(drafts))


def context(visit: Visit, drafts: Sequence[Draft]) -> dict[str, Any]:
    """What the dialog shows: each question once, and the records to which it is put."""
    held = asking(drafts)
    questions: dict[str, dict[str, Any]] = {}
    for draft in held:
        if isinstance(draft.failure, Objected):
            questions |= {each["confirm"]: each for each in guards_of(draft.failure)}
    shown = [{"name": name_of(each.entity, each.record, visit.env), "url": record_url(each.entity, each.id)}
             for each in held[:SHOWN]]  # fmt: skip
    return {"guards": list(questions.values()), "asking": shown, "asking_more": max(0, len(held) - SHOWN)}


def again(visit: Visit, batch: str, before: int) -> list[tuple[str, str]]:
    """What the answered dialog posts besides the answer: what was posted, the batch it goes on with, what is done."""
    post = visit.request.POST
    kept = [(name, value) for name, values in post.lists() for value in values
            if name not in OWN and not name.startswith("answer-")]  # fmt: skip
    return [*kept, ("batch", batch), ("before", str(before))]


def before(visit: Visit) -> int:
    """How many records were done before the question."""
    told = visit.request.POST.get("before", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0
