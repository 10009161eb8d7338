"""What is coming, as a page; and the card on which one says that a reminder is wrong."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import kinds, registry
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.lib import locales
from bosun.platform.preview import objecting, services
from bosun.platform.preview.services import Preview
from bosun.platform.preview.window import Coming
from bosun.platform.reminders import notices
from bosun.web import fields, settings_pages
from bosun.web.notices import number
from bosun.web.present import record_url
from bosun.web.verbs import DIALOG, done
from bosun.web.visit import Visit, page

PAGE = "me-preview"
SPANS = (1, 7, 14, 31)
ICONS = {"reminder": "bell", "date": "calendar", "wait": "hourglass", "rule": "bolt", "subscription": "news"}


@page("GET")
def preview(visit: Visit) -> HttpResponseBase:
    """Who will be told of what in the coming days, and why."""
    params = visit.request.GET
    days = number(params.get("days", "")) or services.DAYS
    person = number(params.get("person", "")) or None
    found = services.of(visit.env, days if days in SPANS else services.DAYS, person)
    everybody = {**services.people_of(visit.actor), **found.people}
    context = {
        "lead": _("Who will be told of what, and why. Nothing is sent from here."),
        "spans": [
            {"key": each, "label": ngettext("%(n)s day", "%(n)s days", each) % {"n": each}, "on": each == days}
            for each in SPANS
        ],
        "who": [{"key": pk, "label": name, "on": pk == person} for pk, name in everybody.items()],
        "groups": _groups(found, visit.env),
        "more": found.more,
    }
    return settings_pages.draw(visit, PAGE, "preview", context)


def _groups(found: Preview, env: Env) -> list[dict[str, Any]]:
    by_person: dict[int, list[Coming]] = {}
    for each in found.items:
        by_person.setdefault(each.person, []).append(each)
    return [
        {"name": found.people[pk], "count": len(by_person[pk]), "days": _days(by_person[pk], env)}
        for pk in found.people
        if pk in by_person
    ]


def _days(items: list[Coming], env: Env) -> list[dict[str, Any]]:
    """One person's, day by day, each with its time of the day alone."""
    items = sorted(items, key=lambda each: _local(each, env))  # days are in the company's zone, times in the reader's
    return [
        {"label": _day_words(day, env), "lines": [{**line(each, env), "when": _clock(each, env)} for each in those]}
        for day, those in groupby(items, lambda each: _local(each, env))
    ]


def _local(each: Coming, env: Env) -> date:
    return each.at.astimezone(ZoneInfo(env.actor.zone)).date() if isinstance(each.at, datetime) else each.at


def _day_words(day: date, env: Env) -> str:
    """Today, Tomorrow, Mon 9 Nov."""
    away = (day - env.now.astimezone(ZoneInfo(env.actor.zone)).date()).days
    if away in (0, 1):
        return _("Tomorrow") if away else _("Today")
    pattern = "M月d日 EEE" if env.language.startswith("zh") else "EEE d MMM"
    return str(format_date(day, pattern, locale=locales.shown(env.language)))


def _clock(each: Coming, env: Env) -> str:
    return each.at.astimezone(ZoneInfo(env.actor.zone)).strftime("%H:%M") if isinstance(each.at, datetime) else ""


def line(each: Coming, env: Env) -> dict[str, Any]:
    """One line of what is coming, as pages draw it."""
    return {
        "text": each.text,
        "when": _when(each, env),
        "why": " · ".join(part for part in (each.reason, each.why) if part),
        "icon": ICONS[each.kind],
        "url": record_url(registry.get(each.entity), each.pk) if each.pk else "",
    }


def _when(each: Coming, env: Env) -> str:
    if isinstance(each.at, datetime):
        return str(kinds.Moment().text(each.at.astimezone(ZoneInfo(env.actor.zone)), env))
    return str(kinds.Date().text(each.at, env))


@page("GET", "POST")
def wrong(visit: Visit, pk: int) -> HttpResponseBase:
    """A card is wrong: whoever can put it right is told."""
    row = notices.get(pk, visit.actor)
    typed, said = visit.request.POST.get("words", ""), []
    if visit.request.method == "POST":
        try:
            objecting.object_to(pk, typed, visit.actor)
            return done(visit, _("Passed on. Thank you."))
        except Invalid as error:
            said = [error.title]
    kind = kinds.Text(objecting.LONGEST)
    context = {
        "title": _("This reminder is wrong"),
        "lead": row.text,
        "action": visit.request.path,
        "save_label": _("Pass it on"),
        "fields": [fields.field("words", _("What is wrong"), kind, visit.env, raw=typed, errors=said, required=True)],
    }
    return visit.draw(DIALOG, context, 422 if said else 200)
