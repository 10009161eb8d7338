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
from functools import partial
from zoneinfo import ZoneInfo

from bosun.lib import dates, recurrence
from bosun.lib.quickforms import PATTERNS
from bosun.lib.quickparts import STAGES, set_back
from bosun.lib.quickreading import Reading
from bosun.lib.quickunclear import beside, beside_time, left_over

LONGEST = 500
OF_DAYS = frozenset(("ahead", "date", "every"))
USUAL, CLOSING = time(9), time(18)
MOST_LINES = 20
FAR_EAST = 0x2E80
A_SECOND = timedelta(seconds=1)
WIDE = str.maketrans("０１２３４５６７８９：ſı", "0123456789:si")
"""And the two signs that patterns take for letters of ours where tables do not."""
PRIVATE = re.compile(r"[\ue000-\uf8ff]")
LISTED = re.compile(r"([,;，；]|(?<=\S)\s+(?=准备))")
LIKE_A_TIME = re.compile(
    r"(?<![a-zà-ÿ\d_.,/:])\d{1,2}(?:[.:]\d{2}|/\d{1,2}(?:/\d{2,4})?)(?![a-zà-ÿ\d_/:%])", re.IGNORECASE
)
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
    until: date | None = None
    """The last day of what comes again."""
    unread: str = ""
    """What looks like a time or a date and was not understood."""
    length: int = 0
    """How long the line is; what is behind LONGEST was not read."""


def read(raw: str, now: datetime, zone: str, *, month_first: bool = False, closing: time = CLOSING) -> Entry:
    """Take a line apart, as of this moment in this zone; 3/4 is 3 April, or 4 March where the month comes first. The
    end of the day is when the working day of whoever types is over.
    """
    line = " ".join(PRIVATE.sub("", unicodedata.normalize("NFC", raw).translate(WIDE)).split())
    wall = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)
    found = Reading(line[:LONGEST], wall, month_first, closing)
    for pattern in PATTERNS["unclear"]:
        found.hold(pattern)
    for name, use in STAGES.items():
        for pattern in PATTERNS[name]:
            if found.take(pattern, lambda match, use=use: use(found, match), _beside(name)):  # type: ignore[misc]
                break
    said = set_back(found)
    due = _kept(_due(found, now, zone))
    found.put_back()
    text, prepare = _apart(_rest(found.left))
    if found.at is None and found.number:
        found.unread.append(found.number)
    found.unread += LIKE_A_TIME.findall(text)[:1]
    found.unread += [words for words in found.loose if words in text]
    found.unread += left_over(text, again=bool(found.rule)) if due is not None else []
    if said and text:
        text += f"{' ' if ord(max(text)) >= FAR_EAST or said[0] == '–' else ', '}{said}"
    return Entry(
        text,
        due,
        found.rule if due else "",
        found.nag,
        found.on_opening,
        prepare,
        found.until,
        ", ".join(_whole(found.unread)),
        len(line),
    )


def _beside(name: str) -> Callable[[str, str], list[str]] | None:
    if name == "time":
        return beside_time
    return partial(beside, ahead=name == "ahead") if name in OF_DAYS else None


def _whole(unread: list[str]) -> list[str]:
    """Each once, and none that is a part of another."""
    words = list(dict.fromkeys(unread))
    return [word for word in words if not any(word in other for other in words if word != other)]


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


def _kept(due: datetime | None) -> datetime | None:
    return due if due is not None and dates.is_kept(due) else None


def _due(found: Reading, now: datetime, zone: str) -> datetime | None:
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
        elif found.by_weekday:
            day += timedelta(weeks=1)
        elif found.at is None:
            at = (found.now + timedelta(hours=1)).time() if found.now.hour < 23 else time(23, 59)
    return _moment(day, at, zone)


def _moment(day: date, at: time, zone: str) -> datetime | None:
    try:
        return dates.localise(day, at, zone).astimezone(UTC)
    except (dates.DateError, OverflowError):
        return None


def _first(found: Reading, now: datetime, zone: str) -> datetime | None:
    """The first time of what comes again, still to come."""
    often = recurrence.parts_of(found.rule)["FREQ"] in recurrence.OFTEN
    begin = found.now
    if not often or found.at is not None or found.day is not None or found.begin is not None:
        begin = datetime.combine(
            found.begin or found.day or found.now.date(), found.at or (time() if found.on_opening else USUAL)
        )
    if found.monthday is not None:
        ended = recurrence.from_day(found.rule, found.monthday)
        found.rule = ended if ended != found.rule else f"{found.rule};BYMONTHDAY={found.monthday}"
    if found.year_day is not None:
        found.rule += f";BYMONTH={found.year_day[0]};BYMONTHDAY={found.year_day[1]}"
    try:
        rule = recurrence.normalise(found.rule, often=True)
        if recurrence.occurs(rule, begin):
            first = next(recurrence.times(rule, begin, now, zone), None)
            if first is not None and found.day_words and not found.begins:
                later = first.astimezone(ZoneInfo(zone)).date()
                if found.day is not None and found.now.date() <= found.day < later:
                    found.unread.append(found.day_words)
                    found.left += f" {found.day_words}"
            return first
    except (recurrence.RecurrenceError, dates.DateError, ValueError):
        pass
    return None
