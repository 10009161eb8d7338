"""What guards ask of the rows of an import: counted in its check, answered once for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bosun.kernel.errors import Objected
from bosun.platform.imports.cells import Row
from bosun.platform.imports.models import Import

CONFIRM = "confirm"
"""Where an import keeps the words of its answers."""


@dataclass
class Asked:
    """One question, and of how many rows it is asked. With `text` an answer takes one."""

    rule: str
    reason: str
    text: bool
    count: int = 0


def collect(asked: dict[str, Asked], rows: Iterable[Row]) -> None:
    """Count what is asked of rows, by the word of the answer; what is blocked for good is only a refusal."""
    for row in rows:
        failure = row.draft.failure if row.draft is not None else None
        for each in failure.objections if isinstance(failure, Objected) else ():
            if each.confirm:
                text = bool(each.details.get("text"))
                asked.setdefault(each.confirm, Asked(each.rule, each.reason, text)).count += 1


def answers(made: Import) -> frozenset[str]:
    """The words of the answers that were given."""
    return frozenset((made.reading or {}).get(CONFIRM, ()))
