"""Follow-ups as declared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel.entity import Entity, Preset, Section
from bosun.modules.activities import rules, services
from bosun.modules.activities.models import FollowUp
from bosun.modules.activities.verbs import CompleteStep, PostponeStep

FOLLOW_UP = Entity(
    FollowUp,
    key="follow_ups",
    icon="message",
    columns="subject type customer contact result at person next_step next_step_on",
    form=[
        Section(_("Follow-up"), "about type at person | contact result minutes subject"),
        Section(_("Note"), "note"),
        Section(_("Next step"), "next_step | next_step_on"),
    ],
    search="subject note next_step",
    sort="-at",
    customer_path="customer",
    rights_from="customer",
    verbs=[CompleteStep(), PostponeStep()],
    timeline=False,
    rules=[rules.find_customer, rules.may_write_about, rules.check_sense, rules.name_it],
    effects=[services.touch_customers],
    lists=[
        Preset("mine", _("Mine"), {"field": "person", "op": "is", "value": "me"}, sort="-at"),
        Preset(
            "promised",
            _("Promised"),
            {
                "all": [
                    {"field": "next_step_on", "op": "filled"},
                    {"field": "step_done_at", "op": "empty"},
                ]
            },
            sort="next_step_on",
        ),
        Preset("refused", _("Refused"), {"field": "result", "op": "is", "value": "refused"}, sort="-at"),
    ],
)
