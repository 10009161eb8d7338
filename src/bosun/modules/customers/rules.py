"""Pure decisions about customers: the contact cycle."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Case, TextField, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from bosun.kernel import ports
from bosun.kernel.kinds import Choice
from bosun.lib import clock

SOON_DAYS = 3
DEFAULT_INTERVAL = 90
STATES = {"good": _("Normal"), "soon": _("Soon"), "due": _("Due today"), "overdue": _("Overdue")}


class State(Choice):
    """The contact cycle: how near the next contact is, by colour and word."""

    key = "state"
    cell = "state"
    groupable = False


STATE_KIND = State("", STATES)


def today() -> date:
    """Today in the company's zone: one colour for all."""
    return clock.today(ports.company().zone)


def state(next_contact: date | None, day: date) -> str | None:
    """Normal, soon, due or overdue on a day; None where no contact is planned."""
    if next_contact is None:
        return None
    if next_contact < day:
        return "overdue"
    if next_contact == day:
        return "due"
    return "soon" if next_contact <= day + timedelta(days=SOON_DAYS) else "good"


def state_of(record: Any) -> str | None:
    """The state of a customer today."""
    return state(record.next_contact, today())


def state_expression() -> Combinable:
    """The same in SQL."""
    day = today()
    return Case(
        When(next_contact__lt=day, then=Value("overdue")),
        When(next_contact=day, then=Value("due")),
        When(next_contact__lte=day + timedelta(days=SOON_DAYS), then=Value("soon")),
        When(next_contact__isnull=False, then=Value("good")),
        output_field=TextField(),
    )


def next_contact(last: date | None, since: date, interval: int) -> date:
    """The day of the next contact: an interval after the last one, or after the customer came to us."""
    return (last or since) + timedelta(days=interval)


def elapsed_percent(last: date | None, following: date | None, since: date, day: date) -> int:
    """How much of the interval has gone, 0 to 100."""
    begin = last or since
    if following is None or following <= begin:
        return 100
    return max(0, min(100, round(100 * (day - begin).days / (following - begin).days)))
