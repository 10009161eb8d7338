"""Keyset pages: where the next rows begin, in an order in which empty values count as the smallest.

The rows behind a cursor are asked for in at most two phases, each a plain range on the first level, so that the index
is entered at the right place however deep the page lies: an "or is empty" beside the range would make both databases
start from the beginning.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual


@dataclass(frozen=True)
class Step:
    """One level of an order as the database sees it: a column or annotation, and whether it falls."""

    name: str
    down: bool

    def falls(self, backwards: bool) -> bool:
        """The direction when walking towards the next or the previous page."""
        return self.down != backwards

    def order(self, backwards: bool) -> OrderBy:
        """The term of ORDER BY; PostgreSQL is told that empty values are the smallest."""
        expr, falls = F(self.name), self.falls(backwards)
        if connection.vendor == "postgresql":
            return expr.desc(nulls_last=True) if falls else expr.asc(nulls_first=True)
        return expr.desc() if falls else expr.asc()


def phases(steps: Sequence[Step], values: Sequence[Any], backwards: bool) -> list[Q]:
    """Conditions for the rows behind the held values, one after the other in the order of the walk."""
    first, value = steps[0], values[0]
    expr, falls = F(first.name), first.falls(backwards)
    if len(steps) == 1:
        return [_beyond(first, value, falls)]
    within = _after(steps[1:], values[1:], backwards)
    if value is None:
        here = Q(IsNull(expr, True)) & within
        return [here] if falls else [here, Q(IsNull(expr, False))]
    edge = Q(LessThanOrEqual(expr, value)) if falls else Q(GreaterThanOrEqual(expr, value))
    strictly = Q(LessThan(expr, value)) if falls else Q(GreaterThan(expr, value))
    here = edge & (strictly | (Q(Exact(expr, value)) & within))
    return [here, Q(IsNull(expr, True))] if falls else [here]


def _after(steps: Sequence[Step], values: Sequence[Any], backwards: bool) -> Q:
    found, equal = Q(pk__in=[]), Q()
    for step, value in zip(steps, values, strict=True):
        expr = F(step.name)
        found |= equal & _beyond(step, value, step.falls(backwards))
        equal &= Q(IsNull(expr, True)) if value is None else Q(Exact(expr, value))
    return found


def _beyond(step: Step, value: Any, falls: bool) -> Q:
    expr = F(step.name)
    if value is None:
        return Q(pk__in=[]) if falls else Q(IsNull(expr, False))
    if not falls:
        return Q(GreaterThan(expr, value))
    return Q(LessThan(expr, value)) if step.name == "pk" else Q(LessThan(expr, value)) | Q(IsNull(expr, True))


def write_cursor(way: str, signature: str, record: Any, steps: Sequence[Step]) -> str:
    """A page marker: the way on (n or p), the order it belongs to, and the values of the row at the edge."""
    values = [_plain(getattr(record, step.name)) for step in steps]
    return base64.urlsafe_b64encode(json.dumps([way, signature, values]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, signature: str, levels: int) -> tuple[bool, list[Any]]:
    """Whether the marker leads backwards, and its values; ValueError when it is not one of this order."""
    try:
        way, held, values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if held != signature or len(values) != levels or way not in ("n", "p"):
            raise ValueError
        return way == "p", [_unplain(value) for value in values]
    except (ValueError, TypeError, KeyError, binascii.Error, UnicodeDecodeError):
        raise ValueError("not a marker of this list") from None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return {"d": value.isoformat()} if isinstance(value, date) else value


def _unplain(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["t"]) if "t" in value else date.fromisoformat(value["d"])
    if value is None or isinstance(value, str | int | bool):
        return value
    raise ValueError
