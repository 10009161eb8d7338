"""My day: what waits, in sections that modules offer.

Slots drawn here, each provider called with (visit):
- `day.sections`: a list of `Section`.
- `day.sentence`: one sentence that says the trouble, or "" when there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from bosun.kernel import history, slots
from bosun.kernel.env import Env
from bosun.lib import locales
from bosun.web import shell
from bosun.web.present import record_url
from bosun.web.timeline import SYSTEM_DOORS, in_words, recently, what_of, worth_telling
from bosun.web.visit import Visit, page

CHANGES = 12
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
    context = {
        "headline": headline(visit.env),
        "page_title": _("My day"),
        "trouble": " ".join(said) or _("Nothing is late. A good day to call somebody new."),
        "verbs": [verb for section in found for verb in section.verbs],
        "wide": [section for section in found if section.wide],
        "side": [section for section in found if not section.wide],
    }
    return visit.draw("web/pages/day.html", context)


def headline(env: Env) -> str:
    """The date as one says it: Thursday 12 November."""
    day = env.now.astimezone(ZoneInfo(env.actor.zone)).date()
    pattern = {"en": "EEEE d MMMM", "es": "EEEE, d 'de' MMMM"}.get(env.language, "M月d日 EEEE")
    said = format_date(day, pattern, locale=locales.find({"en": "en_GB"}.get(env.language, env.language)))
    return said[:1].upper() + said[1:]


def changes(visit: Visit) -> Section:
    """What others changed on the records that one looks after."""
    env = visit.env
    entries = []
    for entity in shell.in_menu(visit.actor):
        if entity.owned and entity.timeline:
            entries += history.recent(entity, env, recently(env), limit=LOOKED_AT)
    entries = sorted((e for e in entries if worth_telling(e)), key=lambda entry: entry.at, reverse=True)[:CHANGES]
    items = []
    for entry in entries:
        parts = [{"text": entry.actor, "bold": True}, {"text": _("changed %(what)s of") % {"what": what_of(entry)}}]
        if entry.verb != "changed":
            parts[1] = {"text": history.verb_words(entry.verb)}
        parts.append({"text": entry.title, "bold": True})
        if entry.verb == "changed" and len(entry.lines) == 1:
            now = in_words(entry.lines[0], env)["now"]
            parts.append({"text": _("to %(value)s") % {"value": now}} if now else {"text": _("to nothing")})
        items.append(
            {
                "by": {"name": entry.actor},
                "system": entry.actor_id is None or entry.door in SYSTEM_DOORS,
                "parts": parts,
                "url": record_url(entry.entity, entry.record_id),
                "at": entry.at,
            }
        )
    context = {"changed": {"count": len(items), "items": items}}
    return Section("changed", _("Changed"), "web/parts/day/changed.html", context, order=90)
