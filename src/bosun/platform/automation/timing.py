"""When rules act that wait for a time: a date of the record and an offset, or a recurrence over all records.

`{"at": "closes", "offset": -3, "unit": "workdays", "hour": 9}`: three working days before; units are days, workdays and
hours. `{"idle": "updated_at", "days": 30}`: nothing of that for so long. `{"every": "FREQ=WEEKLY;BYDAY=MO", "hour": 9,
"from": "2026-11-23"}`: again and again. `"missed"` says what becomes of what fell into a time when nothing ran: `late`
(done, and marked so) or `skip`. Hours are on the company's wall clock, working days those of the company's calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import dates as names
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import access
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Date, Moment
from bosun.kernel.specs import FieldSpec
from bosun.lib import dates, recurrence
from bosun.platform import wording
from bosun.platform.workday import hours

UNITS = ("days", "workdays", "hours")
LATE, SKIP = "late", "skip"
MOST_DAYS = 3660
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
GRACE = timedelta(hours=1)
"""What is done within this of its time was not missed."""


@dataclass(frozen=True)
class Trigger:
    """When a rule acts: at a field's date and an offset, or at each occurrence of a series."""

    zone: str
    hour: int
    missed: str
    spec: FieldSpec | None = None
    offset: int = 0
    unit: str = "days"
    rule: str = ""
    start: datetime | None = None

    def fires_at(self, value: date | datetime) -> datetime:
        """The moment for a record with this date."""
        if not isinstance(value, datetime):
            return dates.localise(self._moved(value), time(self.hour), self.zone).astimezone(UTC)
        if self.unit == "hours":
            return value + timedelta(hours=self.offset)
        wall = value.astimezone(ZoneInfo(self.zone))
        return dates.localise(self._moved(wall.date()), wall.time(), self.zone).astimezone(UTC)

    def _moved(self, day: date) -> date:
        if self.unit == "workdays":
            return hours.of_company().calendar.add(day, self.offset)
        return day + timedelta(days=self.offset)

    def around(self, since: datetime, until: datetime) -> tuple[Any, Any]:
        """Bounds for the field within which lie all records that may be due between two moments."""
        shift = timedelta(hours=self.offset) if self.unit == "hours" else timedelta(days=self.offset)
        slack = timedelta(days=3) + (abs(shift) + timedelta(days=14) if self.unit == "workdays" else timedelta())
        low, high = since - shift - slack, until - shift + slack
        assert self.spec is not None  # noqa: S101 - only of a trigger at a field
        bounds = (low, high) if isinstance(self.spec.kind, Moment) else (low.date(), high.date())
        return self.spec.held(bounds[0]), self.spec.held(bounds[1])

    def occurrence(self, since: datetime, until: datetime) -> datetime | None:
        """The last occurrence of a series after one moment and up to another; those missed before are one with it."""
        return next(reversed(self.occurrences(since, until)), None)

    def occurrences(self, since: datetime, until: datetime) -> list[datetime]:
        """All occurrences of a series after one moment and up to another."""
        assert self.start is not None  # noqa: S101 - only of a series
        found, at = [], since
        if since < self.start <= until:
            found, at = [self.start], self.start
        while (following := recurrence.following(self.rule, self.start, at, self.zone)) and following <= until:
            found.append(following)
            at = following
        return found

    def words(self, env: Env) -> str:
        """When, in words."""
        if self.spec is None:
            often = wording.value(series().get(self.rule, self.rule))
            return _("%(series)s at %(hour)s:00") % {"series": often, "hour": self.hour}
        count = abs(self.offset)
        units = {
            "days": ngettext("%(count)s day", "%(count)s days", count),
            "workdays": ngettext("%(count)s working day", "%(count)s working days", count),
            "hours": ngettext("%(count)s hour", "%(count)s hours", count),
        }
        said = {"field": self.spec.label, "offset": wording.value(units[self.unit] % {"count": count})}
        if not self.offset:
            return _("on %(field)s") % said
        return (_("%(offset)s before %(field)s") if self.offset < 0 else _("%(offset)s after %(field)s")) % said


def series() -> dict[str, str]:
    """The usual series in words, by their rule."""
    weekly = _("every %(day)s")
    found = {"FREQ=DAILY": _("every day"), "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": _("Monday to Friday")}
    found |= {f"FREQ=WEEKLY;BYDAY={key}": weekly % {"day": names.WEEKDAYS[number]} for number, key in enumerate(DAYS)}
    return found | {
        "FREQ=MONTHLY;BYMONTHDAY=1": _("on the first of each month"),
        "FREQ=MONTHLY;BYMONTHDAY=-1": _("on the last day of each month"),
    }


def parse(raw: Any, entity: Entity, env: Env) -> Trigger:
    """A trigger from its JSON form; Invalid where it makes no sense."""
    if not isinstance(raw, Mapping):
        raise _wrong(_("Say at what time the rule acts."))
    if set(raw) - {"at", "offset", "unit", "hour", "missed", "idle", "days", "every", "from"}:
        raise _wrong(_("This time cannot be read."))
    hour, missed = raw.get("hour", 9), raw.get("missed", LATE)
    if not _whole(hour, 0, 23) or missed not in (LATE, SKIP):
        raise _wrong(_("This time cannot be read."))
    frame = {"zone": env.company.zone, "hour": hour, "missed": missed}
    if "every" in raw:
        return _series(raw, env, frame)
    offset, unit = (raw.get("days"), "days") if "idle" in raw else (raw.get("offset", 0), raw.get("unit", "days"))
    spec = access.specs(entity, env.actor).get(str(raw.get("idle") or raw.get("at")))
    if spec is None or not isinstance(spec.kind, Date | Moment):
        raise _wrong(_("Choose a date of the record."))
    if not isinstance(offset, int) or not _whole(offset, -MOST_DAYS, MOST_DAYS) or unit not in UNITS:
        raise _wrong(_("This time cannot be read."))
    if unit == "hours" and not isinstance(spec.kind, Moment):
        raise _wrong(_("A date has no hours: count in days."))
    return Trigger(**frame, spec=spec, offset=offset, unit=unit)


def _series(raw: Mapping[str, Any], env: Env, frame: dict[str, Any]) -> Trigger:
    try:
        rule = recurrence.normalise(str(raw["every"]))
        day = date.fromisoformat(str(raw.get("from") or env.today.isoformat()))
        if not EARLIEST <= day <= LATEST:
            raise _wrong(_("Begin on a day between 1900 and 2200."))
        start = dates.localise(day, time(frame["hour"]), frame["zone"]).astimezone(UTC)
    except (recurrence.RecurrenceError, ValueError):
        raise _wrong(_("This time cannot be read.")) from None
    if recurrence.following(rule, start, start - timedelta(seconds=1), frame["zone"]) != start:
        # The day on which it begins is no occurrence itself, as a Friday of every Monday.
        start = recurrence.following(rule, start, start, frame["zone"]) or start
    return Trigger(**frame, rule=rule, start=start)


def _whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _wrong(message: str) -> Invalid:
    return Invalid([FieldError("trigger", message)])
