"""Ready-made rules about opportunities."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel import kinds
from bosun.platform.automation.gallery import Param, Template, offer

CUSTOMER = "Customer of a test of rules"
SOLD = {"related": [{"entity": "customers", "values": {"name": CUSTOMER}}], "given": {"customer": CUSTOMER}}
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
        tests=(
            {"given": {"amount": {"$": "amount"}}, "expect": {"runs": True}},
            {"given": {"amount": 0}, "expect": {"runs": False}},
            {"given": {"amount": {"$": "amount"}}, "change": {"name": "Another name"}, "expect": {"runs": False}},
        ),
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
            Param(
                "subject",
                _("Task"),
                kinds.Text(200),
                "{{name}}",
                help=_(
                    "What stands in {{ }} is filled in from the opportunity: {{name}} becomes its name. Write around "
                    "it what you like, for instance: Hand over {{name}}."
                ),
            ),
            Param(
                "due",
                _("Due"),
                kinds.Text(10),
                "+1d",
                help=_("Counted from the day on which it is won: +1d is the next day, +7d a week later."),
            ),
        ),
        order=7,
        tests=({**SOLD, "expect": {"runs": True, "creates": ["tasks"]}},),
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
        tests=(
            {**SOLD, "verb": "win", "expect": {"runs": True}},
            {**SOLD, "change": {"name": "Another name"}, "expect": {"runs": False, "sets": {"customer.tags": None}}},
        ),
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
        tests=(
            {**SOLD, "verb": "win", "expect": {"runs": True}},
            {**SOLD, "change": {"name": "Another name"}, "expect": {"runs": False, "notifies": []}},
        ),
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
        tests=(
            {
                **SOLD,
                "given": {"customer": CUSTOMER, "amount": {"$": "total"}},
                "expect": {"runs": True, "sets": {"customer.grade": {"$": "grade"}}},
            },
            {
                **SOLD,
                "given": {"customer": CUSTOMER, "amount": 0},
                "expect": {"runs": False, "sets": {"customer.grade": None}},
            },
        ),
    ),
)
