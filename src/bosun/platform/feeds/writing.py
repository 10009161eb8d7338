"""Dates as a calendar file (RFC 5545): the same content is the same bytes, so readers can ask for changes alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vRecur

from bosun.kernel.env import Env
from bosun.platform.accounts.services import derived_key, digest
from bosun.platform.feeds import series
from bosun.platform.feeds.agenda import Item
from bosun.platform.feeds.series import Series

PRODUCT = "-//Bosun//Bosun//EN"
REFRESH = "PT15M"
FORM = 2
"""Raised when the same items are written otherwise than before."""


def calendar(items: Iterable[Item], env: Env, base: str) -> bytes:
    """A feed: every item as events of one calendar."""
    made = frame(_("Bosun: %(who)s") % {"who": env.actor.name})
    made.add("x-published-ttl", REFRESH)
    for item in sorted(items, key=lambda each: (each.of.entity, each.pk)):
        for event in events(item, env, base):
            made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())


def mark(items: Iterable[Item], env: Env, base: str) -> str:
    """A short text that changes when the calendar of these items would."""
    told = [(item.of.entity, item.pk, [part for name, part in vars(item).items() if name != "of"]) for item in items]
    frame_of = (FORM, env.language, env.actor.zone, env.actor.name, base)
    return digest(repr((frame_of, sorted(told, key=lambda each: each[:2]))))[:32]


def frame(name: str = "", method: str = "") -> Calendar:
    """An empty calendar."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    if method:
        made.add("method", method)
    if name:
        made.add("x-wr-calname", name)
    return made


def uid(entity: str, pk: int) -> str:
    """What a record is called in calendars: the same for ever, and another one on another machine."""
    return f"{entity}-{pk}@{derived_key('feeds').hex()[:16]}.bosun"


def events(item: Item, env: Env, base: str) -> list[Event]:
    """An item as one event; as two where its time is none of the series that follows."""
    zone = item.zone or env.actor.zone
    follows = None
    if item.rule and isinstance(item.at, datetime):
        follows = series.rest(item.rule, item.start or item.at, item.at, zone)
    once = _stamp(item.at, zone, item.rule)
    if follows is None:
        return [_event(item, once, base)]
    wall = _stamp(follows.first, zone, item.rule, series.clock_of(item.rule, zone))
    if follows.first == item.at:
        return [_event(item, wall, base, follows)]
    rest = _event(item, wall, base, follows)
    rest["uid"] = uid(f"{item.of.entity}-series", item.pk)
    return [_event(item, once, base), rest]


def _stamp(at: date | datetime, zone: str, rule: str, clock: str = "UTC") -> date | datetime:
    """A day, or a moment as a clock shows it: for a series that from which it is counted."""
    day = series.whole_day(at, zone, rule)
    if day is not None or not isinstance(at, datetime):
        return day or at
    return at.astimezone(UTC if clock == "UTC" else ZoneInfo(clock))


def _event(item: Item, at: date | datetime, base: str, follows: Series | None = None) -> Event:
    made = Event()
    made.add("uid", uid(item.of.entity, item.pk))
    # Not the moment of reading: the bytes would differ each time.
    made.add("dtstamp", item.changed_at.astimezone(UTC))
    made.add("created", item.created_at.astimezone(UTC))
    made.add("last-modified", item.changed_at.astimezone(UTC))
    made.add("sequence", item.version - 1)
    made.add("summary", item.text)
    url = f"{base}/{item.of.entity}/{item.pk}"
    made.add("description", "\n".join(part for part in (item.about, item.note, url) if part))
    made.add("url", url)
    made.add("dtstart", at)
    made.add("transp", "TRANSPARENT")
    if follows is not None:
        made.add("rrule", vRecur.from_ical(follows.rule))
    if item.of.rings:
        made.add_component(_alarm(item.text))
    return made


def _alarm(text: str) -> Alarm:
    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("description", text)
    made.add("trigger", timedelta(0))
    return made
