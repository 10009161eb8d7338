"""How each person's day at Bosun went: opened first, asked what is open, answered, left. One row a person and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bosun.kernel import stamps
from bosun.kernel.actor import Actor
from bosun.platform.workday import hours
from bosun.platform.workday.models import Asking, Day

ASKING = "asking"
CHOICES = (0, 10, 15, 30, 45, 60, 90)
"""Minutes before the end of the day at which people may be asked; 0 never."""


@dataclass(frozen=True)
class Wish:
    """When a person is asked what is still open."""

    minutes: int = 30
    leaving: bool = True


def wish_of(person: int) -> Wish:
    """A person's choice, or what ships."""
    found: Wish = stamps.cached(ASKING, str(person), lambda: _wish(person))
    return found


def _wish(person: int) -> Wish:
    row = Asking.objects.filter(person_id=person).first()
    return Wish(row.minutes, row.leaving) if row else Wish()


def keep_wish(person: int, wish: Wish) -> None:
    """A person's choice from now on."""
    chosen = {"minutes": wish.minutes, "leaving": wish.leaving}
    Asking.objects.update_or_create(person_id=person, defaults=chosen)
    stamps.bump(ASKING)


def today_of(person: Actor, now: datetime) -> date:
    """The day that it is for a person."""
    return now.astimezone(ZoneInfo(person.zone)).date()


def asks_at(person: Actor, day: date) -> datetime | None:
    """When a person is asked on a day; None on a day off, and for those who do not wish it."""
    wish, found = wish_of(person.id or 0), hours.workday_of(person, day)
    return found.ends - timedelta(minutes=wish.minutes) if found and wish.minutes else None


def is_new(person: Actor, now: datetime) -> bool:
    """Whether Bosun has not been open before this person today."""
    return not Day.objects.filter(person_id=person.id or 0, day=today_of(person, now)).exists()


def opened(person: Actor, now: datetime) -> bool:
    """Bosun is open before this person; True for the first time of the day."""
    row, made = Day.objects.get_or_create(
        person_id=person.id or 0, day=today_of(person, now), defaults={"opened_at": now}
    )
    if row.left_at is not None:
        Day.objects.filter(pk=row.pk).update(left_at=None)
    return made


def asked(person: Actor, now: datetime) -> bool:
    """This person is about to be asked; False where that was done today, in whatever tab."""
    return _mark(person, now, "asked_at")


def answered(person: Actor, now: datetime) -> bool:
    """What is open was looked at, and stays for another day."""
    return _mark(person, now, "answered_at")


def left(person: Actor, now: datetime) -> None:
    """The last window was closed."""
    opened(person, now)
    Day.objects.filter(person_id=person.id or 0, day=today_of(person, now)).update(left_at=now)


def told(row: Day, now: datetime) -> bool:
    """What was left open is about to be told; False where that was done."""
    return bool(Day.objects.filter(pk=row.pk, told_at__isnull=True).update(told_at=now))


def untold(since: date) -> list[Day]:
    """The days on which nobody has answered yet."""
    return list(Day.objects.filter(day__gte=since, told_at__isnull=True, answered_at__isnull=True).order_by("pk"))


def _mark(person: Actor, now: datetime, name: str) -> bool:
    opened(person, now)
    unmarked = {"person_id": person.id or 0, "day": today_of(person, now), f"{name}__isnull": True}
    return bool(Day.objects.filter(**unmarked).update(**{name: now}))
