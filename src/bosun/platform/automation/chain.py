"""What led here: the rules at work right now, one inside the other, so that none goes round in a circle.

And how much they have caused: one act holds the database's lock for as long as its rules go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 8
BROADEST = 100
"""How many runs rules may cause through each other, for each record of the act that began it."""


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


@dataclass
class Allowance:
    """How many further runs the rules of one act may cause."""

    left: int


_allowance: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def one_act(records: int) -> Iterator[None]:
    """All that follows from an act on so many records shares one allowance, that of the first act."""
    if _allowance.get() is not None:
        yield
        return
    token = _allowance.set(Allowance(BROADEST * records))
    try:
        yield
    finally:
        _allowance.reset(token)


def afford(runs: int) -> bool:
    """Take so many runs, caused by rules, from the allowance; False where it is used up."""
    held = _allowance.get()
    if held is None or not links():
        return True
    held.left -= runs
    return held.left >= 0


def told() -> list[list[object]]:
    """The chain as a run keeps it: rule, its name, and the entity it was about."""
    return [[link.rule, link.name, link.entity] for link in links()]


def kept(entity: str, pk: int, most: int = 20) -> list[list[object]]:
    """The chain as a wait keeps it: each rule with the records on which it is at work, the one that waits itself left
    out."""
    return [
        [
            link.rule,
            link.name,
            link.entity,
            [pk] if link.entity == entity and pk in link.ids else sorted(link.ids)[:most],
        ]
        for link in links()[:-1]
    ]


@contextmanager
def resumed(held: Sequence[Sequence[Any]]) -> Iterator[tuple[Link, ...]]:
    """Go on where a rule had begun to wait, inside the rules that had led there."""
    found = tuple(Link(rule, name, entity, frozenset(ids)) for rule, name, entity, ids in held)
    token = _links.set((*links(), *found))
    try:
        yield found
    finally:
        _links.reset(token)


@contextmanager
def at_work(rule: int, name: str, entity: str, ids: Sequence[int]) -> Iterator[Link]:
    """Say that a rule is at work on these records, for whatever it causes."""
    link = Link(rule, name, entity, frozenset(ids))
    token = _links.set((*links(), link))
    try:
        yield link
    finally:
        _links.reset(token)
