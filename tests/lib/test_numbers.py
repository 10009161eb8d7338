from __future__ import annotations

from fractions import Fraction

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from bosun.lib import locales
from bosun.lib.numbers import LARGEST, NumberError, decimal_text, half_even, parse_decimal, parse_int


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        ("1,000.50", "en", 100050),
        ("1.000,50", "es", 100050),
        ("1,000.50", "zh-hans", 100050),
        ("1 000,50", "fr", 100050),
        ("1\u202f000,50", "fr", 100050),
        ("1’000.50", "de-CH", 100050),
        ("12,34,567.80", "en-IN", 123456780),
        ("１２３", "zh-hans", 12300),
        ("１，２３４．５", "zh-hans", 123450),
        ("1 000", "en", 100000),
        ("1000", "es", 100000),
        ("1.000", "es", 100000),
        ("1,000", "en", 100000),
        ("-5", "en", -500),
        ("−5,5", "es", -550),
        ("+7", "en", 700),
        ("٣٫٥", "en", 350),
        ("007", "en", 700),
        ("1054.00", None, 105400),
        ("-0.01", None, -1),
    ],
)
def test_parse_decimal(text: str, locale: str | None, value: int) -> None:
    assert parse_decimal(text, locale, 2) == value


@pytest.mark.parametrize(
    ("text", "locale", "code"),
    [
        ("", "en", "empty"),
        ("  ", "en", "empty"),
        ("abc", "en", "not_a_number"),
        ("NaN", "en", "not_a_number"),
        ("Infinity", "en", "not_a_number"),
        ("-inf", "en", "not_a_number"),
        ("1e308", "en", "not_a_number"),
        ("1e-400", "en", "not_a_number"),
        ("0x10", "en", "not_a_number"),
        ("1_000", "en", "not_a_number"),
        ("10²", "en", "not_a_number"),
        ("½", "en", "not_a_number"),
        ("1" * 65, "en", "not_a_number"),
        ("--5", "en", "not_a_number"),
        ("1.000,50", "en", "not_in_form"),
        ("1,000.50", "es", "not_in_form"),
        ("1,5", "en", "not_in_form"),
        ("1.5", "es", "not_in_form"),
        ("1,00,000", "en", "not_in_form"),
        ("10,00", "en", "not_in_form"),
        ("1,000", None, "not_in_form"),
        (".5", "en", "not_in_form"),
        ("1.500", "en", "ambiguous"),
        ("1,500", "es", "ambiguous"),
        ("0.0001", "en", "decimals"),
        ("1.500", None, "decimals"),
        ("92233720368547758.08", "en", "too_large"),
        ("-92233720368547758.08", "en", "too_small"),
    ],
)
def test_what_has_no_single_reading_is_refused_with_a_code(text: str, locale: str | None, code: str) -> None:
    with pytest.raises(NumberError) as caught:
        parse_decimal(text, locale, 2)
    assert caught.value.code == code


def test_parse_int_keeps_to_its_bounds() -> None:
    assert parse_int("1,000", "en", 0, 1000) == 1000
    assert parse_int("9223372036854775807", "en") == LARGEST
    for text, code in [
        ("-1", "too_small"),
        ("1001", "too_large"),
        ("1.0", "decimals"),
        ("9223372036854775808", "too_large"),
    ]:
        with pytest.raises(NumberError) as caught:
            parse_int(text, "en", 0, 1000)
        assert caught.value.code == code


@given(st.integers(-LARGEST, LARGEST), st.integers(0, 6))
def test_what_is_written_is_read_back(value: int, digits: int) -> None:
    assert parse_decimal(decimal_text(value, digits), None, digits) == value


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from(["en", "es", "zh-hans", "fr", "de", "de-CH", "en-IN", "pt-BR", "ru"]),
)
def test_what_the_locale_writes_is_read_back(value: int, locale: str) -> None:
    written = format_decimal(value, locale=locales.find(locale))
    assert parse_decimal(written, locale, 2) == value * 100


@given(st.integers(-(10**20), 10**20), st.integers(-(10**6), 10**6).filter(bool))
def test_half_even_rounds_as_python_does(numerator: int, denominator: int) -> None:
    assert half_even(numerator, denominator) == round(Fraction(numerator, denominator))


@pytest.mark.parametrize(
    ("name", "found"), [("zh-hans", "zh_Hans"), ("zh_CN", "zh_Hans_CN"), ("es-xx", "es"), ("", "en"), ("../etc", "en")]
)
def test_locales_are_found_by_their_many_names(name: str, found: str) -> None:
    assert str(locales.find(name)) == found
