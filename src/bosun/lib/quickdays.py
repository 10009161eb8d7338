"""The day that a form of quick entry names."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bosun.lib import dates
from bosun.lib.quickforms import A_NUMBER, MORE_DAYS
from bosun.lib.quickreading import Reading, month_of, parts_of, weekday_of
from bosun.lib.quickwords import FEASTS, PARTS, PLACES, STRETCHES, YEARS

FRIDAY, SATURDAY = 4, 5
BEGINS = re.compile(
    r"(?:\b(?:from|starting|beginning|as of|desde|a partir del?|empezando)(?:\s+(?:on|the|el))?|[从自])\s*$",
    re.IGNORECASE,
)
MOST_YEARS_BETWEEN = 8
"""From one 29 February to the next, about the year 1900 or 2100."""


def day(found: Reading, match: re.Match[str]) -> bool:
    """A day of its own, and what stands beside it: a further one is named as not understood."""
    part = parts_of(match)
    if found.counted:  # today may be said beside it, but no other day
        if "weekday" in part and match[0].lower().startswith(("on ", "el ")):
            found.unread.append(match[0])
        return PARTS["days"].get(part.get("ahead", "")) == 0
    if not date_in(found, match):
        return names_a_day(match) and found.keep(match)
    found.day_words = match[0].strip() if "stretch" not in part and "weekend" not in part else ""
    found.begins = BEGINS.search(found.left[: match.start()]) is not None
    if "more_days" in part:
        return found.keep(match)
    more = MORE_DAYS.match(found.left, match.end())
    if more is not None and (more["day"] or "weekday" in part):
        found.unread.append(more["day"] or more["days"])
    behind = A_NUMBER.match(found.left, match.end())
    found.number = behind[1] if behind is not None else ""
    return True


def names_a_day(match: re.Match[str]) -> bool:
    """True for a day of the calendar, or a place in a month, which there may not be."""
    return not {"monthday", "first", "feast", "place"}.isdisjoint(parts_of(match))


def date_in(found: Reading, match: re.Match[str]) -> bool:
    """The day alone."""
    part = parts_of(match)
    today = found.now.date()
    if "ahead" in part or "last_word" in part:
        return _days_ahead(found, part.get("ahead", "tom"))
    if "place" in part:
        return _placed(found, part)
    if "working" in part:
        found.day = dates.add_working_days(today, 1)
    elif "weekday" in part:
        _by_weekday(found, part)
    elif "weekend" in part:
        found.day = today + timedelta(days=(SATURDAY - today.weekday()) % 7, weeks=_later(part))
    elif "stretch" in part:
        return _stretch(found, part)
    elif "feast" in part:
        return calendar_day(found, FEASTS[part["feast"]])
    elif "first" in part:
        return _in_figures(found, part)
    elif "monthday" in part:
        return calendar_day(found, part)
    else:
        return False
    return True


def _days_ahead(found: Reading, word: str) -> bool:
    if found.rule and (word == "tom" or PARTS["days"][word] < 0):
        return False
    found.day = found.now.date() + timedelta(days=PARTS["days"][word])
    if word in ("tonight", "esta noche"):
        found.at = PARTS["times"][word]
    return True


def _by_weekday(found: Reading, part: dict[str, str]) -> None:
    today, day = found.now.date(), weekday_of(part)
    if "week" in part:  # the same week, or one after or before it, as Chinese says it
        weeks = part["week"].count("下") - part["week"].count("上") if part["week"][0] in "下上这本" else 1
        found.day = today + timedelta(days=day - today.weekday(), weeks=weeks)
    elif "last" in part:
        found.day = today - timedelta(days=(today.weekday() - day - 1) % 7 + 1)
    else:
        found.by_weekday = "week_later" not in part
        found.day = today + timedelta(days=(day - today.weekday()) % 7, weeks=1 - found.by_weekday)
        if "next" in part and found.day == today:
            found.day += timedelta(weeks=1)


def _in_figures(found: Reading, part: dict[str, str]) -> bool:
    """3/4 or 24.12.2026."""
    day, month = int(part["first"]), int(part["second"])
    if month > 12 or (found.month_first and day <= 12):
        day, month = month, day
    year = {"year": f"{part['year']:0>4}".replace("00", "20", 1)} if "year" in part else {}
    return calendar_day(found, {"monthday": str(day), "month": str(month), **year})


def _later(part: dict[str, str]) -> int:
    """How many weeks, months or years after this one are meant: one for “next”, two for 下下."""
    return part["next"].count("下") or 1 if "next" in part else 0


def _stretch(found: Reading, part: dict[str, str]) -> bool:
    """The first working day of next week, the first of next month, the end of this one, or a day in it."""
    today, name = found.now.date(), STRETCHES[part["stretch"]]
    first, after = dates.period(name, today)
    soon = "begin" in part and not {"next", "this"} & part.keys() and first < today
    for _later_one in range(_later(part) or int(soon)):
        first, after = dates.period(name, after)
    last = after - timedelta(days=1)
    if "monthday" in part:
        day = int(part["monthday"])
        if not 1 <= day <= last.day:
            return False
        first = first.replace(day=day)
    elif "end" in part:
        friday = first + timedelta(days=FRIDAY)
        first = friday if name == "week" and friday >= today else last
    return _held(found, first)


def _placed(found: Reading, part: dict[str, str]) -> bool:
    """The first Monday, the last working day or the first of a month, once: the next one that is still to come."""
    today, place = found.now.date(), PLACES[part["place"]]
    if "month" in part:
        month = month_of(part["month"])
        if not 1 <= month <= 12:
            return False
        stretches = [dates.period("month", date(today.year + later, month, 1)) for later in (0, 1)]
    else:
        stretches = [dates.period(STRETCHES[part["stretch"]], today)]
        for _later_one in range(3):
            stretches.append(dates.period(STRETCHES[part["stretch"]], stretches[-1][1]))
        stretches = stretches[_later(part) :]
    for first, after in stretches:
        days = [first + timedelta(days=each) for each in range((after - first).days)]
        if "working" in part:
            days = [day for day in days if dates.is_working_day(day)]
        elif "weekday" in part:
            days = [day for day in days if day.weekday() == weekday_of(part)]
        day = days[place - 1 if place > 0 else place] if place <= len(days) else None
        if {"next", "this"} & part.keys():
            return _held(found, day)
        if day is not None and day >= today:
            return _held(found, day)
    return False


def calendar_day(found: Reading, part: dict[str, str]) -> bool:
    """A day by its number: where no year or month is named, the next one that there is."""
    today, day = found.now.date(), int(part["monthday"])
    if "month" not in part:
        months = [divmod(today.year * 12 + today.month - 1 + later, 12) for later in (0, 1)]
        days = [_exists(year, month + 1, day) for year, month in months]
        return _held(found, days[0] if days[0] is None or days[0] >= today else days[1])
    month = month_of(part["month"])
    if "year" in part or "years" in part:
        year = int(part["year"]) if "year" in part else today.year + YEARS[part["years"]]
        return _held(found, _exists(year, month, day))
    days = [_exists(today.year + later, month, day) for later in range(MOST_YEARS_BETWEEN + 1)]
    return _held(found, next((each for each in days if each is not None and each >= today), None))


def _exists(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _held(found: Reading, day: date | None) -> bool:
    """The day, if it is one of those that are kept."""
    if day is None or not dates.is_kept(day):
        return False
    found.day = day
    return True
