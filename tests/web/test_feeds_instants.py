"""Whatever comes again, in whatever zone: another program reads the instants of Bosun's own engine from the feed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import Any

import pytest
import recurring_ical_events
from icalendar import Calendar

from bosun.kernel import records
from bosun.kernel.env import Env
from bosun.lib import dates, recurrence
from bosun.platform.feeds import agenda, told, writing
from tests.kernel.world import World

NINE, MIDNIGHT, DAWN, SUNDAY, END = (9, 0), (0, 0), (2, 30), date(2026, 10, 18), date(2026, 10, 31)
MONDAY = date(2026, 10, 19)
SERIES = [
    # Ends: a day is all of it, a Z is UTC.
    ("FREQ=DAILY;UNTIL=20261123", MONDAY, NINE),
    ("FREQ=DAILY;UNTIL=20261123", MONDAY, MIDNIGHT),
    ("FREQ=DAILY;UNTIL=20261123T080000Z", MONDAY, NINE),
    ("FREQ=DAILY;UNTIL=20261123T000000Z", MONDAY, MIDNIGHT),
    ("FREQ=DAILY;UNTIL=20261123T080000", MONDAY, NINE),
    ("FREQ=DAILY;UNTIL=20261123T090000", MONDAY, NINE),
    ("FREQ=MONTHLY;UNTIL=20270131", END, NINE),
    ("FREQ=DAILY;COUNT=40", MONDAY, MIDNIGHT),
    ("FREQ=MONTHLY;BYDAY=1MO,3MO;BYSETPOS=2;COUNT=9", MONDAY, NINE),
    # Evenly in real time, whatever the clocks do.
    ("FREQ=HOURLY;INTERVAL=5", MONDAY, NINE),
    ("FREQ=HOURLY;INTERVAL=6", MONDAY, MIDNIGHT),
    ("FREQ=HOURLY;INTERVAL=24", MONDAY, MIDNIGHT),
    ("FREQ=HOURLY;INTERVAL=5;UNTIL=20261123", MONDAY, NINE),
    ("FREQ=MINUTELY;INTERVAL=90;COUNT=500", MONDAY, NINE),
    ("FREQ=MINUTELY;INTERVAL=420;UNTIL=20270501T093000Z", MONDAY, NINE),
    # Times of day on the wall, of which the first is midnight.
    ("FREQ=DAILY;BYHOUR=0,12", MONDAY, MIDNIGHT),
    ("FREQ=WEEKLY;BYDAY=MO;BYHOUR=0,9", MONDAY, MIDNIGHT),
    ("FREQ=HOURLY;INTERVAL=12;BYDAY=MO", MONDAY, MIDNIGHT),
    ("FREQ=DAILY;BYMINUTE=0,30;UNTIL=20270401", MONDAY, MIDNIGHT),
    ("FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=30", SUNDAY, DAWN),
    ("FREQ=DAILY", MONDAY, DAWN),
    # Places within a year, and a beginning that is none of its times.
    ("FREQ=YEARLY;BYWEEKNO=53", MONDAY, NINE),
    ("FREQ=YEARLY;BYWEEKNO=1,20;COUNT=2", MONDAY, NINE),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU", date(2026, 10, 21), NINE),
]
ZONES = [
    "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago",
    "Asia/Kathmandu", "UTC",
]  # fmt: skip
OVER = timedelta(days=400)


def item(rule: str, at: datetime, zone: str) -> agenda.Item:
    of = agenda.Dates("tasks", "due", {}, "Task")
    return agenda.Item(of, 1, 1, at, "Visit", "", "", rule, None, zone, 1, at, at)


def instants(made: bytes, since: datetime, until: datetime, zone: str) -> list[datetime]:
    """What another program reads, a day as its midnight on the wall; a time that comes twice is one."""
    found = recurring_ical_events.of(Calendar.from_ical(made)).between(since - timedelta(days=1), until)
    return sorted({moment for each in found if since <= (moment := _moment(each.start, zone)) < until})


def _moment(at: Any, zone: str) -> datetime:
    if isinstance(at, datetime):
        return at.astimezone(UTC)
    return dates.localise(at, datetime.min.time(), zone).astimezone(UTC)


@pytest.fixture
def env(world: World) -> Env:
    return records.environment(world.actor("ann"))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("rule", "day", "hour"), SERIES)
def test_the_feed_has_the_instants_of_the_engine(
    env: Env, rule: str, day: date, hour: tuple[int, int], zone: str
) -> None:
    rule = recurrence.normalise(rule, often=True)
    wall = datetime(day.year, day.month, day.day, *hour)  # noqa: DTZ001 - a wall clock
    begin = dates.localise(wall.date(), wall.time(), zone).astimezone(UTC)
    until = begin + OVER
    times = recurrence.times(rule, wall, begin - timedelta(seconds=1), zone)
    expected = sorted({begin, *takewhile(lambda each: each < until, times)})
    made = writing.calendar([item(rule, begin, zone)], env, "")
    assert instants(made, begin, until, zone) == expected
    # What guests were told goes on as long as it does in Bosun.
    events = told.events(made.decode())
    if "COUNT" in rule or "UNTIL" in rule:
        asked = [expected[-1] - timedelta(hours=1), expected[-1] + timedelta(days=3)]
        assert [any(told.goes_on(each, at) for each in events) for at in asked] == [True, False]
