"""The forms in which times are said on one line, in three languages, as patterns with named parts.

Accents are left out by whoever types in a hurry, so that each sign with one is found without it too.
"""

from __future__ import annotations

import re

from bosun.lib.quickgrammar import (
    CLOCK_OF,
    DAY,
    DS,
    EACH,
    ES_DS,
    ES_HOURS,
    ES_NEXT,
    ES_NEXT_WEEK,
    ES_WORKING,
    ES_YEARLY,
    HALF,
    LIST,
    MONTH,
    MORE_OF_MONTH,
    NTH,
    ORDINAL,
    PAST,
    PLACE,
    RANGE,
    UNIT,
    WEEK,
    WORKING,
    YEARLY,
    ZDAY,
    ZDAYS,
    ZHOUR,
    ZMINUTE,
    ZN,
    ZPLACE,
    ZUNIT,
    ZWORKING,
    D,
    N,
    form,
    han,
    latin,
    one_of,
)
from bosun.lib.quickunclear import UNCLEAR
from bosun.lib.quickwords import COUNTS, EN, ENDING_FEASTS, ES, FEASTS, PARTS, YEARS

_NAG = (
    rf"\b(?:and\s+)?nag(?:\s+me)?(?:\s+every)?\s+(?P<n>{N})?\s*(?P<unit>{UNIT})\b",
    rf"\b(?:and\s+)?again\s+{EACH}\s+(?P<n>{N})?\s*(?P<unit>min(?:ute)?s?|h|hours?)\b(?:\s+until\s+(?:it['’]?s\s+)?done\b)?",
    rf"\b{EACH}\s+(?P<n>{N})?\s*(?P<unit>min(?:ute)?s?|h|hours?)\s+until\s+(?:it['’]?s\s+)?done\b",
    r"\b(?:e\s+|y\s+)?(?:insist(?:e|ir|iendo)|repit(?:e|iendo)|repetir)(?:\s+cada)?"
    rf"\s+(?P<n>{N})?\s*(?P<unit>{UNIT})\b",
    rf"\b(?:y\s+)?(?:otra\s+vez|de\s+nuevo)\s+cada\s+(?P<n>{N})?\s*(?P<unit>min(?:uto)?s?|h|horas?)\b"
    r"(?:\s+hasta\s+(?:terminar|que\s+esté\s+hecho)\b)?",
    rf"每隔?\s*(?P<n>{ZN})?\s*(?P<unit>分钟|小时|个小时)重复(?:提醒)?(?:一次|一遍)?(?:[，,]?\s*直到完成)?",
    rf"每隔?\s*(?P<n>{ZN})?\s*(?P<unit>分钟|小时|个小时)(?:催促?|提醒)(?:我)?(?:一次|一遍)?",
    rf"(?:催促?|重复提醒)(?:间隔)?\s*(?P<n>{ZN})\s*(?P<unit>分钟|小时|个小时)",
)

_SPANS = (r"(?P<half>half)\s+an?\s+(?P<unit>hour)", rf"(?P<n>{N})\s*(?P<unit>{UNIT})")
_ES_SPANS = (r"(?P<half>media)\s+(?P<unit>hora)", rf"(?P<n>{N})\s*(?P<unit>{UNIT})")
_TELL = r"\b(?:and\s+)?(?:(?:remind|tell)\s+me\s+)?"
_ES_TELL = r"\b(?:(?:avísame|recuérdame(?:lo)?)\s+)?"
_ZSPAN = rf"(?P<n>{ZN})?个?(?P<half>半)?个?(?P<unit>分钟|小时|钟头|天|周|星期|月)"
_EARLY = (
    *(rf"{_TELL}{span}\s+(?:before(?:hand)?|earlier|early|ahead|in\s+advance)(?=\s*(?:$|[,;.]))" for span in _SPANS),
    *(rf"{_ES_TELL}(?:con\s+)?{span}\s+(?:antes|de\s+antelación)(?=\s*(?:$|[,;.]))" for span in _ES_SPANS),
    rf"提前{_ZSPAN}(?:提醒|通知|告诉)?我?",
    rf"前(?=半|{ZN}){_ZSPAN}(?:提醒|通知|告诉|叫)我?",
    rf"(?<=[日号天一二三四五六末底旦庆节])前(?P<n>{ZN})个?(?P<unit>天|周|星期|月)",
    # of what is named next, and whose time or day stands behind it
    *(rf"{_TELL}{span}\s+(?P<matter>before)\s+(?=\w)" for span in _SPANS),
    *(rf"{_ES_TELL}{span}\s+(?P<matter>antes)\s+de(?:l(?:\s+día)?)?\s+(?!que\b)(?=\w)" for span in _ES_SPANS),
    r"\bthe\s+(?P<unit>day|week)\s+(?P<matter>before)\s+(?=\w)",
    r"\bel\s+(?P<unit>día)\s+(?P<matter>antes\s+de|anterior\s+a)(?:l(?:\s+día)?)?\s+(?!que\b)(?=\w)",
)

_OPENING = (
    r"\bwhen\s+i\s+(?:first\s+)?(?:open(?:\s+bosun)?|log\s+in|sign\s+in)\b",
    r"\bcuando\s+(?:abra|entre\s+en)\s+(?:por\s+primera\s+vez\s+)?bosun(?:\s+por\s+primera\s+vez)?",
    r"我?(?:第一次|首次)?打开\s*(?:Bosun|系统)\s*(?:的时候|时)?",
    r"(?:(?<![周期拜])一)?(?:上班|到公司)后?的?第一时间",
)

_EVERY = (
    # every third day, or every second week on Tuesday
    rf"\b{EACH}\s+(?P<nth>{NTH})\s+weeks?\s+on\s+{LIST}",
    rf"\b{EACH}\s+(?P<nth>{NTH})\s+(?P<unit>day|week|month|year)\b(?!\s+of\b)",
    # the last working day, the first Monday and the 15th of every month, the end of every quarter
    rf"\b{EACH}\s+{PLACE}\s+(?:{WORKING}|(?P<day>{DAY}))\b(?:\s+of\s+(?:the|every|each)\s+month\b)?(?!\s+of\b)",
    rf"\b(?:on\s+)?(?:the\s+)?{PLACE}\s+(?:{WORKING}|(?P<day>{DAY}))\s+of\s+{EACH}\s+month\b",
    rf"\b(?:on\s+)?{PLACE}\s+{WORKING}\s+of\s+month\b",
    rf"\b(?:{EACH}\s+month|monthly),?\s+on\s+the\s+{PLACE}\s+(?:{WORKING}|(?P<day>{DAY}))\b",
    rf"\b(?:(?:cada|el)\s+)?{PLACE}\s+(?:{ES_WORKING}|(?P<day>{DAY}))\s+de\s+cada\s+mes\b",
    rf"\b(?:el\s+)?{PLACE}\s+{ES_WORKING}\s+de\s+mes\b",
    rf"\bcada\s+{PLACE}\s+(?:{ES_WORKING}|(?P<day>{DAY}))\b(?:\s+del\s+mes\b)?",
    rf"\b(?:cada\s+mes|todos\s+los\s+meses),?\s+el\s+{PLACE}\s+(?:{ES_WORKING}|(?P<day>{DAY}))\b",
    rf"每个?月的?{ZPLACE}(?:(?P<working>工作日)|{WEEK}(?P<day>{ZDAY}))",
    rf"\b(?:on\s+)?(?:the\s+)?(?P<end>last\s+day)\s+of\s+{EACH}\s+(?P<of_each>month|quarter|year)\b",
    rf"\b(?:on\s+)?{EACH}\s+(?P<end>last\s+day)\s+of\s+the\s+(?P<of_each>month|quarter|year)\b",
    rf"\b(?:at\s+)?(?:the\s+)?(?:(?P<end>end)|beginning|start|first\s+day)\s+of\s+{EACH}\s+(?P<of_each>month|quarter|year)\b",
    rf"\b(?:at\s+)?{EACH}\s+(?:(?P<end>end)|beginning|start)\s+of\s+(?P<of_each>month|quarter|year)\b",
    rf"\b{EACH}\s+(?P<of_each>month|quarter|year)[\s-](?P<end>end)\b",
    rf"\b{EACH}\s+(?P<of_each>month),?\s+on\s+the\s+(?P<end>last)\s+day\b",
    r"\b(?:a\s+)?(?:(?P<end>fin(?:al(?:es)?)?)|principios?|comienzos?)\s+de\s+cada\s+(?P<of_each>mes|trimestre|año)\b",
    r"\b(?:a\s+)?cada\s+(?P<end>fin)\s+de\s+(?P<of_each>mes|trimestre|año)\b",
    r"\b(?:(?:cada|el)\s+)?(?:(?P<end>último\s+día)|primer\s+día)\s+de\s+cada\s+(?P<of_each>mes|trimestre|año)\b",
    r"每个?(?P<of_each>月|季度?|年)的?(?:(?P<end>底|末|最后一天)|初|第一天)",
    rf"\b(?:on\s+)?(?:the\s+)?{PLACE}\s+of\s+{EACH}\s+month\b",
    rf"\b(?:{EACH}\s+month|monthly),?\s+on\s+the\s+{PLACE}(?=\s*(?:$|[,;.\d]|at\b))",
    r"\b(?:el\s+)?(?P<place>primero|último)\s+de\s+cada\s+mes\b",
    r"\b(?:cada\s+mes|todos\s+los\s+meses),?\s+el\s+(?P<place>primero)\b",
    # each working day, each weekend, each morning
    rf"(?<!next\s)(?P<weekdays>\b(?:{EACH}\s+(?:weekdays?|work(?:ing\s+)?days?|business\s+days?)"
    r"|(?:on\s+)?(?:weekdays?|working\s+days))\b)(?!\s+of\b)",
    r"(?P<weekdays>\b(?:every\s+|from\s+)?mon(?:day)?(?:\s+(?:to|through|till|until)\s+|\s*[-–]\s*)fri(?:day)?\b)",
    r"(?P<weekdays>\bcada\s+día\s+(?:laborable|hábil)\b|\b(?:todos\s+)?los\s+días\s+(?:laborables|hábiles)\b"
    r"|\b(?:de\s+lunes\s+a\s+viernes|entre\s+semana)\b)",
    rf"(?P<weekdays>每个?工作日|(?<!每)周一(?:至|到)周五(?:的?每[天日])?|{ZWORKING}的?每[天日]|{ZWORKING}的?(?=\s*(?:(?:[早晚]上|[上中下]午|下班)|(?:{CLOCK_OF})?\s*(?:\d{{1,2}}[:点]|(?:{ZHOUR})点))))",
    rf"(?P<weekend>\b{EACH}\s+weekend\b|\b(?:cada\s+fin|todos\s+los\s+fines)\s+de\s+semana\b|每个?周末)",
    r"(?P<weekends>\b(?:(?:on|at)\s+)?weekends\b|\blos\s+fines\s+de\s+semana\b)",
    rf"\b{EACH}\s+(?P<of_each_day>morning|afternoon|evening|night)\b",
    r"\b(?:cada|todas\s+las)\s+(?P<of_each_day>mañana|tarde|noche)s?\b",
    rf"每(?=(?P<of_each_day>早|晚)上?\s*(?:{ZN})[点:])",
    r"每(?P<of_each_day>早|晚)上?",
    # days of the year and of the month
    rf"\b{YEARLY},?\s+(?:on\s+)?(?:the\s+)?{D}\s+(?:of\s+)?(?P<month>{MONTH})\b",
    rf"\b{YEARLY},?\s+(?:on\s+)?(?P<month>{MONTH})\s+{D}\b",
    rf"\b(?:on\s+)?(?:the\s+)?{D}\s+(?:of\s+)?(?P<month>{MONTH}),?\s+{YEARLY}\b",
    rf"\b(?:on\s+)?(?P<month>{MONTH})\s+{D},?\s+{YEARLY}\b",
    rf"\b{EACH}\s+{D}\s+(?:of\s+)?(?P<month>{MONTH})\b",
    rf"\b{ES_YEARLY},?\s+el\s+(?P<monthday>\d{{1,2}})\s+de\s+(?P<month>{MONTH})\b",
    rf"\b(?:el\s+)?(?P<monthday>\d{{1,2}})\s+de\s+(?P<month>{MONTH})\s+(?:de\s+)?{ES_YEARLY}\b",
    rf"\b(?:on\s+)?(?:the\s+)?{DS}\s+of\s+{EACH}\s+month\b",
    rf"\b(?:{EACH}\s+month|monthly),?\s+on\s+the\s+{DS}\b",
    rf"\b{EACH}\s+{DS}(?:\s+of\s+the\s+month\b)?",
    rf"\b(?:el\s+)?{ES_DS}\s+de\s+cada\s+mes\b",
    rf"\b(?:cada\s+mes|todos\s+los\s+meses),?\s+(?:el\s+)?{ES_DS}\b(?![.:,]?[\d%])",
    rf"每个?月的?(?P<monthdays>(?:{ZN})[日号]?(?:[和、,，及]\s*(?:{ZN})[日号])+)",
    rf"\b{EACH}\s+(?:year\s+on\s+)?(?P<month>{MONTH})\s+(?P<monthday>\d{{1,2}})(?:st|nd|rd|th)?\b",
    rf"\b(?:cada|todos\s+los)\s+(?P<monthday>\d{{1,2}})\s+de\s+(?P<month>{MONTH})\b",
    r"每年的?(?P<month>\d{1,2})月(?P<monthday>\d{1,2})[日号]",
    rf"\b(?:{EACH}\s+month|monthly),?\s+on\s+the\s+{ORDINAL}\b",
    rf"\b(?:on\s+)?(?:(?:every|each|the)\s+)?{ORDINAL}\s+of\s+{EACH}\s+month\b",
    rf"\b{EACH}\s+{ORDINAL}\b(?:\s+of\s+the\s+month\b)?",
    r"\b(?:el\s+)?(?:día\s+)?(?P<monthday>\d{1,2}|uno)\s+de\s+cada\s+mes\b",
    r"\b(?:cada\s+mes|todos\s+los\s+meses|mensualmente),?\s+el\s+(?:día\s+)?(?P<monthday>\d{1,2}|uno)\b(?![.:,]?[\d%])",
    rf"每个?月的?倒数第(?P<from_end>{ZN})[天日]",
    rf"每个?月的?(?P<monthday>{ZN})[日号]",
    # days of the week
    rf"\b{EACH}\s+(?:(?P<other>other)\s+|(?P<n>{N})\s+weeks?\s+on\s+)?{LIST}",
    rf"\b(?:cada(?:\s+(?P<n>{N})\s+semanas\s+(?:el|los))?|todos\s+los)\s+{LIST}",
    rf"\b(?:los\s+)?{LIST}\s+(?P<other>alternos)\b",
    rf"\b(?:un\s+)?{LIST}\s+(?P<other>sí\s+y\s+otro\s+no)\b",
    rf"\b(?:{EACH}|cada)\s+(?P<n>{N})\s+{LIST}",
    rf"\blos\s+{LIST}",
    rf"(?P<other>每隔[一1]?个?{WEEK}|隔周)的?{WEEK}?{ZDAYS}",
    rf"每(?:个|逢)?(?:隔?(?P<n>{ZN})个?)?{WEEK}的?{WEEK}?{ZDAYS}",
    rf"\b(?:on\s+)?(?P<days>{one_of(f'{word}s' for word in EN)})\b",
    # each half an hour, and so many days, weeks or months
    rf"\b(?:{EACH}\s+(?:(?P<half>half)(?:\s+an)?|(?P<quarter>quarter)(?:\s+of\s+an)?)\s+hour|cada\s+(?:(?P<media>media)|(?P<cuarto>cuarto)\s+de)\s+hora)\b",
    rf"\b(?:{EACH}\s+(?:(?:an\s+)?hour|(?P<n>{N})\s+hours?)\s+and\s+a\s+(?P<more>half)|cada\s+(?:hora|(?P<horas>{N})\s+horas)\s+y\s+(?P<y>media))\b",
    rf"每隔?(?:(?P<half>半)个?(?:小时|钟头)|一?(?P<quarter>刻)钟|(?P<n>{ZN})个(?P<more>半)(?:小时|钟头))",
    rf"\b{EACH}\s+(?:(?P<other>other)\s+|(?P<n>{N})\s+)?(?P<unit>{UNIT})\b",
    rf"\b(?:cada\s+(?:(?P<n>{N})\s+)?|todos\s+los\s+|todas\s+las\s+)(?P<unit>{UNIT})\b",
    r"\b(?P<unit>daily|weekly|fortnightly|monthly|quarterly|yearly|hourly|diariamente|a\s?diario|semanalmente"
    r"|quincenalmente|mensualmente|trimestralmente|semestralmente|anualmente)\b",
    r"每(?P<other>隔[一1]?个?)(?P<unit>天|日|周|星期|礼拜|月|季度|年)",
    rf"每隔?(?P<n>{ZN})?(?P<unit>{ZUNIT})",
)

_UNTIL = (
    r"\b(?P<word>(?:until|till|hasta))\s+(?:(?:the|el|las?)\s+)?(?=\w)",
    r"\b(?P<again>(?:through|thru|up\s+to|end(?:s|ing)(?:\s+on)?))\s+(?:the\s+)?(?=\w)",
    rf"\b(?P<again>to|by)\s+(?:the\s+)?(?=\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{MONTH})\b|(?:{MONTH})\s+\d|\d{{4}}-|end\s+of)",
    r"(?:(?P<word>一?直到|截[至止]到?)|[到至])\s*(?=\w)",
    rf"\b(?P<how_long>for\s+(?:the\s+next\s+)?(?:{N})\s+(?:days?|weeks?|months?|years?)|(?:{N})\s+times)\b",
    rf"\b(?P<how_long>(?:durante|por)\s+(?:{N})\s+(?:días?|semanas?|mes(?:es)?|años?)|(?:{N})\s+veces)\b",
    rf"(?P<how_long>(?:连续|持续|为期)(?:{ZN})个?(?:天|日|周|星期|月|年)|[一总]?共(?:{ZN})[次遍])",
)

_ANOTHER = (
    rf"(?P<and>\s*,\s*|\s*\b(?:and|or|then|y|e|o)\s+)(?:(?:on|el|los|{EACH}|cada)\s+)?(?:{DAY})\b"
    rf"(?P<hour>,?\s*(?:at\s+|a\s+las?\s+)?\d{{1,2}}(?:[:.]\d{{2}})?(?:\s*(?:{HALF}|h)(?![^\W\d_])|(?!\w)))?",
    rf"(?P<and>\s*[和、，,或及])每?{WEEK}{ZDAY}(?P<hour>\s*(?:{CLOCK_OF})?(?:(?:\d{{1,2}}|{ZHOUR})点(?:半|\d{{1,2}}分?)?|\d{{1,2}}:\d{{2}}))?",
)
_WEEKS = rf"(?P<n>{N})\s*(?P<unit>weeks?|fortnights?)"
_ES_WEEKS = rf"(?P<n>{N})\s*(?P<unit>semanas?|quincenas?)"
_AHEAD = (
    rf"\bin\s+{_WEEKS},?\s+on\s+(?P<weekday>{DAY})\b",
    rf"\b(?:on\s+)?(?P<weekday>{DAY}),?\s+in\s+{_WEEKS}\b",
    rf"\b(?:dentro\s+de|en)\s+{_ES_WEEKS},?\s+el\s+(?P<weekday>{DAY})\b",
    rf"\bel\s+(?P<weekday>{DAY}),?\s+(?:dentro\s+de|en)\s+{_ES_WEEKS}\b",
    rf"(?P<n>{ZN})个?(?P<unit>周|星期|礼拜)(?:之后|以后|后)的?{WEEK}(?P<weekday>{ZDAY})",
    rf"\bin\s+(?P<n>{N})\s*(?P<unit>hours?)\s+and\s+a\s+(?:(?P<half>half)|(?P<quarter>quarter))\b",
    rf"\bin\s+(?P<n>{N})\s*(?P<unit>h|hrs?|hours?)\s*(?:and\s+)?(?P<more>\d{{1,2}})\s*(?:m|min|mins|minutes?)\b",
    r"\b(?:in|en|dentro\s+de)\s+(?P<n>\d{1,2})\s?(?P<unit>h)\s?(?P<more>\d{2})(?:\s?m(?:in)?)?\b",
    rf"\b(?:dentro\s+de|en)\s+(?P<n>{N})\s*(?P<unit>h|horas?)\s+y\s+(?:(?P<quarter>cuarto)\b|(?P<more>\d{{1,2}})\s*min(?:utos?)?\b)",
    rf"(?P<n>{ZN})个?(?P<unit>小时|钟头)零?(?P<more>\d{{1,2}})分钟?(?:之后|以后|后)",
    r"\bin\s+(?P<half>half)\s+an?\s+(?P<unit>hour)\b",
    r"\b(?:dentro\s+de|en)\s+(?P<half>media)\s+(?P<unit>hora)\b",
    r"(?<![\d个])(?P<half>半)个?(?P<unit>小时|钟头)(?:之后|以后|后)",
    rf"\bin\s+(?P<n>{N})(?P<half>\s+and\s+a\s+half)?\s*(?P<unit>{UNIT})\b",
    rf"\b(?:dentro\s+de|en)\s+(?P<n>{N})\s*(?P<unit>{UNIT})\b(?P<half>\s+y\s+media)?",
    rf"(?P<n>{ZN})个?(?P<half>半)?(?P<unit>分钟|小时|钟头|天|周|星期|礼拜)(?:之后|以后|后)",
    rf"(?<!半)(?P<n>{ZN})?(?P<unit>个月|个季度|年|(?<!\d)半年)(?:之后|以后|后)",
    rf"(?<![\w+])\+\s?(?P<n>\d{{1,5}})\s*(?:(?P<unit>{UNIT})\b)",
    r"(?<![\w+])\+\s?(?P<n>\d{1,5})\s*(?P<unit>分钟|小时|天|周|个月)后?",
)

_WHICH = rf"{PLACE}\s+(?:{WORKING}|(?P<weekday>{DAY}))"
_ES_WHICH = rf"{PLACE}\s+(?:{ES_WORKING}|(?P<weekday>{DAY}))"
_ZWHICH = rf"{ZPLACE}(?:(?P<working>工作日)|{WEEK}(?P<weekday>{ZDAY})|天)"
_ES_EDGE = r"(?:a\s+)?(?:(?P<end>fin(?:al(?:es)?)?|último\s+día)|(?P<begin>principios|comienzos|primer\s+día))"
_DATE = (
    r"\b(?P<year>\d{4,})-(?P<month>\d{1,2})-(?P<monthday>\d{1,2})(?:\b|T(?=\d{1,2}:\d{2}))",
    r"(?<![\w.,/:-])(?P<year>\d{4})(?P<sign>[/.])(?P<month>\d{1,2})(?P=sign)(?P<monthday>\d{1,2})(?![\w/%]|[.,]\d)",
    # the first of some days
    rf"(?<![\w.,/:-])(?P<monthday>\d{{1,2}})(?P<more_days>{MORE_OF_MONTH})\s+(?:of\s+|de\s+)?(?P<month>{MONTH})\b",
    rf"\b(?P<month>{MONTH})\.?\s+(?P<monthday>\d{{1,2}})(?P<more_days>{MORE_OF_MONTH})\b(?![:.]\d)",
    rf"(?:(?P<year>\d{{4,}})年|(?P<years>{han(YEARS)})的?)?(?P<month>\d{{1,2}})月(?P<monthday>\d{{1,2}})[日号]",
    # the first Monday and the last working day of a month, once
    rf"\b(?:on\s+)?(?:the\s+)?{_WHICH}\s+(?:of|in)\s+(?:(?P<next>next)\s+|(?P<this>this)\s+|the\s+)?(?P<stretch>month|quarter|year)\b",
    rf"\b(?:on\s+)?(?:the\s+)?{_WHICH}\s+(?:of|in)\s+(?P<month>{MONTH})\b",
    rf"\b(?:el\s+)?{_ES_WHICH}\s+del?\s+(?:(?P<this>este)\s+)?(?P<stretch>mes|trimestre|año)\b(?:\s+{ES_NEXT}\b)?",
    rf"\b(?:el\s+)?{_ES_WHICH}\s+del\s+{ES_NEXT}\s+(?P<stretch>mes|trimestre|año)\b",
    rf"\b(?:el\s+)?{_ES_WHICH}\s+de\s+(?P<month>{MONTH})\b",
    rf"(?:(?P<this>这个?|本)|(?P<next>下{{1,2}}个?))(?P<stretch>月|季度)的?{_ZWHICH}",
    rf"(?P<month>\d{{1,2}})月的?{_ZWHICH}",
    rf"\b(?:on\s+)?(?:the\s+)?{PLACE}\s+(?:day\s+)?of\s+(?:(?P<next>next)|(?P<this>this)|the)\s+(?P<stretch>month|quarter|year)\b",
    rf"\b(?:on\s+)?(?:the\s+)?{PLACE}\s+day\s+of\s+(?P<stretch>month|quarter|year)\b",
    rf"\b(?:el\s+)?(?P<place>primero)\s+del\s+(?P<stretch>mes)\b(?:\s+{ES_NEXT}\b)?",
    # a day of this month or the next
    rf"\b(?:on\s+)?(?:the\s+)?{ORDINAL}\s+of\s+(?:the|this)\s+month\b",
    rf"\b(?:on\s+)?(?:the\s+)?{ORDINAL}\s+of\s+(?P<next>next)\s+(?P<stretch>month)\b",
    rf"\b(?P<next>next)\s+(?P<stretch>month),?\s+(?:on\s+)?(?:the\s+)?{ORDINAL}\b(?!\s+(?:quarter|half|week|day)\b)",
    rf"\b(?:el\s+)?(?:día\s+)?(?P<monthday>\d{{1,2}})\s+del\s+(?P<stretch>mes)\s+{ES_NEXT}\b",
    rf"\b(?:el\s+)?(?:día\s+)?(?P<monthday>\d{{1,2}})\s+del\s+{ES_NEXT}\s+(?P<stretch>mes)\b",
    r"(?P<next>下)个?(?P<stretch>月)的?(?P<monthday>\d{1,2})[日号]",
    r"(?:这个?|本)月的?(?P<monthday>\d{1,2})[日号]",
    rf"\b(?:on\s+|el\s+)?(?P<monthday>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?(?P<month>{MONTH})\b\.?"
    rf"(?:,?\s+(?:de\s+|del\s+)?(?P<year>\d{{4,}})\b|\s+(?:del?\s+|of\s+)?(?P<years>{latin(YEARS)})\b)?",
    rf"\b(?:on\s+)?(?P<month>{MONTH})\.?\s+(?P<monthday>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d)(?:,?\s+(?P<year>\d{{4}}))?",
    # the end and the beginning of a week, month, quarter or year
    r"\b(?:at\s+)?(?:the\s+)?(?P<end>end)\s+of\s+(?:(?:the|this)\s+)?(?P<next>next\s+)?"
    r"(?P<stretch>week|month|quarter|year)\b",
    r"\b(?:at\s+)?(?:the\s+)?(?P<begin>beginning|start)\s+of\s+(?:the\s+)?(?P<next>next)\s+(?P<stretch>week|month|quarter|year)\b",
    r"\b(?P<stretch>month|year)[\s-](?P<end>end)\b",
    rf"\b(?:el\s+)?{_ES_EDGE}\s+del?\s+(?P<stretch>mes|trimestre|año)\s+{ES_NEXT}\b",
    rf"\b(?:el\s+)?{_ES_EDGE}\s+del?\s+(?:este\s+|{ES_NEXT}\s+)?(?P<stretch>mes|trimestre|año)\b",
    r"(?:(?P<this>这个?|本)|(?P<next>下{1,2}个?|明(?=年)))?(?P<stretch>月|年|季度?)的?(?:(?P<end>底|末|最后一天)|(?P<begin>初))",
    # the weekend, days of the week, and so many days from now
    r"\b(?:(?:at|on|over|this)\s+)?(?:the\s+)?(?P<next>next\s+)?(?P<weekend>weekend)\b",
    rf"\b(?:el\s+|este\s+)(?P<weekend>fin\s+de\s+semana)\s+{ES_NEXT}\b",
    rf"\b(?:el\s+|este\s+)(?:{ES_NEXT}\s+)?(?P<weekend>fin\s+de\s+semana)\b",
    r"(?:这个?|本)?(?P<next>下{1,2}个?)?(?P<weekend>周末)",
    r"(?P<ahead>大后天|后天|明天|明日|今天|明(?=早|晚)|今(?=晚))",
    rf"(?P<week>下{{1,2}}个?|上{{1,2}}个?|这个?|本){WEEK}(?P<weekday>{ZDAY})",
    rf"{WEEK}(?P<weekday>{ZDAY})",
    r"\b(?P<ahead>(?:the\s)?day\safter\stomorrow|tomorrow|tmrw?|today|tonight|pasado\smañana|hoy|(?<!la\s)mañana|esta\snoche)\b",
    rf"\b(?:on\s+)?(?P<weekday>{DAY})(?:\s+(?:of\s+)?|,\s*)(?P<week>next\s+week)\b",
    rf"\b(?P<week>next\s+week),?\s+(?:on\s+)?(?P<weekday>{DAY})\b",
    rf"\b(?:el\s+)?(?P<weekday>{DAY})\s+de\s+la\s+{ES_NEXT_WEEK}\b",
    rf"\b(?:la\s+)?{ES_NEXT_WEEK},?\s+(?:el\s+)?(?P<weekday>{DAY})\b",
    rf"\b(?:on\s+)?(?P<weekday>{DAY})\s+(?P<week_later>week)(?=\s*(?:$|[,;.\d]|at\b))",
    rf"\b(?P<week_later>a\s+week)\s+(?:on|from)\s+(?P<weekday>{DAY})\b",
    rf"\b(?:on\s+)?(?P<last>last)\s+(?P<weekday>{DAY})\b",
    rf"\b(?:el\s+)?(?P<weekday>{DAY})\s+(?P<last>pasado)\b(?!\s+mañana)",
    rf"\b(?:on\s+)?(?:(?P<next>next)\s+|this\s+)(?P<weekday>{DAY})\b",
    rf"\b(?:el\s+)?(?P<next>próximo)\s+(?P<weekday>{DAY})\b",
    rf"\b(?:el|este)\s+(?P<weekday>{DAY})(?P<next>\s+que\s+viene|\s+próximo)?\b",
    rf"\bon\s+(?P<weekday>{DAY})\b",
    rf"\b(?P<weekday>{one_of((*EN, *ES))})\b",
    rf"\b(?:on|by|before)\s+the\s+{ORDINAL}\b",
    r"\bel\s+día\s+(?P<monthday>\d{1,2})\b",
    r"(?<!\d)(?P<monthday>\d{1,2})号",
    r"\b(?:on\s+)?(?:the\s+)?(?P<next>next)\s+(?P<working>(?:working|business)\s+day|workday|weekday)\b",
    r"\b(?:el\s+)?(?P<next>próximo)\s+(?P<working>día\s+(?:laborable|hábil))\b",
    r"(?P<next>下)一?个?(?P<working>工作日)",
    r"\b(?P<next>next)\s+(?P<stretch>week|month|quarter|year)\b(?!['’])",
    rf"\b(?:(?:el|la)\s+)?{ES_NEXT}\s+(?P<stretch>semana|mes|trimestre|año)\b",
    rf"\b(?:(?:el|la)\s+)?(?P<stretch>semana|mes|trimestre|año)\s+{ES_NEXT}\b",
    r"(?P<next>下{1,2})个?(?P<stretch>周|星期|礼拜|月|季度)",
    r"(?P<next>明)(?P<stretch>年)",
    rf"(?P<feast>{one_of(FEASTS)})(?!假|期间|后)",
    r"(?<![\w.,/:-])(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?(?![\w/%])",
    r"(?<![\w.,/:-])(?P<first>\d{1,2})(?P<sign>[.-])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4})(?![\w%])",
    r"(?<!of\s)(?<!from\s)(?<!since\s)\b(?P<ahead>yesterday)\b(?!['’])",
    r"(?<!de\s)(?<!desde\s)\b(?P<ahead>anteayer|ayer)\b",
    r"(?P<ahead>昨天|昨日|大?前天)(?!的)",
    r"(?-i:^\s*(?P<ahead>tom)\b|\b(?P<last_word>tom)\s*$)",
)
_BY = r"(?:\b(?:by|before|due(?:\s+(?:on|by))?|no\s+later\s+than|antes\s+del?|para)\s+)?"
_ZBY = "(?:之前|以前|前(?![台往后端年辈方线言进景期来去任面边锋沿提天]))?"

_AT = r"\b(?:(?:at|by|before)\s+|a\s+las?\s+|(?:from|(?:(?:antes|a\s+partir)\s+)?de|desde)\s+(?:las?\s+)?)"
_TO = r"(?P<till>\d{1,2})(?:[:.](?P<till_minute>\d{2}))?"
_TIME = (
    rf"(?P<of>{CLOCK_OF})?\s*(?<![\d:.,/年月周期拜十-])(?P<hour>\d{{1,2}}|{ZHOUR})\s*[-–—~到至]\s*"
    rf"(?P<till>\d{{1,2}}|{ZHOUR})点(?P<till_half>半)?钟?(?:之间)?",
    rf"(?P<of>{CLOCK_OF})?\s*(?:差(?:(?P<to_quarter>一刻)|(?P<to>\d{{1,2}}|{ZMINUTE}|[五十])分钟?))?(?P<hour>\d{{1,2}}|{ZHOUR})点"
    rf"(?:(?P<half>半)|(?P<quarters>[一三])刻|(?P<minute>\d{{1,2}}|{ZMINUTE})(?![\d一二三四五六七八九十个人位份])分?)?(?:钟|整)?"
    rf"(?:\s*[-–—~到至]\s*(?P<till>\d{{1,2}}|{ZHOUR})点(?P<till_half>半)?钟?(?:之间)?)?",
    rf"\b(?:(?:this|in\s+the)\s+)?(?P<of>morning|afternoon|evening|night)(?:,|\s+at|\s+around)?\s+(?P<hour>\d{{1,2}})"
    rf"(?:[:.](?P<minute>\d{{2}}))?\b(?!\s*(?:{HALF}))",
    rf"\b(?:por\s+la|esta)\s+(?P<of>mañana|tarde|noche),?\s+a\s+las?\s+(?P<hour>\d{{1,2}}|{latin(COUNTS)})"
    rf"(?:[:.](?P<minutes>\d{{2}})|\s+y\s+{PAST})?\b",
    rf"(?:(?:from|de)\s+(?P<hour>\d{{1,2}}){RANGE}|(?<![\w:.,/-])(?P<begin>\d{{1,2}})\s?[-–]\s?)(?P<till>\d{{1,2}}):(?P<till_minute>\d{{2}})(?![\d:])",
    rf"(?:{_AT})?(?<![\d:.,/-])(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d{{2}}))?\s*(?P<half_of>am|pm)?{RANGE}{_TO}\s*(?P<of>{HALF})(?![^\W\d_])",
    rf"(?:{_AT})?(?P<of>{CLOCK_OF})?\s*(?<![\d:])(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})"
    rf"(?::00)?(?:{RANGE}(?P<till>\d{{1,2}}):(?P<till_minute>\d{{2}}))?(?![\d:])"
    r"(?!\s*(?:am|pm|[ap]\.|in the|at night|de la|h\b))",
    rf"(?:{_AT}|\b)(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d{{2}}))?\s*(?:h\s*)?(?P<of>{HALF})(?![^\W\d_])",
    rf"\b(?:at\s+)?(?:(?P<half>half)|(?:a\s+)?(?P<quarter>quarter))\s+past\s+(?P<hour>\d{{1,2}}|{latin(COUNTS)})\b(?:\s*(?P<of>{HALF}))?",
    rf"\b(?:at\s+)?(?:a\s+)?(?P<to_quarter>quarter)\s+to\s+(?P<hour>\d{{1,2}}|{latin(COUNTS)})\b(?:\s*(?P<of>{HALF}))?",
    rf"\bat\s+(?P<minute>five|ten|twenty|twenty-five)\s+past\s+(?P<hour>\d{{1,2}}|{latin(COUNTS)})\b(?:\s*(?P<of>{HALF}))?",
    rf"\bat\s+(?P<to>five|ten|twenty|twenty-five)\s+to\s+(?P<hour>\d{{1,2}}|{latin(COUNTS)})\b(?:\s*(?P<of>{HALF}))?",
    rf"\ba\s+las?\s+(?P<hour>\d{{1,2}}|{latin(COUNTS)})\s+menos\s+(?:(?P<to_quarter>cuarto)|(?P<to>\d{{1,2}}|cinco|diez|veinte|veinticinco))\b(?:\s+(?P<of>{HALF}))?",
    rf"\ba\s+las?\s+(?P<hour>\d{{1,2}}|{latin(COUNTS)})\b(?:[:.](?P<minutes>\d{{2}})|\s+y\s+{PAST}\b)?(?:\s*h\b)?(?:\s+(?P<of>{HALF}))?",
    rf"\b(?P<hour>{ES_HOURS})\s+(?:y\s+(?:(?P<half>media)|(?P<quarter>cuarto))|menos\s+(?P<to_quarter>cuarto))\b"
    rf"(?!\s+(?:horas?|kilos?|docenas?|años?|litros?|metros?|meses))(?:\s+(?P<of>{HALF}))?",
    r"\bat\s+(?:(?P<hour>0\d)(?P<minute>[0-5]\d)\b(?!\s*[%$€£-])(?:\s*(?:hours|hrs)\b)?)",
    r"\bat\s+(?P<hour>[12]\d)(?P<minute>[0-5]\d)\s*(?:hours|hrs|h)\b",
    r"\bat\s+(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?:\s*o'clock)?\b(?!\s*(?:%|[$€£]))",
    # 14.30 beside a day; minutes up to twelve could be a month
    r"(?<![\w.,/:$€£¥-])(?P<hour>\d{1,2})\.(?P<dotted>00|1[3-9]|[2-5]\d)(?![\w.,/:%]*\d|\w|\s*[$€£¥%])"
    r"(?!\s*(?:eur|euros?|usd|gbp|cny|rmb|dollars?|dólares|pounds?|pesos|libras|yuan|元|块|[kc]?g|[kcm]?m|m?l|lb|oz|kilos?|tons?|toneladas|litros|percent|por\s+ciento)\b)",
    r"\b(?:a\s+las?\s+)?(?P<hour>\d{1,2})\s*(?P<h>h)(?P<minute>\d{2})?\b",
    rf"(?:\b(?:(?:at|by|before)\s+(?:the\s+)?)?(?P<named>{latin(PARTS['times'])})\b)",
    r"(?P<named>上午|早上|中午|下午|傍晚|晚上|下班(?:之?前|时)|(?<=\s)早(?=\s|$)|(?<=\s)晚(?=\s|$))",
)

_TEXTS: dict[str, tuple[str, ...]] = {
    "unclear": UNCLEAR,
    "nag": _NAG,
    "early": _EARLY,
    "opening": _OPENING,
    "every": _EVERY,
    "until": _UNTIL,
    "another": _ANOTHER,
    "ahead": _AHEAD,
    "date": tuple(f"{_BY}(?:{text}){_ZBY}" for text in _DATE),
    "time": _TIME,
}

PATTERNS = {name: tuple(form(text) for text in texts) for name, texts in _TEXTS.items()}
ENDING_FEAST = form(rf"(?:{latin(ENDING_FEASTS)})\b(?!['’])|(?:{han(ENDING_FEASTS)})(?:为?止|结束)?")
"""Behind “until”."""
MORE_DAYS = form(
    r"(?:\s*[,，、/&~–-]\s*|\s+(?:and|or|to|till|until|through|y|o|a|al|hasta)\s+|[和或到至])"
    rf"(?:(?:on|el|los|this|next)\s+)?(?P<day>(?:{DAY}|tomorrow|mañana|\d{{1,2}}(?:st|nd|rd|th)|\d{{1,2}}\s+(?:de\s+)?(?:{MONTH}))\b"
    rf"|{WEEK}{ZDAY}|(?:\d{{1,2}}月)?\d{{1,2}}[日号]|{ZDAY}(?=[\s\d上下早晚，、]))"
    r"|(?P<days>[二三四五六日]{1,5})(?=[\s\d上下早晚，、])"
)
"""Behind a day: another, which makes it a list or a stretch of days."""
A_NUMBER = re.compile(r"\s+(\d{1,2})(?=\s|$|[,;])(?!\s+(?:am|pm)\b)", re.IGNORECASE)
"""Behind a day: an hour, a day of the month, or how many of something."""
MORE_TIMES = form(
    r"(?:\s*[,，、/&]\s*|\s+(?:and|or|y|o)\s+|[和或])(?:at\s+|a\s+las?\s+)?"
    rf"(\d{{1,2}}(?:[:.]\d{{2}})?\s*(?:{HALF})|\d{{1,2}}:\d{{2}}|(?<=at\s|as\s)\d{{1,2}}\b"
    rf"|(?:{CLOCK_OF})?(?:\d{{1,2}}|{ZHOUR})点半?)"
)
"""Behind a time: another."""
MORE_HOURS = re.compile(
    r"(?:\s*,\s*|\s+(?:and|or|y|o)\s+)(\d{1,2}(?:(?:\s*,\s*|\s+(?:and|or|y|o)\s+)\d{1,2})*)(?![\w:.,/%]*\d|\s*[%$€£])",
    re.IGNORECASE,
)
"""Behind a time of what comes again: other hours, without a sign of time."""
MORNING = form(r"\bmorning\b|\bpor\s+la\s+mañana\b|早上|上午|凌晨|清晨")
