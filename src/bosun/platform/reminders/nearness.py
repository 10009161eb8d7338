"""How near a time is: by colour, by the share of the time gone, and in the fewest words."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from babel.dates import format_date, format_datetime, format_time
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel import ports
from bosun.kernel.env import Env
from bosun.lib import clock, dates, locales

STATES = {"good": _lazy("Later"), "soon": _lazy("Soon"), "due": _lazy("Due today"), "overdue": _lazy("Overdue")}
SOON_DAYS = 3
WEEK = 6


def midnight(days: int) -> datetime:
    """The beginning of the day that is so many days from today, in the company's zone."""
    zone = ports.company().zone
    return dates.localise(clock.today(zone) + timedelta(days=days), time(0), zone)


def state(due: datetime) -> str:
    """Overdue, due today, soon or later."""
    if due < clock.now():
        return "overdue"
    if due < midnight(1):
        return "due"
    return "soon" if due < midnight(1 + SOON_DAYS) else "good"


def ring(due: datetime, since: datetime, env: Env) -> dict[str, Any]:
    """How a due time is drawn: state, share of the time gone, words, and the moment itself."""
    whole = (due - since).total_seconds()
    gone = 100 if whole <= 0 else max(0, min(100, round(100 * (env.now - since).total_seconds() / whole)))
    locale = locales.shown(env.language)
    title = format_datetime(dates.seen_in(due, env.actor.zone), "medium", locale=locale)
    return {"state": state(due), "elapsed": gone, "word": words_of(due, env), "title": title}


def words_of(due: datetime, env: Env) -> str:
    """When something is due, in the fewest words: overdue 6 d, today 15:00, Friday."""
    here, now = dates.seen_in(due, env.actor.zone), dates.seen_in(env.now, env.actor.zone)
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
    if away > WEEK and here.year != now.year:
        pattern = "d MMM y" if not env.language.startswith("zh") else "y年M月d日"
    return f"{format_date(here.date(), pattern, locale=locale)} {at}"
