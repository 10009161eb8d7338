"""What a line of quick entry is understood as, in Madrid: on Monday 23 November 2026 at 15:00, or another time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bosun.lib import quickentry

ZONE = "Europe/Madrid"
NOW = datetime(2026, 11, 23, 15, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
WEDNESDAY = datetime(2026, 11, 25, 10, 20, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
SUNDAY = datetime(2026, 11, 29, 10, 20, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def said(line: str, now: datetime = NOW) -> tuple[str, str, str, str]:
    """What is left as the text, when it comes, by which rule, and what was not understood."""
    found = quickentry.read(line, now, ZONE)
    due = f"{found.due.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M}" if found.due else ""
    return found.text, due, found.rule, found.unread
