from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bosun.lib.text import query_tokens, sort_key, tokens


def found(text: str, query: str) -> bool:
    """As the index does it: every word asked for begins one of the words indexed."""
    words = tokens(text)
    wanted = query_tokens(query)
    return bool(wanted) and all(any(word.startswith(each) for word in words) for each in wanted)


def test_the_words_of_a_chinese_name() -> None:
    assert tokens("中国平安") == [
        "中", "国", "平", "安", "中国", "国平", "平安", "zhong", "guo", "ping", "an",
        "zhongguopingan", "zgpa", "guopingan", "gpa", "pingan", "pa",
    ]  # fmt: skip


def test_the_words_of_a_latin_name_and_of_a_number() -> None:
    assert tokens("O'Brien & Söhne GmbH") == ["o", "brien", "obrien", "sohne", "gmbh"]
    assert tokens("138-0013") == ["138", "0013", "1380013", "80013", "380013"]
    assert tokens("") == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("中国平安", "平安"),
        ("中国平安", "zgpa"),
        ("中国平安", "ZhongGuo PingAn"),
        ("中国平安", "zhongguopingan"),
        ("中国平安", "zhong guo ping an"),
        ("中国平安", "平"),
        ("中国平安", "安"),
        ("中国平安保险（集团）股份有限公司", "平安保险"),
        ("曾国藩", "zeng"),
        ("曾国藩", "ceng"),
        ("单雄信", "shanxiongxin"),
        ("单雄信", "dan"),
        ("吕布", "lvbu"),
        ("吕布", "lubu"),
        ("吕布", "lü"),
        ("𠮷野家", "𠮷野"),
        ("Müller & Söhne", "muller sohne"),
        ("L'Oréal", "loreal"),
        ("L'Oréal", "l'oreal"),
        ("Coca-Cola", "cocacola"),
        ("Coca-Cola", "coca-cola"),
        ("ann@example.com", "ann@example.com"),
        ("ann@example.com", "example"),
        ("+8613800138000", "138 0013 8000"),
        ("+8613800138000", "+86 138-0013-8000"),
        ("+8613800138000", "008613800138000"),
        ("+8613800138000", "8000"),
        ("+8613800138000", "13800"),
        ("+861088888888", "010 8888 8888"),
        ("+34 912 34 56 78", "912345678"),
        ("万  科Ａ", "万科"),
        ("万  科Ａ", "wanke"),
        ("万  科Ａ", "wk"),
        ("平安 银行", "银行 平安"),
        ("000720", "000720"),
        ("000720", "0007"),
        ("トヨタ自動車", "トヨタ"),
        ("한국전력", "전력"),
        ("100% cotton", "100%"),
    ],
)
def test_found(text: str, query: str) -> None:
    assert found(text, query)


@pytest.mark.parametrize(
    ("text", "query"),
    [("中国平安", "安平"), ("中国平安", "zgpb"), ("Acme", "cme"), ("+8613800138000", "13900"), ("000720", "720")],
)
def test_not_found(text: str, query: str) -> None:
    assert not found(text, query)


@pytest.mark.parametrize("query", ["%", "___", "'", '"', "", "  ", "* OR", "-"])
def test_signs_ask_for_nothing(query: str) -> None:
    assert query_tokens(query) == (["or"] if "OR" in query else [])


@given(st.text(st.sampled_from("ab çİ中国平安行长吕𠮷12340 -+'.&()_%"), min_size=1, max_size=30))
def test_a_text_is_found_by_itself(text: str) -> None:
    wanted = query_tokens(text)
    assert found(text, text) or not wanted


@given(st.text(max_size=60))
def test_words_are_plain_and_each_stands_once(text: str) -> None:
    words = tokens(text)
    assert len(set(words)) == len(words)
    assert all(0 < len(word) <= 32 and not set(word) & set(" '\"%_*") for word in words)


def test_speed_allows_an_import_of_many_rows() -> None:
    names = [f"深圳市第{number}创新实业股份有限公司" for number in "一二三四五六七八九十"] * 20
    tokens("中")
    started = time.perf_counter()
    for name in names:
        tokens(name)
        sort_key(name)
    assert time.perf_counter() - started < len(names) * 0.002
