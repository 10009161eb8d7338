"""Exact numbers, kept as integers, and yes or no."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from bosun.kernel.env import Env
from bosun.kernel.kinds.base import EMPTY_OPS, EXACT_OPS, ORDER_OPS, Kind, refuse
from bosun.lib import locales, numbers

LARGEST = 2**63 - 1


def number_message(code: str) -> str:
    """The sentence for an error code of lib.numbers and lib.money."""
    messages = {
        "too_large": _("This number is too large."),
        "too_small": _("This number is too small."),
        "decimals": _("This number has too many decimals."),
        "ambiguous": _("This number can be read in two ways. Write it without separators of thousands."),
    }
    return messages.get(code, _("This is not a number."))


class Number(Kind):
    """A whole number, or one with a fixed number of decimals; stored as a scaled integer."""

    key = "number"
    widget = "number"
    cell = "number"
    numeric = True
    operators = (*EXACT_OPS, *ORDER_OPS, *EMPTY_OPS)
    aggregates = ("sum", "avg", "min", "max")
    json_type = "integer"

    def __init__(self, digits: int = 0, low: int | None = None, high: int | None = None) -> None:
        self.digits = digits
        self.low = -LARGEST if low is None else low * 10**digits
        self.high = LARGEST if high is None else high * 10**digits

    def parse_filled(self, raw: Any, env: Env) -> Any:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
            raise refuse(_("This is not a number."))
        if isinstance(raw, float) and raw != raw:
            raise refuse(_("This is not a number."))
        locale = None if env.strict or not isinstance(raw, str) else env.language
        plain = format(Decimal(str(raw)), "f") if isinstance(raw, float | Decimal) else str(raw)
        try:
            scaled = numbers.parse_decimal(plain, locale, self.digits)
        except numbers.NumberError as error:
            raise refuse(number_message(error.code)) from None
        except ArithmeticError:
            raise refuse(_("This is not a number.")) from None
        if scaled < self.low or scaled > self.high:
            raise refuse(_("This number is too large or too small."))
        return self.from_db(scaled)

    def to_db(self, value: Any) -> Any:
        return None if value is None else int(Decimal(value).scaleb(self.digits))

    def from_db(self, stored: Any) -> Any:
        if stored is None or not self.digits:
            return stored
        return Decimal(stored).scaleb(-self.digits)

    def to_json(self, value: Any, env: Env) -> Any:
        return str(value) if value is not None and self.digits else value

    def text(self, value: Any, env: Env) -> str:
        return "" if value is None else format_decimal(value, locale=locales.find(env.language))

    def export(self, value: Any, env: Env) -> str:
        return "" if value is None else str(value)

    def form(self, value: Any, env: Env) -> Any:
        return "" if value is None else format_decimal(value, locale=locales.find(env.language), group_separator=False)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "decimal"} if self.digits else {"type": "integer"}

    def sample(self, rng: random.Random) -> Any:
        return rng.randrange(1, 5000)


class Boolean(Kind):
    """Yes or no; empty counts as no where it is required."""

    key = "boolean"
    widget = "checkbox"
    cell = "checkbox"
    operators = ("is", "is_not")
    groupable = True
    json_type = "boolean"
    yes = frozenset(("1", "true", "yes", "y", "on", "x", "是", "对", "sí", "si", "verdadero", "wahr", "ja"))
    no = frozenset(("0", "false", "no", "n", "off", "否", "不", "falso", "falsch", "nein", "-"))

    def parse_filled(self, raw: Any, env: Env) -> Any:
        if isinstance(raw, bool):
            return raw
        word = str(raw).strip().casefold()
        if word in self.yes:
            return True
        if word in self.no:
            return False
        raise refuse(_("Answer yes or no."))

    def text(self, value: Any, env: Env) -> str:
        return "" if value is None else (_("Yes") if value else _("No"))

    def export(self, value: Any, env: Env) -> str:
        return "" if value is None else ("true" if value else "false")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def choices(self, env: Env) -> list[tuple[str, str]] | None:
        return [("true", _("Yes")), ("false", _("No"))]

    def words(self, value: Any) -> str:
        return ""

    def sample(self, rng: random.Random) -> Any:
        return rng.random() < 0.5
