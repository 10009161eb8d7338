"""What says when or how often in a way that is not one of ours, and is named as not understood."""

from __future__ import annotations

from bosun.lib.quickgrammar import (
    DAY,
    EACH,
    HALF,
    LEFT_OUT,
    MONTH,
    UNIT,
    WEEK,
    ZDAY,
    ZHOUR,
    ZLEFT_OUT,
    ZMONTH,
    ZN,
    ZNUMBER,
    ZUNIT,
    N,
    form,
)

NO_SPAN = r"(?<![\w.,:])(?:-\s?\d+|0+|zero|cero|\d{6,})(?![.,]\d)"
ZNO_SPAN = r"(?<![\d.,:])(?:-\s?\d+|0+|零|\d{6,})"
_AN_HOUR = r"(?:[01]?\d|2[0-4])"
_HOURS = rf"(?:(?:from|de)\s+)?(?<![\w.,/:-]){_AN_HOUR}\s?[-–]\s?{_AN_HOUR}(?![\w/:%-]|[.,]\d)"
_SINCE = (
    r"(?:not\s+before|no\s+later\s+than|after|from|since|before|by|until|till|past|around|desde(?:\s+las?)?|hasta(?:\s+las?)?"
    rf"|(?:después|antes)\s+de(?:\s+las?)?|(?:sobre|hacia|a\s+partir\s+de)\s+las?)\s+{_AN_HOUR}(?![\w/:%-]|[.,]\d)"
)
"""14-15, and after 10: hours, if they stand beside a day."""

# what stays as it is, since it says when or how often in a way that is not one of ours
UNCLEAR = (
    rf"\b(?:once|twice|(?:{N}|several|a\s+few)\s+times)\s+(?:an?|per|{EACH})\s+(?:{UNIT})\b",
    rf"\b(?:(?:in|within)\s+)?(?:{N})\s+(?:working|business)\s+days\b(?:\s+(?:before|after|from\s+now|later))?",
    r"\bin\s+a\s+(?:while|bit|moment)\b",
    rf"\b(?:(?:una|{N})\s+ve(?:z|ces)|varias\s+veces)\s+(?:al|por|cada|a\s+la)\s+(?:{UNIT})\b",
    rf"\b(?:(?:dentro\s+de|en)\s+)?(?:{N})\s+días\s+(?:laborables|hábiles)\b",
    r"\b(?:dentro\s+de|en)\s+un\s+rato\b",
    rf"每(?:个?月|天|日|年|个?季度|{WEEK})(?:{ZN})[次遍回]",
    rf"每{WEEK}[两二三四五六]天(?![津气台文])",
    rf"(?<![后第下])(?:{ZN})个工作日(?:之?内|之?后|以后)?",
    # days that are left out, hours without a sign of time, days of the moon, and parts of a month
    rf"\b(?:except|excluding|but(?:\s+not)?|without|other\s+than|apart\s+from)(?:\s+(?:on|for|in|the|every|each))*\s+{LEFT_OUT}"
    rf"(?:(?:\s*,\s*|\s+(?:and|or)\s+){LEFT_OUT})*",
    rf"\b(?:excepto|salvo|menos|sin)(?:\s+(?:en|el|los))*\s+{LEFT_OUT}(?:(?:\s*,\s*|\s+[yeou]\s+)(?:el\s+)?{LEFT_OUT})*",
    rf"除了?{ZLEFT_OUT}(?:[和、]{ZLEFT_OUT})*(?:以外|之外|外)?|{ZLEFT_OUT}除外",
    r"\b(?:from|de(?:sde)?(?:\s+las)?)\s+\d{1,2}\s+(?:to|till|until|a|hasta)\s+(?:las\s+)?\d{1,2}\b"
    rf"(?![:.]\d|\s*(?:{HALF})(?![^\W\d_]))",
    r"每年的?(?:农历新年|除夕|七夕|春节|中秋节?|(?!国庆)[^\s\d，,。]{1,3}节)",
    rf"(?:每年的?)?(?:[农阴]历)?{ZMONTH}(?:[初廿]{ZNUMBER}|(?<=[正冬腊]月){ZNUMBER}|{ZNUMBER}[日号])",
    rf"(?:每年的?)?[农阴]历(?:新年|{ZMONTH}{ZNUMBER})",
    rf"(?:每年的?)?(?:\d{{1,2}}月|{ZMONTH})的?(?:[上中下]旬|[底末初])",
    rf"\b(?:the\s+)?(?:(?:end|beginning|start|middle)\s+of|mid)[\s-](?:{MONTH})\b",
    rf"\b(?:a\s+)?(?:fin(?:al(?:es)?)?|principios|mediados)\s+de\s+(?:{MONTH})\b",
    r"[过等待]一?会儿|[过等]一会|一会儿|待会(?!议)",
    # twice a day, between hours, in another zone of time, and ends that are no day
    r"\b(?:twice|thrice|bi)[\s-]*(?:daily|weekly|monthly|yearly|hourly)\b",
    r"\b(?:between\s+\d{1,2}(?:[:.]\d{2})?\s*(?:am|pm)?\s+and|entre\s+las?\s+\d{1,2}(?:[:.]\d{2})?\s+y\s+las?)\s+\d{1,2}(?:[:.]\d{2})?\s*(?:am|pm)?\b",
    r"(?<=\d)(?<=:\d\d)(?:Z\b|\+\d{2}:?\d{2}\b)|(?<=:\d\d:\d\d)(?:Z\b|[+-]\d{2}:?\d{2}\b)|(?<=T\d\d:\d\d)-\d{2}:?\d{2}\b",
    r"(?<=[\dm])\s+(?-i:UTC|GMT|[ECMP][SD]?T|CES?T|BST|[AJKI]ST|AE[SD]T)\b(?:[+-]\d{1,2})?",
    r"(?<=[\dm]\s)(?-i:(?:[A-Z]\w+\s+){1,2}time\b)|(?<=\d\s)hora\s+de\s+(?-i:(?:[A-Z]\w+\s?)+)",
    r"(?:纽约|伦敦|巴黎|东京|北京|柏林|马德里|悉尼|洛杉矶|旧金山|当地|美东|美西|格林威治)时间",
    rf"\b(?:until|till|through|hasta)\s+(?:next\s+|mid[\s-]|el\s+)?(?:(?:{MONTH})\b(?!\s+\d)|\d{{4}}\b(?!-))",
    rf"(?:一?直到|截[至止]到?|到)(?:[今明后]年|\d{{4}}年)?(?:\d{{1,2}}月|{ZMONTH})(?!的?[\d上中下底末初])(?:为?止|结束)?",
    rf"\b(?:{DAY}|week|month|year)\s+after\s+next\b",
    rf"(?<!every\s)(?<!each\s)\b(?!a\s+week\s+from\s+(?:{DAY})\b)(?:{N})\s+(?:{UNIT})\s+(?:after|from(?!\s+now))\b|\b(?:{N})\s+(?:{UNIT})\s+después\s+del?\b",
    r"\b(?:la\s+)?víspera\s+del?\b|\bel\s+día\s+(?:después|siguiente|posterior)\s+(?:del?|al?)\b",
    rf"(?:[之以]|(?<=[日号]))后(?:{ZN})个?(?:天|周|星期|月|年)(?!后)",
    r"[零〇一二两三四五六七八九十百千万半]+个?半?个?(?:分钟|小时|天|周|星期|月)(?=(?:之|以)?后)(?<=半个月)(?:之|以)?后",
    r"\bcada\s+tercer\s+día\b",
    rf"\b(?:{EACH}|cada)\s+\d+[.,]\d+\s*(?:{UNIT})\b|每隔?\d+\.\d+个?(?:{ZUNIT})",
    rf"每第(?:{ZN})个?(?:{WEEK}{ZDAY}|工作日)",
    rf"从?(?:[今明后]年|\d{{4}}年)的?(?:\d{{1,2}}|(?={ZMONTH})[^月]+)月份?(?:开始|起)",
    # no time at all, or more of it than there is, and a day in other words
    rf"\b(?:nag(?:\s+me)?(?:\s+every)?|{EACH}|in|cada|en|dentro\s+de|insist(?:e|ir|iendo)(?:\s+cada)?|repetir(?:\s+cada)?)\s+"
    rf"{NO_SPAN}\s*(?:{UNIT})\b|{NO_SPAN}\s*(?:{UNIT})\s+(?:before|beforehand|earlier|early|ahead|in\s+advance|antes|de\s+antelación)\b",
    rf"(?:每隔?|催促?|重复提醒|提前){ZNO_SPAN}\s*(?:{ZUNIT})(?:重复|催促?|提醒)?|(?<!\d){ZNO_SPAN}(?:{ZUNIT})(?:之后|以后|后)",
    r"\b(?:the\s+)?day\s+before\s+yesterday\b|\bantes\s+de\s+ayer\b",
)

_BEFORE = form(
    r"(?:(?<!\w)(?:the|el|la)\s+(?:day|week|month|year|evening|night|día|semana|mes|noche|\w+day)s?"
    r"(?:\s+(?:before|after|following|antes|después|anterior|siguiente)(?:\s+(?:del?|al?|the|on))?)?"
    r"|\b(?:after|following|since|not|until|till|next|ending|después\s+del?|hasta(?:\s+el)?|tras(?:\s+el)?)"
    r"|\b(?:no|never|nunca|(?:instead|in\s+place)\s+of|rather\s+than|en\s+(?:vez|lugar)\s+del?)(?:\s+(?:on|el))?"
    r"|(?<![要能是])不[要用是在必能]?在?|(?<![特分区级个])别在?|[切请]?勿在?|无需|而非"
    r"|\b(?:(?:the|el)\s+)?(?:first|second|third|fourth|fifth|[1-5](?:st|nd|rd|th)|primer|segundo|tercer|cuarto|quinto)|第[一二三四五\d]个?"
    rf"|\b{_SINCE},?|{_HOURS},?"
    r"|(?<![\w.,:/])\d{1,2}\s*[-–/~]|一?直到|截[至止]到?|[零〇一二三四五六七八九十百千半每](?=\s*$))\s*$"
)
_BEHIND = form(
    rf"\s*,?\s*(?:{_SINCE}|{_HOURS})|\s+week\b(?=\s+[^\W\d])(?!\s+at\b)"
    r"|\s*(?:after\s+next\b|altern[oa]s\b|sí\s+y\s+otro\s+no|(?:之后|以后|后(?![勤台续门端期面方卫备天])))"
)
_LEFT = form(
    rf"\b(?:{EACH}|cada)\s+(?:(?:other|{N}|\w+(?:st|nd|rd|th|er))\s+)?(?:{UNIT}|{DAY}|{MONTH})\b"
    r"|每隔?个?半?[\d零一二两三四五六七八九十百]*个?半?个?(?:分钟|小时|周|星期|礼拜|月|季度|年|天)(?!的)"
    r"|(?:二?十[一二三四五六七八九]|[二三]?十|三十一)[日号](?![楼线门室厅机])|\bthe\s+(?:twenty|thirty)-\w+(?:st|nd|rd|th)\b"
    r"|[\d零一二两三四五六七八九十百千半]+个?半?个?(?:分钟|小时|天|周|星期|礼拜|月|年)(?:之后|以后|后)"
    r"|\b(?:in|within|en|dentro\s+de)\s+(?:(?:\d+|an?|half|few|couple|of|or|and|y|[a-z]+t(?:een|y)|(?:twen|thir|for|fif|six|seven|eigh|nine)ty-\w+"
    rf"|veinti\w+|dieci\w+|treinta|cuarenta|cincuenta|sesenta|noventa|{N})\s+){{1,4}}(?:seconds?|secs?|segundos?|{UNIT})\b"
    rf"|\bat\s+(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?:\s+(?:fifteen|thirty|forty-five))?"
    r"|\bat\s+\d{3,4}\b(?!-)|(?<!\w)0\d{3}(?!\w)"
    rf"|(?:{_SINCE}|{_HOURS})(?=\s*(?:$|[,;]))|(?:非|[本这上下]周的?)工作日|(?<![^\s,，])工作日(?![志程报记历安制])"
    rf"|(?:(?:上午|早上|下午|晚上|中午)(?:\d{{1,2}}|{ZHOUR})点半?)"
)
_MORE_AHEAD = form(
    rf"(?:\s*,\s*|\s+(?:and|y|or|o)\s+|\s+)(?:{N})\s*(?:{UNIT})\b|\s+(?:or|o)\s+(?:{N})\b|零?又?(?:{ZN})个?(?:分钟|小时|天|周|星期|月)"
)
_OF_A_SERIES = form(
    r"\b(?:in|of|during|en|del?|(?:(?:starting|beginning)\s+)?(?:from|in)|since|starting|beginning|as\s+of|desde"
    r"|a\s+partir\s+del?|empezando\s+en)\s+(?:the\s+|el\s+|la\s+)?"
    rf"(?:{MONTH}|20\d\d|spring|summer|autumn|winter|easter|christmas|primavera|verano|otoño|invierno|navidad)\b"
    rf"(?:\s+(?:to|until|till|a|hasta)\s+(?:{MONTH})\b)?"
    rf"|从(?:[今明后]年|\d{{4}}年)?(?:\d{{1,2}}月份?|{ZMONTH}|[春夏秋冬]天)(?:开始|起)?|(?:\d{{1,2}}月份?|{ZMONTH})(?:开始|起)"
)
_BEFORE_TIME = form(
    r"\b(?:after|later\s+than|since|not(?:\s+(?:at|before|until))?|tras|después(?:\s+de(?:\s+las?)?)?|no(?:\s+antes\s+de(?:\s+las?)?)?)\s*$"
    r"|(?<![要能是])不[要用在]?在?\s*$|(?<![特分区级个])别在?\s*$"
)
_BEHIND_TIME = form(
    r"\s*(?:之后|以后|后(?![勤台续门端期面方卫备天]))|\s+or\s+(?:later|earlier|so)\b|\s+o\s+(?:más\s+tarde|después)\b"
)


def beside_time(before: str, behind: str) -> list[str]:
    """The words beside a time that make it another one."""
    found = (_BEFORE_TIME.search(before), _BEHIND_TIME.match(behind))
    return [match[0].strip() for match in found if match is not None]


def beside(before: str, behind: str, *, ahead: bool = False) -> list[str]:
    """The words beside a day that make it another one, if nothing takes them up; `ahead` behind a stretch of time."""
    found = [_BEFORE.search(before), _BEHIND.match(behind), _MORE_AHEAD.match(behind) if ahead else None]
    return [match[0].strip(" ,") for match in found if match is not None]


def left_over(text: str, *, again: bool) -> list[str]:
    """What is left in a text although it says when or how often; `again` where a rule was found in it."""
    found = [match[0].strip() for match in _LEFT.finditer(text)]
    return found + [match[0].strip() for match in _OF_A_SERIES.finditer(text) if again]
