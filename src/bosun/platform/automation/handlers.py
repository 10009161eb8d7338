"""What automation has workers do: let rules act by time, and forget old runs."""

from __future__ import annotations

from datetime import timedelta

from bosun.lib import clock
from bosun.platform.automation import ticking
from bosun.platform.automation.models import FAILED, Run
from bosun.platform.jobs import declared

KEPT = timedelta(days=180)


@declared.watched
def tick() -> bool:
    """Let rules act that wait for a time."""
    return ticking.tick()


@declared.every(24 * 60, "automation.purge")
def purge_runs() -> None:
    """Forget runs after half a year, failed ones excepted: somebody has to see to them."""
    Run.objects.filter(at__lt=clock.now() - KEPT).exclude(state=FAILED).delete()
