"""Pipelines and their stages: named in three languages, in order, coloured; who removes one says where records go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from bosun.kernel import records, registry
from bosun.kernel.actor import Act, new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Conflict, DoorError, Invalid, NotFound
from bosun.kernel.kinds import Choice
from bosun.kernel.removal import remove
from bosun.platform.pipelines import stages
from bosun.platform.pipelines.models import COLOURS, OUTCOMES
from bosun.web import fields, settings_pages
from bosun.web.settings_forms import RecordForm, dialog, kept
from bosun.web.settings_options import LANGUAGES, STEP
from bosun.web.verbs import DIALOG, done
from bosun.web.visit import Visit, page

PAGE = "pipelines"
COLUMNS = ("id", "version", *LANGUAGES, "probability", "outcome", "colour")


@dataclass
class Row:
    """One stage in the form."""

    id: str
    version: str
    texts: dict[str, str]
    probability: str
    outcome: str
    colour: str
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What it is first written as."""
        return self.texts["en"] or next((text for text in self.texts.values() if text), "")


def boards() -> list[Entity]:
    """The entities that go through pipelines."""
    return [entity for entity in registry.all_entities() if entity.board]


def pipeline_of(visit: Visit, pk: int) -> Any:
    """A pipeline that may be edited."""
    settings_pages.require(visit, PAGE)
    return records.get("pipelines", pk, visit.actor, "change")


@page("GET")
def first(visit: Visit) -> HttpResponseBase:
    """On to the first pipeline."""
    settings_pages.require(visit, PAGE)
    found = next((one for entity in boards() for one in stages.pipelines(entity.key)), None)
    if found is None:
        return settings_pages.draw(visit, PAGE, "pipelines", context_of(visit, None, []))
    return HttpResponseRedirect(f"/settings/pipelines/{found.id}")


@page("GET", "POST")
def pipeline(visit: Visit, pk: int) -> HttpResponseBase:
    """One pipeline with its stages."""
    record = pipeline_of(visit, pk)
    rows, status, said = held(visit, pk), 200, ""
    if visit.request.method == "POST":
        try:
            rows = typed(visit)
            batch = save(visit, pk, rows)
        except DoorError as error:
            status, said = error.status, error.title
        else:
            kept(visit, _("Saved"), batch)
            return HttpResponseRedirect(f"/settings/pipelines/{pk}")
    return settings_pages.draw(visit, PAGE, "pipelines", {**context_of(visit, record, rows), "said": said}, status)


def context_of(visit: Visit, record: Any, rows: list[Row]) -> dict[str, Any]:
    """The page: pipelines at the side, the stages of one in the middle."""
    base = "/settings/pipelines"
    verbs = [
        settings_pages.button(
            "new", _("Pipeline for %(plural)s") % {"plural": entity.plural.lower()}, icon="plus",
            dialog=f"{base}/new?for={entity.key}",
        )
        for entity in boards()
    ]  # fmt: skip
    if record is not None:
        rename = settings_pages.button("edit", _("Rename"), icon="pencil", dialog=f"{base}/{record.pk}/edit")
        gone = settings_pages.button("remove", _("Remove"), icon="trash", dialog=f"{base}/{record.pk}/remove")
        verbs = [rename, gone, *verbs]
    return {
        "title": record.name if record is not None else "",
        "crumbs": settings_pages.crumb(PAGE) if record is not None else [],
        "title_verbs": verbs,
        "lists": [
            {
                "label": one.name,
                "url": f"{base}/{one.id}",
                "current": record is not None and one.id == record.pk,
                "count": len(stages.of_pipeline(one.id)),
            }
            for entity in boards()
            for one in stages.pipelines(entity.key)
        ],
        "pipeline": {"action": f"{base}/{record.pk}", "rows": rows} if record is not None else None,
        "outcomes": [{"key": key, "label": str(label)} for key, label in OUTCOMES.items()],
        "colours": [("", _("None")), *((key, str(label)) for key, label in COLOURS.items())],
        "columns": COLUMNS,
    }


def held(visit: Visit, pk: int) -> list[Row]:
    """The stages as they stand."""
    found = records.query("stages", visit.actor, visit.env).where(pipeline_id=pk).sort(["position"])
    return [
        Row(
            str(row.pk),
            str(row.version),
            {
                code: (row.labels or {}).get(language) or (row.name if code == "en" else "")
                for code, language in LANGUAGES.items()
            },
            str(row.probability),
            row.outcome,
            row.colour or "",
        )
        for part in found.walk()
        for row in part
    ]


def typed(visit: Visit) -> list[Row]:
    """The stages as they were posted, in their order."""
    columns = [visit.request.POST.getlist(name) for name in COLUMNS]
    if len({len(column) for column in columns}) != 1:
        raise Invalid(_("The list arrived incomplete. Load the page again."))
    rows = []
    for pk, seen, en, zh, es, probability, outcome, colour in zip(*columns, strict=True):
        words = {"en": en.strip(), "zh": zh.strip(), "es": es.strip()}
        rows.append(Row(pk, seen, words, probability.strip(), outcome, colour))
    return [row for row in rows if row.id or row.name]


def save(visit: Visit, pk: int, rows: list[Row]) -> str:
    """Write all rows, or none; every refusal stands beside its row. The batch, for undo."""
    if not any(row.outcome == "open" for row in rows):
        raise Invalid(_("A pipeline needs at least one open stage."))
    batch = new_batch()
    act = visit.act("form", batch)
    with transaction.atomic():
        for place, row in enumerate(rows):
            try:
                _write(visit, act, pk, row, (place + 1) * STEP)
            except Invalid as error:
                row.errors = [part.message for part in error.errors]
            except Conflict as error:
                who = {"who": error.by or _("Somebody")}
                row.errors = [_("%(who)s changed this meanwhile. Load the page again.") % who]
        if any(row.errors for row in rows):
            transaction.set_rollback(True)
    if any(row.errors for row in rows):
        raise Invalid(_("Nothing was saved yet. Look at the marked rows."))
    return batch


def _write(visit: Visit, act: Act, pipeline_id: int, row: Row, position: int) -> None:
    raw: dict[str, Any] = {
        "name": row.name,
        "labels": {language: row.texts[code] for code, language in LANGUAGES.items() if row.texts[code]},
        "position": position,
        "probability": row.probability or "0",
        "outcome": row.outcome,
        "colour": row.colour,
    }
    if not row.id:
        records.create("stages", {**raw, "pipeline": pipeline_id}, act, visit.env)
        return
    stage = _stage(visit, pipeline_id, row.id)
    records.change("stages", stage.pk, raw, act, int(row.version) if row.version.isdigit() else None, visit.env)


def _stage(visit: Visit, pipeline_id: int, text: str) -> Any:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound()
    stage = records.get("stages", int(text), visit.actor)
    if stage.pipeline_id != pipeline_id:
        raise NotFound()
    return stage


@page("GET", "POST")
def new(visit: Visit) -> HttpResponseBase:
    """Another pipeline, with the stages of the first one of its entity to begin with."""
    settings_pages.require(visit, PAGE)
    entity = visit.entity("pipelines", "create")
    key = visit.request.GET.get("for", "")
    if key not in {each.key for each in boards()}:
        raise NotFound()
    like = stages.first_pipeline(key)
    form = RecordForm(visit, entity, ["name"], fixed={"entity": key, "position": STEP * 100})
    with transaction.atomic():
        answer = dialog(form, _("New: %(entity)s") % {"entity": entity.label})
        made = records.query("pipelines", visit.actor).where(entity=key).rows().order_by("-pk").first()
        if form.batch and answer.status_code == 204 and made is not None:
            act = visit.act("form", form.batch)
            for one in stages.of_pipeline(like) if like else []:
                raw = {"name": one.name, "labels": dict(one.labels), "position": one.position, "colour": one.colour}
                told = {"pipeline": made.pk, "probability": one.probability, "outcome": one.outcome}
                records.create("stages", {**raw, **told}, act)
    if answer.status_code == 204 and made is not None:
        answer.headers["HX-Redirect"] = f"/settings/pipelines/{made.pk}"
        del answer.headers["HX-Refresh"]
    return answer


@page("GET", "POST")
def edit(visit: Visit, pk: int) -> HttpResponseBase:
    """The name of a pipeline, and its place among the others."""
    record = pipeline_of(visit, pk)
    return dialog(RecordForm(visit, visit.entity("pipelines"), ["name", "position"], record), record.name)


@page("GET", "POST")
def drop(visit: Visit, pk: int) -> HttpResponseBase:
    """A pipeline goes, and its records into a stage of another one."""
    record = pipeline_of(visit, pk)
    others = [
        one for other in stages.pipelines(record.entity) if other.id != pk for one in stages.of_pipeline(other.id)
    ]
    return _drop(visit, record, "pipelines", stages.of_pipeline(pk), others, "/settings/pipelines")


@page("GET", "POST")
def drop_stage(visit: Visit, pk: int, stage: int) -> HttpResponseBase:
    """A stage goes, and its records into another one."""
    record = pipeline_of(visit, pk)
    gone = _stage(visit, pk, str(stage))
    others = [one for one in stages.of_pipeline(pk) if one.id != stage]
    going = [one for one in stages.of_pipeline(pk) if one.id == stage]
    if gone.outcome == "open" and not any(one.outcome == "open" for one in others):
        raise Invalid(_("A pipeline needs at least one open stage."))
    return _drop(visit, gone, "stages", going, others, f"/settings/pipelines/{record.pk}")


def _drop(visit: Visit, record: Any, key: str, going: list[Any], others: list[Any], back: str) -> HttpResponse:
    """Asks where the records go, moves them, and puts stages and pipeline into the bin."""
    pipeline_id = record.pk if key == "pipelines" else record.pipeline_id
    of = registry.get(records.get("pipelines", pipeline_id, visit.actor).entity)
    query = records.query(of, visit.actor, visit.env).where(**{f"{of.board}_id__in": [one.id for one in going]})
    count = query.count(0)[0]
    to = visit.request.POST.get("to", "")
    open_ = {str(one.id): one.text(visit.env.language) for one in others if one.outcome != "lost"}
    said = ""
    if visit.request.method == "POST" and (not count or to in open_):
        batch = new_batch()
        said = _move_and_remove(visit, record, key, list(query.rows().values_list("pk", flat=True)), of, to, batch)
        if not said:
            return done(visit, _("%(name)s moved to the bin.") % {"name": str(record)}, batch, back)
    elif visit.request.method == "POST":
        said = _("Say where its records go.")
    lead = _("%(count)s %(plural)s are in it.") % {"count": count, "plural": of.plural.lower()} if count else ""
    where = fields.field("to", _("Move them to"), Choice("", open_), visit.env, raw=to, required=True)
    context = {
        "title": _("Remove: %(name)s") % {"name": str(record)},
        "lead": lead,
        "action": visit.request.path,
        "danger": True,
        "save_label": _("Remove"),
        "fields": [where] if count else [],
        "form_errors": [said] if said else [],
    }
    return visit.draw(DIALOG, context, 422 if said else 200)


def _move_and_remove(visit: Visit, record: Any, key: str, pks: list[int], of: Entity, to: str, batch: str) -> str:
    """What stands against it, or nothing; all of it happens, or none."""
    act = visit.act("form", batch)
    with transaction.atomic():
        moved = records.bulk_change(of, pks, {of.board: {"id": int(to)}}, act) if pks else []
        failed = next((draft.failure for draft in moved if draft.failure is not None), None)
        try:
            if failed is not None:
                raise failed
            remove(registry.get(key), [record.pk], act)
        except DoorError as error:
            transaction.set_rollback(True)
            return error.title
    return ""
