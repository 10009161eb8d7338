"""What each form of quick entry says, once it is found in a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from bosun.lib import dates, quickdays, recurrence
from bosun.lib.quickclock import clock
from bosun.lib.quickforms import ENDING_FEAST, PATTERNS
from bosun.lib.quickreading import Reading, month_of, months_on, number, parts_of, weekday_of
from bosun.lib.quickwords import DAY_WORDS, DAYS, ENDING_FEASTS, PARTS, PLACES, STRETCHES, UNITS, ZH_DAY

MOST_NAG = 10_080
BY_UNIT = {
    "m": ("MINUTELY", 1), "h": ("HOURLY", 1), "d": ("DAILY", 1), "w": ("WEEKLY", 1), "f": ("WEEKLY", 2),
    "M": ("MONTHLY", 1), "q": ("MONTHLY", 3), "s": ("MONTHLY", 6), "y": ("YEARLY", 1),
}  # fmt: skip
DELTAS = {
    "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1),
    "f": timedelta(weeks=2),
}  # fmt: skip
MONTHS_IN = {"M": 1, "q": 3, "s": 6, "y": 12}
MOST_UNITS = 10_000
A_DAY = re.compile(r"\d+|uno|[一二三四五六七八九十]+")
WORKING = "BYDAY=MO,TU,WE,TH,FR"
EITHER = re.compile(r"(?:every|each|cada)\s+(?!mes\b|month\b)(?!.*\b(?:month|mes)$)", re.IGNORECASE)
"""Every second Friday is each other one, or the second of each month."""
FIRST_TIME = re.compile(
    r"\s*(?P<day>[^,;]{0,30}?)(?P<said>\s*\b(?:por\s+primera\s+vez|(?:for\s+)?the\s+first\s+time)\b)", re.IGNORECASE
)
UNTIL_WHAT = re.compile(r"(?P<feast>[^\W\d_]{1,3}(?<![环细季章关情调枝])节(?!目|点)|过年|放假|[寒暑]假|毕业)|[\w'’]+")
WAITING = re.compile(r"(?:\bwait|\besperar?|等)\s*$", re.IGNORECASE)
MOST_BETWEEN = 1000
"""Days, weeks or months from one time to the next, as rules have it."""
NEAR = 40
STRETCHING = frozenset("-–—~到至") | {"to", "through", "thru", "a", "al"}


def _span(part: dict[str, str]) -> timedelta | None:
    """How long “2 hours”, “half an hour” or “2个半小时” is; None where it is nothing, or of no fixed length."""
    unit = DELTAS.get(UNITS[part["unit"]])
    whole = number(part.get("n")) if "n" in part or "half" not in part else 0
    if unit is None or whole > MOST_UNITS:
        return None
    span = unit * whole + timedelta(minutes=int(part.get("more", "0")))
    return span + (unit / 2 if "half" in part else unit / 4 if "quarter" in part else timedelta(0)) or None


def _nag(found: Reading, match: re.Match[str]) -> bool:
    span = _span(parts_of(match))
    minutes = int(span / timedelta(minutes=1)) if span else 0
    if not 1 <= minutes <= MOST_NAG:
        return "n" in match.re.groupindex and match["n"] is not None and found.keep(match)
    found.nag = minutes
    return True


def _early(found: Reading, match: re.Match[str]) -> bool:
    part = parts_of(match)
    unit = UNITS[part["unit"]]
    short = unit in ("m", "h")
    if "matter" in part and not _behind(found, match.end(), "time" if short else "date"):
        return False
    span, count = _span(part), number(part.get("n"))
    if (span is None and unit not in MONTHS_IN) or not 0 < count <= MOST_UNITS:
        return False
    found.early, found.early_words = (count, unit, span), match[0]
    return True


def _behind(found: Reading, place: int, kind: str) -> bool:
    """Whether a time or a day stands behind this place; where none does, none stands behind a later one."""
    if kind not in found.missing and not any(pattern.search(found.left, place) for pattern in PATTERNS[kind]):
        found.missing.add(kind)
    return kind not in found.missing


def set_back(found: Reading) -> str:
    """Set the time back to where it is wanted; the time of the matter itself, which is said beside the text. Where none
    was named, or it would be the day before, the words stay where they were."""
    if found.early is None:
        return found.till
    count, unit, span = found.early
    at, day = found.at, found.day
    if span is not None and unit in ("m", "h"):
        if at is not None and span <= timedelta(hours=at.hour, minutes=at.minute):
            found.at = (datetime.combine(found.now.date(), at) - span).time()
            return f"{at:%H:%M}{found.till}"
    elif day is not None and not found.rule:
        earlier = day - span if span is not None else months_on(day, -count * MONTHS_IN[unit])
        if earlier is not None and found.by_weekday and earlier < found.now.date():
            day, earlier = day + timedelta(weeks=1), earlier + timedelta(weeks=1)
        if earlier is not None and dates.is_kept(earlier):
            found.day, found.by_weekday = earlier, False
            return f"{day} {at:%H:%M}{found.till}" if at else f"{day}"
    found.left += f" {found.early_words}"
    found.unread.append(found.early_words.strip())
    return found.till


def _opening(found: Reading, match: re.Match[str]) -> bool:
    found.on_opening = True
    first_time = FIRST_TIME.match(found.left, match.end())
    if first_time is not None and (
        not first_time["day"] or any(each.fullmatch(first_time["day"]) for each in PATTERNS["date"])
    ):
        found.left = found.left[: first_time.start("said")] + found.left[first_time.end() :]
    return True


def _every(found: Reading, match: re.Match[str]) -> bool:
    part = parts_of(match)
    if "weekdays" in part:
        found.rule = f"FREQ=WEEKLY;{WORKING}"
    elif "weekend" in part:
        found.rule = "FREQ=WEEKLY;BYDAY=SA"
    elif "weekends" in part:
        found.rule = "FREQ=WEEKLY;BYDAY=SA,SU"
    elif "of_each_day" in part:
        found.rule, found.at = "FREQ=DAILY", PARTS["of_each_day"][part["of_each_day"]]
    elif "of_each" in part:
        _edge_of_each(found, part)
    elif "place" in part:
        return _place_of_each(found, match)
    elif "from_end" in part:
        back = number(part["from_end"])
        if not 1 <= back <= recurrence.SHORTEST_MONTH:
            return found.keep(match)
        found.rule = f"FREQ=MONTHLY;BYMONTHDAY=-{back}"
    elif "monthday" in part or "monthdays" in part:
        return _of_month(found, part) or found.keep(match)
    elif minutes := _halves(part):
        found.rule = f"FREQ=MINUTELY{_interval(minutes)}"
    else:
        n = 2 if "other" in part else _nth(part["nth"]) if "nth" in part else number(part.get("n"))
        frequency, step = BY_UNIT[UNITS[part["unit"]]] if "unit" in part else ("WEEKLY", 1)
        if n * step > MOST_BETWEEN and frequency not in recurrence.OFTEN:
            return found.keep(match)
        found.rule = f"FREQ={frequency}{_interval(n * step)}{';BYDAY=' + _days(part['days']) if 'days' in part else ''}"
        return n > 0
    return True


def _halves(part: dict[str, str]) -> int:
    """Each half an hour, or two hours and a half, in minutes."""
    if {"more", "y"} & part.keys():
        return 60 * number(part.get("n") or part.get("horas")) + 30
    return 30 if {"half", "media"} & part.keys() else 15 if {"quarter", "cuarto"} & part.keys() else 0


def _place_of_each(found: Reading, match: re.Match[str]) -> bool:
    """The first Monday, the last working day or the first of every month."""
    part = parts_of(match)
    place = PLACES[part["place"]]
    if place not in (1, -1) and EITHER.match(match[0]):
        return found.keep(match)
    if "working" in part:
        found.rule = f"FREQ=MONTHLY;{WORKING};BYSETPOS={place}"
    elif "day" in part:
        found.rule = f"FREQ=MONTHLY;BYDAY={place}{_days(part['day'])}"
    else:
        found.rule, found.monthday = "FREQ=MONTHLY", place
    return True


def _nth(word: str) -> int:
    """Every third; nothing for every last."""
    return PLACES[word] if word in PLACES else int(word[:-2])


def _of_month(found: Reading, part: dict[str, str]) -> bool:
    """Days of each month, or a day of each year; False where there is no such day."""
    days = sorted({number(each) for each in A_DAY.findall(part.get("monthdays") or part["monthday"])})
    month = month_of(part["month"]) if "month" in part else 1
    if not 1 <= month <= 12 or not 1 <= days[0] <= days[-1] <= recurrence.LENGTHS[month - 1]:
        return False
    if "month" in part:
        found.rule, found.year_day = "FREQ=YEARLY", (month, days[0])
    elif len(days) == 1:
        found.rule, found.monthday = "FREQ=MONTHLY", days[0]
    else:
        found.rule = f"FREQ=MONTHLY;BYMONTHDAY={','.join(str(day) for day in days)}"
    return True


def _edge_of_each(found: Reading, part: dict[str, str]) -> None:
    """The first or the last day of every month, quarter or year."""
    period, last = STRETCHES[part["of_each"]], "end" in part
    if period == "year":
        found.rule, found.year_day = "FREQ=YEARLY", (12, 31) if last else (1, 1)
        return
    first, after = dates.period(period, found.now.date())
    found.rule, found.monthday = f"FREQ=MONTHLY{_interval(3 if period == 'quarter' else 1)}", -1 if last else 1
    found.begin = after - timedelta(days=1) if last else first


def _until(found: Reading, match: re.Match[str]) -> bool:
    """The day that stands behind the word, of what comes again; the word alone says nothing. How often or how long it
    comes is only named, as is the end of what comes once on another day."""
    if "how_long" in parts_of(match):
        return bool(found.rule) and found.keep(match)
    if "again" in parts_of(match) and not found.rule:
        return False
    said = found.left[match.end() :]
    behind = Reading(said, found.now, found.month_first, found.closing)
    for pattern in PATTERNS["date"]:
        day = pattern.match(behind.left)
        if day is None:
            continue
        understood = "more_days" not in parts_of(day) and quickdays.date_in(behind, day)
        if understood and found.rule:
            found.until = behind.day
            found.left = found.left[: match.end()] + behind.left[day.end() :]
            return True
        others = f"{found.left[: match.start()]} {behind.left[day.end() :]}"
        if (quickdays.names_a_day(day) and not understood) or (understood and any(_said(others))):
            return found.keep(match, day.end())
    feast = ENDING_FEAST.match(said) if found.rule else None
    named = ENDING_FEASTS[re.sub("(?:为?止|结束)$", "", feast[0].lower())] if feast is not None else None
    if feast is not None and named is not None and quickdays.calendar_day(behind, named):
        found.until = behind.day
        found.left = found.left[: match.end()] + said[feast.end() :]
        return True
    return _until_no_day(found, match, said)


def _of_a_stretch(found: Reading, place: int) -> bool:
    """Whether the word here stands between the two hours of a stretch: “9:00 until 11:00”."""
    near = found.left[max(0, place - NEAR) : place + NEAR]
    times = (time for pattern in PATTERNS["time"] for time in pattern.finditer(near))
    return any(time.start() < min(place, NEAR) < time.end() for time in times)


def _until_no_day(found: Reading, match: re.Match[str], said: str) -> bool:
    """An end on the clock, which no rule has, is no beginning: named, as is any end that is no day: Easter, or when
    somebody has paid."""
    named = "word" in parts_of(match)
    time = next(filter(None, (pattern.match(said) for pattern in PATTERNS["time"])), None)
    end = time if found.often or found.nag or named else None
    if end is None and time is None and found.rule and not WAITING.search(found.left[: match.start()]):
        end = UNTIL_WHAT.match(said)
        end = end if end is not None and (named or end["feast"]) else None
    return end is not None and not _of_a_stretch(found, match.start()) and found.keep(match, end.end())


def _another(found: Reading, match: re.Match[str]) -> bool:
    """A further day with an hour of its own, which one reminder does not have."""
    before = found.left[: match.start()]
    own = "hour" in parts_of(match) and any(_said(before)) and any(_said(before, ("time",)))
    return ("BYDAY" in found.rule or own) and found.keep(match)


def _said(words: str, kinds: tuple[str, ...] = ("ahead", "date")) -> Iterator[bool]:
    """Whether a day is named, for each form of one."""
    return (pattern.search(words) is not None for kind in kinds for pattern in PATTERNS[kind])


def _interval(n: int) -> str:
    return f";INTERVAL={n}" if n != 1 else ""


def _days(text: str) -> str:
    """Day names of a list, with stretches of days in it, in the order of the week, as rules write them."""
    named: set[int] = set()
    last, to = 0, False
    for word in re.findall(r"[^\W\d_]+|[-–—~]", re.sub(r"(?<=[^\x00-\u02ff])|(?=[^\x00-\u02ff])", " ", text)):
        day = DAY_WORDS.get(word, ZH_DAY.get(word))
        if day is None:
            to = to or word in STRETCHING
            continue
        begin = last if to else day
        named.update((begin + each) % len(DAYS) for each in range((day - begin) % len(DAYS) + 1))
        last, to = day, False
    return ",".join(DAYS[day] for day in sorted(named))


def _ahead(found: Reading, match: re.Match[str]) -> bool:
    part, today = parts_of(match), found.now.date()
    unit, span = UNITS[part["unit"]], _span(part)
    if unit in MONTHS_IN:
        day = months_on(today, number(part.get("n")) * MONTHS_IN[unit])
    else:
        day = today + span if span is not None else None
    if day is None or not dates.is_kept(day):
        return found.keep(match)
    found.counted = True
    if "weekday" in part:
        found.day = day + timedelta(days=weekday_of(part) - day.weekday())
    elif unit in MONTHS_IN:
        found.day = day
    else:
        found.ahead = span
    return True


STAGES: dict[str, Callable[[Reading, re.Match[str]], bool]] = {
    "nag": _nag, "early": _early, "opening": _opening, "every": _every, "until": _until, "another": _another,
    "ahead": _ahead, "date": quickdays.day, "time": clock,
}  # fmt: skip
"""What is looked for in a line, in this order, and what takes it up."""
