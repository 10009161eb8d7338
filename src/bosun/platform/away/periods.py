"""Who stands in for whom: kept in memory until an absence changes, asked by the clock each time.

Days are turned into moments when an absence is written, on the clock of the one who is away; another zone of that
person, or of the company, turns them anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from bosun.kernel import ports, stamps
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import clock
from bosun.platform.away import rules
from bosun.platform.away.models import Delegation
from bosun.platform.org.models import Company, Person

STAMP = "delegations"
KEPT = timedelta(days=1)
EVERYTHING = frozenset(("work", "reminders", "notices", "matters"))
EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True)
class Period:
    """One absence: who is away, who stands in, from when until when, and what goes along."""

    id: int
    person: int
    delegate: int
    begins: datetime
    ends: datetime
    along: frozenset[str]

    def runs(self, now: datetime) -> bool:
        """Whether it runs at this moment."""
        return self.begins <= now < self.ends


@dataclass(frozen=True)
class Standing:
    """Somebody for whom one stands in at this moment, himself or through others, and what comes along that way."""

    person: int
    begins: datetime
    ends: datetime
    along: frozenset[str]


def known() -> Sequence[Period]:
    """The absences that are not long over."""
    found: Sequence[Period] = stamps.cached(STAMP, "", _load)
    return found


def _load() -> Sequence[Period]:
    rows = Delegation.objects.filter(deleted_at__isnull=True, ends_at__gt=clock.now() - KEPT).order_by("pk")
    return [
        Period(
            row.pk, row.person_id, row.delegate_id, row.begins_at, row.ends_at,
            frozenset(name for name in EVERYTHING if getattr(row, name)),
        )
        for row in rows
    ]  # fmt: skip


def running(now: datetime) -> Iterator[Period]:
    """Those that run at this moment."""
    return (period for period in known() if period.runs(now))


def absence_of(person: int, now: datetime | None = None) -> Period | None:
    """The absence of somebody who is away at this moment."""
    moment = now or clock.now()
    return next((period for period in running(moment) if period.person == person), None)


def end_of_chain(person: int, what: str, now: datetime, may: Collection[int] | None = None) -> int | None:
    """Who stands in for somebody who is away, followed to the end; None where nobody does for this.

    `may` are those who can stand in at all: whoever cannot ends the chain before him.
    """
    at, seen = person, {person}
    while True:
        period = absence_of(at, now)
        if period is None or what not in period.along or period.delegate in seen:
            break
        if may is not None and period.delegate not in may:
            break
        at = period.delegate
        seen.add(at)
    return at if at != person else None


def stood_in_for(delegate: int, now: datetime) -> list[Standing]:
    """All for whom somebody stands in at this moment, directly or through somebody who is away as well."""
    found: list[Standing] = []
    front = [Standing(delegate, *EVER, EVERYTHING)]
    seen = {delegate}
    while front:
        held = front.pop()
        for period in running(now):
            if period.delegate != held.person or period.person in seen:
                continue
            seen.add(period.person)
            begins, ends = max(period.begins, held.begins), min(period.ends, held.ends)
            made = Standing(period.person, begins, ends, period.along & held.along)
            found.append(made)
            front.append(made)
    return found


def people_of(delegate: int, now: datetime) -> list[int]:
    """Whose reminders go to somebody at this moment."""
    return [held.person for held in stood_in_for(delegate, now) if "reminders" in held.along]


# what follows a write --------------------------------------------------------------------------------------------


def zone_of(person: int) -> str:
    """On whose clock the days of somebody's absence are read."""
    held = Person.objects.filter(pk=person).values_list("zone", flat=True).first()
    return held or ports.company().zone


def follow(drafts: Sequence[Draft], env: Env) -> None:
    """A projection: the moments of an absence follow its days, and the zone of its person, else of the company."""
    if not drafts:
        return
    if drafts[0].entity.model is Delegation:
        for draft in drafts:
            if draft.verb in ("created", "restored") or {"person", "first_day", "last_day"} & set(draft.diff):
                _settle(draft.record)
    elif drafts[0].entity.model is Person:
        moved = [draft.id for draft in drafts if "zone" in draft.diff and draft.verb != "created"]
        _move(Q(person__in=moved), env)
    elif drafts[0].entity.model is Company and any("zone" in draft.diff for draft in drafts):
        # What is kept of the company in memory is that of before.
        _move(Q(person__zone__isnull=True) | Q(person__zone=""), env, drafts[-1].record.zone)


def _move(whose: Q, env: Env, zone: str = "") -> None:
    """The days of absences that are not over are read on another clock."""
    rows = list(Delegation.objects.filter(whose, ends_at__gt=env.now, deleted_at__isnull=True))
    for row in rows:
        _settle(row, zone)
    if rows:
        stamps.bump(STAMP)


def end(pks: Sequence[int]) -> list[int]:
    """These absences are no more, whatever becomes of their rows; whose they were."""
    rows = Delegation.objects.filter(pk__in=pks, deleted_at__isnull=True)
    people = list(rows.values_list("person_id", flat=True))
    rows.update(deleted_at=clock.now())
    return people


def _settle(row: Delegation, zone: str = "") -> None:
    row.begins_at, row.ends_at = rules.moments(row.first_day, row.last_day, zone or zone_of(row.person_id))
    if row.ends_at > clock.now():
        row.handed_back_at = None
    kept = {"begins_at": row.begins_at, "ends_at": row.ends_at, "handed_back_at": row.handed_back_at}
    Delegation.objects.filter(pk=row.pk).update(**kept)
