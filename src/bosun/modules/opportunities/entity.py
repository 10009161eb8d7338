"""Opportunities as declared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel.entity import Entity, Preset, Section
from bosun.kernel.verbs import Transfer
from bosun.modules.customers.rules import not_below_zero
from bosun.modules.opportunities import options as _options  # noqa: F401 - declares lists and pipeline
from bosun.modules.opportunities import rules
from bosun.modules.opportunities.models import Opportunity
from bosun.modules.opportunities.verbs import Lose, Reopen, Win
from bosun.platform.away.along import Along

MINE = {"field": "owner", "op": "is", "value": "me"}
OPEN = {"field": "stage.outcome", "op": "is", "value": "open"}

OPPORTUNITY = Entity(
    Opportunity,
    key="opportunities",
    icon="target",
    columns="name customer stage amount closes step_state owner",
    form=[
        Section(_("Opportunity"), "name customer owner | stage amount closes opened"),
        Section(_("Competition"), "competitors | cost_price"),
        Section(_("Outcome"), "closed | lost_reason lost_to"),
        Section(_("More"), "tags | external_id"),
    ],
    search="name external_id",
    sort="closes",
    lists=[
        Preset("mine", _("My open"), {"all": [MINE, OPEN]}, sort="closes"),
        Preset("open", pgettext_lazy("state", "Open"), OPEN, sort="closes"),
        Preset(
            "closing", _("Closing this month"),
            {"all": [OPEN, {"field": "closes", "op": "this", "value": "month"}]}, sort="closes",
        ),
        Preset(
            "stuck", _("Without next step"), {"all": [OPEN, {"field": "next_step", "op": "empty"}]}, sort="closes",
        ),
        Preset("won", _("Won"), {"field": "stage.outcome", "op": "is", "value": "won"}, sort="-closed"),
        Preset("lost", _("Lost"), {"field": "stage.outcome", "op": "is", "value": "lost"}, sort="-closed"),
    ],
    verbs=[Win(), Lose(), Reopen(), Transfer()],
    customer_path="customer",
    also_from="customer",
    board="stage",
    highlight="stage customer owner",
    key_numbers="amount weighted closes",
    rules=[rules.follow_stage, rules.check_days, not_below_zero("amount", "cost_price")],
    extras={
        "stay_days": ("opened", "closed"), "ended_numbers": ("amount", "closed"), "planned": ("closes",),
        "card_state": "step_state", "board_verbs": {"won": "win", "lost": "lose"}, "in_absence": Along("closes", OPEN),
    },
)  # fmt: skip
