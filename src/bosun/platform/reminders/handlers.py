"""What reminders have workers do: look for what is due, keep up with the clocks of countries, forget old notices."""

from __future__ import annotations

from datetime import timedelta

from bosun.lib import clock
from bosun.platform.jobs import declared
from bosun.platform.reminders import engine, zones
from bosun.platform.reminders.models import Notice

KEPT = timedelta(days=90)


@declared.watched
def tick() -> bool:
    """Tell what is due."""
    return engine.tick() > 0


@declared.every(24 * 60, "notices.purge")
def purge_notices() -> None:
    """Forget notices after three months, those of what is still open excepted: their keys say what was told."""
    still_open = {"occurrence__state": "open", "reminder__state": "open"}
    Notice.objects.filter(made_at__lt=clock.now() - KEPT).exclude(**still_open).delete()


@declared.every(24 * 60, "reminders.zones")
def follow_zones() -> None:
    """A country has moved its clocks: what is still to come keeps its hour on the wall."""
    zones.follow(clock.now())
