"""The words of quick entry: days, units, numbers and hours, in three languages."""

from __future__ import annotations

import unicodedata
from datetime import time
from typing import Any


def bare(word: str) -> str:
    """A word as it is typed in a hurry: manana."""
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))


def _too(table: dict[str, Any]) -> dict[str, Any]:
    return {**{bare(word): value for word, value in table.items()}, **table}


DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ES = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_SHORT = ("mon", "tue|tues", "wed", "thu|thur|thurs", "fri", "sat", "sun")
_MORE = {"sábados": 5, "domingos": 6}

DAY_WORDS: dict[str, int] = _too(
    {
        **{word: day for day, word in enumerate(EN)},
        **{f"{word}s": day for day, word in enumerate(EN)},
        **{word: day for day, word in enumerate(ES)},
        **{word: day for day, names in enumerate(_SHORT) for word in names.split("|")},
        **_MORE,
    }
)
ZH_DAY = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
COUNTS = {
    **dict.fromkeys(("a", "an", "one", "un", "una", "uno", "一"), 1),
    **dict.fromkeys(("two", "dos", "二", "两"), 2),
    **dict.fromkeys(("three", "tres", "三"), 3),
    **dict.fromkeys(("four", "cuatro", "四"), 4),
    **dict.fromkeys(("five", "cinco", "五"), 5),
    **dict.fromkeys(("six", "seis", "六"), 6),
    **dict.fromkeys(("seven", "siete", "七"), 7),
    **dict.fromkeys(("eight", "ocho", "八"), 8),
    **dict.fromkeys(("nine", "nueve", "九"), 9),
    **dict.fromkeys(("ten", "diez", "十"), 10),
    **dict.fromkeys(("eleven", "once", "十一"), 11),
    **dict.fromkeys(("twelve", "doce", "十二"), 12),
    **dict.fromkeys(("fifteen", "quince", "十五"), 15),
    **dict.fromkeys(("twenty", "veinte", "二十"), 20),
    **dict.fromkeys(("twenty-five", "veinticinco"), 25),
    **dict.fromkeys(("thirty", "treinta", "三十"), 30),
}
UNITS: dict[str, str] = _too(
    {
        **dict.fromkeys(("min", "mins", "minute", "minutes", "minuto", "minutos", "分钟", "分"), "m"),
        **dict.fromkeys(("h", "hour", "hours", "hr", "hrs", "hora", "horas", "小时", "个小时", "钟头", "个钟头"), "h"),
        **dict.fromkeys(("day", "days", "día", "días", "天", "日"), "d"),
        **dict.fromkeys(("week", "weeks", "semana", "semanas", "周", "个星期", "星期", "个礼拜", "礼拜"), "w"),
        **dict.fromkeys(("month", "months", "mes", "meses", "个月", "月"), "M"),
        **dict.fromkeys(("year", "years", "año", "años", "年"), "y"),
        **dict.fromkeys(("quarter", "quarters", "quarterly", "trimestre", "trimestres", "trimestralmente"), "q"),
        **dict.fromkeys(("季度", "个季度"), "q"),
        **dict.fromkeys(("semestre", "semestres", "semestralmente", "半年"), "s"),
        **dict.fromkeys(("fortnight", "fortnights", "fortnightly", "quincena", "quincenas", "quincenalmente"), "f"),
        "daily": "d",
        "weekly": "w",
        "monthly": "M",
        "yearly": "y",
        "hourly": "h",
        "diariamente": "d",
        "a diario": "d",
        "semanalmente": "w",
        "mensualmente": "M",
        "anualmente": "y",
    }
)
PLACES: dict[str, int] = _too(
    {
        **dict.fromkeys(("first", "1st", "primer", "primero", "第一", "首"), 1),
        **dict.fromkeys(("second", "2nd", "segundo", "第二"), 2),
        **dict.fromkeys(("third", "3rd", "tercer", "tercero", "第三"), 3),
        **dict.fromkeys(("fourth", "4th", "cuarto", "第四"), 4),
        **dict.fromkeys(("fifth", "5th", "quinto", "第五"), 5),
        **dict.fromkeys(("last", "último", "最后一", "最后"), -1),
    }
)
_MONTHS_EN = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTHS_ES = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]
MONTHS = {
    **{word: n for words in (_MONTHS_EN, _MONTHS_ES) for n, word in enumerate(words, 1)},
    **{word[:3]: n for n, word in enumerate(_MONTHS_EN, 1)},
    "sept": 9,
    "setiembre": 9,
}
STRETCHES: dict[str, str] = _too(
    {
        **dict.fromkeys(("week", "semana", "周", "星期", "礼拜"), "week"),
        **dict.fromkeys(("month", "mes", "月"), "month"),
        **dict.fromkeys(("quarter", "trimestre", "季", "季度"), "quarter"),
        **dict.fromkeys(("year", "año", "年"), "year"),
    }
)
YEARS: dict[str, int] = _too(
    {
        **dict.fromkeys(("last year", "año pasado", "去年"), -1),
        **dict.fromkeys(("this year", "este año", "今年"), 0),
        **dict.fromkeys(("next year", "año que viene", "próximo año", "明年"), 1),
        **dict.fromkeys(("后年",), 2),
        **dict.fromkeys(("前年",), -2),
    }
)
_NEW_YEAR, _NATIONAL_DAY = {"month": "1", "monthday": "1"}, {"month": "10", "monthday": "1"}
FEASTS = {"元旦": _NEW_YEAR, "国庆": _NATIONAL_DAY, "国庆节": _NATIONAL_DAY}
_CHRISTMAS, _ITS_EVE = {"month": "12", "monthday": "25"}, {"month": "12", "monthday": "24"}
_LAST_DAY = {"month": "12", "monthday": "31"}
ENDING_FEASTS: dict[str, dict[str, str]] = _too(
    {
        **dict.fromkeys(("christmas", "christmas day", "xmas", "navidad", "圣诞", "圣诞节"), _CHRISTMAS),
        **dict.fromkeys(("christmas eve", "nochebuena", "平安夜"), _ITS_EVE),
        **dict.fromkeys(("new year's eve", "new year’s eve", "nochevieja"), _LAST_DAY),
        **dict.fromkeys(("new year", "new year's day", "new year’s day", "año nuevo"), _NEW_YEAR),
    }
)
"""Feasts up to which something comes; in a text of its own, “Christmas party”, they are no day."""
_PARTS: dict[str, dict[str, Any]] = {
    "days": {
        "today": 0, "tonight": 0, "tomorrow": 1, "tmrw": 1, "tmr": 1, "tom": 1,
        "the day after tomorrow": 2, "day after tomorrow": 2, "hoy": 0, "esta noche": 0,
        "mañana": 1, "pasado mañana": 2, "今天": 0, "今": 0, "明": 1, "今晚": 0, "明天": 1, "明日": 1, "明早": 1,
        "明晚": 1, "后天": 2,
        "大后天": 3, "yesterday": -1, "ayer": -1, "anteayer": -2, "昨天": -1, "昨日": -1, "前天": -2, "大前天": -3,
    },
    "times": {
        "noon": time(12), "midday": time(12), "midnight": time(0), "in the morning": time(9), "morning": time(9),
        "in the afternoon": time(15), "afternoon": time(15), "in the evening": time(18), "evening": time(18),
        "tonight": time(20), "a mediodía": time(12), "al mediodía": time(12), "a medianoche": time(0),
        "por la mañana": time(9), "por la tarde": time(15), "por la noche": time(20), "esta tarde": time(15),
        "esta noche": time(20), "this morning": time(9), "this afternoon": time(15), "this evening": time(18),
        "上午": time(9), "早上": time(9), "中午": time(12), "下午": time(15), "傍晚": time(18), "晚上": time(20),
        "早": time(9), "晚": time(20),
        # where the working day ends
        **dict.fromkeys(("eod", "cob", "end of day", "end of the day", "close of business", "al final del día")),
        **dict.fromkeys(("下班前", "下班之前", "下班时")),
    },
    "of_each_day": {
        "morning": time(9), "afternoon": time(15), "evening": time(18), "night": time(20), "mañana": time(9),
        "tarde": time(15), "noche": time(20), "早": time(9), "晚": time(20), "tonight": time(20),
        "esta noche": time(20),
    },
    # the hour from which a part of the day counts twelve: one at night is 25, in the night that goes on
    "twelve_from": {
        **dict.fromkeys(("am", "inthemorning", "delamadrugada", "凌晨"), 0),
        **dict.fromkeys(("morning", "mañana", "delamañana", "上午", "早上", "早晨", "清晨", "早"), 1),
        **dict.fromkeys(("中午",), 6),
        **dict.fromkeys(("pm", "afternoon", "tarde", "intheafternoon", "delatarde", "下午"), 12),
        **dict.fromkeys(("evening", "intheevening", "傍晚"), 13),
        **dict.fromkeys(("night", "atnight", "noche", "delanoche", "晚上", "晚", "今晚", "夜里", "半夜", "深夜"), 18),
    },
}  # fmt: skip
PARTS = {name: _too(words) for name, words in _PARTS.items()}
