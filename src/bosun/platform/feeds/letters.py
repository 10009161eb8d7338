"""What an invitation says: one event for calendars (iTIP, RFC 5546), and a mail in its sender's language around it.

The mail is written from the invitation and from the record as its sender may see it now, under a Message-ID that every
copy of it has.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import vCalAddress

from bosun.kernel import access, records, registry
from bosun.kernel.env import Env
from bosun.kernel.kinds import Moment
from bosun.platform.deliveries import collecting, configured
from bosun.platform.deliveries.channels.email import sender_of
from bosun.platform.deliveries.composing import Letter
from bosun.platform.feeds import agenda, writing
from bosun.platform.feeds.agenda import Item
from bosun.platform.feeds.models import Invitation
from bosun.platform.org import actors
from bosun.platform.org.models import Person
from bosun.platform.signed import Purpose

REQUEST, CANCEL = "REQUEST", "CANCEL"
ANSWER = Purpose("feeds.invitation")
"""The link by which an invitation is answered."""


def item_of(row: Invitation) -> tuple[Item, Env] | None:
    """What an invitation is to, as its sender may see it now; None where that is gone or not open to him."""
    entity, dates, sender = registry.find(row.entity), agenda.offered.get(row.entity), actors.load(row.sender_id)
    if entity is None or dates is None or sender is None or not access.may_row(entity, sender, "read", row.record_id):
        return None
    env = records.environment(sender)
    found = agenda.items(dates, [records.get(entity, row.record_id, sender)], env)
    return (found[0], env) if found[0].at is not None else None


def ics(row: Invitation, item: Item, env: Env, method: str = REQUEST) -> bytes:
    """The calendar part: one event with organizer and attendee."""
    made = writing.frame(method=method)
    for number, event in enumerate(writing.events(item, env, "")):
        event["uid"] = f"{row.uid}-{number}" if number else row.uid
        event["sequence"] = row.sequence
        for private in ("description", "url", "created", "last-modified"):
            event.pop(private, None)
        event.DTSTAMP = row.made_at.astimezone(UTC)
        event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
        event.add("organizer", _address(organizer(row), env.actor.name))
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


def organizer(row: Invitation) -> str:
    """Where calendars send their answers: the mailbox that Bosun reads, else to whoever invited."""
    if collecting.has_mailbox():
        return parseaddr(sender_of(configured.values_of("email")))[1]
    return _own(row) or parseaddr(sender_of(configured.mail() or {}))[1]


def _own(row: Invitation) -> str:
    person = Person.objects.filter(pk=row.sender_id).first()
    return str(person.email or "") if person else ""


def letter(row: Invitation, base: str, method: str = REQUEST) -> Letter | None:
    """The mail of an invitation; None where it is void."""
    found = item_of(row)
    if found is None:
        return None
    item, env = found
    with translation.override(env.language):
        said = {"who": env.actor.name, "what": item.text, "when": when(item, env)}
        over = method == CANCEL
        subject = (_("Cancelled: %(what)s") if over else _("Invitation: %(what)s")) % said
        body = _("%(who)s has cancelled this: %(what)s, %(when)s.") if over else _(
            "%(who)s invites you: %(what)s, %(when)s."
        )  # fmt: skip
        url = "" if over else f"{base}/invitations/{ANSWER.write(row.uid)}"
        lines = [body % said, *([_("Accept or decline here: %(url)s") % {"url": url}] if url else [])]
        text = _("%(who)s has cancelled this.") if over else _("%(who)s invites you.")
        context: dict[str, Any] = {**said, "text": text % said, "url": url, "subject": subject}
        html = render_to_string("feeds/invitation.html", {**context, "language": env.language})
    return Letter(
        f"{row.uid}.{row.sequence}", row.email, subject, "\n\n".join(lines) + "\n", html, env.language,
        at=row.made_at, who=env.actor.name, reply_to=_own(row), calendar=(method, ics(row, item, env, method)),
    )  # fmt: skip


def when(item: Item, env: Env) -> str:
    """The time in words."""
    if isinstance(item.at, datetime):
        return f"{Moment().text(item.at, env)} ({item.zone or env.actor.zone})"
    return item.at.isoformat()
