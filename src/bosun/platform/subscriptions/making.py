"""What an issue holds: the rows of a list, or what it counts, read with the rights of whoever gets it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Actor, Scope
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, Invalid
from bosun.kernel.kinds import Kind, Number
from bosun.kernel.query import Query
from bosun.kernel.specs import FieldSpec
from bosun.kernel.writing import CHUNK
from bosun.lib.money import Money, digits
from bosun.lib.sheets import Value
from bosun.platform.exports.tables import Wish
from bosun.platform.figures import groups
from bosun.platform.subscriptions import rules
from bosun.platform.subscriptions.models import TABLE, XLSX
from bosun.platform.views import services as views

SHOWN = 100
COMPARED = 5000
COUNTED = 100_000
LOOKED_AFTER = 10_000
"""Records of a file that are asked for before it is handed out later on."""


@dataclass
class Content:
    """The table of an issue: heads and rows as text, how many there are in all, and a digest of what they hold.

    `right` numbers the columns that hold figures. The whole goes into a file: of the records that are wished for, or
    these figures.
    """

    heads: list[str]
    rows: list[list[str]]
    count: int
    digest: str
    links: list[str] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    wish: Wish | None = None
    figures: list[list[Value]] = field(default_factory=list)
    records: list[int] | None = field(default_factory=list)
    """All that it shows or that its file holds, none for figures; None where there are more than are looked after."""
    named: dict[str, list[int]] | None = field(default_factory=dict)
    """What its cells name, by entity, as far as rights decide who reads that; None as above."""
    total: Decimal | None = None
    """What the figures sum up to, where they sum something."""


def content(row: Any, actor: Actor) -> Content:
    """What a subscription holds now; the refusals of the door where it is not open any more."""
    entity = records.entity_of(row.entity)
    if not access.may(actor, entity, "read"):
        raise Denied()
    env = records.environment(actor)
    look = _look(row, entity, env)
    query = records.query(entity, actor, env).filter(look["filter"])
    return _figures(row, query) if row.group else _list(row, query, look)


def _look(row: Any, entity: Entity, env: Env) -> dict[str, Any]:
    """Filter, order and columns: those of the view as it is now, and on top what the subscription has of its own."""
    view = views.find(entity, row.view, env) if row.view else None
    if view is not None and not view.usable:
        raise Invalid(_("This view speaks of a field that is not open to you."))
    known = access.specs(entity, env.actor)
    wanted = rules.order_of(row.sort) if row.sort else (list(view.sort) if view else []) or entity.sort
    columns = (row.columns or "").split() or (list(view.columns) if view else []) or entity.columns
    return {
        "filter": row.filter or (view.filter if view else None),
        "sort": [name for name in wanted if name.lstrip("-") in known],
        "columns": [known[name] for name in columns if name in known],
    }


def _list(row: Any, query: Query, look: dict[str, Any]) -> Content:
    entity, env = query.entity, query.env
    title = entity.title_spec
    known = access.specs(entity, env.actor)
    first = [known[title.name]] if title is not None and title.name in known else []
    specs = [*first, *(spec for spec in look["columns"] if not first or spec.name != first[0].name)]
    total, _exact = query.count(COUNTED)
    seen = hashlib.sha256(str(total).encode())
    rows: list[list[str]] = []
    shown: list[Any] = []
    read = 0
    for part in query.sort(look["sort"]).walk():
        records.preload(entity, part, env, [spec.name for spec in specs])
        for item in part:
            if len(rows) < SHOWN:
                rows.append([_text(spec, item, env) for spec in specs])
                shown.append(item)
            seen.update(json.dumps([item.pk, *(_plain(spec, item, env) for spec in specs)]).encode())
        read += len(part)
        if read >= (COMPARED if row.only_if == "changed" else SHOWN):
            break
    names = [spec.name for spec in specs]
    wish = Wish(look["filter"], sort=look["sort"], columns=names, how=row.format) if row.format != TABLE else None
    right = [number for number, spec in enumerate(specs) if "sum" in spec.kind.aggregates]
    heads, links = [str(spec.label) for spec in specs], [f"/{entity.key}/{item.pk}" for item in shown]
    made = Content(heads, rows, total, seen.hexdigest(), links, right, wish, records=[item.pk for item in shown])
    naming = [spec for spec in specs if _names(spec, env)]
    whole = wish is not None and total > len(shown)
    if whole:
        made.records = list(query.rows().values_list("pk", flat=True)) if total <= LOOKED_AFTER else None
    if naming and made.records is None:
        made.named = None
    elif naming:
        pairs: set[tuple[type[Any], int]] = set()
        for part in query.walk() if whole else [shown]:
            records.preload(entity, part, env, [spec.name for spec in naming])
            pairs.update(pair for item in part for spec in naming for pair in spec.kind.refers(spec.get(item)))
        made.named = _readable(pairs, env)
    return made


def _names(spec: FieldSpec, env: Env) -> bool:
    """Whether a field names records that are not open to everybody who reads the field."""
    if type(spec.kind).refers is Kind.refers:
        return False
    model = getattr(spec.kind, "model", None)
    return model is None or bool(access.rows(registry.of(model), env.actor, few=True))


def _readable(pairs: Iterable[tuple[type[Any], int]], env: Env) -> dict[str, list[int]]:
    """Those of these records that were named; the names of the others were not open then already."""
    named: dict[str, list[int]] = {}
    for model, pk in pairs:
        if env.refs.card(model, pk) is not None:
            named.setdefault(registry.of(model).key, []).append(pk)
    return {key: sorted(ids) for key, ids in sorted(named.items())}


def _text(spec: FieldSpec, item: Any, env: Env) -> str:
    value = spec.get(item)
    return "" if value is None else str(spec.kind.text(value, env))


def _plain(spec: FieldSpec, item: Any, env: Env) -> str:
    value = spec.get(item)
    return "" if value is None else str(spec.kind.export(value, env))


def _figures(row: Any, query: Query) -> Content:
    env = query.env
    by = groups.read(query.entity, row.group, env)
    counted = groups.count(query, [row.group], [row.sum] if row.sum else [])
    groups.names_of([by], counted, env)
    specs = access.specs(query.entity, env.actor)
    summed = specs.get(row.sum) if row.sum else None
    if row.sum and summed is None:
        raise Invalid(_("This subscription adds up a field that is not open to you."))
    heads = [by.label, query.entity.plural, *([str(summed.label)] if summed else [])]
    rows = [
        [by.text(group.values[0], env), str(group.count)]
        + ([str(summed.kind.text(group.sums[summed.name], env))] if summed else [])
        for group in counted[:SHOWN]
    ]
    whole: list[list[Value]] = []
    for group in counted:
        line: list[Value] = [by.text(group.values[0], env), group.count]
        whole.append([*line, *([_figure(summed, group.sums[summed.name], row.format, env)] if summed else [])])
    said = json.dumps([[str(group.values), group.count, str(group.sums)] for group in counted])
    count = sum(group.count for group in counted)
    digest = hashlib.sha256(said.encode()).hexdigest()
    right = [1, 2][: len(heads) - 1]
    total = sum((_decimal(group.sums[summed.name]) for group in counted), Decimal()) if summed else None
    named = {}
    if _names(by.spec, env) and not by.unit:
        named = _readable({pair for group in counted for pair in by.spec.kind.refers(group.values[0])}, env)
    return Content(heads, rows, count, digest, right=right, figures=whole, total=total, named=named)


def _decimal(value: Any) -> Decimal:
    """A sum without its currency, which is the base currency."""
    return Decimal(value.minor).scaleb(-digits(value.currency)) if isinstance(value, Money) else Decimal(value or 0)


def _figure(spec: FieldSpec, value: Any, how: str, env: Env) -> Value:
    """As an export has it."""
    return value if how == XLSX and isinstance(spec.kind, Number) else spec.kind.export(value, env)


def all_open(entity: Entity, actor: Actor, ids: Sequence[int] | None) -> bool:
    """Whether every one of these records is open to the actor now; of more than are looked after where all are."""
    if actor.scope(entity.key, "read") == Scope.ALL:
        return True
    if ids is None:
        return False
    parts = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    return all(access.visible(entity, actor).filter(pk__in=part).count() == len(part) for part in parts)


def rights(actor: Actor) -> str:
    """A mark that changes with what the actor may read and export: what was made under another one is made anew."""
    open_ = sorted((right, int(scope)) for right, scope in actor.grants.items() if right[1] in ("read", "export"))
    closed = sorted((name, int(right)) for name, right in actor.field_rights.items())
    where = (sorted(actor.departments), sorted(actor.below), sorted(actor.shared), actor.is_admin)
    return hashlib.sha256(repr((open_, closed, where)).encode()).hexdigest()[:32]
