"""The form of a record, new or not: nothing typed is lost, two writers see both values, guards ask.

Slot drawn here: `form.parts`, called with (visit, entity, record or None), answers the context of a part with its
`template`, or None; its method `save(visit, entity, record, batch)` is called in the transaction of a new record.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from bosun.kernel import access, records, slots
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Conflict, Denied, Invalid, NotFound, Objected
from bosun.kernel.specs import FieldSpec
from bosun.platform import doubts
from bosun.web import automation, fields
from bosun.web.duplicates import hints
from bosun.web.inline import conflict_of
from bosun.web.present import a_new, list_url, name_of, record_url
from bosun.web.verbs import blocked, guards_of
from bosun.web.visit import Visit, page

WIDE = frozenset(("longtext", "json", "until"))


def writable(entity: Entity, visit: Visit) -> dict[str, FieldSpec]:
    """The fields that the form holds; some only where there is anything to choose."""
    asked = entity.extras.get("asked_where", {})
    return {
        name: spec
        for name, spec in access.specs(entity, visit.actor).items()
        if spec.writable and not spec.internal and (spec.custom or _in_form(entity, name))
        if name not in asked or asked[name]()
    }


def _in_form(entity: Entity, name: str) -> bool:
    return any(name in section.names() for section in entity.form)


def sections(
    entity: Entity,
    held: Mapping[str, FieldSpec],
    visit: Visit,
    values: Mapping[str, Any],
    raw: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The sections in two columns, and the fields that were refused."""
    made: dict[str, dict[str, Any]] = {}
    for name, spec in held.items():
        how: dict[str, Any] = {"errors": (errors or {}).get(name, [])}
        if raw is not None and name in raw:
            how["raw"] = raw[name]
        made[name] = fields.spec_field(spec, entity, visit.env, values.get(name), **how)
    drawn: list[dict[str, Any]] = []
    for section in entity.form:
        columns = [[made[name] for name in column if name in made] for column in section.columns()]
        wide = [each for column in columns for each in column if each["kind"] in WIDE]
        columns = [[each for each in column if each["kind"] not in WIDE] for column in columns]
        if wide or any(columns):
            drawn.append({"title": str(section.label), "columns": [c for c in columns if c], "wide": wide})
    invented = [made[name] for name, spec in held.items() if spec.custom and not _in_form(entity, name)]
    if invented:
        half = (len(invented) + 1) // 2
        drawn.append({"title": _("More"), "columns": [invented[:half], invented[half:]], "wide": []})
    in_order = [each for part in drawn for column in (*part["columns"], part["wide"]) for each in column]
    return drawn, [each for each in in_order if each["errors"]]


def defaults(visit: Visit, entity: Entity, held: Mapping[str, FieldSpec]) -> dict[str, Any]:
    """What a new record begins with: a record to be copied, the defaults, and what the address says."""
    values: dict[str, Any] = {}
    like = visit.request.GET.get("like", "")
    if like.isascii() and like.isdigit() and len(like) < 19:
        row = records.get(entity, int(like), visit.actor)
        apart = {name for name, spec in held.items() if spec.unique or spec.kind.widget == "file"}
        values = {name: spec.get(row) for name, spec in held.items() if name not in apart}
    for name, spec in held.items():
        if values.get(name) is None and spec.default is not None:
            values[name] = spec.default_value(visit.env)
        if name in visit.request.GET:
            try:
                values[name] = spec.kind.parse(visit.request.GET[name], visit.env)
            except Invalid:
                continue
    if entity.owned and "owner" in held and values.get("owner") is None:
        values["owner"] = visit.actor.id
    return values


def preload(visit: Visit, held: Mapping[str, FieldSpec], values: Mapping[str, Any]) -> None:
    """Fetch the names of all that these values refer to, one query for each kind of record."""
    wanted: dict[type[Any], set[int]] = {}
    for name, value in values.items():
        for model, pk in held[name].kind.refers(value) if name in held else ():
            wanted.setdefault(model, set()).add(pk)
    for model, ids in wanted.items():
        visit.env.refs.load(model, ids)


@page("GET", "POST")
def new(visit: Visit, key: str) -> HttpResponseBase:
    """A new record."""
    entity = visit.entity(key, "create")
    held = writable(entity, visit)
    values = defaults(visit, entity, held)
    preload(visit, held, values)
    if visit.request.method == "GET":
        return _draw(visit, entity, None, sections(entity, held, visit, values))
    raw = fields.read(fields.taken(visit.request, held, visit.env), held)
    batch = new_batch()
    try:
        with transaction.atomic():
            record = records.create(entity, raw, visit.act("form", batch), visit.env)
            for provider in slots.of("form.parts"):
                provider.save(visit, entity, record, batch)  # type: ignore[attr-defined]
    except Invalid as error:
        return _refused(visit, entity, None, held, values, raw, error)
    except Objected as error:
        return _asked(visit, entity, None, sections(entity, held, visit, values, raw), error)
    effects = automation.effects(entity, visit.env, new=record.pk)
    return _saved(visit, entity, record, held, automation.remember(visit, entity, record.pk, effects))


@page("GET", "POST")
def edit(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """A record that is there."""
    entity = visit.entity(key)
    record = records.get(entity, pk, visit.actor)
    if not access.may_row(entity, visit.actor, "change", pk):
        raise Denied()
    held = writable(entity, visit)
    values = {name: spec.get(record) for name, spec in held.items()}
    preload(visit, held, values)
    if visit.request.method == "GET":
        return _draw(visit, entity, record, sections(entity, held, visit, values))
    post = fields.taken(visit.request, held, visit.env)
    raw = fields.read(post, held)
    raw = {name: value for name, value in raw.items() if post.get(f"keep_{name}") != "theirs"}
    seen = post.get("version", "")
    try:
        draft = records.change(
            entity,
            pk,
            raw,
            visit.act("form", new_batch()),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None,
            env=visit.env,
        )
    except Invalid as error:
        return _refused(visit, entity, record, held, values, raw, error)
    except Conflict as error:
        typed = {name: value for name, value in raw.items() if name not in error.kept}
        drawn = sections(entity, held, visit, values, typed)
        return _draw(visit, entity, record, drawn, status=409, conflict=conflict_of(visit, entity, error))
    except Objected as error:
        return _asked(visit, entity, record, sections(entity, held, visit, values, raw), error)
    effects = automation.effects(entity, visit.env, draft.change_id)
    automation.remember(visit, entity, pk, effects, draft.change_id)
    return _saved(visit, entity, draft.record, draft.diff, effects)


def _refused(
    visit: Visit,
    entity: Entity,
    record: Any,
    held: Mapping[str, FieldSpec],
    values: Mapping[str, Any],
    raw: Mapping[str, Any],
    error: Invalid,
) -> HttpResponse:
    wrong = error.by_field()
    known = access.specs(entity, visit.actor)
    over = [
        message if not name or name not in known else f"{known[name].label}: {message}"
        for name, said in wrong.items()
        if name not in held
        for message in said
    ]
    return _draw(visit, entity, record, sections(entity, held, visit, values, raw, wrong), errors=over, status=422)


def _asked(visit: Visit, entity: Entity, record: Any, drawn: Any, error: Objected) -> HttpResponse:
    if blocked(error):
        return _draw(visit, entity, record, drawn, errors=[error.title], status=409)
    return _draw(visit, entity, record, drawn, guards=guards_of(error), status=409)


def _draw(
    visit: Visit,
    entity: Entity,
    record: Any,
    drawn: tuple[list[dict[str, Any]], list[dict[str, Any]]],
    *,
    errors: list[str] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of the form."""
    parts, bad = drawn
    post = visit.request.POST
    base = list_url(entity)
    back = visit.back(record_url(entity, record.pk) if record else base)
    version = None if more.get("conflict") else post.get("version") or (record.version if record else None)
    action = record_url(entity, record.pk) + "/edit" if record else visit.request.get_full_path()
    title = name_of(entity, record, visit.env) if record else a_new(entity.label)
    form = {
        "action": action,
        "draft_key": f"{entity.key}/{record.pk if record else 'new'}",
        "version": version,
        "sections": parts,
        "parts": [part for offer in slots.of("form.parts") if (part := offer(visit, entity, record)) is not None],
        "errors": errors or [],
        "bad": bad,
        "hidden": [("back", back)],
        "duplicate_url": f"{base}/duplicates" + (f"?except={record.pk}" if record else "") if entity.same else "",
        "again": record is None,
        "cancel_url": back,
        "fresh": bool(visit.request.GET.get("fresh")) and visit.request.method == "GET",
    }
    context = {"form": form, "title": title, "page_title": title, "crumbs": [{"label": entity.plural, "url": base}]}
    return visit.draw("web/pages/form.html", {**context, **more}, status)


def _saved(visit: Visit, entity: Entity, record: Any, written: Container[str], effects: str = "") -> HttpResponseBase:
    """On to the record, to where one came from, or to the next new one; what was written may be doubtful."""
    post = visit.request.POST
    said = _("%(name)s saved.") % {"name": name_of(entity, record, visit.env)}
    messages.success(visit.request, automation.told(said, effects))
    for name, spec in access.specs(entity, visit.actor).items():
        if name in written and (doubt := doubts.of(entity, spec, spec.get(record), visit.env)):
            messages.warning(visit.request, f"{spec.label}: {doubt}")
    if post.get("again"):
        back = post.get("back", "")
        return HttpResponseRedirect(f"{list_url(entity)}/new?fresh=1&back={visit.back(back) if back else ''}")
    wanted = visit.back("")
    at_list = wanted in ("", list_url(entity))
    still_open = access.may_row(entity, visit.actor, "read", record.pk)
    if at_list or wanted == record_url(entity, record.pk):
        return HttpResponseRedirect(record_url(entity, record.pk) if still_open else list_url(entity))
    return HttpResponseRedirect(wanted)


@page("POST")
def duplicates(visit: Visit, key: str) -> HttpResponseBase:
    """A hint at records that may be the same, while one types."""
    entity = visit.entity(key)
    if not (access.may(visit.actor, entity, "create") or access.may(visit.actor, entity, "change")):
        raise NotFound()
    held = {name: spec for name, spec in writable(entity, visit).items() if name in entity.same}
    raw = fields.read(visit.request.POST, held, whole=False)
    own = visit.request.GET.get("except", "")
    found = hints(visit, entity, raw, int(own) if own.isascii() and own.isdigit() and len(own) < 19 else None)
    return visit.draw("web/parts/form/duplicates.html", {"duplicates": found})
