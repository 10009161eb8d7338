"""The time of day that a form of quick entry names."""

from __future__ import annotations

import re
from datetime import time, timedelta

from bosun.lib.quickforms import MORE_HOURS, MORE_TIMES, MORNING
from bosun.lib.quickreading import Reading, number, parts_of
from bosun.lib.quickwords import PARTS

AFTERNOON = range(1, 7)
NOON = 12
BY = re.compile(r"(?:by|before|antes)\s", re.IGNORECASE)
BY_BEFORE = re.compile(r"\bantes\s+del?(?:\s+las?)?\s*$", re.IGNORECASE)
BY_BEHIND = re.compile(r"[之以]?前|为?止|结束")
"""Of what comes each hour: its end, and not its beginning."""
HAN = re.compile("[一-鿿]")
A_DAY = 24 * 60
OF_TODAY = ("this ", "esta ")
SAID_BEFORE = {time(9): 1, time(15): 12, time(18): 13, time(20): 18}
"""What a word for a part of the day stands for, before its hour, and the hour from which it counts twelve."""


def _named(found: Reading, word: str) -> bool:
    """A part of the day; this evening is today's, also once it has begun."""
    found.at = PARTS["times"][word] or found.closing
    if word.startswith(OF_TODAY) and found.day is None and not found.rule:
        found.day = found.now.date()
        found.at = found.at if found.at > found.now.time() else None
    return True


def clock(found: Reading, match: re.Match[str]) -> bool:
    """A time of day, to which hour it lasts, or the hours until then: “2h call”."""
    part = parts_of(match)
    if "begin" in part:
        part["hour"] = part["begin"]
    too_late = found.ahead is not None and found.ahead < timedelta(days=1)
    if too_late or ("dotted" in part and not _is_an_hour(found, match)):
        return False
    if found.often and (end := _ends(found, match)) is not None:
        return found.keep(match, end)
    if "named" in part:
        return _named(found, part["named"])
    if "h" in part and "minute" not in part and not match.start() and _is_small(part["hour"]):
        return _for_hours(found, match)
    hour, minute = number(part["hour"]), _minute(part)
    begin = _twelve_from(part.get("half_of") or part.get("of", ""))
    if "half_of" not in part and "till" in part and begin == NOON and hour % 12 > number(part["till"]) % 12:
        begin = 0  # eleven to one in the afternoon
    if not 0 <= hour <= 23 or not 0 <= minute <= 59:
        return False
    before = 15 if "to_quarter" in part else number(part["to"]) if "to" in part else 0
    days, minutes = divmod(60 * _of_24(found, part, hour, begin) + minute - before, A_DAY)
    if not _on_a_later_day(found, days):
        return found.keep(match)
    found.at = time(*divmod(minutes, 60))
    if "till" in part:
        found.till = _till(part, found.at)
        if found.till and found.often:
            found.unread.append(match[0].strip())
    more = MORE_TIMES.match(found.left, match.end()) or (
        MORE_HOURS.match(found.left, match.end()) if found.rule else None
    )
    if more is not None:
        found.unread.append(more[1])
    return True


def _is_an_hour(found: Reading, match: re.Match[str]) -> bool:
    """A figure with a dot is one directly beside a day; in Chinese, 3.15 is a day itself."""
    chinese = HAN.search(found.left) is not None and int(match["hour"]) <= NOON
    return match[0].strip() in found.figures and not chinese


def _ends(found: Reading, match: re.Match[str]) -> int | None:
    """Whether it is until this time that something comes each hour; how many signs of that stand behind it."""
    if BY.match(match[0]) or BY_BEFORE.search(found.left[: match.start()]):
        return 0
    by = BY_BEHIND.match(found.left, match.end())
    return len(by[0]) if by is not None else None


def _on_a_later_day(found: Reading, days: int) -> bool:
    """The night goes on after midnight; False for what comes again on days that are named, which would be others."""
    if not days:
        return True
    if found.rule:
        return found.rule == "FREQ=DAILY"
    if found.day is not None:
        found.day += timedelta(days=days)
    elif found.ahead is not None:
        found.ahead += timedelta(days=days)
    return True


def _is_small(hour: str) -> bool:
    return int(hour) in AFTERNOON and not hour.startswith("0")


def _for_hours(found: Reading, match: re.Match[str]) -> bool:
    """“2h call”: in two hours; beside a day it may as well be how long."""
    if found.day is None and not found.rule and found.ahead is None:
        found.ahead = timedelta(hours=int(match["hour"]))
        return True
    found.unread.append(match[0].strip())
    return False


def _minute(part: dict[str, str]) -> int:
    if "half" in part or "quarter" in part:
        return 30 if "half" in part else 15
    if "quarters" in part:
        return 15 * number(part["quarters"])
    said = part.get("minute") or part.get("minutes") or part.get("dotted")
    return number(said) if said else 0


def _twelve_from(words: str) -> int | None:
    """The hour from which a part of the day counts twelve."""
    found: int | None = PARTS["twelve_from"].get(re.sub(r"[.\s]", "", words))
    return found


def _of_24(found: Reading, part: dict[str, str], hour: int, begin: int | None) -> int:
    """The hour as clocks show it, past 24 in the night that follows; none of the afternoon is said as 05:30."""
    if begin is None and not part["hour"].startswith("0") and found.at is not None:
        begin = SAID_BEFORE.get(found.at)  # it was said that it is in the evening, or in the morning
    if begin is not None:
        return hour if hour > NOON else (hour - begin) % 12 + begin
    morning = "minute" in part and MORNING.search(found.left)
    return hour + 12 if hour in AFTERNOON and not part["hour"].startswith("0") and not morning else hour


def _till(part: dict[str, str], at: time) -> str:
    """The end of a stretch of hours, as it stands beside the text."""
    hour = number(part["till"])
    minute = 30 if "till_half" in part else int(part.get("till_minute", "0"))
    if hour <= 12:
        begin = at.hour if _twelve_from(part.get("of", "")) != NOON else NOON
        hour = ((hour - begin) % 12 + begin) % 24
    return f"–{time(hour, minute):%H:%M}" if hour < 24 and minute < 60 else ""
