"""The page for whoever leads a team: who is behind with contacts, by how much, and the load of the coming week."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bosun.kernel.actor import Scope
from bosun.kernel.errors import NotFound
from bosun.lib import locales
from bosun.modules.customers import load
from bosun.platform.org.models import Person
from bosun.web.day import Section
from bosun.web.offered import Page
from bosun.web.visit import Visit

KEY = "contacts"
ADDRESS = f"/pages/{KEY}"


def team_page() -> Page:
    """The page, as the palette lists it."""
    return Page(KEY, gettext_lazy("Contacts of the team"), "users", team, lambda env: load.may_see(env))


def team(visit: Visit) -> HttpResponseBase:
    """One line for each person."""
    env = visit.env
    if not load.may_see(env):
        raise NotFound()
    rows, whole = load.of_people(env)
    names = dict(Person.objects.filter(pk__in=[row.person for row in rows]).values_list("pk", "name"))
    days = [env.today + timedelta(days=ahead) for ahead in range(load.DAYS)]
    locale = locales.shown(env.language)
    context = {
        "days": [{"label": format_date(day, "EEE", locale=locale), "day": day} for day in days],
        "rows": [_line(row, names.get(row.person, ""), days) for row in rows],
        "most": "" if whole else load.MOST,
        "title": _("Contacts of the team"),
        "page_title": _("Contacts of the team"),
        "lead": _("Who is behind with contacts, and how many customers want one on each day of the coming week."),
    }
    return visit.draw("customers/team.html", context)


def _line(row: load.Row, name: str, days: list[Any]) -> dict[str, Any]:
    owner = {"field": "owner", "op": "is", "value": row.person}
    late = {"field": "contact_state", "op": "is", "value": "overdue"}
    week = [
        {"n": n, "url": _list([owner, {"field": "next_contact", "op": "is", "value": day.isoformat()}]) if n else ""}
        for n, day in zip(row.week, days, strict=True)
    ]
    url = _list([owner, late]) if row.behind else ""
    return {"name": name, "behind": row.behind, "longest": row.longest, "url": url, "week": week, "sum": sum(row.week)}


def _list(leaves: list[dict[str, Any]]) -> str:
    return f"/customers?{urlencode({'filter': json.dumps({'all': leaves})})}"


def on_day(visit: Visit) -> list[Section]:
    """The way to the page, for those who look after more than their own."""
    if visit.actor.scope("customers", "read") <= Scope.OWN or not load.may_see(visit.env):
        return []
    return [Section("team", _("Team"), "customers/day_team.html", {"url": ADDRESS}, order=80)]
