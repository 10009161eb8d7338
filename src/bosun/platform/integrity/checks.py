"""Checks over the data: the kernel's for every entity, those of trees, and those that modules offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from bosun.kernel import registry
from bosun.kernel.entity import Entity
from bosun.platform.integrity import indexes, soundness

MOST = 50
"""How many breaches of one check are named; the rest are counted."""

Check = Callable[[], Iterable[str]]
EACH_ENTITY: dict[str, Callable[[Entity], Iterator[str]]] = {
    "ledger": soundness.ledger,
    "members": soundness.members,
    "references": soundness.references,
    "unique": soundness.unique,
    "bin": soundness.binned,
    "search": indexes.search,
    "duplicates": indexes.duplicates,
}
offered: dict[str, Check] = {}


def offer(name: str, check: Check) -> None:
    """A module has a check of its own; it answers one line for each breach."""
    offered[name] = check


def breaches() -> Iterator[tuple[str, str]]:
    """Every breach: the name of its check, and what is wrong."""
    for name, check in EACH_ENTITY.items():
        yield from _first(name, (line for entity in registry.all_entities() for line in check(entity)))
    yield from _first("trees", (line for entity in registry.all_entities() for line in tree(entity)))
    for name, own in offered.items():
        yield from _first(name, own())


def names() -> list[str]:
    """What is looked at."""
    return [*EACH_ENTITY, "trees", *offered]


def _first(name: str, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    walk = iter(lines)
    for line in islice(walk, MOST):
        yield name, line
    left = sum(1 for _line in walk)
    if left:
        yield name, f"… and {left} more"


def tree(entity: Entity) -> Iterator[str]:
    """The path of a node is the path of its parent and its own id."""
    columns = {field.name for field in entity.model._meta.fields}
    if not {"path", "parent"} <= columns:
        return
    rows: dict[int, tuple[int | None, str]] = {
        pk: (parent, path) for pk, parent, path in _rows(entity).values_list("pk", "parent_id", "path")
    }
    for pk, (parent, path) in rows.items():
        above = rows[parent][1] if parent in rows else "/"
        if path != f"{above}{pk}/":
            yield f"{entity.key} {pk}: the path is {path}, not {above}{pk}/"


def _rows(entity: Entity) -> Any:
    return entity.model._default_manager.order_by("pk")
