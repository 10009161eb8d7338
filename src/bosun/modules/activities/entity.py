"""Follow-ups as declared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel.entity import Entity, Preset, Section
from bosun.kernel.verbs import Transfer
from bosun.modules.activities import rules, services, tasks
from bosun.modules.activities.models import FollowUp, Task
from bosun.modules.activities.verbs import CompleteStep, FinishTask, PostponeStep, ReopenTask

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

OPEN_TASK = {"field": "done_at", "op": "empty"}
MY_TASK = {"field": "owner", "op": "is", "value": "me"}

TASK = Entity(
    Task,
    key="tasks",
    icon="checkbox",
    columns="subject about due priority owner",
    form=[
        Section(_("Task"), "subject about owner | due priority recurrence"),
        Section(_("To do"), "checklist | note"),
    ],
    search="subject note",
    sort="due",
    lists=[
        Preset("mine", _("My open"), {"all": [MY_TASK, OPEN_TASK]}, sort="due"),
        Preset("open", _("Open"), OPEN_TASK, sort="due"),
        Preset("done", _("Done"), {"field": "done_at", "op": "filled"}, sort="-done_at"),
    ],
    verbs=[FinishTask(), ReopenTask(), Transfer()],
    customer_path="customer",
    also_from="customer",
    rules=[tasks.find_customer, tasks.check_recurrence],
    effects=[services.follow_task],
)
