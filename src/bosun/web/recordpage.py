"""The page of one record: head, facts, composer and timeline, what hangs on it; and its side panel.

Slots drawn here, each provider called with (visit, entity, record):
- `record.composer`: the composer's context, or None; it has `verbs` for the head, and a
  method `save` for what is posted.
- `record.next_step`: text, ring and addresses of the next step (record/next.html), or None.
- `record.panels`: a list of `Panel`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel import access, conditions, records, registry, slots
from bosun.kernel.entity import Entity, Related
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.kernel.specs import FieldSpec
from bosun.platform import doubts
from bosun.platform.customize import objects
from bosun.web import automation, files, following, reach, stagepath, table, timeline, verbs
from bosun.web.present import (
    brief,
    head,
    list_url,
    look,
    name_of,
    numbers,
    owner_of,
    record_url,
    state_of,
    subtitle,
)
from bosun.web.visit import Visit, page

SHOWN_RELATED = 5
LATEST = 6


@dataclass(frozen=True)
class Panel:
    """What a module adds to a record: a box at the side (`side` is the context of record/related.html), or a page."""

    key: str
    title: str
    side: dict[str, Any] | None = None
    template: str = ""
    context: Callable[[], dict[str, Any]] = field(default=dict)


def panels_of(visit: Visit, entity: Entity, record: Any) -> list[Panel]:
    """Everything that modules offer for this record."""
    found = [panel for provider in slots.of("record.panels") for panel in provider(visit, entity, record)]
    if stagepath.shown(entity, visit.env):
        told = partial(stagepath.history, entity, record, visit.env)
        found.append(Panel("stages", _("Stages"), template="web/parts/record/stays.html", context=told))
    if automation.offered(entity):
        did = partial(automation.of_record, visit, entity, record)
        beside = automation.beside(visit, entity, record)
        page = "web/parts/record/automation.html"
        found.append(Panel("automation", _("Automation"), beside, template=page, context=did))
    return found


def composer_of(visit: Visit, entity: Entity, record: Any) -> dict[str, Any] | None:
    """The composer, where a module offers one for this record."""
    for provider in slots.of("record.composer"):
        found: dict[str, Any] | None = provider(visit, entity, record)
        if found is not None:
            return {**found, "action": f"{record_url(entity, record.pk)}/composer"}
    return None


def next_step_of(visit: Visit, entity: Entity, record: Any) -> dict[str, Any] | None:
    """What is to be done next, where a module knows."""
    for provider in slots.of("record.next_step"):
        found: dict[str, Any] | None = provider(visit, entity, record)
        if found is not None:
            return found
    return None


def in_head(visit: Visit, entity: Entity, record: Any) -> dict[str, Any]:
    """The head of the page, and of the side panel."""
    env = visit.env
    records.preload(entity, [record], env)
    composer = composer_of(visit, entity, record)
    return {
        "record": head(entity, record, env),
        "state": state_of(entity, record, env),
        "subtitle": subtitle(entity, record, env),
        "owner": owner_of(entity, record, env),
        "numbers": numbers(entity, record, env, stagepath.ended(entity, record))[:3],
        "next_step": next_step_of(visit, entity, record),
        "path": stagepath.path(entity, record, env),
        "composer": composer,
        "verbs": _verbs(visit, entity, record, composer),
        "back_url": visit.back(list_url(entity)),
        "call_href": _call(entity, record, env),
    }


ABOUT_NOTHING = ("reminders", "occurrences")
"""Records that remind of themselves."""


def _verbs(visit: Visit, entity: Entity, record: Any, composer: dict[str, Any] | None) -> list[dict[str, Any]]:
    """One primary verb, a few more, the rest behind the dots."""
    base = record_url(entity, record.pk)
    found = [*(composer or {}).get("verbs", ()), *verbs.offered(entity, record, visit.env)]
    found += _of_whole(entity, record, visit.env)
    if reach.may_row(entity, visit.env, "change", record.pk):
        found.append({"key": "edit", "label": _("Edit"), "icon": "pencil", "url": f"{base}/edit", "extra": True})
    found += following.button(visit, entity, record.pk)
    own = entity.key in ABOUT_NOTHING or entity.menu == "settings"
    if not own and access.may(visit.actor, registry.get("reminders"), "create"):
        dialog = f"/remind/{entity.key}/{record.pk}"
        found.append({"key": "remind", "label": _("Remind me"), "icon": "bell", "dialog": dialog, "hidden": True})
    if access.may(visit.actor, entity, "create"):
        copy = {"key": "copy", "label": _("Copy"), "icon": "copy", "url": f"/{entity.key}/new?like={record.pk}"}
        found.append({**copy, "hidden": True})
    found.append({"key": "history", "label": _("History"), "icon": "history", "url": f"{base}/history", "hidden": True})
    if reach.may_row(entity, visit.env, "remove", record.pk):
        away = {"key": "remove", "label": _("Move to the bin"), "icon": "trash", "dialog": f"{base}/remove"}
        found.append({**away, "danger": True, "hidden": True})
    return found


def _of_whole(entity: Entity, record: Any, env: Env) -> list[dict[str, Any]]:
    """Verbs of the record that this one is a part of: a time of a reminder is handed over with it."""
    field, keys = entity.extras.get("verbs_of", ("", ()))
    spec = entity.native_specs().get(field)
    if spec is None:
        return []
    for model, pk in spec.kind.refers(spec.get(record)):
        whole = registry.of(model)
        row = access.visible(whole, env.actor, few=True).filter(pk=pk).first()
        return [each for each in verbs.offered(whole, row, env) if each["key"] in keys] if row else []
    return []


def _call(entity: Entity, record: Any, env: Env) -> str:
    for spec in access.specs(entity, env.actor).values():
        numbers_ = spec.get(record) if spec.kind.cell == "phones" else None
        if numbers_:
            return f"tel:{numbers_[0]}"
    return ""


def facts(entity: Entity, record: Any, env: Env) -> list[dict[str, Any]]:
    """The facts in the groups of the form, each with the address that edits it."""
    specs = access.specs(entity, env.actor)
    editable = reach.may_row(entity, env, "change", record.pk)
    title = entity.title_spec
    groups = []
    named: set[str] = {title.name} if title else set()
    for section in entity.form:
        wanted = [name for name in section.names() if name in specs and name not in named]
        named.update(wanted)
        wanted = [name for name in wanted if concerns(entity, record, specs[name], env)]
        groups.append((str(section.label), wanted))
    groups.append((_("More"), [name for name, spec in specs.items() if spec.custom and name not in named]))
    named.update(groups[-1][1])
    groups.append(
        (_("Kept by Bosun"), [n for n, s in specs.items() if s.read_only and not s.internal and n not in named])
    )
    return [
        {"title": label, "facts": [_fact(entity, record, specs[name], env, editable) for name in names]}
        for label, names in groups
        if names
    ]


def concerns(entity: Entity, record: Any, spec: FieldSpec, env: Env) -> bool:
    """False for an empty field that a form of this record would not show either, and for a reference that is to be
    shown only where it is open, and is not."""
    if spec.name in entity.extras.get("where_open", ()):
        return any(env.refs.card(model, pk) for model, pk in spec.kind.refers(spec.get(record)))
    if not spec.shown_when or spec.get(record) not in (None, ()):
        return True
    try:
        return conditions.matches(conditions.parse(spec.shown_when, entity, env), record, env)
    except Invalid:
        return True


def _fact(entity: Entity, record: Any, spec: FieldSpec, env: Env, editable: bool) -> dict[str, Any]:
    url = record_url(entity, record.pk) + table.cell_path(spec.name) if editable and spec.writable else ""
    doubt = doubts.far(entity, spec, spec.get(record), env)
    return {"spec": look(spec), "value": brief(spec, record, env), "edit_url": url, "doubt": doubt}


def related(visit: Visit, entity: Entity, record: Any, link: Related) -> dict[str, Any] | None:
    """One list of other records that point here."""
    target = registry.find(link.entity)
    if target is None or not access.may(visit.actor, target, "read"):
        return None
    spec = access.specs(target, visit.actor).get(link.field)
    if spec is None:
        return None
    query = records.query(target, visit.actor, visit.env)
    if spec.custom:
        query = query.filter({"field": link.field, "op": "is", "value": record.pk})
    else:
        query = query.near(**{link.field: record.pk})
    order = [name for name in target.sort if name.lstrip("-") in access.specs(target, visit.actor)]
    found = query.sort(order).page(limit=SHOWN_RELATED + 1).items
    count = len(found) if len(found) <= SHOWN_RELATED else query.count()[0]
    if "told_apart" in target.extras:
        records.preload(target, found, visit.env, target.extras["told_apart"])
    here = record_url(entity, record.pk)
    title = str(link.label or target.plural)
    filter_ = f'{{"all":[{{"field":"{link.field}","op":"is","value":{record.pk}}}]}}'
    may_add = access.may(visit.actor, target, "create") and spec.writable
    return {
        "key": f"{link.entity}-{link.field}" if spec.custom else link.entity,
        "title": title,
        "url": f"{list_url(target)}?filter={filter_}",
        "count": count,
        "add_url": f"{list_url(target)}/new?{link.field}={record.pk}&back={here}" if may_add else "",
        "items": [_item(target, item, visit.env) for item in found[:SHOWN_RELATED]],
    }


def _item(entity: Entity, item: Any, env: Env) -> dict[str, Any]:
    specs = access.specs(entity, env.actor)
    if "told_apart" in entity.extras:
        name, *rest = [specs[n].kind.text(specs[n].get(item), env) for n in entity.extras["told_apart"] if n in specs]
        return {**head(entity, item, env), "name": name, "note": " · ".join(rest)}
    notes = [
        specs[n].kind.text(specs[n].get(item), env)
        for n in entity.highlight
        if n in specs and not specs[n].kind.refers(specs[n].get(item))
    ]
    return {
        **head(entity, item, env),
        "ring": state_of(entity, item, env),
        "note": next((note for note in notes if note), ""),
    }


# pages -----------------------------------------------------------------------------------------------------------


def whole(visit: Visit, key: str, pk: int) -> tuple[Entity, Any, dict[str, Any]]:
    """The context of every page of a record."""
    entity = visit.entity(key)
    record = records.get(entity, pk, visit.actor)
    reach.seen(entity, pk, visit.env)
    panels = panels_of(visit, entity, record)
    links = [*entity.related, *objects.related_to(entity)]
    lists = [found for link in links if (found := related(visit, entity, record, link)) is not None]
    context = {
        **in_head(visit, entity, record),
        "page_title": name_of(entity, record, visit.env),
        "groups": facts(entity, record, visit.env),
        "files": files.of(visit, entity, pk, reach.may_row(entity, visit.env, "change", pk)),
        "relations": [*(panel.side for panel in panels if panel.side), *lists],
        "panels": panels,
        "tabs_more": _tabs(visit, entity, record, panels),
    }
    return entity, record, context


def _tabs(visit: Visit, entity: Entity, record: Any, panels: list[Panel]) -> list[dict[str, Any]]:
    base = record_url(entity, record.pk)
    pages = [("", _("Timeline"))]
    pages += [(f"/pages/{panel.key}", panel.title) for panel in panels if panel.template]
    pages.append(("/history", _("History")))
    return [{"label": label, "url": base + path, "current": visit.request.path == base + path} for path, label in pages]


@page("GET")
def record_page(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """The page of a record."""
    entity, record, context = whole(visit, key, pk)
    context |= timeline.of(visit, entity, record)
    context["followed"] = automation.followed(visit, entity, record)
    return visit.draw("web/base_record.html", context)


@page("GET")
def extra_page(visit: Visit, key: str, pk: int, panel: str) -> HttpResponseBase:
    """A further page of a record that a module offers."""
    _entity, _record, context = whole(visit, key, pk)
    found = next((each for each in context["panels"] if each.key == panel and each.template), None)
    if found is None:
        raise NotFound()
    return visit.draw("web/base_record_page.html", {**context, **found.context(), "page_part": found.template})


@page("GET")
def history_page(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """Every change of a record: who, when, from what to what, through which door."""
    entity, _record, context = whole(visit, key, pk)
    more = timeline.history_table(visit, entity, pk)
    return visit.draw("web/base_record_page.html", {**context, **more, "page_part": "web/parts/record/history.html"})


@page("GET")
def older(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """Earlier entries of the timeline."""
    entity = visit.entity(key)
    record = records.get(entity, pk, visit.actor)
    return visit.draw("web/pages/older.html", timeline.of(visit, entity, record))


@page("GET")
def panel(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """The record at a glance, beside the list."""
    entity = visit.entity(key)
    record = records.get(entity, pk, visit.actor)
    context = in_head(visit, entity, record)
    held = [fact for group in facts(entity, record, visit.env) for fact in group["facts"]]
    told = {*entity.highlight, *entity.key_numbers, entity.state}
    filled = [f for f in held if f["value"] not in (None, "", [], ()) and f["spec"]["name"] not in told]
    for verb in context["verbs"]:
        kind = verb.pop("compose", None)
        if kind is not None:
            verb["dialog"] = f"{record_url(entity, pk)}/composer?kind={kind}"
    context |= {"facts": filled[:9], **timeline.of(visit, entity, record, limit=LATEST), "more_url": ""}
    return visit.draw("web/parts/list/panel.html", context)


@page("GET", "POST")
def composer(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """The composer in a dialog; and what is written in it."""
    entity = visit.entity(key)
    record = records.get(entity, pk, visit.actor)
    context = composer_of(visit, entity, record)
    if context is None:
        raise NotFound()
    if visit.request.method == "GET":
        kind = visit.request.GET.get("kind")
        known = {each["key"] for each in context["kinds"]}
        context |= {"quick": True, "kind": kind if kind in known else context["kind"]}
        lead = name_of(entity, record, visit.env)
        return visit.draw("web/pages/composer_dialog.html", {"composer": context, "title": lead})
    return _write(visit, entity, record, context)


def _write(visit: Visit, entity: Entity, record: Any, context: dict[str, Any]) -> HttpResponseBase:
    for provider in slots.of("record.composer"):
        if provider(visit, entity, record) is None:
            continue
        try:
            text, batch = provider.save(visit, entity, record)  # type: ignore[attr-defined]
        except Invalid as error:
            post = visit.request.POST
            typed = {name: post.get(name, "") for name in ("text", "kind", "result", "next_step", "next_date")}
            context |= {**typed, "next_open": bool(typed["next_step"] or typed["next_date"])}
            context["errors"] = {part.field: part.message for part in error.errors}
            return visit.draw("web/parts/record/composer.html", {"composer": context}, 422)
        return verbs.done(visit, text, batch)
    raise Denied()
