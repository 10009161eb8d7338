"""How one's own working day ends: when one is asked what is still open, and whether on leaving too."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel.errors import FieldError, Invalid
from bosun.platform.workday import days, hours
from bosun.platform.workday.days import CHOICES, Wish
from bosun.web import settings_pages
from bosun.web.settings_forms import kept
from bosun.web.settings_workdays import place_of, times, week
from bosun.web.visit import Visit, page

KEY, ADDRESS = "me-day", "/me/day"


@page("GET", "POST")
def my_working_day(visit: Visit) -> HttpResponseBase:
    """One's hours as they are, and what one wishes for their end."""
    wish, post = days.wish_of(visit.actor.id or 0), visit.request.POST
    if visit.request.method == "POST":
        raw = post.get("minutes", "")
        if raw not in {str(each) for each in CHOICES}:
            raise Invalid([FieldError("minutes", _("Choose from the list."))])
        days.keep_wish(visit.actor.id or 0, Wish(int(raw), "leaving" in post))
        kept(visit, _("Saved"))
        return HttpResponseRedirect(ADDRESS)
    held = hours.of_department(visit.actor.department)
    minutes: dict[str, Any] = {
        "name": "minutes", "id": "id_minutes", "label": _("Ask me what is still open"), "kind": "choice", "errors": [],
        "raw": str(wish.minutes), "required": True,
        "options": [{"key": str(each), "label": before(each)} for each in CHOICES],
        "help": _("What was promised for the day and is not done yet. What you leave open is told as a notice."),
    }  # fmt: skip
    leaving: dict[str, Any] = {
        "name": "leaving", "id": "id_leaving", "label": _("Also when I sign out or close the last window"),
        "kind": "checkbox", "errors": [], "raw": wish.leaving,
    }  # fmt: skip
    said = [times(held), week(sorted(held.calendar.week), visit.env), place_of(held, visit.env)]
    context = {"fields": [minutes, leaving], "action": ADDRESS, "hours": " · ".join(part for part in said if part)}
    return settings_pages.draw(visit, KEY, "my_day", context)


def before(minutes: int) -> str:
    """So many minutes before the day ends."""
    if not minutes:
        return _("Never")
    text = ngettext("%(n)s minute before my day ends", "%(n)s minutes before my day ends", minutes)
    return text % {"n": minutes}
