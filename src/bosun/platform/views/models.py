"""Views that people keep, and those that each has at hand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bosun.kernel import fields
from bosun.kernel.columns import TextColumn
from bosun.kernel.models import Record

OWN, SHARED, ROLE = "own", "shared", "role"
LEVELS = {OWN: _("Only me"), SHARED: _("Everybody"), ROLE: _("A role")}


class SavedView(Record):
    """A list's filter, order and columns under a name; its owner is who saved it."""

    name = fields.Text(_("View"), 80, title=True)
    entity = fields.Text(_("List of"), 60)
    filter = fields.Settings(_("Filter"))
    sort = fields.Text(_("Sorted by"), 300, optional=True)
    columns = fields.Text(_("Columns"), 2000, optional=True)
    level = fields.Choice(LEVELS, _("Open to"), initial=OWN)
    role = fields.Ref("org.Role", _("Role"), fields.CLEAR, optional=True)
    position = fields.Number(_("Place in the list"), low=0, high=100_000, optional=True)

    class Meta(Record.Meta):
        verbose_name = _("Saved view")
        verbose_name_plural = _("Saved views")
        indexes = (models.Index(fields=["entity", "level"], name="view_entity_level"),)


class Favourite(models.Model):
    """A view that one person has at hand; presets have their key, saved views their id."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField()
    entity = TextColumn(max_length=60)
    view = TextColumn(max_length=60)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person_id", "entity", "view"], name="favourite_once"),)

    def __str__(self) -> str:
        return f"{self.entity} {self.view}"
