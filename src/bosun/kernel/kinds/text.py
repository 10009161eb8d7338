"""Text: one line or several, and codes."""

from __future__ import annotations

import random
from typing import Any, ClassVar

from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import Exact, GreaterThan, IsNull
from django.utils.translation import gettext as _

from bosun.kernel.env import Env
from bosun.kernel.kinds.base import EMPTY_OPS, EXACT_OPS, Kind, refuse
from bosun.lib import text as texts


class LowerText(Func):
    """Lower case by Unicode, the same on both databases (SQLite calls Python's own)."""

    function = "bosun_lower"
    output_field = models.TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template='LOWER((%(expressions)s) COLLATE "und-x-icu")', **extra)


class Position(Func):
    """1-based place of a piece of text in another, 0 when it is not there. No pattern characters."""

    function = "INSTR"
    output_field = models.IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, function="STRPOS", **extra)


class Text(Kind):
    """One line of text. “Is” compares exactly, “contains” and “starts” without regard to case."""

    key = "text"
    operators: ClassVar[tuple[str, ...]] = (*EXACT_OPS, "contains", "starts", *EMPTY_OPS)
    multiline = False

    def __init__(self, max_length: int = 200) -> None:
        self.max_length = max_length

    def parse_filled(self, raw: Any, env: Env) -> str:
        if isinstance(raw, bool) or not isinstance(raw, str | int):
            raise refuse(_("This must be text."))
        try:
            value = texts.clean(str(raw), multiline=self.multiline)
        except ValueError:
            raise refuse(_("This text holds characters that cannot be stored. Type it again.")) from None
        if len(value) > self.max_length:
            raise refuse(
                _("At most %(max)s characters; this has %(now)s.") % {"max": self.max_length, "now": len(value)}
            )
        return value

    def parse(self, raw: Any, env: Env) -> Any:
        found = super().parse(raw, env)
        return None if not found or texts.is_blank(found) else found

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length}

    def q(self, expr: Combinable, op: str, operand: Any) -> Q:
        if op not in ("contains", "starts"):
            return super().q(expr, op, operand)
        place = Position(LowerText(expr), Value(operand))
        found = Exact(place, 1) if op == "starts" else GreaterThan(place, 0)
        return Q(IsNull(expr, False)) & Q(found)

    def operand(self, op: str, raw: Any, env: Env) -> Any:
        found = super().operand(op, raw, env)
        return found.lower() if op in ("contains", "starts") else found

    def test_stored(self, stored: Any, op: str, operand: Any) -> bool:
        if op == "contains":
            return operand in stored.lower()
        if op == "starts":
            return bool(stored.lower().startswith(operand))
        return super().test_stored(stored, op, operand)

    def sample(self, rng: random.Random) -> Any:
        return rng.choice(("Tidewater", "青岛泵业", "Peñarol", "Østfold")) + f" {rng.randrange(10**6)}"


class LongText(Text):
    """Several lines of text."""

    key = "longtext"
    widget = "longtext"
    cell = "longtext"
    multiline = True
    sortable = False
    operators: ClassVar[tuple[str, ...]] = ("contains", *EMPTY_OPS)

    def __init__(self, max_length: int = 20_000) -> None:
        super().__init__(max_length)
