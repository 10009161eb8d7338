"""What users invent: objects, and fields on any entity. Their values live in the JSON column of the record."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.columns import TextColumn
from bosun.kernel.models import Record
from bosun.platform.customize import kindlist
from bosun.platform.options.labels import check_labels

PLACES = {
    "main": pgettext_lazy("place in the menu", "Main menu"),
    "settings": pgettext_lazy("place in the menu", "Not in the menu"),
}


class CustomObject(Record):
    """A kind of record that users invented; its key begins with x_."""

    key = fields.Text(_("Key"), 60, unique=True, help=_("Begins with x_; never changes."))
    name = fields.Text(_("Object"), 80, title=True)
    plural = fields.Text(_("Many of them"), 80)
    labels = fields.Settings(_("In other languages"), check_labels)
    plurals = fields.Settings(_("Many, in other languages"), check_labels)
    icon = fields.Text(_("Icon"), 40, optional=True)
    menu = fields.Choice(PLACES, _("Menu"), optional=True)
    title_label = fields.Text(_("Title field"), 80, optional=True, help=_("What names one of them: a plate, a number."))
    title_labels = fields.Settings(_("Title field, in other languages"), check_labels)
    columns = fields.Text(_("Columns"), 1000, optional=True)
    position = fields.Number(_("Place in the list"), low=0, high=10_000, optional=True)

    class Meta(Record.Meta):
        verbose_name = _("Custom object")
        verbose_name_plural = _("Custom objects")


class CustomField(Record):
    """A field that users invented on an entity; its name begins with x_. In the bin it is retired: its values stay."""

    entity = fields.Text(_("Entity"), 60)
    name = fields.Text(_("Key"), 60, help=_("Begins with x_; never changes."))
    label = fields.Text(_("Label"), 80, title=True)
    labels = fields.Settings(_("In other languages"), check_labels)
    kind = fields.Choice(kindlist.LABELS, _("Kind"))
    settings = fields.Settings(_("Settings"), kindlist.check_settings)
    required = fields.Flag(_("Required"))
    unique = fields.Flag(_("There once"), help=_("No two records have the same."))
    help = fields.Text(_("Help"), 200, optional=True)
    position = fields.Number(_("Place in the list"), low=0, high=10_000, initial=100)

    class Meta(Record.Meta):
        verbose_name = _("Custom field")
        verbose_name_plural = _("Custom fields")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["entity", "name"],
                condition=models.Q(deleted_at__isnull=True),
                name="custom_field_once",
            ),
        ]


class SpentKey(models.Model):
    """The key of a field that was removed for good: the history still speaks of it.

    Only a field whose values have the same shape may take it again, since only it could read them.
    """

    id = models.BigAutoField(primary_key=True)
    entity = TextColumn(max_length=60)
    name = TextColumn(max_length=60)
    shape = TextColumn(max_length=120, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entity", "name"], name="spent_key_once"),)

    def __str__(self) -> str:
        return f"{self.entity}.{self.name}"
