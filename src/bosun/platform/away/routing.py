"""Whom a notice goes to while the one it is for is away, or has left.

The one who is away keeps a closed copy: it stands in the history and does not ring. What is still open when the
absence ends is handed back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db.models import F, Max, Q
from django.utils import translation
from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.actor import Actor
from bosun.lib import clock
from bosun.platform.away import along as lists
from bosun.platform.away import periods
from bosun.platform.deliveries import entering
from bosun.platform.org import actors, managers
from bosun.platform.org.models import Person
from bosun.platform.reminders import notices
from bosun.platform.reminders.models import Notice, Occurrence
from bosun.platform.reminders.services import TEXT

ABSENCE = "absence"
"""The kind of what somebody is told about his own absence."""
LEFT = "left"
"""The kind of a word that whoever stands in leaves with the one who is away, for when she is back."""
OWN = frozenset(("subscription", "day", ABSENCE, LEFT))
"""Kinds that stay with whom they are for: what they speak of is that person's alone."""
STAY = OWN | {"away"}
"""Kinds that stay with whoever was told already: what one stands in for says nothing to another."""
STALE = timedelta(days=30)
"""What somebody who left was told longer ago goes to nobody, unless it is still to be done."""
named: set[str] = set()
"""Kinds whose words are the name of a record and its day, and nothing else; said by whoever tells them."""
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
    active = there(held | set(stands_in))
    names = dict(Person.objects.filter(pk__in=held).values_list("pk", "name"))
    keys = {row.key for row in rows}
    found: list[Notice] = []
    for row in rows:
        found.append(row)
        # A copy is for whoever stands in at the end already.
        target = None if MARK in row.key else _target(row, now, active)
        if target is None or row.kind in OWN:
            continue
        if _himself(row, target) not in keys:
            copy = _instead(row, target, names.get(row.person_id, ""))
            copy.closed_at = row.closed_at  # A time that was missed stands in the history alone.
            found.append(copy)
        row.closed_at = row.made_at
    return found


def _gone(people: Iterable[int]) -> bool:
    wanted = set(people)
    return Person.objects.filter(pk__in=wanted, deleted_at__isnull=True, active=True).count() < len(wanted)


def _himself(row: Notice, target: int) -> str:
    """The key of what tells the same to somebody in his own name."""
    return f"{row.key.rpartition(':')[0]}:{target}"


def there(among: Iterable[int] | None = None) -> set[int]:
    """Those who can be told anything, of all people or of some."""
    rows = Person.objects.filter(deleted_at__isnull=True, active=True)
    return set((rows if among is None else rows.filter(pk__in=among)).values_list("pk", flat=True))


def deputy(
    person: int,
    what: str,
    now: datetime,
    active: set[int],
    manager: Callable[[int], int | None] = managers.deputy_of,
) -> int | None:
    """Who is told instead: whoever stands in; of somebody who left, else the manager, or whoever stands in for him.
    None where nobody is.
    """
    found = periods.end_of_chain(person, what, now, active)
    if found is not None or person in active:
        return found
    heir = manager(person)
    return heir if heir is None else periods.end_of_chain(heir, what, now, active) or heir


def left_to(person: int, now: datetime) -> list[int]:
    """Those who left, and whose matters fall to somebody, as far as something of theirs waits for being opened."""
    waits = Occurrence.objects.filter(waits=True, state="open", deleted_at__isnull=True, due_at__lte=now)
    left = set(waits.exclude(owner__active=True, owner__deleted_at__isnull=True).values_list("owner_id", flat=True))
    active = there() if left else set()
    return [each for each in left if each and deputy(each, "reminders", now, active) == person]


def _may_read(row: Notice, reader: Actor | None) -> bool:
    entity = registry.find(row.entity) if row.entity else None
    return entity is None or reader is None or access.may_row(entity, reader, "read", row.record_id or 0)


def _on_the_list(row: Notice, target: int) -> bool:
    """Whether the words name no more than the hand-over list does, and whoever stands in has that list."""
    entity = registry.find(row.entity) if row.entity else None
    if row.kind not in named or entity is None or lists.of(entity) is None:
        return False
    standing = periods.stood_in_for(target, clock.now())
    return any(held.person == row.person_id and "matters" in held.along for held in standing)


def _instead(row: Notice, target: int, name: str) -> Notice:
    reader = actors.load(target)
    with translation.override(reader.language if reader else None):
        open_ = row.reminder_id or _may_read(row, reader) or _on_the_list(row, target)
        said = row.text if open_ else _("a notice about what is not open to you")
        text = _("For %(person)s: %(text)s") % {"person": name, "text": said}
    return Notice(
        key=_key(row, target), kind=row.kind, person_id=target, reminder_id=row.reminder_id,
        occurrence_id=row.occurrence_id, text=text[:TEXT],
        entity=row.entity, record_id=row.record_id, due_at=row.due_at, made_at=row.made_at,
    )  # fmt: skip


def settle(now: datetime) -> None:
    """Open copies are with whoever stands in at this moment, else back with the one they are for: whatever became of
    the absence under which they were made, and of whoever had them."""
    active = there()
    copies = list(Notice.objects.filter(closed_at__isnull=True, key__contains=MARK).order_by("pk"))
    rows = Notice.objects.filter(key__in=[_of(copy) for copy in copies]).select_related("occurrence")
    own = {row.key: row for row in rows}
    right = {key: _target(row, now, active) for key, row in own.items()}
    wrong = [copy for copy in copies if right.get(_of(copy), copy.person_id) != copy.person_id]
    Notice.objects.filter(pk__in=[copy.pk for copy in wrong]).update(closed_at=now)
    moved = {key: (own[key], right[key]) for key in map(_of, wrong)}
    _open_again([row.pk for row, target in moved.values() if target is None])
    _give({key: each for key, each in moved.items() if each[1] is not None})
    _take_along(now, active)


def _take_along(now: datetime, active: set[int]) -> None:
    """Open cards of those who are away, as far as they were told since the absence began, or opened again by whoever
    stands in; and those of whoever left.
    """
    begun = {period.person: period.begins for period in periods.running(now)}
    left = Person.objects.exclude(deleted_at__isnull=True, active=True)
    fresh = Q(occurrence__state="open") | Q(made_at__gte=now - STALE)
    whose = Q(person_id__in=begun) | Q(fresh, person_id__in=left.values("pk"))
    rows = list(Notice.objects.filter(whose, closed_at__isnull=True).exclude(key__contains=MARK).exclude(kind__in=STAY))
    targets = {each: deputy(*each, now, active) for each in {(row.person_id, _what(row)) for row in rows}}
    held = {row.key: (row, targets[row.person_id, _what(row)]) for row in rows}
    before = set(Notice.objects.filter(key__in=[_key(*each) for each in held.values()]).values_list("key", flat=True))
    along: dict[str, tuple[Notice, int | None]] = {
        key: (row, target)
        for key, (row, target) in held.items()
        if target is not None and (_key(row, target) in before or row.made_at >= begun.get(row.person_id, row.made_at))
    }
    # As if it had never been open here: that it was, nobody has decided.
    Notice.objects.filter(key__in=list(along)).update(closed_at=F("made_at"))
    _give(along)


def _of(copy: Notice) -> str:
    """The key of the notice that it is a copy of."""
    return str(copy.key).partition(MARK)[0]


def _target(row: Notice, now: datetime, active: set[int]) -> int | None:
    # What was handed over since is its new owner's, and goes back to nobody else.
    whose = (row.occurrence.owner_id if row.occurrence else None) or row.person_id
    found = deputy(whose, _what(row), now, active)
    return whose if found is None and whose != row.person_id else found


def _what(row: Notice) -> str:
    """By which switch of an absence a notice goes along."""
    return "reminders" if row.reminder_id else "notices"


def _key(row: Notice, target: int | None) -> str:
    return f"{row.key}{MARK}{target}"


def _give(wanted: dict[str, tuple[Notice, int | None]]) -> None:
    """Copies for those who stand in now; one that was there before is opened again."""
    names = dict(Person.objects.filter(pk__in={row.person_id for row, _ in wanted.values()}).values_list("pk", "name"))
    keys = [_key(row, target) for row, target in wanted.values()]
    before = list(Notice.objects.filter(key__in=keys).values_list("pk", flat=True))
    if before:
        Notice.objects.filter(pk__in=before).update(closed_at=None, read_at=None)
        entering.revive(before, clock.now())
    made = [_instead(row, target, names.get(row.person_id, "")) for row, target in wanted.values() if target]
    if made:
        notices.enter(made)


def _open_again(ids: list[int]) -> None:
    Notice.objects.filter(pk__in=ids).update(closed_at=None)
    entering.revive(ids, clock.now())


def hand_back(person: int, now: datetime) -> None:
    """What nobody has seen to meanwhile goes back to the one who was away, whoever had it and put it away; to another
    who stands in by now, what he has not been told yet.
    """
    settle(now)
    awake = Q(occurrence__snoozed_until__isnull=True) | Q(occurrence__snoozed_until__lte=now)
    own = Notice.objects.filter(
        awake, person_id=person, occurrence__owner_id=person, occurrence__state="open",
        occurrence__deleted_at__isnull=True,
    )  # fmt: skip
    shown = Notice.objects.filter(occurrence__in=own.values("occurrence"), closed_at__isnull=True)
    latest = own.exclude(occurrence__in=shown.values("occurrence")).values("occurrence").annotate(last=Max("pk"))
    # What she was told later and put away herself stays away.
    kept = list(Notice.objects.filter(pk__in=latest.values("last"), closed_at=F("made_at")).order_by("pk"))
    target = deputy(person, "reminders", now, there())
    if target is None:
        _open_again([row.pk for row in kept])
        return
    his = Notice.objects.filter(person_id=target)
    times = set(his.filter(occurrence__in=[row.occurrence_id for row in kept]).values_list("occurrence_id", flat=True))
    himself = set(his.filter(key__in=[_himself(row, target) for row in kept]).values_list("key", flat=True))
    new = [row for row in kept if row.occurrence_id not in times and _himself(row, target) not in himself]
    _give({row.key: (row, target) for row in new})
