# ruff: noqa: E501
"""What comes again in quick entry: stretches of days, and days and numbers in Chinese."""

from __future__ import annotations

import pytest

from bosun.lib import quickentry
from tests.lib.quicksaid import SUNDAY, WEDNESDAY, ZONE, said

TO_THURSDAY = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"


@pytest.mark.parametrize(
    "line",
    [
        "每周一到周四9点健身",
        "每周一至四9点健身",
        "every Monday - Thursday 9:00 健身",
        "every Monday to Thursday 9:00 健身",
        "every Monday through Thursday 9:00 健身",
        "every Mon-Thu 9:00 健身",
        "cada lunes a jueves a las 9 健身",
    ],
)
def test_a_stretch_of_days_holds_the_days_between(line: str) -> None:
    assert said(line, WEDNESDAY) == ("健身", "2026-11-26 09:00", TO_THURSDAY, "")
    assert said(line, SUNDAY) == ("健身", "2026-11-30 09:00", TO_THURSDAY, "")


@pytest.mark.parametrize(
    ("line", "due", "rule"),
    [
        ("每周二到周四 x", "2026-11-26 09:00", "FREQ=WEEKLY;BYDAY=TU,WE,TH"),
        ("每周六到周日9点 x", "2026-11-28 09:00", "FREQ=WEEKLY;BYDAY=SA,SU"),
        ("每周一至周五9点 x", "2026-11-26 09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every Friday to Monday 9:00 x", "2026-11-27 09:00", "FREQ=WEEKLY;BYDAY=MO,FR,SA,SU"),
        ("every Monday, Wednesday to Friday 9:00 x", "2026-11-26 09:00", "FREQ=WEEKLY;BYDAY=MO,WE,TH,FR"),
        ("every Monday or Thursday 9:00 x", "2026-11-26 09:00", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("每个周一9点 x", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO"),
        ("每二十五分钟 x", "2026-11-25 10:45", "FREQ=MINUTELY;INTERVAL=25"),
        ("每四十五分钟 x", "2026-11-25 11:05", "FREQ=MINUTELY;INTERVAL=45"),
    ],
)
def test_days_and_numbers_are_read_whole(line: str, due: str, rule: str) -> None:
    assert said(line, WEDNESDAY) == ("x", due, rule, "")


def test_a_floor_is_no_day_of_the_week() -> None:
    assert said("每周一到三楼开会", WEDNESDAY) == ("到三楼开会", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "")


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("every Monday at 9 and Thursday at 5pm gym", ("and Thursday at 5pm gym", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "and Thursday at 5pm")),
        ("every Monday 9:00 and Thursday 17:00 gym", ("and Thursday 17:00 gym", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "and Thursday 17:00")),
        ("cada lunes a las 9 y jueves a las 17 gimnasio", ("y jueves a las 17 gimnasio", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "y jueves a las 17")),
        ("每周一9点和周四17点健身", ("和周四17点健身", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "和周四17点")),
        ("Monday at 9 and Thursday at 5pm gym", ("and Thursday at 5pm gym", "2026-11-30 09:00", "", "and Thursday at 5pm")),
        ("every Monday 9:00 sync 31 Dec", ("sync 31 Dec", "2027-01-04 09:00", "FREQ=WEEKLY;BYDAY=MO", "31 Dec")),
        ("every Monday 9:00 sync starting 1 Dec", ("sync starting", "2026-12-07 09:00", "FREQ=WEEKLY;BYDAY=MO", "")),
        ("每周一9点例会，从12月1日开始", ("例会，从 开始", "2026-12-07 09:00", "FREQ=WEEKLY;BYDAY=MO", "")),
        ("every day but Sunday at 9:00 pills", ("but Sunday pills", "2026-11-26 09:00", "FREQ=DAILY", "but Sunday")),
        ("every day without Sunday 9:00 pills", ("without Sunday pills", "2026-11-26 09:00", "FREQ=DAILY", "without Sunday")),
        ("cada día sin domingo a las 9 pastillas", ("sin domingo pastillas", "2026-11-26 09:00", "FREQ=DAILY", "sin domingo")),
        ("每月十五号交租", ("交租", "2026-12-15 09:00", "FREQ=MONTHLY;BYMONTHDAY=15", "")),
        ("每月二十一号交租", ("交租", "2026-12-21 09:00", "FREQ=MONTHLY;BYMONTHDAY=21", "")),
        ("每月三十号交租", ("交租", "2026-11-30 09:00", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", "")),
        ("每月一号和十五号交租", ("交租", "2026-12-01 09:00", "FREQ=MONTHLY;BYMONTHDAY=1,15", "")),
        ("每月倒数第二天9点报表", ("报表", "2026-11-29 09:00", "FREQ=MONTHLY;BYMONTHDAY=-2", "")),
        ("每月倒数第3天报表", ("报表", "2026-11-28 09:00", "FREQ=MONTHLY;BYMONTHDAY=-3", "")),
        ("每月倒数第三十天报表", ("每月倒数第三十天报表", "", "", "每月倒数第三十天")),
        ("every 3rd day at 9 water", ("water", "2026-11-28 09:00", "FREQ=DAILY;INTERVAL=3", "")),
        ("every third day at 9 water", ("water", "2026-11-28 09:00", "FREQ=DAILY;INTERVAL=3", "")),
        ("every second day at 9 water", ("water", "2026-11-27 09:00", "FREQ=DAILY;INTERVAL=2", "")),
        ("every 3rd week on Tuesday 9:00 x", ("x", "2026-12-15 09:00", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", "")),
        ("every second week on Tuesday 9:00 x", ("x", "2026-12-08 09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "")),
        ("every third month on the 5th 9:00 x", ("x", "2026-12-05 09:00", "FREQ=MONTHLY;INTERVAL=3", "")),
        ("every 3rd rent", ("rent", "2026-12-03 09:00", "FREQ=MONTHLY;BYMONTHDAY=3", "")),
        ("cada tercer día a las 9 regar", ("cada tercer día regar", "2026-11-26 09:00", "", "cada tercer día")),
        ("cada dos lunes a las 9 reunión", ("reunión", "2026-12-07 09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "")),
        ("lunes alternos a las 9 reunión", ("reunión", "2026-12-07 09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "")),
        ("un lunes sí y otro no a las 9 reunión", ("reunión", "2026-12-07 09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "")),
        ("每半个月交租 明天", ("每半个月交租", "2026-11-26 09:00", "", "每半个月")),
        ("every day at 9 and 21 pills", ("and 21 pills", "2026-11-26 09:00", "FREQ=DAILY", "21")),
        ("every day at 8, 12 and 18 pills", ("12 and 18 pills", "2026-11-26 08:00", "FREQ=DAILY", "12 and 18")),
        ("每天早上8点晚上8点吃药", ("晚上8点吃药", "2026-11-26 08:00", "FREQ=DAILY", "晚上8点")),
        ("twice daily 9:00 x", ("twice daily x", "2026-11-26 09:00", "", "twice daily")),
        ("biweekly Friday 10:00 x", ("biweekly x", "2026-11-27 10:00", "", "biweekly")),
        ("every Monday in December 9:00 x", ("in December x", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "in December")),
        ("cada lunes de diciembre a las 9 x", ("de diciembre x", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "de diciembre")),
        ("every hour on weekdays stretch", ("every hour stretch", "2026-11-26 09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every hour")),
        ("every hour between 9 and 17 x", ("between 9 and 17 x", "2026-11-25 11:20", "FREQ=HOURLY", "between 9 and 17")),
        ("cada hora entre las 9 y las 17 x", ("entre las 9 y las 17 x", "2026-11-25 11:20", "FREQ=HOURLY", "entre las 9 y las 17")),
        ("every Monday 9:00 sync until January", ("sync until January", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "until January")),
        ("every Monday 9:00 sync until 2027", ("sync until 2027", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "until 2027")),
        ("cada lunes a las 9 hasta enero reunión", ("hasta enero reunión", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "hasta enero")),
        ("每周一9点例会，到明年3月为止", ("例会，到明年3月为止", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "到明年3月为止")),
    ],
)  # fmt: skip
def test_what_a_series_cannot_hold_is_named_and_the_rest_is_read(
    line: str, understood: tuple[str, str, str, str]
) -> None:
    assert said(line, WEDNESDAY) == understood


@pytest.mark.parametrize(
    ("line", "until"),
    [
        ("每周一9点例会直到年底", "2026-12-31"),
        ("每周一9点例会到年底", "2026-12-31"),
        ("每周一9点例会直到月底", "2026-11-30"),
        ("every Monday 9:00 例会 to 31 Dec", "2026-12-31"),
        ("every Monday 9:00 例会 through 31 Dec", "2026-12-31"),
        ("every Monday 9:00 例会 by 31 Dec", "2026-12-31"),
        ("every Monday 9:00 例会 ending 31 Dec", "2026-12-31"),
        ("every Monday 9:00 例会 up to the end of the year", "2026-12-31"),
        ("from 30 Nov to 31 Dec every day 9:00 例会", "2026-12-31"),
    ],
)
def test_a_series_ends_where_it_is_said_to(line: str, until: str) -> None:
    found = quickentry.read(line, WEDNESDAY, ZONE)
    assert found.due is not None
    assert (found.text, f"{found.due:%Y-%m-%d}", str(found.until), found.unread) == ("例会", "2026-11-30", until, "")
