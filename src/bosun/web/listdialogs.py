"""The dialogs over a list: filter, order, columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponseBase

from bosun.kernel import access, conditions, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Kind, Reference
from bosun.kernel.specs import FieldSpec
from bosun.platform import wording
from bosun.web.liststate import ListState, from_params
from bosun.web.present import options_of
from bosun.web.visit import Visit, page


def state_of(visit: Visit, key: str) -> ListState:
    """The list that the address describes."""
    return from_params(visit.entity(key), visit.env, visit.request.GET)


@page("GET")
def filter_dialog(visit: Visit, key: str) -> HttpResponseBase:
    """The builder of nested conditions."""
    state = state_of(visit, key)
    offered = filterable(state.entity, visit.env)
    context = {
        "action": state.home,
        "keep": [(name, value) for name, value in state.keep("filter")],
        "fields": offered,
        "ops": {op: wording.op_words(op) for each in offered for op in each["ops"]},
        "tree": with_words(state),
        "clear_url": state.address(filter={}, cursor=""),
    }
    return visit.draw("web/parts/list/filter_dialog.html", context)


DATED = frozenset(("date", "datetime"))


def filterable(entity: Entity, env: Env) -> list[dict[str, Any]]:
    """The fields that a filter may speak of: those of the record, and those one reference away."""
    found = []
    for spec in access.specs(entity, env.actor).values():
        if spec.internal or not spec.kind.operators:
            continue
        found.append(_filter_field(spec.name, str(spec.label), spec, env))
    for spec in list(access.specs(entity, env.actor).values()):
        found += _behind(spec, env)
    return found


def _behind(spec: FieldSpec, env: Env) -> list[dict[str, Any]]:
    """The fields of the record that a reference points to, of those worth asking for."""
    kind = spec.kind
    if spec.internal or not isinstance(kind, Reference) or kind.multiple or not registry.has(kind.model):
        return []
    target = registry.of(kind.model)
    if not access.may(env.actor, target, "read"):
        return []
    known = access.specs(target, env.actor)
    names = [name for name in target.columns if name in known]
    title = target.title_spec
    within = {"group": str(spec.label)}
    return [
        {**_filter_field(f"{spec.name}.{name}", f"{spec.label} › {known[name].label}", known[name], env), **within}
        for name in names
        if not (title and name == title.name)
    ]


def _filter_field(name: str, label: str, spec: FieldSpec, env: Env) -> dict[str, Any]:
    kind = spec.kind
    found: dict[str, Any] = {
        "name": name,
        "label": label,
        "kind": kind.key if kind.key in DATED else kind.widget,
        "ops": list(kind.operators),
    }
    if kind.choices(env) is not None and kind.widget != "checkbox":
        found["options"] = options_of(kind, env)
    if kind.key in DATED:
        found["words"] = {op: wording.date_op_words(op) for op in kind.operators}
    if isinstance(kind, Reference):
        found["pick_url"] = f"/{registry.of(kind.model).key}/pick"
    return found


def with_words(state: ListState) -> Any:
    """The filter in force, each picked record with its name, so that the builder can show it."""
    return _worded(state.tree or {}, state.entity, state.env)


def _worded(tree: Any, entity: Entity, env: Env) -> Any:
    if not isinstance(tree, dict):
        return tree
    if "field" not in tree:
        return {mode: [_worded(item, entity, env) for item in items] for mode, items in tree.items()}
    try:
        leaf = conditions.parse(tree, entity, env)
    except Invalid:
        return as_typed(tree)
    if not isinstance(leaf, conditions.Leaf) or not isinstance(leaf.spec.kind, Reference):
        return as_typed(tree)
    return {**tree, "value": plain(leaf.operand), "words": _names(leaf.spec.kind, leaf, env)}


def as_typed(leaf: dict[str, Any]) -> dict[str, Any]:
    """A comparison with an amount as one types it: an input holds no JSON."""

    def typed(value: Any) -> Any:
        if isinstance(value, list):
            return [typed(each) for each in value]
        if not isinstance(value, Mapping) or "amount" not in value:
            return value
        return " ".join(str(value[part]) for part in ("amount", "currency") if value.get(part))

    return {**leaf, "value": typed(leaf["value"])} if "value" in leaf else leaf


def plain(operand: Any) -> Any:
    """The ids that a condition compares with; one of them where there is one."""
    if isinstance(operand, list):
        return operand[0] if len(operand) == 1 else operand
    return operand


def _names(kind: Kind, leaf: conditions.Leaf, env: Env) -> str:
    return kind.operand_text(leaf.op, leaf.operand, env)


@page("GET")
def sort_dialog(visit: Visit, key: str) -> HttpResponseBase:
    """Up to four levels of order."""
    state = state_of(visit, key)
    fields = [
        {"name": spec.name, "label": str(spec.label)}
        for spec in state.specs.values()
        if spec.kind.sortable and not spec.internal
    ]
    context = {"action": state.home, "keep": state.keep("sort"), "fields": fields, "sort": state.order}
    return visit.draw("web/parts/list/sort_dialog.html", context)


@page("GET")
def columns_dialog(visit: Visit, key: str) -> HttpResponseBase:
    """Which columns, and in what order."""
    state = state_of(visit, key)
    title = state.entity.title_spec
    shown = [spec.name for spec in state.shown_columns]
    rest = [
        spec.name
        for spec in state.specs.values()
        if spec.name not in shown and not (title and spec.name == title.name) and spec.name not in HIDDEN
    ]
    columns = [{"name": n, "label": str(state.specs[n].label), "on": n in shown} for n in (*shown, *rest)]
    if title and title.name in state.specs:
        columns.insert(0, {"name": title.name, "label": str(title.label), "on": True, "fixed": True})
    context = {"action": state.home, "keep": state.keep("columns"), "columns": columns}
    return visit.draw("web/parts/list/columns_dialog.html", context)


HIDDEN = frozenset(("department",))
"""What nobody needs as a column; it can still be filtered by."""
