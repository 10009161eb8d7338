"""The words of quick entry: days, units, numbers and the forms in which times are said, in three languages."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ES = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_SHORT = ("mon", "tue|tues", "wed", "thu|thur|thurs", "fri", "sat", "sun")
_MORE = {"miercoles": 2, "sabado": 5, "sábados": 5, "sabados": 5, "domingos": 6}

DAY_WORDS: dict[str, int] = {
    **{word: day for day, word in enumerate(_EN)},
    **{f"{word}s": day for day, word in enumerate(_EN)},
    **{word: day for day, word in enumerate(_ES)},
    **{word: day for day, names in enumerate(_SHORT) for word in names.split("|")},
    **_MORE,
}
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
    **dict.fromkeys(("thirty", "treinta", "三十"), 30),
}
UNITS = {
    **dict.fromkeys(("min", "mins", "minute", "minutes", "minuto", "minutos", "分钟", "分"), "m"),
    **dict.fromkeys(("h", "hour", "hours", "hr", "hrs", "hora", "horas", "小时", "个小时", "钟头", "个钟头"), "h"),
    **dict.fromkeys(("day", "days", "día", "días", "dia", "dias", "天", "日"), "d"),
    **dict.fromkeys(("week", "weeks", "semana", "semanas", "周", "个星期", "星期", "个礼拜", "礼拜"), "w"),
    **dict.fromkeys(("month", "months", "mes", "meses", "个月", "月"), "M"),
    **dict.fromkeys(("year", "years", "año", "años", "ano", "anos", "年"), "y"),
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
PLACES = {
    **dict.fromkeys(("first", "1st", "primer", "primero", "第一", "首"), 1),
    **dict.fromkeys(("second", "2nd", "segundo", "第二"), 2),
    **dict.fromkeys(("third", "3rd", "tercer", "tercero", "第三"), 3),
    **dict.fromkeys(("fourth", "4th", "cuarto", "第四"), 4),
    **dict.fromkeys(("last", "último", "ultimo", "最后一", "最后"), -1),
}
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
PARTS: dict[str, dict[str, Any]] = {
    "days": {
        "tonight": 0, "tomorrow": 1, "the day after tomorrow": 2, "day after tomorrow": 2, "hoy": 0, "esta noche": 0,
        "mañana": 1, "pasado mañana": 2, "今天": 0, "今": 0, "明": 1, "今晚": 0, "明天": 1, "明日": 1, "明早": 1,
        "明晚": 1, "后天": 2,
        "大后天": 3,
    },
    "times": {
        "noon": time(12), "midday": time(12), "midnight": time(0), "in the morning": time(9), "morning": time(9),
        "in the afternoon": time(15), "afternoon": time(15), "in the evening": time(18), "evening": time(18),
        "tonight": time(20), "a mediodía": time(12), "al mediodía": time(12), "a medianoche": time(0),
        "por la mañana": time(9), "por la tarde": time(15), "por la noche": time(20), "esta tarde": time(15),
        "esta noche": time(20), "this morning": time(9), "this afternoon": time(15), "this evening": time(18),
        "上午": time(9), "早上": time(9), "中午": time(12), "下午": time(15), "傍晚": time(18), "晚上": time(20),
        "早": time(9), "晚": time(20),
    },
    "halves": {
        "am": "am", "pm": "pm", "inthemorning": "am", "intheafternoon": "pm", "intheevening": "pm",
        "delamañana": "am", "delatarde": "pm", "delanoche": "pm", "上午": "am", "早上": "am", "早晨": "am",
        "凌晨": "am", "早": "am", "下午": "pm", "晚上": "pm", "傍晚": "pm", "中午": "pm", "晚": "pm", "今晚": "pm",
    },
}  # fmt: skip


def _any(words: Any) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _latin(words: Any) -> str:
    return _any(word for word in words if ord(max(word)) < 0x2000)


def _han(words: Any) -> str:
    return _any(word for word in words if ord(max(word)) >= 0x2000)


_DAY, _MONTH = _any(DAY_WORDS), _any(MONTHS)
_N = rf"\d{{1,5}}|{_latin(COUNTS)}"
_ZN = rf"\d{{1,5}}|{_han(COUNTS)}"
_UNIT, _ZUNIT = _latin(UNITS), _han(UNITS)
_SEP = r"\s*(?:,|，|、|和|/|&|\band\b|\by\b|\be\b)\s*(?:los\s+|el\s+|周|星期|礼拜)?"
_LIST = rf"(?P<days>(?:{_DAY})\b(?:{_SEP}(?:{_DAY})\b)*)"
_ZDAYS = rf"(?P<days>[一二三四五六日天](?:{_SEP}?[一二三四五六日天])*)"
_ORDINAL = r"(?P<monthday>\d{1,2})(?:st|nd|rd|th)"
_HALF = r"am|pm|a\.\s?m\.?|p\.\s?m\.?|in the (?:morning|afternoon|evening)|de la (?:mañana|tarde|noche)"
_WEEKDAYS = (
    r"\b(?:every\s+|on\s+)?(?:weekdays?|working\s+days?)\b|\bcada\s+d[ií]a\s+laborable"
    r"|\b(?:todos\s+)?los\s+d[ií]as\s+laborables|\b(?:de\s+lunes\s+a\s+viernes|entre\s+semana)\b"
    r"|每个?工作日|周一(?:至|到)周五"
)
_LAST_DAY = (
    r"\b(?:on\s+)?(?:every|the)\s+last\s+day\s+of\s+(?:the|every|each)\s+month\b"
    r"|\bel\s+[uú]ltimo\s+d[ií]a\s+(?:de\s+cada|del)\s+mes\b|每个?月(?:最后一天|底)"
)
_CLOCK_OF = "今晚|上午|早上|早晨|凌晨|下午|晚上|傍晚|中午|早|晚"
_WEEK = r"(?:周|星期|礼拜)"

_TEXTS: dict[str, tuple[str, ...]] = {
    "nag": (
        rf"\b(?:and\s+)?nag(?:\s+me)?(?:\s+every)?\s+(?P<n>{_N})?\s*(?P<unit>{_UNIT})\b",
        r"\b(?:e\s+|y\s+)?(?:insist(?:e|ir|iendo)|repit(?:e|iendo)|repetir)(?:\s+cada)?"
        rf"\s+(?P<n>{_N})?\s*(?P<unit>{_UNIT})\b",
        rf"每隔?\s*(?P<n>{_ZN})?\s*(?P<unit>分钟|小时|个小时)(?:催促?|提醒)(?:我)?(?:一次|一遍)?",
        rf"(?:催促?|重复提醒)(?:间隔)?\s*(?P<n>{_ZN})\s*(?P<unit>分钟|小时|个小时)",
    ),
    "opening": (
        r"\bwhen\s+i\s+(?:first\s+)?(?:open(?:\s+bosun)?|log\s+in|sign\s+in)\b",
        r"\bcuando\s+(?:abra|entre\s+en)\s+bosun(?:\s+por\s+primera\s+vez)?",
        r"我?(?:第一次|首次)?打开\s*(?:Bosun|系统)\s*(?:的时候|时)?",
    ),
    "every": (
        rf"(?P<weekdays>{_WEEKDAYS})",
        rf"(?P<lastday>{_LAST_DAY})",
        rf"\bevery\s+(?P<place>{_latin(PLACES)})\s+(?P<day>{_DAY})\b(?:\s+of\s+(?:the|every|each)\s+month)?",
        rf"\b(?:on\s+)?the\s+(?P<place>{_latin(PLACES)})\s+(?P<day>{_DAY})\s+of\s+(?:every|each)\s+month\b",
        rf"\b(?:cada|el)\s+(?P<place>{_latin(PLACES)})\s+(?P<day>{_DAY})\s+de(?:l|\s+cada)\s+mes\b",
        rf"\bcada\s+(?P<place>{_latin(PLACES)})\s+(?P<day>{_DAY})\b",
        rf"每个?月的?(?P<place>{_han(PLACES)})个?{_WEEK}(?P<day>[一二三四五六日天])",
        rf"\bevery\s+(?:year\s+on\s+)?(?P<month>{_MONTH})\s+(?P<monthday>\d{{1,2}})(?:st|nd|rd|th)?\b",
        rf"\b(?:cada|todos\s+los)\s+(?P<monthday>\d{{1,2}})\s+de\s+(?P<month>{_MONTH})\b",
        r"每年的?(?P<month>\d{1,2})月(?P<monthday>\d{1,2})[日号]",
        rf"\b(?:every\s+month|monthly)\s+on\s+the\s+{_ORDINAL}\b",
        rf"\b(?:on\s+)?(?:every|the)\s+{_ORDINAL}(?:\s+of\s+(?:the|every|each)\s+month)\b",
        rf"\bevery\s+{_ORDINAL}\b",
        r"\b(?:el\s+)?d[ií]a\s+(?P<monthday>\d{1,2})\s+de\s+cada\s+mes\b",
        r"每个?月的?(?P<monthday>\d{1,2})[日号]",
        rf"\bevery\s+(?:(?P<other>other)\s+|(?P<n>{_N})\s+weeks?\s+on\s+)?{_LIST}",
        rf"\b(?:cada(?:\s+(?P<n>{_N})\s+semanas\s+(?:el|los))?|todos\s+los)\s+{_LIST}",
        rf"每(?:隔?(?P<n>{_ZN})个?)?{_WEEK}的?{_WEEK}?{_ZDAYS}",
        rf"(?P<other>每隔一周|隔周)的?{_WEEK}?{_ZDAYS}",
        rf"\b(?:on\s+)?(?P<days>{_any(f'{word}s' for word in _EN)})\b",
        rf"\bevery\s+(?:(?P<other>other)\s+|(?P<n>{_N})\s+)?(?P<unit>{_UNIT})\b",
        rf"\b(?:cada\s+(?:(?P<n>{_N})\s+)?|todos\s+los\s+|todas\s+las\s+)(?P<unit>{_UNIT})\b",
        r"\b(?P<unit>daily|weekly|monthly|yearly|hourly|diariamente|a\s?diario|semanalmente|mensualmente|anualmente)\b",
        rf"每隔?(?P<n>{_ZN})?(?P<unit>{_ZUNIT})",
    ),
    "ahead": (
        rf"\bin\s+(?P<n>{_N})(?P<half>\s+and\s+a\s+half)?\s*(?P<unit>{_UNIT})\b",
        rf"\b(?:dentro\s+de|en)\s+(?P<n>{_N})\s*(?P<unit>{_UNIT})\b(?P<half>\s+y\s+media)?",
        rf"(?P<n>{_ZN})个?(?P<half>半)?(?P<unit>分钟|小时|钟头|天|周|星期|礼拜)(?:之后|以后|后)",
    ),
    "date": (
        r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<monthday>\d{1,2})\b",
        r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<monthday>\d{1,2})[日号]",
        rf"\b(?:on\s+|el\s+)?(?P<monthday>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?(?P<month>{_MONTH})\b\.?"
        r"(?:,?\s+(?:de\s+|del\s+)?(?P<year>\d{4}))?",
        rf"\b(?:on\s+)?(?P<month>{_MONTH})\.?\s+(?P<monthday>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}}))?",
        r"(?P<ahead>大后天|后天|明天|明日|今天|明(?=早|晚)|今(?=晚))",
        rf"(?P<week>下{{1,2}}|这个?|本){_WEEK}(?P<weekday>[一二三四五六日天])",
        rf"{_WEEK}(?P<weekday>[一二三四五六日天])",
        r"\b(?P<ahead>(?:the\s)?day\safter\stomorrow|tomorrow|today|tonight|pasado\smañana|hoy|(?<!la\s)mañana|esta\snoche)\b",
        rf"\b(?:on\s+)?(?:(?P<next>next)\s+|this\s+)(?P<weekday>{_DAY})\b",
        rf"\b(?:el\s+)?(?P<next>pr[oó]ximo)\s+(?P<weekday>{_DAY})\b",
        rf"\b(?:el|este)\s+(?P<weekday>{_DAY})(?:\s+que\s+viene|\s+pr[oó]ximo)?\b",
        rf"\bon\s+(?P<weekday>{_DAY})\b",
        rf"\b(?P<weekday>{_any((*_EN, *_ES))})\b",
        rf"\bon\s+the\s+{_ORDINAL}\b",
        r"\bel\s+d[ií]a\s+(?P<monthday>\d{1,2})\b",
        r"(?<!\d)(?P<monthday>\d{1,2})号",
    ),
    "time": (
        rf"(?P<of>{_CLOCK_OF})?\s*(?P<hour>\d{{1,2}}|十[一二]|[一二两三四五六七八九十])点"
        r"(?:(?P<half>半)|(?P<quarter>一刻)|(?P<minute>\d{1,2})分?)?(?:钟|整)?",
        rf"(?:\bat\s+|\ba\s+las?\s+)?(?P<of>{_CLOCK_OF})?\s*(?<![\d:])(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})"
        r"(?![\d:])(?!\s*(?:am|pm|[ap]\.|in the|de la|h\b))",
        rf"\b(?:at\s+|a\s+las?\s+)?(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d{{2}}))?\s*(?:h\s*)?(?P<of>{_HALF})(?![^\W\d_])",
        r"\ba\s+las?\s+(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})|\s+y\s+(?P<half>media)|\s+y\s+(?P<quarter>cuarto))?\s*h?\b",
        r"\bat\s+(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?:\s*o'clock)?\b(?!\s*(?:%|[$€£]))",
        r"\b(?P<hour>\d{1,2})\s*h(?P<minute>\d{2})?\b",
        rf"(?:\b(?:at\s+)?(?P<named>{_latin(PARTS['times'])})\b)",
        r"(?P<named>上午|早上|中午|下午|傍晚|晚上|(?<=\s)早(?=\s|$)|(?<=\s)晚(?=\s|$))",
    ),
}
PATTERNS = {name: tuple(re.compile(text, re.IGNORECASE) for text in texts) for name, texts in _TEXTS.items()}
