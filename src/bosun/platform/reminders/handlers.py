"""What reminders have workers do: look for what is due, and forget old notices."""

from __future__ import annotations

from datetime import timedelta

from bosun.lib import clock
from bosun.platform.jobs import declared
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Notice

KEPT = timedelta(days=90)


@declared.watched
def tick() -> bool:
    """Tell what is due."""
    return engine.tick() > 0


@declared.every(24 * 60, "notices.purge")
def purge_notices() -> None:
    """Forget notices after three months, those of open reminders excepted: their keys say what was told."""
    Notice.objects.filter(made_at__lt=clock.now() - KEPT).exclude(reminder__state="open").delete()
