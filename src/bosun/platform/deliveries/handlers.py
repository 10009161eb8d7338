"""What deliveries have workers do: send, in a thread besides jobs and ticks, and collect what comes back."""

from __future__ import annotations

from threading import Event

from bosun.platform.deliveries import collecting, sending
from bosun.platform.jobs import declared, queue
from bosun.platform.jobs.running import Running

REPORTS, RETURNED = "deliveries.reports", "deliveries.returned"


@declared.background
def send(stop: Event) -> None:
    """Send what is due, each channel by itself."""
    sending.run(stop)


@declared.job(REPORTS, attempts=1, network=True)
def collect_reports(_running: Running) -> None:
    """Take the reports that wait in a message centre."""
    collecting.from_centre()


@declared.job(RETURNED, attempts=1, network=True)
def collect_returned(_running: Running) -> None:
    """Take the mail that came back."""
    collecting.from_mailbox()


@declared.every(1, "deliveries.reports")
def ask_for_reports() -> None:
    """Look into the message centre, where some may wait there."""
    if collecting.centre_owes():
        queue.enqueue(REPORTS, unique=REPORTS)


@declared.every(5, "deliveries.returned")
def ask_for_returned() -> None:
    """Look into the mailbox, where there is one."""
    if collecting.has_mailbox():
        queue.enqueue(RETURNED, unique=RETURNED)
