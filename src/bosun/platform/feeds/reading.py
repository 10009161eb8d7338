"""Calendar files that come from elsewhere: read within bounds, or refused with a reason. Nothing is unrolled here."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Component
from icalendar.parser import Contentline

from bosun.kernel.errors import Invalid
from bosun.lib import dates, recurrence

LARGEST = 1_000_000
MOST = 2000
DEEPEST = 4
LONGEST_LINE = 50_000
FIRST, LAST = 1900, 2199
KINDS = {"VEVENT": "event", "VTODO": "task", "VJOURNAL": "note"}
BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError)
"""What the parser raises for files that are none; it promises ValueError alone."""
BEGIN = re.compile(rb"^\s*BEGIN\s*:", re.IGNORECASE)
END = re.compile(rb"^\s*END\s*:", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Found:
    """One entry of a file, on the clock of `zone`. `refused` says why it cannot be taken, where it cannot; `loose`,
    that a series leaves out or adds times of its own.
    """

    kind: str
    uid: str
    text: str
    at: date | datetime | None = None
    rule: str = ""
    note: str = ""
    zone: str = ""
    loose: bool = False
    refused: str = ""


def entries(raw: bytes, zone: str) -> list[Found]:
    """What stands in a file; times without a zone are read on the wall clock of `zone`."""
    return [_entry(each, zone) for calendar in calendars(raw) for each in _known(calendar)]


def calendars(raw: bytes) -> list[Component]:
    """The components of a file; Invalid says what is wrong with it."""
    _bounded(raw)
    try:
        # It warns of zones that it had to guess.
        with warnings.catch_warnings(action="ignore"):
            found: list[Component] = list(Calendar.from_ical(raw, multiple=True))
    except BROKEN:
        raise Invalid(_broken(raw)) from None
    if not found:
        raise Invalid(_("There is nothing in this calendar file."))
    return found


def _broken(raw: bytes) -> str:
    """What is wrong with a file, and where, as far as one of its lines is to blame."""
    number, held = 0, b""
    lines = [*raw.removeprefix(b"\xef\xbb\xbf").splitlines(), b""]
    if b"BEGIN:VCALENDAR" not in raw.upper():
        return _("This is no calendar file, or a damaged one.")
    for now, line in enumerate(lines, 1):
        if line[:1] in (b" ", b"\t"):
            held += line[1:]
            continue
        try:
            if held.strip():
                Contentline(held.decode("utf-8", "replace")).parts()  # type: ignore[no-untyped-call]
        except BROKEN:
            shown = CONTROLS.sub("", held.decode("utf-8", "replace"))[:60]
            return _("This calendar file is damaged in line %(n)s: %(line)s") % {"n": number, "line": shown}
        number, held = now, line
    return _("This is no calendar file, or a damaged one.")


def _bounded(raw: bytes) -> None:
    if len(raw) > LARGEST:
        raise Invalid(_("This calendar file is too large: %(max)s MB at most.") % {"max": LARGEST // 1_000_000})
    depth = begun = 0
    for line in raw.splitlines():
        if BEGIN.match(line):
            depth, begun = depth + 1, begun + 1
        elif END.match(line):
            depth -= 1
        if depth > DEEPEST or begun > MOST or len(line) > LONGEST_LINE:
            raise Invalid(_("This calendar file holds too much: split it into smaller ones."))


def _known(calendar: Component) -> Iterator[Component]:
    for kind in KINDS:
        yield from calendar.walk(kind)


def _entry(part: Component, zone: str) -> Found:
    kind = KINDS[str(part.name)]
    zone = _zone(part) or zone
    found: dict[str, Any] = {
        "zone": zone,
        "kind": kind,
        "uid": _text(part, "uid", 200),
        "text": _text(part, "summary", 200),
    }
    try:
        if part.get("recurrence-id") is not None:
            return Found(**found, refused=_("It moves one time of a series. Change that time by hand."))
        loose = part.get("exdate") is not None or part.get("rdate") is not None
        note = _text(part, "description", 20_000, lines=True)
        return Found(**found, at=_moment(part, zone), rule=_rule(part, zone), note=note, loose=loose)
    except recurrence.RecurrenceError:
        return Found(**found, refused=_("It comes again by a rule that is not known here."))
    except (*BROKEN, Invalid, dates.DateError):
        return Found(**found, refused=_("Its time cannot be read."))


def _text(part: Component, name: str, longest: int, lines: bool = False) -> str:
    value = part.get(name)
    text = str(value[0] if isinstance(value, list) and value else value or "")
    text = CONTROLS.sub("", text) if lines else " ".join(CONTROLS.sub(" ", text).split())
    return text.strip()[:longest]


def _moment(part: Component, zone: str) -> date | datetime | None:
    value: Any = part.get("due") if part.name == "VTODO" and part.get("due") is not None else part.get("dtstart")
    if value is None:
        return None
    at = value.dt
    if not isinstance(at, date):
        raise TypeError
    if not FIRST <= at.year <= LAST:
        raise ValueError
    if not isinstance(at, datetime):
        return at
    if at.tzinfo is None or at.utcoffset() is None:
        return dates.localise(at.date(), at.time(), zone).astimezone(UTC)
    return at.astimezone(UTC)


def _zone(part: Component) -> str:
    """The zone by name in which it is planned; nothing for UTC, for none, and for one that nobody knows."""
    with suppress(*BROKEN):
        value: Any = part.get("dtstart") or part.get("due")
        key = getattr(getattr(value.dt, "tzinfo", None), "key", "")
        return str(key) if key and key != "UTC" else ""
    return ""


def _rule(part: Component, zone: str) -> str:
    value = part.get("rrule")
    if value is None:
        return ""
    if isinstance(value, list):
        raise recurrence.RecurrenceError("form")
    rule = recurrence.normalise(value.to_ical().decode())
    parts = recurrence.parts_of(rule)
    if parts.get("UNTIL", "").endswith("Z"):
        # Ours end on the wall clock of their zone.
        until = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        parts["UNTIL"] = f"{until.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"
        rule = ";".join(f"{name}={value}" for name, value in parts.items())
    return rule
