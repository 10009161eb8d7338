# ruff: noqa: E501
"""Ends and beginnings, stretches, figures and words beside a day: read, or named as not understood."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bosun.lib import quickentry
from tests.lib.quicksaid import ZONE, said

MORNING = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("every hour until 18:00 drink water", ("until 18:00 drink water", "2026-11-23 11:00", "FREQ=HOURLY", "until 18:00")),
        ("every 30 minutes until 6pm stretch", ("until 6pm stretch", "2026-11-23 10:30", "FREQ=MINUTELY;INTERVAL=30", "until 6pm")),
        ("every hour until noon drink", ("until noon drink", "2026-11-23 11:00", "FREQ=HOURLY", "until noon")),
        ("every hour before 18:00 drink", ("before 18:00 drink", "2026-11-23 11:00", "FREQ=HOURLY", "before 18:00")),
        ("every hour from 8 until 18:00 drink", ("drink –18:00", "2026-11-23 11:00", "FREQ=HOURLY", "from 8 until 18:00")),
        ("every hour from 9:00 until 17:00 drink", ("drink –17:00", "2026-11-23 11:00", "FREQ=HOURLY", "from 9:00 until 17:00")),
        ("every hour from 9:00 check", ("check", "2026-11-23 11:00", "FREQ=HOURLY", "")),
        ("check stock every 20 minutes until 13.00", ("check stock until 13.00", "2026-11-23 10:20", "FREQ=MINUTELY;INTERVAL=20", "until 13.00")),
        ("every day until 18:00 work", ("until 18:00 work", "2026-11-24 09:00", "FREQ=DAILY", "until 18:00")),
        ("tomorrow until 18:00 work", ("until 18:00 work", "2026-11-24 09:00", "", "until 18:00")),
        ("tomorrow 14:00 until 15:00 call", ("call –15:00", "2026-11-24 14:00", "", "")),
        ("every Monday 9:00 until 11:00 sync", ("sync –11:00", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "")),
        ("every 2 hours from 9:00 until Friday x", ("x", "2026-11-23 11:00", "FREQ=HOURLY;INTERVAL=2", "")),
        ("cada hora hasta las 18:00 beber", ("hasta las 18:00 beber", "2026-11-23 11:00", "FREQ=HOURLY", "hasta las 18:00")),
        ("cada hora hasta las 6 de la tarde beber", ("hasta las 6 de la tarde beber", "2026-11-23 11:00", "FREQ=HOURLY", "hasta las 6 de la tarde")),
        ("cada 30 minutos hasta mediodía andar", ("hasta mediodía andar", "2026-11-23 10:30", "FREQ=MINUTELY;INTERVAL=30", "hasta mediodía")),
        ("cada hora hasta las 18 beber", ("hasta las 18 beber", "2026-11-23 11:00", "FREQ=HOURLY", "hasta las 18")),
        ("cada hora antes de las 18:00 beber", ("antes de las 18:00 beber", "2026-11-23 11:00", "FREQ=HOURLY", "antes de las 18:00")),
        ("cada lunes de 9:00 hasta 11:00 reunión", ("reunión –11:00", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "")),
        ("每小时到18点喝水", ("到18点喝水", "2026-11-23 11:00", "FREQ=HOURLY", "到18点")),
        ("每30分钟直到18点喝水", ("直到18点喝水", "2026-11-23 10:30", "FREQ=MINUTELY;INTERVAL=30", "直到18点")),
        ("每小时到下午6点喝水", ("到下午6点喝水", "2026-11-23 11:00", "FREQ=HOURLY", "到下午6点")),
        ("每小时至18点喝水", ("至18点喝水", "2026-11-23 11:00", "FREQ=HOURLY", "至18点")),
        ("每小时18点前喝水", ("18点前喝水", "2026-11-23 11:00", "FREQ=HOURLY", "18点前")),
        ("每小时喝水直到下班", ("喝水 直到下班", "2026-11-23 11:00", "FREQ=HOURLY", "直到下班")),
        ("每天9点到17点每30分钟喝水", ("每30分钟喝水 –17:00", "2026-11-24 09:00", "FREQ=DAILY", "每30分钟")),
        ("每小时提醒到18点喝水", ("到18点喝水", "", "", "到18点")),
        ("每天到晚上9点跑步", ("到 跑步", "2026-11-23 21:00", "FREQ=DAILY", "")),
    ],
)  # fmt: skip
def test_an_end_on_the_clock_is_no_beginning(line: str, understood: tuple[str, str, str, str]) -> None:
    assert said(line, MORNING) == understood


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("明天14-15点开会", ("开会 –15:00", "2026-11-24 14:00", "", "")),
        ("明天下午2-3点开会", ("开会 –15:00", "2026-11-24 14:00", "", "")),
        ("明天两点到三点开会", ("开会 –15:00", "2026-11-24 14:00", "", "")),
        ("明天9-10点半开会", ("开会 –10:30", "2026-11-24 09:00", "", "")),
        ("每周三14-16点例会", ("例会 –16:00", "2026-11-25 14:00", "FREQ=WEEKLY;BYDAY=WE", "")),
        ("tomorrow 14-15 call", ("14-15 call", "2026-11-24 09:00", "", "14-15")),
        ("call 14-15 tomorrow", ("call 14-15", "2026-11-24 09:00", "", "14-15")),
        ("tomorrow from 14-15 call", ("from 14-15 call", "2026-11-24 09:00", "", "from 14-15")),
        ("every Monday 9-11 workshop", ("9-11 workshop", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "9-11")),
        ("mañana 14-15 llamada", ("14-15 llamada", "2026-11-24 09:00", "", "14-15")),
        ("cada viernes 9-11 taller", ("9-11 taller", "2026-11-27 09:00", "FREQ=WEEKLY;BYDAY=FR", "9-11")),
        ("tomorrow 9-10:30 party", ("party –10:30", "2026-11-24 09:00", "", "")),
        ("mañana de 9 a 10:30 fiesta", ("fiesta –10:30", "2026-11-24 09:00", "", "")),
        ("tomorrow buy 10-12 boxes", ("buy 10-12 boxes", "2026-11-24 09:00", "", "")),
        ("call 555-1234 tomorrow", ("call 555-1234", "2026-11-24 09:00", "", "")),
        ("after 10 tomorrow call", ("after 10 call", "2026-11-24 09:00", "", "after 10")),
        ("call tomorrow after 10", ("call after 10", "2026-11-24 09:00", "", "after 10")),
        ("tomorrow after 10:00 call", ("after call", "2026-11-24 10:00", "", "after")),
        ("call no later than 10 tomorrow", ("call no later than 10", "2026-11-24 09:00", "", "no later than 10")),
        ("call after 10 calls tomorrow", ("call after 10 calls", "2026-11-24 09:00", "", "")),
        ("mañana después de las 10 llamar", ("después de las 10 llamar", "2026-11-24 09:00", "", "después de las 10")),
        ("mañana después de las 10:00 llamar", ("después llamar", "2026-11-24 10:00", "", "después")),
        ("cada 2 horas a partir de las 9 mirar", ("a partir de las 9 mirar", "2026-11-23 12:00", "FREQ=HOURLY;INTERVAL=2", "a partir de las 9")),
        ("明天9点以后打电话", ("以后打电话", "2026-11-24 09:00", "", "以后")),
    ],
)  # fmt: skip
def test_a_stretch_of_hours_is_read_or_named(line: str, understood: tuple[str, str, str, str]) -> None:
    assert said(line, MORNING) == understood


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("工作日9点打卡", ("打卡", "2026-11-24 09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "")),
        ("工作日每天9点打卡", ("打卡", "2026-11-24 09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "")),
        ("工作日早上9点半打卡", ("打卡", "2026-11-24 09:30", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "")),
        ("工作日下班前填日报", ("填日报", "2026-11-23 18:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "")),
        ("周一至周五每天9点打卡", ("打卡", "2026-11-24 09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "")),
        ("每周工作日9点打卡", ("打卡", "2026-11-24 09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "")),
        ("下个工作日9点打卡", ("打卡", "2026-11-24 09:00", "", "")),
        ("本周工作日9点打卡", ("本周工作日 打卡", "2026-11-24 09:00", "", "本周工作日")),
        ("非工作日9点值班", ("非工作日 值班", "2026-11-24 09:00", "", "非工作日")),
        ("工作日志明天交", ("工作日志 交", "2026-11-24 09:00", "", "")),
        ("3个工作日后打电话 明天", ("3个工作日后打电话", "2026-11-24 09:00", "", "3个工作日后")),
    ],
)  # fmt: skip
def test_working_days_in_chinese_are_those_of_each_week(line: str, understood: tuple[str, str, str, str]) -> None:
    assert said(line, MORNING) == understood


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("every Monday from January 9:00 gym", ("from January gym", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "from January")),
        ("every Monday starting in January gym", ("starting in January gym", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "starting in January")),
        ("every Monday from September to June 9:00 x", ("from September to June x", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "from September to June")),
        ("every Monday from 1 January 9:00 gym", ("gym", "2027-01-04 09:00", "FREQ=WEEKLY;BYDAY=MO", "")),
        ("every Monday from next month 9:00 gym", ("gym", "2026-12-07 09:00", "FREQ=WEEKLY;BYDAY=MO", "")),
        ("cada lunes desde enero a las 9 gimnasio", ("desde enero gimnasio", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "desde enero")),
        ("cada lunes a partir de enero 9:00 x", ("a partir de enero x", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "a partir de enero")),
        ("从1月起每周一9点健身", ("从1月起 健身", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "从1月起")),
        ("每周一从明年1月起9点健身", ("从明年1月起 健身", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "从明年1月起")),
        ("every day until Easter 9:00 pray", ("until Easter pray", "2026-11-24 09:00", "FREQ=DAILY", "until Easter")),
        ("every Monday until he pays call", ("until he pays call", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "until he")),
        ("every Monday go through the list", ("go through the list", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "")),
        ("cada lunes hasta Semana Santa 9:00 x", ("hasta Semana Santa x", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "hasta Semana")),
        ("每周一到春节9点开会", ("到春节 开会", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "到春节")),
        ("每周五到过年9点写周报", ("到过年 写周报", "2026-11-27 09:00", "FREQ=WEEKLY;BYDAY=FR", "到过年")),
        ("每周一到公司开会", ("到公司开会", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "")),
        ("Christmas party tomorrow", ("Christmas party", "2026-11-24 09:00", "", "")),
    ],
)  # fmt: skip
def test_a_series_begins_and_ends_or_that_is_named(line: str, understood: tuple[str, str, str, str]) -> None:
    assert said(line, MORNING) == understood


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("pay 12.50 tomorrow", ("pay 12.50", "2026-11-24 09:00", "", "12.50")),
        ("send 3.15 patch tomorrow", ("send 3.15 patch", "2026-11-24 09:00", "", "3.15")),
        ("pay 12.50 every Monday", ("pay 12.50", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "12.50")),
        ("tomorrow call 14.30", ("call 14.30", "2026-11-24 09:00", "", "14.30")),
        ("2.15 release tomorrow", ("2.15 release", "2026-11-24 09:00", "", "2.15")),
        ("14.30 tomorrow call", ("call", "2026-11-24 14:30", "", "")),
        ("tomorrow, 14.30 call", ("call", "2026-11-24 14:30", "", "")),
        ("every Monday 9.15 meeting", ("meeting", "2026-11-30 09:15", "FREQ=WEEKLY;BYDAY=MO", "")),
        ("call at 14.30 tomorrow", ("call", "2026-11-24 14:30", "", "")),
        ("pagar 12.50 mañana", ("pagar 12.50", "2026-11-24 09:00", "", "12.50")),
        ("reunión mañana 14.30", ("reunión", "2026-11-24 14:30", "", "")),
        ("reunión mañana a las 14.30", ("reunión", "2026-11-24 14:30", "", "")),
        ("明天付12.50元", ("付12.50元", "2026-11-24 09:00", "", "12.50")),
        ("明天 3.15 活动", ("3.15 活动", "2026-11-24 09:00", "", "3.15")),
        ("明天14.30开会", ("14.30开会", "2026-11-24 09:00", "", "14.30")),
    ],
)  # fmt: skip
def test_a_figure_with_a_dot_is_a_time_beside_its_day(line: str, understood: tuple[str, str, str, str]) -> None:
    assert said(line, MORNING) == understood


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("every second Friday 9:00 x", ("every second Friday x", "2026-11-24 09:00", "", "every second Friday")),
        ("every 2nd Friday 9:00 x", ("every 2nd Friday x", "2026-11-24 09:00", "", "every 2nd Friday")),
        ("cada segundo viernes 9:00 x", ("cada segundo viernes x", "2026-11-24 09:00", "", "cada segundo viernes")),
        ("the second Friday 9:00 x", ("the second x", "2026-11-27 09:00", "", "the second")),
        ("每第二个周五9点开会", ("每第二个周五 开会", "2026-11-24 09:00", "", "每第二个周五")),
        ("every second week on Friday 9:00 x", ("x", "2026-11-27 09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "")),
        ("the second Friday of every month 9:00 x", ("x", "2026-12-11 09:00", "FREQ=MONTHLY;BYDAY=2FR", "")),
        ("every second Monday of the month 9:00 x", ("x", "2026-12-14 09:00", "FREQ=MONTHLY;BYDAY=2MO", "")),
        ("cada segundo viernes del mes 9:00 x", ("x", "2026-12-11 09:00", "FREQ=MONTHLY;BYDAY=2FR", "")),
        ("every first Monday 9:00 x", ("x", "2026-12-07 09:00", "FREQ=MONTHLY;BYDAY=1MO", "")),
        ("every 2 Fridays 9:00 x", ("x", "2026-11-27 09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "")),
        ("Monday week call", ("week call", "2026-11-30 09:00", "", "week")),
        ("Monday week 9:00 call", ("call", "2026-11-30 09:00", "", "")),
        ("call Friday week", ("call", "2026-12-04 09:00", "", "")),
        ("不要明天打电话", ("不要 打电话", "2026-11-24 09:00", "", "不要")),
        ("不要在明天打电话", ("不要在 打电话", "2026-11-24 09:00", "", "不要在")),
        ("别明天打电话", ("别 打电话", "2026-11-24 09:00", "", "别")),
        ("别忘了明天打电话", ("别忘了 打电话", "2026-11-24 09:00", "", "")),
        ("no mañana llamar", ("no llamar", "2026-11-24 09:00", "", "no")),
        ("never on Monday call", ("never call", "2026-11-30 09:00", "", "never")),
        ("instead of tomorrow call Friday", ("instead of call Friday", "2026-11-24 09:00", "", "instead of")),
        ("the day before yesterday call", ("the day before yesterday call", "", "", "the day before yesterday")),
        ("the day before yesterday's report tomorrow", ("the day before yesterday's report", "2026-11-24 09:00", "", "the day before yesterday")),
        ("antes de ayer llamar", ("antes de ayer llamar", "", "", "antes de ayer")),
    ],
)  # fmt: skip
def test_what_may_be_either_is_named(line: str, understood: tuple[str, str, str, str]) -> None:
    assert said(line, MORNING) == understood


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("nag 0 min call tomorrow", ("nag 0 min call", "2026-11-24 09:00", "", "nag 0 min")),
        ("nag 3 weeks tomorrow call", ("nag 3 weeks call", "2026-11-24 09:00", "", "nag 3 weeks")),
        ("insistir 0 min mañana llamar", ("insistir 0 min llamar", "2026-11-24 09:00", "", "insistir 0 min")),
        ("催促0分钟 明天打电话", ("催促0分钟 打电话", "2026-11-24 09:00", "", "催促0分钟")),
        ("every 0 minutes x", ("every 0 minutes x", "", "", "every 0 minutes")),
        ("every -5 min x", ("every -5 min x", "", "", "every -5 min")),
        ("every 99999999 days x", ("every 99999999 days x", "", "", "every 99999999 days")),
        ("every 12345 days x", ("every 12345 days x", "", "", "every 12345 days")),
        ("every 1440 minutes x", ("x", "2026-11-24 10:00", "FREQ=MINUTELY;INTERVAL=1440", "")),
        ("cada 0 minutos x", ("cada 0 minutos x", "", "", "cada 0 minutos")),
        ("每0分钟喝水", ("每0分钟喝水", "", "", "每0分钟")),
        ("每99999999天喝水", ("每99999999天喝水", "", "", "每99999999天")),
        ("in 99999999 days call", ("in 99999999 days call", "", "", "in 99999999 days")),
        ("0 minutes before tomorrow 9:00 call", ("0 minutes before call", "2026-11-24 09:00", "", "0 minutes before")),
        ("every 1.5 hours x", ("every 1.5 hours x", "", "", "every 1.5 hours")),
        ("every half hour x", ("x", "2026-11-23 10:30", "FREQ=MINUTELY;INTERVAL=30", "")),
        ("every hour and a half x", ("x", "2026-11-23 11:30", "FREQ=MINUTELY;INTERVAL=90", "")),
        ("every quarter of an hour x", ("x", "2026-11-23 10:15", "FREQ=MINUTELY;INTERVAL=15", "")),
        ("cada media hora x", ("x", "2026-11-23 10:30", "FREQ=MINUTELY;INTERVAL=30", "")),
        ("cada hora y media x", ("x", "2026-11-23 11:30", "FREQ=MINUTELY;INTERVAL=90", "")),
        ("cada cuarto de hora x", ("x", "2026-11-23 10:15", "FREQ=MINUTELY;INTERVAL=15", "")),
        ("每半小时喝水", ("喝水", "2026-11-23 10:30", "FREQ=MINUTELY;INTERVAL=30", "")),
        ("每一个半小时喝水", ("喝水", "2026-11-23 11:30", "FREQ=MINUTELY;INTERVAL=90", "")),
        ("每刻钟喝水", ("喝水", "2026-11-23 10:15", "FREQ=MINUTELY;INTERVAL=15", "")),
    ],
)  # fmt: skip
def test_no_time_at_all_and_too_much_of_it_are_named(line: str, understood: tuple[str, str, str, str]) -> None:
    assert said(line, MORNING) == understood


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("cuando abra Bosun el lunes por primera vez revisar correos", ("revisar correos", "2026-11-30 09:00", "", "")),
        ("cuando abra Bosun por primera vez el lunes revisar", ("revisar", "2026-11-30 09:00", "", "")),
        ("when I open Bosun on Monday for the first time check mail", ("check mail", "2026-11-30 09:00", "", "")),
        ("cuando abra Bosun llamar a Ana por primera vez", ("llamar a Ana por primera vez", "2026-11-24 00:00", "", "")),
    ],
)  # fmt: skip
def test_the_first_time_goes_with_the_opening(line: str, understood: tuple[str, str, str, str]) -> None:
    assert said(line, MORNING) == understood


@pytest.mark.parametrize(
    ("line", "until"),
    [
        ("every Monday until Christmas 9:00", date(2026, 12, 25)),
        ("every Monday until Christmas Eve 9:00", date(2026, 12, 24)),
        ("every Monday until New Year's Eve 9:00", date(2026, 12, 31)),
        ("cada lunes hasta Navidad 9:00", date(2026, 12, 25)),
        ("cada lunes hasta el año nuevo 9:00", date(2027, 1, 1)),
        ("每周一到圣诞节9点", date(2026, 12, 25)),
        ("每周一直到圣诞节为止9点", date(2026, 12, 25)),
        ("每周一到元旦9点", date(2027, 1, 1)),
    ],
)
def test_a_series_ends_at_a_feast(line: str, until: date) -> None:
    found = quickentry.read(line, MORNING, ZONE)
    assert (found.text, found.rule, found.unread, found.until) == ("", "FREQ=WEEKLY;BYDAY=MO", "", until)
    assert said(line, MORNING)[1] == "2026-11-30 09:00"


@pytest.mark.parametrize(
    ("line", "text", "prepare"),
    [
        ("每周一9点 销售例会 准备材料", "销售例会", ("准备材料",)),
        ("每周一9点 销售例会，准备材料", "销售例会", ("准备材料",)),
        ("明天9点拜访客户 准备合同", "拜访客户", ("准备合同",)),
        ("每周五 周报 准备数据，发给李总", "周报，发给李总", ("准备数据",)),
        ("明天 准备材料", "准备材料", ()),
        ("每周一9点 准备材料 销售例会", "准备材料 销售例会", ()),
        ("明天 请张三准备材料", "请张三准备材料", ()),
    ],
)
def test_what_to_prepare_stands_behind_a_space(line: str, text: str, prepare: tuple[str, ...]) -> None:
    found = quickentry.read(line, MORNING, ZONE)
    assert (found.text, found.prepare, found.unread) == (text, prepare, "")
