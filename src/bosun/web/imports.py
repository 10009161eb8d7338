"""The import wizard: file, columns, check, run, result, and the way back."""

from __future__ import annotations

import io
import json
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from bosun.kernel import stamps
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.lib import numbers
from bosun.lib.sheets import write_csv
from bosun.lib.sheets.encodings import ENCODINGS
from bosun.platform.exports import version
from bosun.platform.imports import services, wizard
from bosun.platform.imports.analysis import Analysis
from bosun.platform.imports.mapping import may_backdate, read, steps_of
from bosun.platform.imports.models import DRAFT, Import
from bosun.platform.imports.propose import Proposal, analyse_import, propose
from bosun.web import import_map
from bosun.web.present import list_url
from bosun.web.visit import Visit, page

DELIMITERS = {",": ",", ";": ";", "\t": "Tab", "|": "|"}
MAP_LIMIT = 200_000
HELD = 16


def entity_of(visit: Visit, key: str) -> Entity:
    """The entity that is imported; Denied without the right to."""
    return visit.entity(key, "import")


def draft_of(visit: Visit, pk: int) -> tuple[Import, Entity]:
    """An import that has not run yet, and what it brings."""
    made = services.get(pk, visit.actor)
    if made.state != DRAFT or not made.entity:
        raise NotFound()
    return made, entity_of(visit, made.entity)


def looked(made: Import, entity: Entity, visit: Visit) -> tuple[Analysis, Proposal]:
    """What is in the file and the map that fits; kept while rights and fields stay, as large files take seconds."""
    held: dict[tuple[Any, ...], tuple[Analysis, Proposal]] = stamps.cached(stamps.ACCESS, "imports/looked", dict)
    key = (made.digest, json.dumps(made.reading, sort_keys=True), entity.key, visit.actor.id, visit.env.language)
    if key not in held:
        analysis = analyse_import(made, visit.actor)
        while len(held) >= HELD:
            held.pop(next(iter(held)))
        held[key] = (analysis, propose(entity.key, analysis, visit.actor))
    return held[key]


# the file --------------------------------------------------------------------------------------------------------


@page("GET", "POST")
def begin(visit: Visit, key: str) -> HttpResponseBase:
    """Step 1: which file."""
    entity = entity_of(visit, key)
    said = ""
    status = 200
    if visit.request.method == "POST":
        chosen = visit.request.POST.get("entity", "")
        if chosen and chosen != entity.key:
            entity = entity_of(visit, chosen)
        try:
            return HttpResponseRedirect(f"/imports/{receive(visit, entity).pk}/columns")
        except Invalid as error:
            said, status = error.title, error.status
    context = {
        "title": _("Import a file"),
        "page_title": _("Import: %(entity)s") % {"entity": entity.plural},
        "step": 1,
        "part": "web/parts/import/file.html",
        "action": f"{list_url(entity)}/import",
        "entities": [
            {"key": each.key, "label": each.plural, "current": each.key == entity.key}
            for each in services.entities(visit.actor)
        ],
        "saved_maps": [{"id": each.pk, "label": each.name} for each in wizard.saved_maps(entity.key, visit.actor)],
        "errors": [said] if said else [],
        "template_url": f"{list_url(entity)}/import/template",
        "limit": settings.BOSUN_UPLOAD_MAX_BYTES // (1024 * 1024),
        "back_url": list_url(entity),
        "earlier_url": reverse("imports"),
    }
    return visit.draw("web/base_import.html", context, status)


def receive(visit: Visit, entity: Entity) -> Import:
    """Take the file in, with a map that fits it: the kept one, the last one of such a file, or a proposed one."""
    file = visit.request.FILES.get("file")
    if file is None:
        raise Invalid(_("Choose a file first."))
    if (file.size or 0) > settings.BOSUN_UPLOAD_MAX_BYTES:
        raise Invalid(_("This file is larger than %(n)d MB. Split it.") % {"n": settings.BOSUN_UPLOAD_MAX_BYTES >> 20})
    made = services.receive(file.read(), file.name or "", visit.actor)
    wanted = visit.request.POST.get("map", "")
    kept = wizard.saved_map(int(wanted), entity.key, visit.actor) if numbers.is_id(wanted) else None
    raw = kept or services.remembered(entity.key, made.headers, visit.actor)
    wizard.keep_draft(made, raw or looked(made, entity, visit)[1].map, entity.key)
    return made


@page("GET")
def begin_anywhere(visit: Visit) -> HttpResponseBase:
    """Step 1 for the entity that the address names, or the first that may be imported."""
    offered = services.entities(visit.actor)
    if not offered:
        raise Denied()
    wanted = visit.request.GET.get("entity", "")
    entity = next((each for each in offered if each.key == wanted), offered[0])
    return HttpResponseRedirect(f"{list_url(entity)}/import")


@page("GET")
def template(visit: Visit, key: str) -> HttpResponseBase:
    """An empty file with all columns."""
    entity = entity_of(visit, key)
    open_ = import_map.open_fields(entity, visit.env).values()
    labels = [str(spec.label) for spec in (*open_, version.SPEC)]
    out = io.BytesIO()
    write_csv(out, labels, [])
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{entity.key}.csv"'
    return answer


# the columns -----------------------------------------------------------------------------------------------------


@page("GET", "POST")
def columns(visit: Visit, pk: int) -> HttpResponseBase:
    """Step 2: which column goes where, and what is done about what is not there."""
    made, entity = draft_of(visit, pk)
    said: list[str] = []
    status = 200
    if visit.request.method == "POST":
        try:
            gone = take_columns(visit, made, entity)
            if gone is not None:
                return gone
        except Invalid as error:
            said, status = [part.message for part in error.errors], 422
    context = columns_context(visit, made, entity) | {"errors": said}
    return visit.draw("web/base_import.html", context, status)


def take_columns(visit: Visit, made: Import, entity: Entity) -> HttpResponseBase | None:
    """Keep what was posted; where to go on, or None to draw the columns again."""
    post = visit.request.POST
    if visit.request.FILES.get("map_file"):
        load_map(visit, made, entity)
        return HttpResponseRedirect(f"/imports/{made.pk}/columns")
    if import_map.simple(made.map):
        raw = import_map.read(post, entity, made.headers, made.map, visit.env)
        wizard.keep_draft(made, raw, entity.key)
    if post.get("do") == "redraw":
        return None
    if post.get("do") == "save":
        wizard.save_map(post.get("save_as", ""), entity.key, made.map, visit.actor)
        return HttpResponseRedirect(f"/imports/{made.pk}/columns")
    if post.get("save_as", "").strip():
        wizard.save_map(post["save_as"], entity.key, made.map, visit.actor)
    services.use_map(made, made.map, visit.actor)
    return HttpResponseRedirect(f"/imports/{made.pk}/check")


def load_map(visit: Visit, made: Import, entity: Entity) -> None:
    """Take a map from a JSON file."""
    file: Any = visit.request.FILES["map_file"]
    if (file.size or 0) > MAP_LIMIT:
        raise Invalid(_("This map cannot be read."))
    try:
        raw = json.loads(file.read().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Invalid(_("This map cannot be read.")) from None
    read(raw, made.headers, visit.actor)
    for each in steps_of(raw):
        entity_of(visit, str(each.get("entity")))
    wizard.keep_draft(made, raw, str(steps_of(raw)[-1].get("entity")))


def columns_context(visit: Visit, made: Import, entity: Entity) -> dict[str, Any]:
    """What the table of columns is drawn from."""
    analysis, proposal = looked(made, entity, visit)
    context: dict[str, Any] = {
        "title": _("Match the columns"),
        "page_title": _("Import: %(entity)s") % {"entity": entity.plural},
        "step": 2,
        "action": f"/imports/{made.pk}/columns",
        "back_url": f"{list_url(entity)}/import",
        "entity": {"key": entity.key, "label": entity.plural},
        "file": {"name": made.file_name, "rows": analysis.rows, "damaged": analysis.damaged, "kind": analysis.kind},
        "reading": reading_of(made, analysis),
        "map_url": f"/imports/{made.pk}/map.json",
    }
    if not import_map.simple(made.map):
        return context | {"part": "web/parts/import/steps_of_map.html", "map_steps": described(made, visit)}
    backdating = may_backdate(visit.actor, entity)
    return context | {
        "part": "web/parts/import/columns.html",
        "columns": import_map.columns(entity, analysis, made.map, proposal, visit.env),
        "targets": import_map.groups(entity, visit.env),
        **import_map.whole(entity, made.map, made.headers, visit.env, backdating),
    }


def reading_of(made: Import, analysis: Analysis) -> dict[str, Any]:
    """How the file is read, to be seen and changed."""
    encodings = list(dict.fromkeys([analysis.encoding, *ENCODINGS])) if analysis.encoding else []
    delimiters = dict.fromkeys([analysis.delimiter, *DELIMITERS]) if analysis.delimiter else {}
    return {
        "action": f"/imports/{made.pk}/reading",
        "encodings": [{"key": each, "label": each, "current": each == analysis.encoding} for each in encodings],
        "delimiters": [
            {"key": each, "label": DELIMITERS.get(each, each), "current": each == analysis.delimiter}
            for each in delimiters
        ],
        "sheets": [{"key": each, "label": each, "current": each == analysis.sheet} for each in analysis.sheets],
        "header_row": made.reading.get("header_row", 1),
    }


def described(made: Import, visit: Visit) -> list[dict[str, Any]]:
    """A map with several steps in words, as it can only be read here."""
    found = []
    for each in read(made.map, made.headers, visit.actor).steps:
        pairs = [{"column": target.column, "field": str(target.spec.label)} for target in each.targets]
        found.append({"label": each.entity.plural, "pairs": pairs, "key": ", ".join(each.key)})
    return found


@page("POST")
def reading(visit: Visit, pk: int) -> HttpResponseBase:
    """Read the file in another way; the columns are matched anew."""
    made, entity = draft_of(visit, pk)
    post = visit.request.POST
    row = post.get("header_row", "1").strip()
    wanted = {name: post.get(name, "") for name in ("encoding", "delimiter", "sheet")}
    try:
        if not (row.isascii() and row.isdigit() and len(row) < 4):
            raise Invalid(_("Say in which row the names of the columns stand."))
        wizard.reread(made, {**wanted, "header_row": int(row)})
        wizard.keep_draft(made, looked(made, entity, visit)[1].map, entity.key)
    except Invalid as error:
        made, entity = draft_of(visit, pk)
        context = columns_context(visit, made, entity) | {"errors": [part.message for part in error.errors]}
        return visit.draw("web/base_import.html", context, 422)
    return HttpResponseRedirect(f"/imports/{made.pk}/columns")


@page("GET")
def map_file(visit: Visit, pk: int) -> HttpResponseBase:
    """The map as the JSON that the command line takes."""
    made = services.get(pk, visit.actor)
    body = json.dumps(made.map, ensure_ascii=False, indent=2) + "\n"
    answer = HttpResponse(body, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{made.pk}-map.json"'
    return answer
