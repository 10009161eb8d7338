"""Fields of an entity, shipped and invented: added, changed, put in order, retired, brought back, removed for good."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Conflict, DoorError, Invalid, NotFound
from bosun.kernel.specs import FieldSpec
from bosun.platform.customize import kindlist, services, uniques, values
from bosun.platform.customize.models import CustomField
from bosun.web import fields, settings_matrix, settings_pages
from bosun.web.settings_fieldform import FieldForm
from bosun.web.settings_forms import kept
from bosun.web.verbs import done
from bosun.web.visit import Visit, page

PANEL = "web/parts/settings/field_panel.html"
DIALOG = "web/parts/form/dialog.html"
PAGE = "fields"


def offered() -> list[Entity]:
    """The entities that may get fields: what people work with, people themselves, and what was invented."""
    found = [entity for entity in settings_matrix.entities() if entity.menu == "main" or entity.key == "users"]
    return found + [each for each in registry.all_entities() if each.extras.get("invented") and each not in found]


def entity_of(visit: Visit, key: str) -> Entity:
    """The entity whose fields are looked at; NotFound for others."""
    settings_pages.require(visit, PAGE)
    entity = registry.find(key)
    if entity is None or entity not in offered():
        raise NotFound()
    return entity


def row_of(visit: Visit, pk: int) -> tuple[Entity, Any]:
    """One invented field, and the entity that has it."""
    settings_pages.require(visit, PAGE)
    row = records.get("custom_fields", pk, visit.actor, "change")
    return entity_of(visit, row.entity), row


def base(entity: Entity) -> str:
    """Where the fields of an entity are."""
    return f"/settings/fields/{entity.key}"


@page("GET")
def first(visit: Visit) -> HttpResponseBase:
    """On to the first entity."""
    settings_pages.require(visit, PAGE)
    return HttpResponseRedirect(base(offered()[0]))


@page("GET", "POST")
def of_entity(visit: Visit, name: str) -> HttpResponseBase:
    """The fields of one entity in their order."""
    entity = entity_of(visit, name)
    if visit.request.method == "POST":
        batch = new_batch()
        services.reorder(entity, ids(visit.request.POST.getlist("id")), visit.act("form", batch))
        kept(visit, _("Saved"), batch)
        return HttpResponseRedirect(base(entity))
    act = visit.act("form")
    query = records.query("custom_fields", visit.actor, visit.env).where(entity=entity.key)
    own = {row.name: row for row in query.sort(["position"]).page(200).items}
    specs = [spec for spec in entity.specs().values() if not spec.internal]
    context: dict[str, Any] = {
        "title": _("Fields: %(entity)s") % {"entity": entity.plural},
        "crumbs": settings_pages.crumb(PAGE),
        "entities": [
            {"label": each.plural, "url": base(each), "current": each.key == entity.key, "count": ""}
            for each in offered()
        ],
        "shipped_title": _("Part of the object") if entity.extras.get("invented") else _("Shipped"),
        "shipped": [line(spec) for spec in specs if not spec.custom],
        "own": [{**line(spec), **addresses(own[spec.name])} for spec in specs if spec.name in own],
        "twice": [said for spec in specs if spec.name in own and (said := twice(entity, spec, visit))],
        "retired": [retired_line(entity, row) for row in services.retired(entity, act)],
        "action": base(entity),
        "title_verbs": [
            settings_pages.button("new", _("Field"), icon="plus", dialog=f"{base(entity)}/new", primary=True)
        ],
    }
    return settings_pages.draw(visit, PAGE, "fields", context)


def ids(raw: list[str]) -> list[int]:
    """Ids as they were posted."""
    return [int(each) for each in raw if each.isascii() and each.isdigit() and len(each) < 19]


def line(spec: FieldSpec) -> dict[str, Any]:
    """One field in the list."""
    return {
        "label": str(spec.label),
        "name": spec.name,
        "kind": str(kindlist.LABELS.get(spec.kind.key, "")) or spec.kind.key,
        "required": spec.required and not spec.read_only,
        "unique": spec.unique,
        "read_only": spec.read_only,
    }


def twice(entity: Entity, spec: FieldSpec | None, visit: Visit) -> str:
    """The values that stand in the way of a field whose values may be there once; nothing where there are none."""
    found = uniques.in_the_way(entity, spec, visit.env) if spec is not None else []
    if spec is None or not found:
        return ""
    values = ", ".join(_("“%(value)s” (%(n)s times)") % {"value": each.value, "n": each.count} for each in found)
    text = _("“%(field)s” is to be there once, but several records have the same: %(values)s. Change those first.")
    return text % {"field": spec.label, "values": values}


def addresses(row: Any) -> dict[str, Any]:
    """Where an invented field is changed and retired."""
    at = f"/settings/fields/{row.pk}"
    return {"id": row.pk, "kind": str(kindlist.LABELS[row.kind]), "dialog": at, "retire": f"{at}/retire"}


def retired_line(entity: Entity, row: Any) -> dict[str, Any]:
    """A field that is out of use."""
    at = f"/settings/fields/{row.pk}"
    return {"label": row.label, "name": row.name, "restore": f"{at}/restore", "remove": f"{at}/remove"}


# the panel -------------------------------------------------------------------------------------------------------


@page("GET", "POST")
def new(visit: Visit, name: str) -> HttpResponseBase:
    """Another field."""
    entity = entity_of(visit, name)
    visit.entity("custom_fields", "create")
    form = FieldForm(visit, entity)
    if visit.request.method == "POST" and form.read():
        try:
            row = services.add_field(entity, form.values, form.act, form.options, form.rights)
        except Invalid as error:
            form.refused(error)
        else:
            return done(visit, _("%(name)s is saved.") % {"name": row.label}, form.batch)
    return draw(visit, form, _("New field: %(entity)s") % {"entity": entity.plural})


@page("GET", "POST")
def edit(visit: Visit, pk: int) -> HttpResponseBase:
    """A field that is there: label, help, what it asks for, who may read and write it."""
    entity, row = row_of(visit, pk)
    form = FieldForm(visit, entity, row)
    if visit.request.method == "POST" and form.read():
        try:
            records.change("custom_fields", pk, form.values, form.act, form.seen, visit.env)
            services.set_rights(entity, row.name, form.rights, form.act)
        except Invalid as error:
            form.refused(error)
        except Conflict as error:
            form.said = [_("%(who)s changed this meanwhile. Load the page again.") % {"who": error.by or _("Somebody")}]
            form.status = 409
        else:
            return done(visit, _("%(name)s is saved.") % {"name": form.values.get("label", row.label)}, form.batch)
    return draw(visit, form, row.label)


def draw(visit: Visit, form: FieldForm, title: str) -> HttpResponse:
    """The panel."""
    context = {
        "title": title,
        "action": visit.request.path,
        "fields": form.inputs(),
        "version": form.row.version if form.row is not None else None,
        "form_errors": form.said,
        "twice": twice(form.entity, form.entity.specs().get(form.row.name), visit) if form.row is not None else "",
        "rights": form.rights_rows(),
        "levels": settings_matrix.levels(),
        "preview_url": f"{base(form.entity)}/preview",
        "options_url": form.options_url(),
        "kind": form.row.kind if form.row is not None else "",
    }
    return visit.draw(PANEL, context, form.status)


@page("POST")
def preview(visit: Visit, name: str) -> HttpResponseBase:
    """The input of a field as it would be, while one fills in the form; and the key that it would have."""
    entity = entity_of(visit, name)
    form = FieldForm(visit, entity)
    context: dict[str, Any] = {"name": "", "field": None}
    if form.read():
        spec = form.draft_spec()
        if spec is not None:
            context["field"] = fields.spec_field(spec, entity, visit.env, None, prefix="preview")
            context["name"] = spec.name
    return visit.draw("web/parts/settings/field_preview.html", context)


# retiring and removing -------------------------------------------------------------------------------------------


def held(entity: Entity, row: Any) -> str:
    """How many records hold a value, in words."""
    count = values.holding(entity, row.name).count()
    return ngettext("%(n)s record holds a value.", "%(n)s records hold a value.", count) % {"n": count}


@page("GET", "POST")
def retire(visit: Visit, pk: int) -> HttpResponseBase:
    """Out of use; the values stay."""
    entity, row = row_of(visit, pk)
    kept_words = _("The field disappears everywhere; its values are kept and can come back.")
    context: dict[str, Any] = {
        "title": _("Retire %(name)s") % {"name": row.label},
        "lead": " ".join((held(entity, row), kept_words)),
        "action": visit.request.path,
        "save_label": _("Retire"),
    }
    if visit.request.method != "POST":
        return visit.draw(DIALOG, context)
    batch = new_batch()
    try:
        records.remove_one("custom_fields", pk, visit.act("form", batch))
    except DoorError as error:
        return visit.draw(DIALOG, {**context, "form_errors": [error.title]}, error.status)
    return done(visit, _("%(name)s is retired.") % {"name": row.label}, batch)


@page("POST")
def restore(visit: Visit, pk: int) -> HttpResponseBase:
    """Back in use, with the values it had."""
    settings_pages.require(visit, PAGE)
    row = services.bring_back(pk, visit.act("form", new_batch()))
    return done(visit, _("%(name)s is back.") % {"name": row.label})


@page("GET", "POST")
def remove(visit: Visit, pk: int) -> HttpResponseBase:
    """For good, with its values, after saying how many there are."""
    settings_pages.require(visit, PAGE)
    row: CustomField = services.find_retired(pk, visit.act("form"))
    entity = registry.find(row.entity)
    there = held(entity, row) if entity else ""
    context: dict[str, Any] = {
        "title": _("Remove %(name)s for good") % {"name": row.label},
        "lead": " ".join((there, _("They go with the field. This cannot be taken back."))).strip(),
        "action": visit.request.path,
        "danger": True,
        "save_label": _("Remove for good"),
    }
    if visit.request.method != "POST":
        return visit.draw(DIALOG, context)
    count = services.remove_for_good(pk, visit.act("form", new_batch()))
    said = ngettext("%(name)s is gone, with %(n)s value.", "%(name)s is gone, with %(n)s values.", count)
    return done(visit, said % {"name": row.label, "n": count})
