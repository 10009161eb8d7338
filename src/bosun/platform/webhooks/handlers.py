"""What webhooks have workers do: send, and forget what is long past."""

from __future__ import annotations

from datetime import timedelta

from bosun.lib import clock
from bosun.platform.jobs import declared
from bosun.platform.jobs.running import Running
from bosun.platform.webhooks import sending
from bosun.platform.webhooks.models import WAITING, Delivery, Received

KEPT = timedelta(days=30)


@declared.job(sending.JOB, attempts=50, network=True, given_up=sending.given_up)
def send(running: Running) -> None:
    """Try to send one message."""
    sending.send(running)


@declared.every(24 * 60, "webhooks.purge")
def purge() -> None:
    """Forget what was sent or given up, and what came in, after a month."""
    Delivery.objects.filter(made_at__lt=clock.now() - KEPT).exclude(state=WAITING).delete()
    Received.objects.filter(at__lt=clock.now() - KEPT).delete()
