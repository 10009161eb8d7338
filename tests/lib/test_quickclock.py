"""Hours in quick entry: twelve o'clock, the small hours, where a stretch ends, and further hours, which are named."""

from __future__ import annotations

import pytest

from tests.lib.quicksaid import said


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("晚上12点", "2026-11-24 00:00"),
        ("今晚12点", "2026-11-24 00:00"),
        ("明晚12点", "2026-11-25 00:00"),
        ("周五晚上12点", "2026-11-28 00:00"),
        ("tonight at 12", "2026-11-24 00:00"),
        ("at 12 at night", "2026-11-24 00:00"),
        ("in 3 days at 12 at night", "2026-11-27 00:00"),
        ("esta noche a las 12", "2026-11-24 00:00"),
        ("a las 12 de la noche", "2026-11-24 00:00"),
        ("tomorrow 12 am", "2026-11-24 00:00"),
        ("tomorrow 12 pm", "2026-11-24 12:00"),
        ("tomorrow 12:30 in the morning", "2026-11-24 00:30"),
        ("晚上1点", "2026-11-24 01:00"),
        ("夜里2点", "2026-11-24 02:00"),
        ("凌晨2点", "2026-11-24 02:00"),
        ("a las 2 de la madrugada", "2026-11-24 02:00"),
        ("清晨6点", "2026-11-24 06:00"),
        ("早上6点", "2026-11-24 06:00"),
        ("早上12点", "2026-11-24 12:00"),
        ("a las 12 de la mañana", "2026-11-24 12:00"),
        ("中午11点半", "2026-11-24 11:30"),
        ("中午12点半", "2026-11-24 12:30"),
        ("中午1点", "2026-11-24 13:00"),
        ("this evening at 5", "2026-11-23 17:00"),
        ("at 9 at night", "2026-11-23 21:00"),
        ("明天差5分0点", "2026-11-23 23:55"),
    ],
)
def test_twelve_and_the_small_hours(line: str, due: str) -> None:
    assert said(f"{line} call") == ("call", due, "", "")


@pytest.mark.parametrize(
    ("line", "said_as"),
    [
        ("每天晚上12点 打卡", ("打卡", "2026-11-24 00:00", "FREQ=DAILY", "")),
        ("every night at 12 x", ("x", "2026-11-24 00:00", "FREQ=DAILY", "")),
        ("每周一晚上12点 打卡", ("晚上12点 打卡", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO", "晚上12点")),
        ("下午三点到五点 x", ("x –17:00", "2026-11-24 15:00", "", "")),
        ("tomorrow 22:00-02:00 x", ("x –02:00", "2026-11-24 22:00", "", "")),
        ("tomorrow 9am-9pm x", ("x –21:00", "2026-11-24 09:00", "", "")),
        ("晚上11点到1点 x", ("x –01:00", "2026-11-23 23:00", "", "")),
        ("every hour 9:00-17:00 x", ("x –17:00", "2026-11-23 16:00", "FREQ=HOURLY", "9:00-17:00")),
        ("tomorrow 8am and 8pm x", ("and 8pm x", "2026-11-24 08:00", "", "8pm")),
        ("a las 9 y a las 17 x", ("y a las 17 x", "2026-11-24 09:00", "", "17")),
        ("每天早上8点和晚上8点 吃药", ("和晚上8点 吃药", "2026-11-24 08:00", "FREQ=DAILY", "晚上8点")),
    ],
)
def test_what_an_hour_stands_for_beside_others(line: str, said_as: tuple[str, str, str, str]) -> None:
    assert said(line) == said_as
