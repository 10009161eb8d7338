"""What subscriptions have workers do: look for what is due, make issues, and forget old ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bosun.platform.jobs import declared
from bosun.platform.jobs.running import Running
from bosun.platform.subscriptions import planning, services


@declared.watched
def look() -> bool:
    """Put what is due into the queue."""
    return planning.tick() >= planning.BATCH


@declared.job(planning.JOB, attempts=5)
def make_issue(running: Running) -> dict[str, Any]:
    """Make one issue."""
    due = datetime.fromisoformat(running.args["due"])
    asked = bool(running.args.get("asked"))
    made = services.issue(running.args["subscription"], due, running.atomic, asked)
    return {"issue": made.pk, "state": made.state} if made is not None else {}


@declared.every(24 * 60, "subscriptions.purge")
def purge_issues() -> None:
    """Forget old issues."""
    services.purge()
