"""What is typed in one line, “every Monday 9:00 sales meeting, nag 30 min”, taken apart, in three languages.

Only plain forms are understood; what is not understood stays in the text, and nothing is guessed beyond it: whoever
types is shown what was understood before anything is kept. An hour from one to six without a word beside it is one of
the afternoon.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bosun.lib import dates, recurrence
from bosun.lib.quickwords import (
    COUNTS,
    DAY_WORDS,
    DAYS,
    MONTHS,
    PARTS,
    PATTERNS,
    PLACES,
    UNITS,
    ZH_DAY,
)

LONGEST = 500
USUAL = time(9)
MOST_NAG = 10_080
MOST_LINES = 20
AFTERNOON = range(1, 7)
A_SECOND = timedelta(seconds=1)
BY_UNIT = {"m": "MINUTELY", "h": "HOURLY", "d": "DAILY", "w": "WEEKLY", "M": "MONTHLY", "y": "YEARLY"}
DELTAS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
WEEKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
WIDE = str.maketrans("０１２３４５６７８９：", "0123456789:")
LISTED = re.compile(r"([,;，；])")
TO_PREPARE = re.compile(r"(?:prepare|bring|preparar?|llevar?|traer?)\s|准备|带上|带好|备好", re.IGNORECASE)
EDGES = re.compile(r"^[\s,;.:：，。；、\-–]+|[\s,;:：，。；、\-–]+$")
LEADS = re.compile(
    r"^(?:please\s+)?(?:remind me(?: to| of| about| that)?|recu[eé]rdame(?: que| de)?|提醒我|to\s)\s*[:：]?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entry:
    """What was understood: the moment in UTC (None where none was named), the rule, the minutes between nags, and what
    is to be prepared for it."""

    text: str
    due: datetime | None = None
    rule: str = ""
    nag: int = 0
    on_opening: bool = False
    prepare: tuple[str, ...] = ()


@dataclass
class _Reading:
    """A line while it is taken apart, and what has been found in it."""

    left: str
    now: datetime
    """On the wall of whoever types."""
    rule: str = ""
    nag: int = 0
    on_opening: bool = False
    day: date | None = None
    ahead: timedelta | None = None
    at: time | None = None
    monthday: int | None = None
    year_day: tuple[int, int] | None = None
    by_weekday: bool = False
    """True where the day was named by its place in the week."""

    def take(self, pattern: re.Pattern[str], use: Callable[[re.Match[str]], bool]) -> bool:
        """Cut the first match out that is of use."""
        for found in pattern.finditer(self.left):
            if use(found):
                self.left = f"{self.left[: found.start()]} {self.left[found.end() :]}"
                return True
        return False


def read(raw: str, now: datetime, zone: str) -> Entry:
    """Take a line apart, as of this moment in this zone."""
    line = unicodedata.normalize("NFC", raw)[:LONGEST].translate(WIDE)
    found = _Reading(line, now.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0))
    for name, use in (
        ("nag", _nag), ("opening", _opening), ("every", _every), ("ahead", _ahead), ("date", _date), ("time", _time),
    ):  # fmt: skip
        for pattern in PATTERNS[name]:
            if found.take(pattern, lambda match, use=use: use(found, match)):  # type: ignore[misc]
                break
    due = _due(found, now, zone)
    text, prepare = _apart(_rest(found.left))
    return Entry(text, due, found.rule if due else "", found.nag, found.on_opening, prepare)


def _apart(text: str) -> tuple[str, tuple[str, ...]]:
    """The text, and what after its first part says what to prepare: “sales meeting, prepare material”."""
    first, *more = LISTED.split(text)
    prepare: list[str] = []
    for sign, part in zip(more[::2], more[1::2], strict=True):
        if len(prepare) < MOST_LINES and TO_PREPARE.match(part.strip()):
            prepare.append(part.strip())
        else:
            first += sign + part
    return first, tuple(prepare)


def _rest(left: str) -> str:
    text = re.sub(r"\s+", " ", left).strip()
    before = None
    while before != text:
        before, text = text, EDGES.sub("", LEADS.sub("", text))
    text = re.sub(r"\s+([,;，；、])", r"\1", text)
    return re.sub(r"([,;，；、])(?:\s*[,;，；、])+", r"\1", text)


def number(word: str | None) -> int:
    """A number in digits or as a word; one where there is none."""
    if not word:
        return 1
    word = word.lower()
    return int(word) if word.isdigit() else COUNTS.get(word, 0)


# what is in it ---------------------------------------------------------------------------------------------------


def _nag(found: _Reading, match: re.Match[str]) -> bool:
    minutes = number(match["n"]) * (60 if UNITS[match["unit"].lower()] == "h" else 1)
    if not 1 <= minutes <= MOST_NAG:
        return False
    found.nag = minutes
    return True


def _opening(found: _Reading, match: re.Match[str]) -> bool:
    found.on_opening = True
    return True


def _every(found: _Reading, match: re.Match[str]) -> bool:
    part = {name: value.lower() for name, value in match.groupdict().items() if value}
    if "weekdays" in part:
        found.rule = WEEKDAYS
    elif "lastday" in part:
        found.rule = "FREQ=MONTHLY;BYMONTHDAY=-1"
    elif "place" in part:
        found.rule = f"FREQ=MONTHLY;BYDAY={PLACES[part['place']]}{_days(part['day'])}"
    elif "monthday" in part:
        day = number(part["monthday"])
        if not 1 <= day <= 31:
            return False
        if "month" in part:
            found.rule, found.year_day = "FREQ=YEARLY", (_month(part["month"]), day)
        else:
            found.rule, found.monthday = "FREQ=MONTHLY", day
    elif "days" in part:
        n = 2 if "other" in part else number(part.get("n"))
        found.rule = f"FREQ=WEEKLY{_interval(n)};BYDAY={_days(part['days'])}"
        return n > 0
    else:
        n = 2 if "other" in part else number(part.get("n"))
        found.rule = f"FREQ={BY_UNIT[UNITS[part['unit']]]}{_interval(n)}"
        return n > 0
    return True


def _interval(n: int) -> str:
    return f";INTERVAL={n}" if n != 1 else ""


def _days(text: str) -> str:
    """Day names of a list, in the order of the week, as rules write them."""
    named = {DAY_WORDS[word] for word in re.findall(r"[^\W\d_]+", text) if word in DAY_WORDS}
    if not named:
        named = {ZH_DAY[sign] for sign in text if sign in ZH_DAY}
    return ",".join(DAYS[day] for day in sorted(named))


def _month(text: str) -> int:
    return int(text) if text.isdigit() else MONTHS[text.rstrip(".")]


def _ahead(found: _Reading, match: re.Match[str]) -> bool:
    n, unit = number(match["n"]), UNITS[match["unit"].lower()]
    if not 1 <= n <= 10_000 or unit not in DELTAS:
        return False
    found.ahead = DELTAS[unit] * n
    if match.groupdict().get("half"):
        found.ahead += DELTAS[unit] / 2
    return True


def _date(found: _Reading, match: re.Match[str]) -> bool:
    part = {name: value.lower() for name, value in match.groupdict().items() if value}
    today = found.now.date()
    if "ahead" in part:
        found.day = today + timedelta(days={"today": 0, **PARTS["days"]}[part["ahead"]])
    elif "weekday" in part:
        day = DAY_WORDS[part["weekday"]] if part["weekday"] in DAY_WORDS else ZH_DAY[part["weekday"]]
        if "week" in part:  # the same week, or one after it, as Chinese says it
            monday = today - timedelta(days=today.weekday())
            found.day = monday + timedelta(days=day, weeks=part["week"].count("下"))
        else:
            found.by_weekday = True
            found.day = today + timedelta(days=(day - today.weekday()) % 7)
            if "next" in part and found.day == today:
                found.day += timedelta(weeks=1)
    elif "monthday" in part:
        return _calendar_day(found, part)
    else:
        return False
    return True


def _calendar_day(found: _Reading, part: dict[str, str]) -> bool:
    today, day = found.now.date(), int(part["monthday"])
    year = int(part.get("year", today.year))
    try:
        if "month" in part:
            held = date(year, _month(part["month"]), day)
            if held < today and "year" not in part:
                held = date(year + 1, held.month, day)
        else:
            held = date(year, today.month, day)
            if held < today:
                held = date(year + today.month // 12, today.month % 12 + 1, day)
    except (ValueError, KeyError):
        return False
    found.day = held
    return dates.FIRST_YEAR <= held.year <= dates.LAST_YEAR


def _time(found: _Reading, match: re.Match[str]) -> bool:
    part = {name: value.lower() for name, value in match.groupdict().items() if value}
    if "named" in part:
        found.at = PARTS["times"][part["named"]]
        return True
    hour = number(part["hour"])
    minute = 30 if "half" in part else 15 if "quarter" in part else number(part["minute"]) if "minute" in part else 0
    of_day = PARTS["halves"].get(re.sub(r"[.\s]", "", part.get("of", "")))
    if of_day == "pm" and hour < 12:
        hour += 12
    elif of_day == "am" and hour == 12:
        hour = 0
    elif of_day is None and hour in AFTERNOON and "minute" not in part and not part["hour"].startswith("0"):
        hour += 12
    if hour > 23 or minute > 59:
        return False
    found.at = time(hour, minute)
    return True


# when it is ------------------------------------------------------------------------------------------------------


def _due(found: _Reading, now: datetime, zone: str) -> datetime | None:
    if found.rule:
        return _first(found, now, zone)
    if found.ahead is not None:
        short = found.ahead < timedelta(days=1)
        if short or found.at is None:
            return (now + found.ahead).replace(second=0, microsecond=0)
        return _moment(found.now.date() + found.ahead, found.at, zone)
    if found.on_opening and found.day is None:
        return _moment(found.now.date() + timedelta(days=1), time(), zone)
    if found.day is None and found.at is None:
        return None
    day, at = found.day or found.now.date(), found.at or USUAL
    if datetime.combine(day, at) <= found.now and day == found.now.date():
        if found.day is None:
            day += timedelta(days=1)
        elif found.at is None:
            at = (found.now + timedelta(hours=1)).time() if found.now.hour < 23 else time(23, 59)
        elif found.by_weekday:
            day += timedelta(weeks=1)
    return _moment(day, at, zone)


def _moment(day: date, at: time, zone: str) -> datetime | None:
    try:
        return dates.localise(day, at, zone).astimezone(UTC)
    except (dates.DateError, OverflowError):
        return None


def _first(found: _Reading, now: datetime, zone: str) -> datetime | None:
    """The first time of what comes again, still to come."""
    often = recurrence.parts_of(found.rule)["FREQ"] in recurrence.OFTEN
    begin = found.now
    if not often or found.at is not None or found.day is not None:
        begin = datetime.combine(found.day or found.now.date(), found.at or (time() if found.on_opening else USUAL))
    if found.monthday is not None:
        found.rule += f";BYMONTHDAY={found.monthday}"
    if found.year_day is not None:
        found.rule += f";BYMONTH={found.year_day[0]};BYMONTHDAY={found.year_day[1]}"
    try:
        rule = recurrence.normalise(found.rule, often=True)
        if recurrence.occurs(rule, begin):
            return next(recurrence.times(rule, begin, now, zone), None)
    except (recurrence.RecurrenceError, dates.DateError, ValueError):
        pass
    return None
