"""What is stored: the abstract record, records of invented objects, and the ledger's tables."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.columns import TextColumn
from bosun.kernel.ledger import Change, Member, Outbox, Removal, Sequence, Share, Stamp

__all__ = ["Change", "CustomRecord", "Member", "Outbox", "Record", "Removal", "Sequence", "Share", "Stamp"]


class Record(models.Model):
    """Something a company keeps. Read and written through `bosun.kernel.records` alone."""

    id = models.BigAutoField(primary_key=True)
    external_id = fields.Text(
        _("External ID"), 120, optional=True, unique=True, help=_("The key of this record in another system.")
    )
    owner = fields.Ref(settings.BOSUN_PERSON_MODEL, _("Owner"), optional=True, right="transfer")
    department = fields.Ref(
        settings.BOSUN_DEPARTMENT_MODEL, _("Created in department"), optional=True, read_only=True, internal=True
    )
    created_at = fields.Moment(pgettext_lazy("moment", "Created"), read_only=True, db_index=False)
    created_by = fields.Ref(
        settings.BOSUN_PERSON_MODEL, _("Created by"), optional=True, read_only=True, internal=True, db_index=False
    )
    updated_at = fields.Moment(pgettext_lazy("moment", "Changed"), read_only=True)
    updated_by = fields.Ref(
        settings.BOSUN_PERSON_MODEL, _("Changed by"), optional=True, read_only=True, internal=True, db_index=False
    )
    version = models.PositiveIntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)
    removal = models.ForeignKey(Removal, null=True, on_delete=models.DO_NOTHING, related_name="+")
    custom = models.JSONField(default=dict)

    objects: models.Manager[Any]

    class Meta:
        abstract = True
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = []

    def __str__(self) -> str:
        title = next((spec for spec in self.bosun_specs.values() if spec.title), None)  # type: ignore[attr-defined]
        return str(title.get(self)) if title else f"{self._meta.verbose_name} {self.pk}"


class CustomRecord(Record):
    """A record of an object that users invented; its fields live in the JSON column."""

    unique_within = ("object_key",)
    object_key = TextColumn(max_length=60)
    name = fields.Text(_("Name"), 200, title=True)

    class Meta(Record.Meta):
        indexes = (models.Index(fields=["object_key", "name_sort", "id"], name="custom_by_name"),)
