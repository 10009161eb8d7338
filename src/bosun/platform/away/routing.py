"""Whom a notice goes to while the one it is for is away, or has left.

The one who is away keeps a closed copy: it stands in the history and does not ring. What is still open when the
absence ends is handed back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from bosun.lib import clock
from bosun.platform.away import periods
from bosun.platform.org import actors, managers
from bosun.platform.org.models import Person
from bosun.platform.reminders import notices
from bosun.platform.reminders.models import Notice
from bosun.platform.reminders.services import TEXT

OWN = frozenset(("subscription",))
"""Kinds that stay with whom they are for: what they speak of is open to that person alone."""
MARK = ">"
"""Between the key of a notice and the one who gets it instead."""


def route(rows: list[Notice]) -> list[Notice]:
    """Rows for those who are there; a copy, marked as such, goes to whoever stands in."""
    if not rows:
        return rows
    now = clock.now()
    held = {row.person_id for row in rows}
    stands_in = [period.delegate for period in periods.running(now)]
    if not stands_in and not _gone(held):
        return rows
    active = set(
        Person.objects.filter(pk__in=held | set(stands_in), deleted_at__isnull=True, active=True).values_list(
            "pk", flat=True
        )
    )
    names = dict(Person.objects.filter(pk__in=held).values_list("pk", "name"))
    keys = {row.key for row in rows}
    found: list[Notice] = []
    for row in rows:
        target = deputy(row.person_id, "reminders" if row.reminder_id else "notices", now, active)
        found.append(row)
        if target is None or row.kind in OWN:
            continue
        row.closed_at = row.made_at
        if f"{_base(row.key)}:{target}" not in keys:
            found.append(_instead(row, target, names.get(row.person_id, "")))
    return found


def _gone(people: Iterable[int]) -> bool:
    wanted = set(people)
    return Person.objects.filter(pk__in=wanted, deleted_at__isnull=True, active=True).count() < len(wanted)


def _base(key: str) -> str:
    return key.rpartition(":")[0]


def deputy(person: int, what: str, now: datetime, active: Iterable[int]) -> int | None:
    """Who is told instead: whoever stands in; of somebody who left, else the manager. None where nobody is."""
    there = set(active)
    found = periods.end_of_chain(person, what, now, list(there))
    if found is not None or person in there:
        return found
    return managers.deputy_of(person)


def _instead(row: Notice, target: int, name: str) -> Notice:
    reader = actors.load(target)
    with translation.override(reader.language if reader else None):
        text = _("For %(person)s: %(text)s") % {"person": name, "text": row.text}
    return Notice(
        key=f"{row.key}{MARK}{target}", kind=row.kind, person_id=target, reminder_id=row.reminder_id,
        text=text[:TEXT], entity=row.entity, record_id=row.record_id, due_at=row.due_at, made_at=row.made_at,
    )  # fmt: skip


def pass_on(gone: int, now: datetime) -> None:
    """Cards that somebody who left had for others go to whoever stands in now, or back to the one they were for."""
    left = list(Notice.objects.filter(person_id=gone, closed_at__isnull=True, key__contains=MARK).order_by("pk"))
    Notice.objects.filter(pk__in=[row.pk for row in left]).update(closed_at=now)
    own = {row.key: row for row in Notice.objects.filter(key__in=[row.key.rpartition(MARK)[0] for row in left])}
    names = dict(Person.objects.filter(pk__in={row.person_id for row in own.values()}).values_list("pk", "name"))
    active = set(Person.objects.filter(deleted_at__isnull=True, active=True).values_list("pk", flat=True))
    found = []
    for row in own.values():
        target = deputy(row.person_id, "reminders" if row.reminder_id else "notices", now, active)
        if target is None:
            Notice.objects.filter(pk=row.pk).update(closed_at=None)
        else:
            found.append(_instead(row, target, names.get(row.person_id, "")))
    if found:
        notices.enter(found)


def hand_back(person: int, since: datetime, now: datetime) -> int:
    """What nobody has seen to meanwhile goes back to the one who was away, whoever had it; how many notices."""
    left = Notice.objects.filter(closed_at__isnull=True, made_at__gte=since, key__contains=MARK)
    of = {row.key.rpartition(MARK)[0]: row.pk for row in left}
    own = list(Notice.objects.filter(key__in=list(of), person_id=person).values_list("key", flat=True))
    Notice.objects.filter(pk__in=[of[key] for key in own]).update(closed_at=now)
    return int(Notice.objects.filter(key__in=own).update(closed_at=None))
