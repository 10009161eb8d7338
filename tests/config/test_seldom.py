"""F2.03: what is wrong all the time does not fill the log, and nothing that is new is left out."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest
from django.conf import settings

from bosun.config.seldom import KINDS, MOST, Seldom

AWAY = "the database does not answer: %s"


class Log:
    """A handler's view: what was written, at a time that the test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.lines, self.seldom = 1000.0, list[str](), Seldom()
        monkeypatch.setattr(time, "monotonic", lambda: self.now)

    def say(self, text: str, *args: Any, level: int = logging.WARNING, fault: Exception | None = None) -> None:
        about = (type(fault), fault, None) if fault else None
        record = logging.LogRecord("bosun.worker", level, "", 0, text, args, about)
        if self.seldom.filter(record):
            self.lines.append(record.getMessage())


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    return Log(monkeypatch)


def test_a_minute_of_the_same_is_a_few_lines_and_the_next_says_how_many_were_not(log: Log) -> None:
    for second in range(60):
        log.now = 1000.0 + second
        for _loop in range(10):
            log.say(AWAY, "attempt to write a readonly database")
    assert log.lines == ["the database does not answer: attempt to write a readonly database"] * MOST
    log.now += 1
    log.say(AWAY, "attempt to write a readonly database")
    assert log.lines[MOST:] == [
        "the database does not answer: attempt to write a readonly database (and 595 more like it)"
    ]


def test_another_fault_and_what_is_no_warning_are_written(log: Log) -> None:
    for number in range(MOST + 1):
        log.say(AWAY, "disk I/O error")
        log.say("failed", fault=ValueError("a"))
        log.say("failed", fault=ValueError("b"))
        log.say("job %s is done", number, level=logging.INFO)
    assert len(log.lines) == 3 * MOST + MOST + 1


def test_pages_that_are_refused_for_one_reason_are_alike(log: Log) -> None:
    for number in range(100):
        log.say("%s: %s", "Service Unavailable", f"/customers/{number}", level=logging.ERROR)
    assert len(log.lines) == MOST


def test_what_is_remembered_has_an_end(log: Log) -> None:
    for number in range(KINDS + 1):
        log.say(AWAY, number)
    assert len(log.lines) == KINDS + 1
    assert len(log.seldom._spells) == 1


def test_the_log_of_bosun_is_such_a_one() -> None:
    config: Any = settings.LOGGING
    assert config["handlers"]["stderr"]["filters"] == ["seldom", "masked"]
    assert config["filters"]["seldom"] == {"()": "bosun.config.seldom.Seldom"}
