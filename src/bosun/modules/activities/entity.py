"""Follow-ups and tasks as declared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel.entity import Entity, Preset, Section
from bosun.kernel.verbs import Transfer
from bosun.modules.activities import followed, rules, services, tasks
from bosun.modules.activities.models import FollowUp, Task
from bosun.modules.activities.verbs import CompleteStep, FinishTask, PostponeStep, ReopenTask
from bosun.platform.away.along import Along
from bosun.platform.reminders.verbs import Tick

PROMISED = {"all": [{"field": "next_step", "op": "filled"}, {"field": "step_done_at", "op": "empty"}]}

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
    extras={
        "planned": ("next_step_on",),
        "in_absence": Along("next_step_on", PROMISED, who="person", text="next_step", verb="complete"),
    },
    lists=[
        Preset("mine", _("Mine"), {"field": "person", "op": "is", "value": "me"}, sort="-at"),
        Preset(
            "promised",
            _("Promised"),
            PROMISED,
            sort="next_step_on",
        ),
        Preset("refused", _("Refused"), {"field": "result", "op": "is", "value": "refused"}, sort="-at"),
    ],
)

OPEN_TASK = {"field": "done_at", "op": "empty"}
MY_TASK = {"field": "owner", "op": "is", "value": "me"}
TODAY = {"field": "due", "op": "this", "value": "day"}
OVERDUE = {"field": "due_state", "op": "is", "value": "overdue"}
GIVEN = [{"field": "created_by", "op": "is", "value": "me"}, {"field": "owner", "op": "is_not", "value": "me"}]

TASK = Entity(
    Task,
    key="tasks",
    icon="checkbox",
    columns="subject due_state about priority recurrence owner",
    form=[
        Section(_("Task"), "subject about owner | due priority recurrence"),
        Section(_("To do"), "checklist | note"),
    ],
    search="subject note",
    sort="due",
    lists=[
        Preset("mine", _("My open"), {"all": [MY_TASK, OPEN_TASK]}, sort="due"),
        Preset("today", _("Due today"), {"all": [MY_TASK, OPEN_TASK, TODAY]}, sort="due"),
        Preset("overdue", _("Overdue"), {"all": [MY_TASK, OVERDUE]}, sort="due"),
        Preset("given", _("Given to others"), {"all": [*GIVEN, OPEN_TASK]}, sort="due"),
        Preset("done", _("Done"), {"field": "done_at", "op": "filled"}, sort="-done_at"),
    ],
    verbs=[FinishTask(), ReopenTask(), Tick(), Transfer()],
    state="due_state",
    highlight="about priority recurrence owner",
    customer_path="customer",
    also_from="customer",
    rules=[tasks.find_customer, tasks.check_recurrence],
    effects=[followed.follow_tasks],
    extras={
        "row_verb": "done",
        "remind": "due",
        "plain_rows": True,
        "planned": ("due",),
        "in_absence": Along("due", OPEN_TASK, verb="done"),
    },
)
