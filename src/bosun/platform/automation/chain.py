"""What led here: the rules at work right now, one inside the other, so that none goes round in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

DEEPEST = 8


@dataclass(frozen=True)
class Link:
    """A rule at work on some records."""

    rule: int
    name: str
    entity: str
    ids: frozenset[int]
    again: set[int] = field(default_factory=set, compare=False)
    """The records on which it was called for once more while it was at work."""


_links: ContextVar[tuple[Link, ...]] = ContextVar("automation", default=())


def links() -> tuple[Link, ...]:
    """The rules at work, the outermost first."""
    return _links.get()


def meets_itself(rule: int, entity: str, pk: int) -> bool:
    """Whether this rule is at work on this record already; it takes note of that."""
    met = [link for link in links() if link.rule == rule and link.entity == entity and pk in link.ids]
    for link in met:
        link.again.add(pk)
    return bool(met)


def deep() -> bool:
    """True when no further rule may begin inside those at work."""
    return len(links()) >= DEEPEST


def told() -> list[list[object]]:
    """The chain as a run keeps it: rule, its name, and the entity it was about."""
    return [[link.rule, link.name, link.entity] for link in links()]


@contextmanager
def at_work(rule: int, name: str, entity: str, ids: Sequence[int]) -> Iterator[Link]:
    """Say that a rule is at work on these records, for whatever it causes."""
    link = Link(rule, name, entity, frozenset(ids))
    token = _links.set((*links(), link))
    try:
        yield link
    finally:
        _links.reset(token)
