"""Working days: the week, a country's public holidays with the weekend days that make up for some, and exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import holidays

from bosun.lib import dates

WEEK = frozenset(range(5))
"""Monday to Friday."""


@dataclass(frozen=True)
class Calendar:
    """Which days are worked: of no country, or one that is not known, all days of the week that are.

    `exceptions` say of single days whether they are worked, whatever week and holidays say.
    """

    days: holidays.HolidayBase | None = None
    week: frozenset[int] = WEEK
    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Whether people work on a day."""
        if day in self.exceptions:
            return self.exceptions[day]
        if self.days is None:
            return day.weekday() in self.week
        # Asked first: it is this question that fills in the year, and with it the days that make up.
        free = day in self.days
        return day in self.days.weekend_workdays or (day.weekday() in self.week and not free)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after a day, or before it where n is negative; the day itself for 0."""
        step, left = timedelta(days=1 if n > 0 else -1), abs(n)
        while left:
            day += step
            if not dates.FIRST_YEAR <= day.year <= dates.LAST_YEAR:
                raise dates.DateError("range")
            left -= self.works(day)
        return day


def of(country: str, subdivision: str = "") -> Calendar:
    """The calendar of a country by its two letters, and of a part of it by its code."""
    return Calendar(_holidays(country.upper(), subdivision))


@lru_cache(maxsize=64)
def _holidays(country: str, subdivision: str) -> holidays.HolidayBase | None:
    try:
        return holidays.country_holidays(country, subdiv=subdivision or None) if country else None
    except NotImplementedError:
        return None


@lru_cache(maxsize=64)
def parts_of(country: str) -> dict[str, str]:
    """The parts of a country that have holidays of their own: code and name, where the name is known."""
    found = _holidays(country.upper(), "")
    if found is None:
        return {}
    names: dict[str, str] = {}
    for name, code in found.subdivisions_aliases.items():
        names.setdefault(code, name)
    return {code: names.get(code, code) for code in found.subdivisions}


LANGUAGES = {"en": "en_US", "zh-hans": "zh_CN", "es": "es"}


def name_of(day: date, country: str, subdivision: str, language: str) -> str:
    """What a public holiday is called, in a reader's language where the library speaks it; "" on any other day."""
    return str(_told(country.upper(), subdivision, LANGUAGES.get(language, "")).get(day) or "")


@lru_cache(maxsize=64)
def _told(country: str, subdivision: str, language: str) -> Mapping[date, str]:
    known = _holidays(country, subdivision)
    if known is None or language not in known.supported_languages:
        return known or {}
    return holidays.country_holidays(country, subdiv=subdivision or None, language=language)
