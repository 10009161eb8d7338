"""Days of quick entry that there are not, or that lie beyond those that are kept: named as not understood."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bosun.lib import dates, quickentry
from tests.lib.quicksaid import NOW, ZONE, said


@pytest.mark.parametrize(
    ("line", "text", "due", "unread"),
    [
        ("31 Dec 9999 23:59 call", "31 Dec 9999 call", "2026-11-23 23:59", "31 Dec 9999"),
        ("1 Jan 0001 call", "1 Jan 0001 call", "", "1 Jan 0001"),
        ("0001年1月1日 电话", "0001年1月1日 电话", "", "0001年1月1日"),
        ("call Bob on 3 March 1066", "call Bob on 3 March 1066", "", "on 3 March 1066"),
        ("1 Jan 10000 call", "1 Jan 10000 call", "", "1 Jan 10000"),
        ("31/12/9999 call", "31/12/9999 call", "", "31/12/9999"),
        ("9999-12-31 call", "9999-12-31 call", "", "9999-12-31"),
        ("1 Jan 1900 call", "call", "1900-01-01 09:00", ""),
        ("31 Dec 2199 23:59 call", "call", "2199-12-31 23:59", ""),
        ("31 Feb tomorrow call", "31 Feb call", "2026-11-24 09:00", "31 Feb"),
        ("3 days before 1 Jan 0001 x", "1 Jan 0001 x 3 days before", "", "1 Jan 0001, 3 days before"),
        ("3 days before 1 Jan 1900 x", "x 3 days before", "1900-01-01 09:00", "3 days before"),
        ("10000 months before 1 Jan 2027 x", "x 10000 months before", "2027-01-01 09:00", "10000 months before"),
        ("in 10000 weeks x", "in 10000 weeks x", "", "in 10000 weeks"),
        ("in 10000 years x", "in 10000 years x", "", "in 10000 years"),
        ("fifth Monday of the month plan", "plan", "2026-11-30 09:00", ""),
    ],
)
def test_a_day_beyond_those_that_are_kept_is_named(line: str, text: str, due: str, unread: str) -> None:
    assert said(line) == (text, due, "", unread)


DAYS = (
    "1 Jan 0001", "31 Dec 9999", "1 Jan 1900", "31 Dec 2199", "1 Jan 10000", "3 March 1066", "0001-01-01", "9999-12-31",
    "2199-12-31", "1/1/1900", "31/12/9999", "0001年1月1日", "2199年12月31日", "30 Feb", "fifth Friday of next month",
    "tomorrow", "下个月31号", "第五个周五", "next year",
)  # fmt: skip
BEFORE = (
    "", "3 days before", "10000 weeks before", "10000 months before", "1 hour before", "tres días antes del", "every",
    "every year on", "yearly", "every Monday until", "每周一直到", "in 10000 years", "in 10000 fortnights on Monday",
    "to", "nag every 10000 weeks",
)  # fmt: skip
BEHIND = (
    "",
    "前三天",
    "12点",
    "23:59-00:30",
    "三点到五点",
    "at 12 at night",
    "提前10000周",
    "until 31 Dec 9999",
    "to 1 Jan 0001",
)


@settings(max_examples=400)
@example("3 days before", "1 Jan 0001", "", "")
@given(*(st.sampled_from(words) for words in (BEFORE, DAYS, BEHIND, BEFORE)))
def test_no_day_near_the_ends_of_the_calendar_breaks_anything(before: str, day: str, behind: str, more: str) -> None:
    found = quickentry.read(f"{before} {day}{behind} {more} {day} x", NOW, ZONE)
    for named in (found.due, found.until):
        assert named is None or dates.is_kept(named)


@pytest.mark.parametrize(
    ("line", "due", "rule"),
    [
        ("fifth Friday of every month", "2027-01-29 09:00", "FREQ=MONTHLY;BYDAY=5FR"),
        ("每月第五个周五", "2027-01-29 09:00", "FREQ=MONTHLY;BYDAY=5FR"),
        ("yearly 29 Feb", "2028-02-29 09:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
        ("29 Feb every year", "2028-02-29 09:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
        ("el 29 de febrero de cada año", "2028-02-29 09:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
        ("每年2月29日", "2028-02-29 09:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
        ("every 5 March", "2027-03-05 09:00", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5"),
        ("weekends 9:00", "2026-11-28 09:00", "FREQ=WEEKLY;BYDAY=SA,SU"),
        ("15th and 30th of every month", "2026-11-30 09:00", "FREQ=MONTHLY;BYMONTHDAY=15,30"),
        ("every 15th and 30th", "2026-11-30 09:00", "FREQ=MONTHLY;BYMONTHDAY=15,30"),
        ("el 15 y el 30 de cada mes", "2026-11-30 09:00", "FREQ=MONTHLY;BYMONTHDAY=15,30"),
        ("每月15号和30号", "2026-11-30 09:00", "FREQ=MONTHLY;BYMONTHDAY=15,30"),
        ("29 Feb", "2028-02-29 09:00", ""),
        ("去年1月1日", "2025-01-01 09:00", ""),
        ("明年3月5日", "2027-03-05 09:00", ""),
        ("el 5 de marzo del año que viene", "2027-03-05 09:00", ""),
        ("1 Jan last year", "2025-01-01 09:00", ""),
        ("in 1h 30m", "2026-11-23 16:30", ""),
        ("en 1h 30m", "2026-11-23 16:30", ""),
    ],
)
def test_days_as_they_are_typed(line: str, due: str, rule: str) -> None:
    assert said(f"{line} call") == ("call", due, rule, "")


@pytest.mark.parametrize(
    ("line", "due", "rule", "unread"),
    [
        ("every Monday except 7 Dec x", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "except 7 Dec"),
        (
            "every Monday except 7 Dec and 14 Dec x",
            "2026-11-30 09:00",
            "FREQ=WEEKLY;BYDAY=MO",
            "except 7 Dec and 14 Dec",
        ),
        ("every day except holidays x", "2026-11-24 09:00", "FREQ=DAILY", "except holidays"),
        (
            "cada lunes excepto el 7 de diciembre x",
            "2026-11-30 09:00",
            "FREQ=WEEKLY;BYDAY=MO",
            "excepto el 7 de diciembre",
        ),
        ("每周一除了12月7日 x", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "除了12月7日"),
        ("每天节假日除外 x", "2026-11-24 09:00", "FREQ=DAILY", "节假日除外"),
        ("on the 30th of February every year x", "", "", "on the 30th of February every year"),
        ("every 31st of February x", "", "", "every 31st of February"),
        ("cada 31 de febrero x", "", "", "cada 31 de febrero"),
        ("每年2月30日 x", "", "", "每年2月30日"),
        ("every 15th and 32nd x", "", "", "every 15th and 32nd"),
        ("fifth Friday of next month x", "", "", "fifth Friday of next month"),
        ("每年农历新年 x", "", "", "每年农历新年"),
        ("每年中秋节 x", "", "", "每年中秋节"),
        ("腊月初八 x", "", "", "腊月初八"),
        ("十月初十 x", "", "", "十月初十"),
        ("农历正月初一 x", "", "", "农历正月初一"),
        ("3月底 x", "", "", "3月底"),
        ("every day until 31 Dec 9999 x", "2026-11-24 09:00", "FREQ=DAILY", "until 31 Dec 9999"),
        ("tomorrow 9:00 until 5 Dec x", "2026-11-24 09:00", "", "until 5 Dec"),
        ("on the 15th and 30th x", "2026-12-15 09:00", "", "30th"),
        ("5 Dec and 6 Dec x", "2026-12-05 09:00", "", "6 Dec"),
        ("12月5日和6日 x", "2026-12-05 09:00", "", "6日"),
        ("every day for 2 weeks x", "2026-11-24 09:00", "FREQ=DAILY", "for 2 weeks"),
        ("cada lunes durante 3 meses x", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "durante 3 meses"),
        ("every Monday 3 times x", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "3 times"),
        ("每周一共3次 x", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "共3次"),
        ("tomorrow from 9 to 17 x", "2026-11-24 09:00", "", "from 9 to 17"),
        ("rent a car for 2 weeks tomorrow", "2026-11-24 09:00", "", ""),
        ("call everyone except Bob tomorrow", "2026-11-24 09:00", "", ""),
        ("每年国庆节 x", "2027-10-01 09:00", "FREQ=YEARLY", ""),
    ],
)
def test_what_cannot_be_said_by_a_rule_is_named(line: str, due: str, rule: str, unread: str) -> None:
    assert said(line)[1:] == (due, rule, unread)
