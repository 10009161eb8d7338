"""The address of one's calendar feed: made, shown once, made anew, ended."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from bosun.platform.feeds import keys
from bosun.platform.feeds.views import base_of
from bosun.web import settings_pages
from bosun.web.verbs import done
from bosun.web.visit import Visit, page

PAGE = "me-calendar"


@page("GET")
def calendar(visit: Visit) -> HttpResponseBase:
    """Whether one has a feed, and who reads it."""
    held = keys.of(visit.actor)
    label = _("New address") if held else _("Make an address")
    confirm = _("Make another address? Calendars that use this one stop being told.") if held else ""
    context = {
        "title_verbs": [
            settings_pages.button(
                "make", label, icon="calendar", post="/me/calendar/new", confirm=confirm, primary=not held
            )
        ],
        "lead": _(
            "What you have to do, have promised and want to be reminded of, in the calendar of your phone or computer. "
            "Whoever knows the address can read it."
        ),
        "feed": {"made_at": held[0], "use": held[1], "end": "/me/calendar/end"} if held else None,
    }
    return settings_pages.draw(visit, PAGE, "calendar", context)


@page("POST")
def new(visit: Visit) -> HttpResponseBase:
    """Another address; it is shown once."""
    address = f"{base_of(visit.request)}/feeds/{keys.make(visit.actor)}.ics"
    shown = {"label": _("Address of your calendar"), "text": address}
    return visit.draw("web/pages/settings/secret.html", {"secret": shown, "reload": True})


@page("POST")
def end(visit: Visit) -> HttpResponseBase:
    """No program reads one's dates any more."""
    keys.revoke(visit.actor)
    return done(visit, _("The address works no more."))
