"""Charts of any field of any list: one message each, drawn here as SVG, every part a way to its records, and a table.

`by` names a field as totals do (`stage`, `customer.region`, `closes:month`), `sum` an amount or a number; without one
the records are counted. Kinds: bars, pie, line, funnel.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bosun.kernel import access, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Reference
from bosun.kernel.query import COUNT_TO
from bosun.kernel.specs import FieldSpec
from bosun.lib.money import Money
from bosun.platform.figures import groups
from bosun.platform.figures.groups import By, Group
from bosun.platform.pipelines import stages
from bosun.web import lists
from bosun.web.board import rounded
from bosun.web.liststate import ListState, from_params
from bosun.web.visit import Visit, page

KINDS = {
    "bar": gettext_lazy("Bars"),
    "pie": gettext_lazy("Pie"),
    "line": pgettext_lazy("chart", "Line"),
    "funnel": gettext_lazy("Funnel"),
}
SHOWN = 24
SLICES = 8
WIDTH, ROW, LEFT, RIGHT, HEIGHT = 960, 32, 220, 140, 320


@dataclass(frozen=True)
class Part:
    """One value of a chart: its words, how much, in words, and where its records are."""

    label: str
    size: float
    text: str
    count: str
    url: str


@page("GET")
def chart(visit: Visit, key: str) -> HttpResponseBase:
    """A list as a chart."""
    entity = visit.entity(key)
    state = from_params(entity, visit.env, visit.request.GET, "chart")
    chosen = dict(state.extra)
    fields = offered(entity, visit.env)
    name = chosen.get("by") or first(entity, fields)
    # What is counted by without having been chosen goes along into what the menu offers.
    state = replace(state, extra=tuple({**chosen, "by": name}.items())) if name else state
    kind = chosen.get("kind") if chosen.get("kind") in KINDS else "bar"
    known = summable(entity, visit.env)
    summed = known.get(chosen.get("sum", ""))
    parts, count, exact = parts_of(state, name, summed) if name else ([], 0, True)
    context = {
        "title": entity.plural,
        "page_title": entity.plural,
        "state": state,
        **lists.above(state),
        "action": state.home,
        "keep": [(n, v) for n, v in state.params().items() if n not in ("by", "sum", "kind")],
        "fields": [{"key": n, "label": label, "on": n == name} for n, label in fields],
        "sums": [{"key": n, "label": str(spec.label), "on": spec is summed} for n, spec in known.items()],
        "kinds": [{"key": k, "label": str(label), "on": k == kind} for k, label in KINDS.items()],
        "chart": drawn(kind or "bar", parts),
        "parts": parts,
        "figure": str(summed.label) if summed else entity.plural,
        "by": dict(fields).get(name, ""),
        "foot": f"{lists.spell(count, visit.env, exact)} {entity.plural.lower()}",
    }
    return visit.draw("web/pages/chart.html", context)


def offered(entity: Entity, env: Env) -> list[tuple[str, str]]:
    """The fields that one may count by: of the record, and one reference away."""
    found: list[tuple[str, str]] = []
    for spec in access.specs(entity, env.actor).values():
        found += _ways(spec.name, str(spec.label), spec)
    for spec in access.specs(entity, env.actor).values():
        kind = spec.kind
        if spec.internal or not isinstance(kind, Reference) or kind.multiple or not registry.has(kind.model):
            continue
        target = registry.of(kind.model)
        known = access.specs(target, env.actor)
        for name in target.columns:
            if name in known and (known[name].kind.groupable or known[name].kind.key in groups.DAYS):
                found += _ways(f"{spec.name}.{name}", f"{spec.label} › {known[name].label}", known[name])
    return found


def _ways(name: str, label: str, spec: FieldSpec) -> list[tuple[str, str]]:
    if spec.internal:
        return []
    if spec.kind.key in groups.DAYS:
        units = {"month": _("by month"), "quarter": _("by quarter"), "year": _("by year")}
        return [(f"{name}:{unit}", f"{label}, {words}") for unit, words in units.items()]
    return [(name, label)] if spec.kind.groupable else []


def first(entity: Entity, fields: Sequence[tuple[str, str]]) -> str:
    """What a chart counts by before one has chosen: the stage, the first closed list of the columns, or anything."""
    names = [name for name, _label in fields]
    return next((name for name in (entity.board, *entity.columns, *names) if name in names), "")


def summable(entity: Entity, env: Env) -> dict[str, FieldSpec]:
    """The numbers and amounts that may be added up."""
    specs = access.specs(entity, env.actor)
    return {name: spec for name, spec in specs.items() if "sum" in spec.kind.aggregates and not spec.internal}


def parts_of(state: ListState, name: str, summed: FieldSpec | None) -> tuple[list[Part], int, bool]:
    """The values with their figures, in the order in which one reads them."""
    env, query = state.env, state.query()
    key = groups.read(state.entity, name, env)
    found = groups.count(query, [name], [summed.name] if summed else [])
    groups.names_of([key], found, env)
    ordered = in_order(state.entity, key, found, summed)
    count, exact = query.count(COUNT_TO)
    parts = [
        Part(
            key.text(group.values[0], env),
            size_of(group, summed),
            rounded_text(group, summed, env),
            lists.spell(group.count, env),
            narrowed(state, key, group.values[0]),
        )
        for group in ordered[:SHOWN]
    ]
    return parts, count, exact


def in_order(entity: Entity, key: By, found: Sequence[Group], summed: FieldSpec | None) -> list[Group]:
    """Time runs on, stages follow each other, everything else by size."""
    if key.unit:
        return sorted(found, key=lambda group: (group.values[0] is None, str(group.values[0])))
    if key.spec.name == entity.board and len(key.path) == 1:
        place = {stage.id: number for number, stage in enumerate(stages.all_stages().values())}
        return sorted(found, key=lambda group: place.get(group.values[0], len(place)))
    return sorted(found, key=lambda group: -size_of(group, summed))


def size_of(group: Group, summed: FieldSpec | None) -> float:
    """How large a part is drawn."""
    if summed is None:
        return float(group.count)
    value = group.sums[summed.name]
    return float(value.minor) if isinstance(value, Money) else float(value or 0)


def rounded_text(group: Group, summed: FieldSpec | None, env: Env) -> str:
    """The figure in words."""
    if summed is None:
        return lists.spell(group.count, env)
    value = group.sums[summed.name]
    return rounded(summed, value, env) if isinstance(value, Money) else str(summed.kind.text(value, env))


def narrowed(state: ListState, key: By, value: Any) -> str:
    """The list of the records behind a part."""
    leaf: dict[str, Any]
    plain = key.name.partition(":")[0]
    if value is None:
        if len(key.path) > 1:
            return ""
        leaf = {"field": plain, "op": "empty"}
    elif key.unit:
        begin, end = span(value, key.unit)
        leaf = {"field": plain, "op": "between", "value": [begin.isoformat(), end.isoformat()]}
    else:
        leaf = {"field": plain, "op": "is", "value": value}
    tree = state.tree
    parts = tree["all"] if isinstance(tree, dict) and set(tree) == {"all"} else [tree] if tree else []
    if not _fits(leaf, state):
        return ""
    return state.address(mode="", extra=(), cursor="", filter={"all": [*parts, leaf]})


def _fits(leaf: dict[str, Any], state: ListState) -> bool:
    try:
        json.dumps(leaf)
        state.query().filter(leaf)
    except (Invalid, TypeError):
        return False
    return True


def span(begin: date, unit: str) -> tuple[date, date]:
    """First and last day of a period."""
    if unit == "week":
        return begin, begin + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    month = begin.month - 1 + months
    return begin, date(begin.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


# drawing ---------------------------------------------------------------------------------------------------------


def drawn(kind: str, parts: Sequence[Part]) -> dict[str, Any] | None:
    """What the template draws; None where there is nothing."""
    if not parts or max(part.size for part in parts) <= 0:
        return None
    made = {"bar": bars, "pie": pie, "line": line, "funnel": funnel}[kind](parts)
    return {"kind": kind, "width": WIDTH, **made}


def bars(parts: Sequence[Part]) -> dict[str, Any]:
    """A bar for each value, its figure at its end."""
    room, top = WIDTH - LEFT - RIGHT, max(part.size for part in parts)
    shapes = [
        {"part": part, "y": number * ROW, "x": LEFT, "w": round(max(1.0, room * max(0.0, part.size) / top), 1)}
        for number, part in enumerate(parts)
    ]
    return {"height": len(parts) * ROW, "shapes": shapes}


def funnel(parts: Sequence[Part]) -> dict[str, Any]:
    """Bars about the middle, one under the other."""
    room, top = WIDTH - LEFT - RIGHT, max(part.size for part in parts)
    shapes = []
    for number, part in enumerate(parts):
        wide = round(max(1.0, room * max(0.0, part.size) / top), 1)
        shapes.append({"part": part, "y": number * ROW, "x": round(LEFT + (room - wide) / 2, 1), "w": wide})
    return {"height": len(parts) * ROW, "shapes": shapes}


def line(parts: Sequence[Part]) -> dict[str, Any]:
    """Points from left to right."""
    top = max(part.size for part in parts)
    step = (WIDTH - 120) / max(1, len(parts) - 1)
    every = math.ceil(len(parts) / 12)
    shapes = [
        {
            "part": part,
            "x": round(60 + number * step, 1),
            "y": round(24 + (HEIGHT - 80) * (1 - max(0.0, part.size) / top), 1),
            "said": number % every == 0,
        }
        for number, part in enumerate(parts)
    ]
    way = " ".join(f"{shape['x']},{shape['y']}" for shape in shapes)
    return {"height": HEIGHT, "shapes": shapes, "way": way, "floor": HEIGHT - 56}


def pie(parts: Sequence[Part]) -> dict[str, Any]:
    """Slices, the small ones together."""
    held = [part for part in parts if part.size > 0]
    whole = sum(part.size for part in held)
    main, rest = held[:SLICES], held[SLICES:]
    if rest:
        main = [*main, Part(_("Others"), sum(part.size for part in rest), "", "", "")]
    shapes, turned = [], 0.0
    for number, part in enumerate(main):
        share = part.size / whole
        shapes.append(
            {
                "part": part, "tone": "abcdefgh"[number] if number < SLICES else "z", "d": slice_of(turned, share),
                "y": 28 + number * 32, "share": f"{share:.0%}",
            }
        )  # fmt: skip
        turned += share
    return {"height": max(HEIGHT, 40 + len(main) * 32), "shapes": shapes}


def slice_of(turned: float, share: float) -> str:
    """The outline of a slice that begins after `turned` and takes `share` of the circle."""
    radius, middle = 140, 160
    if share > 0.9999:
        return f"M{middle} {middle - radius}A{radius} {radius} 0 1 1 {middle - 0.01} {middle - radius}Z"

    def point(part: float) -> str:
        angle = 2 * math.pi * part - math.pi / 2
        return f"{middle + radius * math.cos(angle):.2f} {middle + radius * math.sin(angle):.2f}"

    large = 1 if share > 0.5 else 0
    return f"M{middle} {middle}L{point(turned)}A{radius} {radius} 0 {large} 1 {point(turned + share)}Z"
