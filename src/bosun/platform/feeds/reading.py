"""Calendar files that come from elsewhere: read within bounds, or refused with a reason. Nothing is unrolled here."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Component
from icalendar.parser import Contentline
from icalendar.timezone import tzp

from bosun.kernel.errors import Invalid
from bosun.lib import dates, recurrence
from bosun.platform.feeds import zoning

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
ALONE = Lock()
"""The parser keeps the zones of files for the whole process: each file is read by itself, with its own alone."""
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


def entries(raw: bytes, zone: str, email: str = "") -> list[Found]:
    """What stands in a file; times without a zone are read on the wall clock of `zone`, answers as those of `email`."""
    return [found for calendar in calendars(raw) for found in _entries(calendar, zone, email)]


def _entries(calendar: Component, zone: str, email: str) -> Iterator[Found]:
    places, withdrawn = _places(calendar), text(calendar, "method", 20).upper() == "CANCEL"
    for each in _known(calendar):
        found = _entry(each, zone, email, places)
        yield replace(found, refused=_("It is cancelled.")) if withdrawn else found


def calendars(raw: bytes) -> list[Component]:
    """The components of a file; Invalid says what is wrong with it."""
    _bounded(raw)
    try:
        # It warns of zones that it had to guess.
        with ALONE, warnings.catch_warnings(action="ignore"):
            tzp.use_default()
            found: list[Component] = list(Calendar.from_ical(raw, multiple=True))
        sound = all(zoning.sound(each) for each in found)
    except BROKEN:
        raise Invalid(_broken(raw)) from None
    if not found:
        raise Invalid(_("There is nothing in this calendar file."))
    if not sound:
        raise Invalid(_("This calendar file has a time zone whose clock changes too often."))
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


def _places(calendar: Component) -> dict[str, str]:
    """Where the zones of a file say that they hold."""
    return {str(each.get("tzid")): str(each.get("x-lic-location", "")) for each in calendar.walk("VTIMEZONE")}


def _entry(part: Component, zone: str, email: str, places: Mapping[str, str]) -> Found:
    found: dict[str, Any] = {
        "zone": zone,
        "kind": KINDS[str(part.name)],
        "uid": text(part, "uid", 200),
        "text": text(part, "summary", 200),
    }
    try:
        if part.get("recurrence-id") is not None:
            return Found(**found, refused=_("It moves one time of a series. Change that time by hand."))
        if off := _off(part, email):
            return Found(**found, refused=off)
        again, clock = part.get("rrule") is not None, _clock(part, zone)
        if not clock:
            return Found(**found, refused=_nowhere(again))
        at = _moment(part, clock)
        if again and isinstance(at, datetime):
            found["zone"] = _zone(part, clock, zone, places)
            if not found["zone"]:
                return Found(**found, refused=_nowhere(again))
        if part.get("rdate") is not None and not again:
            raise recurrence.RecurrenceError("form")
        loose = any(part.get(name) is not None for name in ("exdate", "rdate", "exrule"))
        note = text(part, "description", 20_000, lines=True)
        return Found(**found, at=at, rule=_rule(part, found["zone"]), note=note, loose=loose)
    except recurrence.RecurrenceError:
        return Found(**found, refused=_("It comes again by a rule that is not known here."))
    except (*BROKEN, Invalid, dates.DateError):
        return Found(**found, refused=_("Its time cannot be read."))


def _nowhere(again: bool) -> str:
    return (
        _("It comes again in a time zone that is not known here.")
        if again
        else _("There is no time zone of that name.")
    )


def _off(part: Component, email: str) -> str:
    """Why nobody has to be reminded of it; nothing where it stands."""
    status = text(part, "status", 20).upper()
    if status == "CANCELLED":
        return _("It is cancelled.")
    if part.name == "VTODO" and (status == "COMPLETED" or part.get("completed") is not None):
        return _("It is done already.")
    for guest in zoning.each_of(part, "attendee"):
        own = email and address_of(guest) == email.casefold()
        if own and str(guest.params.get("partstat", "")).upper() == "DECLINED":
            return _("You have declined it.")
    return ""


def address_of(guest: Any) -> str:
    """The mail address of an attendee, in one case."""
    return str(guest).strip().casefold().removeprefix("mailto:")


def text(part: Component, name: str, longest: int, lines: bool = False) -> str:
    """A text of a component, on one line unless it may have several, without what does not print."""
    value = part.get(name)
    said = str(value[0] if isinstance(value, list) and value else value or "")
    said = CONTROLS.sub("", said) if lines else " ".join(CONTROLS.sub(" ", said).split())
    return said.strip()[:longest]


def _said(part: Component) -> Any:
    """The property that says when it is."""
    return part.get("due") if part.name == "VTODO" and part.get("due") is not None else part.get("dtstart")


def _clock(part: Component, zone: str) -> str:
    """On which clock its time stands: that of the reader, unless it names one; nothing for an unknown one."""
    value = _said(part)
    name = str(value.params.get("tzid", "")) if value is not None else ""
    bare = isinstance(getattr(value, "dt", None), datetime) and value.dt.utcoffset() is None
    return zoning.of_tzid(name) if bare and name else zone


def _moment(part: Component, zone: str) -> date | datetime | None:
    value = _said(part)
    if value is None:
        return None
    at = value.dt
    if not isinstance(at, date):
        raise TypeError
    if not FIRST <= at.year <= LAST:
        raise ValueError
    if not isinstance(at, datetime):
        return at
    if at.utcoffset() is None:
        return dates.localise(at.date(), at.time(), zone).astimezone(UTC)
    return at.astimezone(UTC)


def _zone(part: Component, clock: str, reader: str, places: Mapping[str, str]) -> str:
    """The zone by name in which its series is counted: its own, else that of its clock; nothing for an unknown one."""
    value = _said(part)
    if value.dt.utcoffset() is None:
        return clock
    return zoning.named(value.dt, places.get(str(value.params.get("tzid")), ""), reader)


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
        rule = recurrence.text_of(parts)
    return rule
