"""The parts of which the forms of quick entry are put together, as patterns with named parts."""

from __future__ import annotations

import re
from typing import Any

from bosun.lib.quickwords import COUNTS, DAY_WORDS, MONTHS, PLACES, UNITS, bare


def one_of(words: Any) -> str:
    """Any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def latin(words: Any) -> str:
    """Any of these words, but those in Chinese."""
    return one_of(word for word in words if ord(max(word)) < 0x2000)


def han(words: Any) -> str:
    """Any of these words in Chinese."""
    return one_of(word for word in words if ord(max(word)) >= 0x2000)


DAY, MONTH = one_of(DAY_WORDS), one_of(MONTHS)
N = rf"\d{{1,5}}|{latin(COUNTS)}"
ZN = (
    r"(?<![零〇一二两三四五六七八九十百千半])"
    r"(?:\d{1,5}|[二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])(?![十百千万])"
)
"""A whole number, and no end of a longer one."""
UNIT, ZUNIT = latin(UNITS), han(UNITS)
EACH = r"(?:every|each)"
WEEK = r"(?:周|星期|礼拜)"
ZDAY = "[一二三四五六日天]"
SEP = r"\s*(?:,|，|、|和|或|/|&|\band\b|\bor\b|\by\b|\be\b|\bo\b)\s*(?:los\s+|el\s+|on\s+|周|星期|礼拜)?"
TO = r"(?:\s*[-–—~]\s*|\s+(?:to|through|thru|al?)\s+|\s*[到至]\s*)"
LIST = rf"(?P<days>(?:{DAY})\b(?:(?:{SEP}|{TO})(?:{DAY})\b)*)"
# 一三五 is Monday, Wednesday and Friday; 一三点 and 一日报 are not.
ZRUN = (
    rf"(?={ZDAY}{{2}})一?二?三?四?五?六?日?"
    r"(?![一二三四五六日天七八九十点个人次份件项位台家定些同月年分小时号张本块元百千报程历志记常期川亚金])"
)
ZDAYS = rf"(?P<days>(?:{ZRUN}|{ZDAY})(?:(?:{SEP}|{TO}{WEEK}|{WEEK}){ZDAY}|{TO}{ZDAY}(?![楼层号点部组区室个十]))*)"
ZWORKING = (
    r"(?:每周的?|每天的?|在)?(?<![本这上下]周)(?<![本这上下]周的)"
    r"(?<![个的一二三四五六七八九十\d下上本这第后前是非首每末几半])工作日"
)
ORDINAL = r"(?P<monthday>\d{1,2})(?:st|nd|rd|th)"
HALF = (
    r"am|pm|a\.\s?m\.?|p\.\s?m\.?|in the (?:morning|afternoon|evening)|at night|de la (?:mañana|tarde|noche|madrugada)"
)
WORKING = r"(?P<working>(?:working|business)\s+day|workday|weekday)"
ES_WORKING = r"(?P<working>día\s+(?:laborable|hábil))"
PLACE = rf"(?P<place>{latin(PLACES)})"
ZPLACE = rf"(?P<place>{han(PLACES)})个?"
CLOCK_OF = "今晚|上午|早上|早晨|清晨|凌晨|下午|晚上|傍晚|中午|夜里|半夜|深夜|早|晚"
ES_NEXT = r"(?P<next>que\s+viene|próxim[oa])"
ES_NEXT_WEEK = r"(?P<week>semana\s+(?:que\s+viene|próxima)|próxima\s+semana)"
RANGE = r"(?:\s*[-–—~到至]\s*|\s+(?:to|till|until|a|hasta)\s+(?:las?\s+)?)"
ES_HOURS = "una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce"
ZHOUR = "二?十[一二三四五六七八九]?|[一二两三四五六七八九零]"
ZMINUTE = "[一二三四五]?十[一二三四五六七八九]?|[零〇][一二三四五六七八九]|[一二三四五六七八九](?=分)"
PAST = r"(?:(?P<half>media)|(?P<quarter>cuarto)|(?P<minute>\d{1,2}|cinco|diez|veinte|veinticinco))"

D = r"(?P<monthday>\d{1,2})(?:st|nd|rd|th)?"
DS = r"(?P<monthdays>\d{1,2}(?:st|nd|rd|th)(?:(?:\s*,\s*|\s+and\s+|\s*&\s*)(?:the\s+)?\d{1,2}(?:st|nd|rd|th))+)"
ES_DS = r"(?:los?\s+)?(?:días?\s+)?(?P<monthdays>\d{1,2}(?:(?:\s*,\s*|\s+y\s+)(?:el\s+)?(?:día\s+)?\d{1,2})+)"
YEARLY = rf"(?:yearly|annually|{EACH}\s+year)"
ES_YEARLY = r"(?:cada\s+año|todos\s+los\s+años|anualmente)"
LEFT_OUT = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?(?:{MONTH})|(?:{MONTH})\s+\d{{1,2}}(?:st|nd|rd|th)?"
    rf"|\d{{1,2}}(?:st|nd|rd|th|/\d{{1,2}})|(?:{DAY})|(?:(?:public|bank)\s+)?holidays?|weekends?|(?:días\s+)?festivos"
    r"|fines\s+de\s+semana)\b"
)
ZLEFT_OUT = rf"(?:(?:法定)?节?假日|节日|周末|{WEEK}{ZDAY}|(?:\d{{1,2}}月)?\d{{1,2}}[日号])"
NTH = rf"(?!last|último)(?:{latin(PLACES)})|\d{{1,2}}(?:st|nd|rd|th)"
MORE_OF_MONTH = r"(?:st|nd|rd|th)?(?:\s*[-–—/&]\s*|\s+(?:to|and|or|y|o|al?)\s+(?:the\s+|el\s+)?)\d{1,2}(?:st|nd|rd|th)?"
ZMONTH = "(?:[正冬腊]|十?[一二三四五六七八九]|十)月"
ZNUMBER = "[一二三四五六七八九十]{1,3}"


def form(text: str) -> re.Pattern[str]:
    """A pattern, which finds each sign with an accent without it too."""
    return re.compile(re.sub("[áéíóúñ]", lambda sign: f"[{sign[0]}{bare(sign[0])}]", text), re.IGNORECASE)
