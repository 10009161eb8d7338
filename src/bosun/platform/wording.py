"""Conditions in words: the third interpreter of the condition tree, for whoever reads a filter or a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import reduce

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bosun.kernel.conditions import Condition, Group, Leaf
from bosun.kernel.env import Env

MARKS = ("\ue000", "\ue001")
"""Characters of no meaning that stand around the values of a sentence, for a page that prints them bold."""
_marked: ContextVar[bool] = ContextVar("marked", default=False)


@contextmanager
def marking() -> Iterator[None]:
    """Sentences said meanwhile have their values marked."""
    token = _marked.set(True)
    try:
        yield
    finally:
        _marked.reset(token)


def value(text: str) -> str:
    """A value within a sentence."""
    if not _marked.get() or not text:
        return text
    return text.translate(dict.fromkeys(map(ord, MARKS))).join(MARKS)


def compared(label: str, op: str, said: str) -> str:
    """A comparison: what is compared, how, and with what."""
    parts = {"field": label, "op": op, "value": value(said)}
    form = pgettext("condition", "%(field)s %(op)s %(value)s") if said else pgettext("condition", "%(field)s %(op)s")
    return form % parts


def path(labels: Iterable[object]) -> str:
    """Fields along a way: "Stage Outcome"."""
    form = pgettext("a field of a field", "%(outer)s %(inner)s")
    return reduce(lambda outer, inner: form % {"outer": outer, "inner": inner}, map(str, labels))


def bracketed(text: str) -> str:
    """A part of a condition by itself."""
    return pgettext("condition", "(%(condition)s)") % {"condition": text}


def inserted(text: str) -> str:
    """The same behind other words."""
    return pgettext("condition", " (%(condition)s)") % {"condition": text}


def listed(texts: Iterable[str]) -> str:
    """Names one after another."""
    return reduce(lambda one, other: pgettext("list", "%(one)s, %(other)s") % {"one": one, "other": other}, texts)


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
    label = path(spec.label for spec in leaf.path)
    dated = leaf.spec.kind.key in ("date", "datetime")
    if leaf.op in ("last_days", "next_days"):
        form = (
            _("%(field)s in the last %(count)s days")
            if leaf.op == "last_days"
            else _("%(field)s in the next %(count)s days")
        )
        return form % {"field": label, "count": value(str(leaf.raw))}
    if leaf.op == "this":
        units = {
            "day": _("today"),
            "week": _("this week"),
            "month": _("this month"),
            "quarter": _("this quarter"),
            "year": _("this year"),
        }
        return pgettext("condition", "%(field)s %(op)s") % {"field": label, "op": value(units[leaf.raw])}
    said = _("today") if leaf.raw == "today" else leaf.spec.kind.operand_text(leaf.op, leaf.operand, env)
    return compared(label, date_op_words(leaf.op) if dated else op_words(leaf.op), said)


def words(condition: Condition, env: Env) -> str:
    """The whole condition as a sentence."""
    if isinstance(condition, Leaf):
        return leaf_words(condition, env)
    joiner = {"all": _(" and "), "any": _(" or "), "none": _(" or ")}[condition.mode]
    parts = [
        bracketed(words(i, env)) if isinstance(i, Group) and len(i.items) > 1 else words(i, env)
        for i in condition.items
    ]
    said = joiner.join(part for part in parts if part)
    return _("none of: %(conditions)s") % {"conditions": said} if condition.mode == "none" and said else said
