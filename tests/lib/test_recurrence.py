"""Recurrence rules against an independent table, on walls that skip and repeat hours, and rules that never come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from bosun.lib import recurrence
from bosun.lib.recurrence import RecurrenceError
from tests.machine import data_root

TABLE = data_root() / "rrule_libical" / "icalrecur_test.txt"
A_SECOND = timedelta(seconds=1)
SECONDS = "no more often than each minute"
MONTHS = "BYMONTHDAY without BYMONTH is every month of the year, not the month of the beginning"
PLACES = "places within a week are refused"
WEEKS = "the years between two times are counted as calendar years, not as years of weeks"
NO_DAY = "a beginning is a moment here, so that BYMINUTE counts"
UNKNOWN = "the table has no answer"
ALL = {most: ",".join(map(str, range(most))) for most in (24, 29, 60)}
WE_DIFFER = {
    "FREQ=YEARLY;BYMONTHDAY=29;COUNT=3": MONTHS,
    "FREQ=YEARLY;BYMONTHDAY=-29,-1;COUNT=4": MONTHS,
    "FREQ=DAILY;BYMINUTE=1,2,3,4;INTERVAL=2;COUNT=3": NO_DAY,
    "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30;BYWEEKNO=1;UNTIL=20320101": UNKNOWN,
    "FREQ=YEARLY;BYWEEKNO=53;INTERVAL=6;BYDAY=TH;COUNT=1": WEEKS,
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=TU,SA;INTERVAL=6;UNTIL=20170101T000000Z": WEEKS,
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=TU,SA;INTERVAL=5;UNTIL=20170101T000000Z": WEEKS,
    "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,TU;INTERVAL=3;UNTIL=20320101": WEEKS,
    "FREQ=WEEKLY;BYDAY=MO,TU,SU,SA,TH;BYSETPOS=3,2;COUNT=4": PLACES,
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,3;COUNT=3": PLACES,
}
"""Rules of the table that mean something else here, and why; those with seconds are refused besides."""


def moment(text: str) -> datetime:
    day, _t, hour = text.strip().rstrip("Z").partition("T")
    return datetime.strptime(f"{day}T{hour or '000000'}", "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def table() -> Iterator[dict[str, str]]:
    """The entries of the table, by the names of their lines."""
    entry: dict[str, str] = {}
    for line in (*TABLE.read_text().splitlines(), ""):
        name, _colon, value = line.strip().partition(":")
        if not name and "RRULE" in entry:
            yield entry
        entry = {} if not name else entry if name.startswith("#") else {**entry, name: value}


def as_told(entry: dict[str, str]) -> str:
    """Empty where we agree with the table; else what we say."""
    try:
        rule = recurrence.normalise(entry["RRULE"], often=True)
    except RecurrenceError as error:
        return error.code
    start, seen = moment(entry["DTSTART"]), moment(entry.get("START-AT", entry["DTSTART"]))
    wanted = [each for each in map(moment, entry["INSTANCES"].split(",")) if each >= seen]
    found = list(islice(recurrence.times(rule, start.replace(tzinfo=None), seen - A_SECOND, "UTC"), len(wanted) + 1))
    unending = "COUNT" not in rule and "UNTIL" not in rule
    return "" if found[: len(wanted)] == wanted and (unending or len(found) == len(wanted)) else str(found)


@pytest.mark.skipif(not TABLE.exists(), reason="the table of libical is not here (BOSUN_TEST_DATA)")
def test_the_table_of_libical() -> None:
    entries = list(table())
    assert len(entries) == 146
    wrong = {}
    for entry in entries:
        rule = entry["RRULE"].rstrip(";")
        if "SECOND" in rule:
            assert as_told(entry) in ("frequency", "part"), (rule, SECONDS)
        elif "UNIMPLEMENTED" not in entry["INSTANCES"] and (told := as_told(entry)):
            wrong[rule] = told
    assert set(wrong) == {rule for rule, why in WE_DIFFER.items() if why != UNKNOWN}, wrong


# what never comes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=4,6,9,11;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=1;BYYEARDAY=366",
        "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=HOURLY;INTERVAL=2;BYHOUR=3",
        "FREQ=MINUTELY;INTERVAL=1440;BYHOUR=3",
        "FREQ=DAILY;BYSETPOS=5",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
    ],
)
def test_what_never_comes_is_found_out(rule: str) -> None:
    assert not recurrence.occurs(rule, datetime(2027, 1, 4))  # noqa: DTZ001 - a Monday, on the wall


@pytest.mark.parametrize("year", [1970, 2023, 2024, 2027, 2099])
def test_what_comes_once_in_28_years_is_found(year: int) -> None:
    """29 February on a Monday."""
    start = datetime(year, 1, 1)  # noqa: DTZ001 - wall clock
    assert recurrence.occurs("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", start)
    assert recurrence.occurs("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;COUNT=1;UNTIL=20300101", start)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=SECONDLY", "frequency"),
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "frequency"),
        ("FREQ=MINUTELY;BYSECOND=1,2", "part"),
        ("FREQ=YEARLY;BYEASTER=1", "part"),
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1", "part"),
        ("FREQ=WEEKLY;BYDAY=1MO", "part"),
        ("FREQ=DAILY;BYDAY=-1FR", "part"),
        ("FREQ=0.5", "frequency"),
        ("", "form"),
        ("FREQ=WEEKLY;BYDAY=", "form"),
        ("FREQ=WEEKLY;BYDAY=XX", "form"),
        ("FREQ=DAILY;FREQ=DAILY", "form"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "part"),
        ("FREQ=DAILY;COUNT=0", "count"),
        ("FREQ=DAILY;COUNT=10001", "count"),
        ("FREQ=DAILY;UNTIL=20260230", "form"),
        ("FREQ=DAILY;INTERVAL=0.001", "form"),
        ("FREQ=MINUTELY;INTERVAL=0", "never"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "never"),
        ("FREQ=DAILY;BYDAY=" + "MO," * 300 + "MO", "form"),
        ("FREQ=MONTHLY;BYDAY=54MO", "never"),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=54MO", "never"),
        ("FREQ=DAILY;BYMONTH=13", "form"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "form"),
        ("FREQ=MONTHLY;BYMONTHDAY=,", "form"),
        ("FREQ=DAILY;INTERVAL=1_0", "form"),
        ("FREQ=DAILY;INTERVAL=\uff11", "form"),
        ("FREQ=DAILY;UNTIL=2027", "form"),
        ("FREQ=MINUTELY;UNTIL=2027-01-01", "form"),
        ("FREQ=DAILY;UNTIL=20270101T10", "form"),
        ("FREQ=MINUTELY;BYSETPOS=2", "part"),
        ("FREQ=HOURLY;BYMINUTE=0,30;BYSETPOS=3", "never"),
        (f"FREQ=YEARLY;BYDAY=MO,TU;BYHOUR={ALL[24]};BYMINUTE={ALL[60]}", "times"),
    ],
)
def test_bad_rules_are_refused(rule: str, code: str) -> None:
    with pytest.raises(RecurrenceError) as refused:
        recurrence.normalise(rule, often=True)
    assert refused.value.code == code


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_an_end_at_the_end_of_the_calendar_is_none(zone: str) -> None:
    rule = recurrence.normalise("FREQ=MINUTELY;INTERVAL=30;UNTIL=99991231T235959Z", often=True)
    found = recurrence.times(rule, datetime(2026, 11, 23, 9), datetime(2026, 11, 23, tzinfo=UTC), zone)  # noqa: DTZ001
    assert len(list(islice(found, 3))) == 3


@pytest.mark.parametrize(
    ("rule", "came"),
    [
        ("FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU;BYHOUR=23", datetime(2032, 2, 29, 23, tzinfo=UTC)),
        ("FREQ=HOURLY;INTERVAL=6;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU", datetime(2032, 2, 29, 3, 5, tzinfo=UTC)),
        ("FREQ=MINUTELY;INTERVAL=20;BYHOUR=8", datetime(2027, 1, 1, 8, 5, tzinfo=UTC)),
        ("FREQ=MINUTELY;INTERVAL=7;BYHOUR=8", datetime(2027, 1, 1, 8, tzinfo=UTC)),
        (f"FREQ=MONTHLY;BYMONTHDAY={ALL[29][2:]};BYHOUR=8;BYMINUTE={ALL[60]}", datetime(2027, 1, 1, 8, tzinfo=UTC)),
        ("FREQ=MONTHLY;BYDAY=-1FR", datetime(2027, 1, 29, 3, 5, tzinfo=UTC)),
        ("FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=29", datetime(2032, 2, 29, 3, 5, tzinfo=UTC)),
        ("FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", None),
    ],
)
def test_a_series_of_126_years_goes_on_without_going_through_them(rule: str, came: datetime | None) -> None:
    """Each would take a minute or more, in a transaction, if the library looked at every minute or year since."""
    start = datetime(1900, 1, 29, 3, 5)  # noqa: DTZ001 - on the wall
    kept = recurrence.normalise(rule, often=True)
    assert next(recurrence.times(kept, start, datetime(2026, 12, 31, 20, tzinfo=UTC), "UTC"), None) == came


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", "FREQ=MINUTELY;INTERVAL=30", "FREQ=DAILY;BYHOUR=9"])
def test_tasks_repeat_no_more_often_than_daily(rule: str) -> None:
    with pytest.raises(RecurrenceError):
        recurrence.normalise(rule)


# the clock on the wall -------------------------------------------------------------------------------------------


def walls(rule: str, start: str, count: int, zone: str) -> list[str]:
    """The first times of a series as the wall shows them, its offset too."""
    wall = datetime.fromisoformat(start)
    before = wall.replace(tzinfo=UTC) - timedelta(days=2)
    found = islice(recurrence.times(rule, wall, before, zone), count)
    return [f"{each.astimezone(ZoneInfo(zone)):%m-%d %H:%M %z}" for each in found]


def test_an_autumn_fold_has_it_once() -> None:
    """F3.02: the first of the two."""
    found = walls("FREQ=DAILY", "2027-10-30T02:30", 3, "Europe/Berlin")
    assert found == ["10-30 02:30 +0200", "10-31 02:30 +0200", "11-01 02:30 +0100"]


def test_a_spring_gap_has_it_as_much_later_as_clocks_jump() -> None:
    found = walls("FREQ=DAILY", "2027-03-27T02:30", 3, "Europe/Berlin")
    assert found == ["03-27 02:30 +0100", "03-28 03:30 +0200", "03-29 02:30 +0200"]


def test_several_times_of_a_day_stay_in_order_over_a_gap() -> None:
    found = walls("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0,45", "2027-03-28T02:00", 5, "Europe/Berlin")
    assert [each[:11] for each in found] == ["03-28 03:00", "03-28 03:45", "03-29 02:00", "03-29 02:45", "03-29 03:00"]


def test_every_half_hour_over_a_fold_is_even_in_real_time() -> None:
    """F3.03: ten times from midnight to four, five hours of real time."""
    zone = "America/New_York"
    start = datetime(2027, 11, 7)  # noqa: DTZ001 - wall clock
    begin = start.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    end = datetime(2027, 11, 7, 4, tzinfo=ZoneInfo(zone))
    found = [
        each
        for each in islice(recurrence.times("FREQ=MINUTELY;INTERVAL=30", start, begin - A_SECOND, zone), 20)
        if each < end
    ]
    assert found == [begin + timedelta(minutes=30 * n) for n in range(10)]


def test_ten_in_the_morning_stays_so_all_year() -> None:
    """F3.04: sixty weeks."""
    found = walls("FREQ=WEEKLY;BYDAY=MO", "2026-11-23T10:00", 60, "America/New_York")
    assert {each[6:11] for each in found} == {"10:00"}
    assert {each[12:] for each in found} == {"-0500", "-0400"}


@pytest.mark.parametrize(
    ("zone", "start", "found"),
    [
        (
            "Australia/Lord_Howe",
            "2027-04-03T01:45",
            ["04-03 01:45 +1100", "04-04 01:45 +1100", "04-05 01:45 +1030"],
        ),
        (
            "Australia/Lord_Howe",
            "2027-10-02T02:15",
            ["10-02 02:15 +1030", "10-03 02:45 +1100", "10-04 02:15 +1100"],
        ),
        ("Asia/Kolkata", "2027-04-03T09:00", ["04-03 09:00 +0530", "04-04 09:00 +0530", "04-05 09:00 +0530"]),
        ("Asia/Kathmandu", "2027-04-03T09:00", ["04-03 09:00 +0545", "04-04 09:00 +0545", "04-05 09:00 +0545"]),
        ("Pacific/Apia", "2027-04-03T09:00", ["04-03 09:00 +1300", "04-04 09:00 +1300", "04-05 09:00 +1300"]),
        # Apia went over the date line and had no 30 December 2011.
        ("Pacific/Apia", "2011-12-29T09:00", ["12-29 09:00 -1000", "12-31 09:00 +1400", "01-01 09:00 +1400"]),
    ],
)
def test_half_hours_and_the_date_line(zone: str, start: str, found: list[str]) -> None:
    """F3.05."""
    assert walls("FREQ=DAILY", start, 3, zone) == found


# months and years ------------------------------------------------------------------------------------------------


def days(rule: str, start: str, count: int) -> list[date]:
    wall = datetime.fromisoformat(start)
    begin = wall.replace(tzinfo=UTC)
    return [each.date() for each in islice(recurrence.times(rule, wall, begin - A_SECOND, "UTC"), count)]


def test_the_29th_of_february_comes_in_leap_years() -> None:
    assert days("FREQ=YEARLY", "2028-02-29T09:00", 3) == [date(2028, 2, 29), date(2032, 2, 29), date(2036, 2, 29)]


def test_the_31st_comes_where_there_is_one_or_on_the_last_day_as_asked() -> None:
    plain = days("FREQ=MONTHLY", "2027-01-31T09:00", 3)
    assert plain == [date(2027, 1, 31), date(2027, 3, 31), date(2027, 5, 31)]
    ends = days(recurrence.from_day("FREQ=MONTHLY", 31), "2027-01-31T09:00", 3)
    assert ends == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]


def test_the_last_friday() -> None:
    found = days("FREQ=MONTHLY;BYDAY=-1FR", "2027-01-29T09:00", 3)
    assert found == [date(2027, 1, 29), date(2027, 2, 26), date(2027, 3, 26)]


def test_an_end_that_is_a_day_means_the_whole_day() -> None:
    found = days("FREQ=DAILY;UNTIL=20270103", "2027-01-01T09:00", 9)
    assert found == [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH;WKST=SU",
        "FREQ=DAILY;INTERVAL=5",
        "FREQ=HOURLY;INTERVAL=7;BYDAY=MO,TU,WE,TH,FR",
        "FREQ=MINUTELY;INTERVAL=45;BYHOUR=9,10,11",
        "FREQ=MONTHLY;BYDAY=-1FR",
    ],
)
def test_an_old_series_goes_on_as_if_all_its_times_had_been_counted(rule: str) -> None:
    wall, begin = datetime(2026, 11, 23, 9, 10), datetime(2026, 11, 23, 9, 10, tzinfo=UTC)  # noqa: DTZ001 - wall clock
    late = begin + timedelta(days=500)
    all_of_them = recurrence.times(rule, wall, begin - A_SECOND, "Europe/Madrid")
    counted = [each for each in islice(all_of_them, 20_000) if each > late][:5]
    assert list(islice(recurrence.times(rule, wall, late, "Europe/Madrid"), len(counted))) == counted


@pytest.mark.parametrize("rule", ["FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1,30"])
def test_a_series_of_weeks_keeps_the_weekday_of_its_beginning(rule: str) -> None:
    """Also when it is asked for years later, from where no search goes back to the beginning."""
    begin = datetime(2026, 10, 19, 7, tzinfo=UTC)
    whole = list(islice(recurrence.times(rule, datetime(2026, 10, 19, 9), begin, "Europe/Madrid"), 12))  # noqa: DTZ001
    step_by_step: list[datetime] = []
    at = begin
    while len(step_by_step) < 12:
        following = recurrence.following(rule, begin, at, "Europe/Madrid")
        assert following is not None
        step_by_step.append(at := following)
    assert step_by_step == whole
    assert {each.weekday() for each in whole} == {begin.weekday()}


@pytest.mark.parametrize(
    ("until", "days", "moved"),
    [
        ("20261126T225959Z", 7, "20261203T225959Z"),
        ("20261126", 7, "20261203T225959Z"),
        ("20261126T100000", -3, "20261123T090000Z"),
        ("20261126", -30, "20261101T080000Z"),
        ("99991231", 4000, "99980101T000000Z"),
    ],
)
def test_an_end_is_as_much_later_and_not_before_the_first_time(until: str, days: int, moved: str) -> None:
    first = datetime(2026, 11, 1, 8, tzinfo=UTC)
    found = recurrence.ending_later(f"FREQ=DAILY;UNTIL={until}", timedelta(days=days), first, "Europe/Madrid")
    assert found == f"FREQ=DAILY;UNTIL={moved}"
