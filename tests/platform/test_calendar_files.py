"""Calendar files from elsewhere: parsed or refused with a message, within bounds of size, depth and number."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bosun.kernel.errors import Invalid
from bosun.platform.feeds import reading


def event(*lines: str) -> bytes:
    body = "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:1", "SUMMARY:Visit", *lines])
    return (body + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n").encode()


REFUSED = [
    "big_bad_calendar", "fuzz_testcase_0_char_in_component_name", "fuzz_testcase_invalid_month",
    "fuzz_testcase_vtimezone_lone_cr", "issue_104_broken_calendar", "parsing_error_in_UTC_offset",
    "pr_480_summary_with_colon", "small_bad_calendar",
]  # fmt: skip


@pytest.mark.data
def test_the_icalendar_set_parses_or_is_refused_with_a_message(data_folder: Path) -> None:
    files = sorted((data_folder / "ics_icalendar").rglob("*.ics"))
    read: dict[str, int] = {}
    refused: dict[str, str] = {}
    for path in files:
        try:
            read[str(path)] = len(reading.entries(path.read_bytes(), "Europe/Madrid"))
        except Invalid as error:
            refused[path.stem] = error.title
    said = (
        "This is no calendar file, or a damaged one.", "This calendar file is damaged in line ",
        "There is nothing in this calendar file.",
    )  # fmt: skip
    assert [each for each in refused.values() if not each.startswith(said)] == []
    assert (len(files), len(read), sorted(refused)) == (163, 155, REFUSED)
    assert sum(read.values()) > 150


def test_times_are_read_in_their_zone_and_without_one_on_the_wall() -> None:
    moments = [
        reading.entries(event(line), "Europe/Madrid")[0].at
        for line in (
            "DTSTART:20261123T090000Z",
            "DTSTART;TZID=America/New_York:20261123T090000",
            "DTSTART:20261123T090000",
            "DTSTART;VALUE=DATE:20261123",
        )
    ]
    assert moments == [
        datetime(2026, 11, 23, 9, tzinfo=UTC),
        datetime(2026, 11, 23, 14, tzinfo=UTC),
        datetime(2026, 11, 23, 8, tzinfo=UTC),
        date(2026, 11, 23),
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["DTSTART:20261123T090000Z", "RRULE:FREQ=SECONDLY"], "It comes again by a rule that is not known here."),
        (["DTSTART:20261123T090000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"],
         "It comes again by a rule that is not known here."),
        (["DTSTART:yesterday"], "Its time cannot be read."),
        (["DTSTART:00010101T000000Z"], "Its time cannot be read."),
        (["DTSTART:20261123T090000Z", "RRULE:FREQ=WEEKLY"], ""),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_taken_says_why(lines: list[str], said: str) -> None:
    (found,) = reading.entries(event(*lines), "UTC")
    assert (found.text, found.refused) == ("Visit", said)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"BEGIN:VCALENDAR",
        "客户".encode(),
        b"BEGIN:VEVENT\r\n" * 100_000,
        b"BEGIN:VCALENDAR\r\n" * 10 + b"END:VCALENDAR\r\n" * 10,
        event("DESCRIPTION:" + "x" * 100_000),
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 3000 + b"END:VCALENDAR\r\n",
        b" " * 1_000_001,
    ],
)
def test_what_is_no_calendar_or_too_much_of_one_is_refused_at_once(raw: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        reading.entries(raw, "UTC")
    assert refused.value.title
