"""Reminders of one's own from a calendar file: checked, shown, made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bosun.kernel import access, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, Invalid
from bosun.kernel.kinds import Moment
from bosun.platform.feeds import bringing, reading
from bosun.platform.feeds.bringing import BINNED, HERE, MOVED, NEW, WRONG, Planned
from bosun.platform.reminders.rulewords import in_words
from bosun.web.verbs import done
from bosun.web.visit import Visit, page

KEY = "reminders"
DIALOG = "web/pages/calendar_file_dialog.html"
STATES = {
    NEW: (gettext_lazy("New"), "good"),
    MOVED: (gettext_lazy("Moved since"), "good"),
    HERE: (gettext_lazy("Here already"), ""),
    BINNED: (gettext_lazy("In the bin"), ""),
    WRONG: (gettext_lazy("Not taken"), "overdue"),
}


@page("GET", "POST")
def upload(visit: Visit) -> HttpResponseBase:
    """First what would become of each entry, then the reminders are made."""
    visit.entity(KEY, "create")
    context: dict[str, Any] = {"action": "/reminders/calendar-file"}
    if visit.request.method == "GET":
        return visit.draw(DIALOG, context)
    sure = "text" in visit.request.POST
    try:
        text = _text(visit)
        planned = bringing.plan(text.encode(), visit.env)
        if sure:
            batch = new_batch()
            made = bringing.bring(planned, visit.act("form", batch), "anew" in visit.request.POST)
            return done(visit, _said(made), batch)
    except DoorError as error:
        return visit.draw(DIALOG, {**context, "problems": [error.title]}, 422)
    states = [each.state for each in planned]
    new, moved, binned = (states.count(state) for state in (NEW, MOVED, BINNED))
    lines = [_line(each, visit.env) for each in planned]
    context |= {"plan": lines, "new": new, "binned": binned, "text": text if new or moved or binned else ""}
    return visit.draw(DIALOG, context, 422)


def _said(count: Mapping[str, int]) -> str:
    """What was done; nothing at all is said as none made."""
    made, moved = count[NEW], count[MOVED]
    parts = []
    if moved:
        parts.append(ngettext("%(n)s reminder was moved.", "%(n)s reminders were moved.", moved) % {"n": moved})
    if made or not moved:
        parts.append(ngettext("%(n)s reminder was made.", "%(n)s reminders were made.", made) % {"n": made})
    return " ".join(parts)


def _line(each: Planned, env: Env) -> dict[str, Any]:
    state, tone = STATES[each.state]
    when = str(Moment().text(each.values["due_at"], env)) if each.values else ""
    rule = each.values.get("rule")
    when = f"{when} · {in_words(rule, env.language)}" if rule else when
    return {"number": each.number, "name": each.name, "state": state, "tone": tone, "said": each.said, "when": when}


def _text(visit: Visit) -> str:
    if "text" in visit.request.POST:
        return str(visit.request.POST["text"])
    file = visit.request.FILES.get("file")
    if file is None:
        raise Invalid(_("Choose a file."))
    if file.size is None or file.size > reading.LARGEST:
        raise Invalid(_("This calendar file is too large: %(max)s MB at most.") % {"max": reading.LARGEST // 1_000_000})
    return str(file.read().decode("utf-8-sig", "replace"))


def menu(entity: Entity, env: Env) -> list[dict[str, Any]]:
    """The entry in the menu of lists whose records people want to be reminded of."""
    if not (entity.key == KEY or entity.extras.get("remind")) or not access.may(env.actor, registry.get(KEY), "create"):
        return []
    label = _("From a calendar file")
    return [{"key": "calendar-file", "label": label, "icon": "calendar", "dialog": "/reminders/calendar-file"}]
