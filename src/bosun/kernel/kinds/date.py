"""Dates and moments. Every comparison becomes a range, the same in SQL and in Python."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.db.models.lookups import GreaterThanOrEqual, IsNull, LessThan
from django.utils.translation import gettext as _

from bosun.kernel.env import Env
from bosun.kernel.kinds.base import EMPTY_OPS, Kind, refuse
from bosun.lib import dates, locales

PERIODS = ("day", "week", "month", "quarter", "year")
DAYS_LIMIT = 36_500


def date_message(code: str) -> str:
    """The sentence for an error code of lib.dates."""
    if code == "range":
        return _("Dates run from 1900 to 2199.")
    return _("This is not a date. Write it as 2026-11-30.")


class Date(Kind):
    """A calendar day, without a zone."""

    key = "date"
    widget = "date"
    cell = "date"
    operators = ("is", "is_not", "lt", "lte", "gt", "gte", "between", "last_days", "next_days", "this", *EMPTY_OPS)
    aggregates = ("min", "max")

    def parse_filled(self, raw: Any, env: Env) -> Any:
        if isinstance(raw, datetime):
            return raw.astimezone(ZoneInfo(env.company.zone)).date()
        if isinstance(raw, date):
            return raw
        return self._day(raw, env)

    def _day(self, raw: Any, env: Env) -> date:
        if not isinstance(raw, str):
            raise refuse(date_message(""))
        try:
            return dates.parse_date(raw, "en" if env.strict else env.language, env.date_order)
        except dates.DateError as error:
            raise refuse(date_message(error.code)) from None

    def dump(self, value: Any) -> Any:
        return None if value is None else value.isoformat()

    def load(self, data: Any) -> Any:
        return None if data is None else date.fromisoformat(data)

    def text(self, value: Any, env: Env) -> str:
        return "" if value is None else format_date(value, "medium", locale=locales.shown(env.language))

    def export(self, value: Any, env: Env) -> str:
        return "" if value is None else value.isoformat()

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}

    def words(self, value: Any) -> str:
        return ""

    def edge(self, day: date, env: Env) -> Any:
        """The first stored value that belongs to `day`."""
        return day

    def operand(self, op: str, raw: Any, env: Env) -> Any:
        """A half-open range (low, high); None is open."""
        if op in EMPTY_OPS:
            return None
        low, high = self._days(op, raw, env)
        return (None if low is None else self.edge(low, env), None if high is None else self.edge(high, env))

    def _days(self, op: str, raw: Any, env: Env) -> tuple[date | None, date | None]:
        one = timedelta(days=1)
        if op == "this":
            if raw not in PERIODS:
                raise refuse(_("Choose day, week, month, quarter or year."))
            return dates.period(raw, env.today)
        if op in ("last_days", "next_days"):
            try:
                count = int(raw)
            except (TypeError, ValueError):
                raise refuse(_("Give a number of days.")) from None
            if not 0 <= count <= DAYS_LIMIT:
                raise refuse(_("Give a number of days."))
            span = timedelta(days=count)
            return (env.today - span, env.today + one) if op == "last_days" else (env.today, env.today + span + one)
        if op == "between":
            parts = raw if isinstance(raw, list | tuple) else str(raw).split(",")
            if len(parts) != 2:
                raise refuse(_("“Between” needs two values."))
            return self._given(parts[0], env), self._given(parts[1], env) + one
        day = self._given(raw, env)
        return {
            "is": (day, day + one),
            "is_not": (day, day + one),
            "lt": (None, day),
            "lte": (None, day + one),
            "gt": (day + one, None),
            "gte": (day, None),
        }[op]

    def _given(self, raw: Any, env: Env) -> date:
        if raw == "today":
            return env.today
        if isinstance(raw, datetime):
            return raw.astimezone(ZoneInfo(env.company.zone)).date()
        return raw if isinstance(raw, date) else self._day(raw, env)

    def q(self, expr: Combinable, op: str, operand: Any) -> Q:
        if op in EMPTY_OPS:
            return super().q(expr, op, operand)
        found = Q(IsNull(expr, False))
        if operand[0] is not None:
            found &= Q(GreaterThanOrEqual(expr, operand[0]))
        if operand[1] is not None:
            found &= Q(LessThan(expr, operand[1]))
        return ~found if op == "is_not" else found

    def test_stored(self, stored: Any, op: str, operand: Any) -> bool:
        low, high = operand
        return (low is None or stored >= low) and (high is None or stored < high)

    def operand_text(self, op: str, operand: Any, env: Env) -> str:
        if operand is None:
            return ""
        low, high = (self._shown_day(part, env) for part in operand)
        last = None if high is None else high - timedelta(days=1)
        if op == "lt" and high is not None:
            return Date.text(self, high, env)
        if op == "gt":
            low = None if low is None else low - timedelta(days=1)
        ends = [Date.text(self, day, env) for day in (low, last) if day is not None]
        return ends[0] if len(set(ends)) == 1 else " – ".join(ends)

    def _shown_day(self, part: Any, env: Env) -> date | None:
        return part.astimezone(ZoneInfo(env.company.zone)).date() if isinstance(part, datetime) else part

    def sample(self, rng: random.Random) -> Any:
        return (date(2026, 1, 1) + timedelta(days=rng.randrange(300))).isoformat()


class Moment(Date):
    """A moment, stored in UTC, shown in the reader's zone; compared by days of the company's zone."""

    key = "datetime"
    widget = "datetime"
    cell = "datetime"

    def parse_filled(self, raw: Any, env: Env) -> Any:
        if isinstance(raw, datetime):
            return raw if raw.tzinfo else raw.replace(tzinfo=ZoneInfo(env.actor.zone))
        if isinstance(raw, date):
            return datetime(raw.year, raw.month, raw.day, tzinfo=ZoneInfo(env.actor.zone))
        if not isinstance(raw, str):
            raise refuse(date_message(""))
        try:
            return dates.parse_datetime(
                raw, env.actor.zone, locale="en" if env.strict else env.language, order=env.date_order
            )
        except dates.DateError as error:
            raise refuse(date_message(error.code)) from None

    def edge(self, day: date, env: Env) -> Any:
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(env.company.zone)).astimezone(UTC)

    def dump(self, value: Any) -> Any:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def keep(self, value: Any) -> Any:
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def load(self, data: Any) -> Any:
        return None if data is None else datetime.fromisoformat(data.replace("Z", "+00:00"))

    def text(self, value: Any, env: Env) -> str:
        if value is None:
            return ""
        local = dates.seen_in(value, env.actor.zone)
        return format_datetime(
            local,
            "d MMM y HH:mm" if env.language != "zh-hans" else "y年M月d日 HH:mm",
            locale=locales.shown(env.language),
        )

    def export(self, value: Any, env: Env) -> str:
        return "" if value is None else str(self.dump(value))

    def form(self, value: Any, env: Env) -> Any:
        if value is None:
            return ""
        return dates.seen_in(value, env.actor.zone).replace(tzinfo=None).isoformat(timespec="minutes")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}

    def sample(self, rng: random.Random) -> Any:
        return str(super().sample(rng)) + "T09:30:00Z"
