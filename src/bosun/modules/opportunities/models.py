"""Opportunities: what may be sold, to whom, for how much, and how far it has come."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bosun.kernel import fields
from bosun.kernel.columns import SortIndex
from bosun.kernel.kinds import Money, Number
from bosun.kernel.models import Record
from bosun.modules.opportunities import rules

LIVE = models.Q(deleted_at__isnull=True)
LOST = {"field": "stage.outcome", "op": "is", "value": "lost"}
ENDED = {"field": "stage.outcome", "op": "in", "value": ["won", "lost"]}


class Opportunity(Record):
    """A sale in progress."""

    name = fields.Text(_("Opportunity"), 160, title=True)
    customer = fields.Ref("customers.Customer", _("Customer"), optional=True)
    pipeline = fields.Ref("pipelines.Pipeline", _("Pipeline"), initial=rules.pipeline_of_new, internal=True)
    stage = fields.Ref("pipelines.Stage", _("Stage"), initial=rules.stage_of_new)
    amount = fields.Money(_("Amount"), optional=True)
    opened = fields.Date(_("Opened"), optional=True, initial=rules.today)
    closes = fields.Date(_("Expected close"), optional=True)
    closed = fields.Date(_("Closed"), optional=True, shown_when=ENDED)
    stage_since = fields.Date(_("In stage since"), optional=True, read_only=True)
    competitors = fields.MultiChoice("competitor", _("Competitors"))
    lost_reason = fields.Choice("lost_reason", _("Lost because"), optional=True, shown_when=LOST)
    lost_to = fields.Choice("competitor", _("Lost to"), optional=True, shown_when=LOST)
    cost_price = fields.Money(_("Cost"), optional=True)
    tags = fields.Tags(_("Tags"))
    next_step = fields.Text(_("Next step"), 200, optional=True, read_only=True)
    next_step_on = fields.Date(_("Next step on"), optional=True, read_only=True)
    step_state = fields.Computed(
        _("Next step is"), rules.STEP_KIND, rules.step_state_of, rules.step_state_expression,
        depends="next_step next_step_on",
    )  # fmt: skip
    probability = fields.Computed(
        _("Probability, %"), Number(), rules.probability_of, rules.probability_expression, depends="stage"
    )
    weighted = fields.Computed(
        _("Weighted"), Money(), rules.weighted_of, rules.weighted_expression, depends="amount stage"
    )

    class Meta(Record.Meta):
        verbose_name = _("Opportunity")
        verbose_name_plural = _("Opportunities")
        indexes = (
            SortIndex(fields=["stage", "-amount_base", "id"], name="opp_stage_amount", condition=LIVE),
            SortIndex(fields=["stage", "closes", "id"], name="opp_stage_closes", condition=LIVE),
            SortIndex(fields=["owner", "closes", "id"], name="opp_owner_closes", condition=LIVE),
            SortIndex(fields=["closes", "id"], name="opp_closes", condition=LIVE),
            SortIndex(fields=["name_sort", "id"], name="opp_name", condition=LIVE),
            SortIndex(fields=["customer", "id"], name="opp_customer", condition=LIVE),
        )
