"""Numbers as people write them, read in one way only or refused."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from babel.numbers import get_decimal_symbol, get_group_symbol

from bosun.lib import locales

LARGEST = 2**63 - 1

_LONGEST = 64
_LIKE = {
    "，": ",",
    "．": ".",
    "－": "-",
    "−": "-",
    "﹣": "-",
    "＋": "+",
    "’": "'",
    "＇": "'",
    "　": " ",
    "٫": ".",
    "٬": ",",
}
_NUMBER_WORDS = re.compile(r"[+-]?(?:nan|inf(?:inity)?|∞|\d[\d.,]*e[+-]?\d+|0[xob][0-9a-f]+)", re.IGNORECASE)
_PLAIN = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d+)(?:\.(?P<decimals>\d+))?")


class NumberError(ValueError):
    """A text that is no number of the kind asked for.

    `code` is "empty", "not_a_number", "not_in_form" (another country's way to write, or groups in the wrong place),
    "ambiguous" (a thousand here, one and three decimals elsewhere), "decimals", "too_small" or "too_large".
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@lru_cache(maxsize=256)
def _form(name: str | None) -> re.Pattern[str]:
    """How this locale writes a number; None is the machine's form."""
    if name is None:
        return _PLAIN
    locale = locales.find(name)
    decimal, group = get_decimal_symbol(locale), get_group_symbol(locale)
    group = " " if group.isspace() else group.replace("’", "'")
    sizes = r"\d{1,3}(?:G\d{3})+|\d{1,2}(?:G\d{2})*G\d{3}" if ",##,##0" in _pattern(name) else r"\d{1,3}(?:G\d{3})+"
    groups = "|".join(sizes.replace("G", re.escape(sign)) for sign in dict.fromkeys((group, " ")))
    shape = rf"(?P<sign>[+-]?)(?P<whole>{groups}|\d+)(?:{re.escape(decimal)}(?P<decimals>\d+))?"
    return re.compile(shape)


def _pattern(name: str) -> str:
    return str(locales.find(name).decimal_formats[None].pattern)


def _signs(text: str) -> str:
    """The text with every script's digits and full-width signs as ASCII; "½" and "²" are left as they are."""
    plain = (
        str(unicodedata.decimal(char)) if char.isdecimal() else " " if char.isspace() else _LIKE.get(char, char)
        for char in text.strip()
    )
    return "".join(plain)


def _split(text: str, locale: str | None) -> tuple[bool, str, str]:
    """Whether it is negative, its whole digits and its decimals."""
    if len(text) > _LONGEST:
        raise NumberError("not_a_number")
    plain = _signs(text)
    if not plain:
        raise NumberError("empty")
    match = _form(locale).fullmatch(plain)
    if not match:
        looks_like_one = re.fullmatch(r"[+-]?[\d.,' ]*\d", plain) and not _NUMBER_WORDS.fullmatch(plain)
        raise NumberError("not_in_form" if looks_like_one else "not_a_number")
    return match["sign"] == "-", re.sub(r"\D", "", match["whole"]), match["decimals"] or ""


def parse_decimal(text: str, locale: str | None, digits: int, lo: int = -LARGEST, hi: int = LARGEST) -> int:
    """The number times 10 to the power of `digits`, exactly; `lo` and `hi` bound the result.

    `locale` says how it is written; None reads the machine's form, "-1054.00", and nothing else.
    """
    negative, whole, decimals = _split(text, locale)
    if len(decimals) > digits:
        once = len(decimals) == 3 and len(whole) <= 3
        raise NumberError("ambiguous" if once and locale is not None else "decimals")
    value = int(whole + decimals.ljust(digits, "0"))
    value = -value if negative else value
    if value < lo:
        raise NumberError("too_small")
    if value > hi:
        raise NumberError("too_large")
    return value


def parse_int(text: str, locale: str | None, lo: int = -LARGEST, hi: int = LARGEST) -> int:
    """A whole number between `lo` and `hi`, both included."""
    return parse_decimal(text, locale, 0, lo, hi)


def is_id(text: str) -> bool:
    """True for digits that a database and `int` take: longer ones come from programs that try what breaks."""
    return text.isascii() and text.isdigit() and len(text) < 19


def decimal_text(value: int, digits: int) -> str:
    """A scaled number in the machine's form: 105400 with 2 digits is "1054.00"."""
    whole, rest = divmod(abs(value), 10**digits)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"


def half_even(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest whole number, halves to the even one."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    whole, rest = divmod(numerator, denominator)
    up = 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
    return whole + up
