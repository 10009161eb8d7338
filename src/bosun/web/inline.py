"""Editing a cell or a fact where it stands."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _

from bosun.kernel import access, records
from bosun.kernel.actor import new_batch
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Conflict, Denied, Invalid, NotFound, Objected
from bosun.kernel.specs import FieldSpec
from bosun.platform import doubts
from bosun.web import automation, fields, table
from bosun.web.liststate import names
from bosun.web.present import brief, look
from bosun.web.selection import undo_url
from bosun.web.verbs import blocked, guards_of, toast
from bosun.web.visit import Visit, page

FORM = "web/parts/list/cell_form.html"


def spec_of(visit: Visit, entity: Entity, name: str) -> FieldSpec:
    """The field that is edited; as if it did not exist where it is hidden."""
    spec = access.specs(entity, visit.actor).get(name)
    if spec is None:
        raise NotFound()
    if not spec.writable:
        raise Denied()
    return spec


@page("GET", "POST")
def cell(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """GET: the input; POST: save, and draw the row or the fact anew."""
    entity = visit.entity(key)
    record = records.get(entity, pk, visit.actor)
    spec = spec_of(visit, entity, visit.request.GET.get("field", ""))
    if not access.may_row(entity, visit.actor, "change", pk):
        raise Denied()
    if visit.request.method == "GET":
        field = fields.spec_field(spec, entity, visit.env, spec.get(record), prefix=f"cell{pk}")
        return _form(visit, field, record.version, 200)
    return _save(visit, entity, record, spec)


def _form(visit: Visit, field: dict[str, Any], version: Any, status: int) -> HttpResponse:
    field.pop("shown_when_json", None)
    context = {"field": field, "edit_url": visit.request.get_full_path(), "version": version}
    return visit.draw(FORM, context, status)


def _save(visit: Visit, entity: Entity, record: Any, spec: FieldSpec) -> HttpResponseBase:
    post = fields.taken(visit.request, {spec.name: spec}, visit.env)
    kept = post.get(f"keep_{spec.name}")
    if kept == "theirs":
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    raw = fields.read_one(post, spec.name, spec.kind)
    spoken_of = spec.kind.widget != "file" or spec.name in post
    seen = post.get("version", "")
    batch = new_batch()
    try:
        draft = records.change(
            entity,
            record.pk,
            {spec.name: raw} if spoken_of else {},
            visit.act("inline", batch),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None,
            env=visit.env,
        )
    except Invalid as error:
        said = [part.message for part in error.errors]
        how: dict[str, Any] = {"raw": raw} if spoken_of else {}
        held = spec.get(record)
        field = fields.spec_field(spec, entity, visit.env, held, errors=said, prefix=f"cell{record.pk}", **how)
        return _form(visit, field, seen, 422)
    except Conflict as error:
        return conflict_dialog(visit, entity, error, post)
    except Objected as error:
        return _ask(visit, error, post)
    effects = automation.effects(entity, visit.env, draft.change_id) if draft.diff else ""
    if kept or post.getlist("confirm"):
        if effects:
            messages.success(visit.request, effects)
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    answer = _drawn(visit, entity, draft, spec)
    doubt = doubts.of(entity, spec, spec.get(draft.record), visit.env)
    text = f"{_('%(name)s saved.') % {'name': spec.label}} {doubt}".strip()
    word, back = automation.told(text, effects), undo_url(batch)
    if effects and names(visit.request.GET.get("columns")) is None:
        answer.headers["HX-Refresh"] = "true"
        automation.remember(visit, entity, record.pk, effects, draft.change_id)
    if not draft.diff:
        return answer
    if "HX-Refresh" in answer.headers:
        messages.success(visit.request, word, extra_tags=back)
    else:
        answer.headers["HX-Trigger"] = toast(word, back)["HX-Trigger"]
    return answer


def _drawn(visit: Visit, entity: Entity, draft: Draft, spec: FieldSpec) -> HttpResponse:
    columns = names(visit.request.GET.get("columns"))
    known = access.specs(entity, visit.actor)
    if columns is not None:
        shown_columns = [known[name] for name in columns if name in known]
        found = records.query(entity, visit.actor, visit.env).near(pk=draft.pk).page(limit=1).items
        if not found:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        row = table.rows(entity, found, shown_columns, visit.env)[0]
        return visit.draw("web/parts/list/row.html", {"row": row})
    records.preload(entity, [draft.record], visit.env, [spec.name])
    context = {
        "spec": look(spec),
        "value": brief(spec, draft.record, visit.env),
        "record": draft.record,
        "edit_url": visit.request.get_full_path(),
        "saved": True,
        "doubt": doubts.far(entity, spec, spec.get(draft.record), visit.env),
    }
    answer = visit.draw("web/parts/record/fact.html", context)
    title = entity.title_spec
    in_head = {*entity.highlight, *entity.key_numbers, entity.state, title.name if title else ""}
    if in_head & set(draft.diff) or set(draft.diff) - {spec.name}:
        answer.headers["HX-Refresh"] = "true"
    return answer


def conflict_of(visit: Visit, entity: Entity, error: Conflict) -> dict[str, Any]:
    """Both values of every field that two people changed, in words."""
    known = access.specs(entity, visit.actor)
    for clash in error.clashes:
        for value in (clash.theirs, clash.yours):
            for model, target in known[clash.field].kind.refers(value):
                visit.env.refs.load(model, [target])
    return {
        "who": error.by or _("Somebody"),
        "version": error.version,
        "fields": [
            {
                "name": clash.field,
                "label": str(known[clash.field].label),
                "mine": known[clash.field].kind.text(clash.yours, visit.env) or "–",
                "theirs": known[clash.field].kind.text(clash.theirs, visit.env) or "–",
            }
            for clash in error.clashes
        ],
    }


def conflict_dialog(visit: Visit, entity: Entity, error: Conflict, post: QueryDict) -> HttpResponse:
    """Both values side by side; the choice is posted to the same address."""
    hidden = [
        (name, value)
        for name, values in post.lists()
        for value in values
        if name not in ("version", "csrfmiddlewaretoken") and not name.startswith("keep_")
    ]
    context = {
        "conflict": conflict_of(visit, entity, error),
        "action": visit.request.get_full_path(),
        "hidden": hidden,
    }
    return visit.draw("web/parts/form/conflict_dialog.html", context, 409)


def _ask(visit: Visit, error: Objected, post: QueryDict) -> HttpResponse:
    hidden = [
        (name, value)
        for name, values in post.lists()
        for value in values
        if name not in ("confirm", "csrfmiddlewaretoken")
    ]
    context = {
        "title": _("Check this first"),
        "action": visit.request.get_full_path(),
        "hidden": hidden,
        "guards": [] if blocked(error) else guards_of(error),
        "form_errors": [error.title] if blocked(error) else [],
    }
    return visit.draw("web/parts/form/dialog.html", context, 409)
