from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bosun.lib.text import (
    TextError,
    bidi_safe,
    clean,
    company_key,
    fold,
    initials,
    is_blank,
    mixed_script,
    pinyin,
    sort_key,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("José", "jose"),
        ("Jose\u0301", "jose"),
        ("ＡＢＣ　１２３", "abc 123"),
        ("İstanbul", "istanbul"),
        ("ISTANBUL", "istanbul"),
        ("ıstanbul", "istanbul"),
        ("Straße", "strasse"),
        ("Łódź Ørsted", "lodz orsted"),
        ("  two \t spaces\n", "two spaces"),
        ("中国平安", "中国平安"),
        ("𠮷野家", "𠮷野家"),
        ("ガス", "ガス"),
        ("\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국"),
        ("한국", "한국"),
        ("L’Oréal", "l'oreal"),
        ("zero\u200bwidth", "zerowidth"),
        ("z" + "\u0301" * 1000 + "algo", "zalgo"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("A\0B", "nul"), ("\ud800", "surrogate"), ("bell\a", "control"), ("del\x7f", "control"), ("\x1b[1m", "control")],
)
def test_what_cannot_be_stored_is_refused(text: str, code: str) -> None:
    with pytest.raises(TextError) as caught:
        clean(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "single", "multi"),
    [
        ("  Ann \u3000", "Ann", "Ann"),
        ("one\r\ntwo\rthree\u2028four", "one two three four", "one\ntwo\nthree\nfour"),
        ("one \n\n  two", "one two", "one \n\n  two"),
        ("Jose\u0301", "José", "José"),
        ("👨‍👩‍👧 𠮷", "👨‍👩‍👧 𠮷", "👨‍👩‍👧 𠮷"),
        ("\ufeffname", "name", "name"),
        ("a\tb", "a b", "a\tb"),
        (" \u200b ", "", ""),
        ("ＡＢＣ", "ＡＢＣ", "ＡＢＣ"),
    ],
)
def test_clean(text: str, single: str, multi: str) -> None:
    assert clean(text) == single
    assert clean(text, multiline=True) == multi


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("text", "full", "short"),
    [
        ("中国平安", "zhong guo ping an", "zgpa"),
        ("曾国藩", "zeng guo fan", "zgf"),
        ("曾经", "ceng jing", "cj"),
        ("单雄信", "shan xiong xin", "sxx"),
        ("令狐冲", "ling hu chong", "lhc"),
        ("尉迟恭", "yu chi gong", "ycg"),
        ("重庆银行", "chong qing yin hang", "cqyh"),
        ("长城汽车", "chang cheng qi che", "ccqc"),
        ("吕布", "lv bu", "lb"),
        ("TCL科技 Group", "tcl ke ji group", "tclkjgroup"),
        ("Acme", "", ""),
        ("ひらがな", "", ""),
    ],
)
def test_pinyin(text: str, full: str, short: str) -> None:
    assert pinyin(text) == (full, short)


def test_chinese_names_sort_among_latin_ones() -> None:
    names = ["Zoe", "李明", "平安", "Mike", "黎明", "安徽", "李白", "Lima", "“Beta”", "Li Ming", "𠮷"]
    assert sorted(names, key=sort_key) == [
        "安徽", "“Beta”", "Li Ming", "李白", "李明", "黎明", "Lima", "Mike", "平安", "Zoe", "𠮷",
    ]  # fmt: skip
    assert sort_key("李明") == "li 李 ming 明"
    assert sort_key("TCL科技") == "tcl ke 科 ji 技"
    assert sort_key("***") == "***"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Acme Ltd.", "acme"),
        ("ACME, Inc", "acme"),
        ("Acme S. A.", "acme"),
        ("Acme S.A. de C.V.", "acme"),
        ("Acme S de RL de CV", "acme"),
        ("Acme A/S", "acme"),
        ("Acme Sp. z o.o.", "acme"),
        ("The Acme Group Co., Ltd.", "acme"),
        ("Johnson & Johnson", "johnsonjohnson"),
        ("Johnson and Johnson", "johnsonjohnson"),
        ("Coca-Cola", "cocacola"),
        ("Coca Cola GmbH & Co. KG", "cocacola"),
        ("L'Oréal S.A.", "loreal"),
        ("J.P. Morgan", "jpmorgan"),
        ("AG", "ag"),
        ("ООО Ромашка", "ромашка"),
        ("北京百度网讯科技有限公司", "北京百度网讯科技"),
        ("阿里巴巴（中国）有限公司", "阿里巴巴中国"),
        ("TCL科技集团股份有限公司", "tcl科技"),
        ("株式会社トヨタ", "トヨタ"),
        ("トヨタ㈱", "トヨタ"),
        ("集团", "集团"),
        ("***", ""),
    ],
)
def test_company_key(name: str, key: str) -> None:
    assert company_key(name) == key


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("аdmin@exаmple.com", True),
        ("admin@example.com", False),
        ("Ромашка Ltd", False),
        ("中国Telecom", False),
        ("Ωmega", True),
        ("José", False),
    ],
)
def test_mixed_script(text: str, mixed: bool) -> None:
    assert mixed_script(text) is mixed


def test_direction_controls_are_taken_out() -> None:
    assert bidi_safe("invoice\u202egpj.exe") == "invoicegpj.exe"
    assert bidi_safe("שלום") == "\u2068שלום\u2069"
    assert bidi_safe("中国 plain") == "中国 plain"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ann Berg", "AB"),
        ("ann", "A"),
        ("Ana María López", "AL"),
        ("王小明", "王"),
        ("ßtrange", "S"),
        ("…", ""),
        ("👍 Ok", "O"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize("text", ["", " \t", "\u200b", "\u202e\u200b", "\u3164", "\u2800 \ufeff"])
def test_what_shows_nothing_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "\u202ea", "。", "🙂", "0", "é", "\ue000"])
def test_what_shows_something_is_not(text: str) -> None:
    assert not is_blank(text)
