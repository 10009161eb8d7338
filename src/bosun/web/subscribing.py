"""Subscribing to a list, or to its chart, as one sees it."""

from __future__ import annotations

import json
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel import access, kinds, records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Invalid
from bosun.lib import dates
from bosun.platform.automation.timing import series
from bosun.platform.deliveries import choosing, plans
from bosun.platform.deliveries.services import label
from bosun.platform.subscriptions.models import ABOVE, ALWAYS, EVERYTHING, FORMATS, ONLY_IF, TABLE, UNSORTED
from bosun.web import fields
from bosun.web.liststate import ListState, from_params
from bosun.web.verbs import DIALOG, done
from bosun.web.visit import Visit, page

KEY = "subscriptions"
HOURS = {str(hour): f"{hour:02}:00" for hour in range(24)}
WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
WHERE_ABOVE = json.dumps({"field": "only_if", "op": "is", "value": ABOVE})
INPUTS = ("name", "rule", "hour", "only_if", "above", "format")


@page("GET", "POST")
def subscribe(visit: Visit, key: str) -> HttpResponseBase:
    """The list as it stands, or its chart, at times that one chooses."""
    entity = visit.entity(key)
    visit.entity(KEY, "create")
    state = from_params(entity, visit.env, visit.request.GET)
    wrong: dict[str, list[str]] = {}
    if visit.request.method == "POST":
        try:
            batch = new_batch()
            records.create(KEY, {**_content(state), **_chosen(visit)}, visit.act("form", batch), visit.env)
            return done(visit, _taken(visit), batch)
        except Invalid as error:
            wrong = error.by_field()
    context = {
        "title": _("Subscribe"),
        "lead": _figure(state) or _("The list as it is now: its filter, order and columns."),
        "action": visit.request.get_full_path(),
        "save_label": _("Subscribe"),
        "fields": _inputs(visit, state, wrong),
        "form_errors": [said for name, part in wrong.items() if name not in INPUTS for said in part],
    }
    return visit.draw(DIALOG, context, 422 if wrong else 200)


def _taken(visit: Visit) -> str:
    """That it comes, and how the reader is told as things stand."""
    taken = plans.chosen(plans.SUBSCRIPTION, choosing.of(visit.actor))
    now = [label(channel) for channel, when in taken.items() if when == plans.NOW]
    if not now:
        return _("Subscribed. It comes here in the app.")
    return _("Subscribed. It comes here in the app, and besides by: %(channels)s.") % {"channels": ", ".join(now)}


def _figure(state: ListState) -> str:
    return _("The figures of this chart.") if state.mode == "chart" else ""


def _content(state: ListState) -> dict[str, Any]:
    extra = dict(state.extra) if state.mode == "chart" else {}
    found: dict[str, Any] = {
        "entity": state.entity.key,
        "view": state.view.key or None,
        # A filter or an order that was taken away is none, not that of the view.
        "filter": EVERYTHING if state.filter == {} else state.filter,
        "sort": UNSORTED if state.sort == () else " ".join(state.sort or ()) or None,
        "columns": " ".join(state.columns or ()) or None,
        "group": extra.get("by"),
        "sum": extra.get("sum") or None,
    }
    if state.words:
        raise Invalid(_("Words that are searched for cannot be subscribed to. Set a filter instead."))
    return {name: value for name, value in found.items() if value is not None}


def _chosen(visit: Visit) -> dict[str, Any]:
    post, env = visit.request.POST, visit.env
    hour = post.get("hour", "8")
    if hour not in HOURS:
        raise Invalid(_("Choose from the list."))
    zone = env.actor.zone
    starts = dates.localise(env.now.astimezone(ZoneInfo(zone)).date(), time(int(hour)), zone)
    given = {name: post.get(name, "") for name in ("name", "rule", "only_if", "format")}
    above = post.get("above", "").strip()
    return {**given, "starts": starts, "timezone": zone, **({"above": above} if given["only_if"] == ABOVE else {})}


def _inputs(visit: Visit, state: ListState, wrong: dict[str, list[str]]) -> list[dict[str, Any]]:
    post, env = visit.request.POST, visit.env

    def one(name: str, label: str, kind: Any, initial: str, **more: Any) -> dict[str, Any]:
        raw = post.get(name, initial)
        return fields.field(name, label, kind, env, raw=raw, errors=wrong.get(name), **more)

    def choice(name: str, label: str, options: dict[str, Any], initial: str) -> dict[str, Any]:
        made = {"name": name, "id": f"id_{name}", "label": label, "kind": "choice", "raw": post.get(name, initial)}
        listed = [{"key": key, "label": str(text)} for key, text in options.items()]
        return {**made, "errors": wrong.get(name, []), "required": True, "options": listed}

    may_export = access.may(visit.actor, state.entity, "export")
    formats = FORMATS if may_export else {TABLE: FORMATS[TABLE]}
    name = " · ".join(part for part in (state.entity.plural, state.view.label if state.view.key else "") if part)
    return [
        one("name", _("Name"), kinds.Text(120), name),
        choice("rule", _("How often"), series(), WORKDAYS),
        choice("hour", _("At"), HOURS, "8"),
        choice("only_if", _("Sent"), ONLY_IF, ALWAYS),
        {**one("above", _("Above"), kinds.Number(low=0), ""), "shown_when_json": WHERE_ABOVE},
        choice("format", _("Contains"), formats, TABLE),
    ]


def menu(state: ListState) -> list[dict[str, Any]]:
    """The entry in the menu of a list."""
    if not access.may(state.env.actor, registry.get(KEY), "create") or not state.view.usable:
        return []
    address = state.address("/subscribe", cursor="", words="")
    return [{"key": "subscribe", "label": _("Subscribe"), "icon": "news", "dialog": address}]
