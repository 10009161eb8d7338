"""Where a record stands in its pipeline: the path over its page, and how long it stayed in each stage."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import access
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.platform.pipelines import stages, stays
from bosun.platform.pipelines.stages import StageInfo
from bosun.web import reach
from bosun.web.board import verb_to
from bosun.web.present import record_url


def shown(entity: Entity, env: Env) -> bool:
    """True where an entity has stages that are open to the reader."""
    return bool(entity.board) and entity.board in access.specs(entity, env.actor)


def ended(entity: Entity, record: Any) -> bool:
    """True for what is won or lost."""
    here = stages.all_stages().get(getattr(record, f"{entity.board}_id")) if entity.board else None
    return here is not None and here.outcome != "open"


def path(entity: Entity, record: Any, env: Env) -> list[dict[str, Any]]:
    """The stages in order, with the one where the record is; a click on another goes there."""
    here = stages.all_stages().get(getattr(record, f"{entity.board}_id")) if shown(entity, env) else None
    if here is None:
        return []
    movable = access.specs(entity, env.actor)[entity.board].writable and reach.may_row(entity, env, "change", record.pk)
    spent = stays.of_record(entity, record.pk, env.today)
    drawn = [one for one in stages.of_pipeline(here.pipeline) if one.outcome == "open" or one.id == here.id]
    return [
        {
            "label": one.text(env.language),
            "now": one.id == here.id,
            "been": here.outcome == "open" and (one.position, one.id) < (here.position, here.id),
            "outcome": one.outcome,
            "days": days_in_words(spent[-1].days) if one.id == here.id and spent else "",
            **(_way(entity, record, one, env) if movable and one.id != here.id else {}),
        }
        for one in drawn
    ]


def _way(entity: Entity, record: Any, stage: StageInfo, env: Env) -> dict[str, str]:
    """The address that brings a record into a stage."""
    verb = verb_to(entity, stage, env)
    if verb is not None:
        return {"dialog" if verb.params else "post": f"{record_url(entity, record.pk)}/verbs/{verb.key}"}
    return {"post": f"{record_url(entity, record.pk)}/move?stage={stage.id}&version={record.version}"}


def days_in_words(days: int) -> str:
    """How long."""
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def history(entity: Entity, record: Any, env: Env) -> dict[str, Any]:
    """The stays of a record, the last one first."""
    rows = []
    for stay in reversed(stays.of_record(entity, record.pk, env.today)):
        known = stages.all_stages().get(stay.stage or 0)
        rows.append(
            {
                "label": known.text(env.language) if known else _("Before, in no known stage"),
                "colour": known.colour if known else "",
                "entered": stay.entered_on,
                "left": stay.left_on,
                "days": days_in_words(stay.days),
            }
        )
    return {"stays": rows}
