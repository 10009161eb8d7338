# ruff: noqa: E501
"""What is typed in one line, in three languages: when, how often, how it nags, and what is left as the text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bosun.lib import quickentry, recurrence
from tests.lib.quicklines import LINES

ZONE = "Europe/Madrid"
NOW = datetime(2026, 11, 25, 10, 20, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
"""A Wednesday."""


@pytest.mark.parametrize(("line", "text", "due", "rule", "nag"), LINES, ids=[line[0] for line in LINES])
def test_a_line_is_understood(line: str, text: str, due: str, rule: str, nag: int) -> None:
    found = quickentry.read(line, NOW, ZONE)
    said = f"{found.due.astimezone(ZoneInfo(ZONE)):%m-%d %H:%M}" if found.due else ""
    assert (found.text, said, found.rule, found.nag) == (text, due, rule, nag)


@pytest.mark.parametrize("line", ["EOD send report", "下班前交报告", "al final del día enviar el informe"])
def test_the_end_of_the_day_is_where_ones_working_day_ends(line: str) -> None:
    due = quickentry.read(line, NOW, ZONE, closing=time(17, 30)).due
    assert due is not None
    assert f"{due.astimezone(ZoneInfo(ZONE)):%m-%d %H:%M}" == "11-25 17:30"


@pytest.mark.parametrize(
    ("line", "hour", "due"),
    [
        ("this evening call", 10, "11-25 18:00"),
        ("this evening call", 18, "11-25 19:20"),
        ("esta tarde llamar", 16, "11-25 17:20"),
        ("tomorrow this evening call", 18, "11-26 18:00"),
    ],
)
def test_this_evening_is_today_also_once_it_has_begun(line: str, hour: int, due: str) -> None:
    now = datetime(2026, 11, 25, hour, 20, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    found = quickentry.read(line, now, ZONE).due
    assert found is not None
    assert f"{found.astimezone(ZoneInfo(ZONE)):%m-%d %H:%M}" == due


@pytest.mark.parametrize(
    "line",
    [
        "when I first open Bosun on Monday plan the week",
        "周一打开Bosun时 计划本周",
        "周一上班第一时间 计划本周",
        "el lunes cuando abra Bosun planificar la semana",
    ],
)
def test_when_bosun_is_opened(line: str) -> None:
    found = quickentry.read(line, NOW, ZONE)
    assert found.on_opening
    assert found.due is not None
    assert found.due.astimezone(ZoneInfo(ZONE)).date().isoformat() == "2026-11-30"


@pytest.mark.parametrize(
    ("line", "text", "prepare"),
    [
        ("every Monday 9:00 sales meeting, prepare material, nag 30 min", "sales meeting", ("prepare material",)),
        ("每周一9点 销售例会，准备材料，带上样品", "销售例会", ("准备材料", "带上样品")),
        (
            "cada lunes a las 9 reunión, preparar material; llevar la oferta",
            "reunión",
            ("preparar material", "llevar la oferta"),
        ),
        ("tomorrow 9:00 prepare material, call Priya", "prepare material, call Priya", ()),
        (
            "tomorrow 9:00 lunch, Priya, bring the contract, then home",
            "lunch, Priya, then home",
            ("bring the contract",),
        ),
        ("tomorrow 9:00 buy bread, preparedness, 准", "buy bread, preparedness, 准", ()),
    ],
)
def test_what_is_to_be_prepared_is_a_list_of_its_own(line: str, text: str, prepare: tuple[str, ...]) -> None:
    found = quickentry.read(line, NOW, ZONE)
    assert (found.text, found.prepare) == (text, prepare)


def test_a_list_to_prepare_has_an_end_and_the_text_keeps_the_rest() -> None:
    found = quickentry.read("tomorrow fair" + ",bring x" * 30, NOW, ZONE)
    assert (found.text, len(found.prepare)) == ("fair" + ",bring x" * 10, 20)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_and_comes_later(line: str) -> None:
    found = quickentry.read(line, NOW, ZONE)
    dated = re.search(r"\d{4}", line)
    assert found.due is None or dated or found.due >= NOW - timedelta(minutes=1)
    if found.rule:
        assert found.due is not None
        recurrence.normalise(found.rule, often=True)


@given(st.lists(st.sampled_from(["every", "cada", "每", "周", "9", "点", "30", "min", "monday", "lunes", "一", "mañana", "tomorrow", "明天", "at", "a", "las", "15:00", "in", "31", "de", "marzo", "nag", "月", "日", "号", "last", "2", "weeks"]), max_size=12))  # fmt: skip
def test_words_in_any_order_break_nothing(words: list[str]) -> None:
    found = quickentry.read(" ".join(words), NOW, ZONE)
    assert bool(found.rule) <= (found.due is not None)


@pytest.mark.parametrize(
    ("line", "text", "due", "until"),
    [
        ("every Monday 9:00 sales meeting until 31 Dec", "sales meeting", "11-30 09:00", "2026-12-31"),
        ("every day at 9 pills until Friday, nag 10 min", "pills", "11-26 09:00", "2026-11-27"),
        ("cada lunes a las 9 reunión hasta el 31 de diciembre", "reunión", "11-30 09:00", "2026-12-31"),
        ("every Monday 9:00 sync until the end of the year", "sync", "11-30 09:00", "2026-12-31"),
        ("cada lunes a las 9 reunión hasta fin de año", "reunión", "11-30 09:00", "2026-12-31"),
        ("每周一9点 例会 直到12月31日", "例会", "11-30 09:00", "2026-12-31"),
        ("every Monday 9:00 wait until it rains", "wait until it rains", "11-30 09:00", None),
    ],
)
def test_what_comes_again_has_a_last_day(line: str, text: str, due: str, until: str | None) -> None:
    found = quickentry.read(line, NOW, ZONE)
    assert found.due is not None
    assert (found.text, f"{found.due.astimezone(ZoneInfo(ZONE)):%m-%d %H:%M}") == (text, due)
    assert (found.until and found.until.isoformat()) == until


@pytest.mark.parametrize(
    ("line", "unread"),
    [
        ("Monday and Wednesday 9:00 gym", "Wednesday"),
        ("lunes y miércoles a las 9 gimnasio", "miércoles"),
        ("周一和周三9点健身", "周三"),
        ("Friday 5 review", "5"),
        ("twice a week water plants", "twice a week"),
        ("一会儿打电话", "一会儿"),
        ("待会儿打电话", "待会儿"),
        ("tomorrow 14.30 € invoice", "14.30"),
        ("tomorrow pay 14.30 EUR", "14.30"),
        ("3个工作日后交报告 明天", "3个工作日后"),
        ("in 3 working days send offer tomorrow", "in 3 working days"),
        ("in 2 months on Tuesday call", "on Tuesday"),
        ("Monday to Thursday 9:00 stand-up", "Thursday"),
        ("周一三五9点健身", "三五"),
        ("每周三天健身", "每周三天"),
        ("每周两次健身 明天", "每周两次"),
        ("每天三次吃药 明天9点", "每天三次"),
        ("every Monday 9:00 meeting, 1 day before", "1 day before"),
        ("2h workshop tomorrow", "2h"),
        ("Friday 20.12 party", "20.12"),
        ("tomorrow 14.30 kg", "14.30"),
        ("tomorrow 24 people", "24"),
        ("tomorrow and Friday 9:00 gym", "Friday"),
        ("on Friday, Saturday 9:00 gym", "Saturday"),
        ("dos veces por semana regar mañana", "dos veces por semana"),
        ("nag twice a day tomorrow 9:00", "twice a day"),
        ("50/50 split", "50/50"),
        ("every day at 25:00 foo", "25:00"),
        ("tomorrow 15:00 meeting, 10 min before", ""),
        ("tomorrow at 9 call 24 people", ""),
    ],
)
def test_what_looks_like_a_time_and_is_none_is_said(line: str, unread: str) -> None:
    assert quickentry.read(line, NOW, ZONE).unread == unread


def test_where_the_month_comes_first() -> None:
    days = [quickentry.read("3/4 gift", NOW, "UTC", month_first=first).due for first in (False, True)]
    assert days == [datetime(2027, 4, 3, 9, tzinfo=UTC), datetime(2027, 3, 4, 9, tzinfo=UTC)]


def test_what_ends_this_week_on_its_weekend() -> None:
    saturday = datetime(2026, 11, 28, 12, tzinfo=UTC)
    for line, day in (("end of the week report", 29), ("this weekend clean", 28)):
        due = quickentry.read(line, saturday, "UTC").due
        assert due is not None
        assert due.date() == date(2026, 11, day)


def test_the_31st_some_months_on_is_the_last_day_there() -> None:
    due = quickentry.read("in 3 months renew", datetime(2026, 11, 30, 12, tzinfo=UTC), "UTC").due
    assert due == datetime(2027, 2, 28, 9, tzinfo=UTC)


def test_what_is_past_is_named_as_that_day() -> None:
    for line in ("yesterday 9:00 call Ana", "ayer a las 9 llamar", "昨天9点打电话"):
        due = quickentry.read(line, NOW, ZONE).due
        assert due == NOW.replace(hour=8, minute=0) - timedelta(days=1)


def test_the_end_of_a_quarter_comes_each_quarter() -> None:
    found = quickentry.read("每季度末盘点", datetime(2026, 12, 31, 12, tzinfo=UTC), "UTC")
    assert found.due == datetime(2027, 3, 31, 9, tzinfo=UTC)


def test_signs_that_only_look_like_ours_are_read_too() -> None:
    assert quickentry.read("in 5 mın tea", NOW, ZONE).due == NOW + timedelta(minutes=5)
    assert quickentry.read("ſaturday \ue000 shop, twice a week", NOW, ZONE).text == "shop, twice a week"


@pytest.mark.parametrize(
    "odd",
    [
        "every ", "every first ", "monday and ", "周一和", "一", "每", "9 ", "9:", "14.30 ", "from 9 to ", "a las 9 y ",
        "3 days before ", "1 hour before ", "前三天", "下", " ", "\t\n", "tom ", "twice a ", "last day of ", "quarter to ",
    ],
)  # fmt: skip
def test_a_long_line_of_one_word_is_read(odd: str) -> None:
    found = quickentry.read(odd * 500, NOW, ZONE)
    assert len(found.text) <= quickentry.LONGEST + len(odd)
    assert quickentry.read(f"every Monday {odd * 500} tomorrow 15:00", NOW, ZONE).due is not None
