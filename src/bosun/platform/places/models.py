"""Places: country, province, city and district as one tree."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel import fields
from bosun.kernel.columns import TextColumn
from bosun.kernel.models import Record
from bosun.platform.options.labels import check_labels

LEVELS = {"country": _("Country"), "province": _("Province"), "city": _("City"), "district": _("District")}


class Place(Record):
    """A part of the world; `aliases` are the names under which files and people know it."""

    name = fields.Text(_("Place"), 120, title=True)
    labels = fields.Settings(_("In other languages"), check_labels)
    code = fields.Text(_("Code"), 20, optional=True, unique=True)
    parent = fields.Ref("places.Place", _("Part of"), optional=True)
    level = fields.Choice(LEVELS, _("Level"))
    aliases = fields.Tags(_("Also known as"))
    path = TextColumn(max_length=400, default="/", db_index=True)

    class Meta(Record.Meta):
        verbose_name = _("Place")
        verbose_name_plural = _("Places")
