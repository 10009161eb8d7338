# ruff: noqa: E501
"""Lines of quick entry that were once read as another day or another time."""

from __future__ import annotations

import pytest

from tests.lib.quicksaid import WEDNESDAY, said


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("二十五分钟后", "2026-11-25 10:45"),
        ("三十五分钟后", "2026-11-25 10:55"),
        ("四十五分钟后", "2026-11-25 11:05"),
        ("四十分钟后", "2026-11-25 11:00"),
        ("五十分钟后", "2026-11-25 11:10"),
        ("二十一天后", "2026-12-16 10:20"),
        ("二十二天后", "2026-12-17 10:20"),
        ("二十五天后", "2026-12-20 10:20"),
        ("十一个月后", "2027-10-25 09:00"),
    ],
)
def test_a_number_in_chinese_is_read_whole(line: str, due: str) -> None:
    assert said(f"{line}交", WEDNESDAY) == ("交", due, "", "")


def test_a_reminder_so_many_minutes_ahead_in_chinese() -> None:
    assert said("提前二十五分钟提醒 明天15:00开会", WEDNESDAY) == ("开会 15:00", "2026-11-26 14:35", "", "")


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("2026/12/24 18:00 party", ("party", "2026-12-24 18:00", "", "")),
        ("2026.12.24 18:00 party", ("party", "2026-12-24 18:00", "", "")),
        ("2026-12-24T18:00 party", ("party", "2026-12-24 18:00", "", "")),
        ("2026-12-24T18:00Z party", ("Z party", "2026-12-24 18:00", "", "Z")),
        ("2026-12-24T18:00:00Z party", ("Z party", "2026-12-24 18:00", "", "Z")),
        ("2026-12-24T18:00+05:00 party", ("+05:00 party", "2026-12-24 18:00", "", "+05:00")),
        ("2026-12-24T18:00-05:00 party", ("05:00 party", "2026-12-24 18:00", "", "-05:00")),
        ("2026-12-24 18:00:00 party", ("party", "2026-12-24 18:00", "", "")),
        ("the day before 24 Dec buy gifts", ("buy gifts, 2026-12-24", "2026-12-23 09:00", "", "")),
        ("the day before Monday prep", ("prep, 2026-11-30", "2026-11-29 09:00", "", "")),
        ("the week before 24 Dec buy gifts", ("buy gifts, 2026-12-24", "2026-12-17 09:00", "", "")),
        ("el día antes del 24 de diciembre comprar", ("comprar, 2026-12-24", "2026-12-23 09:00", "", "")),
        ("el día anterior al 24 de diciembre comprar", ("comprar, 2026-12-24", "2026-12-23 09:00", "", "")),
        ("la víspera del 24 de diciembre comprar", ("la víspera del comprar", "2026-12-24 09:00", "", "la víspera del")),
        ("el día después del 24 de diciembre comprar", ("el día después del comprar", "2026-12-24 09:00", "", "el día después del")),
        ("dos días después del 24 de diciembre comprar", ("dos días después del comprar", "2026-12-24 09:00", "", "dos días después del")),
        ("the night before Friday pack", ("the night pack", "2026-11-27 09:00", "", "the night")),
        ("the day after 24 Dec return gifts", ("the day after return gifts", "2026-12-24 09:00", "", "the day after")),
        ("2 days after 24 Dec return gifts", ("2 days after return gifts", "2026-12-24 09:00", "", "2 days after")),
        ("the Monday after 24 Dec call", ("the Monday after call", "2026-12-24 09:00", "", "the Monday after")),
        ("3 days from tomorrow call", ("3 days from call", "2026-11-26 09:00", "", "3 days from")),
        ("not before Monday call", ("not call", "2026-11-30 09:00", "", "not")),
        ("after Monday call", ("after call", "2026-11-30 09:00", "", "after")),
        ("next next Friday call", ("next call", "2026-11-27 09:00", "", "next")),
        ("Friday after next call", ("Friday after next call", "", "", "Friday after next")),
        ("12月24日之后三天买礼物", ("之后三天买礼物", "2026-12-24 09:00", "", "之后三天")),
        ("12月24日后买礼物", ("后买礼物", "2026-12-24 09:00", "", "后")),
        ("半个月后交", ("半个月后交", "", "", "半个月后")),
        ("一百分钟后交 明天", ("一百分钟后交", "2026-11-26 09:00", "", "一百分钟后")),
        ("1-5 Dec 9:00 fair", ("1-5 Dec fair", "2026-12-01 09:00", "", "1-5 Dec")),
        ("1 to 5 Dec 9:00 fair", ("1 to 5 Dec fair", "2026-12-01 09:00", "", "1 to 5 Dec")),
        ("Dec 1-5 9:00 fair", ("Dec 1-5 fair", "2026-12-01 09:00", "", "Dec 1-5")),
        ("24/25 Dec call", ("24/25 Dec call", "2026-12-24 09:00", "", "24/25 Dec")),
        ("in 3 days 4 hours call", ("4 hours call", "2026-11-28 10:20", "", "4 hours")),
        ("in 2 weeks and 3 days call", ("and 3 days call", "2026-12-09 10:20", "", "and 3 days")),
        ("in a day or two call", ("or two call", "2026-11-26 10:20", "", "or two")),
        ("in sixteen days at 9 call", ("in sixteen days call", "2026-11-26 09:00", "", "in sixteen days")),
        ("tomorrow at nine thirty call", ("at nine thirty call", "2026-11-26 09:00", "", "at nine thirty")),
        ("二十五号9点交", ("二十五号 交", "2026-11-26 09:00", "", "二十五号")),
        ("the twenty-first 9:00 call", ("the twenty-first call", "2026-11-26 09:00", "", "the twenty-first")),
        ("周五后勤会议", ("后勤会议", "2026-11-27 09:00", "", "")),
        ("tomorrow at nine call", ("at nine call", "2026-11-26 09:00", "", "at nine")),
        ("tomorrow at 0930 call", ("call", "2026-11-26 09:30", "", "")),
        ("tomorrow at 1500 hours call", ("call", "2026-11-26 15:00", "", "")),
        ("tomorrow at 1500 call", ("at 1500 call", "2026-11-26 09:00", "", "at 1500")),
        ("tomorrow 9:00 EST call", ("EST call", "2026-11-26 09:00", "", "EST")),
        ("tomorrow 9:00 UTC call", ("UTC call", "2026-11-26 09:00", "", "UTC")),
        ("tomorrow 9am New York time call", ("New York time call", "2026-11-26 09:00", "", "New York time")),
        ("mañana a las 9 hora de Londres llamar", ("hora de Londres llamar", "2026-11-26 09:00", "", "hora de Londres")),
        ("明天纽约时间9点开会", ("纽约时间 开会", "2026-11-26 09:00", "", "纽约时间")),
        ("call Bob at 555-1234 tomorrow", ("call Bob at 555-1234", "2026-11-26 09:00", "", "")),
        ("ask Mon about the sun tomorrow", ("ask Mon about the sun", "2026-11-26 09:00", "", "")),
        ("tomorrow Full time job", ("Full time job", "2026-11-26 09:00", "", "")),
    ],
)  # fmt: skip
def test_what_changes_a_day_or_an_hour_is_read_or_named(line: str, understood: tuple[str, str, str, str]) -> None:
    assert said(line, WEDNESDAY) == understood


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("next month 15th 10:00 pay", ("pay", "2026-12-15 10:00", "", "")),
        ("next month, the 3rd pay", ("pay", "2026-12-03 09:00", "", "")),
        ("next month on the 3rd pay", ("pay", "2026-12-03 09:00", "", "")),
        ("a las 9h30 reunión", ("reunión", "2026-11-26 09:30", "", "")),
        ("Wednesday call", ("call", "2026-12-02 09:00", "", "")),
        ("when I first open Bosun on Wednesday check mail", ("check mail", "2026-12-02 09:00", "", "")),
    ],
)
def test_the_day_that_is_meant_is_the_one_to_come(line: str, understood: tuple[str, str, str, str]) -> None:
    assert said(line, WEDNESDAY) == understood
