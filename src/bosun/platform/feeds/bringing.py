"""Reminders of one's own from a calendar file: what would become of each of its entries, then they are made.

The same file brought in again makes nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from time import thread_time
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
from bosun.platform.org.models import Person
from bosun.platform.reminders.models import Reminder

NEW, MOVED, HERE, BINNED, WRONG = "new", "moved", "here", "binned", "wrong"
OPEN = "open"
TIMES = ("due_at", "rule", "timezone", "external_id")
MOST = 500
PATIENCE = 0.5
"""Seconds of work on when the series of a file come next: one counted from 1900 takes a fifth of one."""
A_SECOND = timedelta(seconds=1)
MORNING = time(9)
"""When one is reminded of what has a day and no hour."""


@dataclass(frozen=True)
class Planned:
    """One entry: the number in its file, its name, what becomes of it, and why or how. `pk` is what it moves."""

    number: int
    name: str
    state: str
    said: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    pk: int = 0


def plan(raw: bytes, env: Env) -> list[Planned]:
    """What would become of each entry; Invalid for a file that cannot be read, or holds too much."""
    email = Person.objects.filter(pk=env.actor.id).values_list("email", flat=True).first()
    found = reading.entries(raw, env.actor.zone, email or "")
    if not found:
        raise Invalid(_("There is nothing in this calendar file."))
    if len(found) > MOST:
        raise Invalid(_("This calendar file holds too much: split it into smaller ones."))
    times: dict[str, set[str]] = {}
    for each in found:
        times.setdefault(each.uid, set()).add(_time(each))
    held, seen = _held(env), set[str]()
    planned = []
    spent = 0.0
    for number, each in enumerate(found, 1):
        mark = _mark(each, len(times[each.uid]) == 1, env)
        begun = thread_time()
        made = _planned(number, each, mark, env, quickly=spent > PATIENCE)
        spent += thread_time() - begun
        planned.append(_met(made, held, seen))
    return planned


def _time(found: Found) -> str:
    return f"{found.at} {found.rule}"


def _mark(found: Found, alone: bool, env: Env) -> str:
    """The name of what is made: the event, and after a point its time, by which one that was moved is known.

    A file that has one event at several times has several of them: then the time belongs to the event.
    """
    event = found.uid if found.uid and alone else f"{found.uid or found.text} {_time(found)}"
    return f"calendar:{env.actor.id}:{_short(event)}.{_short(_time(found))}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _held(env: Env) -> dict[str, Reminder]:
    """What was brought in before, by its event: where there are several, one that is open comes before others."""
    rows = Reminder.objects.filter(external_id__startswith=f"calendar:{env.actor.id}:")
    ordered = sorted(rows, key=lambda row: (row.deleted_at is None, row.state == OPEN, row.pk))
    return {str(row.external_id).partition(".")[0]: row for row in ordered}


def _met(each: Planned, held: Mapping[str, Reminder], seen: set[str]) -> Planned:
    """Of entries of the same event the first counts. What is here stays as it is, unless its event was moved since."""
    if not each.values:
        return each
    mark = each.values["external_id"]
    event = mark.partition(".")[0]
    row = held.get(event)
    there = row is not None and row.deleted_at is None
    if event in seen or (
        row is not None and there and (row.external_id == mark or row.owner_id != each.values["owner"])
    ):
        return Planned(each.number, each.name, HERE)
    seen.add(event)
    if row is not None and not there:
        return replace(each, state=BINNED)
    if row is not None and row.state == OPEN:
        return replace(each, state=MOVED, values={name: each.values[name] for name in TIMES}, pk=row.pk)
    return each


def _planned(number: int, found: Found, mark: str, env: Env, *, quickly: bool) -> Planned:
    name = found.text or _("Entry without a name")

    def wrong(why: str) -> Planned:
        return Planned(number, name, WRONG, why)

    if found.refused:
        return wrong(found.refused)
    if found.at is None:
        return wrong(_("It has no time."))
    at = found.at if isinstance(found.at, datetime) else dates.localise(found.at, MORNING, found.zone)
    rule = found.rule
    past = at < env.now
    if past and rule and quickly:
        return wrong(_("It has come since too long ago to say quickly when it comes next."))
    if rule:
        # Its first time need not be the one that it is counted from.
        following = _following(rule, at, found.zone, env.now if past else at - A_SECOND)
        if following is None:
            return wrong(_("It is over.") if past else _("It never comes."))
        at, rule = following
    elif past:
        return wrong(_("It is over."))
    values = {
        "text": name, "due_at": at, "rule": rule or None, "timezone": found.zone if rule else None,
        "owner": env.actor.id, "external_id": mark,
    }  # fmt: skip
    said = _("It comes also at the times that the file leaves out.") if found.loose and rule else ""
    return Planned(number, name, NEW, said, values)


def _following(rule: str, start: datetime, zone: str, after: datetime) -> tuple[datetime, str] | None:
    """The next time of a series after a moment, and its rule from there on."""
    at = recurrence.following(rule, start, after, zone)
    left = series.since(rule, start, at, zone) if at is not None else None
    if left is None:
        return None
    parts, ours = recurrence.parts_of(left.rule), recurrence.parts_of(rule)
    if "UNTIL" in ours:
        parts["UNTIL"] = ours["UNTIL"]
    return left.first, recurrence.text_of(parts)


@transaction.atomic
def bring(planned: Sequence[Planned], act: Act, anew: bool = False) -> dict[str, int]:
    """Make those that are new and move those that were moved; how many of each. With `anew`, those that lie in the bin
    are made once more. Invalid names the entry that the reminder's own rules refuse.
    """
    count = {NEW: 0, MOVED: 0}
    for each in planned:
        try:
            if each.state == MOVED:
                records.change("reminders", each.pk, each.values, act)
                count[MOVED] += 1
            elif each.state == NEW or (anew and each.state == BINNED):
                records.create("reminders", each.values, act)
                count[NEW] += 1
        except Invalid as error:
            why = error.errors[0].message if error.errors else error.title
            place = {"n": each.number, "name": each.name, "why": why}
            raise Invalid(_("Entry %(n)s, “%(name)s”: %(why)s") % place) from None
    return count
