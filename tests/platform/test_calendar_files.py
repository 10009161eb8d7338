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
    ("name", "hour"),
    [
        ("america/new_york", 14),
        ("Eastern Standard Time", 14),
        ("/freeassociation.sourceforge.net/America/New_York", 14),
        ("EST", 14),
        ("utc", 9),
        ("Eastern Time", None),
        ("CST", None),
        ("PST", None),
        ("GMT-0500", None),
        ("Foo/Bar", None),
    ],
)
def test_a_named_zone_is_that_one_or_none_but_never_that_of_the_reader(name: str, hour: int | None) -> None:
    for kind in ("DTSTART", "DUE"):
        line = f"{kind};TZID={name}:20261201T090000"
        wanted = datetime(2026, 12, 1, hour, tzinfo=UTC) if hour else None
        (once,) = reading.entries(_as(kind, event(line)), "Europe/Madrid")
        assert (once.at, once.refused) == (wanted, "" if hour else "There is no time zone of that name.")
        (again,) = reading.entries(_as(kind, event(line, "RRULE:FREQ=WEEKLY")), "Europe/Madrid")
        unknown = "It comes again in a time zone that is not known here."
        assert (again.at, again.refused) == (wanted, "" if hour else unknown)
        if hour == 14 and name != "EST":
            assert again.zone == "America/New_York"


def _as(kind: str, raw: bytes) -> bytes:
    """What is due is a task."""
    return raw.replace(b"VEVENT", b"VTODO") if kind == "DUE" else raw


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["DTSTART:20261123T090000Z", "RRULE:FREQ=SECONDLY"], "It comes again by a rule that is not known here."),
        (["DTSTART:20261123T090000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"],
         "It comes again by a rule that is not known here."),
        # Times that are only listed are no rule.
        (["DTSTART:20261123T090000Z", "RDATE:20261130T090000Z"], "It comes again by a rule that is not known here."),
        (["DTSTART:20261123T090000Z", "RRULE:FREQ=DAILY;COUNT=3;UNTIL=20261130"],
         "It comes again by a rule that is not known here."),
        (["DTSTART:yesterday"], "Its time cannot be read."),
        (["DTSTART:00010101T000000Z"], "Its time cannot be read."),
        (["DTSTART:20261123T090000Z", "RRULE:FREQ=WEEKLY"], ""),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_taken_says_why(lines: list[str], said: str) -> None:
    (found,) = reading.entries(event(*lines), "UTC")
    assert (found.text, found.refused) == ("Visit", said)


@pytest.mark.parametrize("line", ["EXRULE:FREQ=WEEKLY", "EXDATE:20261124T090000Z", "RDATE:20261130T100000Z", ""])
def test_a_series_that_leaves_out_or_adds_times_says_so(line: str) -> None:
    lines = ["DTSTART:20261123T090000Z", "RRULE:FREQ=DAILY", *([line] if line else [])]
    (found,) = reading.entries(event(*lines), "UTC")
    assert (found.rule, found.loose, found.refused) == ("FREQ=DAILY", bool(line), "")


def test_what_a_file_takes_back_is_cancelled() -> None:
    told = []
    for method in (b"METHOD:CANCEL\r\n", b"METHOD:cancel\r\n", b"METHOD:REQUEST\r\n", b""):
        raw = event("DTSTART:20261123T090000Z").replace(b"BEGIN:VEVENT", method + b"BEGIN:VEVENT")
        told += [each.refused for each in reading.entries(raw, "UTC")]
    assert told == ["It is cancelled.", "It is cancelled.", "", ""]


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
