from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bosun.lib import clock


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_fixed_clock_stands_still_and_lets_go() -> None:
    moment = datetime(2026, 3, 1, 9, 0, tzinfo=timezone(timedelta(hours=8)))
    with clock.fixed(moment):
        assert clock.now() == datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
        with clock.fixed(moment + timedelta(days=1)):
            assert clock.now() == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
        assert clock.now() == moment
    assert clock.now() != moment


def test_today_is_the_date_on_the_wall() -> None:
    with clock.fixed(datetime(2026, 3, 1, 17, 0, tzinfo=UTC)):
        assert clock.today("Asia/Shanghai") == date(2026, 3, 2)
        assert clock.today("America/New_York") == date(2026, 3, 1)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"), clock.fixed(datetime.fromisoformat("2026-03-01")):
        clock.now()
