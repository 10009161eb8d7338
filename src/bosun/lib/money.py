"""Amounts of money: whole minor units with their currency, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, get_currency_precision, get_currency_symbol, list_currencies

from bosun.lib import locales
from bosun.lib.numbers import LARGEST, NumberError, decimal_text, half_even, parse_decimal

RATE_SCALE = 10**10

_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)
_SIGNS = {"CNY": ("¥", "￥", "元", "RMB"), "JPY": ("¥", "￥", "円"), "EUR": ("€",), "USD": ("$",), "GBP": ("£",)}
_ALONE = {"GBP": "£", "EUR": "€"}
"""Signs that mean one currency everywhere, also where a locale writes the code: the same sign in every language."""


class MoneyError(NumberError):
    """A text or a calculation that gives no amount; besides the codes for numbers, "currency" and "rate"."""


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def currencies() -> frozenset[str]:
    """Every currency of ISO 4217 that is known here."""
    return _currencies()


@lru_cache(maxsize=512)
def digits(currency: str) -> int:
    """How many decimals amounts in this currency have: 2 for most, 0 for the yen, 3 for the Kuwaiti dinar."""
    if currency not in _currencies():
        raise MoneyError("currency")
    return int(get_currency_precision(currency))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units; amounts of two currencies are neither added nor compared."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        digits(self.currency)
        if abs(self.minor) > LARGEST:
            raise MoneyError("too_large")

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise MoneyError("currency")
        return other.minor

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    @property
    def amount_text(self) -> str:
        """The amount in the machine's form, "1054.00"."""
        return decimal_text(self.minor, digits(self.currency))

    def format(self, locale: str) -> str:
        """The amount as people of this locale write it, with its currency."""
        text = str(format_currency(Decimal(self.amount_text), self.currency, locale=locales.find(locale)))
        return text.replace(self.currency, _ALONE.get(self.currency, self.currency))


@lru_cache(maxsize=512)
def _symbols(currency: str, locale: Locale) -> tuple[str, ...]:
    """What may stand before or after an amount of this currency, the longest first."""
    symbols = {currency, get_currency_symbol(currency, locale), *_SIGNS.get(currency, ())}
    return tuple(sorted(symbols, key=len, reverse=True))


def _without_symbol(text: str, currency: str, locale: str) -> str:
    trimmed = text.strip()
    sign = trimmed[:1] if trimmed[:1] in {"-", "+", "−", "－"} else ""
    rest = trimmed[len(sign) :].strip()
    for symbol in _symbols(currency, locales.find(locale)):
        if rest.upper().startswith(symbol.upper()):
            return sign + rest[len(symbol) :].strip()
        if rest.upper().endswith(symbol.upper()):
            return sign + rest[: -len(symbol)].strip()
    return trimmed


def parse(text: str, currency: str, locale: str | None) -> Money:
    """Read an amount as people of this locale write it, with or without the currency's sign.

    `locale` None reads the machine's form, "-1054.00", and nothing else.
    """
    places = digits(currency)
    amount = text if locale is None or len(text) > 100 else _without_symbol(text, currency, locale)
    try:
        return Money(parse_decimal(amount, locale, places), currency)
    except NumberError as error:
        raise MoneyError(error.code) from None


def from_decimal(value: Decimal, currency: str) -> Money:
    """The amount nearest to this number, halves to the even minor unit."""
    if not value.is_finite():
        raise MoneyError("not_a_number")
    if value.adjusted() > 30:
        raise MoneyError("too_large")
    places = digits(currency)
    scaled = value.scaleb(places, _WIDE).quantize(Decimal(1), context=_WIDE)
    return Money(int(scaled), currency)


def convert(money: Money, rate_scaled_1e10: int, to: str) -> Money:
    """The amount in another currency; the rate says how much of it one unit is worth, times 10 to the 10th."""
    if rate_scaled_1e10 <= 0:
        raise MoneyError("rate")
    numerator = money.minor * rate_scaled_1e10 * 10 ** digits(to)
    return Money(half_even(numerator, RATE_SCALE * 10 ** digits(money.currency)), to)
