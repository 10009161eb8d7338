"""What is done to files by the clock."""

from __future__ import annotations

from bosun.platform.files import services
from bosun.platform.jobs import declared


@declared.every(24 * 60, "files.sweep")
def sweep() -> None:
    """Clear away what a crash left behind."""
    services.sweep()
