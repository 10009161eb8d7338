"""Ready-made rules about opportunities."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel import kinds
from bosun.platform.automation.gallery import Param, Template, offer

WITH_CUSTOMER = {"field": "customer", "op": "filled"}

offer(
    Template(
        "big",
        _("A big opportunity is reported"),
        _("The owner's manager is told when an amount is reached."),
        "opportunities.saved",
        when={
            "all": [
                {"field": "amount", "op": "changed"},
                {"field": "amount", "op": "gte", "value": {"$": "amount"}},
            ]
        },
        do=[{"action": "notify", "to": ["manager"], "text": "{{name}} · {{customer.name}} · {{amount}} · {{owner}}"}],
        params=(Param("amount", _("From amount"), kinds.Number(), 1_000_000),),
        order=6,
    ),
    Template(
        "hand_over",
        _("Won: a task to hand over"),
        _("The owner gets a task about the opportunity that was won."),
        "opportunities.won",
        do=[
            {
                "action": "create",
                "entity": "tasks",
                "values": {"subject": {"$": "subject"}, "about": "record", "owner": "{{owner}}", "due": {"$": "due"}},
            }
        ],
        params=(
            Param("subject", _("Task"), kinds.Text(200), "{{name}}"),
            Param("due", _("Due"), kinds.Text(10), "+1d"),
        ),
        order=7,
    ),
    Template(
        "ended_marks",
        _("Won or lost marks the customer"),
        _("The customer is tagged with the stage in which an opportunity ended."),
        "opportunities.changed",
        when={
            "all": [
                {"field": "stage", "op": "changed"},
                {"field": "stage.outcome", "op": "in", "value": ["won", "lost"]},
                WITH_CUSTOMER,
            ]
        },
        do=[{"action": "tag", "record": "customer", "add": ["{{stage}}"]}],
        order=8,
    ),
    Template(
        "stage_told",
        _("People are told of a new stage"),
        _("The owner's manager, and whoever else you name, hears of each move."),
        "opportunities.changed",
        when={"field": "stage", "op": "changed"},
        do=[{"action": "notify", "to": ["manager", {"$": "people"}], "text": "{{name}} → {{stage}} · {{owner}}"}],
        params=(Param("people", _("Also tell"), kinds.References("org.Person"), [], required=False),),
        order=9,
    ),
    Template(
        "won_total_grade",
        _("What a customer bought decides the grade"),
        _("The customer gets a grade once the amounts won reach a total."),
        "opportunities.won",
        when={
            "all": [
                WITH_CUSTOMER,
                {
                    "sum": "opportunities.customer",
                    "of": "amount",
                    "at": "customer",
                    "where": {"field": "stage.outcome", "op": "is", "value": "won"},
                    "op": "gte",
                    "value": {"$": "total"},
                },
            ]
        },
        do=[{"action": "change", "record": "customer", "set": {"grade": {"$": "grade"}}}],
        params=(
            Param("total", _("Total won from"), kinds.Number(), 500_000),
            Param("grade", _("Grade"), kinds.Choice("grade"), "A"),
        ),
        order=10,
    ),
)
