"""When somebody works: the hours of the department, inherited from those above and from the company."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bosun.kernel import ports, stamps
from bosun.kernel.actor import Actor
from bosun.kernel.errors import NotFound
from bosun.lib import dates, workdays
from bosun.platform.org import actors
from bosun.platform.org.models import Department
from bosun.platform.workday.entity import STAMP
from bosun.platform.workday.models import CalendarException, WorkingHours
from bosun.platform.workday.rules import TIMES, WEEKDAYS, clock_of

STARTS, ENDS = time(9), time(18)
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """How a department works, all inheritance told."""

    calendar: workdays.Calendar
    starts: time = STARTS
    ends: time = ENDS
    pause: tuple[time, time] | None = None
    country: str = ""
    subdivision: str = ""


@dataclass(frozen=True)
class Workday:
    """One working day of one person, as moments."""

    day: date
    starts: datetime
    ends: datetime


def of_company() -> Hours:
    """The hours of the company itself."""
    return of_department(None)


def of_department(pk: int | None) -> Hours:
    """The hours of a department; of nobody's the company's."""
    chain = _chain(pk, stamps.cached("departments", "parents", _parents))
    own: Mapping[int | None, WorkingHours] = stamps.cached(STAMP, "hours", _hours)
    rows = [own[each] for each in chain if each in own]
    timed = next((row for row in rows if row.starts and row.ends), None)
    placed = next((row for row in rows if row.country), None)
    week = next((row.weekdays for row in rows if row.weekdays), None)
    country = (placed.country if placed else ports.company().country) or ""
    part = (placed.subdivision or "") if placed else ""
    calendar = workdays.Calendar(
        workdays.of(country, part).days,
        frozenset(map(WEEKDAYS.index, week)) if week else workdays.WEEK,
        _exceptions(chain, stamps.cached(STAMP, "exceptions", _days)),
    )
    if timed is None:
        return Hours(calendar, country=country, subdivision=part)
    starts, ends, pause, back = (clock_of(getattr(timed, name)) for name in TIMES)
    both = (pause, back) if pause and back else None
    return Hours(calendar, starts or STARTS, ends or ENDS, both, country, part)


def workday_of(person: Actor, day: date) -> Workday | None:
    """The working day of a person on the wall clock of his zone; None on a day off."""
    hours = of_department(person.department)
    if not hours.calendar.works(day):
        return None
    return Workday(day, dates.localise(day, hours.starts, person.zone), dates.localise(day, hours.ends, person.zone))


def day_ends_at(person: Actor, now: datetime) -> datetime | None:
    """When the working day of a person ends on the day that it is for him; None on a day off."""
    found = workday_of(person, now.astimezone(ZoneInfo(person.zone)).date())
    return found.ends if found else None


def next_workday(person: Actor, day: date) -> Workday:
    """The first working day after a day; the day after it where a calendar has none."""
    hours = of_department(person.department)
    try:
        found = hours.calendar.add(day, 1)
    except dates.DateError:
        found = day + ONE
    starts = dates.localise(found, hours.starts, person.zone)
    return Workday(found, starts, dates.localise(found, hours.ends, person.zone))


def end_for(person: int, now: datetime) -> datetime:
    """By when somebody can do a thing that he is given now: the end of his working day, or of the next one."""
    receiver = actors.load(person)
    if receiver is None:
        raise NotFound()
    today = now.astimezone(ZoneInfo(receiver.zone)).date()
    found = workday_of(receiver, today)
    return found.ends if found and found.ends > now else next_workday(receiver, today).ends


def _parents() -> dict[int, int | None]:
    return dict(Department.objects.filter(deleted_at__isnull=True).values_list("pk", "parent_id"))


def _hours() -> dict[int | None, WorkingHours]:
    # Where two were entered at once, the earlier one holds.
    rows = WorkingHours.objects.filter(deleted_at__isnull=True).order_by("-pk")
    return {row.department_id: row for row in rows}


def _days() -> list[CalendarException]:
    return list(CalendarException.objects.filter(deleted_at__isnull=True).order_by("pk"))


def _chain(pk: int | None, parents: Mapping[int, int | None]) -> list[int | None]:
    """A department, those above it, and last the company."""
    found: list[int | None] = []
    while pk is not None and pk not in found:
        found.append(pk)
        pk = parents.get(pk)
    return [*found, None]


def _exceptions(chain: Sequence[int | None], rows: Iterable[CalendarException]) -> dict[date, bool]:
    """Single days; what is nearer in the tree holds, and of equally near ones the later entered."""
    by_department: dict[int | None, list[CalendarException]] = {}
    for row in rows:
        by_department.setdefault(row.department_id, []).append(row)
    found: dict[date, bool] = {}
    for each in reversed(chain):
        for row in by_department.get(each, ()):
            day, last = row.day, row.until or row.day
            while day <= last:
                found[day] = row.kind == "working"
                day += ONE
    return found
