"""Dates and times as people write them, periods, working days, and wall clocks that skip an hour."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bosun.lib import locales
from bosun.lib.folding import fold

Order = Literal["ymd", "dmy", "mdy"]

FIRST_YEAR, LAST_YEAR = 1900, 2199

_LONGEST = 64
_YEAR_FIRST = re.compile(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_CHINESE = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?(?:日|号|號)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_MONTH_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?[- ]?(?:de |of )?([^\W\d_]+)\.?,?[- ]?(?:de |del )?(\d{4})")
_MONTH_NAME_DAY = re.compile(r"([^\W\d_]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")

_TIME = re.compile(
    r"(?P<before>am|pm|上午|下午|晚上|凌晨)? ?(?P<hour>\d{1,2})[:.时点](?P<minute>\d{2})分?"
    r"(?:[:.]?(?P<second>\d{2})(?:秒|[.,](?P<fraction>\d{1,9}))?)? ?(?P<after>am|pm|a\. ?m\.?|p\. ?m\.?)?"
    r" ?(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?"
)
_DATE_AND_TIME = re.compile(r"(?P<date>.*?\d[日号]?)(?:t| |, | a las | at )(?P<time>\D{0,2} ?\d{1,2}[:.时点]\d{2}.*)")
_AFTERNOON = ("pm", "p.", "下午", "晚上")


class DateError(ValueError):
    """A text that is no date or time.

    `code` is "empty", "not_a_date", "order" (a date only if day and month stand the other way round),
    "range" (before 1900 or after 2199), "not_a_time" or "zone".
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _date(year: int, month: int, day: int) -> date:
    if not _exists(year, month, day):
        raise DateError("not_a_date")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateError("range")
    return date(year, month, day)


def _full_year(digits: str) -> int:
    """Two digits mean 1970 to 2069."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 70 else 1900)


@lru_cache(maxsize=256)
def _order_of(locale: str) -> Order:
    pattern = str(locales.find(locale).date_formats["short"].pattern).lower()
    places = sorted("ymd", key=pattern.index)
    return "ymd" if places[0] == "y" else "dmy" if places[0] == "d" else "mdy"


@lru_cache(maxsize=256)
def _months(locale: str) -> dict[str, int]:
    """The names of months in this language and in English."""
    names: dict[str, int] = {}
    for known in (locales.find("en"), locales.find(locale)):
        for context in known.months.values():
            for width in ("wide", "abbreviated"):
                names.update({fold(name).rstrip("."): number for number, name in context.get(width, {}).items()})
    return names


def _numbered(first: str, second: str, year: str, order: Order) -> date:
    """A date whose last number is the year, or of two digits each."""
    if order == "ymd":
        if len(year) == 2 and len(first) == 2:
            return _date(_full_year(first), int(second), int(year))
        raise DateError("order")
    day, month = (int(first), int(second)) if order == "dmy" else (int(second), int(first))
    if not _exists(_full_year(year), month, day) and _exists(_full_year(year), day, month):
        raise DateError("order")
    return _date(_full_year(year), month, day)


def _named(folded: str, locale: str) -> date | None:
    if match := _DAY_MONTH_NAME.fullmatch(folded):
        day, name, year = match.groups()
    elif match := _MONTH_NAME_DAY.fullmatch(folded):
        name, day, year = match.groups()
    else:
        return None
    month = _months(locale).get(name)
    return _date(int(year), month, int(day)) if month else None


def _split(text: str) -> tuple[str, str]:
    """The folded date, and the folded time after it, if any."""
    if len(text) > _LONGEST:
        raise DateError("not_a_date")
    folded = fold(text)
    if not folded:
        raise DateError("empty")
    match = _DATE_AND_TIME.fullmatch(folded)
    return (match["date"], match["time"].strip()) if match else (folded, "")


def _parse_folded(folded: str, locale: str, order: Order | None) -> date:
    for form in (_YEAR_FIRST, _CHINESE, _COMPACT):
        if match := form.fullmatch(folded):
            numbers = [int(part) for part in match.groups() if part.isdigit()]
            return _date(*numbers)
    if match := _YEAR_LAST.fullmatch(folded):
        first, _sign, second, year = match.groups()
        return _numbered(first, second, year, order or _order_of(locale))
    named = _named(folded, locale)
    if named is None:
        raise DateError("not_a_date")
    return named


def parse_date(text: str, locale: str, order: Order | None = None) -> date:
    """Read a date: ISO and Chinese always, 1/2/2026 in the given order or else the locale's.

    A time of day after it is checked and left out.
    """
    day, clock_text = _split(text)
    if clock_text:
        _time_of_day(clock_text)
    return _parse_folded(day, locale, order)


def guess_order(samples: Iterable[str]) -> Order | None:
    """The one order in which all these texts are dates; None where none or more than one is possible."""
    possible: set[Order] = {"dmy", "mdy"}
    year_first = numbered = False
    for sample in samples:
        if not sample.strip():
            continue
        try:
            day, _time = _split(sample)
        except DateError:
            return None
        if any(form.fullmatch(day) for form in (_YEAR_FIRST, _CHINESE, _COMPACT)):
            year_first = True
        elif match := _YEAR_LAST.fullmatch(day):
            numbered = True
            first, sign, second, year = int(match[1]), match[2], int(match[3]), _full_year(match[4])
            possible -= {"mdy"} if sign == "." or not _exists(year, first, second) else set()
            possible -= {"dmy"} if not _exists(year, second, first) else set()
        else:
            return None
    if numbered:
        return possible.pop() if len(possible) == 1 else None
    return "ymd" if year_first else None


def _time_of_day(folded: str) -> tuple[time, str]:
    """The time, and the zone written after it."""
    match = _TIME.fullmatch(folded)
    if not match:
        raise DateError("not_a_time")
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    half = match["before"] or match["after"] or ""
    if half:
        if not 1 <= hour <= 12:
            raise DateError("not_a_time")
        hour = hour % 12 + (12 if half.startswith(_AFTERNOON) else 0)
    try:
        return time(hour, minute, second, int((match["fraction"] or "").ljust(6, "0")[:6])), match["zone"] or ""
    except ValueError:
        raise DateError("not_a_time") from None


def _offset(zone: str) -> timezone:
    if zone in {"z", "utc", "gmt"}:
        return UTC
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes > 14 * 60 or int(digits[2:]) > 59:
        raise DateError("zone")
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def parse_datetime(text: str, zone: str, *, locale: str = "en", order: Order | None = None) -> datetime:
    """Read a moment, aware and in UTC; without an offset of its own it is on the wall clock of `zone`.

    A date alone is its midnight.
    """
    day_text, clock_text = _split(text)
    day = _parse_folded(day_text, locale, order)
    at, offset = _time_of_day(clock_text) if clock_text else (time(), "")
    if offset:
        moment = datetime.combine(day, at, _offset(offset)).astimezone(UTC)
    else:
        moment = localise(day, at, zone).astimezone(UTC)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise DateError("range")
    return moment


def is_kept(day: date) -> bool:
    """True from 1900 to 2199."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def seen_in(moment: datetime, zone: str) -> datetime:
    """A moment on the clock of a zone; on its own where the calendar ends before that."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except OverflowError:
        return moment


def localise(day: date, at: time, zone: str) -> datetime:
    """The moment when the wall clock of this zone shows this day and time.

    Where clocks go forward over it, it is as much later as they jump; where they go back, the first of the two.
    """
    try:
        wall = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DateError("zone") from None
    return datetime.combine(day, at.replace(fold=0, tzinfo=None), wall).astimezone(UTC).astimezone(wall)


def _first_of_month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Time zones by name, as in Europe/Madrid; none that means nowhere, or whatever the machine is set to."""
    return frozenset(available_timezones() - {"Factory", "localtime", "posixrules"})


def period(name: str, day: date, week_start: int = 0) -> tuple[date, date]:
    """The first day of the day, week, month, quarter or year around `day`, and the first day after it."""
    if name == "day":
        return day, day + timedelta(days=1)
    if name == "week":
        first = day - timedelta(days=(day.weekday() - week_start) % 7)
        return first, first + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}.get(name)
    if months is None:
        raise ValueError(f"unknown period: {name}")
    start = (day.month - 1) // months * months + 1
    return _first_of_month(day.year, start), _first_of_month(day.year, start + months)


def is_working_day(day: date, holidays: Collection[date] = (), workdays: Collection[date] = ()) -> bool:
    """Monday to Friday but for holidays, and the weekend days that are worked to make up for them."""
    return day in workdays or (day.weekday() < 5 and day not in holidays)


def add_working_days(day: date, n: int, holidays: Collection[date] = (), workdays: Collection[date] = ()) -> date:
    """The n-th working day after `day`, or before it where n is negative; `day` itself for 0."""
    step = timedelta(days=1 if n > 0 else -1)
    left = abs(n)
    while left:
        day += step
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise DateError("range")
        left -= is_working_day(day, holidays, workdays)
    return day
