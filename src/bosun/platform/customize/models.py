"""What users invent: objects, and fields on any entity. Their values live in the JSON column of the record."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bosun.kernel import fields
from bosun.kernel.models import Record
from bosun.platform.customize import kindlist
from bosun.platform.options.labels import check_labels


class CustomObject(Record):
    """A kind of record that users invented; its key begins with x_."""

    key = fields.Text(_("Key"), 60, unique=True, help=_("Begins with x_; never changes."))
    name = fields.Text(_("Object"), 80, title=True)
    plural = fields.Text(_("Many of them"), 80)
    labels = fields.Settings(_("In other languages"), check_labels)
    icon = fields.Text(_("Icon"), 40, optional=True)

    class Meta(Record.Meta):
        verbose_name = _("Custom object")
        verbose_name_plural = _("Custom objects")


class CustomField(Record):
    """A field that users invented on an entity; its name begins with x_."""

    entity = fields.Text(_("Entity"), 60)
    name = fields.Text(_("Key"), 60, help=_("Begins with x_; never changes."))
    label = fields.Text(_("Label"), 80, title=True)
    labels = fields.Settings(_("In other languages"), check_labels)
    kind = fields.Choice(kindlist.LABELS, _("Kind"))
    settings = fields.Settings(_("Settings"), kindlist.check_settings)
    required = fields.Flag(_("Required"))
    help = fields.Text(_("Help"), 200, optional=True)
    position = fields.Number(_("Position"), low=0, high=10_000, initial=100)

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
