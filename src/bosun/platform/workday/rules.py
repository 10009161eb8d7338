"""What working hours must be like: days of the week, times on the clock, a country that is known."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Text
from bosun.kernel.kinds.base import EMPTY_OPS, EXACT_OPS, refuse
from bosun.lib import workdays

WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
KINDS = {"closed": _lazy("Day off"), "working": _lazy("Working day")}
CLOCK = re.compile(r"([01]?\d|2[0-3])[:.：]([0-5]\d)")
LONGEST = timedelta(days=400)
TIMES = ("starts", "ends", "break_from", "break_to")


class TimeOfDay(Text):
    """A time on the wall clock, as 09:00."""

    widget = "time"
    operators: ClassVar[tuple[str, ...]] = (*EXACT_OPS, *EMPTY_OPS)

    def __init__(self) -> None:
        super().__init__(5)

    def parse_filled(self, raw: Any, env: Env) -> str:
        found = CLOCK.fullmatch(str(raw).strip())
        if found is None:
            raise refuse(_("Write a time as 09:00."))
        return f"{int(found[1]):02}:{found[2]}"

    def sample(self, rng: random.Random) -> Any:
        return f"{rng.randrange(24):02}:30"


def clock_of(text: str | None) -> time | None:
    """The time that such a text says."""
    return time.fromisoformat(text) if text else None


def check_weekdays(raw: Any) -> list[str]:
    """Days of the week in their order; Invalid for anything else."""
    if not isinstance(raw, Sequence) or isinstance(raw, str) or any(day not in WEEKDAYS for day in raw):
        raise Invalid(_("Name days of the week as %(days)s.") % {"days": ", ".join(WEEKDAYS)})
    return [day for day in WEEKDAYS if day in raw]


def check_hours(draft: Draft, env: Env) -> None:
    """A day ends after it begins, and has its break in between; hours are told whole."""
    if not draft.changes(*TIMES):
        return
    starts, ends, pause, back = (draft.value(name) for name in TIMES)
    if bool(starts) != bool(ends):
        draft.refuse("ends" if starts else "starts", _("Say when the day begins and when it ends, or neither."))
    elif starts and ends <= starts:
        draft.refuse("ends", _("The day ends before it begins."))
    if bool(pause) != bool(back):
        draft.refuse(
            "break_to" if pause else "break_from", _("Say when the break begins and when it ends, or neither.")
        )
    elif pause and not starts:
        draft.refuse("break_from", _("A break belongs to hours: say when the day begins and ends."))
    elif pause and not starts < pause < back < ends:
        draft.refuse("break_to", _("The break lies within the working day."))


def check_country(draft: Draft, env: Env) -> None:
    """A country whose holidays are known, and a part of it."""
    if not draft.changes("country", "subdivision"):
        return
    country, part = (draft.value("country") or "").upper(), draft.value("subdivision")
    if country:
        draft.put("country", country)
        if workdays.of(country).days is None:
            draft.refuse("country", _("The holidays of this country are not known. Use its two letters, as in ES."))
            return
    if part and part not in workdays.parts_of(country):
        draft.refuse("subdivision", _("The holidays of this part of the country are not known."))


def one_for_each(draft: Draft, env: Env) -> None:
    """A department has its hours once, and so has the company."""
    if not draft.changes("department"):
        return
    others = draft.entity.model._default_manager.filter(deleted_at__isnull=True, department=draft.value("department"))
    if others.exclude(pk=draft.pk or 0).exists():
        draft.refuse("department", _("It has working hours already. Change those."))


def name_it(draft: Draft, env: Env) -> None:
    """Working hours are called by what they say."""
    said = [f"{draft.value('starts')}–{draft.value('ends')}" if draft.value("starts") else ""]
    said += [" ".join(draft.value("weekdays") or ()), draft.value("country") or "", draft.value("subdivision") or ""]
    draft.put("name", " ".join(part for part in said if part)[:80] or "–")


def check_days(draft: Draft, env: Env) -> None:
    """An exception is of one day, or of some that follow each other."""
    first, last = draft.value("day"), draft.value("until")
    if first and last and not first <= last <= first + LONGEST:
        draft.refuse("until", _("The last day is not before the first, and within a year of it."))
