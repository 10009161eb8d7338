"""Pipelines, their stages, and how long each record stayed in which."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.columns import TextColumn
from bosun.kernel.models import Record
from bosun.platform.options.labels import check_labels

COLOURS = {"good": _("Green"), "soon": _("Yellow"), "due": _("Orange"), "overdue": _("Red")}
OUTCOMES = {"open": pgettext_lazy("state", "Open"), "won": _("Won"), "lost": _("Lost")}


class Pipeline(Record):
    """A way that records of one entity go, from the first stage to an outcome."""

    name = fields.Text(_("Pipeline"), 80, title=True)
    entity = fields.Text(_("For"), 60)
    position = fields.Number(_("Place in the list"), low=0, high=10_000, initial=10)

    class Meta(Record.Meta):
        verbose_name = _("Pipeline")
        verbose_name_plural = _("Pipelines")


class Stage(Record):
    """One stage: where it stands, how likely it ends well, and what it means when it is the last."""

    name = fields.Text(_("Stage"), 80, title=True)
    labels = fields.Settings(_("In other languages"), check_labels)
    pipeline = fields.Ref("pipelines.Pipeline", _("Pipeline"), fields.CASCADE)
    position = fields.Number(_("Place in the list"), low=0, high=10_000)
    probability = fields.Number(_("Probability, %"), low=0, high=100)
    outcome = fields.Choice(OUTCOMES, _("Outcome"), initial="open")
    colour = fields.Choice(COLOURS, _("Colour"), optional=True)

    class Meta(Record.Meta):
        verbose_name = _("Stage")
        verbose_name_plural = _("Stages")


class Stay(models.Model):
    """One stay of a record in a stage, open while `left_on` is empty; without a stage where only its days are known."""

    id = models.BigAutoField(primary_key=True)
    entity = TextColumn(max_length=60)
    record_id = models.BigIntegerField()
    stage = models.ForeignKey(Stage, on_delete=models.DO_NOTHING, related_name="+", null=True)
    entered_on = models.DateField()
    left_on = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=["entity", "record_id", "id"], name="stay_record"),)

    def __str__(self) -> str:
        return f"{self.entity} {self.record_id} in {self.stage_id}"
