"""Pure decisions about tasks."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from django.db.models import Case, TextField, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel import ports
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import clock, dates, locales, recurrence
from bosun.modules.activities.rules import customer_of

PRIORITIES = {"high": _lazy("High"), "normal": _lazy("Normal"), "low": _lazy("Low")}
STATES = {"good": _lazy("Later"), "soon": _lazy("Soon"), "due": _lazy("Due today"), "overdue": _lazy("Overdue")}
SOON_DAYS = 3
WEEK = 6


# the customer and the recurrence ---------------------------------------------------------------------------------


def find_customer(draft: Draft, env: Env) -> None:
    """The customer of what the task is about."""
    if "about" in draft.values:
        about = draft.values["about"]
        draft.put("customer", customer_of(about.entity, about.id) if about else None)


def check_recurrence(draft: Draft, env: Env) -> None:
    """What recurs has a first time, from which the series is counted."""
    rule = draft.value("recurrence")
    if rule is None or not draft.changes("recurrence", "due"):
        return
    due = draft.value("due")
    if due is None:
        draft.refuse("due", _("What recurs needs a first time."))
        return
    if draft.values.get("recurrence"):
        day = due.astimezone(ZoneInfo(env.actor.zone)).day
        draft.put("recurrence", recurrence.from_day(rule, day))
    if draft.values.get("series_start") is None:
        draft.put("series_start", due)


# how near the due time is ----------------------------------------------------------------------------------------


def midnight(days: int) -> datetime:
    """The beginning of the day that is so many days from today, in the company's zone."""
    zone = ports.company().zone
    return dates.localise(clock.today(zone) + timedelta(days=days), time(0), zone)


def state_of(record: Any) -> str | None:
    """Overdue, due today, soon or later; None for what is done or has no time."""
    if record.due is None or record.done_at is not None:
        return None
    return state(record.due)


def state(due: datetime) -> str:
    """The same for a moment."""
    if due < clock.now():
        return "overdue"
    if due < midnight(1):
        return "due"
    return "soon" if due < midnight(1 + SOON_DAYS) else "good"


def state_expression() -> Combinable:
    """The same in SQL."""
    return Case(
        When(done_at__isnull=False, then=Value(None)),
        When(due__lt=clock.now(), then=Value("overdue")),
        When(due__lt=midnight(1), then=Value("due")),
        When(due__lt=midnight(1 + SOON_DAYS), then=Value("soon")),
        When(due__isnull=False, then=Value("good")),
        output_field=TextField(),
    )


def ring(due: datetime, since: datetime, env: Env) -> dict[str, Any]:
    """How a due time is drawn: state, share of the time gone, words, and the moment itself."""
    whole = (due - since).total_seconds()
    gone = 100 if whole <= 0 else max(0, min(100, round(100 * (env.now - since).total_seconds() / whole)))
    locale = locales.shown(env.language)
    title = format_datetime(due.astimezone(ZoneInfo(env.actor.zone)), "medium", locale=locale)
    return {"state": state(due), "elapsed": gone, "word": words_of(due, env), "title": title}


def words_of(due: datetime, env: Env) -> str:
    """When something is due, in the fewest words: overdue 6 d, today 15:00, Friday."""
    zone = ZoneInfo(env.actor.zone)
    here, now = due.astimezone(zone), env.now.astimezone(zone)
    away = (here.date() - now.date()).days
    locale = locales.shown(env.language)
    at = format_time(here, "short", locale=locale)
    if due < env.now:
        if away == 0:
            return _("Overdue, %(time)s") % {"time": at}
        return _("Overdue, yesterday") if away == -1 else _("Overdue %(days)s d") % {"days": -away}
    if away == 0:
        return _("Today %(time)s") % {"time": at}
    if away == 1:
        return _("Tomorrow %(time)s") % {"time": at}
    pattern = "EEE" if away <= WEEK else "d MMM" if not env.language.startswith("zh") else "M月d日"
    return f"{format_date(here.date(), pattern, locale=locale)} {at}"
