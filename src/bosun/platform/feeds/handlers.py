"""Reminders are dates of people, in the feed and in the preview; the mails of invitations leave here."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bosun.platform.feeds import agenda, answers, guests, invitations, sending
from bosun.platform.feeds.agenda import Dates
from bosun.platform.jobs import declared
from bosun.platform.jobs.running import Running
from bosun.platform.reminders.models import Occurrence

OPEN = {"field": "state", "op": "is", "value": "open"}


def done_by(person: int) -> QuerySet[Any]:
    """The reminders that come once, and of which somebody has done his part."""
    rows = Occurrence.objects.filter(owner_id=person, state="done", deleted_at__isnull=True)
    return rows.filter(reminder__state="open", reminder__rule__isnull=True).values_list("reminder_id", flat=True)


agenda.offer(
    Dates(
        "reminders", "due_at", OPEN, _("Reminder"), moved="snoozed_until", rule="rule", zone="timezone", until="until",
        named="people", over=done_by, rings=True,
    )
)  # fmt: skip

ATTEMPTS = 80
"""A mail server that is away is waited for some three days: the pauses grow to an hour."""


@declared.job(invitations.JOB, attempts=ATTEMPTS, network=True)
def send_invitation(running: Running) -> None:
    """Send one mail. A copy after a crash has the same Message-ID."""
    args = running.args
    sending.send(args["invitation"], args["sequence"], args.get("by"), running.row.attempts >= ATTEMPTS)


@declared.job(guests.LOOK)
def look_at_guests(running: Running) -> None:
    """See what guests are to hear of a change."""
    guests.look(running.args["invitations"], running.args["by"])


@declared.job(answers.JOB)
def tell_answer(running: Running) -> None:
    """Tell an answer that followed another soon."""
    answers.tell_what_waited(running.args["invitation"])
