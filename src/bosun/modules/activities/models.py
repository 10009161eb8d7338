"""Follow-ups: what was said with a customer, how it went, and what was promised. Tasks: what is to be done."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel import fields
from bosun.kernel.columns import SortIndex
from bosun.kernel.models import Record
from bosun.modules.activities import kinds, rules, tasks
from bosun.platform.reminders.kinds import of_kind

LIVE = models.Q(deleted_at__isnull=True)


class FollowUp(Record):
    """One contact with a customer, recorded on any record."""

    about = fields.AnyRef(_("About"))
    customer = fields.Ref("customers.Customer", _("Customer"), fields.CASCADE, optional=True, read_only=True)
    contact = fields.Ref("customers.Contact", _("Contact"), fields.CLEAR, optional=True)
    type = fields.Choice(rules.TYPES, _("Type"), initial="call")
    at = fields.Moment(_("When"), initial=rules.now)
    person = fields.Ref("org.Person", pgettext_lazy("follow-up", "By"), optional=True, initial=rules.me)
    subject = fields.Text(_("Subject"), 200, optional=True, title=True)
    note = fields.LongText(_("Note"), optional=True)
    result = fields.Choice(rules.RESULTS, _("Result"), optional=True)
    minutes = fields.Number(_("Minutes"), low=0, high=10_000, optional=True)
    next_step = fields.Text(_("Next step"), 200, optional=True)
    next_step_on = fields.Date(_("Next step on"), optional=True, shown_when={"field": "next_step", "op": "filled"})
    step_done_at = fields.Moment(_("Next step done"), optional=True, read_only=True)

    class Meta(Record.Meta):
        verbose_name = _("Follow-up")
        verbose_name_plural = _("Follow-ups")
        indexes = (
            SortIndex(fields=["customer", "at", "id"], name="followup_customer_at", condition=LIVE),
            SortIndex(fields=["at", "id"], name="followup_at", condition=LIVE),
            models.Index(fields=["about_entity", "about_id"], name="followup_about"),
            models.Index(
                fields=["person", "next_step_on"],
                name="followup_promised",
                condition=LIVE & models.Q(step_done_at__isnull=True, next_step_on__isnull=False),
            ),
            models.Index(
                fields=["person", "at"],
                name="followup_undated",
                condition=LIVE
                & models.Q(step_done_at__isnull=True, next_step__isnull=False, next_step_on__isnull=True),
            ),
            models.Index(
                fields=["person", "step_done_at"],
                name="followup_kept",
                condition=LIVE & models.Q(step_done_at__isnull=False),
            ),
        )


class Task(Record):
    """Something that somebody has to do; reminders of it are records of their own."""

    subject = fields.Text(_("Task"), 200, title=True)
    about = fields.AnyRef(_("About"), optional=True)
    customer = fields.Ref("customers.Customer", _("Customer"), fields.CLEAR, optional=True, read_only=True)
    due = fields.Moment(_("Due"), optional=True)
    priority = fields.Choice(tasks.PRIORITIES, _("Priority"), initial="normal")
    checklist = of_kind(
        fields.Settings(_("Checklist"), help=_("One on each line; a line that begins with ✓ is done.")),
        kinds.Checklist(),
    )
    recurrence = of_kind(fields.Text(_("Repeats"), 500, optional=True), kinds.Recurrence(500))
    note = fields.LongText(_("Note"), optional=True)
    done_at = fields.Moment(_("Done"), optional=True, read_only=True)
    # The first time of a series: its hour on the wall and the number of times are counted from there.
    series_start = fields.Moment(_("Series begins"), optional=True, read_only=True, internal=True)
    # The one of a series whose end made this one: it makes no other, however often it is reopened and done.
    follows = fields.Ref(
        "activities.Task", pgettext_lazy("task", "Follows"), fields.CLEAR, optional=True, read_only=True, internal=True
    )
    due_state = fields.Computed(
        pgettext_lazy("task", "When"),
        kinds.DUE_STATE,
        tasks.state_of,
        tasks.state_expression,
        depends="due done_at",
    )

    class Meta(Record.Meta):
        verbose_name = _("Task")
        verbose_name_plural = _("Tasks")
        indexes = (
            SortIndex(fields=["owner", "due", "id"], name="task_owner_due", condition=LIVE),
            SortIndex(fields=["due", "id"], name="task_due", condition=LIVE),
            models.Index(fields=["about_entity", "about_id"], name="task_about"),
        )
