from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bosun.lib.dates import (
    DateError,
    Order,
    add_working_days,
    guess_order,
    is_working_day,
    localise,
    parse_date,
    parse_datetime,
    period,
)


@pytest.mark.parametrize(
    ("text", "locale", "order", "expected"),
    [
        ("2026-03-01", "en", None, date(2026, 3, 1)),
        ("2026/3/1", "es", None, date(2026, 3, 1)),
        ("2026.03.01", "zh-hans", "dmy", date(2026, 3, 1)),
        ("2026年3月1日", "zh-hans", None, date(2026, 3, 1)),
        ("２０２６年３月１号", "en", None, date(2026, 3, 1)),
        ("20001229", "en", None, date(2000, 12, 29)),
        ("1/2/2026", "en", None, date(2026, 1, 2)),
        ("1/2/2026", "en-GB", None, date(2026, 2, 1)),
        ("1/2/2026", "es", None, date(2026, 2, 1)),
        ("1/2/2026", "es", "mdy", date(2026, 1, 2)),
        ("10-20-2016", "es", "mdy", date(2016, 10, 20)),
        ("01.02.26", "de", None, date(2026, 2, 1)),
        ("1/2/70", "en", None, date(1970, 1, 2)),
        ("26/03/01", "zh-hans", None, date(2026, 3, 1)),
        ("1 Mar 2026", "zh-hans", None, date(2026, 3, 1)),
        ("March 1st, 2026", "en", None, date(2026, 3, 1)),
        ("1 de marzo de 2026", "es", None, date(2026, 3, 1)),
        ("1-Mar-2026", "en", None, date(2026, 3, 1)),
        ("2026-03-01T00:00:00", "en", None, date(2026, 3, 1)),
        ("2026-03-01 15:30", "en", None, date(2026, 3, 1)),
        (" 2024-02-29 ", "en", None, date(2024, 2, 29)),
    ],
)
def test_parse_date(text: str, locale: str, order: Order | None, expected: date) -> None:
    assert parse_date(text, locale, order) == expected


@pytest.mark.parametrize(
    ("text", "locale", "order", "code"),
    [
        ("", "en", None, "empty"),
        ("soon", "en", None, "not_a_date"),
        ("2026-02-30", "en", None, "not_a_date"),
        ("0000-00-00", "en", None, "not_a_date"),
        ("2026-13-01", "en", None, "not_a_date"),
        ("1582-10-10", "en", None, "range"),
        ("9999-12-31", "en", None, "range"),
        ("2200-01-01", "en", None, "range"),
        ("20/10/2016", "en", None, "order"),
        ("10/20/2016", "es", None, "order"),
        ("1/2/2026", "zh-hans", None, "order"),
        ("32/13/2026", "en", None, "not_a_date"),
        ("1-2/2026", "en", None, "not_a_date"),
        ("2026-3", "en", None, "not_a_date"),
        ("1 Foo 2026", "en", None, "not_a_date"),
        ("2026-03-01 25:00", "en", None, "not_a_time"),
        ("43831", "en", None, "not_a_date"),
        ("1" * 100, "en", None, "not_a_date"),
    ],
)
def test_what_is_no_date_is_refused_with_a_code(text: str, locale: str, order: Order | None, code: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(text, locale, order)
    assert caught.value.code == code


days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@given(days, st.sampled_from(["en", "es", "zh-hans", "de"]))
def test_what_is_written_is_read_back(day: date, locale: str) -> None:
    assert parse_date(day.isoformat(), locale) == day
    assert parse_date(f"{day.year}年{day.month}月{day.day}日", locale) == day
    assert parse_date(f"{day.day}/{day.month}/{day.year}", locale, "dmy") == day
    assert parse_date(f"{day.month}-{day.day}-{day.year}", locale, "mdy") == day


@pytest.mark.parametrize(
    ("samples", "order"),
    [
        (["20-10-2016", "01-03-2017"], "dmy"),
        (["10/20/2016", "3/1/2017"], "mdy"),
        (["1/2/2026", "3/4/2026"], None),
        (["1.2.2026", "3.4.2026"], "dmy"),
        (["2016-10-20", "", "20170301"], "ymd"),
        (["2016-10-20", "20/10/2016"], "dmy"),
        (["20/10/2016", "10/20/2016"], None),
        (["20/10/2016 10:00"], "dmy"),
        (["20/10/2016", "soon"], None),
        (["", " "], None),
        ([], None),
    ],
)
def test_guess_order(samples: list[str], order: Order | None) -> None:
    assert guess_order(samples) == order


@given(st.lists(days, min_size=1, max_size=20), st.sampled_from(["dmy", "mdy"]))
def test_a_guessed_order_reads_every_sample(found: list[date], order: str) -> None:
    form = "{0.day}/{0.month}/{0.year}" if order == "dmy" else "{0.month}/{0.day}/{0.year}"
    samples = [form.format(day) for day in found]
    guessed = guess_order(samples)
    if guessed is None:
        assert all(day.day <= 12 for day in found)
    else:
        assert [parse_date(sample, "en", guessed) for sample in samples] == found


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-03-01T15:30:00Z", "Asia/Shanghai", datetime(2026, 3, 1, 15, 30, tzinfo=UTC)),
        ("2026-03-01 15:30", "Asia/Shanghai", datetime(2026, 3, 1, 7, 30, tzinfo=UTC)),
        ("2026-03-01T15:30:00+03:00", "Asia/Shanghai", datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        ("2026-03-01 15:30:05.250 -0500", "UTC", datetime(2026, 3, 1, 20, 30, 5, 250000, tzinfo=UTC)),
        ("2026年3月1日 15时30分", "Asia/Shanghai", datetime(2026, 3, 1, 7, 30, tzinfo=UTC)),
        ("2026年3月1日 下午3:30", "Asia/Shanghai", datetime(2026, 3, 1, 7, 30, tzinfo=UTC)),
        ("3/1/2026 3:30 PM", "UTC", datetime(2026, 3, 1, 15, 30, tzinfo=UTC)),
        ("3/1/2026, 12:05 AM", "UTC", datetime(2026, 3, 1, 0, 5, tzinfo=UTC)),
        ("2022-05-25 10.39.15", "UTC", datetime(2022, 5, 25, 10, 39, 15, tzinfo=UTC)),
        ("2026-03-01", "Asia/Shanghai", datetime(2026, 2, 28, 16, 0, tzinfo=UTC)),
        ("2026-03-08 02:30", "America/New_York", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        ("2026-11-01 01:30", "America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_parse_datetime(text: str, zone: str, expected: datetime) -> None:
    moment = parse_datetime(text, zone)
    assert moment == expected
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "zone", "code"),
    [
        ("2026-03-01 25:00", "UTC", "not_a_time"),
        ("2026-03-01 24:00", "UTC", "not_a_time"),
        ("2026-03-01 23:59:60", "UTC", "not_a_time"),
        ("2026-03-01 13:00 PM", "UTC", "not_a_time"),
        ("2026-03-01 12:00 +99:00", "UTC", "zone"),
        ("2026-03-01 12:00", "Nowhere/Here", "zone"),
        ("2026-03-01 12:00", "../../etc/passwd", "zone"),
        ("1900-01-01 00:30+14:00", "UTC", "range"),
        ("1582-10-10 10:00", "UTC", "range"),
        ("", "UTC", "empty"),
        ("now", "UTC", "not_a_date"),
    ],
)
def test_what_is_no_moment_is_refused_with_a_code(text: str, zone: str, code: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_datetime(text, zone)
    assert caught.value.code == code


def test_a_skipped_hour_moves_on_and_a_repeated_one_is_the_first() -> None:
    assert localise(date(2026, 3, 29), time(2, 30), "Europe/Madrid").isoformat() == "2026-03-29T03:30:00+02:00"
    assert localise(date(2026, 10, 25), time(2, 30), "Europe/Madrid").isoformat() == "2026-10-25T02:30:00+02:00"
    assert localise(date(2026, 10, 25), time(2, 30, fold=1), "Europe/Madrid").utcoffset() == timedelta(hours=2)


@given(st.dates(date(1971, 1, 1), date(2036, 12, 31)), st.times())
def test_a_wall_clock_shows_the_time_asked_for_unless_it_was_skipped(day: date, at: time) -> None:
    moment = localise(day, at, "America/New_York")
    asked = datetime.combine(day, at, moment.tzinfo)
    assert moment.isoformat()[:19] in (asked.isoformat()[:19], (asked + timedelta(hours=1)).isoformat()[:19])
    assert moment.astimezone(UTC).astimezone(moment.tzinfo) == moment


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("day", "2026-05-20", "2026-05-21"),
        ("week", "2026-05-18", "2026-05-25"),
        ("month", "2026-05-01", "2026-06-01"),
        ("quarter", "2026-04-01", "2026-07-01"),
        ("year", "2026-01-01", "2027-01-01"),
    ],
)
def test_period(name: str, start: str, end: str) -> None:
    assert period(name, date(2026, 5, 20)) == (date.fromisoformat(start), date.fromisoformat(end))


def test_periods_of_other_shapes() -> None:
    assert period("week", date(2026, 5, 17), week_start=6) == (date(2026, 5, 17), date(2026, 5, 24))
    assert period("quarter", date(2026, 12, 31)) == (date(2026, 10, 1), date(2027, 1, 1))
    with pytest.raises(ValueError, match="unknown"):
        period("decade", date(2026, 5, 20))


@given(days, st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_a_day_lies_in_its_period_and_periods_touch(day: date, name: str) -> None:
    start, end = period(name, day)
    assert start <= day < end
    assert period(name, start) == (start, end)
    assert period(name, end)[0] == end


def test_working_days() -> None:
    holidays = {date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 7)}
    made_up = {date(2026, 10, 10)}
    assert add_working_days(date(2026, 9, 30), 1, holidays, made_up) == date(2026, 10, 8)
    assert add_working_days(date(2026, 9, 30), 3, holidays, made_up) == date(2026, 10, 10)
    assert add_working_days(date(2026, 9, 30), 3, holidays) == date(2026, 10, 12)
    assert add_working_days(date(2026, 10, 8), -1, holidays) == date(2026, 9, 30)
    assert add_working_days(date(2026, 10, 4), 0) == date(2026, 10, 4)
    assert not is_working_day(date(2026, 10, 10))
    with pytest.raises(DateError) as caught:
        add_working_days(date(2199, 12, 30), 10)
    assert caught.value.code == "range"


@given(days.filter(lambda day: 1910 < day.year < 2190), st.integers(1, 300))
def test_going_back_the_same_way_returns(day: date, n: int) -> None:
    start = add_working_days(day, 1)
    assert add_working_days(add_working_days(start, n), -n) == start
