"""Where a person is signed in: seen, and ended one by one or all but this one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bosun.platform.push import browsers

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class SignedIn:
    """One place where a person is signed in."""

    id: int
    device: str
    address: str
    since: datetime
    current: bool


def of(request: HttpRequest) -> Sequence[SignedIn]:
    """Where the person of this request is signed in, this place first."""
    here = request.session.session_key
    rows = UserSession.objects.purge_and_list(request.user)
    found = [SignedIn(row.pk, device(row.user_agent), row.ip, row.created_at, row.session_key == here) for row in rows]
    return sorted(found, key=lambda each: (not each.current, -each.since.timestamp()))


def end(request: HttpRequest, pk: int) -> bool:
    """End one other place of this person; False when there is none of that id, or it is this one."""
    row = UserSession.objects.filter(user_id=request.user.pk, pk=pk).first()
    if row is None or row.session_key == request.session.session_key:
        return False
    row.end()
    browsers.signed_out(row.user.person_id, mark(row.session_key))
    return True


def end_others(request: HttpRequest) -> int:
    """End all places of this person but this one; how many there were."""
    rows = UserSession.objects.filter(user_id=request.user.pk).exclude(session_key=request.session.session_key)
    ended = list(rows)
    for row in ended:
        row.end()
    browsers.signed_out_elsewhere(getattr(request.user, "person_id", 0), mark_of(request))
    return len(ended)


def mark(key: str) -> str:
    """By which a sign-in is told from others where its key must not stand."""
    return hashlib.sha256(key.encode()).hexdigest()


def mark_of(request: HttpRequest) -> str:
    """The mark of the sign-in of a request."""
    return mark(request.session.session_key or "")


def device(agent: str) -> str:
    """What a browser says of itself in two words: “Firefox, Windows”."""
    browser = next((name for mark, name in BROWSERS if re.search(rf"\b{mark}", agent)), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part) or _("Unknown device")


def end_all(person: int) -> None:
    """End every place of somebody who left."""
    for row in UserSession.objects.filter(user__person_id=person):
        row.end()
    browsers.signed_out_everywhere(person)
