"""The rows and heads of a list, in the shape of the list templates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from bosun.kernel import access, records
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.specs import FieldSpec
from bosun.web.liststate import ListState
from bosun.web.present import head, look, record_url, shown, state_of, title_look

NARROW = 3


def sort_of(name: str, order: Sequence[str]) -> str:
    """How a column stands in the order: up, down, or not at all."""
    if name in order:
        return "up"
    return "down" if f"-{name}" in order else ""


def heads(state: ListState) -> list[dict[str, Any]]:
    """The heads of the columns, each with the address that sorts by it."""
    title = state.entity.title_spec
    known = state.specs
    first = title if title and title.name in known else None
    columns: list[tuple[dict[str, Any], FieldSpec | None]] = [
        (title_look(state.entity, first) if first else nameless(state.entity), first)
    ]
    columns += [({**look(spec), "size": size_of(spec, state.env)}, spec) for spec in state.shown_columns]
    order = state.order
    found: list[dict[str, Any]] = []
    for shape, spec in columns:
        if spec is not None and spec.kind.sortable:
            way = sort_of(spec.name, order)
            turned = f"-{spec.name}" if way == "up" else spec.name
            shape |= {"sorted": way, "sort_url": state.address(sort=(turned,), cursor="")}
        found.append(shape)
    return found


def size_of(spec: FieldSpec, env: Env) -> str:
    """Narrow for lists whose entries are a sign or two."""
    labels = [label for _key, label in spec.kind.choices(env) or ()] if spec.kind.cell == "choice" else []
    return "narrow" if labels and max(map(len, labels)) <= NARROW else ""


def nameless(entity: Entity) -> dict[str, Any]:
    """The first column for readers from whom the title is hidden."""
    return {"name": "", "label": entity.label, "kind": "title", "plain": True}


def rows(entity: Entity, items: Sequence[Any], columns: Sequence[FieldSpec], env: Env) -> list[dict[str, Any]]:
    """Rows with their cells; everything they name is fetched at once."""
    specs = access.specs(entity, env.actor)
    title = entity.title_spec
    wanted = [spec.name for spec in columns] + [name for name in (entity.state,) if name]
    records.preload(entity, items, env, wanted)
    may_change = changeable(entity, items, env)
    first = title_look(entity, specs[title.name]) if title and title.name in specs else nameless(entity)
    names = ",".join(spec.name for spec in columns)
    drawn = [(spec, look(spec), cell_path(spec.name, names) if spec.writable else "") for spec in columns]
    return [row(entity, item, drawn, env, first, item.pk in may_change) for item in items]


def changeable(entity: Entity, items: Sequence[Any], env: Env) -> set[int]:
    """Which of these rows the reader may change, in one query at most."""
    if not items or not access.may(env.actor, entity, "change"):
        return set()
    if access.same_rows(entity, env.actor, "read", "change"):
        return {item.pk for item in items}
    allowed = access.visible(entity, env.actor, "change", few=True).filter(pk__in=[item.pk for item in items])
    return set(allowed.values_list("pk", flat=True))


def row(
    entity: Entity,
    item: Any,
    columns: Sequence[tuple[FieldSpec, dict[str, Any], str]],
    env: Env,
    first: dict[str, Any],
    editable: bool,
) -> dict[str, Any]:
    """One row. A column is its field, how templates know it, and where its cells are edited."""
    found = head(entity, item, env)
    ring = state_of(entity, item, env)
    return {
        **found,
        "peek_url": f"{record_url(entity, item.pk)}/panel",
        "state": ring["state"] if ring and not entity.extras.get("plain_rows") else "",
        "tick": tick_of(entity, item, env) if editable else None,
        "title": {"spec": first, "value": found["name"]},
        "cells": [
            {
                "spec": known,
                "value": shown(spec, item, env),
                "edit_url": found["url"] + path if editable and path else "",
            }
            for spec, known, path in columns
        ],
    }


def tick_of(entity: Entity, item: Any, env: Env) -> dict[str, str] | None:
    """The verb that a row offers as a box to tick, where the entity names one and it makes sense."""
    verb = entity.verbs.get(entity.extras.get("row_verb", ""))
    if verb is None or not access.may(env.actor, entity, verb.key) or not verb.offered(item, env):
        return None
    return {"label": str(verb.label), "url": f"{record_url(entity, item.pk)}/verbs/{verb.key}"}


def cell_path(name: str, columns: str = "") -> str:
    """Where a cell (with the columns of its row) or a fact is edited, below the address of its record."""
    query = {"field": name, **({"columns": columns} if columns else {})}
    return f"/cell?{urlencode(query)}"


def table(state: ListState) -> dict[str, Any]:
    """The table of a list: one page of rows."""
    page = state.query().page(limit=50, cursor=state.cursor)
    return {
        "label": state.entity.plural,
        "columns": heads(state),
        "rows": rows(state.entity, page.items, state.shown_columns, state.env),
        "next_url": state.address("/rows", cursor=page.next) if page.next else "",
        "previous_page": state.address(cursor=page.previous) if page.previous else "",
        "next_page": state.address(cursor=page.next) if page.next else "",
    }
