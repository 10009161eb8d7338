"""Pure decisions about customers: the contact cycle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, TextField, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bosun.kernel import ports
from bosun.kernel.drafts import Draft, Rule
from bosun.kernel.env import Env
from bosun.kernel.kinds import Choice, Date
from bosun.lib import clock

SOON_DAYS = 3
DEFAULT_INTERVAL = 90
LONGEST_PAUSE = timedelta(days=731)
DAY = Date()
STATES = {"good": _("Normal"), "soon": _("Soon"), "due": _("Due today"), "overdue": _("Overdue")}


class State(Choice):
    """The contact cycle: how near the next contact is, by colour and word."""

    key = "state"
    cell = "state"
    groupable = False

    def mark(self, value: Any, record: Any, env: Env) -> Mapping[str, Any] | None:
        if value is None or record is None:
            return None
        zone = ZoneInfo(env.company.zone)
        since = record.created_at.astimezone(zone).date() if record.created_at else env.today
        return ring(record.next_contact, record.last_contact or since, env)


STATE_KIND = State("", STATES)


def not_below_zero(*names: str) -> Rule:
    """A rule: these amounts are nothing or more."""

    def check(draft: Draft, env: Env) -> None:
        for name in names:
            amount = draft.values.get(name)
            if amount is not None and amount.minor < 0:
                label = draft.entity.specs()[name].label
                draft.refuse(name, gettext("“%(field)s” cannot be less than zero.") % {"field": label})

    return check


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


def ring(due: date, since: date, env: Env) -> dict[str, Any]:
    """How a day that something is due on is drawn: state, share of the time gone, words, and the day itself."""
    return {
        "state": state(due, env.today),
        "elapsed": elapsed_percent(since, due, since, env.today),
        "word": words_until(due, env.today),
        "title": DAY.text(due, env),
    }


def words_until(due: date, day: date) -> str:
    """How long until a day, or since it."""
    away = (due - day).days
    if away < 0:
        return gettext("Overdue %(days)s d") % {"days": -away}
    if away == 0:
        return gettext("Due today")
    return ngettext("In %(days)s day", "In %(days)s days", away) % {"days": away}


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


def next_contact(last: date | None, since: date, interval: int, paused_until: date | None = None) -> date:
    """The day of the next contact: an interval after the last one, or after the customer came to us; not in a pause."""
    planned = (last or since) + timedelta(days=interval)
    return max(planned, paused_until) if paused_until else planned


def pause_has_reason(draft: Draft, env: Env) -> None:
    """A rule: whoever lets a customer rest says why, and for two years at most."""
    if not draft.changes("paused_until", "pause_reason") or draft.value("paused_until") is None:
        return
    if not draft.value("pause_reason"):
        draft.refuse("pause_reason", gettext("Say why this customer is left in peace."))
    if "paused_until" in draft.values and draft.value("paused_until") > env.today + LONGEST_PAUSE:
        draft.refuse("paused_until", gettext("A pause lasts two years at most."))


def elapsed_percent(last: date | None, following: date | None, since: date, day: date) -> int:
    """How much of the interval has gone, 0 to 100."""
    begin = last or since
    if following is None or following <= begin:
        return 100
    return max(0, min(100, round(100 * (day - begin).days / (following - begin).days)))
