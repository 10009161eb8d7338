"""What comes back to where Bosun has to look for it: reports in a message centre, returned mail in a mailbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bosun.kernel import stamps
from bosun.platform.deliveries import configured, mailbox, reports
from bosun.platform.deliveries.channels.email import Email
from bosun.platform.deliveries.channels.port import Outcome
from bosun.platform.deliveries.channels.smpp import Report, Smpp
from bosun.platform.deliveries.models import SENT, Delivery
from bosun.platform.deliveries.writing import one_line

calendars: list[Callable[[bytes, str], bool]] = []
"""Who takes the calendar part of a mail, and who it came from; True where it answered something of ours."""
returned: list[Callable[[Sequence[str], Outcome], bool]] = []
"""Who else sends mails: what became of one, by the ids that a mail speaks of; True where it was one of theirs."""


def centre_owes() -> bool:
    """Whether a message centre may hold reports for us."""
    stamps.refresh()
    waiting = Delivery.objects.filter(channel=Smpp.key, state=SENT)
    return Smpp.key in configured.enabled() and waiting.exists()


def has_mailbox() -> bool:
    """Whether returned mail arrives where we may look."""
    stamps.refresh()
    return Email.key in configured.enabled() and bool(configured.values_of(Email.key).get("imap_host"))


def from_centre() -> int:
    """Take the reports that a message centre holds for us; how many were of messages of ours."""
    if not centre_owes():
        return 0
    count = 0

    def heard(report: Report) -> bool:
        nonlocal count
        taken = reports.take(Smpp.key, reports.either_form(report.reference), report.outcome)
        count += taken == "taken"
        return taken != "later"

    wrong = Smpp().reports(configured.values_of(Smpp.key), heard)
    if wrong:
        configured.badly(Smpp.key, one_line(wrong), False)
    return count


def from_mailbox() -> int:
    """Take the returned mails and the answers of the mailbox; how many were of messages of ours."""
    if not has_mailbox():
        return 0
    values, count = configured.values_of(Email.key), 0

    def heard(references: list[str], outcome: Outcome) -> bool:
        nonlocal count
        taken = reports.take(Email.key, references, outcome) == "taken"
        taken = taken or any(take(references, outcome) for take in returned)
        count += taken
        return taken

    def answered(content: bytes, sender: str) -> bool:
        nonlocal count
        taken = any(take(content, sender) for take in calendars)
        count += taken
        return taken

    wrong = mailbox.read(values, heard, answered)
    if wrong:
        configured.badly(Email.key, one_line(wrong), False)
    return count
