"""The console of automation: every event with its rules, in the order in which they act; what failed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.errors import NotFound
from bosun.platform.automation import coming, console, happenings, rulebook, services, telling, waiting
from bosun.web import automation, settings_pages
from bosun.web.present import record_url
from bosun.web.settings_fields import ids
from bosun.web.settings_forms import removal
from bosun.web.verbs import DIALOG, done
from bosun.web.visit import Visit, page

PAGE = "automation"
BASE = "/settings/automation"


@page("GET")
def rules(visit: Visit) -> HttpResponseBase:
    """All rules by entity and event; of one entity every event, also those without a rule."""
    settings_pages.require(visit, PAGE)
    rows = list(console.rules(visit.actor))
    chosen = entity_of(visit.request.GET.get("for", ""))
    wrong = sum(row.failed for row in rows)
    verbs = [
        *_files(rows),
        settings_pages.button("gallery", _("Ready-made rules"), icon="bolt", url=f"{BASE}/gallery"),
        settings_pages.button("new", _("New rule"), icon="plus", primary=True, dialog=new_url(chosen)),
    ]
    if wrong:
        label = _("Failed runs (%(n)s)") % {"n": wrong}
        verbs.insert(0, settings_pages.button("failed", label, icon="alert-circle", url=f"{BASE}/failed"))
    waits = coming.count()
    if waits:
        verbs.insert(
            0,
            settings_pages.button("waiting", _("Waiting (%(n)s)") % {"n": waits}, icon="clock", url=f"{BASE}/waiting"),
        )
    entities = [chosen] if chosen else [each for each in happenings.entities() if of(rows, each)]
    context = {
        "title_verbs": verbs,
        "lists": lists(rows, chosen),
        "groups": [group(visit, each, of(rows, each), chosen is not None) for each in entities],
        "empty": None if rows or chosen else nothing_yet(),
    }
    return settings_pages.draw(visit, PAGE, "automation", context)


def _files(rows: list[Any]) -> list[dict[str, Any]]:
    """The buttons that carry rules elsewhere and bring them in."""
    into = settings_pages.button("upload", _("From a file"), icon="upload", dialog=f"{BASE}/upload")
    out = settings_pages.button("file", _("As a file"), icon="download", url=f"{BASE}/file")
    return [out, into] if rows else [into]


def entity_of(key: str) -> Entity | None:
    """The entity that the address speaks of; NotFound where rules cannot be about it."""
    if not key:
        return None
    found = registry.find(key)
    if found is None or not happenings.automatable(found):
        raise NotFound()
    return found


def new_url(entity: Entity | None, event: str = "") -> str:
    """Where a new rule is made."""
    wanted = f"?event={event}" if event else f"?for={entity.key}" if entity else ""
    return f"{BASE}/new{wanted}"


def of(rows: list[Any], entity: Entity) -> list[Any]:
    """The rules of an entity."""
    return [row for row in rows if str(row.event).rpartition(".")[0] == entity.key]


def lists(rows: list[Any], chosen: Entity | None) -> list[dict[str, Any]]:
    """The entities beside the console, with the number of their rules."""
    every = {"label": _("All rules"), "icon": "bolt", "url": BASE, "count": len(rows), "current": chosen is None}
    return [
        every,
        *(
            {
                "label": each.plural,
                "icon": each.icon,
                "url": f"{BASE}?for={each.key}",
                "count": len(of(rows, each)) or "",
                "current": each is chosen,
            }
            for each in happenings.entities()
        ),
    ]


def group(visit: Visit, entity: Entity, rows: list[Any], every: bool) -> dict[str, Any]:
    """One entity with its events."""
    events = []
    for each in happenings.of(entity):
        held = [row for row in rows if row.event == each.key]
        if held or every:
            told = [line(visit, row) for row in held]
            events.append({"label": each.label, "new": new_url(entity, each.key), "rules": told})
    return {
        "label": entity.plural,
        "icon": entity.icon,
        "order": f"{BASE}/order/{entity.key}",
        "events": events,
    }


def line(visit: Visit, row: Any) -> dict[str, Any]:
    """One rule in its list."""
    rule = rulebook.compile_rule(row)
    at = f"{BASE}/{row.pk}"
    return {
        "id": row.pk,
        "name": row.name,
        "says": "" if rule.broken else telling.sentence(rule),
        "broken": rule.broken,
        "guard": row.guard,
        "on": row.enabled,
        "ran": row.ran,
        "failed": row.failed,
        "last": row.last,
        "dialog": at,
        "switch": f"{at}/switch",
        "remove": f"{at}/remove",
    }


def nothing_yet() -> dict[str, Any]:
    """What stands where no rule is."""
    return {
        "icon": "bolt",
        "title": _("No rules yet"),
        "text": _(
            "A rule does something by itself when something happens: it gives a new record to the right person, sets a "
            "field, makes what is to be done next, tells a manager. You see what it would have done before you switch "
            "it on."
        ),
        "action_dialog": new_url(None),
        "action_label": _("New rule"),
        "other_url": f"{BASE}/gallery",
        "other_label": _("Ready-made rules"),
    }


def rule_of(visit: Visit, pk: int) -> Any:
    """A rule that may be edited."""
    settings_pages.require(visit, PAGE)
    return records.get("rules", pk, visit.actor, "change")


@page("POST")
def switch(visit: Visit, pk: int) -> HttpResponseBase:
    """On or off; where records wait for it that would not be gone on with, it asks first."""
    row = rule_of(visit, pk)
    waits = coming.count(pk) if row.enabled else 0
    if waits and "ends" not in visit.request.POST:
        return visit.draw(DIALOG, _asked(visit, row, waits), 409)
    batch = new_batch()
    records.change("rules", pk, {"enabled": not row.enabled}, visit.act("form", batch), env=visit.env)
    text = _("%(name)s is off.") if row.enabled else _("%(name)s is on.")
    if waits:
        text = ngettext(
            "%(name)s is off. One record waited for it; that ended.",
            "%(name)s is off. %(n)s records waited for it; that ended.",
            waits,
        )
    return done(visit, text % {"name": row.name, "n": waits}, batch)


def _asked(visit: Visit, row: Any, waits: int) -> dict[str, Any]:
    """The dialog before a rule is switched off for which records wait."""
    lead = ngettext(
        "One record waits for this rule. What should follow there will not be done, "
        "not even when the rule is switched on again.",
        "%(n)s records wait for this rule. What should follow there will not be done, "
        "not even when the rule is switched on again.",
        waits,
    )
    return {
        "title": _("Switch off “%(rule)s”?") % {"rule": row.name},
        "lead": lead % {"n": waits},
        "action": visit.request.path,
        "hidden": [("ends", "1")],
        "danger": True,
        "save_label": _("Switch off"),
    }


@page("GET", "POST")
def remove(visit: Visit, pk: int) -> HttpResponseBase:
    """To the bin; its runs stay."""
    rule_of(visit, pk)
    return removal(visit, registry.get("rules"), pk)


@page("POST")
def order(visit: Visit, name: str) -> HttpResponseBase:
    """Another order within an event."""
    settings_pages.require(visit, PAGE)
    entity = entity_of(name)
    if entity is None:
        raise NotFound()
    visit.entity("rules", "change")
    console.reorder(entity, ids(visit.request.POST.getlist("id")), visit.act("form", new_batch()))
    return HttpResponse(status=204)


@page("GET")
def failed(visit: Visit) -> HttpResponseBase:
    """Runs that failed, with what was wrong; nothing of them was kept."""
    settings_pages.require(visit, PAGE)
    visit.entity("rules")
    context = {
        "title": _("Failed runs"),
        "crumbs": settings_pages.crumb(PAGE),
        "runs": [_failed(visit, row, is_open) for row, is_open in services.failed(visit.env)],
    }
    return settings_pages.draw(visit, PAGE, "automation_failed", context)


@page("GET")
def waits(visit: Visit) -> HttpResponseBase:
    """All that rules wait for, the next one first."""
    settings_pages.require(visit, PAGE)
    visit.entity("rules")
    drawn = automation.waits_of(visit, coming.everything(visit.actor, visit.env))
    for each in drawn:
        entity = registry.find(each["record"]["entity"])
        card = None
        if entity is not None and each["record"]["id"] is not None:
            visit.env.refs.load(entity.model, [each["record"]["id"]])
            card = visit.env.refs.card(entity.model, each["record"]["id"])
        each["title"] = card["name"] if card else _("Not open to you")
        each["url"] = record_url(entity, each["record"]["id"]) if card and entity else ""
        each["dialog"] = f"{BASE}/{each['rule']['id']}"
    context = {"title": _("Waiting"), "crumbs": settings_pages.crumb(PAGE), "waits": drawn}
    return settings_pages.draw(visit, PAGE, "automation_waiting", context)


@page("POST")
def cancel_wait(visit: Visit, pk: int) -> HttpResponseBase:
    """Its rule does not go on with this record."""
    try:
        row = waiting.cancel(pk, visit.actor)
    except NotFound:
        messages.warning(visit.request, _("It has gone on or ended meanwhile."))
        return HttpResponseRedirect(visit.back(f"{BASE}/waiting"))
    messages.success(visit.request, _("Cancelled: “%(rule)s” does not go on.") % {"rule": row.rule.name})
    entity = registry.find(row.entity)
    came_from = visit.request.headers.get("Referer", "")
    on_record = entity is not None and f"/{entity.key}/" in came_from
    there = f"{record_url(entity, row.record_id)}/pages/automation" if on_record and entity else f"{BASE}/waiting"
    return HttpResponseRedirect(there)


def _failed(visit: Visit, row: Any, is_open: bool) -> dict[str, Any]:
    entity = registry.find(str(row.entity))
    told = telling.run(row, visit.env, is_open)
    event = happenings.describe(str(row.event))
    card = None
    if entity is not None:
        visit.env.refs.load(entity.model, [row.record_id])
        card = visit.env.refs.card(entity.model, row.record_id)
    return {
        "at": row.at,
        "replay": f"{BASE}/failed/{row.pk}/replay",
        "rule": told["rule"]["name"],
        "dialog": f"{BASE}/{row.rule_id}",
        "event": f"{event['entity']}, {event['label']}" if event["entity"] else event["label"],
        "record": card["name"] if card else _("Not open to you"),
        "url": record_url(entity, row.record_id) if card and entity else "",
        "by": row.actor_name,
        "error": told["error"],
    }
