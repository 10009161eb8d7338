"""The grid of what nags: evenly spaced in real time, from its first time on."""

from __future__ import annotations

from datetime import datetime, timedelta


def after(first: datetime, minutes: int, now: datetime) -> datetime | None:
    """The next time after now on the grid that the first one began; None when it is told once."""
    if not minutes:
        return None
    step = timedelta(minutes=minutes)
    missed = max(0, (now - first) // step)
    return first + step * (missed + 1)
