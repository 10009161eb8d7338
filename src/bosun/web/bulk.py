"""What is done to many records at once: edit a field, verbs, tags, remove; each with an undo."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import access, records
from bosun.kernel.actor import new_batch
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.errors import DoorError, Invalid, NotFound, Objected
from bosun.kernel.removal import remove, what_goes
from bosun.kernel.specs import FieldSpec
from bosun.web import bulkasking, fields
from bosun.web.bulkset import named, set_field
from bosun.web.liststate import ListState
from bosun.web.selection import Selection, batch_of, change_each, changed, chosen, keep_selection, told, undo_url
from bosun.web.verbs import asked_before, blocked, counts_in_words, guards_of, param_fields, unanswered
from bosun.web.visit import Visit, page

TAGS = "tags"


def editable(entity: Entity, visit: Visit) -> list[FieldSpec]:
    """The fields that can be set on many records at once."""
    title = entity.title_spec
    return [
        spec
        for name, spec in access.specs(entity, visit.actor).items()
        if spec.writable
        and not (spec.unique or spec.internal or spec.kind.widget == "file")
        and not (title and name == title.name)
    ]


def bar(visit: Visit, state: ListState) -> dict[str, Any]:
    """The bar under a list with ticked rows."""
    entity, actor = state.entity, visit.actor
    key = entity.key
    base = f"/{key}/bulk"
    verbs: list[dict[str, Any]] = [
        {"key": verb.key, "label": str(verb.label), "icon": verb.icon, "dialog": f"{base}/verb?verb={verb.key}"}
        for verb in entity.verbs.values()
        if verb.bulk and access.may(actor, entity, verb.key)
    ]
    if access.may(actor, entity, "change"):
        verbs.append({"key": "edit-many", "label": _("Set a field"), "icon": "pencil", "dialog": f"{base}/edit"})
        specs = access.specs(entity, actor)
        if TAGS in specs and specs[TAGS].writable:
            verbs.append({"key": "tag", "label": _("Tag"), "icon": "tag", "dialog": f"{base}/tag"})
    if access.may(actor, entity, "export"):
        verbs.append(
            {"key": "export", "label": _("Export"), "icon": "download", "dialog": f"/{key}/export", "hidden": True}
        )
    if access.may(actor, entity, "remove"):
        verbs.append(
            {
                "key": "remove",
                "label": _("Move to the bin"),
                "icon": "trash",
                "dialog": f"{base}/remove",
                "danger": True,
                "hidden": True,
            }
        )
    filter_ = json.dumps({"filter": state.tree or {}, "q": state.words}, ensure_ascii=False)
    return {"verbs": verbs, "entity": key, "filter": filter_, "total": _("that match")}


@page("GET", "POST")
def edit(visit: Visit, key: str) -> HttpResponseBase:
    """Set one field on many records: first which, then what."""
    entity = visit.entity(key, "change")
    selection = named(visit, entity) or chosen(visit, entity)
    offered = {spec.name: spec for spec in editable(entity, visit)}
    name = visit.request.GET.get("field", "")
    if not name:
        choices = [
            {"label": str(spec.label), "dialog": f"/{key}/bulk/edit?{keep_selection(visit, field=spec.name)}"}
            for spec in offered.values()
        ]
        context = {"title": _("Set a field"), "lead": selection.words, "choices": choices}
        return visit.draw("web/pages/choose_dialog.html", context)
    if name not in offered:
        raise NotFound()
    return set_field(visit, selection, offered[name])


@page("GET", "POST")
def tag(visit: Visit, key: str) -> HttpResponseBase:
    """Add words to the tags of many records, or take them away."""
    entity = visit.entity(key, "change")
    selection = chosen(visit, entity)
    spec = access.specs(entity, visit.actor).get(TAGS)
    if spec is None or not spec.writable:
        raise NotFound()
    if visit.request.method == "POST":
        post = visit.request.POST
        batch = batch_of(visit)
        try:
            add = spec.kind.parse(post.getlist("add"), visit.env) or ()
            away = spec.kind.parse(post.getlist("away"), visit.env) or ()
            rows = access.visible(entity, visit.actor, "change").filter(pk__in=selection.ids)
            seen = {row.pk: row for row in rows}
            wanted = {pk: {spec.name: retagged(spec.get(row), add, away)} for pk, row in seen.items()}
            # The words were read a moment ago: what somebody added since is not written over.
            drafts = change_each(selection, wanted, visit, batch, {pk: row.version for pk, row in seen.items()})
            if bulkasking.asks(drafts):
                context = {"title": _("Tag"), "lead": selection.words, "action": visit.request.get_full_path()}
                return _ask(visit, context, drafts, batch)
            return told(visit, drafts, batch, _("Tags changed on %(count)s."), bulkasking.before(visit))
        except Invalid as error:
            return visit.draw("web/parts/form/dialog.html", _tag_form(visit, spec, selection, error), 422)
    return visit.draw("web/parts/form/dialog.html", _tag_form(visit, spec, selection))


def retagged(held: Sequence[str] | None, add: Sequence[str], away: Sequence[str]) -> list[str]:
    """The words after some were added and others taken away."""
    return [word for word in dict.fromkeys((*(held or ()), *add)) if word not in away]


def _tag_form(visit: Visit, spec: FieldSpec, selection: Selection, error: Invalid | None = None) -> dict[str, Any]:
    words_url = f"/{selection.entity.key}/words?field={spec.name}"
    made = [
        {**fields.field("add", _("Add"), spec.kind, visit.env), "pick_url": words_url},
        {**fields.field("away", _("Take away"), spec.kind, visit.env), "pick_url": words_url},
    ]
    return {
        "title": _("Tag"),
        "lead": selection.words,
        "action": visit.request.get_full_path(),
        "fields": made,
        "form_errors": [part.message for part in error.errors] if error else [],
    }


@page("GET", "POST")
def verb(visit: Visit, key: str) -> HttpResponseBase:
    """Run a verb on many records."""
    entity = visit.entity(key)
    selection = chosen(visit, entity)
    found = entity.verbs.get(visit.request.GET.get("verb", ""))
    if found is None or not found.bulk or not access.may(visit.actor, entity, found.key):
        raise NotFound()
    context: dict[str, Any] = {
        "title": str(found.label),
        "lead": selection.words,
        "action": visit.request.get_full_path(),
        "save_label": str(found.label),
        "guards": asked_before(entity, selection.ids, found, visit.env),
    }
    if visit.request.method == "POST" and not unanswered(visit, context["guards"]):
        batch = batch_of(visit)
        raw = {param.name: fields.read_one(visit.request.POST, param.name, param.kind) for param in found.params}
        try:
            drafts = records.run_verb(entity, selection.ids, found.key, raw, visit.act("verb", batch))
            if bulkasking.asks(drafts):
                return _ask(visit, context, drafts, batch)
            return told(visit, drafts, batch, f"{found.label}: %(count)s", bulkasking.before(visit))
        except Invalid as error:
            context["fields"] = param_fields(found, visit.env, raw, error)
            return visit.draw("web/parts/form/dialog.html", context, 422)
    context["fields"] = param_fields(found, visit.env)
    return visit.draw("web/parts/form/dialog.html", context, 409 if visit.request.method == "POST" else 200)


def _ask(visit: Visit, context: dict[str, Any], drafts: Sequence[Draft], batch: str) -> HttpResponse:
    """The questions of guards; what did not have to be asked is done."""
    hidden = bulkasking.again(visit, batch, bulkasking.before(visit) + changed(drafts))
    asked = {**context, **bulkasking.context(visit, drafts), "hidden": hidden}
    asked["guards"] = [*context["guards"], *asked["guards"]]
    return visit.draw("web/parts/form/dialog.html", asked, 409)


@page("GET", "POST")
def remove_many(visit: Visit, key: str) -> HttpResponseBase:
    """Move many records to the bin, with what belongs to them; the exact counts are said before."""
    entity = visit.entity(key, "remove")
    selection = chosen(visit, entity)
    allowed = access.visible(entity, visit.actor, "remove").filter(pk__in=selection.ids)
    ids = list(allowed.values_list("pk", flat=True))
    if not ids:
        raise NotFound()
    going, held = what_goes(entity, ids)
    context = {
        "title": _("Move to the bin"),
        "lead": counts_in_words({name: len(pks) for name, pks in going.items()}),
        "action": visit.request.get_full_path(),
        "danger": True,
        "save_label": _("Move to the bin"),
        "form_errors": [_("Still in use by %(records)s. Change those first.") % {"records": counts_in_words(held)}]
        if held
        else [],
    }
    if visit.request.method == "POST" and not held:
        batch = new_batch()
        try:
            remove(entity, ids, visit.act("bulk", batch), visit.env)
        except Objected as error:
            stays = [error.title] if blocked(error) else []
            once = {each["confirm"]: each for each in guards_of(error)}
            context |= {"form_errors": stays, "guards": [] if stays else list(once.values())}
            return visit.draw("web/parts/form/dialog.html", context, 409)
        except DoorError as error:
            context["form_errors"] = [error.title]
            return visit.draw("web/parts/form/dialog.html", context, 422)
        text = ngettext("%(count)s record moved to the bin.", "%(count)s records moved to the bin.", len(ids))
        messages.success(visit.request, text % {"count": len(ids)}, extra_tags=undo_url(batch))
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return visit.draw("web/parts/form/dialog.html", context, 422 if held and visit.request.method == "POST" else 200)
