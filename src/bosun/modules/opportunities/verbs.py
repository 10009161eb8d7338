"""What one does with an opportunity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Choice
from bosun.kernel.verbs import Param, Verb
from bosun.modules.opportunities.models import Opportunity
from bosun.platform.pipelines import stages


def stage_with(pk: int | None, outcome: str) -> int:
    """The stage of an opportunity's pipeline that has an outcome; Invalid when an administrator removed it."""
    pipeline = Opportunity.objects.filter(pk=pk).values_list("pipeline_id", flat=True).first()
    if outcome == "open":
        found = next((s for s in stages.of_pipeline(pipeline or 0) if s.outcome == "open"), None)
    else:
        found = stages.with_outcome(pipeline or 0, outcome)
    if found is None:
        raise Invalid(_("This pipeline has no stage for that. An administrator can add it."))
    return found.id


def is_open(record: Any) -> bool:
    """True while the stage has no outcome."""
    stage = stages.all_stages().get(record.stage_id)
    return stage is None or stage.outcome == "open"


class Win(Verb):
    """The customer buys."""

    key = "win"
    past = "won"
    label = _lazy("Won")
    icon = "trophy"

    def offered(self, record: Any, env: Env) -> bool:
        return is_open(record)

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"stage": stage_with(draft.pk, "won"), "closed": env.today}


class Lose(Verb):
    """The customer does not buy; the reason is asked, and to whom it went."""

    key = "lose"
    past = "lost"
    label = _lazy("Lost")
    icon = "circle-x"
    params = (
        Param("lost_reason", _lazy("Lost because"), Choice("lost_reason")),
        Param("lost_to", _lazy("Lost to"), Choice("competitor"), required=False),
    )

    def offered(self, record: Any, env: Env) -> bool:
        return is_open(record)

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {
            "stage": stage_with(draft.pk, "lost"), "closed": env.today,
            "lost_reason": given["lost_reason"], "lost_to": given["lost_to"],
        }  # fmt: skip


class Reopen(Verb):
    """It goes on after all."""

    key = "reopen"
    past = "reopened"
    label = _lazy("Reopen")
    icon = "refresh"

    def offered(self, record: Any, env: Env) -> bool:
        return not is_open(record)

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"stage": stage_with(draft.pk, "open"), "closed": None}
