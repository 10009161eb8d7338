# ruff: noqa: E501
"""What is typed in one line, in three languages: when, how often, how it nags, and what is left as the text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bosun.lib import quickentry, recurrence

ZONE = "Europe/Madrid"
NOW = datetime(2026, 11, 25, 10, 20, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
"""A Wednesday."""
LINES = [
    # English
    ("every Monday 9:00 sales meeting, prepare material, nag 30 min", "sales meeting", "11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", 30),
    ("tomorrow 15:00 call Priya", "call Priya", "11-26 15:00", "", 0),
    ("call Priya tomorrow at 3pm", "call Priya", "11-26 15:00", "", 0),
    ("in 2 hours send the offer", "send the offer", "11-25 12:20", "", 0),
    ("in 10 minutes tea", "tea", "11-25 10:30", "", 0),
    ("remind me to water the plants in three days", "water the plants", "11-28 10:20", "", 0),
    ("every last Friday report", "report", "11-27 09:00", "FREQ=MONTHLY;BYDAY=-1FR", 0),
    ("every 2 weeks review pipeline at 10:30", "review pipeline", "11-25 10:30", "FREQ=WEEKLY;INTERVAL=2", 0),
    ("weekdays 8:45 stand-up", "stand-up", "11-26 08:45", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 0),
    ("every weekday at 17:00 log calls nag every 10 minutes", "log calls", "11-25 17:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 10),
    ("every day at noon lunch", "lunch", "11-25 12:00", "FREQ=DAILY", 0),
    ("daily 18:00 tidy up", "tidy up", "11-25 18:00", "FREQ=DAILY", 0),
    ("every Tue and Thu at 9 gym", "gym", "11-26 09:00", "FREQ=WEEKLY;BYDAY=TU,TH", 0),
    ("every other Friday invoices", "invoices", "11-27 09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", 0),
    ("every month on the 15th pay rent", "pay rent", "12-15 09:00", "FREQ=MONTHLY;BYMONTHDAY=15", 0),
    ("on the last day of every month close the books", "close the books", "11-30 09:00", "FREQ=MONTHLY;BYMONTHDAY=-1", 0),
    ("every hour drink water", "drink water", "11-25 11:20", "FREQ=HOURLY", 0),
    ("every 30 minutes look up", "look up", "11-25 10:50", "FREQ=MINUTELY;INTERVAL=30", 0),
    ("every year on March 5 birthday of Ben", "birthday of Ben", "03-05 09:00", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5", 0),
    ("Friday 14:00 quote for Halden", "quote for Halden", "11-27 14:00", "", 0),
    ("on Monday ring Tidewater", "ring Tidewater", "11-30 09:00", "", 0),
    ("next Wednesday visit", "visit", "12-02 09:00", "", 0),
    ("2027-03-05 16:00 contract ends", "contract ends", "03-05 16:00", "", 0),
    ("5 March at 8 fair", "fair", "03-05 08:00", "", 0),
    ("December 24th close early", "close early", "12-24 09:00", "", 0),
    ("at 4 coffee with Jo", "coffee with Jo", "11-25 16:00", "", 0),
    ("tomorrow morning write to Lee", "write to Lee", "11-26 09:00", "", 0),
    ("this afternoon check stock", "check stock", "11-25 15:00", "", 0),
    ("the day after tomorrow dentist", "dentist", "11-27 09:00", "", 0),
    ("9:00 stand-up", "stand-up", "11-26 09:00", "", 0),
    ("buy 3 boxes of paper", "buy 3 boxes of paper", "", "", 0),
    ("ask about the 20% discount", "ask about the 20% discount", "", "", 0),
    # Chinese
    ("每周一9点 销售例会，准备材料，每30分钟催一次", "销售例会", "11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", 30),
    ("明天下午3点给李总打电话", "给李总打电话", "11-26 15:00", "", 0),
    ("后天上午十点半 拜访客户", "拜访客户", "11-27 10:30", "", 0),
    ("2小时后发报价", "发报价", "11-25 12:20", "", 0),
    ("十分钟后开会", "开会", "11-25 10:30", "", 0),
    ("每天18:00 写日报", "写日报", "11-25 18:00", "FREQ=DAILY", 0),
    ("每个工作日8点半 晨会", "晨会", "11-26 08:30", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 0),
    ("每周二、周四 上午9点 健身", "健身", "11-26 09:00", "FREQ=WEEKLY;BYDAY=TU,TH", 0),
    ("每两周周五 对账", "对账", "11-27 09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", 0),
    ("每月15号 交房租", "交房租", "12-15 09:00", "FREQ=MONTHLY;BYMONTHDAY=15", 0),
    ("每月最后一个周五 月报", "月报", "11-27 09:00", "FREQ=MONTHLY;BYDAY=-1FR", 0),
    ("每月最后一天 结账", "结账", "11-30 09:00", "FREQ=MONTHLY;BYMONTHDAY=-1", 0),
    ("每年3月5日 公司周年", "公司周年", "03-05 09:00", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5", 0),
    ("每小时喝水", "喝水", "11-25 11:20", "FREQ=HOURLY", 0),
    ("下周三14:00 签合同", "签合同", "12-02 14:00", "", 0),
    ("周五下午 送样品", "送样品", "11-27 15:00", "", 0),
    ("12月24日 早上8点 盘点", "盘点", "12-24 08:00", "", 0),
    ("今晚8点 发邮件", "发邮件", "11-25 20:00", "", 0),
    ("提醒我明天交材料", "交材料", "11-26 09:00", "", 0),
    ("买三箱纸", "买三箱纸", "", "", 0),
    # Spanish
    ("cada lunes a las 9 reunión de ventas, preparar material, insiste cada 30 min", "reunión de ventas", "11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", 30),
    ("mañana a las 15 llamar a Priya", "llamar a Priya", "11-26 15:00", "", 0),
    ("pasado mañana a las 10:30 visita", "visita", "11-27 10:30", "", 0),
    ("dentro de 2 horas enviar la oferta", "enviar la oferta", "11-25 12:20", "", 0),
    ("en diez minutos té", "té", "11-25 10:30", "", 0),
    ("todos los días a las 18:00 ordenar", "ordenar", "11-25 18:00", "FREQ=DAILY", 0),
    ("de lunes a viernes a las 8:45 reunión breve", "reunión breve", "11-26 08:45", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 0),
    ("cada martes y jueves a las 9 gimnasio", "gimnasio", "11-26 09:00", "FREQ=WEEKLY;BYDAY=TU,TH", 0),
    ("cada dos semanas revisar cartera", "revisar cartera", "12-09 09:00", "FREQ=WEEKLY;INTERVAL=2", 0),
    ("cada último viernes informe", "informe", "11-27 09:00", "FREQ=MONTHLY;BYDAY=-1FR", 0),
    ("el día 15 de cada mes pagar alquiler", "pagar alquiler", "12-15 09:00", "FREQ=MONTHLY;BYMONTHDAY=15", 0),
    ("el último día de cada mes cerrar las cuentas", "cerrar las cuentas", "11-30 09:00", "FREQ=MONTHLY;BYMONTHDAY=-1", 0),
    ("cada hora beber agua", "beber agua", "11-25 11:20", "FREQ=HOURLY", 0),
    ("el viernes a las 3 de la tarde oferta", "oferta", "11-27 15:00", "", 0),
    ("el próximo miércoles visita a Halden", "visita a Halden", "12-02 09:00", "", 0),
    ("el 5 de marzo a las 16 fin del contrato", "fin del contrato", "03-05 16:00", "", 0),
    ("mañana por la mañana escribir a Lee", "escribir a Lee", "11-26 09:00", "", 0),
    ("recuérdame llamar al banco mañana", "llamar al banco", "11-26 09:00", "", 0),
    ("comprar 3 cajas de papel", "comprar 3 cajas de papel", "", "", 0),
]  # fmt: skip


@pytest.mark.parametrize(("line", "text", "due", "rule", "nag"), LINES, ids=[line[0] for line in LINES])
def test_a_line_is_understood(line: str, text: str, due: str, rule: str, nag: int) -> None:
    found = quickentry.read(line, NOW, ZONE)
    said = f"{found.due.astimezone(ZoneInfo(ZONE)):%m-%d %H:%M}" if found.due else ""
    assert (found.text, said, found.rule, found.nag) == (text, due, rule, nag)


@pytest.mark.parametrize(
    "line",
    [
        "when I first open Bosun on Monday plan the week",
        "周一打开Bosun时 计划本周",
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
