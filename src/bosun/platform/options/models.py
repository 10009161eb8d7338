"""Options: the entries of the lists that a company edits."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel import fields
from bosun.kernel.models import Record
from bosun.platform.options.labels import check_labels


class Option(Record):
    """One entry of an option list; records hold its key, which never changes."""

    list_key = fields.Text(_("List"), 60)
    key = fields.Text(_("Key"), 60)
    label = fields.Text(_("Label"), 120, title=True)
    labels = fields.Settings(_("In other languages"), check_labels)
    position = fields.Number(_("Place in the list"), low=0, high=100_000, optional=True)
    active = fields.Flag(_("Offered"), default=True, help=_("Records that have it keep it."))
    colour = fields.Text(_("Colour"), 20, optional=True)

    class Meta(Record.Meta):
        verbose_name = _("Option")
        verbose_name_plural = _("Options")
