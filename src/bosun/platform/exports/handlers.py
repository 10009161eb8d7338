"""Exports as jobs, and the clearing away of their files."""

from __future__ import annotations

from typing import Any

from bosun.platform.exports import services
from bosun.platform.exports.models import Export
from bosun.platform.jobs.declared import every, job
from bosun.platform.jobs.running import Running


@job(services.JOB, attempts=3)
def run_export(running: Running) -> dict[str, Any]:
    """Write the file."""
    made = Export.objects.get(pk=running.args["export"])
    return {"rows": services.make(made, running.actor(), running.progress)}


@every(12 * 60, "exports.purge")
def purge_exports() -> None:
    """Files stay for a week."""
    services.purge_old()
