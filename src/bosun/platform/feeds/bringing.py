"""Reminders of one's own from a calendar file: what would become of each of its entries, then they are made.

The same file brought in again makes nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.lib import dates, recurrence
from bosun.platform.feeds import reading, series
from bosun.platform.feeds.reading import Found
from bosun.platform.reminders.models import Reminder

NEW, HERE, WRONG = "new", "here", "wrong"
MOST = 500
MORNING = time(9)
"""When one is reminded of what has a day and no hour."""


@dataclass(frozen=True)
class Planned:
    """One entry: the number in its file, its name, what becomes of it, and why or how."""

    number: int
    name: str
    state: str
    said: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def plan(raw: bytes, env: Env) -> list[Planned]:
    """What would become of each entry; Invalid for a file that cannot be read, or holds too much."""
    found = reading.entries(raw, env.actor.zone)
    if not found:
        raise Invalid(_("There is nothing in this calendar file."))
    if len(found) > MOST:
        raise Invalid(_("This calendar file holds too much: split it into smaller ones."))
    planned = [_planned(number, each, env) for number, each in enumerate(found, 1)]
    keys = [each.values["external_id"] for each in planned if each.values]
    held = set(Reminder.objects.filter(external_id__in=keys).values_list("external_id", flat=True))
    return [_once(each, held) for each in planned]


def _once(each: Planned, held: set[str]) -> Planned:
    """Of entries of the same name the first counts; what is here already stays as it is."""
    if not each.values:
        return each
    if each.values["external_id"] in held:
        return Planned(each.number, each.name, HERE)
    held.add(each.values["external_id"])
    return each


def _planned(number: int, found: Found, env: Env) -> Planned:
    name = found.text or _("Entry without a name")

    def wrong(why: str) -> Planned:
        return Planned(number, name, WRONG, why)

    if found.refused:
        return wrong(found.refused)
    if found.at is None:
        return wrong(_("It has no time."))
    at = found.at if isinstance(found.at, datetime) else dates.localise(found.at, MORNING, found.zone)
    rule = found.rule
    if at < env.now:
        following = _following(rule, at, found.zone, env.now) if rule else None
        if following is None:
            return wrong(_("It is over."))
        at, rule = following
    mark = hashlib.sha256(f"{env.actor.id}:{found.uid or found.text}:{found.at}".encode()).hexdigest()[:32]
    values = {
        "text": name, "due_at": at, "rule": rule or None, "timezone": found.zone if rule else None,
        "owner": env.actor.id, "external_id": f"calendar:{mark}",
    }  # fmt: skip
    said = _("It comes also at the times that the file leaves out.") if found.loose and rule else ""
    return Planned(number, name, NEW, said, values)


def _following(rule: str, start: datetime, zone: str, now: datetime) -> tuple[datetime, str] | None:
    """The next time of a series that has begun, and its rule from there on."""
    at = recurrence.following(rule, start, now, zone)
    left = series.rest(rule, start, at, zone) if at is not None else None
    if left is None:
        return None
    parts, ours = recurrence.parts_of(left.rule), recurrence.parts_of(rule)
    if "UNTIL" in ours:
        parts["UNTIL"] = ours["UNTIL"]
    return left.first, ";".join(f"{name}={value}" for name, value in parts.items())


@transaction.atomic
def bring(planned: Sequence[Planned], act: Act) -> int:
    """Make those that are new; how many. Invalid names the entry that the reminder's own rules refuse."""
    new = [each for each in planned if each.state == NEW]
    for each in new:
        try:
            records.create("reminders", each.values, act)
        except Invalid as error:
            why = error.errors[0].message if error.errors else error.title
            place = {"n": each.number, "name": each.name, "why": why}
            raise Invalid(_("Entry %(n)s, “%(name)s”: %(why)s") % place) from None
    return len(new)
