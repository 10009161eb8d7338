"""What an invitation says: one event for calendars (iTIP, RFC 5546), and a mail in its sender's language around it.

A request is written from the record as its host may see it now; a cancellation from what was told, wherever the record
may be. Each has a Message-ID that every copy of it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Event, vCalAddress

from bosun.kernel import records
from bosun.kernel.env import Env
from bosun.kernel.kinds import Moment
from bosun.lib import clock
from bosun.platform.accounts.services import digest
from bosun.platform.deliveries import collecting, configured, links
from bosun.platform.deliveries.channels.email import sender_of
from bosun.platform.deliveries.composing import Letter
from bosun.platform.feeds import series, standing, told, writing
from bosun.platform.feeds.agenda import Item
from bosun.platform.feeds.models import Invitation
from bosun.platform.feeds.standing import CANCEL, REQUEST
from bosun.platform.org.models import Person
from bosun.platform.signed import Purpose

ANSWER = Purpose("feeds.invitation")
"""The link by which an invitation is answered."""


def item_of(row: Invitation) -> tuple[Item, Env] | None:
    """What an invitation is to, as its host may see it now; None where that is gone, or open to nobody who hosts."""
    record, dates = standing.timed(row), standing.dates_of(row.entity)
    host = standing.host_of(row, record) if record is not None else None
    if host is None or dates is None:
        return None
    env = records.environment(host)
    return standing.item_as(record, dates, env), env


def events(row: Invitation, item: Item, env: Env) -> list[Event]:
    """What stands in the calendar of its guest: the title and the time, nothing else."""
    made = writing.events(item, env, "")
    for number, event in enumerate(made):
        event["uid"] = f"{row.uid}-{number}" if number else row.uid
        for private in ("description", "url", "created", "last-modified"):
            event.pop(private, None)
    return made


def mark(row: Invitation, item: Item, env: Env) -> str:
    """A short text that is another one at another time: an answer is to the time that was shown."""
    return digest(repr([(str(each["uid"]), each.start, told.rule_of(each)) for each in events(row, item, env)]))[:16]


def ics(row: Invitation, held: Iterable[Event], method: str, host: Env | None) -> bytes:
    """The calendar part, with organizer and attendee. Without a host the organizer stays the one that was told."""
    made = writing.frame(method=method)
    for event in held:
        event["sequence"] = row.sequence
        event.DTSTAMP = row.made_at.astimezone(UTC)
        for named in ("status", "attendee", *(["organizer"] if host else [])):
            event.pop(named, None)
        event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
        if host is not None:
            event.add("organizer", _address(organizer(row, host.actor.id), host.actor.name))
        guest = _address(row.email)
        guest.params["rsvp"] = "TRUE"
        guest.params["partstat"] = "NEEDS-ACTION"
        event.add("attendee", guest)
        made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _address(email: str, name: str = "") -> vCalAddress:
    made = vCalAddress(f"mailto:{email}")
    if name:
        made.params["cn"] = name.replace('"', "'")
    return made


def organizer(row: Invitation, host: int | None = None) -> str:
    """Where calendars send their answers: the mailbox that Bosun reads, else to whoever hosts."""
    if collecting.has_mailbox():
        return parseaddr(sender_of(configured.values_of("email")))[1]
    return _own(host or row.sender_id) or parseaddr(sender_of(configured.mail() or {}))[1]


def _own(person: int | None) -> str:
    found = Person.objects.filter(pk=person).first() if person else None
    return str(found.email or "") if found else ""


def request(row: Invitation) -> list[tuple[Letter, str]] | None:
    """The mail that asks, after one that takes back what was told and is there no more; each with what its guest then
    knows. None where nobody who hosts may read the record."""
    found = item_of(row)
    if found is None:
        return None
    item, env = found
    present, held = events(row, item, env), told.events(row.told)
    uids = {str(each["uid"]) for each in present}
    gone = [each for each in held if str(each["uid"]) not in uids and told.goes_on(each, clock.now())]
    made = ics(row, present, REQUEST, env)
    with translation.override(env.language):
        said = {"who": env.actor.name, "what": item.text, "when": when(item, env)}
        subject = _("Invitation, as it is now: %(what)s") if row.told else _("Invitation: %(what)s")
        url = f"{base_of(row)}/invitations/{ANSWER.write(row.uid)}"
        lines = [_("%(who)s invites you: %(what)s, %(when)s."), _("Accept or decline here: %(url)s")]
        asks = _letter(row, env, subject, lines, {**said, "text": _("%(who)s invites you."), "url": url}, made, REQUEST)
    if not gone:
        return [(asks, made.decode())]
    rest = [each for each in held if str(each["uid"]) in uids]
    left = ics(row, rest, REQUEST, env).decode() if rest else ""
    return [(_taken_back(row, gone, env, env, "-1"), left), (asks, made.decode())]


def cancellation(row: Invitation) -> list[tuple[Letter, str]]:
    """The mail that takes back all that was told and is not over; nothing where nothing was told."""
    held = told.events(row.told)
    ahead = [each for each in held if told.goes_on(each, clock.now())] or held
    host = standing.host_of(row, standing.record_of(row))
    env = records.environment(host) if host is not None else None
    return [(_taken_back(row, ahead, env or standing.voice(row), env), "")] if ahead else []


def _taken_back(row: Invitation, held: Sequence[Event], env: Env, host: Env | None, part: str = "") -> Letter:
    first = held[0]
    with translation.override(env.language):
        said = {"who": env.actor.name, "what": str(first["summary"]), "when": when_at(first.start, env)}
        lines, text = [_("%(who)s has cancelled this: %(what)s, %(when)s.")], _("%(who)s has cancelled this.")
        made = ics(row, held, CANCEL, host)
        return _letter(
            row, env, _("Cancelled: %(what)s"), lines, {**said, "text": text, "url": ""}, made, CANCEL, part
        )  # fmt: skip


def _letter(
    row: Invitation, env: Env, subject: str, lines: Sequence[str], said: dict[str, Any], calendar: bytes, method: str,
    part: str = "",
) -> Letter:  # fmt: skip
    """A mail of its text in words and of its calendar; what is `said` fills the places in the words."""
    title = subject % said
    context = {**said, "text": said["text"] % said, "subject": title, "language": env.language}
    return Letter(
        f"{row.uid}{part}.{row.sequence}", row.email, title, "\n\n".join(each % said for each in lines) + "\n",
        render_to_string("feeds/invitation.html", context), env.language, at=row.made_at, who=env.actor.name,
        reply_to=_own(env.actor.id), calendar=(method, calendar),
    )  # fmt: skip


def base_of(row: Invitation) -> str:
    """What links begin with: as the machine is set up, else as the first mail had it."""
    return str(settings.BOSUN_URL or row.base or links.base())


def ahead(item: Item, env: Env) -> datetime | None:
    """The next of its times; None where all of them are over."""
    found = [told.following(each, clock.now()) for each in writing.events(item, env, "")]
    return min((at for at in found if at is not None), default=None)


def when(item: Item, env: Env) -> str:
    """The time in words; of a series that has begun, its next one."""
    return when_at(_next(item, env) or item.at, env, item.zone)


def _next(item: Item, env: Env) -> datetime | None:
    """The next moment of a series that has begun; None for whole days, and for what is still to come."""
    if not item.rule or not isinstance(item.at, datetime) or item.at > clock.now():
        return None
    whole = series.whole_day(item.at, item.zone or env.actor.zone, item.rule)
    return ahead(item, env) if whole is None else None


def when_at(at: date | datetime, env: Env, zone: str = "") -> str:
    """A time in words, on the clock of a zone; of whoever reads where there is none."""
    if not isinstance(at, datetime):
        return at.isoformat()
    zone = zone or env.actor.zone
    return f"{Moment().text(at, replace(env, actor=replace(env.actor, zone=zone)))} ({zone})"
