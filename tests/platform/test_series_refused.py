"""Rules that cannot be used are refused in words, and for that alone."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel.errors import Invalid
from tests.kernel.world import World
from tests.platform.reminding import grant, remind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "This would never come again. Choose other days."),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "This would never come again. Choose other days."),
        ("FREQ=SECONDLY", "This recurrence cannot be used. It may come each minute at most."),
        ("FREQ=MINUTELY;INTERVAL=0.001", "This recurrence cannot be read. Daily, weekly, monthly or yearly works."),
        ("FREQ=YEARLY;BYEASTER=0", "A part of this recurrence cannot be used here."),
        ("FREQ=WEEKLY;BYDAY=1MO", "A part of this recurrence cannot be used here."),
        (
            "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12;BYMINUTE=0,1,2,3,4,5,6,7,8",
            "It names too many times of a day: at most 96.",
        ),
    ],
)
@pytest.mark.parametrize("due", [{}, {"due_at": None}])
def test_a_rule_that_cannot_be_is_refused_in_words(world: World, rule: str, said: str, due: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        remind(world, rule=rule, **due)
    assert [error.message for error in refused.value.errors] == [said]


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        ({"rule": "FREQ=DAILY", "timezone": "Mars/Olympus"}, ["timezone"]),
        ({"timezone": "Mars/Olympus"}, ["timezone", "due_at"]),
        ({}, ["due_at"]),
    ],
)
def test_only_what_does_not_recur_is_asked_when_it_comes(world: World, raw: dict[str, Any], wrong: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        remind(world, due_at=None, **raw)
    assert [error.field for error in refused.value.errors] == wrong
