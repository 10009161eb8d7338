"""What automation has workers do: let rules act by time, rehearse over a long past, and forget old runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bosun.lib import clock
from bosun.platform.automation import broken, rehearsal, ticking, waiting
from bosun.platform.automation.models import FAILED, Run
from bosun.platform.jobs import declared
from bosun.platform.jobs.running import Running

KEPT = timedelta(days=180)


@declared.watched
def tick() -> bool:
    """Let rules act that wait for a time."""
    return ticking.tick()


@declared.watched
def look_at_waits() -> bool:
    """Let rules go on that have waited."""
    return waiting.tick()


@declared.job(rehearsal.JOB, attempts=3)
def rehearse(running: Running) -> Any:
    """What a rule would have done; it only reads, so that it may begin anew."""
    return rehearsal.carry_on(dict(running.args), running.actor(), running.progress)


@declared.every(60, "automation.broken")
def tell_of_broken_rules() -> None:
    """Say which rules cannot be used any more."""
    broken.tell()


@declared.every(24 * 60, "automation.purge")
def purge_runs() -> None:
    """Forget runs after half a year, failed ones excepted: somebody has to see to them."""
    Run.objects.filter(at__lt=clock.now() - KEPT).exclude(state=FAILED).delete()
