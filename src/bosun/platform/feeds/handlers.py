"""Reminders are dates of people, in the feed and in the preview; the mails of invitations leave here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.platform.feeds import agenda, invitations
from bosun.platform.feeds.agenda import Dates
from bosun.platform.jobs import declared
from bosun.platform.jobs.running import Running

OPEN = {"field": "state", "op": "is", "value": "open"}

agenda.offer(
    Dates(
        "reminders", "due_at", OPEN, _("Reminder"), moved="snoozed_until", rule="rule", zone="timezone", until="until",
        rings=True,
    )
)  # fmt: skip


ATTEMPTS = 8


@declared.job(invitations.JOB, attempts=ATTEMPTS, network=True)
def send_invitation(running: Running) -> None:
    """Send one mail. A copy after a crash has the same Message-ID."""
    args = running.args
    last = running.row.attempts >= ATTEMPTS
    invitations.send(args["invitation"], args["sequence"], args["method"], args["base"], last)
