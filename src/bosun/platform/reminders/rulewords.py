"""A recurrence as one says it: “Every week on Mon, Thu until 31 Dec 2026”."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from babel.dates import format_date, format_skeleton, get_day_names
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from bosun.lib import locales, recurrence

PLACES = {
    1: _lazy("the first %(day)s"),
    2: _lazy("the second %(day)s"),
    3: _lazy("the third %(day)s"),
    4: _lazy("the fourth %(day)s"),
    5: _lazy("the fifth %(day)s"),
    -1: _lazy("the last %(day)s"),
}
WORKING = [0, 1, 2, 3, 4]
A_LEAP_YEAR = 2024


def in_words(rule: str, language: str) -> str:
    """A rule in words; the rule itself where it is none of the plain ones."""
    parts = dict(recurrence.parts_of(rule))
    ends = _ends(parts.pop("COUNT", ""), parts.pop("UNTIL", ""), language)
    parts.pop("WKST", None)
    frequency, n = parts.pop("FREQ"), int(parts.pop("INTERVAL", "1"))
    often = {
        "MINUTELY": ngettext("Every minute", "Every %(n)s minutes", n),
        "HOURLY": ngettext("Every hour", "Every %(n)s hours", n),
        "DAILY": ngettext("Every day", "Every %(n)s days", n),
        "WEEKLY": ngettext("Every week", "Every %(n)s weeks", n),
        "MONTHLY": ngettext("Every month", "Every %(n)s months", n),
        "YEARLY": ngettext("Every year", "Every %(n)s years", n),
    }[frequency] % {"n": n}
    on = _on(frequency, parts, language)
    if on is None:
        return rule
    if on == WORKING and frequency == "WEEKLY" and n == 1:
        often, on = _("Every weekday"), ""
    if isinstance(on, list):
        names = _names(language, wide=language.startswith("zh"))
        on = ", ".join(names[day] for day in on)
    said = _("%(often)s on %(days)s") % {"often": often, "days": on} if on else often
    return f"{said} {ends}" if ends else said


def nag_in_words(minutes: int) -> str:
    """How often something comes again until it is done."""
    again = ngettext("again every minute until done", "again every %(n)s minutes until done", minutes)
    return again % {"n": minutes}


def nag_alone(minutes: int, language: str) -> str:
    """The same in the fewest words: “Every 30 minutes”, “Every hour”, “Every day”."""
    for often, whole in (("DAILY", 24 * 60), ("HOURLY", 60), ("MINUTELY", 1)):
        if minutes % whole == 0:
            return in_words(f"FREQ={often};INTERVAL={minutes // whole}", language)
    return ""


def _ends(count: str, until: str, language: str) -> str:
    if count:
        return ngettext("%(n)s time", "%(n)s times", int(count)) % {"n": count}
    if not until:
        return ""
    day = datetime.strptime(until[:8], "%Y%m%d").date()  # noqa: DTZ007 - the wall of whoever wrote it
    return _("until %(day)s") % {"day": format_date(day, "medium", locale=locales.shown(language))}


def _on(frequency: str, parts: Mapping[str, str], language: str) -> list[int] | str | None:
    """Days of the week, or words for others; empty for none, None for what is not said so plainly."""
    if recurrence.is_month_end({"FREQ": frequency, **parts}):
        last = max(int(each) for each in parts["BYMONTHDAY"].split(","))
        return _("day %(day)s or the last of a shorter month") % {"day": last}
    named, day = set(parts), parts.get("BYMONTHDAY", "")
    if not named:
        return ""
    if named == {"BYMONTHDAY"} and frequency == "MONTHLY" and day == "-1":
        return _("the last day")
    if named == {"BYMONTHDAY"} and frequency == "MONTHLY" and day.isdigit():
        return _("day %(day)s") % {"day": day}
    if named == {"BYMONTHDAY"} and frequency == "MONTHLY" and day.replace(",", "").isdigit():
        return _("days %(days)s") % {"days": day.replace(",", ", ")}
    if named == {"BYMONTH", "BYMONTHDAY"} and frequency == "YEARLY":
        return _day_of_year(parts["BYMONTH"], day, language)
    if named == {"BYDAY", "BYSETPOS"} and frequency == "MONTHLY" and _days(parts["BYDAY"]) == (WORKING, 0):
        # A rule knows no holidays.
        return _placed(parts["BYSETPOS"], _("weekday (Monday to Friday)"))
    if named != {"BYDAY"} or frequency not in ("DAILY", "WEEKLY", "MONTHLY"):
        return None
    days, place = _days(parts["BYDAY"])
    if place and frequency == "MONTHLY" and len(days) == 1:
        return _placed(str(place), _names(language, wide=True)[days[0]])
    return None if place or frequency == "MONTHLY" or not days else days


def _placed(place: str, day: str) -> str | None:
    """The first or the last of such days; None for a place that has no word."""
    return next((str(words) % {"day": day} for n, words in PLACES.items() if str(n) == place), None)


def _day_of_year(month: str, day: str, language: str) -> str | None:
    try:
        found = date(A_LEAP_YEAR, int(month), int(day))
    except ValueError:
        return None
    return str(format_skeleton("MMMd", found, locale=locales.shown(language)))


def _days(text: str) -> tuple[list[int], int]:
    """The days of the week that a rule names, from Monday on, and the place that stands before them: -1 is the last."""
    held = [each for each in text.split(",") if each]
    places = {each[:-2] for each in held}
    if len(places) > 1 or not all(each[-2:] in recurrence.DAYS for each in held):
        return [], 0
    return sorted({recurrence.DAYS.index(each[-2:]) for each in held}), int((places or {""}).pop() or 0)


def _names(language: str, wide: bool) -> Mapping[int, str]:
    found: Mapping[int, str] = get_day_names("wide" if wide else "abbreviated", locale=locales.shown(language))
    return found
