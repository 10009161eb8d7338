"""Customers, the people who work there, and how often each grade and maturity wants to hear from us."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.columns import SortIndex, TextColumn
from bosun.kernel.models import Record
from bosun.modules.customers import rules

KINDS = {"company": _("Company"), "person": _("Private person")}
ROLES = {
    "decides": _("Decides"),
    "influences": _("Influences"),
    "uses": _("Uses"),
    "buys": _("Buys"),
    "blocks": _("Against us"),
}
LIVE = models.Q(deleted_at__isnull=True)


class ContactCycle(Record):
    """How many days may pass between contacts with customers of a grade; of one maturity only, where it is named."""

    grade = fields.Choice("grade", _("Grade"))
    maturity = fields.Choice("maturity", _("Maturity"), optional=True)
    name = fields.Text(_("Name"), 120, title=True)
    interval_days = fields.Number(_("Contact every, days"), low=1, high=3650)
    remind_before = fields.Number(
        _("Remind, days before"), low=0, high=30, optional=True, help=_("And on the day. Empty: no reminder.")
    )

    class Meta(Record.Meta):
        verbose_name = _("Contact cycle")
        verbose_name_plural = _("Contact cycles")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "grade", Coalesce("maturity", models.Value("")), condition=LIVE, name="contact_cycle_once"
            ),
        ]


class Customer(Record):
    """A company or a person that buys, or may."""

    name = fields.Text(_("Customer"), 200, title=True)
    kind = fields.Choice(KINDS, _("Kind"), initial="company")
    grade = fields.Choice("grade", _("Grade"), optional=True, help=_("Decides how often this customer wants contact."))
    industry = fields.Choice("industry", _("Industry"), optional=True)
    region = fields.Ref("places.Place", _("Region"), optional=True)
    source = fields.Choice("source", _("Source"), optional=True)
    maturity = fields.Choice("maturity", _("Maturity"), optional=True)
    phones = fields.Phones(_("Phones"))
    email = fields.Email(_("E-mail"), optional=True)
    website = fields.Url(_("Web site"), optional=True)
    tax_number = fields.Text(
        _("Tax number"), 40, optional=True, shown_when={"field": "kind", "op": "is", "value": "company"}
    )
    address = fields.Text(_("Address"), 300, optional=True)
    registered_capital = fields.Money(
        _("Registered capital"), optional=True, shown_when={"field": "kind", "op": "is", "value": "company"}
    )
    staff = fields.Number(
        _("Staff"), low=0, high=10_000_000, optional=True, shown_when={"field": "kind", "op": "is", "value": "company"}
    )
    credit_limit = fields.Money(_("Credit limit"), optional=True)
    parent = fields.Ref("customers.Customer", _("Part of"), optional=True)
    tags = fields.Tags(_("Tags"))
    own_interval = fields.Number(
        _("Contact every, days"), low=1, high=3650, optional=True, help=_("Only where this customer is an exception.")
    )
    paused_until = fields.Date(_("No contact before"), optional=True)
    pause_reason = fields.Text(_("Because"), 200, optional=True, shown_when={"field": "paused_until", "op": "filled"})
    last_contact = fields.Date(_("Last contact"), optional=True, read_only=True)
    next_contact = fields.Date(_("Next contact"), optional=True, read_only=True)
    next_step = fields.Text(_("Next step"), 200, optional=True, read_only=True)
    next_step_on = fields.Date(_("Next step on"), optional=True, read_only=True)
    contact_state = fields.Computed(
        pgettext_lazy("contact cycle", "Contact"),
        rules.STATE_KIND,
        rules.state_of,
        rules.state_expression,
        depends="last_contact next_contact",
    )

    class Meta(Record.Meta):
        verbose_name = _("Customer")
        verbose_name_plural = _("Customers")
        indexes = (
            SortIndex(fields=["name_sort", "id"], name="customer_name", condition=LIVE),
            SortIndex(fields=["next_contact", "id"], name="customer_next", condition=LIVE),
            SortIndex(fields=["last_contact", "id"], name="customer_last", condition=LIVE),
            SortIndex(fields=["updated_at", "id"], name="customer_updated", condition=LIVE),
            SortIndex(fields=["owner", "name_sort", "id"], name="customer_owner_name", condition=LIVE),
            SortIndex(fields=["owner", "next_contact", "id"], name="customer_owner_next", condition=LIVE),
            SortIndex(fields=["owner", "last_contact", "id"], name="customer_owner_last", condition=LIVE),
        )


class Contact(Record):
    """A person who works at a customer."""

    name = fields.Text(_("Contact"), 120, title=True)
    customer = fields.Ref("customers.Customer", _("Customer"), fields.CASCADE)
    title = fields.Text(_("Title"), 120, optional=True)
    role = fields.Choice(ROLES, _("Role in the decision"), optional=True)
    reports_to = fields.Ref("customers.Contact", _("Reports to"), fields.CLEAR, optional=True)
    phones = fields.Phones(_("Phones"))
    email = fields.Email(_("E-mail"), optional=True)
    chat_id = fields.Text(_("Chat ID"), 80, optional=True, help=_("WeChat, WhatsApp or the like."))
    birthday = fields.Date(_("Birthday"), optional=True)
    id_no = fields.Text(_("ID number"), 40, optional=True)
    tags = fields.Tags(_("Tags"))

    class Meta(Record.Meta):
        verbose_name = _("Contact")
        verbose_name_plural = _("Contacts")
        indexes = (SortIndex(fields=["name_sort", "id"], name="contact_name", condition=LIVE),)


class Told(models.Model):
    """What was told last of a customer's next contact, whom, and by which notice; there as long as it holds."""

    customer_id = models.BigIntegerField(primary_key=True)
    day = models.DateField()
    ahead = models.BooleanField()
    person_id = models.BigIntegerField()
    notice = TextColumn(max_length=80)

    class Meta:
        indexes = (models.Index(fields=["notice"], name="told_notice"),)

    def __str__(self) -> str:
        return str(self.notice)
