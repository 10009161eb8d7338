"""Customers, contacts and contact cycles as declared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel.entity import Entity, Preset, Related, Section
from bosun.kernel.verbs import Transfer
from bosun.modules.customers import headers, rules, services
from bosun.modules.customers import options as _options  # noqa: F401 - declares the lists
from bosun.modules.customers.models import Contact, ContactCycle, Customer
from bosun.platform.away.along import Along
from bosun.platform.org import tree

MINE = {"field": "owner", "op": "is", "value": "me"}

CONTACT_CYCLE = Entity(
    ContactCycle,
    key="contact_cycles",
    icon="refresh",
    columns="name grade maturity interval_days remind_before",
    menu="settings",
    form=[Section("", "name grade maturity | interval_days remind_before")],
    rules=[services.one_for_each],
    owned=False,
    sort="name",
    stamp=services.STAMP,
    effects=[services.replan],
    open_to_all=True,
    timeline=False,
)

CUSTOMER = Entity(
    Customer,
    key="customers",
    icon="building",
    columns="name contact_state grade next_step region industry owner",
    form=[
        Section(_("Customer"), "name kind grade | owner maturity source"),
        Section(_("Company"), "industry staff registered_capital | region tax_number parent"),
        Section(_("Reach"), "phones email | website address"),
        Section(_("Terms"), "credit_limit | tags external_id"),
        Section(_("Contact cycle"), "own_interval | paused_until pause_reason"),
    ],
    lists=[
        Preset("mine", _("My customers"), MINE, sort="next_contact"),
        Preset(
            "due",
            _("Contact due"),
            {"all": [MINE, {"field": "next_contact", "op": "lte", "value": "today"}]},
            sort="next_contact",
        ),
        Preset(
            "quiet",
            _("Quiet for 90 days"),
            {"none": [{"field": "last_contact", "op": "last_days", "value": 90}]},
            sort="last_contact",
        ),
        Preset("new", _("New this month"), {"field": "created_at", "op": "this", "value": "month"}, sort="-created_at"),
    ],
    search="name external_id phones email tax_number website tags",
    sort="name",
    same="name phones email tax_number",
    verbs=[Transfer()],
    state="contact_state",
    highlight="grade owner",
    key_numbers="registered_capital credit_limit staff",
    rules=[
        tree.no_circle,
        rules.not_below_zero("credit_limit", "registered_capital"),
        rules.pause_has_reason,
        services.plan_contact,
    ],
    related=[Related("contacts", "customer"), Related("customers", "parent", _("Subsidiaries"))],
    extras={"also_called": headers.CUSTOMER, "logo": True, "in_absence": Along("next_contact")},
)

CONTACT = Entity(
    Contact,
    key="contacts",
    icon="users",
    columns="name customer title role phones email",
    form=[
        Section(_("Contact"), "name customer title | role reports_to"),
        Section(_("Reach"), "phones email | chat_id birthday"),
        Section(_("More"), "id_no | tags external_id"),
    ],
    search="name external_id phones email chat_id",
    sort="name",
    same="email phones",
    customer_path="customer",
    rights_from="customer",
    highlight="title customer",
    rules=[tree.no_circle_by("reports_to")],
    extras={"person": True, "also_called": headers.CONTACT},
    related=[Related("contacts", "reports_to", _("Reports to this person"))],
    lists=[Preset("deciders", _("Deciders"), {"field": "role", "op": "is", "value": "decides"}, sort="name")],
)
