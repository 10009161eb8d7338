"""Pure decisions about opportunities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, F, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from bosun.kernel import ports
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.kinds import Choice
from bosun.lib.money import Money
from bosun.modules.customers.rules import SOON_DAYS, STATES, ring, state
from bosun.modules.customers.rules import today as day_of_company
from bosun.platform.pipelines import stages

ENTITY = "opportunities"
HORIZON = timedelta(days=14)
"""The ring of a step that is so far away has just begun."""


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
    """A stage brings its pipeline; an outcome closes, an open stage opens again; who lost says why."""
    stage = stages.all_stages().get(draft.values.get("stage") or 0)
    if stage is None:
        return
    draft.put("pipeline", stage.pipeline)
    ended = stage.outcome != "open"
    if not ended:
        draft.put("closed", None)
    elif draft.value("closed") is None:
        draft.put("closed", env.today)
    began = draft.value("opened") or env.today if draft.new else env.today
    draft.put("stage_since", draft.value("closed") if ended else began)
    if stage.outcome != "lost":
        draft.put("lost_reason", None)
        draft.put("lost_to", None)
    elif draft.value("lost_reason") is None and not draft.line:
        # An import tells what has been: nobody is there to be asked.
        draft.refuse("lost_reason", _("Say why it was lost."))


def check_days(draft: Draft, env: Env) -> None:
    """Nothing closes before it was opened, nor is expected to; only what is won or lost has a day of closing."""
    opened, closes, closed = draft.value("opened"), draft.value("closes"), draft.value("closed")
    # A file tells what was once hoped for; whoever enters it now has mistaken a date.
    if opened and closes and closes < opened and draft.changes("opened", "closes") and not draft.line:
        draft.refuse("closes", _("The expected close lies before the day of opening."))
    if closed is None or not draft.changes("opened", "closed", "stage"):
        return
    if opened and closed < opened:
        draft.refuse("closed", _("An opportunity cannot close before it was opened."))
    stage = stages.all_stages().get(draft.value("stage") or 0)
    if stage is not None and stage.outcome == "open":
        draft.refuse("closed", _("Only what is won or lost has a day of closing."))


class StepState(Choice):
    """How near the next step is, by colour and word."""

    key = "state"
    cell = "state"
    groupable = False

    def mark(self, value: Any, record: Any, env: Env) -> Mapping[str, Any] | None:
        if record is None or not record.next_step:
            return None
        if record.next_step_on is None:
            return {"state": "none", "word": record.next_step, "title": _("No date")}
        drawn = ring(record.next_step_on, record.next_step_on - HORIZON, env)
        return {**drawn, "title": f"{record.next_step}, {drawn['title']}", "step": record.next_step}


STEP_KIND = StepState("", STATES)


def step_state_of(record: Any) -> str | None:
    """Normal, soon, due or overdue; None where nothing is planned."""
    return state(record.next_step_on, day_of_company()) if record.next_step else None


def step_state_expression() -> Combinable:
    """The same in SQL."""
    day = day_of_company()
    return Case(
        When(next_step__isnull=True, then=Value(None)),
        When(next_step_on__lt=day, then=Value("overdue")),
        When(next_step_on=day, then=Value("due")),
        When(next_step_on__lte=day + timedelta(days=SOON_DAYS), then=Value("soon")),
        When(next_step_on__isnull=False, then=Value("good")),
        output_field=TextField(),
    )


def probability_of(record: Any) -> int | None:
    """The probability of the stage."""
    stage = stages.all_stages().get(record.stage_id)
    return stage.probability if stage else None


def probability_expression() -> Combinable:
    """The same in SQL."""
    whens = [When(stage_id=s.id, then=Value(s.probability)) for s in stages.all_stages().values()]
    return Case(*whens, default=Value(0), output_field=BigIntegerField())


def weighted_of(record: Any) -> Money | None:
    """Amount times the probability of the stage, in the base currency."""
    stage = stages.all_stages().get(record.stage_id)
    if record.amount_base is None or stage is None:
        return None
    return Money(record.amount_base * stage.probability // 100, ports.company().currency)


def weighted_expression() -> Combinable:
    """The same in SQL, to the minor unit."""
    return Cast(F("amount_base") * probability_expression() / Value(100), BigIntegerField())
