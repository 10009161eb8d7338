"""The company, its departments, positions, roles and people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.columns import SortIndex, TextColumn
from bosun.kernel.models import Record
from bosun.platform.org.rights import check_field_rights, check_grants

LANGUAGES = {"en": "English", "zh-hans": "简体中文", "es": "Español"}
THEMES = {"system": _("As the device"), "light": _("Light"), "dark": _("Dark")}
SOUNDS = {"on": _("On"), "off": _("Off")}


class Company(Record):
    """The company that runs this Bosun: one record."""

    name = fields.Text(_("Company"), 120, title=True)
    currency = fields.Text(_("Base currency"), 3)
    zone = fields.Text(_("Time zone"), 60)
    country = fields.Text(
        _("Country"), 2, optional=True, help=_("Two letters; phone numbers without + are read as of here.")
    )
    language = fields.Choice(LANGUAGES, _("Language"))
    accent = fields.Text(_("Accent colour"), 7, optional=True)

    class Meta(Record.Meta):
        verbose_name = _("Company settings")
        verbose_name_plural = _("Company settings")


class Rate(Record):
    """What one unit of a currency was worth in the base currency from a day on."""

    currency = fields.Text(_("Currency"), 3, title=True)
    day = fields.Date(_("From"))
    rate = fields.Number(_("Rate"), digits=10, low=0)

    class Meta(Record.Meta):
        verbose_name = _("Exchange rate")
        verbose_name_plural = _("Exchange rates")
        indexes = (models.Index(fields=["currency", "day"], name="rate_currency_day"),)


class Department(Record):
    """A part of the company; departments form a tree."""

    name = fields.Text(_("Department"), 120, title=True)
    parent = fields.Ref("org.Department", _("Part of"), optional=True)
    head = fields.Ref("org.Person", _("Head"), fields.CLEAR, optional=True)
    path = TextColumn(max_length=400, default="/", db_index=True)

    class Meta(Record.Meta):
        verbose_name = _("Department")
        verbose_name_plural = _("Departments")


class Position(Record):
    """What somebody is employed as."""

    name = fields.Text(_("Position"), 120, title=True)

    class Meta(Record.Meta):
        verbose_name = _("Position")
        verbose_name_plural = _("Positions")


class Role(Record):
    """A set of rights; people hold several, and the widest right wins."""

    name = fields.Text(_("Role"), 120, title=True, unique=True)
    administrator = fields.Flag(_("Administrator"), help=_("May do everything."))
    grants = fields.Settings(_("Rights"), check_grants)
    field_rights = fields.Settings(_("Field rights"), check_field_rights)

    class Meta(Record.Meta):
        verbose_name = _("Role")
        verbose_name_plural = _("Roles")


class Person(Record):
    """Somebody who works here; whether and how this person may sign in is kept apart."""

    name = fields.Text(pgettext_lazy("person", "Name"), 120, title=True)
    username = fields.Text(_("Username"), 60, optional=True, unique=True)
    email = fields.Email(_("E-mail"), optional=True)
    phones = fields.Phones(_("Phones"))
    department = fields.Ref("org.Department", _("Department"), optional=True)
    position = fields.Ref("org.Position", _("Position"), fields.CLEAR, optional=True)
    roles = fields.Refs("org.Role", _("Roles"))
    active = fields.Flag(_("Active"), default=True, help=_("People who left stay in the history, but cannot sign in."))
    language = fields.Choice(LANGUAGES, _("Language"), optional=True)
    zone = fields.Text(_("Time zone"), 60, optional=True)
    theme = fields.Choice(THEMES, _("Appearance"), optional=True)
    sound = fields.Choice(SOUNDS, _("Sound of reminders"), optional=True)
    extra_grants = fields.Settings(_("Extra rights"), check_grants)
    withdrawn_grants = fields.Settings(_("Withdrawn rights"), check_grants)

    class Meta(Record.Meta):
        verbose_name = _("Person")
        verbose_name_plural = _("People")
        indexes = (SortIndex(fields=["name_sort", "id"], name="person_by_name"),)
