"""Money: minor units and a currency, with the base value of its day beside it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import ports
from bosun.kernel.env import Env
from bosun.kernel.kinds.base import EMPTY_OPS, ORDER_OPS, Kind, refuse
from bosun.kernel.kinds.number import LARGEST, number_message
from bosun.lib import money
from bosun.lib.money import Money as Amount


class Money(Kind):
    """An amount in a currency. Sorting, sums and conditions use the base value, and say so."""

    key = "money"
    widget = "money"
    cell = "money"
    numeric = True
    operators = ("is", "is_not", *ORDER_OPS, *EMPTY_OPS)
    aggregates = ("sum", "avg", "min", "max")
    json_type = "integer"

    def parse_filled(self, raw: Any, env: Env) -> Any:
        if isinstance(raw, Amount):
            return raw
        amount, currency = self._split(raw, env)
        if currency not in money.currencies():
            raise refuse(_("This currency is not known. Use its three letters, as in USD."))
        if isinstance(amount, bool) or not isinstance(amount, str | int):
            raise refuse(_('Write the amount as text, as in "1054.00".'))
        try:
            value = money.parse(str(amount), currency, None if env.strict else env.language)
        except money.MoneyError as error:
            raise refuse(number_message(error.code)) from None
        self.base(value, env)  # refused here, beside its field, where the currency has no rate
        return value

    def _split(self, raw: Any, env: Env) -> tuple[Any, str]:
        if isinstance(raw, Mapping):
            amount = raw.get("amount")
            if amount in (None, ""):
                raise refuse(_("Give an amount."))
            return amount, str(raw.get("currency") or env.company.currency).upper()
        if isinstance(raw, str):
            text = raw.strip()
            if len(text) > 4 and text[:3].isascii() and text[:3].isalpha():
                return text[3:].strip(), text[:3].upper()
            if len(text) > 4 and text[-3:].isascii() and text[-3:].isalpha():
                return text[:-3].strip(), text[-3:].upper()
            return text, env.company.currency
        return raw, env.company.currency

    def base(self, value: Amount, env: Env) -> int:
        """The amount in minor units of the base currency at today's rate."""
        if value.currency == env.company.currency:
            return value.minor
        rate = ports.rate(value.currency, env.today)
        if rate is None:
            raise refuse(
                _("There is no rate for %(currency)s. An administrator can add it.") % {"currency": value.currency}
            )
        return money.convert(value, rate, env.company.currency).minor

    def dump(self, value: Any) -> Any:
        return None if value is None else [value.minor, value.currency]

    def load(self, data: Any) -> Any:
        return None if data is None else Amount(data[0], data[1])

    def to_json(self, value: Any, env: Env) -> Any:
        return None if value is None else {"amount": value.amount_text, "currency": value.currency}

    def text(self, value: Any, env: Env) -> str:
        return "" if value is None else str(value.format(env.language))

    def export(self, value: Any, env: Env) -> str:
        return "" if value is None else f"{value.amount_text} {value.currency}"

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {"amount": {"type": "string"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
            "required": ["amount"],
        }

    def one_operand(self, raw: Any, env: Env) -> Any:
        if isinstance(raw, int) and not isinstance(raw, bool):
            raw = str(raw)
        value = self.parse(raw, env)
        if value is None:
            raise refuse(_("Give a value to compare with."))
        return max(-LARGEST, min(LARGEST, self.base(value, env)))

    def operand_text(self, op: str, operand: Any, env: Env) -> str:
        parts = operand if isinstance(operand, list) else [operand] if operand is not None else []
        return " – ".join(Amount(part, env.company.currency).format(env.language) for part in parts)

    def words(self, value: Any) -> str:
        return ""

    def sample(self, rng: random.Random) -> Any:
        return {"amount": f"{rng.randrange(1000, 90000)}.00", "currency": "EUR"}
