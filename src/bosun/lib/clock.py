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


def today(zone: str) -> date:
    """The date on the wall in this time zone."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def fixed(moment: datetime) -> Iterator[None]:
    """Hold the clock at this aware moment, for tests."""
    global _source
    if moment.tzinfo is None:
        raise ValueError("a fixed moment needs a time zone")
    before, at = _source, moment.astimezone(UTC)

    def held() -> datetime:
        return at

    _source = held
    try:
        yield
    finally:
        _source = before
