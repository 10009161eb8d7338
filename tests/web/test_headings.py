"""The headings of a timeline."""

from dataclasses import replace
from datetime import date

from bosun.kernel.actor import system_actor
from bosun.kernel.query import environment
from bosun.web.timeline import day_label

TODAY = date(2026, 11, 21)


def test_months_are_named_in_the_readers_language_whoever_read_before(db: None) -> None:
    # Babel answers stand-alone names of months in the language that asked first.
    said = []
    for language in ("zh-hans", "es", "en", "zh-hans"):
        env = environment(replace(system_actor(), language=language))
        said.append([day_label(day, TODAY, env) for day in (date(2026, 9, 3), date(2025, 9, 3))])
    assert said == [
        ["9 月", "2025 年 9 月"],
        ["Septiembre", "Septiembre 2025"],
        ["September", "September 2025"],
        ["9 月", "2025 年 9 月"],
    ]
