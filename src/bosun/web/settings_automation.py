"""The console of automation: every event with its rules, in the order in which they act; what failed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel import records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.errors import NotFound
from bosun.platform.automation import console, happenings, rulebook, services, telling
from bosun.web import settings_pages
from bosun.web.present import record_url
from bosun.web.settings_fields import ids
from bosun.web.settings_forms import removal
from bosun.web.verbs import done
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
        settings_pages.button("gallery", _("Ready-made rules"), icon="bolt", url=f"{BASE}/gallery"),
        settings_pages.button("new", _("New rule"), icon="plus", primary=True, dialog=new_url(chosen)),
    ]
    if wrong:
        label = _("Failed runs (%(n)s)") % {"n": wrong}
        verbs.insert(0, settings_pages.button("failed", label, icon="alert-circle", url=f"{BASE}/failed"))
    entities = [chosen] if chosen else [each for each in happenings.entities() if of(rows, each)]
    context = {
        "title_verbs": verbs,
        "lists": lists(rows, chosen),
        "groups": [group(visit, each, of(rows, each), chosen is not None) for each in entities],
        "empty": None if rows or chosen else nothing_yet(),
    }
    return settings_pages.draw(visit, PAGE, "automation", context)


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
    """On or off."""
    row = rule_of(visit, pk)
    batch = new_batch()
    records.change("rules", pk, {"enabled": not row.enabled}, visit.act("form", batch), env=visit.env)
    text = _("%(name)s is off.") if row.enabled else _("%(name)s is on.")
    return done(visit, text % {"name": row.name}, batch)


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
        "runs": [_failed(visit, row) for row in services.failed()],
    }
    return settings_pages.draw(visit, PAGE, "automation_failed", context)


def _failed(visit: Visit, row: Any) -> dict[str, Any]:
    entity = registry.find(str(row.entity))
    told = telling.run(row, visit.env)
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
