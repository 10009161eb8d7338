"""Conditions in words: the third interpreter of the condition tree, for whoever reads a filter or a rule."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bosun.kernel.conditions import Condition, Group, Leaf
from bosun.kernel.env import Env


def op_words(op: str) -> str:
    """An operator in words."""
    return {
        "is": _("is"),
        "is_not": _("is not"),
        "in": _("is one of"),
        "not_in": _("is none of"),
        "contains": _("contains"),
        "starts": _("begins with"),
        "lt": _("is less than"),
        "lte": _("is at most"),
        "gt": _("is more than"),
        "gte": _("is at least"),
        "between": _("is between"),
        "empty": _("is empty"),
        "filled": _("is filled"),
        "within": _("is within"),
        "last_days": _("in the last days"),
        "next_days": _("in the next days"),
        "this": _("is in this"),
    }[op]


def date_op_words(op: str) -> str:
    """An operator on dates in words."""
    return {"lt": _("is before"), "lte": _("is on or before"), "gt": _("is after"), "gte": _("is on or after")}.get(
        op, op_words(op)
    )


def leaf_words(leaf: Leaf, env: Env) -> str:
    """One comparison in words: label, operator, value."""
    label = " ".join(str(spec.label) for spec in leaf.path)
    dated = leaf.spec.kind.key in ("date", "datetime")
    if leaf.op in ("last_days", "next_days"):
        form = (
            _("%(field)s in the last %(count)s days")
            if leaf.op == "last_days"
            else _("%(field)s in the next %(count)s days")
        )
        return form % {"field": label, "count": leaf.raw}
    if leaf.op == "this":
        units = {
            "day": _("today"),
            "week": _("this week"),
            "month": _("this month"),
            "quarter": _("this quarter"),
            "year": _("this year"),
        }
        return f"{label} {units[leaf.raw]}"
    value = _("today") if leaf.raw == "today" else leaf.spec.kind.operand_text(leaf.op, leaf.operand, env)
    op = date_op_words(leaf.op) if dated else op_words(leaf.op)
    return " ".join(part for part in (label, op, value) if part)


def words(condition: Condition, env: Env) -> str:
    """The whole condition as a sentence."""
    if isinstance(condition, Leaf):
        return leaf_words(condition, env)
    joiner = {"all": _(" and "), "any": _(" or "), "none": _(" or ")}[condition.mode]
    parts = [
        f"({words(i, env)})" if isinstance(i, Group) and len(i.items) > 1 else words(i, env) for i in condition.items
    ]
    said = joiner.join(part for part in parts if part)
    return _("none of: %(conditions)s") % {"conditions": said} if condition.mode == "none" and said else said
