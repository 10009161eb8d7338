"""Hosts inside one's own network that may be called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel import fields
from bosun.kernel.models import Record


class AllowedHost(Record):
    """A host inside that an administrator lets Bosun call; everything else inside is refused."""

    host = fields.Text(_("Host"), 260, title=True, unique=True, help=_("As in hooks.internal:8443 or 10.0.0.7."))
    note = fields.Text(_("What it is"), 200, optional=True)

    class Meta(Record.Meta):
        verbose_name = _("Allowed host")
        verbose_name_plural = _("Allowed hosts")
