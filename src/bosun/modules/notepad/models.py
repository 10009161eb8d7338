"""A note is text and no more; a memo has a date. Both are one's own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.columns import SortIndex
from bosun.kernel.models import Record
from bosun.modules.activities import kinds, tasks

LIVE = models.Q(deleted_at__isnull=True)
LENGTH = 50_000


class Note(Record):
    """A page of the notepad; its first line is its title."""

    title = fields.Text(pgettext_lazy("note", "Title"), 120, title=True, optional=True, read_only=True)
    body = fields.LongText(pgettext_lazy("note", "Text"), LENGTH, optional=True)

    class Meta(Record.Meta):
        verbose_name = pgettext_lazy("notepad", "Note")
        verbose_name_plural = _("Notepad")
        indexes = (SortIndex(fields=["owner", "updated_at", "id"], name="note_owner_at", condition=LIVE),)


class Memo(Record):
    """Something to remember for a day; reminders of it are records of their own."""

    subject = fields.Text(_("Memo"), 200, title=True)
    due = fields.Moment(pgettext_lazy("memo", "When"), optional=True)
    note = fields.LongText(pgettext_lazy("memo", "Text"), optional=True)
    done_at = fields.Moment(_("Done"), optional=True, read_only=True)
    due_state = fields.Computed(
        pgettext_lazy("memo", "How soon"),
        kinds.DUE_STATE,
        tasks.state_of,
        tasks.state_expression,
        depends="due done_at",
    )

    class Meta(Record.Meta):
        verbose_name = _("Memo")
        verbose_name_plural = _("Memos")
        indexes = (SortIndex(fields=["owner", "due", "id"], name="memo_owner_due", condition=LIVE),)
