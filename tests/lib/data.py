"""Files to read in tests: our own, and the public test data on machines that have it."""

from __future__ import annotations

from pathlib import Path

from tests.machine import data_root

FIXTURES = Path(__file__).parent / "fixtures"


def shared(folder: str) -> Path | None:
    """The folder of that name among the test data, or None."""
    path = data_root() / folder
    return path if path.is_dir() else None
