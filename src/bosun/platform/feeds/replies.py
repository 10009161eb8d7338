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
from bosun.platform.feeds import invitations, reading
from bosun.platform.feeds.models import WITHDRAWN, Invitation

REPLY = "REPLY"
OURS = re.compile(r"<([0-9a-f]{40})\.(\d{1,6})@")
"""The Message-ID of an invitation."""


def take(raw: bytes, sender: str) -> Invitation:
    """The answer in a calendar file that came from `sender`; Invalid or NotFound where it answers nothing.

    Only whoever was asked answers, and only what was asked last: an answer to an earlier time of it does not count.
    """
    calendar = reading.calendars(raw)[0]
    nothing = Invalid(_("This calendar file answers no invitation."))
    events = calendar.walk("VEVENT")
    if str(calendar.get("method", "")).upper() != REPLY or not events:
        raise nothing
    event = events[0]
    uid = str(event.get("uid", "")).partition("-")[0][:80]
    row = Invitation.objects.filter(uid=uid).exclude(state=WITHDRAWN).first()
    if row is None:
        raise NotFound()
    if _sequence(event) != row.sequence:
        raise nothing
    guests = event.get("attendee", [])
    for guest in guests if isinstance(guests, list) else [guests]:
        address = str(guest).lower().removeprefix("mailto:")
        state = invitations.STATES.get(str(guest.params.get("partstat", "")).upper())
        if state and address == row.email.lower() == parseaddr(sender)[1].lower():
            invitations.answer(row, state, str(event.get("comment", "")), _stamp(event))
            return row
    raise nothing


def _sequence(event: Any) -> int:
    """Which of the invitations it answers; the first one where it does not say."""
    try:
        return int(event.get("sequence", 0))
    except (TypeError, ValueError):
        return -1


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
                invitations.lost(row, outcome.said)
            return True
    return False
