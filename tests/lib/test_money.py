from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bosun.lib.money import RATE_SCALE, Money, MoneyError, convert, currencies, digits, from_decimal, parse
from bosun.lib.numbers import LARGEST


def test_currencies_have_their_own_number_of_decimals() -> None:
    assert [digits(code) for code in ("USD", "CNY", "JPY", "KRW", "KWD", "BHD", "MXN")] == [2, 2, 0, 0, 3, 3, 2]
    assert {"USD", "CNY", "EUR"} < currencies()
    for unknown in ("XXQ", "usd", "", "$"):
        with pytest.raises(MoneyError) as caught:
            Money(1, unknown)
        assert caught.value.code == "currency"


@pytest.mark.parametrize(
    ("text", "currency", "locale", "minor"),
    [
        ("1,000.50", "USD", "en", 100050),
        ("1.000,50", "EUR", "es", 100050),
        ("１２３", "CNY", "zh-hans", 12300),
        ("￥1,000", "CNY", "zh-hans", 100000),
        ("¥ 12.5", "CNY", "en", 1250),
        ("100元", "CNY", "zh-hans", 10000),
        ("$5", "USD", "en", 500),
        ("-$5", "USD", "en", -500),
        ("5 usd", "USD", "en", 500),
        ("1.234,5 €", "EUR", "es", 123450),
        ("1,000", "JPY", "en", 1000),
        ("1.234", "KWD", "en", 1234),
        ("1054.00", "USD", None, 105400),
    ],
)
def test_parse(text: str, currency: str, locale: str | None, minor: int) -> None:
    assert parse(text, currency, locale) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "locale", "code"),
    [
        ("", "USD", "en", "empty"),
        ("$", "USD", "en", "empty"),
        ("NaN", "USD", "en", "not_a_number"),
        ("Infinity", "USD", "en", "not_a_number"),
        ("1e308", "USD", "en", "not_a_number"),
        ("€5", "USD", "en", "not_a_number"),
        ("1.000,50", "USD", "en", "not_in_form"),
        ("1.001", "USD", "en", "ambiguous"),
        ("1000.001", "USD", "en", "decimals"),
        ("0.5", "JPY", "en", "decimals"),
        ("92233720368547758.08", "USD", "en", "too_large"),
        ("1", "???", "en", "currency"),
        ("$5", "USD", None, "not_a_number"),
    ],
)
def test_what_is_no_amount_is_refused_with_a_code(text: str, currency: str, locale: str | None, code: str) -> None:
    with pytest.raises(MoneyError) as caught:
        parse(text, currency, locale)
    assert caught.value.code == code


def test_amounts_are_ordered_and_added_within_one_currency() -> None:
    five, seven = Money(500, "USD"), Money(700, "USD")
    assert five < seven
    assert five <= five
    assert seven > five
    assert seven >= five
    assert five + seven == Money(1200, "USD")
    assert five - seven == Money(-200, "USD")
    assert -five * 3 == Money(-1500, "USD")
    assert not Money(0, "USD")
    assert five != Money(500, "EUR")


def test_amounts_of_two_currencies_do_not_mix() -> None:
    dollar, yuan = Money(1, "USD"), Money(1, "CNY")
    for act in (lambda: dollar < yuan, lambda: dollar >= yuan, lambda: dollar + yuan, lambda: dollar - yuan):
        with pytest.raises(MoneyError) as caught:
            act()
        assert caught.value.code == "currency"


def test_an_amount_never_outgrows_the_database() -> None:
    largest = Money(LARGEST, "USD")
    with pytest.raises(MoneyError) as caught:
        largest + Money(1, "USD")
    assert caught.value.code == "too_large"


def test_texts() -> None:
    assert Money(105400, "USD").amount_text == "1054.00"
    assert Money(-5, "USD").amount_text == "-0.05"
    assert Money(1054, "JPY").amount_text == "1054"
    assert Money(1054, "KWD").amount_text == "1.054"
    assert Money(123456, "USD").format("en") == "$1,234.56"
    assert Money(123456, "CNY").format("zh-hans") == "¥1,234.56"
    assert Money(123456, "EUR").format("es") == "1.234,56\xa0€"
    assert Money(LARGEST, "USD").format("en") == "$92,233,720,368,547,758.07"


def test_from_decimal_rounds_half_to_even() -> None:
    assert from_decimal(Decimal("0.125"), "USD") == Money(12, "USD")
    assert from_decimal(Decimal("0.135"), "USD") == Money(14, "USD")
    assert from_decimal(Decimal("-2.5"), "JPY") == Money(-2, "JPY")
    for value, code in [
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("1e40", "too_large"),
        ("1e19", "too_large"),
    ]:
        with pytest.raises(MoneyError) as caught:
            from_decimal(Decimal(value), "USD")
        assert caught.value.code == code


def test_convert() -> None:
    assert convert(Money(10000, "USD"), 71234 * 10**6, "CNY") == Money(71234, "CNY")
    assert convert(Money(100, "USD"), 1505 * 10**8, "JPY") == Money(15, "JPY")
    assert convert(Money(1000, "JPY"), 2 * 10**7, "KWD") == Money(2000, "KWD")
    for rate in (0, -1):
        with pytest.raises(MoneyError) as caught:
            convert(Money(1, "USD"), rate, "CNY")
        assert caught.value.code == "rate"


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**13), st.sampled_from(["USD", "JPY", "KWD"]))
def test_convert_agrees_with_exact_fractions(minor: int, rate: int, to: str) -> None:
    exact = Fraction(minor, 100) * Fraction(rate, RATE_SCALE) * 10 ** digits(to)
    assert convert(Money(minor, "EUR"), rate, to).minor == round(exact)


@given(st.integers(-LARGEST, LARGEST), st.sampled_from(["USD", "JPY", "KWD"]))
def test_an_amount_written_is_read_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert parse(money.amount_text, currency, None) == money
    assert from_decimal(Decimal(money.amount_text), currency) == money


@given(st.integers(-(10**12), 10**12), st.sampled_from(["en", "es", "zh-hans", "fr"]))
def test_an_amount_formatted_is_read_back(minor: int, locale: str) -> None:
    money = Money(minor, "EUR")
    assert parse(money.format(locale), "EUR", locale) == money
