"""Pure decisions about opportunities."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, F, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from bosun.kernel import ports
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib.money import Money
from bosun.platform.pipelines import stages

ENTITY = "opportunities"


def today(env: Env) -> date:
    """The day of recording, in the company's zone."""
    return env.today


def pipeline_of_new(env: Env) -> int | None:
    """The first pipeline."""
    return stages.first_pipeline(ENTITY)


def stage_of_new(env: Env) -> int | None:
    """The first stage of the first pipeline."""
    pipeline = stages.first_pipeline(ENTITY)
    found = stages.of_pipeline(pipeline) if pipeline else []
    return found[0].id if found else None


def follow_stage(draft: Draft, env: Env) -> None:
    """A stage brings its pipeline; an outcome closes, an open stage opens again."""
    if "stage" not in draft.values:
        return
    stage = stages.all_stages().get(draft.values["stage"])
    if stage is None:
        return
    draft.put("pipeline", stage.pipeline)
    closed = draft.value("closed")
    if stage.outcome == "open":
        if not draft.new or closed is None:
            draft.put("closed", None)
    elif "closed" not in draft.values and (draft.new or closed is None):
        draft.put("closed", env.today)
    since = draft.value("closed") if stage.outcome != "open" else (draft.value("opened") if draft.new else env.today)
    draft.put("stage_since", since)
    if stage.outcome != "lost" and not draft.new:
        draft.put("lost_reason", None)
        draft.put("lost_to", None)


def check_days(draft: Draft, env: Env) -> None:
    """Nothing closes before it was opened."""
    opened, closed = draft.value("opened"), draft.value("closed")
    if opened and closed and closed < opened and draft.changes("opened", "closed"):
        draft.refuse("closed", _("An opportunity cannot close before it was opened."))


def weighted_of(record: Any) -> Money | None:
    """Amount times the probability of the stage, in the base currency."""
    stage = stages.all_stages().get(record.stage_id)
    if record.amount_base is None or stage is None:
        return None
    return Money(record.amount_base * stage.probability // 100, ports.company().currency)


def weighted_expression() -> Combinable:
    """The same in SQL, to the minor unit."""
    whens = [When(stage_id=s.id, then=Value(s.probability)) for s in stages.all_stages().values()]
    chance = Case(*whens, default=Value(0), output_field=BigIntegerField())
    return Cast(F("amount_base") * chance / Value(100), BigIntegerField())
