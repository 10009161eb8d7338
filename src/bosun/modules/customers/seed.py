"""What every company begins with: how often each grade wants contact."""

from __future__ import annotations

from typing import Any

from bosun.kernel import records
from bosun.kernel.actor import Act, system_actor
from bosun.modules.customers.models import ContactCycle

CYCLES = {"A": 14, "B": 30, "C": 60, "D": 90}


def seed(**_kwargs: Any) -> None:
    """Make the cycles where there has never been one."""
    if ContactCycle.objects.exists():
        return
    act = Act(system_actor(), "system", cause="first start")
    for grade, days in CYCLES.items():
        records.create("contact_cycles", {"name": grade, "grade": grade, "interval_days": days}, act)
