from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bosun.lib.phone import Phone, PhoneError, display, normalise, within_country
from tests.lib.data import FIXTURES, shared


@pytest.mark.parametrize(
    ("raw", "region", "e164", "kind", "where"),
    [
        ("(010) 8888 8888", "CN", "+861088888888", "fixed", "CN"),
        ("（０１０）８８８８８８８８", "CN", "+861088888888", "fixed", "CN"),
        ("010-88888888", "CN", "+861088888888", "fixed", "CN"),
        ("138 0013 8000", "CN", "+8613800138000", "mobile", "CN"),
        ("8613800138000", "CN", "+8613800138000", "mobile", "CN"),
        ("008613800138000", "US", "+8613800138000", "mobile", "CN"),
        ("008613800138000", None, "+8613800138000", "mobile", "CN"),
        ("+86 138-0013-8000", None, "+8613800138000", "mobile", "CN"),
        ("手机：13800138000", "CN", "+8613800138000", "mobile", "CN"),
        ("tel:+34912345678", "CN", "+34912345678", "fixed", "ES"),
        ("912 34 56 78", "ES", "+34912345678", "fixed", "ES"),
        ("(212) 555-0100", "US", "+12125550100", "fixed_or_mobile", "US"),
        ("020 7946 0018", "GB", "+442079460018", "fixed", "GB"),
        ("02 1234 5678", "IT", "+390212345678", "fixed", "IT"),
        ("400-810-6666", "CN", "+864008106666", "shared_cost", "CN"),
        ("+800 1234 5678", "CN", "+80012345678", "toll_free", "001"),
        ("٠١٠٨٨٨٨٨٨٨٨", "CN", "+861088888888", "fixed", "CN"),
        ("138\u20110013\u20138000", "CN", "+8613800138000", "mobile", "CN"),
    ],
)
def test_normal_form(raw: str, region: str | None, e164: str, kind: str, where: str) -> None:
    phone = normalise(raw, region)
    assert (phone.e164, phone.kind, phone.region) == (e164, kind, where)


@pytest.mark.parametrize(
    "raw",
    [
        "010-8888 8888转123",
        "010-88888888 分机 123",
        "010 8888 8888 ext. 123",
        "01088888888x123",
        "+86 10 8888 8888;ext=123",
    ],
)
def test_an_extension_is_kept(raw: str) -> None:
    expected = Phone("+861088888888", "+86 10 8888 8888 ext. 123", "fixed", "CN", "123")
    assert normalise(raw, "CN") == expected
    assert normalise(expected.display, None) == expected
    assert expected.uri == "tel:+861088888888;ext=123"


def test_only_some_kinds_take_short_messages() -> None:
    assert normalise("13800138000", "CN").is_mobile
    assert normalise("2125550100", "US").is_mobile
    assert not normalise("01088888888", "CN").is_mobile
    assert normalise("13800138000", "CN").uri == "tel:+8613800138000"


@pytest.mark.parametrize(
    ("raw", "region", "code"),
    [
        ("", "CN", "empty"),
        ("   ", "CN", "empty"),
        ("13800138000", None, "no_region"),
        ("tel:*#06#", "CN", "not_a_number"),
        ("*#06#", "CN", "not_a_number"),
        ("call me", "US", "not_a_number"),
        ("1-800-FLOWERS", "US", "not_a_number"),
        ("<b>13800138000</b>", "CN", "not_a_number"),
        ("12", "CN", "too_short"),
        ("138001380001234567", "CN", "too_long"),
        ("9" * 100, "CN", "too_long"),
        ("+86 10 0000 0000 0000 0000", None, "too_long"),
        ("010-88888888/13800138000", "CN", "several"),
        ("13800138000、13900139000", "CN", "several"),
        ("+999 123456789", None, "no_region"),
        ("(000) 000-0000", "US", "invalid"),
        ("1380013800²", "CN", "not_a_number"),
    ],
)
def test_what_is_no_number_is_refused_with_a_code(raw: str, region: str | None, code: str) -> None:
    with pytest.raises(PhoneError) as caught:
        normalise(raw, region)
    assert caught.value.code == code


def _examples(path: Path) -> list[tuple[str, str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(r["region"], r["country_code"], r["example_national_number"]) for r in csv.DictReader(file)]


def test_the_example_numbers_of_every_country_come_out_in_full() -> None:
    folder = shared("phone_examples")
    examples = _examples(folder / "phone_examples.csv" if folder else FIXTURES / "phones.csv")
    assert len(examples) == (1144 if folder else 12)
    wrong = []
    for region, code, national in examples:
        expected = f"+{code}{national}"
        readings = [normalise(expected, None).e164]
        if region != "001":
            readings.append(normalise(national, region).e164)
        if set(readings) != {expected}:
            wrong.append((region, expected, readings))
    assert wrong == []


def test_a_number_shown_is_read_back_as_the_same() -> None:
    for region, code, national in _examples(FIXTURES / "phones.csv"):
        phone = normalise(f"+{code}{national}", None)
        assert normalise(phone.display, region if region != "001" else None) == phone


def test_a_stored_number_is_shown_as_people_read_it() -> None:
    assert display("+861088888888") == "+86 10 8888 8888"
    assert display("unknown") == "unknown"


def test_a_stored_number_as_within_its_country() -> None:
    assert within_country("+8613812345678") == "13812345678"
    assert within_country("+34612345678;ext=5") == "612345678"
    assert within_country("+390612345678") == "0612345678"
