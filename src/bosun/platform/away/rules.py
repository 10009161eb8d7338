"""Pure decisions about absences: whether one is to come, runs or is over."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, TextField, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import pgettext_lazy

from bosun.kernel.kinds import Choice
from bosun.lib import clock, dates

COMING, NOW, OVER = "coming", "now", "over"
STATE = Choice(
    "",
    {
        COMING: pgettext_lazy("absence", "Coming"),
        NOW: pgettext_lazy("absence", "Now"),
        OVER: pgettext_lazy("absence", "Over"),
    },
)
LONGEST = 366
"""Days."""


def moments(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """When an absence begins, and from when on it is over, on the clock of this zone."""
    return dates.localise(first, time(0), zone), dates.localise(last + timedelta(days=1), time(0), zone)


def state_of(record: Any) -> str | None:
    """Coming, now or over."""
    if record.begins_at is None or record.ends_at is None:
        return None
    now = clock.now()
    return COMING if now < record.begins_at else NOW if now < record.ends_at else OVER


def state_expression() -> Combinable:
    """The same in SQL."""
    now = clock.now()
    return Case(
        When(begins_at__gt=now, then=Value(COMING)),
        When(ends_at__gt=now, then=Value(NOW)),
        When(ends_at__lte=now, then=Value(OVER)),
        output_field=TextField(),
    )
