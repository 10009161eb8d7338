"""Working days: public holidays are none, weekends that make up for them are."""

from __future__ import annotations

from datetime import date

from bosun.lib import workdays


def test_a_national_holiday_is_no_working_day() -> None:
    spain = workdays.of("ES")
    assert not spain.works(date(2026, 10, 12)), "the National Day, a Monday"
    assert spain.add(date(2026, 10, 9), 1) == date(2026, 10, 13)
    assert spain.add(date(2026, 10, 13), -1) == date(2026, 10, 9)
    assert workdays.of("").add(date(2026, 10, 9), 1) == date(2026, 10, 12)


def test_china_works_on_weekends_that_make_up() -> None:
    china = workdays.of("cn")
    assert [day for day in range(1, 12) if china.works(date(2026, 10, day))] == [8, 9, 10]
    assert china.add(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert china.add(date(2026, 10, 10), -3) == date(2026, 9, 30)


def test_a_country_that_is_not_known_works_from_monday_to_friday() -> None:
    assert workdays.of("XX") == workdays.of("") == workdays.Calendar()
    assert workdays.of("XX").add(date(2026, 12, 24), 1) == date(2026, 12, 25)
    assert workdays.of("ES").add(date(2026, 12, 24), 0) == date(2026, 12, 24)


def test_holidays_have_names_in_the_readers_language_where_they_are_known() -> None:
    assert workdays.name_of(date(2026, 10, 1), "cn", "", "zh-hans").startswith("国庆节")
    assert workdays.name_of(date(2026, 12, 25), "ES", "", "es") == "Natividad del Señor"
    assert workdays.name_of(date(2026, 12, 24), "ES", "", "es") == ""
    assert workdays.name_of(date(2026, 12, 24), "", "", "es") == ""


def test_a_part_of_a_country_and_single_days_of_ones_own() -> None:
    assert workdays.parts_of("ES")["MD"] == "Madrid"
    assert workdays.parts_of("QQ") == {}
    assert not workdays.of("ES", "MD").works(date(2025, 5, 2))
    assert workdays.of("ES", "CT").works(date(2025, 5, 2))
    own = workdays.Calendar(workdays.of("ES").days, frozenset({0, 5}), {date(2026, 10, 12): True})
    assert [day for day in range(5, 20) if own.works(date(2026, 10, day))] == [5, 10, 12, 17, 19]
