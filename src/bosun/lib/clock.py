"""The one place that asks what time it is, so that a test can say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return _source()


def is_real() -> bool:
    """True while the machine's own clock is asked, and nobody says otherwise."""
    return _source is _system


def today(zone: str) -> date:
    """The date on the wall in this time zone."""
    return now().astimezone(ZoneInfo(zone)).date()


def follow(source: Callable[[], datetime]) -> None:
    """Let another source say the time from now on, for servers under test."""
    global _source
    _source = source


@contextmanager
def fixed(moment: datetime) -> Iterator[None]:
    """Hold the clock at this aware moment, for tests."""
    if moment.tzinfo is None:
        raise ValueError("a fixed moment needs a time zone")
    before, at = _source, moment.astimezone(UTC)
    follow(lambda: at)
    try:
        yield
    finally:
        follow(before)
