"""My day: what waits, in sections that modules offer.

Slots drawn here, each provider called with (visit):
- `day.sections`: a list of `Section`.
- `day.sentence`: one sentence that says the trouble, or "" when there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from bosun.kernel import history, slots
from bosun.kernel.env import Env
from bosun.kernel.history import Entry
from bosun.lib import locales
from bosun.web import shell
from bosun.web.present import lowered, record_url
from bosun.web.timeline import SYSTEM_DOORS, in_words, recently, what_of, worth_telling
from bosun.web.visit import Visit, page

CHANGES = 12
HOLE = re.compile(r"%\((\w+)\)s")
LOOKED_AT = 150
"""Most of what happens to a record follows from something else, and is not told."""


@dataclass(frozen=True)
class Section:
    """A part of the day: `wide` stands in the middle, the others at the side, by `order`; `verbs` go to the head."""

    key: str
    label: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    wide: bool = False
    order: int = 50
    verbs: Sequence[Mapping[str, Any]] = ()


@page("GET")
def home(visit: Visit) -> HttpResponseBase:
    """The first page after sign-in."""
    if slots.of("day.sections"):
        return HttpResponseRedirect("/day")
    places = shell.in_menu(visit.actor)
    return HttpResponseRedirect(f"/{places[0].key}" if places else "/day")


@page("GET")
def my_day(visit: Visit) -> HttpResponseBase:
    """What waits for this person today."""
    found = [section for provider in slots.of("day.sections") for section in provider(visit)]
    found.append(changes(visit))
    found.sort(key=lambda section: section.order)
    said = [text for provider in slots.of("day.sentence") if (text := provider(visit))]
    gap = "" if visit.env.language.startswith("zh") else " "
    context = {
        "headline": headline(visit.env),
        "page_title": _("My day"),
        "trouble": gap.join(said) or _("Nothing is late. A good day to call somebody new."),
        "verbs": [verb for section in found for verb in section.verbs],
        "wide": [section for section in found if section.wide],
        "side": [section for section in found if not section.wide],
    }
    return visit.draw("web/pages/day.html", context)


def headline(env: Env) -> str:
    """The date as one says it: Thursday 12 November."""
    day = env.now.astimezone(ZoneInfo(env.actor.zone)).date()
    pattern = {"en": "EEEE d MMMM", "es": "EEEE, d 'de' MMMM"}.get(env.language, "M 月 d 日 EEEE")
    said = format_date(day, pattern, locale=locales.shown(env.language))
    return said[:1].upper() + said[1:]


def told(entry: Entry, env: Env) -> list[dict[str, Any]]:
    """What somebody did, as a sentence in parts; who and which record stand out."""
    words = {
        "who": entry.actor,
        "record": entry.title,
        "what": _(", ").join(map(lowered, what_of(entry).split(_(", ")))),
        "value": "",
    }
    if entry.verb != "changed":
        words["did"] = history.verb_words(entry.verb)
        pattern = _("%(who)s %(did)s %(record)s")
    elif len(entry.lines) != 1:
        pattern = _("%(who)s changed the %(what)s of %(record)s")
    elif value := in_words(entry.lines[0], env)["now"]:
        words["value"] = value
        pattern = _("%(who)s changed the %(what)s of %(record)s to %(value)s")
    else:
        pattern = _("%(who)s emptied the %(what)s of %(record)s")
    parts = HOLE.split(pattern)
    return [
        {"text": words.get(part, "") if place % 2 else part, "bold": place % 2 and part in ("who", "record")}
        for place, part in enumerate(parts)
    ]


def changes(visit: Visit) -> Section:
    """What others changed on the records that one looks after."""
    env = visit.env
    entries = []
    for entity in shell.in_menu(visit.actor):
        if entity.owned and entity.timeline:
            entries += history.recent(entity, env, recently(env), limit=LOOKED_AT)
    entries = sorted((e for e in entries if worth_telling(e)), key=lambda entry: entry.at, reverse=True)[:CHANGES]
    items = [
        {
            "by": {"name": entry.actor},
            "system": entry.actor_id is None or entry.door in SYSTEM_DOORS,
            "parts": told(entry, env),
            "url": record_url(entry.entity, entry.record_id),
            "at": entry.at,
        }
        for entry in entries
    ]
    context = {"changed": {"count": len(items), "items": items}}
    return Section("changed", _("Changed"), "web/parts/day/changed.html", context, order=90)
