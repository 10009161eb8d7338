"""What the builder of conditions offers in a rule: the fields of a filter, counts and sums over related records, what
an act did to a field, what it was before, who did it and how."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError
from bosun.kernel.kinds import Number, Reference
from bosun.kernel.specs import FieldSpec
from bosun.platform import wording
from bosun.platform.automation import clauses, happenings
from bosun.web import listdialogs

Json = dict[str, Any]
AT = ">"
HALF = "half"
"""What marks a comparison without its value: it stays in its row, and is no part of the rule."""


def builder(tree: Any, entity: Entity, env: Env, acting: Env | None = None) -> Json:
    """What draws the builder: fields, the words of operators, the related lists with their own fields, the tree."""
    counted = [{**each, "group": _("Counts and sums")} for each in figures(entity, env)]
    over = {key: listdialogs.filterable(registry.get(key), env) for key in {each["over"] for each in counted}}
    offered = [*condition_fields(entity, env), *counted]
    every = [*offered, *(each for part in over.values() for each in part)]
    ops = {op: op_words(op) for each in every for op in each["ops"]}
    return {"fields": offered, "ops": ops, "over": over, "tree": worded(tree, entity, acting or env) if tree else {}}


def figures(entity: Entity, env: Env) -> list[Json]:
    """Counts and sums over what refers to a record, and over what refers to the records that it refers to itself."""
    found = _figures(entity, env, "", "")
    for name, spec in access.specs(entity, env.actor).items():
        target = _one_record(spec)
        if target is not None and happenings.automatable(target):
            found += _figures(target, env, name, f"{spec.label} › ")
    return found


def _one_record(spec: FieldSpec) -> Entity | None:
    kind = spec.kind
    if spec.internal or not isinstance(kind, Reference) or kind.multiple or not registry.has(kind.model):
        return None
    return registry.of(kind.model)


def _figures(entity: Entity, env: Env, at: str, before: str) -> list[Json]:
    found = []
    for other in happenings.entities():
        if not access.may(env.actor, other, "read"):
            continue
        known = access.specs(other, env.actor)
        for ref in (name for name, spec in known.items() if _one_record(spec) is entity):
            way = {"at": at} if at else {}
            base: Json = {"kind": "number", "over": other.key}
            counted = _("number of %(records)s") % {"records": other.plural}
            found.append({
                **base, "name": f"count:{at}{AT}{other.key}.{ref}", "label": _label(before, counted),
                "ops": list(Number().operators), "leaf": {"count": f"{other.key}.{ref}", **way},
            })  # fmt: skip
            for name, spec in known.items():
                if "sum" in spec.kind.aggregates and not spec.internal:
                    said = _("sum of %(field)s over %(records)s") % {"field": spec.label, "records": other.plural}
                    found.append({
                        **base, "name": f"sum:{at}{AT}{other.key}.{ref}:{name}", "label": _label(before, said),
                        "ops": list(spec.kind.operators), "leaf": {"sum": f"{other.key}.{ref}", "of": name, **way},
                    })  # fmt: skip
    return found


def _label(before: str, said: str) -> str:
    return before + said if before else said[:1].upper() + said[1:]


def _figure_name(leaf: Json) -> str:
    """The name under which the builder offers a count or sum."""
    how = "count" if "count" in leaf else "sum"
    of = f":{leaf.get('of', '')}" if how == "sum" else ""
    return f"{how}:{leaf.get('at') or ''}{AT}{leaf[how]}{of}"


def condition_fields(entity: Entity, env: Env) -> list[Json]:
    """What a condition may speak of: the fields of a filter, what was done to them, what they were, who and how."""
    plain = listdialogs.filterable(entity, env)
    found = [each if "." in each["name"] else {**each, "ops": [*each["ops"], *change_ops(each)]} for each in plain]
    people, roles = registry.get("users"), registry.get("roles")
    about: list[Json] = [
        {"name": "actor", "label": _("Who did it"), "kind": "ref", "ops": ["is", "is_not"],
         "pick_url": f"/{people.key}/pick"},
        {"name": "actor.roles", "label": _("Role of who did it"), "kind": "refs", "ops": ["in", "not_in"],
         "pick_url": f"/{roles.key}/pick"},
        {"name": "door", "label": _("How it was done"), "kind": "choice", "ops": ["is", "is_not", "in", "not_in"],
         "options": [{"key": key, "label": str(label)} for key, label in clauses.door_words().items()]},
    ]  # fmt: skip
    found += [{**each, "group": _("Who did it, and how")} for each in about]
    before, apart = _("Before: %(field)s"), {"group": _("Before the change")}
    found += [
        {**each, "name": f"before.{each['name']}", "label": before % {"field": each["label"]}, **apart}
        for each in plain
        if "." not in each["name"] and each["kind"] != "tags"
    ]
    return found


def change_ops(field: Json) -> list[str]:
    """What may be asked about the change of a field."""
    return list(clauses.CHANGE_OPS) if "is" in field["ops"] else ["changed"]


def op_words(op: str) -> str:
    """An operator in words."""
    changes = {"changed": _("has changed"), "changed_from": _("has changed from"), "changed_to": _("has changed to")}
    return changes.get(op) or wording.op_words(op)


def whole(tree: Any) -> Any:
    """A condition without the comparisons whose value is still missing; None where nothing is left."""
    if not isinstance(tree, dict) or tree.get(HALF):
        return None if isinstance(tree, dict) else tree
    mode = next(iter(tree), "")
    if mode in ("all", "any", "none") and isinstance(tree[mode], list):
        parts = [each for each in map(whole, tree[mode]) if each is not None]
        return {mode: parts} if parts else None
    where = whole(tree.get("where"))
    kept = {name: value for name, value in tree.items() if name != "where"}
    return kept if where is None else {**kept, "where": where}


def same(posted: Any, given: Any) -> bool:
    """Whether the builder posts a condition as it was given it (`worded`): it knows no numbers, and puts one comparison
    into a group."""
    return bool(_typed(_grouped(posted)) == _typed(_grouped(given)))


def _grouped(tree: Any) -> Any:
    if isinstance(tree, list):
        return {"all": tree}
    return {"all": [tree]} if isinstance(tree, dict) and tree and not set(tree) & {"all", "any", "none"} else tree


def _typed(part: Any) -> Any:
    if isinstance(part, list):
        return [_typed(each) for each in part]
    if not isinstance(part, dict):
        return str(part).lower() if isinstance(part, bool) else part and str(part)
    if set(part) == {"id"}:
        return str(part["id"])
    if part.get("worded"):
        part = {**part, "where": part["worded"]}
    left_out = ("words", "says", "worded", *(("field",) if {"count", "sum"} & set(part) else ()))
    kept = {name: each for name, each in part.items() if name not in left_out}
    return {name: _typed(_grouped(each) if name == "where" else each) for name, each in kept.items()}


def is_half(part: Any) -> bool:
    """Whether a comparison somewhere in a condition, or in an action, has no value yet."""
    if isinstance(part, dict):
        return bool(part.get(HALF)) or any(is_half(each) for each in part.values())
    return isinstance(part, list) and any(is_half(each) for each in part)


def marked(part: Any) -> Any:
    """The same with what is wrong said at each such comparison, for its row."""
    if isinstance(part, list):
        return [marked(each) for each in part]
    if not isinstance(part, dict):
        return part
    found = {name: marked(each) for name, each in part.items()}
    return {**found, "wrong": _("Give a value, or take this condition off.")} if part.get(HALF) else found


def _half(tree: Json, env: Env) -> Json:
    """A comparison whose value is still missing, for its row."""
    if "count" not in tree and "sum" not in tree:
        return tree
    counted = registry.find(str(tree.get("count") or tree.get("sum")).partition(".")[0])
    where = worded(tree["where"], counted, env) if counted and tree.get("where") else {}
    return {**tree, "worded": where, "field": _figure_name(tree)}


def worded(tree: Any, entity: Entity, env: Env) -> Any:
    """The condition with the names of picked records; what the builder has no inputs for, as a sentence."""
    if isinstance(tree, list):
        tree = {"all": tree}
    if not isinstance(tree, dict):
        return {}
    mode = next(iter(tree), "")
    if mode in ("all", "any", "none"):
        return {mode: [worded(item, entity, env) for item in tree[mode]]}
    if tree.get(HALF):
        return _half(tree, env)
    return listdialogs.as_typed(_with_names(tree, entity, env))


def _with_names(tree: Json, entity: Entity, env: Env) -> Json:
    try:
        clause: Any = clauses.parse(tree, entity, env)
    except DoorError:
        return tree if "field" in tree else {**tree, "says": json.dumps(tree, ensure_ascii=False)}
    if isinstance(clause, clauses.RelatedClause):
        where = worded(tree["where"], clause.source.entity, env) if tree.get("where") else {}
        return {**tree, "worded": where, "field": _figure_name(tree), "says": clause.words(env)}
    found = clause.leaf if isinstance(clause, clauses.FieldClause) else clause
    kind = getattr(found, "kind", None) or found.spec.kind
    if not isinstance(kind, Reference) or tree.get("op") in ("changed", "empty", "filled"):
        return tree
    op = "is" if tree["op"] in clauses.CHANGE_OPS else tree["op"]
    return {**tree, "value": listdialogs.plain(found.operand), "words": kind.operand_text(op, found.operand, env)}
