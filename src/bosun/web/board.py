"""The board: the records of a list in the columns of a pipeline, moved from one to the next.

It serves every entity that declares `board=`, a reference to stages. `extras["board_verbs"]` maps the outcome of a
stage to the verb that leads there; `extras["card_state"]` names the field whose ring stands on a card;
`extras["ended_numbers"]` what matters of a record that is won or lost, its last day among it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel import access, records
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Conflict, Invalid, NotFound, Objected
from bosun.kernel.query import COUNT_TO
from bosun.kernel.specs import FieldSpec
from bosun.kernel.verbs import Verb
from bosun.lib import money
from bosun.platform.pipelines import stages
from bosun.platform.pipelines.stages import PipelineInfo, StageInfo
from bosun.web import automation, errors, lists, table
from bosun.web.liststate import ListState, from_params
from bosun.web.present import head, record_url, shape, short, titled
from bosun.web.selection import undo_url
from bosun.web.verbs import DIALOG, blocked, done, guards_of
from bosun.web.visit import Visit, page

AT_ONCE = 20
COLUMN_COUNT_TO = 999


@dataclass(frozen=True)
class Facts:
    """The fields that a card shows, as far as the reader may see them."""

    about: FieldSpec | None
    amount: FieldSpec | None
    weighted: FieldSpec | None
    day: FieldSpec | None
    owner: FieldSpec | None
    state: FieldSpec | None
    ended: FieldSpec | None


def facts_of(entity: Entity, env: Env) -> Facts:
    """What a card shows follows from the declaration: customer, first amount, first day, owner, ring."""
    specs = access.specs(entity, env.actor)
    numbers = [specs[name] for name in entity.key_numbers if name in specs]
    amounts = [spec for spec in numbers if spec.kind.cell == "money"]
    ended = entity.extras.get("ended_numbers", ())
    days = [spec for name in (*entity.key_numbers, *entity.columns) if (spec := specs.get(name))]
    return Facts(
        about=specs.get(entity.customer_path.split(".")[0]),
        amount=amounts[0] if amounts else None,
        weighted=amounts[1] if len(amounts) > 1 else None,
        day=next((spec for spec in days if spec.kind.cell == "date"), None),
        owner=specs.get("owner"),
        state=specs.get(entity.extras.get("card_state", "") or entity.state),
        ended=next((spec for name in ended if (spec := specs.get(name)) and spec.kind.cell == "date"), None),
    )


def state_of(visit: Visit, key: str) -> ListState:
    """The list behind a board; NotFound where the entity has none, or its stages are hidden."""
    entity = visit.entity(key)
    if not entity.board or entity.board not in access.specs(entity, visit.actor):
        raise NotFound()
    return from_params(entity, visit.env, visit.request.GET, "board")


def pipeline_of(state: ListState) -> PipelineInfo | None:
    """The pipeline chosen, else the first."""
    known = stages.pipelines(state.entity.key)
    wanted = dict(state.extra).get("pipeline")
    return next((one for one in known if str(one.id) == wanted), known[0] if known else None)


# the page --------------------------------------------------------------------------------------------------------


@page("GET")
def board(visit: Visit, key: str) -> HttpResponseBase:
    """The board of an entity."""
    state = state_of(visit, key)
    pipeline = pipeline_of(state)
    columns = columns_of(state, stages.of_pipeline(pipeline.id) if pipeline else [])
    context = {
        "title": state.entity.plural,
        "page_title": state.entity.plural,
        "state": state,
        **lists.above(state),
        "pipelines": [
            {
                "label": one.name,
                "url": state.address(extra=(("pipeline", str(one.id)),), cursor=""),
                "current": one == pipeline,
            }
            for one in stages.pipelines(key)
        ],
        "columns": columns,
        "zones": [column for column in columns if column["verb"]],
        "sums_url": state.address("/board/sums", cursor=""),
    }
    return visit.draw("web/pages/board.html", context)


def columns_of(state: ListState, held: Sequence[StageInfo]) -> list[dict[str, Any]]:
    """A column for each stage with its first cards; the names on all of them are fetched at once."""
    query = state.query()
    parts = [query.where(**{f"{state.entity.board}_id": stage.id}).page(limit=AT_ONCE) for stage in held]
    # A card that is moved between two of these queries would lie in both columns; it lies where it was seen last.
    last = {item.pk: item for part in parts for item in part.items}
    drawn = dict(zip(last, cards(state, list(last.values())), strict=True))
    columns = []
    for stage, part in zip(held, parts, strict=True):
        found = [drawn[item.pk] for item in part.items if last[item.pk] is item]
        columns.append({**_column(state, stage), "cards": found, "more_url": more_url(state, stage, part.next)})
    return columns


def verb_to(entity: Entity, stage: StageInfo, env: Env) -> Verb | None:
    """The verb that leads to the outcome of a stage, where the reader may use it."""
    verb = entity.verbs.get(entity.extras.get("board_verbs", {}).get(stage.outcome, ""))
    return verb if verb is not None and access.may(env.actor, entity, verb.key) else None


def _column(state: ListState, stage: StageInfo) -> dict[str, Any]:
    verb = verb_to(state.entity, stage, state.env)
    return {
        "id": stage.id,
        "label": stage.text(state.env.language),
        "note": _("%(percent)s%% probability") % {"percent": stage.probability} if stage.outcome == "open" else "",
        "outcome": stage.outcome,
        "colour": stage.colour,
        "verb": verb.key if verb else "",
        "asks": bool(verb and verb.params),
        "icon": verb.icon if verb else "",
    }


def more_url(state: ListState, stage: StageInfo, cursor: str) -> str:
    """Where the next cards of a column are, if there are more."""
    if not cursor:
        return ""
    address = state.address("/board/cards", cursor=cursor)
    return f"{address}&stage={stage.id}"


def cards(state: ListState, items: Sequence[Any]) -> list[dict[str, Any]]:
    """Cards of records, in their order."""
    facts = facts_of(state.entity, state.env)
    named = [spec.name for spec in (facts.about, facts.owner) if spec is not None]
    records.preload(state.entity, items, state.env, named)
    movable = table.changeable(state.entity, items, state.env)
    return [card(state.entity, item, facts, state.env, item.pk in movable) for item in items]


def card(entity: Entity, item: Any, facts: Facts, env: Env, movable: bool) -> dict[str, Any]:
    """One card."""

    def told(spec: FieldSpec | None) -> Any:
        return None if spec is None else shape(spec.kind, spec.get(item), env, item)

    amount = facts.amount.get(item) if facts.amount else None
    stage = stages.all_stages().get(getattr(item, f"{entity.board}_id"))
    over = stage is not None and stage.outcome != "open"
    ring = told(facts.state) or {"state": "none", "word": _("No next step")} if facts.state else None
    return {
        **head(entity, item, env),
        "stage": getattr(item, f"{entity.board}_id"),
        "version": item.version,
        "about": told(facts.about),
        "amount": short(facts.amount.kind, amount, env) if facts.amount and amount is not None else "",
        "day": None if over else told(facts.day),
        "owner": told(facts.owner),
        "over": over,
        "ended": told(facts.ended) if over else None,
        "ring": None if over else ring,
        "move_url": f"{record_url(entity, item.pk)}/move" if movable else "",
        "verbs_url": f"{record_url(entity, item.pk)}/verbs/",
    }


@page("GET")
def more(visit: Visit, key: str) -> HttpResponseBase:
    """The next cards of one column."""
    state = state_of(visit, key)
    stage = stage_in(visit.request.GET.get("stage", ""), key)
    part = state.query().where(**{f"{state.entity.board}_id": stage.id}).page(limit=AT_ONCE, cursor=state.cursor)
    context = {"cards": cards(state, part.items), "more_url": more_url(state, stage, part.next)}
    return visit.draw("web/parts/board/cards.html", context)


@page("GET")
def sums(visit: Visit, key: str) -> HttpResponseBase:
    """How many in each column, and what they are worth; exact up to ten thousand records."""
    state = state_of(visit, key)
    pipeline = pipeline_of(state)
    held = stages.of_pipeline(pipeline.id) if pipeline else []
    facts = facts_of(state.entity, state.env)
    figures = [spec for spec in (facts.amount, facts.weighted) if spec is not None]
    query = state.query().where(**{f"{state.entity.board}_id__in": [stage.id for stage in held]})
    count, exact = query.count(COUNT_TO)
    groups = query.groups(state.entity.board, [spec.name for spec in figures]) if exact else []
    found = {pk: (number, part) for pk, number, part in groups}
    env, columns = state.env, []
    for stage in held:
        if exact:
            number, part = found.get(stage.id, (0, {}))
            said = lists.spell(number, env)
            worth = rounded(figures[0], part[figures[0].name], env) if figures and number else ""
        else:
            number, whole = query.where(**{f"{state.entity.board}_id": stage.id}).count(COLUMN_COUNT_TO)
            said, worth = lists.spell(number, env, whole), ""
        columns.append({"id": stage.id, "count": said, "worth": worth})
    total = query.sums([spec.name for spec in figures]) if exact and count and figures else {}
    context = {
        "columns": columns,
        "count": lists.spell(count, env, exact),
        "noun": (state.entity.plural if count != 1 else state.entity.label).lower(),
        "totals": [
            {"label": str(spec.label).lower() if number else "", "text": rounded(spec, total[spec.name], env)}
            for number, spec in enumerate(figures)
            if total
        ],
    }
    return visit.draw("web/parts/board/sums.html", context)


def rounded(spec: FieldSpec, value: Any, env: Env) -> str:
    """A sum in whole units: nobody adds up cents on a board."""
    unit = 10 ** money.digits(value.currency)
    return short(spec.kind, money.Money((value.minor + unit // 2) // unit * unit, value.currency), env)


# moving ----------------------------------------------------------------------------------------------------------


def stage_in(text: str, key: str) -> StageInfo:
    """A stage of one of the entity's pipelines; NotFound for anything else."""
    stage = stages.all_stages().get(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
    if stage is None or stage.pipeline not in {one.id for one in stages.pipelines(key)}:
        raise NotFound()
    return stage


@page("POST")
def move(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """Into another stage; answers the card as it then stands, or loads the page anew where it was no board."""
    entity = visit.entity(key)
    if not entity.board:
        raise NotFound()
    record = records.get(entity, pk, visit.actor)
    sent = {**visit.request.GET.dict(), **visit.request.POST.dict()}
    stage = stage_in(sent.get("stage", ""), key)
    seen = sent.get("version", "")
    batch = new_batch()
    try:
        draft = records.change(
            entity, pk, {entity.board: stage.id}, visit.act("board", batch),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None, env=visit.env,
        )  # fmt: skip
    except Conflict as error:
        text = _("%(who)s moved this meanwhile.") % {"who": error.by or _("Somebody")}
        return _drawn(visit, entity, records.get(entity, pk, visit.actor), text, status=409)
    except Invalid as error:
        return errors.toast_only(error.status, " ".join(part.message for part in error.errors))
    except Objected as error:
        if blocked(error):
            return errors.toast_only(error.status, error.title)
        return _asked(visit, entity, record, sent, error)
    text = _("%(name)s: %(stage)s") % {"name": str(draft.record), "stage": stage.text(visit.env.language)}
    text = automation.told(text, automation.effects(entity, visit.env, draft.change_id))
    if "card" not in sent:
        return done(visit, text, batch)
    return _drawn(visit, entity, draft.record, text, undo_url(batch) if draft.diff else "")


def _drawn(visit: Visit, entity: Entity, record: Any, text: str, undo: str = "", status: int = 200) -> HttpResponse:
    """A card as it stands, with a word about what happened."""
    found = records.query(entity, visit.actor, visit.env).near(pk=record.pk).page(limit=1).items
    toast = {"toast": {"text": text, "undo_url": undo, "tone": "" if status == 200 else "overdue"}}
    if not found:
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(toast)})
    state = from_params(entity, visit.env, {}, "board")
    answer = visit.draw("web/parts/board/card.html", {"card": cards(state, found)[0]}, status)
    answer.headers["HX-Trigger"] = json.dumps(toast)
    return answer


def _asked(visit: Visit, entity: Entity, record: Any, sent: dict[str, str], error: Objected) -> HttpResponse:
    """A question, in a dialog; the answer is posted again."""
    context = {
        "title": _("Check this first"),
        "lead": titled(entity, record, visit.env),
        "action": f"{record_url(entity, record.pk)}/move",
        "hidden": [(name, value) for name, value in sent.items() if name in ("stage", "version")],
        "guards": guards_of(error),
    }
    answer = visit.draw(DIALOG, context, error.status)
    answer.headers["HX-Retarget"] = "#dialog"
    return answer
