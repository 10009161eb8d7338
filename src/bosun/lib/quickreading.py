"""A line of quick entry while it is taken apart, and the numbers, months and days that words in it are."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bosun.lib import dates, recurrence
from bosun.lib.quickwords import COUNTS, DAY_WORDS, MONTHS, ZH_DAY

HELD = 0xE000
"""Words that are none of ours wait under signs of private use, from this one on."""
_BEFORE = re.compile(r"\s*(?P<figure>\d{1,2}\.\d{2})\s*,?\s*$")
_BEHIND = re.compile(r"\s*,?\s*(?P<figure>\d{1,2}\.\d{2})(?!\d)")


@dataclass
class Reading:
    """A line while it is taken apart, and what has been found in it."""

    left: str
    now: datetime
    """On the wall of whoever types."""
    month_first: bool
    """True where 3/4 is 4 March."""
    closing: time
    """When the working day of whoever types ends."""
    rule: str = ""
    nag: int = 0
    on_opening: bool = False
    day: date | None = None
    day_words: str = ""
    """What named the day, where that is a single one."""
    begins: bool = False
    """True where it was said that the day is the first of what comes again."""
    until: date | None = None
    ahead: timedelta | None = None
    at: time | None = None
    monthday: int | None = None
    year_day: tuple[int, int] | None = None
    begin: date | None = None
    """The first day of what comes again, where that is not any day."""
    early: tuple[int, str, timedelta | None] | None = None
    """How long before its time it is wanted: how many of which unit, and how long that is if it is always as long."""
    early_words: str = ""
    till: str = ""
    """Where it ends, if that was said."""
    by_weekday: bool = False
    """True where the day was named by its place in the week."""
    counted: bool = False
    """True where it was said how far ahead it is."""
    number: str = ""
    """A number behind the day, which may be an hour."""
    missing: set[str] = field(default_factory=set)
    """“time” or “date” where it is known that none is named behind."""
    held: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    """Figures with a dot directly beside a day, which are hours: 14.30, where 12.50 may be a price elsewhere."""
    loose: list[str] = field(default_factory=list)
    """Words beside what was taken out that change what it says, and are to be named if nothing takes them up."""

    def take(
        self,
        pattern: re.Pattern[str],
        use: Callable[[re.Match[str]], bool],
        beside: Callable[[str, str], list[str]] | None = None,
    ) -> bool:
        """Cut the first match out that is of use; whether it was understood, and not only kept."""
        for found in pattern.finditer(self.left):
            held = len(self.held)
            before, behind = self.left[: found.start()], self.left[found.end() :]
            loose = beside(before, behind) if beside else []
            if use(found):
                self.loose += loose
                if beside is not None:
                    self.figures += [each["figure"] for each in (_BEFORE.match(before), _BEHIND.match(behind)) if each]
                self.left = f"{self.left[: found.start()]} {self.left[found.end() :]}"
                return held == len(self.held)
        return False

    def keep(self, match: re.Match[str], more: int = 0) -> bool:
        """Keep what says when, and so many signs behind it, as words that are not understood."""
        words = self.left[match.start() : match.end() + more]
        self.left = f"{self.left[: match.end()]}{self._hold(words)}{self.left[match.end() + more :]}"
        return True

    def hold(self, pattern: re.Pattern[str]) -> None:
        """Keep what says when in a way that is not understood from being taken for something else."""

        self.left = pattern.sub(lambda match: self._hold(match[0]), self.left)

    def _hold(self, words: str) -> str:
        self.held.append(words)
        self.unread.append(words.strip(" ,，、"))
        return chr(HELD + len(self.held) - 1)

    @property
    def often(self) -> bool:
        """True where it comes more than once a day."""
        return bool(self.rule) and recurrence.parts_of(self.rule)["FREQ"] in recurrence.OFTEN

    def put_back(self) -> None:
        for place, words in enumerate(self.held):
            self.left = self.left.replace(chr(HELD + place), words)


def number(word: str | None) -> int:
    """A number in digits or as a word; one where there is none."""
    if not word:
        return 1
    word = word.lower()
    if word.isdigit():
        return int(word)
    if word not in COUNTS and word[0] in "零〇":
        return COUNTS.get(word[1:], 0)
    tens, ten, ones = word.partition("十")
    if ten and word not in COUNTS:
        return 10 * number(tens) + (COUNTS.get(ones, 0) if ones else 0)
    return COUNTS.get(word, 0)


def parts_of(match: re.Match[str]) -> dict[str, str]:
    """What was found, by the names of the parts, as tables have it."""
    return {name: re.sub(r"\s+", " ", value.lower()) for name, value in match.groupdict().items() if value}


def months_on(day: date, count: int) -> date | None:
    """The same day so many months later, or the last one of a month that is shorter; None beyond what is kept."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not dates.FIRST_YEAR <= year <= dates.LAST_YEAR:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_of(text: str) -> int:
    """A month by its number or its name."""
    return int(text) if text.isdigit() else MONTHS[text.rstrip(".")]


def weekday_of(part: dict[str, str]) -> int:
    """A day of the week by its name, from Monday on."""
    day = part["weekday"]
    return DAY_WORDS[day] if day in DAY_WORDS else ZH_DAY[day]
