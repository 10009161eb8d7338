"""What comes back by mail: answers of calendar programs (REPLY, RFC 5546), and invitations that did not arrive."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from email.utils import parseaddr
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel.errors import DoorError, Invalid, NotFound
from bosun.platform.deliveries.channels.port import Outcome
from bosun.platform.feeds import answers, invitations, reading, sending, told, zoning
from bosun.platform.feeds.models import WITHDRAWN, Invitation

REPLY = "REPLY"
OURS = re.compile(r"<([0-9a-f]{40})(?:-\d+)?\.(\d{1,6})@")
"""The Message-ID of an invitation."""


def take(raw: bytes, sender: str) -> Invitation:
    """The answer in a calendar file that came from `sender`; Invalid or NotFound where it answers nothing.

    Only whoever was asked answers, and only what was asked last: an answer to an earlier time of it does not count.
    """
    calendar = reading.calendars(raw)[0]
    events = calendar.walk("VEVENT")
    if str(calendar.get("method", "")).upper() != REPLY or not events:
        raise _nothing()
    event = events[0]
    uid = reading.text(event, "uid", 200).partition("-")[0][:80]
    row = Invitation.objects.filter(uid=uid).exclude(state=WITHDRAWN).first()
    if row is None:
        raise NotFound()
    if _sequence(event) != row.sequence:
        raise _nothing()
    for guest in zoning.each_of(event, "attendee"):
        address = reading.address_of(guest)
        state = invitations.STATES.get(str(guest.params.get("partstat", "")).upper())
        if state and address == row.email.casefold() == parseaddr(sender)[1].casefold():
            _answer(row, state, event)
            return row
    raise _nothing()


def _nothing() -> Invalid:
    return Invalid(_("This calendar file answers no invitation."))


def _answer(row: Invitation, state: str, event: Any) -> None:
    """To the whole, or to one time of a series; Invalid where that is none of its times, or not told any more."""
    named = _one_time(event)
    if named is None:
        invitations.answer(row, state, _words(event), _stamp(event))
        return
    at = next((at for each in told.events(row.told) if (at := told.time_of(each, named)) is not None), None)
    if at is None or not answers.one_time(row, state, at, invitations.plain(_words(event)), _stamp(event)):
        raise _nothing()


def _one_time(event: Any) -> date | datetime | None:
    """The time of a series that it answers; None where that is the whole, Invalid where it cannot be read."""
    # The parser leaves out a line that it cannot read, and keeps its words: what is left would answer the whole.
    if any("RECURRENCE-ID" in str(each).upper() for each in event.errors):
        raise _nothing()
    if "recurrence-id" not in event:
        return None
    try:
        at = event["recurrence-id"].dt
    except reading.BROKEN:
        raise _nothing() from None
    if not isinstance(at, date):
        raise _nothing()
    return at


def _sequence(event: Any) -> int:
    """Which of the invitations it answers; the first one where it does not say."""
    try:
        return int(event.get("sequence", 0))
    except (TypeError, ValueError):
        return -1


def _words(event: Any) -> str:
    """What the guest writes with the answer: a paragraph for each comment."""
    return "\n".join(str(each) for each in zoning.each_of(event, "comment"))


def _stamp(event: Any) -> datetime | None:
    """When the answer was given."""
    at = None
    with suppress(*reading.BROKEN):
        at = event["dtstamp"].dt
    if isinstance(at, datetime):
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return datetime(at.year, at.month, at.day, tzinfo=UTC) if isinstance(at, date) else None


def heard(raw: bytes, sender: str) -> bool:
    """A calendar part of a mail in the mailbox; True where it answered an invitation of ours."""
    with suppress(DoorError):
        take(raw, sender)
        return True
    return False


def returned(references: Sequence[str], outcome: Outcome) -> bool:
    """A mail that came back; True where it was an invitation of ours."""
    for each in references:
        if (found := OURS.match(each)) is None:
            continue
        row = Invitation.objects.filter(uid=found[1], sequence=int(found[2])).first()
        if row is not None:
            if outcome.state == "failed":
                sending.lost(row, outcome.said)
            return True
    return False
