"""Where the public test data lies, on machines that have it."""

from __future__ import annotations

import os
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
_REPOSITORY = Path(__file__).parents[2]


def shared(folder: str) -> Path | None:
    """The folder of that name among the test data, or None."""
    base = Path(os.environ.get("BOSUN_TEST_DATA", "../shared/data"))
    path = (base if base.is_absolute() else _REPOSITORY / base) / folder
    return path if path.is_dir() else None
