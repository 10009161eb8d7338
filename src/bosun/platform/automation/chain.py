"""What led here: the rules at work right now, one inside the other, so that none goes round in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

DEEPEST = 8


@dataclass(frozen=True)
class Link:
    """A rule at work on some records."""

    rule: int
    name: str
    entity: str
    ids: frozenset[int]


_links: ContextVar[tuple[Link, ...]] = ContextVar("automation", default=())


def links() -> tuple[Link, ...]:
    """The rules at work, the outermost first."""
    return _links.get()


def holds(rule: int, entity: str, pk: int) -> bool:
    """Whether this rule is at work on this record already."""
    return any(link.rule == rule and link.entity == entity and pk in link.ids for link in links())


def deep() -> bool:
    """True when no further rule may begin inside those at work."""
    return len(links()) >= DEEPEST


def told(entity: str, pk: int) -> list[list[object]]:
    """The chain as a run keeps it: rule, its name, and the entity it was about."""
    return [[link.rule, link.name, link.entity] for link in links()]


@contextmanager
def at_work(rule: int, name: str, entity: str, ids: Sequence[int]) -> Iterator[None]:
    """Say that a rule is at work on these records, for whatever it causes."""
    token = _links.set((*links(), Link(rule, name, entity, frozenset(ids))))
    try:
        yield
    finally:
        _links.reset(token)
