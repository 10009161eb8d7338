"""Formulas: what they reckon, what they refuse, and that nothing in them can run away."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bosun.lib import formula
from bosun.lib.formula import FormulaError, Value

KNOWN = {"amount", "seats", "name", "won", "bought", "x_rate"}
HELD: dict[str, Value] = {
    "amount": Decimal("100.50"), "seats": Decimal(4), "name": "Halden", "won": True, "bought": date(2026, 3, 1),
    "x_rate": None,
}  # fmt: skip


def value(text: str) -> Value:
    return formula.read(text, KNOWN).value(HELD)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("amount * seats + 1", Decimal("403.00")),
        ("1 + 2 * 3", Decimal(7)),
        ("(1 + 2) * 3", Decimal(9)),
        ("-seats - -1", Decimal(-3)),
        ("10 / 4", Decimal("2.5")),
        ("amount / 0", None),
        ("amount * x_rate", None),
        ("round(10 / 3, 2)", Decimal("3.33")),
        ("round(2.5)", Decimal(3)),
        ("floor(2.9) + ceil(2.1) + abs(-1)", Decimal(6)),
        ("min(3, seats, x_rate) * max(1, 2)", Decimal(6)),
        ("seats > 3 and not won = false", True),
        ("seats >= 5 or name <> 'Halden'", False),
        ("x_rate < 5", False),
        ("x_rate = empty", True),
        ("seats = 'four'", False),
        ('if(seats > 3, "large", "small")', "large"),
        ("if(x_rate > 1, 1)", None),
        ("name & ' ' & seats & won", "Halden 4yes"),
        ("upper(left(name, 3)) & lower(right(name, 2)) & len(trim(' x '))", "HALen1"),
        ("concat(name, 1.50, bought)", "Halden1.52026-03-01"),
        ("contains(name, 'ALD')", True),
        ("first(x_rate, '', seats)", Decimal(4)),
        ("blank(x_rate)", True),
        ("bought + 30", date(2026, 3, 31)),
        ("bought - 1", date(2026, 2, 28)),
        ("days(bought, bought + 7)", Decimal(7)),
        ("year(bought) * 100 + month(bought) + day(bought)", Decimal(202604)),
        ("name + 1", None),
        ("bought * 2", None),
        ("bought + 99999999", None),
        ("won", True),
    ],
)
def test_what_they_reckon(text: str, result: Value) -> None:
    assert value(text) == result


def test_they_say_which_fields_they_need() -> None:
    assert formula.read("amount * if(seats > 3, 1, amount)", KNOWN).names == {"amount", "seats"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("__import__('os').system('ls')", "unreadable"),
        ("().__class__.__bases__", "unreadable"),
        ("name.__class__", "unreadable"),
        ("amount.real", "unreadable"),
        ("lambda: 1", "unreadable"),
        ("[x for x in (1, 2)]", "unreadable"),
        ("{1: 2}", "unreadable"),
        ("name[0]", "unreadable"),
        ("amount ** 9", "unreadable"),
        ("2 ** 2 ** 99", "unreadable"),
        ("amount := 3", "unreadable"),
        ("f'{amount}'", "unknown_name"),
        ("import os", "unknown_name"),
        ("exec('1')", "unknown_function"),
        ("eval(name)", "unknown_function"),
        ("getattr(name, 'x')", "unknown_function"),
        ("open('/etc/passwd')", "unknown_function"),
        ("__builtins__", "unreadable"),
        ("margin * 2", "unknown_name"),
        ("round()", "arguments"),
        ("if(1)", "arguments"),
        ("1 +", "unreadable"),
        ("(1", "unreadable"),
        ("1 2", "unreadable"),
        ("", "unreadable"),
        ("1e9", "unreadable"),
        ("0x10", "unreadable"),
        ("'open", "unreadable"),
        ("(" * 40 + "1" + ")" * 40, "too_deep"),
        ("1" + "+1" * 300, "too_long"),
        ("1" * 1001, "too_long"),
        ("\0", "unreadable"),
    ],
)
def test_what_they_refuse(text: str, code: str) -> None:
    with pytest.raises(FormulaError) as refused:
        formula.read(text, KNOWN)
    assert refused.value.code == code


def test_a_constant_is_no_larger_than_can_be_worked_with() -> None:
    assert formula.read("1000000000000000000", KNOWN).value({}) == 10**18
    with pytest.raises(formula.FormulaError):
        formula.read("1000000000000000001", KNOWN)


def test_numbers_and_texts_do_not_grow_without_bound() -> None:
    assert value("9999999999 * 9999999999") is None
    assert value("*".join(["999999999"] * 9)) is None
    long = "concat(" + ", ".join(["'" + "x" * 30 + "'"] * 18) + ")"
    assert value(long) == "x" * 540
    held: dict[str, Value] = {"name": "x" * 1900}
    assert formula.read("name & name", KNOWN).value(held) is None
    assert value("round(1, 999999)") is None
    assert value("left(name, 99999999999)") is None


@given(st.text(max_size=120) | st.text(alphabet="()+-*/<>=&,.'\" abnorx019", max_size=200))
def test_any_text_is_read_or_refused_quickly(text: str) -> None:
    began = time.perf_counter()
    try:
        found = formula.read(text, KNOWN)
    except FormulaError:
        pass
    else:
        assert isinstance(found.value(HELD), Value | None)
    assert time.perf_counter() - began < 1
