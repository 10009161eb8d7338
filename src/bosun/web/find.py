"""Finding: pickers of references and tags, the palette, and the page of the global search."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.errors import DoorError, NotFound
from bosun.kernel.inuse import words_in_use
from bosun.kernel.kinds import AnyReference
from bosun.platform.reminders import rules
from bosun.platform.search import services
from bosun.web import offered, remind, settings_pages, shell, verbs
from bosun.web.present import a_new, head, is_person, list_url, record_url, subtitle
from bosun.web.visit import Visit, page

OFFERED = 8


def recent(visit: Visit, entity: Entity, limit: int = OFFERED) -> list[dict[str, Any]]:
    """What one is offered before typing: one's own first, the latest changed."""
    query = records.query(entity, visit.actor, visit.env)
    known = access.specs(entity, visit.actor)
    order = ["-updated_at"] if "updated_at" in known else []
    found: list[Any] = []
    if entity.owned and visit.actor.id is not None:
        found = query.where(owner_id=visit.actor.id).sort(order).page(limit=limit).items
    if len(found) < limit:
        held = {item.pk for item in found}
        found += [item for item in query.sort(order).page(limit=limit).items if item.pk not in held]
    found = found[:limit]
    records.preload(entity, found, visit.env, entity.highlight)
    return [_item(visit, entity, item) for item in found]


def _item(visit: Visit, entity: Entity, item: Any) -> dict[str, Any]:
    shape = head(entity, item, visit.env)
    hint = " · ".join(subtitle(entity, item, visit.env)[:2])
    return {"id": item.pk, "name": shape["name"], "hint": hint, "person": shape["person"]}


def _found(visit: Visit, entity: Entity, typed: str) -> list[dict[str, Any]]:
    if entity.search:
        hits = services.find(typed, visit.env, [entity], OFFERED)
        person = is_person(entity.model)
        return [{"id": hit.id, "name": hit.title, "hint": hit.subtitle, "person": person} for hit in hits]
    title = entity.title_spec
    if title is None or title.name not in access.specs(entity, visit.actor):
        return []
    leaf = {"field": title.name, "op": "contains", "value": typed}
    items = records.query(entity, visit.actor, visit.env).filter(leaf).page(limit=OFFERED).items
    return [_item(visit, entity, item) for item in items]


def _within(visit: Visit, entity: Entity, leaf: dict[str, Any], typed: str) -> list[dict[str, Any]]:
    """Only such as meet a condition: the people of one company."""
    return _of(visit, entity, records.query(entity, visit.actor, visit.env).filter(leaf), typed)


def _of(visit: Visit, entity: Entity, query: records.Query, typed: str) -> list[dict[str, Any]]:
    if typed:
        query = query.search(typed)
    order = [name for name in entity.sort if name.lstrip("-") in access.specs(entity, visit.actor)]
    items = query.sort(order).page(limit=OFFERED).items
    records.preload(entity, items, visit.env, entity.highlight)
    return [_item(visit, entity, item) for item in items]


@page("GET")
def pick(visit: Visit, key: str) -> HttpResponseBase:
    """Records of one kind for a picker; only such as are open to the person."""
    entity = visit.entity(key)
    params = visit.request.GET
    typed = params.get("q", "").strip()[:200]
    if params.get("by"):
        items = _within(
            visit, entity, {"field": params["by"], "op": "is", "value": {"id": params.get("of", "")}}, typed
        )
    else:
        items = _found(visit, entity, typed) if typed else recent(visit, entity)
    may_create = access.may(visit.actor, entity, "create") and entity.menu == "main"
    title = entity.title_spec
    create = f"{list_url(entity)}/new?{urlencode({title.name: typed})}" if may_create and title and typed else None
    return JsonResponse({"items": items, "create": create})


@page("GET")
def pick_any(visit: Visit) -> HttpResponseBase:
    """Records of any kind, for a reference to whatever it may be."""
    typed = visit.request.GET.get("q", "").strip()[:200]
    items = []
    for hit in services.find(typed, visit.env, limit=5):
        hint = registry.get(hit.entity).label
        items.append({"id": f"{hit.entity}:{hit.id}", "name": hit.title, "hint": hint, "icon": hit.icon})
    return JsonResponse({"items": items[: OFFERED * 2], "create": None})


@page("GET")
def remindable(visit: Visit) -> HttpResponseBase:
    """Whom one may remind."""
    people = registry.get("users")
    may = people.model._default_manager.filter(rules.remindable(visit.actor), active=True)
    query = records.query(people, visit.actor, visit.env).where(pk__in=may.values("pk"))
    return JsonResponse(
        {"items": _of(visit, people, query, visit.request.GET.get("q", "").strip()[:200]), "create": None}
    )


@page("GET")
def words(visit: Visit, key: str) -> HttpResponseBase:
    """Words that are in use in a field of tags, among the records that are open to the person."""
    entity = visit.entity(key)
    spec = access.specs(entity, visit.actor).get(visit.request.GET.get("field", ""))
    if spec is None or spec.kind.widget != "tags":
        raise NotFound()
    typed = visit.request.GET.get("q", "").strip()[:60]
    found = words_in_use(entity, spec.name, visit.actor, typed, OFFERED)
    return JsonResponse({"items": [{"id": word, "name": word} for word in found]})


# the palette -----------------------------------------------------------------------------------------------------


@page("GET")
def palette(visit: Visit) -> HttpResponseBase:
    """Go to, create, run a verb on this record or on the ticked rows, and records by name."""
    typed = visit.request.GET.get("q", "").strip()[:200]
    folded = typed.casefold()
    groups = [
        (_("This record"), _on_record(visit) if visit.request.GET.get("on") else []),
        (_("The ticked rows"), _on_ticked(visit) if visit.request.GET.get("ids") else []),
        (_("Go to"), _places(visit)),
        (_("Create"), _creations(visit)),
    ]
    drawn = []
    if typed:
        groups.append((_("Settings"), _settings(visit)))
    for label, items in groups:
        fitting = [item for item in items if not folded or folded in item["label"].casefold()]
        drawn.append({"label": label, "items": fitting[:OFFERED]})
    if typed:
        hits = [
            {
                "label": hit.title,
                "hint": hit.subtitle or registry.get(hit.entity).label,
                "icon": hit.icon,
                "url": f"/{hit.entity}/{hit.id}",
            }
            for hit in services.find(typed, visit.env, limit=5)
        ]
        reminding = remind.in_palette(visit, typed, visit.request.GET.get("on", ""))
        drawn.insert(0, {"label": _("Reminder"), "items": reminding})
        place = 1 if any(hit for hit in hits) and not drawn[1]["items"] else 2
        drawn.insert(place, {"label": _("Found"), "items": hits})
        more = {"label": _("Search everywhere for “%(words)s”") % {"words": typed}, "icon": "search"}
        drawn.append({"label": _("Search"), "items": [{**more, "url": f"/search?{urlencode({'q': typed})}"}]})
    return JsonResponse({"groups": [group for group in drawn if group["items"]]})


def _places(visit: Visit) -> list[dict[str, Any]]:
    places = [*shell.nav(visit.actor, ""), *shell.nav_end(visit.actor, visit.request)]
    return [
        {
            "label": each["label"],
            "icon": each["icon"],
            "url": each["url"],
            "hint": f"G {each['letter'].upper()}" if each.get("letter") else "",
        }
        for each in [*places, *_pages(visit)]
    ]


def _pages(visit: Visit) -> list[dict[str, Any]]:
    found = offered.pages(visit.env)
    return [{"label": str(each.label), "icon": each.icon, "url": f"/pages/{each.key}"} for each in found]


def _settings(visit: Visit) -> list[dict[str, Any]]:
    """What is set up, for whoever types a part of its name."""
    found = [
        {"label": str(each.label), "icon": each.icon, "url": each.address}
        for each in settings_pages.open_to(visit.actor)
    ]
    quiet = {"label": _("Quiet hours and digest"), "icon": "bell-off", "dialog": "/me/notices/times"}
    return [quiet, *found]


def _creations(visit: Visit) -> list[dict[str, Any]]:
    about = visit.request.GET.get("on", "").replace("/", ":")
    found = []
    for each in shell.creatable(visit.actor):
        spec = access.specs(registry.get(each["key"]), visit.actor).get("about")
        fits = about and spec is not None and isinstance(spec.kind, AnyReference)
        url = f"{each['url']}?{urlencode({'about': about})}" if fits else each["url"]
        found.append({"label": a_new(each["label"]), "icon": each["icon"], "url": url})
    found.append({"label": _("I am away"), "icon": "calendar-time", "url": "/delegations/new?back=/me/away"})
    if remind.may_remind(visit):
        found.append({"label": _("Remind me"), "icon": "bell", "dialog": "/remind"})
    return found


def _on_record(visit: Visit) -> list[dict[str, Any]]:
    key, _slash, rest = visit.request.GET.get("on", "").partition("/")
    if not (rest.isascii() and rest.isdigit() and len(rest) < 19):
        return []
    try:
        entity = visit.entity(key)
        record = records.get(entity, int(rest), visit.actor)
    except DoorError:
        return []
    found: list[dict[str, Any]] = [
        {name: each[name] for name in ("label", "icon", "post", "dialog") if name in each}
        for each in verbs.offered(entity, record, visit.env)
    ]
    if access.may_row(entity, visit.actor, "change", record.pk):
        found.append({"label": _("Edit"), "icon": "pencil", "url": f"{record_url(entity, record.pk)}/edit"})
    return found


def _on_ticked(visit: Visit) -> list[dict[str, Any]]:
    """The verbs that run on many records at once."""
    try:
        entity = visit.entity(visit.request.GET.get("of", ""))
    except DoorError:
        return []
    query = urlencode({"ids": visit.request.GET["ids"]})
    base = f"{list_url(entity)}/bulk"
    found = [
        {"label": str(verb.label), "icon": verb.icon, "dialog": f"{base}/verb?verb={verb.key}&{query}"}
        for verb in entity.verbs.values()
        if verb.bulk and access.may(visit.actor, entity, verb.key)
    ]
    if access.may(visit.actor, entity, "change"):
        found.append({"label": _("Set a field"), "icon": "pencil", "dialog": f"{base}/edit?{query}"})
    if access.may(visit.actor, entity, "remove"):
        found.append({"label": _("Move to the bin"), "icon": "trash", "dialog": f"{base}/remove?{query}"})
    return found


@page("GET")
def search_page(visit: Visit) -> HttpResponseBase:
    """Everything that is found, by kind."""
    typed = visit.request.GET.get("q", "").strip()[:200]
    groups: dict[str, dict[str, Any]] = {}
    for hit in services.find(typed, visit.env, limit=12):
        entity = registry.get(hit.entity)
        url = f"/{hit.entity}?{urlencode({'q': typed})}"
        group = groups.setdefault(hit.entity, {"label": entity.plural, "url": url, "items": []})
        person = is_person(entity.model)
        group["items"].append(
            {"name": hit.title, "hint": hit.subtitle, "url": f"/{hit.entity}/{hit.id}", "person": person}
        )
    context = {"typed": typed, "groups": list(groups.values()), "page_title": _("Search"), "title": _("Search")}
    return visit.draw("web/pages/search.html", context)
